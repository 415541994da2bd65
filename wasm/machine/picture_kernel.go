package main

import (
	"strconv"

	"vitrine/engine/bus"
	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/kernel/wait"
	"vitrine/wasm/view"
)

func (p *picture) timer(v *view.Timer) {
	m := p.comp.M
	c := &m.PIT.S.Counter[0]
	v.Mode, v.Reload = c.Mode, c.Count
	v.Count = uint32(m.PIT.Count(0))
	if next := m.PIT.Next(); next != bus.Never {
		v.NextAt = next
	}
	for i := range m.PIC.S.Chip {
		chip := &m.PIC.S.Chip[i]
		v.IRR[i], v.IMR[i], v.ISR[i], v.Base[i] = chip.IRR, chip.IMR, chip.ISR, chip.Vector
	}
	v.INTR = m.PIC.INTR()
	if k := p.comp.K; k != nil {
		v.HZ, v.Ticks = uint32(k.State.Sched.HZ), k.State.Jiffies
		if k.State.Booted {
			v.Period = nowPerSecond / uint64(v.HZ)
		}
		return
	}
	v.Ticks = p.pass.count(view.DoorInterrupt, uint16(v.Base[0]))
	if periodic := c.Mode == 2 || c.Mode == 3; periodic && c.Count != 0 {
		v.HZ = (pitHz + uint32(c.Count)/2) / uint32(c.Count)
		v.Period = nowPerSecond * uint64(c.Count) / pitHz
	}
}

// pitHz is the input clock of the 8254.
const pitHz = 1193182

// nowPerSecond is how many units of the virtual clock make a second of the guest.
const nowPerSecond = 100_000_000

func (p *picture) kernel(v *view.Kernel) {
	k := p.comp.K
	if k == nil {
		v.Foreign = p.comp.Loaded.Format
		return
	}
	v.Booted, v.Policy, v.HZ = k.State.Booted, k.State.Sched.Kind.String(), uint32(k.State.Sched.HZ)
	current := k.Task(k.State.Current)
	if current != nil {
		v.Current = int(current.PID)
		p.policy(v, current)
	}
	queued := map[kernel.TaskID]bool{}
	for _, id := range k.State.Queue {
		queued[id] = true
		if t := k.Task(id); t != nil {
			v.Queue = append(v.Queue, int(t.PID))
		}
	}
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.Run != kernel.Dead && t.PID != 0 {
			v.Tasks = append(v.Tasks, p.task(t, t == current))
		}
		return true
	})
}

// policy is what the scheduler goes by. Slice is round robin's fixed one, or what the task on the CPU has been given.
func (p *picture) policy(v *view.Kernel, current *kernel.Task) {
	k := p.comp.K
	s := &k.State.Sched
	switch s.Kind {
	case kernel.RoundRobin:
		v.Slice = s.SliceTicks * nowPerSecond / s.HZ
	case kernel.Latency, kernel.Fair:
		_, v.Slice = k.Turn(current)
		v.Latency, v.MinGran = s.LatencyNS/kernel.UnitNS, s.MinGranNS/kernel.UnitNS
	}
	v.MinVTime = s.MinVTime
}

func (p *picture) task(t *kernel.Task, current bool) view.Task {
	k := p.comp.K
	v := view.Task{PID: int(t.PID), PPID: int(t.PPID), TGID: int(t.TGID), Comm: t.Name(), State: runStates[t.Run],
		User: t.UTime, System: t.STime, Nice: int(t.Nice), Weight: int(t.Weight()), VTime: t.Sched.VTime, Priority: int(t.Sched.Priority),
		Voluntary: t.NVCsw, Involuntary: t.NIvCsw, Waited: t.Sched.Waited, MaxWait: t.Sched.MaxWait}
	v.Used, v.Slice = k.Turn(t)
	switch {
	case current && (t.Run == kernel.User || t.Run == kernel.Invoke):
		v.State = "running"
	case t.Run == kernel.Sleep:
		v.Reason = reasons[t.Wait.Reason]
	}
	if t.Sys.Active {
		if call := k.Syscall(uint64(t.Sys.Nr)); call != nil {
			v.Syscall = call.Name
			if v.Reason != "" {
				v.Reason = call.Name + ": " + v.Reason
			}
		}
	}
	v.KStack = mm.PageOffset + t.Stack.Addr() + mem.FrameSize
	if as := k.MM.AS(t.ASID); as != nil {
		v.CR3 = as.Root.Addr()
		v.RSS = int(as.RSSAnon + as.RSSFile + as.RSSShmem)
		for area := range as.VMAs.All() {
			v.VMAs = append(v.VMAs, p.vma(t, as, area))
		}
	}
	if t.Stack != 0 && (!current || p.comp.M.CPU.S.CPL() == 0) {
		r := k.Regs(t)
		v.Frame = []uint64{r.R15, r.R14, r.R13, r.R12, r.RBP, r.RBX, r.R11, r.R10, r.R9, r.R8, r.RAX, r.RCX, r.RDX, r.RSI, r.RDI,
			r.OrigRAX, r.RIP, r.CS, r.RFLAGS, r.RSP, r.SS}
	}
	return v
}

var runStates = [...]string{kernel.User: "ready", kernel.Invoke: "ready", kernel.Sleep: "sleeping", kernel.Stopped: "stopped", kernel.Zombie: "zombie", kernel.Dead: "dead"}

// reasons says what a sleeper waits for in a reader's words.
var reasons = [wait.NumKinds]string{
	wait.AnyIO: "any file", wait.PipeRead: "a pipe", wait.PipeWrite: "room in a pipe", wait.PipeOpen: "a FIFO's other end",
	wait.TTYRead: "console", wait.TTYWrite: "the console's output", wait.Inode: "a file in use", wait.Child: "a child", wait.Vfork: "its vfork child",
	wait.SocketRead: "a socket", wait.SocketWrite: "room in a socket", wait.SignalFile: "a signal", wait.ProcessEnd: "a process's end", wait.EventFile: "an event", wait.FileLock: "a lock",
	wait.Futex: "a futex", wait.Signal: "a signal", wait.Timer: "time",
}

func (p *picture) vma(t *kernel.Task, as *mm.AddressSpace, a *mm.VMA) view.VMA {
	name := as.Name(a)
	switch {
	case a.Object != 0 && a.Object == as.ExeObject:
		name = p.comp.K.Process(t).ExePath
	case a.Object&mm.ShmemBit != 0:
		name = "shared memory"
	case a.Object != 0:
		name = "a file"
	}
	return view.VMA{Start: a.Start, End: a.End, Prot: a.Perms(), Name: name}
}

func (p *picture) devices(f *view.Frame) {
	m := p.comp.M
	f.Disk = p.disk
	f.Disk.Sectors, f.Disk.Status = m.ATA.Sectors(), m.ATA.S.Status
	f.Disk.Busy = m.ATA.S.Left > 0
	f.UART = view.UART{TX: p.tx, RX: p.rx, IRQ: m.PIC.S.Chip[0].IRR>>4&1 != 0}
}

func hex(v uint64) string { return strconv.FormatUint(v, 16) }
