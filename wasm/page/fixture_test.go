//go:build !js

package main

import (
	"strings"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// Test fixtures: batches made by hand, so that the picture can be looked at without a machine. Nothing outside the
// tests uses them.

// fixtureCow is the moment at which a child has just had its own copy of a page.
func fixtureCow() *view.Batch {
	b := &view.Batch{Frame: view.Frame{
		Seq: 1, Now: 3_418_902, Retired: 3_198_440, Idle: 120_000, Stop: "step", Chapter: "running",
		Story: "The child wrote to a page that both processes share. The CPU could not: the entry says read-only. The kernel makes the child a frame of its own, copies 4 KiB, and lets it try again.",
		Stats: view.Stats{Syscalls: 213, PageFaults: 41, CowFaults: 1, Switches: 57, TimerIRQs: 34},
	}}
	f := &b.Frame
	fixtureCPU(f)
	fixtureKernel(f)
	fixtureMemory(f)
	fixtureCowRows(f)
	f.Timer = view.Timer{Mode: 2, Reload: 1193, Count: 402, HZ: 1000, Ticks: 34, IRR: [2]uint8{0, 0}, IMR: [2]uint8{0xea, 0xbf},
		ISR: [2]uint8{1, 0}, Base: [2]uint8{32, 40}, INTR: true, NextAt: 3_450_000, Period: 100_000}
	f.Disk = view.Disk{Sectors: 65536, Reads: 812, Writes: 4, LBA: 20480, Status: 0x50}
	f.UART = view.UART{TX: 1204, RX: 21}
	f.Term = fixtureTerm(46, 17)
	b.Events = fixtureEvents()
	b.Calls = []view.Call{{NR: 1, Name: "write"}, {NR: 57, Name: "fork"}, {NR: 61, Name: "wait4"}, {NR: 0, Name: "read"}}
	return b
}

// fixtureEarly is a machine still in its ROM.
func fixtureEarly() *view.Batch {
	b := &view.Batch{Frame: view.Frame{Seq: 1, Now: 812, Retired: 812, Running: true, Chapter: "ROM", Rate: 40, Speed: 40,
		Story: "The CPU has begun at the reset vector, in real mode, as the first PC did. It runs the few instructions of the ROM, which reads the first sector of the disk."}}
	f := &b.Frame
	f.CPU = view.CPU{RIP: 0x7c1e, Mode: "real", CR0: 0x10, RFLAGS: 2, PrevRFLAGS: 2}
	f.CPU.R[0], f.CPU.PrevR[0] = 0x13, 0x12
	f.Boot = boot(1)
	f.Code = view.Code{Where: "ROM", Current: 1, Lines: []view.Line{
		line(0xffff0, "ea5be000f0", "ljmp 0xf000:0xe05b", 2, 1, 6, 4), line(0xfe05b, "fa", "cli", 2, 1), line(0xfe05c, "31c0", "xor eax, eax", 2, 1, 3, 1),
		line(0xfe05e, "8ed8", "mov ds, ax", 2, 1, 3, 1), line(0xfe060, "ba f803", "mov dx, 0x3f8", 2, 1, 6, 2)}}
	f.RAM.Frames = 16384
	f.RAM.Uses = make([]uint8, 16384)
	f.RAM.Counts[view.UseFree] = 16384
	f.Disk = view.Disk{Sectors: 65536}
	f.Timer.IMR = [2]uint8{0xff, 0xff}
	f.Term = view.Term{Rows: 17, Cols: 46, Cells: make([]view.Cell, 17*46), CurOn: true}
	return b
}

func boot(at int) []view.BootStage {
	var out []view.BootStage
	for i, n := range []string{"reset vector", "ROM", "boot sector", "protected mode", "long mode", "start_kernel", "init"} {
		out = append(out, view.BootStage{Name: n, Done: i < at, Now: i == at, At: uint64(i) * 700})
	}
	return out
}

// line makes a listing line; parts are pairs of PartKind and length.
func line(addr uint64, bytes, intel string, parts ...int) view.Line {
	l := view.Line{Addr: addr, Intel: intel}
	bytes = strings.ReplaceAll(bytes, " ", "")
	for i := 0; i+1 < len(bytes); i += 2 {
		l.Bytes = append(l.Bytes, unhex(bytes[i])<<4|unhex(bytes[i+1]))
	}
	for i := 0; i+1 < len(parts); i += 2 {
		l.Parts = append(l.Parts, view.Part{Kind: view.PartKind(parts[i]), Len: uint8(parts[i+1])})
	}
	return l
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

func fixtureCPU(f *view.Frame) {
	f.CPU = view.CPU{RIP: 0x401136, PrevRIP: 0x401131, RFLAGS: 0x246, PrevRFLAGS: 0x202, CR0: 0x80050033, CR2: 0x7ffff7ff8000,
		CR3: 0x1c42000, CR4: 0x6b0, EFER: 0xd01, Mode: "long", Paging: true, Ring: 3, IF: true, IDT: 0xfffffe0000000000, IDTFrame: 0x105,
		Sel: [6]uint16{0x2b, 0x33, 0x2b, 0x2b, 0, 0}, FSBase: 0x7ffff7ffa740}
	f.CPU.R = [16]uint64{0x7ffff7ff8000, 0x4011f3, 0, 0, 0x7ffffffe5a0, 0x7ffffffe5d0, 0, 0x402010, 0, 0x7ffff7fd0, 0x22, 0x246, 0x401060, 0x7fffffffe6c0, 0, 0}
	f.CPU.PrevR = f.CPU.R
	f.CPU.PrevR[0] = 0x42
	lines := []view.Line{
		line(0x401129, "488b45f0", "mov rax, [rbp-16]", 1, 1, 2, 1, 3, 1, 5, 1), line(0x40112d, "85c0", "test eax, eax", 2, 1, 3, 1),
		line(0x40112f, "751c", "jne 0x40114d", 2, 1, 5, 1), line(0x401131, "488b45e8", "mov rax, [rbp-24]", 1, 1, 2, 1, 3, 1, 5, 1),
		line(0x401136, "c60042", "mov byte [rax], 0x42", 2, 1, 3, 1, 6, 1), line(0x401139, "4889c7", "mov rdi, rax", 1, 1, 2, 1, 3, 1),
		line(0x40113c, "e8effeffff", "call 0x401030", 2, 1, 5, 4), line(0x401141, "31ff", "xor edi, edi", 2, 1, 3, 1),
		line(0x401143, "b83c000000", "mov eax, 0x3c", 2, 1, 6, 4), line(0x401148, "0f05", "syscall", 2, 2),
		line(0x40114a, "660f1f44 0000", "nop word [rax+rax]", 0, 1, 2, 2, 3, 1, 4, 1, 5, 1), line(0x40114d, "ebe1", "jmp 0x401130", 2, 1, 5, 1),
	}
	lines[2].Target, lines[6].Target, lines[11].Target = 0x401139, 0x401030, 0x401131
	lines[0].Symbol = "child"
	f.Code = view.Code{Where: "cow: child", Lines: lines, Current: 4, Loops: 1,
		Operands: []view.Operand{{Text: "[rax]", Mem: true, Addr: 0x7ffff7ff8000, Value: 0x41, Size: 1, Known: true, Write: true}, {Text: "0x42", Value: 0x42, Size: 1, Known: true}},
		Source: []view.SourceLine{{File: "cow.c", N: 12, Text: "static void child(char *page)"}, {File: "cow.c", N: 13, Text: "{"},
			{File: "cow.c", N: 14, Text: "    page[0] = 'B';", Current: true}, {File: "cow.c", N: 15, Text: "    puts(page);"}, {File: "cow.c", N: 16, Text: "    _exit(0);"}}}
}

func fixtureKernel(f *view.Frame) {
	saved := make([]uint64, 21)
	for i := range saved {
		saved[i] = uint64(i) * 0x1111
	}
	saved[16], saved[17], saved[18], saved[19], saved[20] = 0x401136, 0x33, 0x246, 0x7ffffffe5a0, 0x2b
	f.Kernel = view.Kernel{Booted: true, Policy: "rr", Slice: 400_000, Current: 7, HZ: 1000, LoadAvg: "0.42", Queue: []int{8, 9},
		Tasks: []view.Task{
			{PID: 1, TGID: 1, Comm: "init", State: "sleeping", Reason: "wait4: a child", Syscall: "wait4", Frame: saved, Slice: 400_000, User: 120_000, System: 40_000, RSS: 14},
			{PID: 4, TGID: 4, PPID: 1, Comm: "sh", State: "sleeping", Reason: "wait4: a child", Syscall: "wait4", Frame: saved, Slice: 400_000, User: 300_000, System: 80_000, RSS: 31},
			{VMAs: []view.VMA{{Start: 0x400000, End: 0x405000, Prot: "r-xp", Name: "/bin/cow"}, {Start: 0x7ffff7fd0000, End: 0x7ffff7ffb000, Prot: "rw-p"}, {Start: 0x7ffffffde000, End: 0x7ffffffff000, Prot: "rw-p", Name: "[stack]"}}, PID: 7, TGID: 7, PPID: 4, Comm: "cow", State: "running", Used: 400_000, Slice: 400_000, CR3: 0x1c42000, KStack: 0xffff888001c50000, User: 900_000, System: 120_000, RSS: 65},
			{PID: 8, TGID: 8, PPID: 7, Comm: "cow", State: "ready", Slice: 400_000, CR3: 0x1c61000, Frame: saved, User: 200_000, System: 20_000, RSS: 65},
			{PID: 9, TGID: 9, PPID: 4, Comm: "spin", State: "ready", Slice: 400_000, Frame: saved, User: 800_000, System: 20_000, RSS: 9},
		}}
	f.Boot = boot(7)
}

func fixtureMemory(f *view.Frame) {
	const n = 16384
	f.RAM = view.RAM{Frames: n, Uses: make([]uint8, n), Hot: []uint32{0x105, 0x1c35, 0x1c52}}
	seed := uint32(7)
	for i := range f.RAM.Uses {
		seed = seed*1664525 + 1013904223
		u := view.UseFree
		switch {
		case i < 256:
			u = view.UseReserved
		case i < 1000:
			u = view.UseKernel
		case i < 1300:
			u = view.UsePageTable
		case i < 4800:
			u = view.UsePageCache
		case i < 7600:
			u = view.UseAnon
			if seed>>28 < 4 {
				u = view.UseCow
			}
		case i < 7900:
			u = view.UseKernelStack
		}
		if i > 1300 && i < 8600 && seed>>24 < 20 {
			u = view.UseAnon
		}
		f.RAM.Uses[i] = uint8(u)
		f.RAM.Counts[u]++
	}
	for _, v := range []uint64{0x401, 0x7ffff7ff8, 0x404, 0x7fffffffe, 0xffff888001c50 & 0xfffffffff, 0xfffffe0000000 & 0xfffffffff} {
		f.TLB.Entries = append(f.TLB.Entries, view.TLBEntry{VPN: v, PFN: 0x1c35, User: true})
	}
	f.TLB.Hits, f.TLB.Misses = 98204, 1811
	near := func(at int, hit uint64) (out []uint64) {
		for i := range 7 {
			v := uint64(0)
			if i%3 != 0 {
				v = 0x1d04067 + uint64(i*at)<<12
			}
			if i == 3 {
				v = hit
			}
			out = append(out, v)
		}
		return out
	}
	f.Walk = view.Walk{Valid: true, VA: 0x7ffff7ff80a0, Why: "write", CR3: 0x1c42000, Page: 4096, Phys: 0x1c350a0, BytesAt: 0x1c35080,
		Fault: "W is 0: the page may be read, not written", Bits: 48, Entry: 8,
		Plan: []view.WalkLevel{{Name: "PML4", Bits: 9, Shift: 39}, {Name: "PDPT", Bits: 9, Shift: 30}, {Name: "PD", Bits: 9, Shift: 21}, {Name: "PT", Bits: 9, Shift: 12}},
		Levels: []view.Level{
			{Name: "PML4", Table: 0x1c42000, Index: 255, Entry: 0x1c10067, First: 252, Near: near(1, 0x1c10067), Used: 4},
			{Name: "PDPT", Table: 0x1c10000, Index: 511, Entry: 0x1c11067, First: 508, Near: near(2, 0x1c11067)[:4], Used: 2},
			{Name: "PD", Table: 0x1c11000, Index: 447, Entry: 0x1c12067, First: 444, Near: near(3, 0x1c12067), Used: 3},
			{Name: "PT", Table: 0x1c12000, Index: 504, Entry: 0x8000000001c35225, First: 501, Near: near(4, 0x8000000001c35225), Used: 9},
		}}
	for i := range 64 {
		f.Walk.Bytes = append(f.Walk.Bytes, byte(0x41+i*7))
	}
}

func fixtureCowRows(f *view.Frame) {
	page := func(frame uint32, refs int32, use view.Use, flags uint64) view.CowPage {
		return view.CowPage{Present: true, PTE: uint64(frame)<<12 | flags, Frame: frame, Refs: refs, Use: use, Cow: flags&(1<<9) != 0}
	}
	const ro, cow = 0x25, 0x225
	f.Cow = view.Cow{Valid: true, Parent: view.CowSide{PID: 7, Comm: "cow", State: "waiting", CR3: 0x1c42000},
		Child: view.CowSide{PID: 8, Comm: "cow", State: "running", CR3: 0x1c61000}, Copies: 1, Shared: 64, Total: 65, Active: 3,
		OldFrame: 0x1c35, NewFrame: 0x1c52, CopiedBy: 8,
		Rows: []view.CowRow{
			{VA: 0x400000, Name: "text", A: page(0x1c07, 2, view.UsePageCache, ro), B: page(0x1c07, 2, view.UsePageCache, ro)},
			{VA: 0x402000, Name: "rodata", A: page(0x1c09, 2, view.UsePageCache, ro), B: page(0x1c09, 2, view.UsePageCache, ro)},
			{VA: 0x404000, Name: "data", A: page(0x1c31, 2, view.UseCow, cow), B: page(0x1c31, 2, view.UseCow, cow)},
			{VA: 0x7ffff7ff8000, Name: "page", A: page(0x1c35, 1, view.UseAnon, cow), B: page(0x1c52, 1, view.UseAnon, 0x67)},
			{VA: 0x7fffffffe000, Name: "stack", A: page(0x1c3a, 2, view.UseCow, cow), B: page(0x1c3a, 2, view.UseCow, cow)},
			{VA: 0x7ffffffff000, Name: "stack", A: page(0x1c3b, 1, view.UseAnon, 0x67), B: view.CowPage{}},
		}}
}

func fixtureTerm(cols, rows int) view.Term {
	t := view.Term{Rows: rows, Cols: cols, Cells: make([]view.Cell, rows*cols), CurOn: true, Wants: true}
	put := func(y int, fg uint32, s string) {
		for i, r := range []rune(s) {
			if i < cols {
				t.Cells[y*cols+i] = view.Cell{Rune: r, FG: fg}
			}
		}
	}
	put(0, 9, "[    0.081402] Run /sbin/init as init process")
	put(2, 0, "~ # cow")
	put(3, 0, "parent 7: page holds A at 7ffff7ff8000")
	put(4, 0, "fork() = 8")
	put(5, 0, "child  8: reads A, same frame")
	put(6, 12, "child  8: writes B …")
	put(8, 11, "┌──────┬─────┐ ╔═══╗ ▁▂▃▄▅▆▇█")
	put(9, 11, "│ 3.14 │ ok  │ ║ x ║ ░▒▓ ⣿⡇")
	put(10, 11, "└──────┴─────┘ ╚═══╝")
	t.CurY = 11
	return t
}

func fixtureEvents() []trace.Event {
	var out []trace.Event
	add := func(at uint64, k trace.Kind, task uint16, ring uint8, a, b uint64) {
		out = append(out, trace.Event{At: at, Kind: k, Task: task, Ring: ring, A: a, B: b})
	}
	add(200_000, trace.Switch, 0, 0, 0, 1)
	add(200_300, trace.Iret, 1, 0, 0x401000, 0x33)
	add(400_000, trace.SyscallIn, 1, 3, 57, 0)
	add(400_050, trace.Syscall, 1, 0, 57, 0)
	add(400_100, trace.Fork, 1, 0, 1, 4)
	add(420_000, trace.Block, 1, 0, 1, 0)
	add(420_100, trace.Switch, 4, 0, 1, 4)
	add(420_400, trace.Iret, 4, 0, 0x401000, 0x33)
	at := uint64(420_400)
	cur := uint64(4)
	next := map[uint64]uint64{4: 7, 7: 9, 9: 7, 8: 9}
	for i := 0; at < 3_300_000; i++ {
		at += 60_000 + uint64(i%5)*14_000
		switch i % 4 {
		case 0:
			add(at, trace.SyscallIn, uint16(cur), 3, 1, 0)
			add(at+20, trace.Syscall, uint16(cur), 0, 1, 0)
			add(at+2_500, trace.SyscallOut, uint16(cur), 0, 0, 0)
		case 1, 3:
			add(at, trace.IRQ, uint16(cur), 3, 0, 0)
			add(at+1, trace.Interrupt, uint16(cur), 3, 32, 0x401136)
			add(at+100, trace.Tick, uint16(cur), 0, uint64(i), 0)
			if i == 3 {
				add(at+120, trace.Block, 4, 0, 4, 0)
			}
			if i > 20 && next[9] == 7 && cur == 7 {
				next[9] = 8
				next[8] = 7
			}
			n := next[cur]
			add(at+200, trace.Switch, uint16(cur), 0, cur, n)
			cur = n
			add(at+4_000, trace.Iret, uint16(cur), 0, 0x401136, 0x33)
		case 2:
			add(at, trace.Exception, uint16(cur), 3, 14<<32|6, 0x404000)
			add(at+300, trace.FrameAlloc, uint16(cur), 0, 0x1c31, 7)
			add(at+400, trace.PageFault, uint16(cur), 0, 0x404000, 1)
			add(at+6_000, trace.Iret, uint16(cur), 0, 0x401136, 0x33)
		}
	}
	add(3_330_000, trace.Switch, uint16(cur), 0, cur, 8)
	add(3_330_300, trace.Iret, 8, 0, 0x401136, 0x33)
	add(3_418_100, trace.Exception, 8, 3, 14<<32|7, 0x7ffff7ff8000)
	add(3_418_500, trace.COW, 8, 0, 0x1c35, 0x1c52)
	return out
}

// fixtureTimer is fixtureCow at the moment when the timer has asked for the CPU.
func fixtureTimer() *view.Batch {
	b := fixtureCow()
	b.Frame.Story = "A chip counts down at its own pace, whatever the program does. At zero it raises a wire. The CPU finishes the instruction it is on, then looks up entry 32 of a table the kernel wrote."
	b.Frame.Timer.Count = 1193
	b.Events = append(b.Events[:len(b.Events)-2], trace.Event{At: 3_418_800, Kind: trace.IRQ, Task: 7, Ring: 3}, trace.Event{At: 3_418_801, Kind: trace.Interrupt, Task: 7, Ring: 3, A: 32, B: 0x401136})
	return b
}
