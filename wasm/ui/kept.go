package ui

import "slices"

// Kept remembers the picture that is on the screen.
type Kept struct {
	v []Vertex
	i []uint32
}

// Same tells whether the painter has collected the very picture that is kept, and keeps it.
func (k *Kept) Same(p *Painter) bool {
	if slices.Equal(k.v, p.V) && slices.Equal(k.i, p.I) {
		return true
	}
	k.v, k.i = append(k.v[:0], p.V...), append(k.i[:0], p.I...)
	return false
}

// Forget makes the next picture a new one.
func (k *Kept) Forget() { k.v, k.i = k.v[:0], k.i[:0] }
