package main

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image/png"
	"os"
	"path/filepath"
	"sync"

	"vitrine/scripts/film"
	"vitrine/scripts/picture"
	"vitrine/wasm/diagram"
)

// sheet is a page that shows all pictures.
type sheet struct {
	folder string
	faces  *picture.Faces
	page   bytes.Buffer
}

func newSheet(folder string) (*sheet, error) {
	faces, err := picture.LoadFaces("build/fonts")
	if err != nil {
		return nil, err
	}
	s := &sheet{folder: folder, faces: faces}
	s.page.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Scenes</title>
<style>body{font:15px system-ui;margin:24px}section>div{display:flex;gap:8px;align-items:start;margin:8px 0 24px}img{border:1px solid #ccc;max-height:420px}</style>
`)
	return s, os.MkdirAll(folder, 0o755)
}

// addAll draws a scene, on every stage where it is there for that.
func (s *sheet) addAll(f *film.Film) error {
	if f.Scene.ID != film.Crowded.ID {
		return s.add(f)
	}
	for i := range diagram.All {
		if err := s.add(f.On(diagram.All[i].ID)); err != nil {
			return err
		}
	}
	return nil
}

// add draws a scene's moments.
func (s *sheet) add(f *film.Film) error {
	fmt.Fprintf(&s.page, "<section><h2>%s %s</h2><p>%s</p>\n", f.Scene.ID, html.EscapeString(f.Scene.Title), html.EscapeString(f.Scene.Brief))
	for i, m := range f.Scene.Moments {
		fmt.Fprintf(&s.page, "<p>%d <b>%s</b> %s</p><div>", i+1, html.EscapeString(m.Name), html.EscapeString(m.Text))
		errs := make([]error, len(film.Looks))
		var drawing sync.WaitGroup
		for n, look := range film.Looks {
			name := fmt.Sprintf("%s-%d-%s.png", f.Scene.ID, i+1, look.Name)
			drawing.Go(func() { errs[n] = s.draw(f, i, look.Shot, name) })
			fmt.Fprintf(&s.page, `<a href="%s"><img loading="lazy" src="%[1]s" alt="%s, %s"></a>`, name, html.EscapeString(m.Name), look.Name)
		}
		s.page.WriteString("</div>\n")
		drawing.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	s.page.WriteString("</section>\n")
	return nil
}

func (s *sheet) draw(f *film.Film, moment int, shot picture.Shot, name string) error {
	var out bytes.Buffer
	if err := png.Encode(&out, picture.Paletted(f.Draw(s.faces, moment, shot))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.folder, name), out.Bytes(), 0o644)
}

func (s *sheet) close() error {
	return os.WriteFile(filepath.Join(s.folder, "index.html"), s.page.Bytes(), 0o644)
}
