package picture

import (
	"fmt"
	"image"
	"image/color"
)

// How far pictures that are alike may be from each other, of 255: what counts is where ink of which colour lies, not every edge of
// every letter.
const (
	mostMean = 2.0 // over the whole picture
	mostOne  = 60  // anywhere
)

// Small is a picture made small, each pixel the mean of those that it stands for.
func Small(m image.Image, w, h int) *image.NRGBA {
	b := m.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			part := image.Rect(b.Dx()*x/w, b.Dy()*y/h, b.Dx()*(x+1)/w, b.Dy()*(y+1)/h)
			out.SetNRGBA(x, y, mean(m, part.Add(b.Min)))
		}
	}
	return out
}

// mean is the mean colour of a part of an opaque picture that is not empty.
func mean(m image.Image, part image.Rectangle) color.NRGBA {
	var sum [3]uint64
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			r, g, b, _ := m.At(x, y).RGBA()
			sum[0], sum[1], sum[2] = sum[0]+uint64(r>>8), sum[1]+uint64(g>>8), sum[2]+uint64(b>>8)
		}
	}
	n := uint64(part.Dx() * part.Dy())
	return color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}

// Alike returns an error that says how two small pictures differ, nil when they are alike.
func Alike(got, want image.Image) error {
	if got.Bounds().Size() != want.Bounds().Size() {
		return fmt.Errorf("it is of size %v, was %v", got.Bounds().Size(), want.Bounds().Size())
	}
	total, worst := 0, 0
	size := got.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			g := color.NRGBAModel.Convert(got.At(got.Bounds().Min.X+x, got.Bounds().Min.Y+y)).(color.NRGBA)
			w := color.NRGBAModel.Convert(want.At(want.Bounds().Min.X+x, want.Bounds().Min.Y+y)).(color.NRGBA)
			for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
				d = max(d, -d)
				total += d
				worst = max(worst, d)
			}
		}
	}
	if mean := float64(total) / float64(3*size.X*size.Y); mean > mostMean || worst > mostOne {
		return fmt.Errorf("by %.1f of 255 in the mean, %d at most", mean, worst)
	}
	return nil
}
