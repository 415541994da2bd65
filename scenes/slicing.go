package scenes

import "vitrine/wasm/view"

// slicing are the scenes of chapter 2, M09–M15.
var slicing = []Scene{{
	ID: "M09", Title: "The timer takes the CPU away", Chapter: 2, Stage: "time", Parts: []string{"machine", "rings"}, Slow: "interrupt",
	Brief: "Two programs that never ask for anything: the timer's interrupt ends each one's turn.",
	Text: "Two programs count and never call the kernel. Yet both get ahead: a chip beside the processor counts down, and when it reaches zero it " +
		"interrupts whoever is running. The kernel then decides who goes on.",
	Deep: "Channel 0 of the 8254 PIT counts down at 1.193182 MHz, here from 1193, and raises IRQ 0. The 8259 PIC turns it into vector 32, and the CPU takes it between two " +
		"instructions when `RFLAGS.IF` is set: it reads `IDT[32]`, loads `RSP0` from the TSS, and pushes `SS`, `RSP`, `RFLAGS`, `CS`, `RIP`. The handler " +
		"counts `jiffies`, sends EOI to the PIC, and sets `need_resched`; on the way out `schedule()` switches stacks and `CR3`, and `iretq` returns to the other program. " +
		"PCs of today use the local APIC's timer in the PIT's place; the rest is the same.",
	Why:   "A program that loops for ever would otherwise keep the processor for ever. Only something outside of it can take the processor away, so the hardware does.",
	Loose: "A timer interrupt is a hardware interrupt: no instruction asks for it. It arrives through the same table as a software interrupt, so the two are easily taken for one thing.",
	Alt:   "Lanes of two programs that take turns, with the timer's interrupt between two turns.",
	Moments: []Moment{
		{Name: "A program computes", Text: "`spin` is in user mode, adding in a loop. It has not called the kernel for a long time.",
			Goal: view.Goal{Run: "spin & spin", Stop: "switch", In: "spin", Times: 3}},
		{Name: "The line goes up", Text: "The count has reached zero: the timer raises IRQ 0. The processor finishes its instruction.",
			Stage: "machine", Goal: view.Goal{Stop: "irq", In: "spin"}},
		{Name: "Through the gate", Text: "Vector 32: the processor has pushed five words on the kernel's stack, and stands at the handler's first instruction.",
			Stage: "rings", Goal: view.Goal{Stop: "interrupt", In: "spin"}},
		{Name: "Somebody else's turn", Text: "After four ticks the slice was used up. The kernel has switched to the other `spin`: other stack, other page tables.",
			Goal: view.Goal{Stop: "switch", In: "spin"}},
	},
	Ask: &Ask{Moment: 2, Kind: "next-task", Text: "The timer has interrupted a program. Who runs next?"},
}, {
	ID: "M10", Title: "Everybody in turn", Chapter: 2, Stage: "time", Parts: []string{"machine", "processes"}, Slow: "switch",
	Brief: "Three programs, one processor, equal turns: round robin.",
	Text: "Three programs all want to compute. The kernel lets each run for four ticks of the timer, 4 ms, and then puts it at the end of the queue. " +
		"Seen from far enough away, all three run at once, each at a third of the speed.",
	Deep: "The kernel counts ticks in `jiffies`; HZ of them make a second, here 1000 (Linux is built with 100, 250, 300 or 1000; this machine takes `hz=` at boot). Each tick takes one off the running task's slice. " +
		"At zero it gets `TIF_NEED_RESCHED` and goes to the tail of the run queue. That is the policy `sched=rr` here. Linux has it as SCHED_RR for real-time tasks, with slices of 100 ms (`RR_TIMESLICE`); " +
		"ordinary tasks are under the fair scheduler.",
	Why: "Fixed turns are simple and fair: nobody waits longer than the number of others times a slice. A long slice wastes less on switching, a short one answers sooner.",
	Alt: "Three lanes with turns of equal length that follow each other like stairs, and the run queue beside them.",
	Moments: []Moment{
		{Name: "Three in a queue", Text: "One `spin` has the CPU, the two others are in the queue. Their order is the order in which they will run.",
			Goal: view.Goal{Run: "spin & spin & spin", Stop: "switch", In: "spin", Times: 8}},
		{Name: "A tick", Text: "One of four ticks is gone. The same program goes on.", Goal: view.Goal{Stop: "tick", In: "spin"}},
		{Name: "The slice is over", Text: "It has gone to the end of the queue; the first of the queue has the CPU.", Goal: view.Goal{Stop: "switch", In: "spin"}},
		{Name: "Once around", Text: "Three switches later the same one has it again. Every lane shows turns of equal length.", Goal: view.Goal{Stop: "switch", In: "spin", Times: 3}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-task", Text: "Three programs take turns. Who has the CPU after the one that runs now?"},
}, {
	ID: "M11", Title: "How long is a turn?", Chapter: 2, Stage: "time", Parts: []string{"processes", "machine"}, Slow: "switch",
	Boot:  Boot{Append: "sched=latency latency=15 mingran=0.75"},
	Brief: "Everybody shall have had a turn within 15 ms. So the more want to run, the shorter the turns.",
	Text: "The kernel may fix how long everybody waits at most, and divide that time. With 15 ms and three programs, each turn is 5 ms. With ten, it is 1.5 ms. " +
		"But it must not divide for ever: below a certain length switching would take more time than computing.",
	Deep: "slice = max(target latency / runnable tasks, minimum granularity). CFS called them `sched_latency_ns` and `sched_min_granularity_ns` and had 6 ms and 0.75 ms for one processor. " +
		"Both are files in /proc/sys/kernel here, and were there in Linux up to 5.12 (after that in debugfs, until 6.6 gave them up for `base_slice_ns`). This machine's policy `latency` ends turns at ticks of 1 ms: turns of 1.5 ms are of two ticks and of one by turns, and what a turn was too long is taken off the next.",
	Why:   "What people notice is how long nothing happens, not how long a slice is. So the wait is what one should fix, and the slice follows from it.",
	Loose: "Linux's scheduler has moved on. CFS with its target latency gave way to EEVDF in 6.6, where each task has a slice and a deadline. The numbers here, as in the article, are those of CFS's time.",
	Alt:   "Lanes of many programs; the formula of the slice with its present numbers stands beside them.",
	Moments: []Moment{
		{Name: "Three programs", Text: "15 ms / 3 = 5 ms for each turn. The formula shows the numbers that the kernel uses now.",
			Goal: view.Goal{Run: "spin 90 & spin 90 & spin 90 &", Stop: "switch", In: "spin", Times: 12}},
		{Name: "Ten programs", Text: "15 ms / 10 = 1.5 ms. The turns have become short, and there are more than three times as many switches in a second.",
			Goal: view.Goal{Run: "for i in 1 2 3 4 5 6 7; do spin 90 & done", Stop: "switch", In: "spin", Times: 60}},
		{Name: "A shorter target", Text: "6 ms / 10 would be 0.6 ms. The minimum of 0.75 ms holds instead, and ten turns take longer than the target.",
			Goal: view.Goal{Run: "echo 6000000 >/proc/sys/kernel/sched_latency_ns", Stop: "switch", In: "spin", Times: 40}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-task", Text: "Ten programs are ready. Who has the CPU next?"},
}, {
	ID: "M12", Title: "Fair, and some more equal", Chapter: 2, Stage: "time", Parts: []string{"processes", "machine"}, Slow: "switch",
	Boot:  Boot{Append: "sched=fair"},
	Brief: "Whoever has had least of the CPU runs next. A nice program's time counts for more.",
	Text: "The fair scheduler keeps an account for each program: how long it has run. Whoever has the least is next. A program that is \"nice\" has its time counted several times over, so it is soon ahead " +
		"of the others and has to wait. Here one of two gets about nine tenths of the processor.",
	Deep: "`vruntime` grows by run time × 1024 / weight. The weight of nice 0 is 1024, of nice 10 it is 110, each step a factor of about 1.25 (`sched_prio_to_weight`). The queue is in order of `vruntime`; Linux keeps it in a red-black tree and picks the leftmost task. " +
		"A slice is the task's share of the target latency by weight, and no less than the minimum granularity. `min_vruntime` never goes back: who slept long does not get all that time back. The words are those of CFS, as in Linux 6.1.",
	Why:   "Equal slices are not equal shares: a program that often waits for something uses little of its slices and loses the rest. An account of the time that was really used gives it its due.",
	Loose: "CFS was the scheduler from 2.6.23 to 6.5. EEVDF, since 6.6, still has `vruntime` and weights, but picks the earliest deadline among the tasks that have not had more than their share.",
	Alt:   "Two lanes, one with long turns and one with short turns, and two bars of virtual time of nearly equal length.",
	Moments: []Moment{
		{Name: "Being nice", Text: "The shell's `renice` asks the kernel: nice 10 for the first `spin`. Its weight becomes 110.",
			Goal: view.Goal{Run: "spin 90 & renice -n 10 $!; spin 90", Call: "setpriority"}},
		{Name: "Unequal turns", Text: "Two programs that want all of the CPU: 1024 against 110. One lane is long turns, the other short ones.",
			Goal: view.Goal{Stop: "switch", In: "spin", Times: 12}},
		{Name: "A tick decides", Text: "The timer's tick: the kernel compares the virtual time of the one that runs with that of the leftmost in the queue.",
			Goal: view.Goal{Stop: "tick", In: "spin"}},
		{Name: "The leftmost", Text: "Whoever is furthest behind has the CPU now. The bars of virtual time stay close together; the real times drift apart.",
			Goal: view.Goal{Stop: "switch", In: "spin"}},
	},
	Ask: &Ask{Moment: 2, Kind: "next-task", Text: "The tick has been handled. Who has the CPU after the next switch?"},
}, {
	ID: "M13", Title: "A context switch", Chapter: 2, Stage: "time", Parts: []string{"rings", "walk"}, Slow: "switch",
	Brief: "All that a program is to the processor fits on a page. The kernel swaps one page for another.",
	Text: "To the processor a program is the contents of its registers, and which page tables hold. The kernel keeps the registers of the one that must wait on that one's kernel stack, points the " +
		"processor to the other's tables and stack, and loads the other's registers. The program notices nothing.",
	Deep: "The interrupted registers lie on the kernel stack as `struct pt_regs`: 5 words from the CPU, the rest from `common_entry`. `context_switch()` does `switch_mm` (MOV to CR3; without PCIDs that drops all TLB entries that are not global) and `switch_to` " +
		"(RSP to the other kernel stack, TSS.RSP0 to its top). The return path then pops the other task's `pt_regs`, and IRETQ takes its RIP, CS, RFLAGS, RSP and SS. SSE registers are saved with FXSAVE. Linux's `__switch_to_asm` besides pushes the callee-saved registers of the kernel code itself.",
	Why: "Two programs never share a register at the same time, so one set in the processor is enough, if somebody keeps the others. Saving to memory takes some dozens of instructions: little beside a slice of " +
		"hundreds of thousands. What costs more is that caches and TLB are filled with the other's things.",
	Alt: "Two tasks with their saved registers, the one that has left the CPU and the one that has come, and CR3 before and after.",
	Moments: []Moment{
		{Name: "Interrupted", Text: "The timer has interrupted `spin`. Its RIP, RSP and flags lie on its kernel stack; the other registers follow.", Stage: "rings",
			Goal: view.Goal{Run: "spin & spin", Stop: "interrupt", In: "spin", Times: 9}},
		{Name: "Switched", Text: "CR3 and RSP belong to the other `spin` now. We are still in the kernel.", Goal: view.Goal{Stop: "switch", In: "spin"}},
		{Name: "Going on", Text: "IRETQ: the other one goes on in the middle of its loop, at the very instruction before which it was interrupted.", Goal: view.Goal{Stop: "iret", In: "spin"}},
		{Name: "The TLB starts anew", Text: "CR3 was written: all translations but the kernel's (marked global) are gone. The first address is walked again, through other tables.", Stage: "walk",
			Goal: view.Goal{Stop: "walk", In: "spin"}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-rip", Text: "The kernel has switched tasks and is still in ring 0. What is the next instruction?"},
}, {
	ID: "M14", Title: "Interrupting the kernel", Chapter: 2, Stage: "rings", Parts: []string{"time", "instructions"}, Slow: "interrupt",
	Boot:  Boot{Append: "preempt=full"},
	Brief: "A long system call is interrupted as well, and another program runs before it is done.",
	Text: "The kernel works for a program, and that can take long: here it fills four megabytes with zeros in a single call. A kernel that lets itself be interrupted can put that work aside, let somebody " +
		"else run, and go on later where it was.",
	Deep: "An interrupt in ring 0 changes no privilege level, so the CPU stays on the present stack (though in 64-bit mode it pushes all five words even so): the new frame lies below the system call's own `pt_regs`. With CONFIG_PREEMPT, `irqentry_exit` calls `preempt_schedule_irq` " +
		"when `need_resched` is set and `preempt_count` is 0. This machine's kernel lets interrupts in at one place, between two pieces of work: STI, NOP, CLI at `preempt_point`, like `cond_resched()`; with `preempt=full` every 50 µs, with `none` every millisecond and no switch there.",
	Why:   "Without it a program that merely wakes up could wait for the longest call of any other. The price is that kernel code must be ready for being left in the middle: locks, and places where it may not happen.",
	Loose: "Linux did not have it before 2.6, and still lets one choose: `preempt=none` for servers, `voluntary`, `full` for desktops. The program is interruptible in any case, the kernel by configuration.",
	Alt:   "The kernel's stack with two frames on it: a system call's, and below it that of an interrupt that came in ring 0.",
	Moments: []Moment{
		{Name: "A long call", Text: "`dd` has called `read` for four megabytes of zeros. The kernel has done a piece of it and opens the door for a moment.",
			Goal: view.Goal{Run: "spin 20 & dd if=/dev/zero of=/dev/null bs=4M count=9", At: "preempt_point", In: "dd", Times: 3}},
		{Name: "Interrupted in ring 0", Text: "The timer. CS on the stack is 0x10: it was the kernel that was interrupted, not the program.",
			Goal: view.Goal{At: "irq_entries_start", In: "dd"}},
		{Name: "Another one's turn", Text: "`dd` has been left in the middle of its call; `spin` has the CPU.", Stage: "time", Goal: view.Goal{Stop: "switch", In: "spin"}},
		{Name: "Back in the call", Text: "`dd` goes on inside the kernel, where it was.", Stage: "time", Goal: view.Goal{Stop: "switch", In: "dd"}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-task", Text: "The timer has interrupted the kernel itself, at work for `dd`. Who has the CPU after the next switch?"},
}, {
	ID: "M15", Title: "Please, after you", Chapter: 2, Stage: "time", Parts: []string{"processes", "machine"}, Slow: "switch",
	Boot:  Boot{Append: "sched=cooperative"},
	Brief: "Without preemption a program runs until it gives way by itself. One that does not has it all.",
	Text: "Systems once trusted programs to give way: a program ran until it waited for something or offered the processor. `polite` does that; `spin` does not. Side by side under the two rules: first the hog " +
		"finishes before the polite one gets a word in, then, with preemption, both go on together.",
	Deep: "With `sched=cooperative` a tick still interrupts, counts `jiffies` and returns to the same task; only `schedule()` called by the task itself switches: in `sched_yield(2)`, when it sleeps, when it ends. " +
		"Writing `rr` to /proc/sys/kernel/sched changes the policy of the running system. Windows up to 3.1 and Mac OS up to 9 were cooperative in this way; so are coroutines and the event loops of today, within one program.",
	Why: "Cooperation needs no timer, and no program is ever interrupted at a bad moment, so it is cheap and simple. It needs every program to be well-behaved; a single endless loop stops everything.",
	Alt: "Two stretches of time: in the first one program's lane is full and the other empty, in the second the two alternate.",
	Moments: []Moment{
		{Name: "The tick changes nothing", Text: "`spin` has the CPU. The shell's other child, which is to become `polite`, is ready and waits. The timer interrupts, and the kernel returns to `spin`.",
			Goal: view.Goal{Run: "spin 4 & polite", Stop: "tick", In: "spin", Times: 20}},
		{Name: "At last", Text: "`spin` is done. Only now has `polite` the CPU.", Goal: view.Goal{Stop: "switch", In: "polite"}},
		{Name: "An offer", Text: "`polite` offers the CPU. It gets it right back: nobody else is waiting.", Goal: view.Goal{Call: "sched_yield", In: "polite"}},
		{Name: "The other rule", Text: "The same two programs, under round robin. `spin` loses the CPU in the middle of its loop.",
			Goal: view.Goal{Run: "echo rr >/proc/sys/kernel/sched; spin 4 & polite 5", Stop: "switch", In: "polite", Times: 3}},
		{Name: "Both go on", Text: "`polite` had the CPU while `spin` was still counting: the lanes go turn by turn, where there was one long block before.", Goal: view.Goal{Stop: "switch", In: "spin", Times: 2}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-task", Text: "`spin` never gives way, another child of the shell is waiting, and the timer has just ticked. Who has the CPU after the next switch?"},
}}
