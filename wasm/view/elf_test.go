package view

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"testing"
)

// FuzzELF: whatever a file begins with, its headers are read without harm, and as debug/elf reads them.
func FuzzELF(f *testing.F) {
	for _, class := range []byte{1, 2} {
		seed := make([]byte, 400)
		copy(seed, "\x7fELF")
		seed[4], seed[5], seed[6] = class, 1, 1
		binary.LittleEndian.PutUint16(seed[16:], 2)
		binary.LittleEndian.PutUint16(seed[18:], 62)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, ok := ParseELF(raw)
		if !ok {
			return
		}
		HeaderFields(raw)
		progs := h.ParseProgs(raw[min(uint64(len(raw)), h.Phoff):])
		h.ParseSections(raw[min(uint64(len(raw)), h.Shoff):], func(off, n uint64) []byte {
			if off > uint64(len(raw)) || n > uint64(len(raw))-off {
				return nil
			}
			return raw[off : off+n]
		})
		for i := range progs {
			progs[i].ProgFields()
		}
		other, err := elf.NewFile(bytes.NewReader(raw))
		if err != nil || other.ByteOrder != binary.LittleEndian {
			return
		}
		if other.Entry != h.Entry || uint16(other.Type) != h.Type || uint16(other.Machine) != h.Machine {
			t.Errorf("%+v, not %+v", h, other.FileHeader)
		}
		for i, p := range other.Progs {
			if i < len(progs) && (uint32(p.Type) != progs[i].Type || p.Vaddr != progs[i].Vaddr || p.Filesz != progs[i].Filesz || uint32(p.Flags) != progs[i].Flags) {
				t.Errorf("program header %d: %+v, not %+v", i, progs[i], p.ProgHeader)
			}
		}
	})
}
