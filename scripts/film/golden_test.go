package film

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"vitrine/scenes"
	"vitrine/scripts/picture"
	"vitrine/wasm/diagram"
)

var update = flag.Bool("update", false, "keep the pictures of all moments as they are now as those that are right")

// places are where the looks of a moment are kept in one picture, and how large.
var places = []image.Rectangle{image.Rect(0, 0, 60, 32), image.Rect(0, 32, 60, 64), image.Rect(60, 0, 80, 64), image.Rect(80, 0, 100, 64)}

// compare compares the canvas at a film's moments with the pictures that were looked at: testdata/ID.png, a row for each moment.
func compare(t *testing.T, faces *picture.Faces, f *Film) {
	size := image.Rect(0, 0, 100, 64)
	all := image.NewNRGBA(image.Rect(0, 0, size.Dx(), size.Dy()*len(f.Moments)))
	var drawing sync.WaitGroup
	for i := range f.Moments {
		for n, l := range Looks {
			drawing.Go(func() {
				l.Shot.Scale = 0.5
				small := picture.Small(f.Draw(faces, i, l.Shot), places[n].Dx(), places[n].Dy())
				draw.Draw(all, places[n].Add(image.Pt(0, size.Dy()*i)), small, image.Point{}, draw.Src)
			})
		}
	}
	drawing.Wait()
	path := filepath.Join("testdata", f.Scene.ID+".png")
	if *update {
		keep(t, path, all)
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != all.Bounds() {
		t.Fatalf("%s has pictures of %v, was %v", f.Scene.ID, all.Bounds(), want.Bounds())
	}
	for i := range f.Moments {
		for n, l := range Looks {
			at := places[n].Add(image.Pt(0, size.Dy()*i))
			if err := picture.Alike(all.SubImage(at), part(want, at)); err != nil {
				t.Errorf("moment %d, %s, differs from the picture that was looked at: %v. Look at it (make shots SCENES=%s); if it is better now: go test ./scripts/film -update", i+1, l.Name, err, f.Scene.ID)
			}
		}
	}
}

func part(m image.Image, at image.Rectangle) image.Image {
	out := image.NewNRGBA(image.Rectangle{Max: at.Size()})
	draw.Draw(out, out.Rect, m, at.Min, draw.Src)
	return out
}

func keep(t *testing.T, path string, m image.Image) {
	var out bytes.Buffer
	err := png.Encode(&out, m)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, out.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
}

// TestCrowded: every diagram on a machine with much of everything looks as it did when it was looked at.
func TestCrowded(t *testing.T) {
	builtDisk(t)
	faces, err := picture.LoadFaces("../../build/fonts")
	if err != nil {
		t.Fatal(err)
	}
	err = Shoot([]scenes.Scene{Crowded}, func(f *Film) error {
		for i := range diagram.All {
			t.Run(diagram.All[i].ID, func(t *testing.T) { compare(t, faces, f.On(diagram.All[i].ID)) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
