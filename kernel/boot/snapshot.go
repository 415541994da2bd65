package boot

import (
	"errors"

	"vitrine/engine/rewind"
	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/mm"
	"vitrine/kernel/tty"
	"vitrine/kernel/unix"
	"vitrine/kernel/vfs"
)

// snapshot is everything there is to know about a computer. What is not in it must not influence what happens.
type snapshot struct {
	Machine []byte
	Kernel  kernel.State
	MM      mm.State
	VFS     vfs.State
	TTY     tty.State
	Files   fs.State
	Sockets unix.State
	Tape    rewind.Tape // what came from outside until now
	Typed   []byte      // what waits outside for room in the serial port
	Later   uint64      // until when it waits at least
	End     ForeignState
}

// header begins a snapshot: only a build whose State types are the same understands what follows.
type header struct {
	Magic  [8]byte
	Schema uint64
	Sum    uint64 // of what follows: damage is found before anything believes it
}

const headerSize = 24

func (c *Computer) header(body []byte) header {
	return header{Magic: [8]byte{'v', 'i', 't', 'r', 'i', 'n', 'e'}, Schema: state.Fingerprint(c.states()...), Sum: state.Sum(body)}
}

// states are values of all types that a snapshot holds.
func (c *Computer) states() []any { return append(c.M.States(), snapshot{}) }

// Snapshot returns the whole state.
func (c *Computer) Snapshot() []byte {
	s := snapshot{Machine: c.M.Snapshot(), Tape: c.tape, Typed: c.typed, Later: c.later, End: c.end}
	if c.K != nil {
		s.Kernel, s.MM, s.VFS, s.TTY, s.Files = c.K.State, c.K.MM.State, c.K.VFS.S, c.K.Terms.State, c.files.S
		s.Sockets = c.K.Unix.State
	}
	body := state.Encode(&s)
	h := c.header(body)
	return append(state.Encode(&h), body...)
}

// Restore replaces the whole state by one that a computer with the same options had. A tape that was being played is
// taken out.
func (c *Computer) Restore(b []byte) error {
	var h header
	if len(b) < headerSize || state.Decode(b[:headerSize], &h) != nil || h != c.header(b[headerSize:]) {
		return errors.New("this is not a snapshot of this version of the machine")
	}
	var s snapshot
	if err := state.Decode(b[headerSize:], &s); err != nil {
		return err
	}
	if s.End.Foreign != c.end.Foreign {
		return errors.New("this is a snapshot of a machine with another kernel")
	}
	if s.Kernel.RootMounted {
		if e := c.disk.probe(); e != abi.OK { // before the machine's own state comes back
			return errors.New(e.Error())
		}
	}
	if err := c.M.Restore(s.Machine); err != nil {
		return err
	}
	if c.K != nil {
		c.K.State, c.K.MM.State, c.K.VFS.S, c.K.Terms.State, c.files.S = s.Kernel, s.MM, s.VFS, s.TTY, s.Files
		c.K.Unix.State = s.Sockets
		c.K.Restored()
	}
	c.tape, c.typed, c.later, c.cue, c.end = s.Tape, s.Typed, s.Later, nil, s.End
	return nil
}

// Hash is the digest of the whole state: equal computers have equal hashes, on every platform. The tape is how the
// computer came here, not where it is: it does not count.
func (c *Computer) Hash() uint64 {
	if c.K == nil {
		parts := struct{ Machine, End uint64 }{c.M.Hash(), state.Hash(&c.end)}
		return state.Hash(&parts)
	}
	parts := struct{ Machine, Kernel, MM, VFS, TTY, Files, Sockets uint64 }{
		c.M.Hash(), state.Hash(&c.K.State), state.Hash(&c.K.MM.State), state.Hash(&c.K.VFS.S),
		state.Hash(&c.K.Terms.State), state.Hash(&c.files.S), state.Hash(&c.K.Unix.State),
	}
	return state.Hash(&parts)
}
