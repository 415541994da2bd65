package scenes

import "vitrine/wasm/view"

// basics are the scenes of chapter 1, M01–M08.
var basics = []Scene{{
	ID: "M01", Title: "Machine code", Chapter: 1, Stage: "instructions", Parts: []string{"walk"}, Slow: "syscall",
	Brief: "An instruction is a few bytes in memory. Here they are, taken apart.",
	Text: "The processor reads numbers, not words. The five bytes `05 00 02 00 00` tell it to add 512 to the register EAX. `add eax, 512` says the same " +
		"to us: assembly is a way to write machine code down, one line for one instruction.",
	Deep: "`05` is the opcode ADD EAX, imm32; what follows is the number, lowest byte first (little-endian): 0x00000200. The next instruction is `89`, " +
		"MOV r/m32, r32. Its ModRM byte `04` names the register EAX and says that a SIB byte follows; SIB `8d` means RCX times 4 and no base; the last four bytes are the " +
		"displacement. `75` is JNZ with one signed byte, counted from the end of the jump. An instruction of x86-64 has 1 to 15 bytes, in the order prefixes, REX, opcode, ModRM, SIB, " +
		"displacement, immediate. Intel writes the destination first, AT&T (which the GNU tools print) last, with `$` for numbers and `%` for registers.",
	Why: "A number that says what to do takes less room and less circuitry than any text. That some fields may be missing makes the usual instructions short, " +
		"at the price that the processor only learns where the next one begins by reading this one.",
	Alt: "A listing of machine code: the bytes of each instruction in the colours of their parts, beside them the same instruction in words.",
	Moments: []Moment{
		{Name: "Five bytes", Text: "`add eax, 512` is next. One byte says what to do, four say how much: 512 is 0x200, and its lowest byte stands first.",
			Goal: view.Goal{Run: "count", At: "count:again", In: "count"}},
		{Name: "Seven bytes", Text: "512 is in EAX. The next instruction stores it in a table in memory: opcode, ModRM, SIB and a displacement together name the place.",
			Goal: view.Goal{At: "count:store", In: "count"}},
		{Name: "Two bytes", Text: "A jump back, if ZF is clear. Its second byte is a distance, not an address: `f0` is minus 16.",
			Goal: view.Goal{At: "count:back", In: "count"}},
		{Name: "Sixteen bytes back", Text: "RIP is where the distance led: at `add` again.", Goal: view.Goal{At: "count:again", In: "count"}},
	},
	Ask: &Ask{Moment: 2, Kind: "next-rip", Text: "`jnz` jumps if the result before it was not zero. Where will RIP be after it?"},
}, {
	ID: "M02", Title: "Code is data", Chapter: 1, Stage: "walk", Parts: []string{"instructions", "memory"}, Slow: "walk",
	Brief: "Memory holds programs and what they work on. The same bytes can be both.",
	Text: "Nothing in a byte of memory says whether it is part of an instruction or a number. `count` executes an instruction, and later reads four bytes of " +
		"that same instruction as a number. Both times the processor goes to the same place in RAM.",
	Deep: "A fetch and a read are translated by the same page tables. The entry for this page has R/W clear and NX clear: it may be read and executed, not written. " +
		"The processor keeps the translations of fetches and of reads apart (ITLB and DTLB, SDM 3A \"Caching Translation Information\"), so the read must walk again, to the same frame. " +
		"The frame belongs to the page cache: it holds the file's own bytes, and `execve` has mapped it without a copy.",
	Why: "With one memory for both, a machine can load any program without being rebuilt, and a compiler can write a program as it writes any other file. " +
		"This is the stored-program computer of 1945; a page table that forbids writing to code or executing data is a fence put up later.",
	Alt: "A virtual address is cut into indices, led through four tables to a frame, and the bytes there are those of an instruction.",
	Moments: []Moment{
		{Name: "Bytes as code", Text: "RIP is 0x4000ef. The five bytes from there on are about to be executed.", Stage: "instructions",
			Goal: view.Goal{Run: "count", At: "count:again", In: "count"}},
		{Name: "About to read", Text: "The loop is over. The next instruction reads four bytes at 0x4000f0: they are the 512 in `add eax, 512`.", Stage: "instructions",
			Goal: view.Goal{At: "count:done", In: "count"}},
		{Name: "The same frame", Text: "A read, not a fetch; the tables lead it to the frame from which the instruction came. EDI holds 0x200 now: 512.",
			Goal: view.Goal{Stop: "walk", In: "count"}},
	},
}, {
	ID: "M03", Title: "Fetch, execute, jump", Chapter: 1, Stage: "instructions", Parts: []string{"machine"}, Slow: "syscall",
	Brief: "The instruction pointer walks down the program. A jump is all it takes to make a loop.",
	Text: "The processor does one thing for ever: it fetches the bytes at the instruction pointer, executes them, and moves the pointer behind them. A jump puts " +
		"the pointer somewhere else. This loop goes round eight times because its last line jumps back as long as a counter is not zero.",
	Deep: "`dec ecx` sets ZF in RFLAGS from its result; `jnz` (opcode `75`) adds its sign-extended byte to RIP if ZF is 0. RIP already points behind the two bytes " +
		"of the jump by then, so `f0` leads from 0x4000ff to 0x4000ef. There is no instruction that reads or writes RIP as a register; only jumps, calls, returns, and what the " +
		"processor itself does at an interrupt change its course. A processor of today fetches, predicts and executes many instructions at once, and retires them in this order.",
	Why: "One rule, \"the next one is behind this one unless it says otherwise\", is enough for every program there is. Choices and repetition need nothing else: a test that " +
		"leaves a flag, and a jump that looks at it.",
	Alt: "A listing with the instruction pointer at a jump; an arc leads from the jump back to the top of the loop.",
	Key: 1,
	Moments: []Moment{
		{Name: "The loop begins", Text: "The kernel has started `count`, and two instructions have run. RIP is at the top of the loop.", Goal: view.Goal{Run: "count", At: "count:again", In: "count"}},
		{Name: "A jump that is taken", Text: "ECX went from 8 to 7, ZF is clear: the arc shows where RIP goes next.", Goal: view.Goal{At: "count:back", In: "count"}},
		{Name: "Round and round", Text: "The same place, three rounds later. Only the registers tell the difference.", Goal: view.Goal{At: "count:back", In: "count", Times: 3}},
		{Name: "A jump that is not", Text: "ECX is 0 and ZF is set. RIP will simply move on.", Goal: view.Goal{At: "count:back", In: "count", Times: 4}},
		{Name: "Out of the loop", Text: "The instruction behind the jump is next.", Goal: view.Goal{At: "count:done", In: "count"}},
	},
	Ask: &Ask{Moment: 3, Kind: "next-rip", Text: "The counter has just become zero. Where will RIP be after the jump?"},
}, {
	ID: "M04", Title: "Registers", Chapter: 1, Stage: "instructions", Parts: []string{"machine"}, Slow: "syscall",
	Brief: "A few numbers inside the processor: all work is done on them.",
	Text: "Registers are the processor's own few places for numbers, each 64 bits wide. Most instructions change one, and many leave a note about their result in the flags. " +
		"Some registers are for programs; others steer the machine, and only the kernel may touch those.",
	Deep: "Sixteen general registers RAX to R15, RIP, RFLAGS; AL, AH, AX and EAX are parts of RAX. Writing EAX clears the upper half of RAX, writing AL or AX leaves the rest. " +
		"Six segment selectors (CS's two low bits are the CPL); XMM0 to XMM15 and the x87 stack for floating point. Out of a program's reach: CR0, CR2, CR3, CR4, GDTR, IDTR, TR and the " +
		"model-specific registers such as EFER, STAR, LSTAR, which WRMSR writes in ring 0.",
	Why: "Memory is far away and large, so addresses are long and answers late. A handful of registers is named with three or four bits inside an instruction, and answers at once.",
	Alt: "The registers with the value that changed last marked, old and new, and the flags as letters.",
	Moments: []Moment{
		{Name: "All 64 bits", Text: "RAX has been filled from an instruction of ten bytes.", Goal: view.Goal{Run: "registers", At: "registers:parts", In: "registers"}},
		{Name: "A part of it", Text: "AH and AL are bits 15 to 8 and 7 to 0 of RAX. They changed; the other 48 bits did not.", Goal: view.Goal{At: "registers:carry", In: "registers"}},
		{Name: "One too many", Text: "255 + 1 is 256, which needs nine bits. AL is 0 (ZF), and the ninth bit is in CF. It did not spill into AH.", Goal: view.Goal{At: "registers:low", In: "registers"}},
		{Name: "Half a register", Text: "EAX was written, and the upper half of RAX became zero.", Goal: view.Goal{At: "registers:sign", In: "registers"}},
		{Name: "Past the largest", Text: "0x7fffffff + 1: as a signed number it is negative now (SF), and the sign is wrong (OF). `inc` left CF as it was.",
			Goal: view.Goal{At: "registers:copy", In: "registers"}},
		{Name: "A wide one", Text: "XMM0 is 128 bits wide. Its low half holds RCX's number written anew, as floating point: 0x80000000 is 2 to the 31, the double 41e0….",
			Goal: view.Goal{At: "registers:ring", In: "registers"}},
	},
}, {
	ID: "M05", Title: "What user mode may not do", Chapter: 1, Stage: "rings", Parts: []string{"instructions", "processes"}, Slow: "exception",
	Brief: "A program tries to take over the machine, five times. The processor refuses each time.",
	Text: "The processor knows two kinds of code: the kernel, which may do everything, and programs, which may not. `privileged` tries to switch interrupts off, to stop the CPU, " +
		"to talk to devices, and to look at the page tables. Each time the processor stops it and calls the kernel, which ends the program.",
	Deep: "The current privilege level is the low two bits of CS: 0 for the kernel, 3 for programs (1 and 2 are not used). CLI, IN and OUT demand CPL ≤ IOPL (or for ports a bit in the TSS's map), " +
		"HLT and MOV from CR3 demand CPL 0. Else the CPU raises #GP, vector 13, with error code 0, and RIP of the refused instruction is on the kernel's stack. " +
		"`exc_general_protection` finds user mode in the saved CS and sends SIGSEGV with `SI_KERNEL`.",
	Why:   "One program with interrupts off would have the machine for itself: no timer could end its turn. So the line is not drawn by good manners but by the circuit that executes the instruction.",
	Loose: "The article names two rings, and Linux uses two. The hardware of x86 has four.",
	Alt:   "User mode on one side, the kernel on the other; the general protection exception goes through its gate, with what was pushed on the kernel's stack.",
	Moments: []Moment{
		{Name: "Ring 3, before CLI", Text: "CS is 0x33: ring 3. The next instruction, `cli`, wants to switch interrupts off.",
			Goal: view.Goal{Run: "privileged", At: "privileged:at_cli", In: "privileged"}},
		{Name: "Refused", Text: "General protection, vector 13. Nothing was executed: the RIP on the kernel's stack is that of `cli` itself.", Goal: view.Goal{At: "asm_exc_general_protection", In: "privileged"}},
		{Name: "The kernel's answer", Text: "The kernel has turned the exception into a signal, SIGSEGV, and the child dies of it.", Goal: view.Goal{Stop: "signal", In: "privileged"}},
		{Name: "MOV from CR3", Text: "The last attempt: where are the page tables? The next instruction would tell.", Goal: view.Goal{At: "privileged:at_cr3", In: "privileged"}},
		{Name: "Five times no", Text: "All five were refused, and the machine is none the worse for it.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-rip", Text: "The program is about to switch interrupts off, in ring 3. Where will RIP be?"},
}, {
	ID: "M06", Title: "Through the interrupt table", Chapter: 1, Stage: "rings", Parts: []string{"instructions", "walk"}, Slow: "softint",
	Brief: "`int 0x80`: a program asks the kernel through entry 128 of a table in memory.",
	Text: "A program cannot jump into the kernel. It can name a number, and the processor looks up in a table where the kernel wants to be entered. The kernel wrote that table at boot. " +
		"On the way the processor changes to the kernel's stack and notes there how to come back.",
	Deep: "IDTR points to 256 gates of 16 bytes. `int 0x80` reads the one at offset 0x800; its DPL is 3, or the program would get #GP. The gate holds a code selector and a 64-bit offset. Since the CPL goes from 3 to 0, " +
		"RSP comes from RSP0 in the TSS; SS, RSP, RFLAGS, CS and RIP are pushed, 40 bytes, and an interrupt gate clears IF. `entry_INT80_compat` saves the rest as `struct pt_regs`. " +
		"IRETQ pops the five words and is back behind the `int`.",
	Why: "If a program could choose the address, it could jump behind the kernel's checks. With a number it chooses among doors, and what is behind each is for the kernel to say.",
	Loose: "`int 0x80` is the 32-bit entry. On x86-64 it means the 32-bit system calls with their own numbers (2 is `fork`, for `syscall` it is `open`), even in a 64-bit program. 64-bit programs use `syscall`, which does not go " +
		"through this table at all.",
	Alt: "Gate 0x80 of the interrupt table is read, and the frame that the processor pushed lies on the kernel's stack.",
	Moments: []Moment{
		{Name: "A number in EAX", Text: "EAX is 2, which is `fork` in the 32-bit table. `int 0x80` is next.", Stage: "instructions",
			Goal: view.Goal{Run: "hello32", At: "hello32:ask", In: "hello32"}},
		{Name: "Through gate 128", Text: "The gate is read, the stack changed, five words are pushed. Ring 0 begins.", Goal: view.Goal{Stop: "softint", In: "hello32"}},
		{Name: "In the kernel", Text: "The kernel knows by the way in that the number means a 32-bit call.", Goal: view.Goal{Stop: "syscall", In: "hello32"}},
		{Name: "The way back", Text: "IRETQ has taken the five words off again: ring 3, behind the `int`.", Goal: view.Goal{Stop: "iret", In: "hello32"}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-rip", Text: "The next instruction is `int 0x80`. Where will RIP be after it?"},
}, {
	ID: "M07", Title: "A library's wrapper", Chapter: 1, Stage: "instructions", Parts: []string{"rings", "walk"}, Slow: "syscall",
	Brief: "`write()` is an ordinary function. At its heart is one instruction, and behind it a test for errors.",
	Text: "Programs rarely call the kernel by themselves. They call a function of the C library, which puts everything into the right registers, executes `syscall`, and looks at what came back. " +
		"A negative number means an error: the function keeps it in `errno` and returns -1.",
	Deep: "The System V ABI passes arguments in RDI, RSI, RDX, RCX, R8, R9. The kernel takes them in RDI, RSI, RDX, R10, R8, R9, because SYSCALL puts the return address into RCX; RAX has the number, 1 for `write`. " +
		"A result from -4095 to -1 is an error's number, negated. musl's `__syscall_ret` compares with 0xfffffffffffff000, stores the number at `__errno_location()`, and returns -1. " +
		"`write` is a cancellation point in musl, hence the detour through `__syscall_cp`.",
	Why: "C has no word for `syscall`, and each processor has another one. The library hides that, so that the same program can be compiled for any of them.",
	Alt: "A listing inside the C library at the syscall instruction, and the registers with the arguments of write.",
	Moments: []Moment{
		{Name: "The program calls", Text: "`say` calls `write`, as it would any function.", Goal: view.Goal{Run: "wrapper", At: "wrapper:say", In: "wrapper", Times: 2}},
		{Name: "In the library", Text: "RDI, RSI and RDX hold a file number that is not open (99, 0x63), an address and a length. Above the listing stands who called whom.", Goal: view.Goal{At: "wrapper:write", In: "wrapper"}},
		{Name: "Across the border", Text: "`syscall` has been executed. RAX is 1, which is `write`, and the registers hold its arguments: the kernel finds them there.", Stage: "rings",
			Goal: view.Goal{Stop: "syscall-insn", In: "wrapper"}},
		{Name: "Minus nine", Text: "Back in the library. RDI holds what the kernel returned: -9. It is compared with the largest error.",
			Goal: view.Goal{At: "wrapper:__syscall_ret", In: "wrapper"}},
		{Name: "What the program makes of it", Text: "`write` returned -1 and errno was 9, EBADF: that file is not open.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
}, {
	ID: "M08", Title: "Three doors", Chapter: 1, Stage: "rings", Parts: []string{"instructions", "machine"}, Slow: "syscall",
	Brief: "`int 0x80`, `sysenter`, `syscall`: one question to the kernel, asked in three ways.",
	Text: "For the same purpose x86 has three instructions, from three times. The old one looks up a table and pushes five words. The two newer ones find everything in registers and push nothing. " +
		"`doors32` asks for its process number through each of them, and measures.",
	Deep: "`int 0x80` reads IDT and TSS. SYSENTER takes CS, RSP and RIP from IA32_SYSENTER_CS, _ESP and _EIP and saves nothing: the stub in the vDSO has put the stack pointer into EBP, and SYSEXIT returns to a fixed place in it, with EIP from EDX and ESP from ECX. " +
		"SYSCALL takes RIP from LSTAR and CS and SS from STAR, saves RIP in RCX and RFLAGS in R11, clears the flags in SFMASK, and does not touch RSP: `entry_SYSCALL_64` does SWAPGS and loads the stack itself. " +
		"The program is a 32-bit one that reaches 64-bit code by a far jump to selector 0x33. The cycles are RDTSC's; this machine counts one for each instruction and adds a charge for the kernel's work, 120 for each of these calls.",
	Why:   "Programs ask the kernel many thousand times a second. A table in memory with checks for every case costs more than three registers that were set at boot.",
	Loose: "`syscall` is the way of 64-bit programs, `sysenter` is for 32-bit ones; Linux does not let 64-bit programs use it. Neither is an interrupt: the IDT plays no part.",
	Alt:   "The three doors into the kernel side by side, each with the tables or registers that the processor reads.",
	Moments: []Moment{
		{Name: "int 0x80", Text: "The first door: a gate in the interrupt table, five words on the kernel's stack.", Goal: view.Goal{Run: "doors32", Stop: "softint", In: "doors32"}},
		{Name: "sysenter", Text: "The second: three registers say where to, and nothing says where from. The kernel has to know.", Goal: view.Goal{Stop: "sysenter-insn", In: "doors32"}},
		{Name: "sysexit", Text: "Back from it: to the stub that the kernel itself put into the program's memory.", Goal: view.Goal{Stop: "sysexit-insn", In: "doors32"}},
		{Name: "syscall", Text: "The third: RCX holds the way back, R11 the flags. The stack pointer is still the program's.", Goal: view.Goal{Stop: "syscall-insn", In: "doors32"}},
		{Name: "Side by side", Text: "Each door counts the kernel's instructions on the way in and on the way back; the program has printed cycles. This machine charges every system call alike, so they are close together; on silicon the newer two are several times as fast as the first.", Goal: view.Goal{Rest: true}},
	},
}}
