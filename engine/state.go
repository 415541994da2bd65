package engine

import (
	"errors"
	"reflect"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/mem"
	"vitrine/engine/state"
)

// States returns pointers to the state of the CPU and of each device, in the order in which they were attached: with RAM,
// all there is to know. The devices are brought to the present first: they are only when something asks them, and how
// often that was must not show.
func (m *Machine) States() []any {
	m.Bus.Advance(m.Now())
	states := []any{&m.CPU.S}
	for _, d := range m.Bus.Devices() {
		states = append(states, d.State())
	}
	return states
}

// image is what a snapshot holds.
type image struct {
	States [][]byte
	Frames uint32 // size of RAM
	Used   []uint32
	Pages  []byte // the frames of Used, one after the other; all others are zero
}

// Snapshot returns the whole machine as bytes.
func (m *Machine) Snapshot() []byte {
	img := image{Frames: uint32(m.RAM.Frames())}
	for _, part := range m.States() {
		img.States = append(img.States, state.Encode(part))
	}
	for f := range img.Frames {
		if p := m.RAM.Page(mem.Frame(f)); !zero(p) {
			img.Used = append(img.Used, f)
			img.Pages = append(img.Pages, p...)
		}
	}
	return state.Encode(&img)
}

func zero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}

var errSnapshot = errors.New("engine: this snapshot is of another machine")

// Restore puts the machine into the state of a snapshot of a machine with as much RAM. After an error the machine is
// unchanged.
func (m *Machine) Restore(b []byte) error {
	var img image
	if err := state.Decode(b, &img); err != nil {
		return err
	}
	if int(img.Frames) != m.RAM.Frames() || len(img.Pages) != len(img.Used)*mem.FrameSize {
		return errSnapshot
	}
	for _, f := range img.Used {
		if f >= img.Frames {
			return errSnapshot
		}
	}
	states := m.States()
	fresh, err := decodeAll(img.States, states)
	if err != nil {
		return err
	}
	for f := range img.Frames {
		m.RAM.Zero(mem.Frame(f))
	}
	for i, f := range img.Used {
		m.RAM.WriteAt(img.Pages[i*mem.FrameSize:(i+1)*mem.FrameSize], mem.Frame(f).Addr())
	}
	for i, part := range states {
		reflect.ValueOf(part).Elem().Set(fresh[i])
	}
	m.CPU.SetState(m.CPU.S)
	return nil
}

// decodeAll decodes each part into a new value of the type that its state has.
func decodeAll(parts [][]byte, states []any) ([]reflect.Value, error) {
	if len(parts) != len(states) {
		return nil, errSnapshot
	}
	var fresh []reflect.Value
	for i, part := range parts {
		v := reflect.New(reflect.TypeOf(states[i]).Elem())
		if err := state.Decode(part, v.Interface()); err != nil {
			return nil, err
		}
		fresh = append(fresh, v.Elem())
	}
	return fresh, nil
}

// Hash is a fingerprint of the whole machine.
func (m *Machine) Hash() uint64 {
	d := xxhash.New()
	for _, part := range m.States() {
		d.Write(state.Encode(part))
	}
	d.Write(m.RAM.Bytes)
	return d.Sum64()
}
