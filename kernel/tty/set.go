package tty

import (
	"vitrine/engine/state"
	"vitrine/kernel/abi"
)

// Device numbers of terminals. Linux Documentation/admin-guide/devices.txt
const (
	MajorTTY    = 4   // minor 64 is ttyS0
	MajorTTYAux = 5   // minor 0 /dev/tty, 1 /dev/console, 2 /dev/ptmx
	MajorMaster = 128 // no file has it: it names the master's side of a pair
	MajorSlave  = 136 // /dev/pts/N

	MinorSerial  = 64
	MinorTTY     = 0
	MinorConsole = 1
	MinorPtmx    = 2

	// Serial is the console's terminal, /dev/ttyS0.
	Serial = MajorTTY<<8 | MinorSerial
)

// State is all terminals. Plain data.
type State struct {
	Console Terminal
	Ptys    state.Arena[Pty] // /dev/pts/N has ID N+1
}

// Set is the terminals with their wiring. A terminal is named by its device number.
type Set struct {
	State   State
	world   World
	console TTY
}

// NewSet returns the console alone.
func NewSet(w World) *Set {
	s := &Set{world: w}
	s.State.Console = *New(Serial, w).State
	s.console = TTY{State: &s.State.Console, World: w}
	return s
}

// Console is the serial line's terminal; the pointer is good for ever.
func (s *Set) Console() *TTY { return &s.console }

// Find returns a terminal by its device number, nil when there is none. The pointer is good until a pty is made or
// closed.
func (s *Set) Find(dev uint32) *TTY {
	if dev == Serial {
		return &s.console
	}
	if p := s.Pty(dev); p != nil && dev>>8 == MajorSlave {
		return &TTY{State: &p.Slave, World: s.world, Pty: p}
	}
	return nil
}

// Pty returns the pair that a master's or slave's device number names, nil when there is none.
func (s *Set) Pty(dev uint32) *Pty {
	if major := dev >> 8; major != MajorMaster && major != MajorSlave {
		return nil
	}
	return s.State.Ptys.Get(PtyID(dev))
}

// All calls fn for every terminal that can control a session.
func (s *Set) All(fn func(t *TTY)) {
	fn(&s.console)
	for id := state.ID(1); int(id) <= s.State.Ptys.Len(); id++ {
		if t := s.Find(SlaveDev(id)); t != nil {
			fn(t)
		}
	}
}

// SlaveDev is the device number of /dev/pts/(id-1).
func SlaveDev(id state.ID) uint32 { return MajorSlave<<8 | uint32(id-1) }

// ptyTermios is how a slave starts. Linux drivers/tty/pty.c:unix98_pty_init
var ptyTermios = func() abi.Termios {
	ts := StdTermios
	ts.Cflag &^= abi.HUPCL
	return ts
}()
