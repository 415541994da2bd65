package main

import (
	"slices"

	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// passages follows the ways between the rings by the events: how often each door was used, how long each ring had the
// CPU, and which ways inwards have not ended yet.
type passages struct {
	ring    uint8 // where the CPU is, or view.RingHalted
	since   uint64
	time    [5]uint64
	inwards uint64
	uses    map[doorKey]*use
	last    []view.Crossing
	open    []passage // outermost first
	call    callPath  // the system call that is on its way

	protected bool // CR0.PE, as the events tell
}

type doorKey struct {
	kind   view.DoorKind
	vector uint16
}

type use struct {
	count, nested, at uint64
	path              view.Path // of the last system call that nothing interrupted
}

// passage is a way inwards.
type passage struct {
	key      doorKey
	from, to uint8
	at       uint64
	ip       uint64 // where it left from, 0 not known
}

const (
	maxCrossings = 48
	maxOpen      = 16
)

func (p *passages) clone() passages {
	c := *p
	c.uses = make(map[doorKey]*use, len(p.uses))
	for k, u := range p.uses {
		copied := *u
		c.uses[k] = &copied
	}
	c.last, c.open = slices.Clone(p.last), slices.Clone(p.open)
	return c
}

func (p *passages) init() { *p = passages{uses: map[doorKey]*use{}} }

// doors is what passages must be told of a door.
type doors interface {
	ringOf(vector uint8) uint8 // the ring that a gate leads to
}

// event takes in one event.
func (p *passages) event(e *trace.Event, d doors) {
	p.callEvent(e)
	switch e.Kind {
	case trace.Exception:
		v := uint8(e.A >> 32)
		p.enter(e, doorKey{view.DoorException, uint16(v)}, d.ringOf(v), e.A&0xffffffff, 0)
	case trace.Interrupt:
		p.enter(e, doorKey{view.DoorInterrupt, uint16(e.A)}, d.ringOf(uint8(e.A)), 0, e.B)
	case trace.SoftInt:
		p.enter(e, doorKey{view.DoorSoft, uint16(e.A)}, d.ringOf(uint8(e.A)), 0, e.B)
	case trace.SyscallIn:
		p.enter(e, doorKey{view.DoorSyscall, 0}, 0, e.A, e.B)
	case trace.Sysenter:
		p.enter(e, doorKey{view.DoorSysenter, 0}, 0, e.A, e.B)
	case trace.FarIn:
		before := *e // the event is told when the call is done
		before.Ring = p.outer()
		p.enter(&before, doorKey{view.DoorCallGate, uint16(e.A) &^ 3}, e.Ring, 0, e.B)
	case trace.Iret:
		p.leave(e, "iret", uint8(e.B&3), e.A)
	case trace.SyscallOut:
		p.leave(e, "sysret", 3, e.B)
	case trace.Sysexit:
		p.leave(e, "sysexit", 3, e.B)
	case trace.FarOut:
		p.leave(e, "far return", uint8(e.B&3), e.A)
	case trace.Mode:
		if pe := e.A&cpu.CR0PE != 0; pe != p.protected { // other tables, other doors
			p.protected = pe
			clear(p.uses)
			p.open, p.last = nil, nil
		}
	case trace.Halt:
		p.turn(view.RingHalted, e.At)
	}
}

// enter notes a passage through a door.
func (p *passages) enter(e *trace.Event, key doorKey, to uint8, number, ip uint64) {
	u := p.uses[key]
	if u == nil {
		u = &use{}
		p.uses[key] = u
	}
	u.at = e.At
	if e.Ring > to {
		u.count++
		p.inwards++
	} else {
		u.nested++
	}
	if e.Ring == 3 || len(p.open) == maxOpen {
		p.open = p.open[:0]
	}
	p.open = append(p.open, passage{key: key, from: e.Ring, to: to, at: e.At, ip: ip})
	p.turn(to, e.At)
	p.add(view.Crossing{At: e.At, Kind: key.kind, Vector: key.vector, From: e.Ring, To: to, Task: e.Task, Number: number, IP: ip})
}

// outer is the ring that had the CPU before the event that is told.
func (p *passages) outer() uint8 {
	if p.ring == view.RingHalted {
		return 0
	}
	return p.ring
}

// leave notes a return.
func (p *passages) leave(e *trace.Event, how string, to uint8, ip uint64) {
	from := p.outer()
	if n := len(p.open); n > 0 {
		p.open = p.open[:n-1]
	}
	if to == 3 {
		p.open = p.open[:0]
	}
	p.turn(to, e.At)
	p.add(view.Crossing{At: e.At, Back: true, How: how, From: from, To: to, Task: e.Task, IP: ip})
}

// count is how often a door was used, from wherever.
func (p *passages) count(kind view.DoorKind, vector uint16) uint64 {
	if u := p.uses[doorKey{kind, vector}]; u != nil {
		return u.count + u.nested
	}
	return 0
}

func (p *passages) add(c view.Crossing) {
	if len(p.last) == maxCrossings {
		p.last = append(p.last[:0], p.last[1:]...)
	}
	p.last = append(p.last, c)
}

// turn says that from now on another ring has the CPU.
func (p *passages) turn(to uint8, at uint64) {
	if at > p.since {
		p.time[p.ring] += at - p.since
	}
	p.ring, p.since = to, at
}

// corrected is what the events told, made to agree with the CPU as it is: a ring can change without an event (a reset).
// Real mode has no rings, and tells of no returns.
func (p *passages) corrected(ring uint8, halted, real bool, now uint64) passages {
	c := *p
	if ring == 3 || real {
		c.open = nil
	}
	if halted {
		ring = view.RingHalted
	}
	c.turn(ring, now)
	return c
}
