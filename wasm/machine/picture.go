package main

import (
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// picture reads the computer's state into frames. What it keeps between frames is only where the reader looks.
type picture struct {
	s    *Session
	comp *boot.Computer

	*derived
	aimed   aim               // the address whose walk is shown now
	wanted  aim               // the one that the reader has asked for; va 0: none
	hit     trace.Event       // the newest of the kinds that were waited for
	ways    passages          // as the picture shows them
	frameOf map[uint64]uint64 // by when a passage began: linear address of the lowest word that it saved, where that is known
	hot     []uint32
	frames  frames
	known   view.Memory   // as it was read last
	space   int32         // whose memory the reader has asked for, 0 nobody's
	chose   bool          // the reader has chosen another frame
	symbols []view.Symbol // of somebody else's kernel
	file    execFile      // what is known of the last exec's file
	stage   stage
	paging  turnsOn
}

func (p *picture) init(s *Session) {
	*p = picture{s: s, comp: s.comp, derived: newDerived(s), frameOf: map[uint64]uint64{}}
	p.frames.init(s.comp.M.RAM.Frames())
}

// maxHot is how many touched frames a picture names.
const maxHot = 64

// event takes in an event of the run.
func (p *picture) event(e *trace.Event) {
	switch e.Kind {
	case trace.FrameAlloc:
		p.touch(uint32(e.A))
	case trace.COW:
		p.touch(uint32(e.B))
	}
	p.derived.event(e, p)
}

// fresh begins a new look at what is written.
func (p *picture) fresh() {
	p.derived.marked(p.comp.M.RAM)
	p.frames.returned(p.comp.M.RAM, p.comp.M.Now(), p.derived.written)
	p.comp.M.CPU.Watch()
	p.frames.drawn = p.comp.M.CPU.S.Retired
}

// returned forgets what is not so at the moment that the computer has gone back to.
func (p *picture) returned(ram *mem.RAM, now uint64) {
	p.hot, p.hit = nil, trace.Event{}
	clear(p.frameOf)
	p.frames.returned(ram, now, p.derived.written)
}

func (p *picture) touch(frame uint32) {
	p.hot = append(p.hot, frame)
	if len(p.hot) > maxHot {
		p.hot = p.hot[len(p.hot)-maxHot:]
	}
}

// askWalk shows the walk of an address the reader chose; 0 goes back to following the machine.
// pid says whose address it is, 0 that of whoever is on the CPU.
func (p *picture) askWalk(va uint64, pid float64) {
	p.wanted = aim{va: va, why: "asked for"}
	if pid > 0 && pid < kernel.MaxPID {
		p.wanted.pid = int32(pid)
	}
}

// draw fills a frame from the state between two instructions.
func (p *picture) draw(f *view.Frame) {
	s, c := p.s, p.comp
	p.foreignSymbols()
	if p.aimed = p.aim; p.wanted.va != 0 {
		p.aimed = p.wanted
	}
	f.Seq, f.Now, f.Retired, f.Idle = s.seq, c.M.Now(), c.M.CPU.S.Retired, c.M.CPU.S.Idled
	f.Running, f.Speed, f.Rate, f.Stop = s.playing, uint64(s.speed), uint64(s.rate.rate), s.stop
	f.Held = s.held && s.playing
	s.timeline(&f.Timeline)
	p.cpu(&f.CPU)
	p.code(&f.Code, &f.CPU)
	s.drawMicro(&f.Micro)
	p.timer(&f.Timer)
	p.kernel(&f.Kernel)
	p.rings(&f.Rings, f)
	if s.waiting && (s.playing || s.goals != nil) {
		f.Stop = "waiting for input"
	}
	p.walk(&f.Walk, &f.CPU)
	p.tlb(&f.TLB)
	p.ram(&f.RAM)
	p.takeMemory(&f.Memory)
	p.cow(&f.Cow)
	p.execPicture(&f.Exec)
	p.devices(f)
	p.screen.View(&f.Term)
	f.Term.Wants = c.WantsInput()
	f.Boot = p.stages.view(f.CPU.CSBase+f.CPU.RIP, f.Now)
	p.startup(&f.Start, f)
	p.processes(&f.Procs)
	f.Chapter = p.chapter(f)
	f.Story = p.story(f)
	p.stats(&f.Stats)
}

// stats are our kernel's own counts; of another kernel those of the doors.
func (p *picture) stats(v *view.Stats) {
	v.Events, v.Lost = p.events, p.comp.M.Trace.Lost
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
