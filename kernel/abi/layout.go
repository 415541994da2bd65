package abi

import "encoding/binary"

// The structures of the ABI are Go structs with Linux's field order and explicit padding, so that their size by
// encoding/binary is sizeof in C. A test holds the sizes.

// Append appends the bytes of a structure, little-endian, as they lie in guest memory.
func Append[T any](b []byte, v *T) []byte {
	b, err := binary.Append(b, binary.LittleEndian, v)
	if err != nil {
		panic("BUG: abi: not a fixed-size structure: " + err.Error())
	}
	return b
}

// Bytes is Append to nothing.
func Bytes[T any](v *T) []byte { return Append(nil, v) }

// Parse fills a structure from b and tells whether b was long enough.
func Parse[T any](b []byte, v *T) bool {
	_, err := binary.Decode(b, binary.LittleEndian, v)
	return err == nil
}

// Sizeof is the size of a structure in guest memory.
func Sizeof[T any](v *T) int { return binary.Size(v) }
