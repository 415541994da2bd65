package bus

import (
	"bytes"
	"slices"
	"testing"

	"vitrine/engine/trace"
)

// latch is a device that remembers: one port, and a data port that streams.
type latch struct {
	v    uint32
	now  uint64
	data []byte
}

func (l *latch) Info() Info {
	return Info{Name: "latch", Ports: []Range{{0x10, 0x11}}, Wide: []Range{{0x10, 0x11}}}
}
func (l *latch) In(port uint16, size uint8) uint32     { return l.v }
func (l *latch) Out(port uint16, size uint8, v uint32) { l.v = v }
func (l *latch) Advance(now uint64)                    { l.now = now }
func (l *latch) Next() uint64                          { return l.now + 10 }
func (l *latch) State() any                            { return &l.v }
func (l *latch) Ins(port uint16, p []byte) int         { return copy(p, l.data) }
func (l *latch) Outs(port uint16, p []byte) int {
	l.data = append(l.data, p...)
	return len(p)
}

func TestPorts(t *testing.T) {
	tr := &trace.Hub{Mask: trace.MaskOf(trace.PortIn, trace.PortOut)}
	b, l := New(tr), &latch{}
	b.Attach(l)
	b.Out(5, 0x10, 1, 0x1234)
	if v := b.In(7, 0x11, 1); v != 0x34 || l.now != 7 {
		t.Errorf("read %#x at %d", v, l.now)
	}
	for size, want := range map[uint8]uint32{1: 0xff, 2: 0xffff, 4: 0xffffffff} {
		if v := b.In(7, 0x80, size); v != want {
			t.Errorf("an empty port of %d bytes reads %#x", size, v)
		}
	}
	if ev := tr.Drain(nil); len(ev) != 5 || ev[0].Kind != trace.PortOut || ev[0].A != 0x10 || ev[0].B != 0x34 {
		t.Errorf("events %+v", ev)
	}
	if b.Next() != 17 {
		t.Errorf("next deadline %d", b.Next())
	}
}

func TestStrings(t *testing.T) {
	b, l := New(&trace.Hub{}), &latch{}
	b.Attach(l)
	b.Outs(0, 0x10, 2, []byte("abcdef"))
	p := make([]byte, 8)
	l.v = 0x7a79
	b.Ins(0, 0x10, 2, p)
	if !bytes.Equal(p, []byte("abcdefyz")) {
		t.Errorf("got %q: the stream first, then one access after the other", p)
	}
}

// lanes has a port of 8 bits and one of 16.
type lanes struct {
	latch
	log []uint32
}

func (l *lanes) Info() Info {
	return Info{Name: "lanes", Ports: []Range{{0x20, 0x23}}, Wide: []Range{{0x22, 0x22}}}
}
func (l *lanes) In(port uint16, size uint8) uint32 { return 0x1100*uint32(size) | uint32(port) }
func (l *lanes) Out(port uint16, size uint8, v uint32) {
	l.log = append(l.log, uint32(port)<<16|uint32(size)<<12|v&0xfff)
}

func TestWideAccessToNarrowPorts(t *testing.T) {
	b, l := New(&trace.Hub{}), &lanes{}
	b.Attach(l)
	if v := b.In(0, 0x20, 2); v != 0x2120 {
		t.Errorf("two narrow ports read %#x", v)
	}
	if v := b.In(0, 0x22, 2); v != 0x2222 {
		t.Errorf("the wide port reads %#x", v)
	}
	if v := b.In(0, 0x23, 4); v != 0xffffff23 {
		t.Errorf("past the device %#x", v)
	}
	if v := b.In(0, 0x1f, 2); v != 0xffff {
		t.Errorf("nobody takes the address: %#x", v)
	}
	b.Out(0, 0x20, 2, 0x0a0b)
	b.Out(0, 0x22, 2, 0x0a0b)
	if want := []uint32{0x20100b, 0x21100a, 0x222a0b}; !slices.Equal(l.log, want) {
		t.Errorf("%#x, want %#x", l.log, want)
	}
}

func TestTwoDevicesAtOnePort(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no complaint")
		}
	}()
	b := New(&trace.Hub{})
	b.Attach(&latch{})
	b.Attach(&latch{})
}
