package picture

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// apart is how far colours of a palette are from each other in one channel at least: nearer ones look alike.
const apart = 6

// Paletted is a picture in at most 256 of its own colours: the most frequent ones, and for the others the nearest of them. A
// diagram has few colours and their blends at edges; as PNG it takes a third so.
func Paletted(m *image.RGBA) *image.Paletted {
	count := map[color.RGBA]int{}
	for i := 0; i < len(m.Pix); i += 4 {
		count[colorAt(m, i)]++
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(rgb(a), rgb(b)))
	})
	var chosen []color.RGBA
	for _, c := range all {
		if len(chosen) < 256 && !slices.ContainsFunc(chosen, func(o color.RGBA) bool { return distance(c, o) < apart }) {
			chosen = append(chosen, c)
		}
	}
	index := map[color.RGBA]uint8{}
	for _, c := range all {
		best := 0
		for i, o := range chosen {
			if distance(c, o) < distance(c, chosen[best]) {
				best = i
			}
		}
		index[c] = uint8(best)
	}
	out := image.NewPaletted(m.Rect, nil)
	for _, c := range chosen {
		out.Palette = append(out.Palette, c)
	}
	for i := range out.Pix {
		out.Pix[i] = index[colorAt(m, 4*i)]
	}
	return out
}

func colorAt(m *image.RGBA, i int) color.RGBA {
	return color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255}
}

func rgb(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }

// distance is the largest difference in a channel.
func distance(a, b color.RGBA) int {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(d(a.R, b.R), d(a.G, b.G), d(a.B, b.B))
}
