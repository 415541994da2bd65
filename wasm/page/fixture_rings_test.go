//go:build !js

package main

import "vitrine/wasm/view"

// fixtureDoor is fixtureCow with the doors and the frame behind the fault.
func fixtureDoor() *view.Batch {
	b := fixtureCow()
	f := &b.Frame
	f.CPU.Ring, f.CPU.RIP = 0, 0xffffffff801030e0
	const top = 0xffff888001c50000
	r := &f.Rings
	r.IDTBase, r.IDTLimit = f.CPU.IDT, 4095
	for v := range 48 {
		g := view.Gate{Vector: uint8(v), Kind: 0xe, Sel: 0x10, Target: 0xffffffff80103000 + uint64(v)*16, At: f.CPU.IDT + uint64(v)*16}
		if v == 3 || v == 4 {
			g.DPL = 3
		}
		r.Gates = append(r.Gates, g)
	}
	r.Gates[14].Symbol, r.Gates[32].Symbol = "asm_exc_page_fault", "irq_entries_start"
	r.Fast = view.FastCalls{SCE: true, STAR: 0x23001000000000, LSTAR: 0xffffffff80104030, LSTARName: "entry_SYSCALL_64", FMASK: 0x257fd5}
	r.TSS = view.TSS{Sel: 0x40, Base: 0xffffffff80105040, Limit: 103, Bits: 64, RSP: [3]uint64{top}}
	r.Doors = []view.Door{
		{Kind: view.DoorSyscall, Name: "syscall", About: "system calls", Target: r.Fast.LSTAR, Symbol: r.Fast.LSTARName, Count: 213, Present: true},
		{Kind: view.DoorSoft, Vector: 3, Name: "int3", About: "breakpoint", Target: r.Gates[3].Target, Present: true},
		{Kind: view.DoorException, Vector: 14, Name: "#PF", About: "page fault", Target: r.Gates[14].Target, Symbol: r.Gates[14].Symbol, Count: 41, At: 3_418_100, Present: true},
		{Kind: view.DoorInterrupt, Vector: 32, Name: "IRQ 0", About: "timer", Target: r.Gates[32].Target, Symbol: r.Gates[32].Symbol, Count: 30, Nested: 4, Present: true},
	}
	r.Saved = view.Saved{Open: true, Lies: true, Door: 2, From: "TSS.RSP0", Top: top, Size: 8, From3: true}
	for i, w := range []view.Word{{Name: "SS", Value: 0x2b}, {Name: "RSP", Value: 0x7ffffffe5a0}, {Name: "RFLAGS", Value: 0x246}, {Name: "CS", Value: 0x33}, {Name: "RIP", Value: 0x401136}, {Name: "error code", Value: 7}} {
		w.Addr = top - 8 - 8*uint64(i)
		r.Saved.Words = append(r.Saved.Words, w)
	}
	f.CPU.R[4] = top - 48
	at := uint64(3_300_000)
	for i := range 9 {
		in := view.Crossing{At: at, Kind: view.DoorSyscall, How: "syscall", From: 3, To: 0, Number: 1}
		if i%3 == 2 {
			in = view.Crossing{At: at, Kind: view.DoorInterrupt, Vector: 32, How: "IRQ 0", From: 3, To: 0}
		}
		r.Crossings = append(r.Crossings, in, view.Crossing{At: at + 1700, Back: true, How: "sysret", From: 0, To: 3})
		at += 12_000
	}
	r.Crossings = append(r.Crossings, view.Crossing{At: 3_418_100, Kind: view.DoorException, Vector: 14, How: "#PF", From: 3, To: 0, Number: 7})
	r.Time, r.Inwards = [5]uint64{600_000, 0, 0, 2_700_000, 118_902}, 284
	r.User = view.Excerpt{Where: f.Code.Where, Lines: f.Code.Lines[2:8], Current: 2, Known: true}
	r.Inner = view.Excerpt{Where: "kernel: asm_exc_page_fault", Current: 0, Known: true, Lines: []view.Line{
		line(0xffffffff801030e0, "6a0e", "push 0xe", 2, 1, 6, 1), line(0xffffffff801030e2, "e9190f0000", "jmp 0xffffffff80104000", 2, 1, 5, 4),
		line(0xffffffff801030e7, "6690", "xchg ax, ax", 0, 1, 2, 1), line(0xffffffff801030e9, "0f1f00", "nop dword ptr [rax]", 2, 2, 3, 1)}}
	f.RAM.Written = make([]uint64, f.RAM.Frames/64)
	f.RAM.Written[0x1c52/64] = 1 << (0x1c52 % 64)
	f.RAM.Chosen = view.Frame4K{Valid: true, Frame: 0x1c52, Use: view.UseAnon, Written: true, Known: true, Refs: 1, Owner: "address space of pid 8 cow", At: 3_418_500,
		Writer: 0x401136, WriterName: "child+0xd", PID: 8, Bytes: []byte("B.....parent and child had this page together until one of them wrote to it, then each had its own: copy on write. ............"),
		Maps: []view.Mapping{{VA: 0x7ffff7ff8000, Entry: 0x8000000001c52067, Perm: 6 | 1<<63, Page: 4096}, {VA: 0xffff888001c52000, Entry: 0x1e3, Perm: 2 | 1<<63, Page: 2 << 20}}}
	return b
}
