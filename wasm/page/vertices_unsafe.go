//go:build js

package main

import (
	"unsafe"

	"github.com/hajimehoshi/ebiten/v2"

	"vitrine/wasm/ui"
)

// vertices are the painter's as Ebitengine wants them. Both types have the same fields, which the compiler checks here.
func vertices(v []ui.Vertex) []ebiten.Vertex {
	_ = ebiten.Vertex(ui.Vertex{})
	return unsafe.Slice((*ebiten.Vertex)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}
