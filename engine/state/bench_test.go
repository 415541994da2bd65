package state

import "testing"

// frame is about what the kernel keeps for each page of memory.
type frame struct {
	Ref   int32
	Use   uint8
	Owner uint32
	Index uint64
}

func BenchmarkCodec(b *testing.B) {
	s := struct {
		Frames []frame
		Blob   []byte
		Words  []uint32
	}{make([]frame, 16384), make([]byte, 1<<20), make([]uint32, 65536)}
	enc := Encode(&s)
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			Encode(&s)
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			d := s
			if err := Decode(enc, &d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("clone", func(b *testing.B) {
		for b.Loop() {
			Clone(s)
		}
	})
	b.Run("hash", func(b *testing.B) {
		for b.Loop() {
			Hash(&s)
		}
	})
}
