package main

import (
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// picture reads the computer's state into frames. What it keeps between frames is only where the reader looks.
type picture struct {
	s    *Session
	comp *boot.Computer

	walkVA   uint64 // the address whose walk is shown
	walkWhy  string
	walkPID  int32 // whose address it is, 0 that of whoever is on the CPU
	asked    bool  // by the reader: it stays
	pair     [2]int32
	cowFrom  uint64
	cowTo    uint64
	cowBy    int
	cowVA    uint64
	copied   bool   // a copy was made by the fault that is being handled
	cowCall  string // the system call in which the kernel itself wrote, "" when a program did
	call     string // the system call under way
	faultVA  uint64
	hot      []uint32
	stages   stages
	pass     passages
	frames   frames
	chose    bool          // the reader has chosen another frame
	symbols  []view.Symbol // of somebody else's kernel
	last     trace.Event   // the newest event that is worth a sentence
	switches [2]int
	spaces   uint64 // how often CR3 changed
	disk     view.Disk
}

func (p *picture) init(s *Session) {
	*p = picture{s: s, comp: s.comp}
	p.stages.init(s.comp.K != nil)
	p.pass.init()
	p.frames.init(s.comp.M.RAM.Frames())
}

// pageFault is the vector of #PF.
const pageFault = 14

// maxHot is how many touched frames a picture names.
const maxHot = 64

// event notes what the next pictures must point to.
func (p *picture) event(e *trace.Event) {
	p.stages.event(e)
	p.pass.event(e, p)
	switch e.Kind {
	case trace.Walk:
		if !p.asked {
			p.walkVA, p.walkWhy, p.walkPID = e.A, "TLB miss", int32(e.Task)
		}
		return
	case trace.Exception:
		if e.A>>32 == pageFault {
			p.faultVA = e.B
		}
	case trace.PageFault:
		p.faultVA = e.A
		if p.copied { // by the kernel on a program's behalf: no exception told the address before
			p.cowVA, p.copied = e.A, false
		}
		if !p.asked {
			p.walkVA, p.walkWhy, p.walkPID = e.A, "page fault", int32(e.Task)
		}
	case trace.COW:
		p.cowFrom, p.cowTo, p.cowBy, p.cowVA, p.copied = e.A, e.B, int(e.Task), p.faultVA, true
		p.cowCall = p.call
		p.touch(uint32(e.B))
	case trace.DiskRead:
		p.disk.LBA, p.disk.Reads = e.A, p.disk.Reads+e.B
	case trace.DiskWrite:
		p.disk.LBA, p.disk.Writes = e.A, p.disk.Writes+e.B
	case trace.FrameAlloc:
		p.touch(uint32(e.A))
		return
	case trace.Fork:
		p.pair = [2]int32{int32(e.A), int32(e.B)}
	case trace.Space:
		p.spaces++
		if p.comp.K != nil {
			return // it tells of the switch itself
		}
	case trace.Syscall:
		p.call = p.callName(e.A)
	case trace.Switch:
		p.call = ""
		p.switches = [2]int{int(e.A), int(e.B)}
	case trace.SyscallRet:
		p.call = ""
		return
	case trace.Wake, trace.Block, trace.IRQ, trace.Iret, trace.SyscallOut, trace.Sysexit, trace.FarOut, trace.FrameFree, trace.PortIn, trace.PortOut, trace.Console:
		return
	}
	p.last = *e
}

func (p *picture) touch(frame uint32) {
	p.hot = append(p.hot, frame)
	if len(p.hot) > maxHot {
		p.hot = p.hot[len(p.hot)-maxHot:]
	}
}

// askWalk shows the walk of an address the reader chose; 0 goes back to following the machine.
func (p *picture) askWalk(va uint64) {
	p.asked = va != 0
	if p.asked {
		p.walkVA, p.walkWhy, p.walkPID = va, "asked for", 0
	}
}

// draw fills a frame from the state between two instructions.
func (p *picture) draw(f *view.Frame) {
	s, c := p.s, p.comp
	p.foreignSymbols()
	f.Seq, f.Now, f.Retired, f.Idle = s.seq, c.M.Now(), c.M.CPU.S.Retired, c.M.CPU.S.Idled
	f.Running, f.Speed, f.Rate, f.Stop = s.playing, uint64(s.speed), uint64(s.rate.rate), s.stop
	f.Held = s.held && s.playing
	s.timeline(&f.Timeline)
	p.cpu(&f.CPU)
	p.code(&f.Code, &f.CPU)
	p.timer(&f.Timer)
	p.kernel(&f.Kernel)
	p.rings(&f.Rings, f)
	if s.waiting && (s.playing || s.until != 0) {
		f.Stop = "waiting for input"
	}
	p.walk(&f.Walk, &f.CPU)
	p.tlb(&f.TLB)
	p.ram(&f.RAM)
	p.cow(&f.Cow)
	p.devices(f)
	s.screen.View(&f.Term)
	f.Term.Wants = c.WantsInput()
	f.Boot = p.stages.view()
	f.Chapter = p.chapter(f)
	f.Story = p.story(f)
	p.stats(&f.Stats)
}

// stats are our kernel's own counts; of another kernel those of the doors.
func (p *picture) stats(v *view.Stats) {
	v.Events, v.Lost = p.comp.M.Trace.Count(), p.comp.M.Trace.Lost
	if p.comp.K == nil {
		v.Syscalls = p.pass.count(view.DoorSyscall, 0) + p.pass.count(view.DoorSysenter, 0)
		v.PageFaults = p.pass.count(view.DoorException, pageFault)
		v.Switches = p.spaces
		v.TimerIRQs = p.pass.count(view.DoorInterrupt, uint16(p.comp.M.PIC.S.Chip[0].Vector))
		return
	}
	st := &p.comp.K.State.Stats
	v.Syscalls, v.PageFaults, v.CowFaults = st.Syscalls, st.PageFaults, st.COWFaults
	v.Switches, v.TimerIRQs = st.ContextSwitches, st.TimerInterrupts
}

// foreignSymbols reads the symbols of somebody else's kernel, once it has them.
func (p *picture) foreignSymbols() {
	list := p.comp.Symbols()
	if p.symbols != nil || list == nil {
		return
	}
	p.symbols = make([]view.Symbol, len(list))
	for i, s := range list {
		p.symbols[i] = view.Symbol{Addr: s.Addr, Size: s.Size, Name: s.Name}
	}
}
