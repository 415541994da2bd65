package load_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"vitrine/engine/load"
)

const kernelBase = 0xffffffff81000000

// fakeKallsyms makes the tables for n functions f0, f1, … 16 bytes apart, in one of the layouts, in the middle of memory.
func fakeKallsyms(n int, orderBehindMarkers, offsetsAtEnd bool) []byte {
	var names, markers, offsets, order, tokens, index []byte
	for i := range n {
		if i%256 == 0 {
			markers = binary.LittleEndian.AppendUint32(markers, uint32(len(names)))
		}
		codes := append([]byte("T\x80"), fmt.Sprint(i)...) // code 0x80 stands for "function_"
		if i == 7 {
			codes = append(codes, bytes.Repeat([]byte("x"), 200)...)
		}
		if len(codes) < 0x80 {
			names = append(names, byte(len(codes)))
		} else {
			names = append(names, byte(len(codes))|0x80, byte(len(codes)>>7))
		}
		names = append(names, codes...)
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(-1-16*i))
		order = append(order, byte(i>>16), byte(i>>8), byte(i))
	}
	for c := range 256 {
		index = binary.LittleEndian.AppendUint16(index, uint16(len(tokens)))
		switch {
		case c == 0x80:
			tokens = append(tokens, "function_"...)
		case c < 0x20 || c > 0x7e:
			tokens = append(tokens, "unused"...)
		default:
			tokens = append(tokens, byte(c))
		}
		tokens = append(tokens, 0)
	}
	base := binary.LittleEndian.AppendUint64(nil, kernelBase)
	num := binary.LittleEndian.AppendUint32(nil, uint32(n))
	parts := [][]byte{offsets, base, num, names, markers, tokens, index}
	if offsetsAtEnd {
		parts = [][]byte{num, names, markers, tokens, index, offsets, base}
	}
	if orderBehindMarkers {
		parts = slices.Insert(parts, slices.IndexFunc(parts, func(p []byte) bool { return bytes.Equal(p, tokens) }), order)
	}
	mem := bytes.Repeat([]byte{0xcc}, 4096)
	for _, p := range parts {
		mem = append(mem, p...)
		mem = append(mem, make([]byte, -len(mem)&7)...)
	}
	return append(mem, make([]byte, 4096)...)
}

// TestLinuxSymbols finds the tables in each layout.
func TestLinuxSymbols(t *testing.T) {
	for _, n := range []int{300, 512, 1025} {
		for layout := range 4 {
			list := load.LinuxSymbols(fakeKallsyms(n, layout&1 != 0, layout&2 != 0))
			if len(list) != n {
				t.Errorf("layout %d: %d symbols of %d", layout, len(list), n)
				continue
			}
			if want := (load.Symbol{Addr: kernelBase + 16*9, Size: 16, Name: "function_9"}); list[9] != want {
				t.Errorf("layout %d: %v, want %v", layout, list[9], want)
			}
		}
	}
}

// TestNoSymbols: tables that disagree anywhere are none.
func TestNoSymbols(t *testing.T) {
	whole := fakeKallsyms(600, true, false)
	for _, damage := range []struct {
		at string // the byte in front of it
		v  byte
	}{{"T\x80300", 7}, {"0\x001\x002\x003\x004\x00", 'x'}, {"1\x002\x003\x004\x00", 'x'}} {
		mem := bytes.Clone(whole)
		mem[bytes.Index(mem, []byte(damage.at))-1] = damage.v
		if list := load.LinuxSymbols(mem); list != nil {
			t.Errorf("%q damaged: %d symbols", damage.at, len(list))
		}
	}
}

// FuzzLinuxSymbols damages tables, or looks for them where there are none.
func FuzzLinuxSymbols(f *testing.F) {
	f.Add(fakeKallsyms(300, false, false), 0, byte(0))
	f.Add(fakeKallsyms(300, true, true), 5000, byte(1))
	f.Fuzz(func(t *testing.T, mem []byte, at int, v byte) {
		if len(mem) > 0 {
			mem[uint(at)%uint(len(mem))] ^= v
		}
		list := load.LinuxSymbols(mem)
		for i := 1; i < len(list); i++ {
			if list[i].Addr < list[i-1].Addr || list[i].Name == "" {
				t.Fatalf("%d: %v after %v", i, list[i], list[i-1])
			}
		}
	})
}
