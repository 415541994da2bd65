// Scenes runs scenes on this computer and prints each of their moments; with -o it draws them, too.
//
//	go run ./scripts/scenes            all scenes, and a crowded machine on which every diagram is drawn
//	go run ./scripts/scenes -o DIR M38 one, with pictures: DIR/M38-1-desktop-light.png …, and DIR/index.html that shows them all
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"vitrine/scenes"
	"vitrine/scripts/film"
)

func main() {
	out := flag.String("o", "", "folder for pictures")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "scenes:", err)
		os.Exit(1)
	}
}

func run(out string, ids []string) error {
	list := append(scenes.All(), film.Crowded)
	if len(ids) > 0 {
		list = nil
		for _, id := range ids {
			s, ok := scenes.ByID(id)
			if !ok {
				return fmt.Errorf("there is no scene %q", id)
			}
			list = append(list, s)
		}
	}
	var sheet *sheet
	if out != "" {
		var err error
		if sheet, err = newSheet(out); err != nil {
			return err
		}
	}
	begun := time.Now()
	err := film.Shoot(list, func(f *film.Film) error {
		tell(f, time.Since(begun))
		if sheet != nil {
			if err := sheet.addAll(f); err != nil {
				return err
			}
		}
		begun = time.Now()
		return nil
	})
	if err != nil || sheet == nil {
		return err
	}
	return sheet.close()
}

// tell prints a scene's moments.
func tell(f *film.Film, took time.Duration) {
	s := &f.Scene
	fmt.Printf("%s %s — %s, %d letters of link, %.1f s\n", s.ID, s.Title, s.Stage, len(f.Link), took.Seconds())
	for i := range f.Moments {
		m := &f.Moments[i]
		fmt.Printf("  %d %-28s %12d  %016x  %-14s %s\n    %s\n", i+1, s.Moments[i].Name, m.Count, m.Hash, m.Program, m.Event, m.Story)
	}
	if a := f.Answer; a != nil {
		fmt.Printf("  asked at %d, %s: %s\n", s.Ask.Moment+1, s.Ask.Kind, s.Ask.Text)
		for _, c := range a.Choices {
			mark := " "
			if c.ID == a.Answer {
				mark = "*"
			}
			fmt.Printf("    %s %s\n", mark, c.Text)
		}
	}
}
