package dev

import (
	"testing"

	"vitrine/engine/bus"
	"vitrine/engine/state"
	"vitrine/engine/trace"
)

func devices() []bus.Device {
	tr := &trace.Hub{}
	pic, board := NewPIC(tr), NewControl()
	return []bus.Device{
		pic, NewPIT(pic.Line(0)), NewUART(pic.Line(4), tr), NewATA(pic.Line(14), make(Image, 1<<20), tr),
		NewCMOS(pic.Line(8), 0, 64<<20), board, NewKeyboard(pic.Line(1), pic.Line(12), board), NewLAPIC(),
	}
}

func TestStatesRoundTrip(t *testing.T) {
	a, b := devices(), devices()
	for i := range a {
		for port := range uint16(16) {
			if len(a[i].Info().Ports) == 0 {
				break
			}
			r := a[i].Info().Ports[0]
			a[i].Out(r.First+port%(r.Last-r.First+1), 1, uint32(port)*37)
		}
		if err := state.Decode(state.Encode(a[i].State()), b[i].State()); err != nil {
			t.Fatal(err)
		}
		if state.Hash(a[i].State()) != state.Hash(b[i].State()) {
			t.Errorf("%s: the state does not survive", a[i].Info().Name)
		}
	}
}

func TestPortsDoNotCollide(t *testing.T) {
	b := bus.New(&trace.Hub{})
	for _, d := range devices() {
		b.Attach(d)
	}
	if v := b.In(0, 0x300, 2); v != 0xffff {
		t.Errorf("an empty port reads %#x", v)
	}
	b.Out(0, 0xcf8, 4, 0x80000000) // who looks for PCI finds none, and resets nothing though 0xcf9 is among these ports
	if v, w := b.In(0, 0xcf8, 4), b.In(0, 0xcfc, 4); v != 0xffffffff || w != 0xffffffff {
		t.Errorf("the ports of PCI read %#x and %#x", v, w)
	}
}
