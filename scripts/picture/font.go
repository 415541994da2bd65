// Package picture draws the canvas without a browser: the same triangles, filled by the processor, with the same two faces.
// The site's preview images are made so, on a machine that has nothing but Go.
package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"vitrine/wasm/ui"
)

// Faces are the page's fonts, as the Rasterizer of an atlas.
type Faces struct {
	fonts map[faceID]*sfnt.Font
	buf   sfnt.Buffer
	atlas *image.Alpha
}

type faceID struct {
	mono   bool
	weight uint16
}

// LoadFaces reads the fonts that scripts/fonts has fetched into a folder.
func LoadFaces(folder string) (*Faces, error) {
	f := &Faces{fonts: map[faceID]*sfnt.Font{}}
	for _, family := range []string{"inter", "jetbrains-mono"} {
		for _, weight := range []uint16{400, 500, 600} {
			data, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%s-%d.woff", family, weight)))
			if err != nil {
				return nil, err
			}
			if data, err = unpackWOFF(data); err != nil {
				return nil, err
			}
			parsed, err := sfnt.Parse(data)
			if err != nil {
				return nil, err
			}
			f.fonts[faceID{family != "inter", weight}] = parsed
		}
	}
	return f, nil
}

// with returns faces of the same fonts with an atlas of their own: one for each goroutine.
func (f *Faces) with() *Faces { return &Faces{fonts: f.fonts} }

// unpackWOFF returns the font inside: its tables, each deflated or not. W3C "WOFF File Format 1.0"
func unpackWOFF(p []byte) ([]byte, error) {
	const header, row = 44, 20
	bad := errors.New("not a WOFF font")
	if len(p) < header || string(p[:4]) != "wOFF" {
		return nil, bad
	}
	n := int(binary.BigEndian.Uint16(p[12:]))
	if n == 0 || len(p) < header+n*row {
		return nil, bad
	}
	out := make([]byte, 12+16*n)
	copy(out, p[4:8])
	binary.BigEndian.PutUint16(out[4:], uint16(n)) // the numbers that help to search are not used
	for i := range n {
		e := p[header+i*row:]
		at, size, whole := binary.BigEndian.Uint32(e[4:]), binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		if uint64(at)+uint64(size) > uint64(len(p)) || whole > 1<<24 {
			return nil, bad
		}
		table := p[at : at+size]
		if size < whole {
			r, err := zlib.NewReader(bytes.NewReader(table))
			if err != nil {
				return nil, err
			}
			if table, err = io.ReadAll(io.LimitReader(r, int64(whole))); err != nil {
				return nil, err
			}
		}
		d := out[12+16*i:]
		copy(d, e[:4])
		copy(d[4:], e[16:20])
		binary.BigEndian.PutUint32(d[8:], uint32(len(out)))
		binary.BigEndian.PutUint32(d[12:], uint32(len(table)))
		out = append(out, table...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}

func (f *Faces) font(face ui.Face) *sfnt.Font { return f.fonts[faceID{face.Mono, face.Weight}] }

func ppem(face ui.Face, scale float32) fixed.Int26_6 { return fixed.Int26_6(face.Size*scale*64 + 0.5) }

// Measure implements ui.Rasterizer.
func (f *Faces) Measure(face ui.Face, scale float32, s string) float32 {
	width, parsed := fixed.Int26_6(0), f.font(face)
	for _, r := range s {
		glyph, err := parsed.GlyphIndex(&f.buf, r)
		if err != nil {
			continue
		}
		if a, err := parsed.GlyphAdvance(&f.buf, glyph, ppem(face, scale), font.HintingNone); err == nil {
			width += a
		}
	}
	return float32(width) / 64
}

// Draw implements ui.Rasterizer. A letter that the font lacks is left out.
func (f *Faces) Draw(face ui.Face, scale float32, s string, x, y float32) {
	parsed := f.font(face)
	for _, r := range s {
		glyph, err := parsed.GlyphIndex(&f.buf, r)
		if err != nil || glyph == 0 {
			continue
		}
		if segments, err := parsed.LoadGlyph(&f.buf, glyph, ppem(face, scale), nil); err == nil {
			f.fill(segments, x, y)
		}
		x += f.Measure(face, scale, string(r))
	}
}

// fill fills an outline whose origin is at x, y of the atlas.
func (f *Faces) fill(segments sfnt.Segments, x, y float32) {
	const room = 4 // pixels around the outline
	b := segments.Bounds()
	left, top := int(x)+b.Min.X.Floor()-room, int(y)+b.Min.Y.Floor()-room
	w, h := b.Max.X.Ceil()-b.Min.X.Floor()+2*room, b.Max.Y.Ceil()-b.Min.Y.Floor()+2*room
	z := vector.NewRasterizer(w, h)
	at := func(p fixed.Point26_6) (float32, float32) {
		return x - float32(left) + float32(p.X)/64, y - float32(top) + float32(p.Y)/64
	}
	for _, s := range segments {
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			z.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			z.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			z.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	z.ClosePath()
	own := image.NewAlpha(image.Rect(0, 0, w, h))
	z.Draw(own, own.Bounds(), image.Opaque, image.Point{})
	draw.Draw(f.atlas, image.Rect(left, top, left+w, top+h), own, image.Point{}, draw.Over)
}

// Read implements ui.Rasterizer.
func (f *Faces) Read(x, y, w, h int) []byte {
	out := make([]byte, 0, 4*w*h)
	for j := y; j < y+h; j++ {
		for i := x; i < x+w; i++ {
			a := f.atlas.AlphaAt(i, j).A
			out = append(out, a, a, a, a)
		}
	}
	return out
}

// Clear implements ui.Rasterizer.
func (f *Faces) Clear(w, h int) { f.atlas = image.NewAlpha(image.Rect(0, 0, w, h)) }
