package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"vitrine/scenes"
	"vitrine/scripts/film"
	"vitrine/scripts/picture"
)

// entry is a scene as the page's list has it. See package scenes.
type entry struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Chapter int      `json:"chapter"`
	Stage   string   `json:"stage,omitempty"`
	Parts   []string `json:"parts,omitempty"`
	Slow    string   `json:"slow,omitempty"`
	Brief   string   `json:"brief,omitempty"`
	Alt     string   `json:"alt,omitempty"`
	Picture string   `json:"picture,omitempty"`
	Missing string   `json:"missing,omitempty"`
	Link    string   `json:"link,omitempty"` // the fragment of its last moment, without '#'
}

// whole is a scene with its texts and moments, a file of its own.
type whole struct {
	entry
	Text    string   `json:"text,omitempty"`
	Deep    string   `json:"deep,omitempty"`
	Why     string   `json:"why,omitempty"`
	Loose   string   `json:"loose,omitempty"`
	Ask     *ask     `json:"ask,omitempty"`
	Moments []moment `json:"moments"`
}

type ask struct {
	Moment int    `json:"moment"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
}

type moment struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Stage string `json:"stage"`
	Count uint64 `json:"count"`
	Now   uint64 `json:"now"`
	Hash  string `json:"hash"`
	Look  []look `json:"look,omitempty"`
}

// look is a command of the page that chooses what a moment looks at.
type look struct {
	Kind string  `json:"kind"`
	N    float64 `json:"n"`
}

// Size of a preview image in pixels: what chat programs and search engines show whole. The picture on it is laid out for a
// window of 1448 × 760.
const (
	previewW = 1200
	previewH = 630
	windowW  = 1448
	windowH  = 760

	// The list's pictures show the diagram on stage alone, as an embed with little room does.
	smallW     = 340
	smallH     = 230
	smallScale = 2
)

// addScenes runs every scene and writes the folder s: texts, a page, an oEmbed answer and pictures of each. It returns the list
// of all scenes, just the machine first.
func addScenes(fresh string, site address) ([]entry, error) {
	if err := os.MkdirAll(filepath.Join(fresh, "s"), 0o755); err != nil {
		return nil, err
	}
	faces, err := picture.LoadFaces("build/fonts")
	if err != nil {
		return nil, err
	}
	all := scenes.All()
	var list []entry
	for i := range all {
		list = append(list, listed(&all[i], ""))
	}
	var drawing sync.WaitGroup
	var lock sync.Mutex
	var errs error
	err = film.Shoot(all, func(f *film.Film) error {
		at := slices.IndexFunc(list, func(e entry) bool { return e.ID == f.Scene.ID })
		list[at] = listed(&f.Scene, f.Link)
		drawing.Go(func() {
			if err := write(filepath.Join(fresh, "s"), f, faces, site); err != nil {
				lock.Lock()
				defer lock.Unlock()
				errs = errors.Join(errs, err)
			}
		})
		return nil
	})
	drawing.Wait()
	return list, errors.Join(err, errs)
}

// listed is a scene's entry; link is "" when it is not shown.
func listed(s *scenes.Scene, link string) entry {
	e := entry{ID: s.ID, Title: s.Title, Chapter: s.Chapter, Missing: s.Missing}
	if s.Missing == "" {
		e.Stage, e.Parts, e.Slow, e.Brief, e.Alt = s.Stage, s.Parts, s.Slow, s.Brief, s.Alt
		e.Link = link + "&scene=" + s.ID + "&stage=" + s.StageOf(0)
		e.Picture = "s/" + s.ID + ".png"
	}
	return e
}

// wholeScene is a scene's file.
func wholeScene(f *film.Film) *whole {
	s := &f.Scene
	w := &whole{entry: listed(s, f.Link), Text: s.Text, Deep: s.Deep, Why: s.Why, Loose: s.Loose}
	if s.Ask != nil {
		w.Ask = &ask{s.Ask.Moment, s.Ask.Kind, s.Ask.Text}
	}
	for i, at := range f.Moments {
		m := &s.Moments[i]
		made := moment{Name: m.Name, Text: m.Text, Stage: s.StageOf(i), Count: at.Count, Now: at.Now, Hash: fmt.Sprintf("%016x", at.Hash)}
		for _, c := range at.Look {
			made.Look = append(made.Look, look{c.Kind, c.N})
		}
		w.Moments = append(w.Moments, made)
	}
	return w
}

var encoder = png.Encoder{CompressionLevel: png.BestCompression}

// write writes what is made of a scene into a folder.
func write(folder string, f *film.Film, faces *picture.Faces, site address) error {
	text, err := json.Marshal(wholeScene(f))
	if err != nil {
		return err
	}
	answer, err := oEmbed(&f.Scene, site)
	if err != nil {
		return err
	}
	id := f.Scene.ID
	out := map[string][]byte{id + ".json": text, id + ".oembed.json": answer, id + ".html": []byte(scenePage(&f.Scene, site))}
	for _, dark := range []bool{false, true} {
		end := ".png"
		if dark {
			end = "-dark.png"
		}
		window := picture.Shot{Dark: dark, W: windowW, H: windowH, Scale: float32(previewH) / windowH}
		small := picture.Shot{Dark: dark, W: smallW, H: smallH, Scale: smallScale, Embed: true}
		for name, shot := range map[string]picture.Shot{id + end: window, id + "-small" + end: small} {
			var image bytes.Buffer
			if err := encoder.Encode(&image, picture.Paletted(f.Draw(faces, f.Scene.Key, shot))); err != nil {
				return err
			}
			out[name] = image.Bytes()
		}
	}
	for name, content := range out {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
