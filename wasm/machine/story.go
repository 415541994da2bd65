package main

import (
	"strconv"
	"strings"

	"vitrine/assets/boot"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// story says in a sentence or two what is happening, from the newest event and the state.
func (p *picture) story(f *view.Frame) string {
	if why, ok := strings.CutPrefix(f.Stop, "panic: "); ok {
		return "The kernel has panicked: " + strings.TrimSuffix(why, ".") + ". It prints its last words and stops the CPU; nothing goes on from here."
	}
	for _, st := range f.Start.Steps {
		if st.Now {
			return "The kernel is in " + st.Name + ": it " + st.What + "."
		}
	}
	for i := range f.Boot {
		if f.Boot[i].Now {
			return f.Boot[i].Text
		}
	}
	switch {
	case p.comp.K == nil:
		return p.foreignStory(f)
	case f.Stop == "waiting for input" && p.recent(f) == "":
		return "Every process sleeps. The shell waits for you to type; until then the CPU is halted and time stands still."
	case f.Stop == "waiting for input":
		return p.recent(f) + " Now every process sleeps and the shell waits for you to type."
	case f.Running && f.Speed == 0 && f.Rate > 1e6 && !f.Held:
		if t := current(f); t != nil {
			return "pid " + strconv.Itoa(t.PID) + ", " + t.Comm + ", runs at full speed. Slow the machine down or pause it to see each step."
		}
	}
	if text := p.recent(f); text != "" {
		return text
	}
	if t := current(f); t != nil {
		return "pid " + strconv.Itoa(t.PID) + ", " + t.Comm + ", has the CPU."
	}
	return "No process is ready. The CPU is halted until the next interrupt."
}

func current(f *view.Frame) *view.Task {
	for i := range f.Kernel.Tasks {
		if f.Kernel.Tasks[i].PID == f.Kernel.Current {
			return &f.Kernel.Tasks[i]
		}
	}
	return nil
}

// recent tells the newest event that is worth a sentence.
func (p *picture) recent(f *view.Frame) string {
	e := &p.last
	if p.hit.Kind != trace.None {
		e = &p.hit
	}
	who := p.who(int(e.Task))
	switch e.Kind {
	case trace.Syscall:
		return who + " asked the kernel for " + p.callName(e.A) + "()."
	case trace.COW:
		if e.A == uint64(p.comp.K.MM.State.ZeroPage) {
			return who + " wrote to a page of zeros, which all have in common until they write. The kernel gave it frame " + hex(e.B) + " for its own and let it try again."
		}
		if p.cowCall != "" {
			return "In " + p.cowCall + "() of " + who + " the kernel wrote to a page that is shared: it copied frame " + hex(e.A) + " to frame " + hex(e.B) + " first."
		}
		return who + " wrote to a page that it shared. The entry said read-only; the kernel copied frame " + hex(e.A) + " to frame " + hex(e.B) + " and let it try again."
	case trace.PageFault:
		if mm.FaultKind(e.B) == mm.WPCopy && p.cowFrom == uint64(p.comp.K.MM.State.ZeroPage) {
			return who + " wrote to " + hex(e.A) + ", a page of zeros, which all have in common until they write. The kernel found it a frame of its own and the instruction is tried again."
		}
		return who + faultStory(hex(e.A), mm.FaultKind(e.B))
	case trace.Exception:
		name, about := view.VectorName(uint8(e.A >> 32))
		return "The CPU raised " + name + " (" + about + ") and went through entry " + strconv.FormatUint(e.A>>32, 10) + " of the IDT into the kernel."
	case trace.SyscallIn:
		return "The program executed SYSCALL with " + strconv.FormatUint(e.A, 10) + " in RAX. The CPU looked into no table: LSTAR says where ring 0 goes on."
	case trace.Sysenter:
		return "The program executed SYSENTER with " + strconv.FormatUint(e.A, 10) + " in EAX. Three MSRs say where ring 0 goes on, and on which stack."
	case trace.Space:
		return "CR3 names other page tables now, those at " + hex(e.A) + ": the same addresses mean other frames."
	case trace.Interrupt:
		if e.A == uint64(p.comp.M.PIC.S.Chip[0].Vector) {
			return "A chip counts down at its own pace, whatever the program does. At zero it raised a wire; the CPU finished its instruction and went through entry " +
				strconv.FormatUint(e.A, 10) + " of the IDT."
		}
		return "A device asked for attention: interrupt vector " + strconv.FormatUint(e.A, 10) + "."
	case trace.Tick:
		return "The timer's handler counted one more tick and looked whether someone else should have the CPU."
	case trace.Switch:
		return "The kernel switched from " + p.who(int(e.A)) + " to " + p.who(int(e.B)) + ": another CR3, another kernel stack, other registers."
	case trace.Fork:
		return p.who(int(e.A)) + " forked. The child, pid " + strconv.FormatUint(e.B, 10) + ", has the same memory until one of them writes."
	case trace.Exec:
		return p.who(int(e.A)) + " runs a new program, from its entry point " + hex(e.B) + "."
	case trace.Exit:
		return "pid " + strconv.FormatUint(e.A, 10) + " has ended."
	case trace.Signal:
		return "pid " + strconv.FormatUint(e.A, 10) + " got " + abi.SignalName(int(e.B)) + "."
	case trace.SwapOut:
		return "Memory is short: " + replacement(p) + " The kernel wrote frame " + hex(e.A) + " to slot " + slot(e.B) + " of swap, and took it from whoever had it."
	case trace.SwapIn:
		return who + " needed a page that was in slot " + slot(e.B) + " of swap. The kernel read it into frame " + hex(e.A) + "."
	case trace.Reclaim:
		return "Memory is short: the page in frame " + hex(e.A) + " had to leave."
	case trace.Walk:
		return "The TLB did not know address " + hex(e.A) + ": the MMU walked the page tables."
	case trace.SoftInt:
		return who + " used INT " + strconv.FormatUint(e.A, 10) + ", a software interrupt through the IDT."
	case trace.DiskRead:
		return "The disk delivered " + strconv.FormatUint(e.B, 10) + " sectors from sector " + strconv.FormatUint(e.A, 10) + " on."
	case trace.DiskWrite:
		return "The disk took " + strconv.FormatUint(e.B, 10) + " sectors from sector " + strconv.FormatUint(e.A, 10) + " on."
	case trace.BootStep:
		return "The kernel does " + boot.Steps[e.A] + "."
	}
	return ""
}

// foreignStory tells of a kernel of which nothing but the machine is known.
func (p *picture) foreignStory(f *view.Frame) string {
	text := p.recent(f)
	switch {
	case f.Stop == "waiting for input":
		return "The CPU is halted until something is typed."
	case f.Running && f.Speed == 0 && f.Rate > 1e6 && !f.Held, text == "":
		return "Somebody else's kernel runs (" + f.Kernel.Foreign + "). Only the machine is known: what its registers, its memory and its devices say."
	}
	return text
}

func (p *picture) who(pid int) string {
	if p.comp.K == nil {
		return "the program"
	}
	if pid == 0 {
		return "the idle task"
	}
	name := "pid " + strconv.Itoa(pid)
	if t := p.comp.K.FindTask(int32(pid)); t != nil {
		name += " (" + t.Name() + ")"
	}
	return name
}

func (p *picture) callName(nr uint64) string {
	if p.comp.K != nil {
		if call := p.comp.K.Syscall(nr); call != nil {
			return call.Name
		}
	}
	return "call " + strconv.FormatUint(nr, 10)
}

// faultStory says how a page fault at an address ended.
func faultStory(address string, how mm.FaultKind) string {
	const again = " and the instruction is tried again."
	switch how {
	case mm.WPCopy:
		return " wrote to " + address + ", on a page that it shared. The kernel copied it" + again
	case mm.WPReuse, mm.WPShared:
		return " wrote to " + address + ", where the entry said read-only. Writing is allowed there: the kernel changed the entry" + again
	case mm.Spurious:
		return " touched address " + address + ", whose entry was good already: the instruction is tried again."
	case mm.SegvMap, mm.SegvAcc, mm.Bus:
		return " touched address " + address + " and must not. It is sent a signal."
	}
	return " touched address " + address + ", where no page was mapped yet. The kernel found one" + again
}

// slot is the number of a slot in its swap area.
func slot(entry uint64) string { return strconv.FormatUint(uint64(mm.SwapEntry(entry).Page()), 10) }

// replacement says how the page was chosen that had to leave.
func replacement(p *picture) string {
	switch p.comp.K.MM.State.Reclaim.Policy {
	case mm.LRU:
		return "the page that was not found used for the longest has to leave."
	case mm.FIFO:
		return "the page that came first has to leave."
	}
	return "the clock's hand came to a page that was not used since the last time."
}
