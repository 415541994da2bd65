package web

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"vitrine/scenes"
)

var updatePreviews = flag.Bool("update-previews", false, "keep the scenes' pictures as they are now as those that are right")

// Each scene's picture is compared with the one that was looked at, both made small: what is kept is where ink of which colour lies, not
// every edge of every letter.
const (
	smallW, smallH = 60, 36
	mostMean       = 2.0 // of 255, over the whole picture
	mostOne        = 60  // of 255, anywhere
)

// TestPreviews: the pictures of the scenes, drawn from real runs when the site is built, are those that were looked at.
func TestPreviews(t *testing.T) {
	needPage(t)
	for _, s := range scenes.All() {
		for _, end := range []string{".png", "-dark.png", "-small.png"} {
			if s.Missing != "" {
				continue
			}
			got := shrunk(t, filepath.Join(dist, "s", s.ID+end))
			kept := filepath.Join("testdata", "previews", s.ID+end)
			if *updatePreviews {
				var out bytes.Buffer
				must(t, png.Encode(&out, got))
				must(t, os.MkdirAll(filepath.Dir(kept), 0o755))
				must(t, os.WriteFile(kept, out.Bytes(), 0o644))
				continue
			}
			compare(t, s.ID+end, got, decoded(t, kept))
		}
	}
}

func decoded(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	picture, err := png.Decode(bytes.NewReader(data))
	must(t, err)
	return picture
}

// shrunk returns a picture made small, each pixel the mean of those it stands for.
func shrunk(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	picture := decoded(t, path)
	b := picture.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, smallW, smallH))
	for y := range smallH {
		for x := range smallW {
			var sum [3]uint64
			n := uint64(0)
			for v := b.Dy() * y / smallH; v < b.Dy()*(y+1)/smallH; v++ {
				for u := b.Dx() * x / smallW; u < b.Dx()*(x+1)/smallW; u++ {
					r, g, bl, _ := picture.At(b.Min.X+u, b.Min.Y+v).RGBA()
					sum[0], sum[1], sum[2] = sum[0]+uint64(r>>8), sum[1]+uint64(g>>8), sum[2]+uint64(bl>>8)
					n++
				}
			}
			out.SetNRGBA(x, y, color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	return out
}

func compare(t *testing.T, name string, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Errorf("%s: it is %v, was %v", name, got.Bounds(), want.Bounds())
		return
	}
	total, worst := 0, 0
	for y := range smallH {
		for x := range smallW {
			g, w := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
				d = max(d, -d)
				total += d
				worst = max(worst, d)
			}
		}
	}
	if mean := float64(total) / (3 * smallW * smallH); mean > mostMean || worst > mostOne {
		t.Errorf("%s differs from the picture that was looked at: by %.1f of 255 in the mean, %d at most. If it is better now: go test ./web -run Previews -update-previews", name, mean, worst)
	}
}
