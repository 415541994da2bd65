package main

import (
	"slices"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/mm"
	"vitrine/wasm/term"
	"vitrine/wasm/view"
)

// derived is what is made of the run up to the present moment: of what the console sent, what came in and what happened.
// It follows the computer to every moment, and is the same there however the computer came; what depends on the reader is
// in Session and picture.
type derived struct {
	screen *term.Screen
	shared bool   // the screen belongs to a kept moment, too: it is copied before it changes
	tx, rx uint64 // bytes on the console's wire
	events uint64 // how many there were

	aim     aim
	pair    [2]int32
	cowFrom uint64
	cowTo   uint64
	cowBy   int
	cowVA   uint64
	copied  bool   // a copy was made by the fault that is being handled
	cowCall string // the system call in which the kernel itself wrote, "" when a program did
	call    string // the system call under way
	faultVA uint64

	stages   stages
	births   births
	pass     passages
	chapters chapters
	last     trace.Event // the newest event that is worth a sentence
	log      []trace.Event
	switches [2]int
	spaces   uint64 // how often CR3 changed
	disk     view.Disk
	written  []uint64 // a bit for each frame: written since power-on
	pressure pressure
	flow     trace.Flow // where the Hub's stories are
	exec     *execRecord
}

// aim is an address whose walk is shown.
type aim struct {
	va  uint64
	why string
	pid int32 // whose address it is, 0 that of whoever is on the CPU

	code uint32 // which access it is, as a page fault's error code says it
}

func newDerived(s *Session) *derived {
	rows, cols := startRows, startCols
	if s.made.Rows != 0 && s.made.Cols != 0 {
		rows, cols = clampRows(int(s.made.Rows)), clampCols(int(s.made.Cols))
	}
	d := &derived{screen: term.New(rows, cols), written: make([]uint64, (s.comp.M.RAM.Frames()+63)/64)}
	d.stages.init(s.comp.K != nil)
	d.pass.init()
	return d
}

// clone shares the screen until it changes.
func (d *derived) clone() *derived {
	d.shared = true
	c := *d
	c.stages.list, c.stages.printed = slices.Clone(d.stages.list), slices.Clip(d.stages.printed)
	c.births = d.births.clone()
	c.pass = d.pass.clone()
	c.log = slices.Clone(d.log)
	c.written = slices.Clone(d.written)
	return &c
}

// own makes the screen one that may change.
func (d *derived) own() *term.Screen {
	if d.shared {
		d.screen, d.shared = d.screen.Clone(), false
	}
	return d.screen
}

// marked takes in which frames were written lately.
func (d *derived) marked(ram *mem.RAM) {
	for i, m := range ram.Marks {
		if m&mem.MarkFresh != 0 {
			d.written[i/64] |= 1 << (i % 64)
		}
	}
}

// logged are the kinds that the text twin's log lists, logLines how many of them.
const (
	logged   = baseKinds &^ (1<<trace.SyscallRet | 1<<trace.IRQ | 1<<trace.Wake | 1<<trace.Block | 1<<trace.Exception)
	logLines = 12
)

// pageFault is the vector of #PF.
const pageFault = 14

// event takes in one event of the kinds in derivedKinds.
func (d *derived) event(e *trace.Event, p *picture) {
	d.events++
	if logged>>e.Kind&1 != 0 {
		if len(d.log) == logLines {
			d.log = append(d.log[:0], d.log[1:]...)
		}
		d.log = append(d.log, *e)
	}
	d.stages.event(e)
	d.births.event(e, p)
	d.pass.event(e, p)
	d.chapters.event(e, &d.stages)
	d.pressure.event(e)
	switch e.Kind {
	case trace.Walk:
		if d.aim.code != 0 && e.A>>63 != 0 { // the CPU reads the IDT and the stack on its way into the kernel
			return
		}
		d.aim = aim{e.A, "TLB miss", int32(e.Task), 0}
		return
	case trace.Exception:
		if e.A>>32 == pageFault {
			d.faultVA = e.B
			d.aim = aim{e.B, "page fault", int32(e.Task), uint32(e.A)}
		}
	case trace.PageFault:
		d.faultVA = e.A
		if d.copied { // by the kernel on a program's behalf: no exception told the address before
			d.cowVA, d.copied = e.A, false
		}
		if how := mm.FaultKind(e.B); how != mm.SegvMap && how != mm.SegvAcc {
			d.aim = aim{e.A, "page fault", int32(e.Task), 0}
		}
	case trace.COW:
		d.cowFrom, d.cowTo, d.cowBy, d.cowVA, d.copied = e.A, e.B, int(e.Task), d.faultVA, true
		d.cowCall = d.call
	case trace.DiskRead:
		d.disk.LBA, d.disk.Reads = e.A, d.disk.Reads+e.B
	case trace.DiskWrite:
		d.disk.LBA, d.disk.Writes = e.A, d.disk.Writes+e.B
	case trace.Fork:
		d.pair = [2]int32{int32(e.A), int32(e.B)}
	case trace.Space:
		d.spaces++
		if p.comp.K != nil {
			return // it tells of the switch itself
		}
	case trace.Syscall:
		d.call = p.callName(e.A)
	case trace.Switch:
		d.call = ""
		d.switches = [2]int{int(e.A), int(e.B)}
	case trace.SyscallRet:
		d.call = ""
		return
	case trace.FrameAlloc, trace.Wake, trace.Block, trace.IRQ, trace.Iret, trace.SyscallOut, trace.Sysexit, trace.FarOut,
		trace.SwapOut, trace.SwapIn, trace.Reclaim:
		return
	}
	d.last = *e
}
