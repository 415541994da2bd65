package picture

import (
	"image"
	"image/color"
	"testing"
)

// TestAlike: a picture is like itself and like one a shade away; it is not like one with a word more, or of another size.
func TestAlike(t *testing.T) {
	paper := image.NewNRGBA(image.Rect(0, 0, 600, 360))
	for i := range paper.Pix {
		paper.Pix[i] = 250 | uint8(i%4/3*255)
	}
	changed := func(r image.Rectangle, v uint8) image.Image {
		m := image.NewNRGBA(paper.Rect)
		copy(m.Pix, paper.Pix)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				m.SetNRGBA(x, y, color.NRGBA{v, v, v, 255})
			}
		}
		return m
	}
	small := Small(paper, 60, 36)
	for name, k := range map[string]struct {
		m     image.Image
		alike bool
	}{
		"itself":           {paper, true},
		"a shade darker":   {changed(paper.Rect, 249), true},
		"much darker":      {changed(paper.Rect, 240), false},
		"a letter":         {changed(image.Rect(300, 100, 304, 106), 30), true},
		"a word in bold":   {changed(image.Rect(300, 100, 340, 112), 30), false},
		"of another shape": {paper.SubImage(image.Rect(0, 0, 500, 360)), true},
	} {
		if err := Alike(Small(k.m, 60, 36), small); (err == nil) != k.alike {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Alike(Small(paper, 60, 35), small) == nil {
		t.Error("pictures of different sizes are alike")
	}
}
