package mm

import (
	"bytes"
	"testing"

	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

func TestCopyString(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x2000, rw, anon, 0)
	if e := w.CopyOut(id, a+0xffd, []byte("across\x00")); e != abi.OK {
		t.Fatal(e)
	}
	if s, e := w.CopyString(id, a+0xffd, 4096); string(s) != "across" || e != abi.OK {
		t.Errorf("%q %s", s, e.Name())
	}
	if _, e := w.CopyString(id, a+0xffd, 6); e != abi.ENAMETOOLONG {
		t.Errorf("without room for the NUL: %s", e.Name())
	}
	w.CopyOut(id, a+0x1ffc, []byte("endx"))
	if _, e := w.CopyString(id, a+0x1ffc, 4096); e != abi.EFAULT {
		t.Errorf("unterminated at the edge: %s", e.Name())
	}
}

func TestFutexKey(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	s := w.mapAt(id, 0x400000, 0x2000, rw, shared|abi.MAP_ANONYMOUS, 0)
	p := w.mapAt(id, 0x500000, 0x1000, rw, anon, 0)
	child, _ := w.Fork(id)
	a, _ := w.FutexKey(id, s+0x1004, false)
	b, _ := w.FutexKey(child, s+0x1004, false)
	if a != b || a.Off != 0x1004 {
		t.Errorf("shared: %+v %+v", a, b)
	}
	c, _ := w.FutexKey(id, p, false)
	d, _ := w.FutexKey(child, p, false)
	if c == d {
		t.Error("private words have one key")
	}
}

// TestWatch: who only watches reads what is there, finds nothing where no page is, and leaves tables and memory as they were.
func TestWatch(t *testing.T) {
	w := newWorld(t, 4<<20)
	id := w.newAS()
	a := w.mapAt(id, 0x400000, 0x2000, rw, anon, 0)
	w.poke(id, a, 7)
	pte, _, _ := w.leaf(w.AS(id), a)
	w.ram.Write64(pte, w.ram.Read64(pte)&^uint64(mmu.A))
	before := bytes.Clone(w.ram.Bytes)
	var b [1]byte
	w.Watch(func() {
		if e := w.CopyIn(id, b[:], a); e != abi.OK || b[0] != 7 {
			t.Errorf("%s, %d", e.Name(), b[0])
		}
		if _, e := w.CopyString(id, a+0x1000, 16); e != abi.EFAULT {
			t.Errorf("where no page is: %s", e.Name())
		}
		if e := w.CopyOut(id, a+0x1000, b[:]); e != abi.EFAULT {
			t.Errorf("a write where no page is: %s", e.Name())
		}
	})
	if !bytes.Equal(w.ram.Bytes, before) {
		t.Error("watching has changed the memory")
	}
	if w.peek(id, a+0x1000) != 0 || bytes.Equal(w.ram.Bytes, before) {
		t.Error("a read brings the page afterwards")
	}
}
