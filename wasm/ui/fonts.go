package ui

// Face is a kind of letter: family, weight and size in CSS pixels.
type Face struct {
	Mono   bool
	Weight uint16
	Size   float32
}

// The few sizes of type. Words are set in the sans, the machine's own values in the mono.
var (
	Title   = Face{Weight: 600, Size: 15}
	Lead    = Face{Weight: 400, Size: 12.5}
	Head    = Face{Weight: 600, Size: 13}
	Body    = Face{Weight: 400, Size: 14}
	Text    = Face{Weight: 400, Size: 12}
	TextB   = Face{Weight: 600, Size: 12}
	Small   = Face{Weight: 400, Size: 11}
	SmallM  = Face{Weight: 500, Size: 11}
	SmallB  = Face{Weight: 600, Size: 11}
	Tiny    = Face{Weight: 400, Size: 10}
	Mono    = Face{Mono: true, Weight: 400, Size: 11.5}
	MonoM   = Face{Mono: true, Weight: 500, Size: 11.5}
	MonoB   = Face{Mono: true, Weight: 600, Size: 11.5}
	MonoBig = Face{Mono: true, Weight: 500, Size: 12.5}
	MonoHd  = Face{Mono: true, Weight: 600, Size: 13}
	MonoSB  = Face{Mono: true, Weight: 600, Size: 10}
)

// Rasterizer draws glyphs of real faces. It keeps a picture of the atlas, from which the drawn parts are read back.
type Rasterizer interface {
	// Measure returns the advance of s in device pixels.
	Measure(f Face, scale float32, s string) float32
	// Draw draws s with its baseline starting at x, y of the atlas.
	Draw(f Face, scale float32, s string, x, y float32)
	// Read returns the premultiplied RGBA pixels of a part of the atlas.
	Read(x, y, w, h int) []byte
	// Clear makes the atlas empty and of the given size.
	Clear(w, h int)
}

// glyph is a place in the atlas; ox, oy lead from the pen to its corner, in device pixels.
type glyph struct {
	x, y, w, h, ox, oy int16
	done               bool
}

const subpixels = 4 // horizontal positions at which a glyph is drawn, on screens of low density

type faceKey struct {
	f     Face
	scale float32
}

// cache holds what is known of one face at one scale.
type cache struct {
	glyphs  [subpixels][128]glyph
	others  map[int64]glyph // rune<<2 | subpixel position
	adv     [128]float32    // 0 not measured yet
	advs    map[rune]float32
	kern    map[[2]rune]float32
	ascent  float32 // device pixels
	descent float32
}

// Fonts is the glyph atlas with the measures of its faces.
type Fonts struct {
	W, H   int
	Raster Rasterizer

	faces    map[faceKey]*cache
	last     *cache
	lastKey  faceKey
	penX     int
	penY     int
	rowH     int
	dirtyMin int // rows drawn since the last Flush
	dirtyMax int
	Full     bool // a glyph found no place: clear and draw again
}

// NewFonts returns an empty atlas of the given size.
func NewFonts(r Rasterizer, w, h int) *Fonts {
	f := &Fonts{W: w, H: h, Raster: r}
	f.Clear()
	return f
}

// Clear forgets all glyphs.
func (f *Fonts) Clear() {
	f.faces, f.last, f.lastKey = map[faceKey]*cache{}, nil, faceKey{}
	f.penX, f.penY, f.rowH = 1, 1, 0
	f.dirtyMin, f.dirtyMax = f.H, 0
	f.Full = false
	f.Raster.Clear(f.W, f.H)
}

// Flush returns the rows drawn since the last call; h is 0 when nothing is new.
func (f *Fonts) Flush() (y, h int, pixels []byte) {
	if f.dirtyMax <= f.dirtyMin {
		return 0, 0, nil
	}
	y, h = f.dirtyMin, f.dirtyMax-f.dirtyMin
	f.dirtyMin, f.dirtyMax = f.H, 0
	return y, h, f.Raster.Read(0, y, f.W, h)
}

func (f *Fonts) cache(face Face, scale float32) *cache {
	key := faceKey{face, scale}
	if f.last != nil && key == f.lastKey {
		return f.last
	}
	c := f.faces[key]
	if c == nil {
		c = &cache{others: map[int64]glyph{}, advs: map[rune]float32{}, kern: map[[2]rune]float32{}}
		c.ascent, c.descent = ceil(face.Size*scale*1.02), ceil(face.Size*scale*0.32)
		f.faces[key] = c
	}
	f.last, f.lastKey = c, key
	return c
}

// advance returns how far r moves the pen, in device pixels.
func (f *Fonts) advance(c *cache, face Face, scale float32, r rune) float32 {
	if r < 128 {
		if c.adv[r] == 0 {
			c.adv[r] = f.Raster.Measure(face, scale, string(r))
		}
		return c.adv[r]
	}
	a, ok := c.advs[r]
	if !ok {
		a = f.Raster.Measure(face, scale, string(r))
		c.advs[r] = a
	}
	return a
}

// kerning returns the correction between a and b; a monospace has none.
func (f *Fonts) kerning(c *cache, face Face, scale float32, a, b rune) float32 {
	if face.Mono || a == 0 || a == ' ' || b == ' ' || isDigit(a) && isDigit(b) {
		return 0
	}
	k, ok := c.kern[[2]rune{a, b}]
	if !ok {
		k = f.Raster.Measure(face, scale, string([]rune{a, b})) - f.advance(c, face, scale, a) - f.advance(c, face, scale, b)
		c.kern[[2]rune{a, b}] = k
	}
	return k
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// glyph returns r drawn at subpixel position sub of n.
func (f *Fonts) glyph(c *cache, face Face, scale float32, r rune, sub, n int) glyph {
	if r < 128 {
		if g := &c.glyphs[sub][r]; !g.done {
			*g = f.draw(c, face, scale, r, float32(sub)/float32(n))
		}
		return c.glyphs[sub][r]
	}
	key := int64(r)<<2 | int64(sub)
	g, ok := c.others[key]
	if !ok {
		g = f.draw(c, face, scale, r, float32(sub)/float32(n))
		c.others[key] = g
	}
	return g
}

// draw finds a place for r and has it rasterised there.
func (f *Fonts) draw(c *cache, face Face, scale float32, r rune, shift float32) glyph {
	if r == ' ' || r == 0xA0 {
		return glyph{done: true}
	}
	pad := int(ceil(face.Size * scale * 0.12))
	w := int(ceil(f.advance(c, face, scale, r))) + 2*pad + 1
	h := int(c.ascent + c.descent)
	if f.penX+w+1 > f.W {
		f.penX, f.penY, f.rowH = 1, f.penY+f.rowH+1, 0
	}
	if f.penY+h+1 > f.H {
		f.Full = true
		return glyph{}
	}
	g := glyph{int16(f.penX), int16(f.penY), int16(w), int16(h), int16(-pad), int16(-c.ascent), true}
	f.Raster.Draw(face, scale, string(r), float32(f.penX+pad)+shift, float32(f.penY)+c.ascent)
	f.dirtyMin, f.dirtyMax = min(f.dirtyMin, f.penY), max(f.dirtyMax, f.penY+h)
	f.penX += w + 1
	f.rowH = max(f.rowH, h)
	return g
}
