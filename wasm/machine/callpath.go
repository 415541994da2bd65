package main

import (
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/wasm/view"
)

// callPath follows a system call through its door and back, to tell how many instructions the way takes. The clock counts
// instructions and what the kernel's work is charged; between the door and the kernel's own events there is one known charge,
// so the difference is instructions. What is interrupted, sleeps, or gets a signal is not counted.
type callPath struct {
	key   doorKey
	at    uint64 // of the door
	in    uint64 // instructions from the door to the kernel's work
	ended uint64 // when that work was done
	stage callStage
}

type callStage uint8

const (
	callNone    callStage = iota
	callEntered           // through the door
	callWorks             // the kernel has it
	callDone              // on the way back
)

// begin notes that a system call's instruction was executed.
func (p *passages) begin(e *trace.Event, key doorKey) {
	p.call = callPath{key: key, at: e.At, stage: callEntered}
}

// callEvent takes in one event before the passages do.
func (p *passages) callEvent(e *trace.Event) {
	c := &p.call
	switch e.Kind {
	case trace.SyscallIn:
		p.begin(e, doorKey{view.DoorSyscall, 0})
	case trace.Sysenter:
		p.begin(e, doorKey{view.DoorSysenter, 0})
	case trace.SoftInt:
		p.begin(e, doorKey{view.DoorSoft, uint16(e.A)})
	case trace.Syscall:
		if c.stage != callEntered || e.At < c.at+kernel.CallCost {
			c.stage = callNone
			return
		}
		c.in, c.stage = e.At-c.at-kernel.CallCost, callWorks
	case trace.SyscallRet:
		if c.stage != callWorks {
			c.stage = callNone
			return
		}
		c.ended, c.stage = e.At, callDone
	case trace.Exception, trace.Interrupt, trace.Switch, trace.Signal:
		c.stage = callNone
	case trace.Iret, trace.SyscallOut, trace.Sysexit:
		if u := p.uses[c.key]; c.stage == callDone && u != nil {
			u.path = view.Path{In: c.in, Out: e.At - c.ended, Took: e.At - c.at}
		}
		c.stage = callNone
	}
}
