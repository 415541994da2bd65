package engine

import (
	"errors"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/engine/state"
)

// State is the machine's state but for RAM.
type State struct {
	CPU     cpu.State
	PIC     dev.PICState
	PIT     dev.PITState
	CMOS    dev.CMOSState
	UART    dev.UARTState
	ATA     dev.ATAState
	Control dev.ControlState
}

// State returns a copy of the machine's state; slices in it are shared with the machine. The devices are brought to
// the present first: they are only when something asks them, and how often that was must not show.
func (m *Machine) State() *State {
	m.Bus.Advance(m.Now())
	return &State{CPU: m.CPU.S, PIC: m.PIC.S, PIT: m.PIT.S, CMOS: m.CMOS.S, UART: m.UART.S, ATA: m.ATA.S, Control: m.Control.S}
}

// image is what a snapshot holds.
type image struct {
	State  State
	Frames uint32 // size of RAM
	Used   []uint32
	Pages  []byte // the frames of Used, one after the other; all others are zero
}

// Snapshot returns the whole machine as bytes.
func (m *Machine) Snapshot() []byte {
	img := image{State: *m.State(), Frames: uint32(m.RAM.Frames())}
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
	for f := range img.Frames {
		m.RAM.Zero(mem.Frame(f))
	}
	for i, f := range img.Used {
		m.RAM.WriteAt(img.Pages[i*mem.FrameSize:(i+1)*mem.FrameSize], mem.Frame(f).Addr())
	}
	m.SetState(img.State)
	return nil
}

// SetState puts the machine, but for RAM, into state s.
func (m *Machine) SetState(s State) {
	m.CPU.SetState(s.CPU)
	m.PIC.S, m.PIT.S, m.CMOS.S, m.UART.S, m.ATA.S, m.Control.S = s.PIC, s.PIT, s.CMOS, s.UART, s.ATA, s.Control
}

// Hash is a fingerprint of the whole machine.
func (m *Machine) Hash() uint64 {
	d := xxhash.New()
	d.Write(state.Encode(m.State()))
	d.Write(m.RAM.Bytes)
	return d.Sum64()
}
