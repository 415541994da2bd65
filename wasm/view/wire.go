package view

import "vitrine/engine/state"

// Encode returns the batch as the bytes that cross from the worker to the page.
func (b *Batch) Encode() []byte { return state.Encode(b) }

// Decode reads what Encode wrote.
func (b *Batch) Decode(p []byte) error { return state.Decode(p, b) }
