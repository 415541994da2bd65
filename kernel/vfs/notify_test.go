package vfs

import (
	"testing"

	"vitrine/kernel/abi"
)

// Events are padded so that the next begins at a multiple of 16, and come out as they went in, whole or not at all.
func TestEvents(t *testing.T) {
	var f File
	names := []string{"", "a", "fifteen letters", "sixteen letters!", "seventeen letters"}
	sizes := []int{16, 32, 32, 48, 48}
	for i, name := range names {
		e := packEvent(int32(i+1), abi.IN_OPEN, 0, name)
		if len(e) != sizes[i] || eventSize(e) != len(e) {
			t.Errorf("%q: %d bytes", name, len(e))
		}
		f.Data = append(f.Data, e...)
	}
	buf := make([]byte, 100)
	for i, want := range []int{16 + 32 + 32, 48 + 48} {
		if n, err := f.ReadEvents(buf); n != want || err != abi.OK {
			t.Errorf("read %d: %d %v", i, n, err)
		}
	}
	if _, err := f.ReadEvents(buf); err != abi.EAGAIN {
		t.Error(err)
	}
	f.Data = packEvent(1, abi.IN_OPEN, 0, "name")
	if _, err := f.ReadEvents(buf[:31]); err != abi.EINVAL || len(f.Data) != 32 {
		t.Error(err)
	}
}
