package state

import "reflect"

// Encode …
func Encode(v any) []byte { panic("BUG: stub") }

// Decode …
func Decode(b []byte, v any) error { panic("BUG: stub") }

// Hash …
func Hash(v any) uint64 { panic("BUG: stub") }

// Clone …
func Clone[T any](v T) T { panic("BUG: stub") }

// Schema …
func Schema(t reflect.Type) string { panic("BUG: stub") }
