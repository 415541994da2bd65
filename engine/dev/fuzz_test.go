package dev

import (
	"testing"

	"vitrine/engine/bus"
	"vitrine/engine/state"
	"vitrine/engine/trace"
)

// FuzzDevices reads and writes the ports of all devices at random times. No device may panic, and two boards that are
// told the same, one of them looking up more often, have the same state.
func FuzzDevices(f *testing.F) {
	f.Add([]byte("\x00\x12\x34\x56\x80\x01\x02\x03"))
	f.Fuzz(func(t *testing.T, script []byte) {
		var boards [2]*bus.Bus
		for i := range boards {
			boards[i] = bus.New(&trace.Hub{})
			for _, d := range devices() {
				boards[i].Attach(d)
			}
		}
		ports := portsOf(boards[0])
		now := uint64(0)
		for script = script[:min(len(script), 400)]; len(script) >= 4; script = script[4:] {
			end := now + uint64(script[1])*uint64(script[1])*977
			for n := 0; now < end && n < 500; n++ { // a counter of 1 has a deadline at every pulse
				next := min(boards[0].Next(), end)
				boards[0].Advance(now + (next-now)/2) // a cut that the other does not see
				boards[0].Advance(next)
				boards[1].Advance(next)
				now = next
			}
			port, size := ports[int(script[0]&0x7f)%len(ports)], uint8(1)<<(script[2]>>6%3)
			if script[0]&0x80 != 0 {
				if a, b := boards[0].In(now, port, size), boards[1].In(now, port, size); a != b {
					t.Fatalf("port %#x reads %#x and %#x", port, a, b)
				}
				continue
			}
			for _, b := range boards {
				b.Out(now, port, size, uint32(script[3])|uint32(script[2])<<8)
			}
		}
		compare(t, boards)
	})
}

func portsOf(b *bus.Bus) (ports []uint16) {
	for _, d := range b.Devices() {
		for _, r := range d.Info().Ports {
			for p := r.First; p <= r.Last; p++ {
				ports = append(ports, p)
			}
		}
	}
	return ports
}

// compare checks that the states are alike and survive the codec.
func compare(t *testing.T, boards [2]*bus.Bus) {
	fresh := devices()
	for i, d := range boards[0].Devices() {
		h := state.Hash(d.State())
		if h != state.Hash(boards[1].Devices()[i].State()) {
			t.Errorf("%s: %+v\n%+v", d.Info().Name, d.State(), boards[1].Devices()[i].State())
		}
		if err := state.Decode(state.Encode(d.State()), fresh[i].State()); err != nil || state.Hash(fresh[i].State()) != h {
			t.Errorf("%s: the state does not survive: %v", d.Info().Name, err)
		}
	}
}
