package main

import (
	"bytes"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
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
	last     trace.Event // the newest event that is worth a sentence
	switches [2]int
	disk     view.Disk
}

func (p *picture) init(s *Session) {
	*p = picture{s: s, comp: s.comp}
	p.stages.init()
	p.pass.init()
}

// pageFault is the vector of #PF.
const pageFault = 14

// maxHot is how many touched frames a picture names.
const maxHot = 64

// event notes what the next pictures must point to.
func (p *picture) event(e *trace.Event) {
	p.stages.event(e)
	p.pass.event(e, p.ringOf)
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
	case trace.Syscall:
		p.call = p.callName(e.A)
	case trace.Switch:
		p.call = ""
		p.switches = [2]int{int(e.A), int(e.B)}
	case trace.SyscallRet:
		p.call = ""
		return
	case trace.Wake, trace.Block, trace.IRQ, trace.Iret, trace.FrameFree, trace.PortIn, trace.PortOut, trace.Console:
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
	f.Seq, f.Now, f.Retired, f.Idle = s.seq, c.M.Now(), c.M.CPU.S.Retired, c.M.CPU.S.Idled
	f.Running, f.Speed, f.Rate, f.Stop = s.playing, uint64(s.speed), uint64(s.rate.rate), s.stop
	f.Held = s.held && s.playing
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
	st := c.K.State.Stats
	f.Stats = view.Stats{
		Syscalls: st.Syscalls, PageFaults: st.PageFaults, CowFaults: st.COWFaults, Switches: st.ContextSwitches, TimerIRQs: st.TimerInterrupts,
		Events: c.M.Trace.Count(), Lost: c.M.Trace.Lost,
	}
}

// ram counts the frames by use, as the kernel's own records have them. Before there are any, nothing is known of a frame
// but whether it holds something.
func (p *picture) ram(r *view.RAM) {
	frames := &p.comp.K.MM.State.Frames
	r.Frames = p.comp.M.RAM.Frames()
	r.Uses = make([]uint8, r.Frames)
	for i, use := range frames.Use {
		u := usesOf[use]
		if use == mm.Anonymous && frames.Ref[i] > 1 {
			u = view.UseCow
		}
		r.Uses[i] = uint8(u)
		r.Counts[u]++
	}
	if len(frames.Use) == 0 {
		p.bootFrames(r)
	}
	r.Hot, p.hot = p.hot, nil
}

// bootFrames tells which of the lowest frames hold anything: all of the boot happens there.
func (p *picture) bootFrames(r *view.RAM) {
	const lowest = 512
	var empty [mem.FrameSize]byte
	for i := range min(lowest, r.Frames) {
		if !bytes.Equal(p.comp.M.RAM.Bytes[i*mem.FrameSize:][:mem.FrameSize], empty[:]) {
			r.Uses[i] = uint8(view.UseBoot)
			r.Counts[view.UseBoot]++
		}
	}
	r.Counts[view.UseFree] = uint32(r.Frames) - r.Counts[view.UseBoot]
}

var usesOf = [mm.NumUses]view.Use{
	mm.Free: view.UseFree, mm.Reserved: view.UseReserved, mm.Kernel: view.UseKernel, mm.KernelInit: view.UseKernelInit,
	mm.PageTable: view.UsePageTable, mm.KernelStack: view.UseKernelStack, mm.PageCache: view.UsePageCache,
	mm.Anonymous: view.UseAnon, mm.SharedMemory: view.UseShared, mm.Zero: view.UseKernel,
}
