package ui

// Fixed is a rasterizer with made-up measures and no pictures, for layouts without a browser.
type Fixed struct{}

// Measure implements Rasterizer with the mean widths of the real faces.
func (Fixed) Measure(f Face, scale float32, s string) float32 {
	n := float32(0)
	for range s {
		n++
	}
	if f.Mono {
		return n * 0.6 * f.Size * scale
	}
	return n * 0.55 * f.Size * scale
}

// Draw implements Rasterizer.
func (Fixed) Draw(Face, float32, string, float32, float32) {}

// Read implements Rasterizer.
func (Fixed) Read(_, _, w, h int) []byte { return make([]byte, 4*w*h) }

// Clear implements Rasterizer.
func (Fixed) Clear(int, int) {}
