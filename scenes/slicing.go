package scenes

import "vitrine/wasm/view"

// slicing are the scenes of chapter 2, M09–M15.
var slicing = []Scene{{
	ID: "M09", Title: "The timer takes the CPU away", Chapter: 2, Stage: "time", Parts: []string{"machine", "rings"}, Slow: "interrupt",
	Brief: "Two programs that never ask for anything: the timer's interrupt ends each one's turn.",
	Text: "Two programs count and never call the kernel. Yet both get ahead: a chip beside the processor counts down, and when it reaches zero it " +
		"interrupts whoever is running. The kernel then decides who goes on.",
	Deep: "Channel 0 of the 8254 PIT counts down at 1.193182 MHz and raises IRQ 0. The 8259 PIC turns it into vector 32, and the CPU takes it between two " +
		"instructions when `RFLAGS.IF` is set: it reads `IDT[32]`, loads `RSP0` from the TSS, and pushes `SS`, `RSP`, `RFLAGS`, `CS`, `RIP`. The handler " +
		"counts `jiffies`, sends EOI to the PIC, and sets `need_resched`; on the way out `schedule()` switches stacks and `CR3`, and `iretq` returns to the other program.",
	Why: "A program that loops for ever would otherwise keep the processor for ever. Only something outside of it can take the processor away, so the hardware does.",
	Loose: "The article calls it a software interrupt's sibling and stays there. It is a hardware interrupt: it arrives through the same table, but no " +
		"instruction asks for it.",
	Key: 3,
	Alt: "Lanes of two programs that take turns, with the timer's interrupt between two turns.",
	Moments: []Moment{
		{Name: "A program computes", Text: "`spin` is in user mode, adding in a loop. It has not called the kernel for a long time.",
			Goal: view.Goal{Run: "spin & spin", Stop: "switch", In: "spin", Times: 3}},
		{Name: "The line goes up", Text: "The count has reached zero: the timer raises IRQ 0. The processor finishes its instruction.",
			Goal: view.Goal{Stop: "irq", In: "spin"}},
		{Name: "Through the gate", Text: "Vector 32: the processor has pushed five words on the kernel's stack, and stands at the handler's first instruction.",
			Stage: "rings", Goal: view.Goal{Stop: "interrupt", In: "spin"}},
		{Name: "Somebody else's turn", Text: "The slice was used up. The kernel has switched to the other `spin`: other stack, other page tables.",
			Goal: view.Goal{Stop: "switch", In: "spin"}},
	},
	Ask: &Ask{Moment: 2, Kind: "next-task", Text: "The timer has interrupted a program. Who runs next?"},
}}
