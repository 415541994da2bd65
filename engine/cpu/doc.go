// Package cpu executes x86-64 instructions.
//
// # How an instruction gets executed
//
// decode.Decode turns bytes into an x86asm.Inst. translate makes of it a Uop: 32 bytes, pointer-free. Uops lie in
// blocks; a block is a straight run of instructions inside one physical page. The loop (loop_unsafe.go) goes through the
// uops of a block with one switch. Frequent 64-bit instructions have cases of their own there (hot.go makes their uops,
// kinds.go says what the fields then mean); everything else has Kind KindFamily and is called through the definition
// table. A block is found by a cache keyed by RIP, mode and epoch; what may change the translation of an instruction's
// address bumps the epoch.
//
// Everything that is cached about the guest (uops, the jump cache, fast) can be dropped between any two blocks without a
// difference in the result. The TLBs cannot: they are state.
//
// Run stops at exactly the instruction: when less is left than a block has, blocks of one instruction are made. The
// observed loop, which emits trace.Instr and looks at breakpoints, is the same loop with a budget of one.
//
// # A store into code
//
// A frame that uops were made from has mem.MarkCode and no entry in fast for writing, so the slow path sees the store and
// drops the frame's blocks when it meets one of the lines of 64 bytes that they were made from. If the running block is
// one of them the instruction is taken back (vecAlone) and run again as a block of its own.
//
// # Segments, alignment, breakpoints
//
// 64-bit code pays for none of them, nor does code in flat segments. Elsewhere an address is marked with its segment, so
// that no page of fast has it, and the slow path asks for limit and type (limit.go). A page with a data breakpoint has no
// entry in fast, nor has any page of ring 3 while alignment is checked (debug.go, align.go): the slow path looks, and an
// instruction that meets something is run alone. A block begins at each instruction breakpoint, and the jump cache does
// not keep it. RF is cleared when it is looked at, not by each instruction (settleRF).
//
// # Privilege and pages
//
// What a TLB entry allows is two masks for each kind of access (rights), derived from the control registers when they
// change (dropFast). fast has a part for each way in which privilege can matter: ring 3, the rings below, and those with
// RFLAGS.AC under SMAP; CPU.user says which is in use, and the CPU's own accesses to its tables use fastKernel.
// slots has a bit for each place of the data TLB and of fast that may hold something: flushes look at no others.
//
// # A device's page
//
// Physical addresses that belong to a device (bus.Mapped) have no entry in fast. An instruction that touches one from the
// middle of a block is taken back and run alone, as above: Now is exact, and the machine looks at deadlines and interrupts
// behind it.
//
// # What differs from the manual
//
// A walk that ends in a fault leaves the accessed bits alone, where silicon may have set those of the upper levels. Memory
// types (PAT, PWT, PCD) say nothing. The A20 gate, shut, masks where translations lead, not where their tables lie.
//
// The virtual-8086 mode extensions (VME, PVI), branch records (LBR) and performance counters do not exist, and CPUID does
// not report them. Data breakpoints do not see what the CPU itself reads and writes: descriptors, task-state segments,
// frames of exceptions. SYSCALL with TF set traps in the handler if FMASK leaves TF, SYSRET that sets TF behind itself.
// After 64 exceptions without an instruction each further one counts as an instruction. Undefined flags have one fixed
// value each; what else the manual leaves to each processor (the order of accesses, what a fault leaves behind) is as on
// Intel's since Sapphire Rapids, as make hw shows. In real mode the x87 pointers are offsets, not linear addresses; XRSTOR that faults has loaded nothing.
//
// # How to define an instruction
//
// One definition each, a package variable, in a file of its family:
//
//	var _ = def(Def{Op: x86asm.ADDPS, Ref: "SDM 2A ADDPS", Fn: addps, Traits: NeedSSE})
//
//	func addps(c *CPU, u *Uop) bool {
//		s, ok := c.src128(u)
//		if !ok {
//			return false // a trap is pending; nothing was changed
//		}
//		d := &c.S.X[u.Dst]
//		…
//		return true
//	}
//
// What Fn sees in u: Dst and Src are register numbers (general or XMM or ST(i) or MMX or segment or control, as the
// operand says) of the first and second register operand; Form tells which one is memory; ea gives the linear address
// of the memory operand; Imm is the immediate (with FormImm). Size is the size in bytes of the first operand, register
// (XMM 16, MMX 8, ST 10) or memory; SSize that of the second. An 80-bit memory operand has size 0 in x86asm: it is 10 here.
// A third operand is an immediate, or a register whose number is in Imm (FormImm is then not set), or the memory operand.
//
// Helpers (access.go, operand.go):
//
//	c.ea(u)                                   linear address of the memory operand
//	c.load8/16/32/64(la) (v, ok)              loads; !ok means a trap is pending: return false at once
//	c.load128(la) (v [2]uint64, ok)           no alignment check
//	c.store8/16/32/64(la, v) ok, c.store128   stores; a store that is refused changed nothing
//	c.probe(la, n) ok                         may n bytes at la be written? (before several stores)
//	c.src128(u) (v, ok)                       second operand: XMM register, or 16 aligned bytes of memory (#GP)
//	c.src128u(u)                              the same, unaligned allowed
//	c.src64(u), c.src32(u) (v, ok)            second operand: low part of an XMM register, or memory
//	c.reg(n, size), c.setReg(n, size, v)      general registers by number and size; 32-bit writes clear the upper half
//	c.dst(u) (v, ok), c.src(u) (v, ok), c.setDst(u, v) ok    general operands of u.Size bytes
//	c.second(u), c.third(u) (v, ok)           the last two of three general operands (bmi.go)
//	c.flags() uint64, c.setArith(v)           RFLAGS with lazy flags made real; replace the six arithmetic flags
//	c.raise(vector, code) false               make a trap pending: return c.raise(GP, 0)
//
// Vectors are VecDE, VecUD, VecNM, VecGP, VecMF, VecXM … (trap.go).
//
// The commit rule: read operands, compute, store (may fault), and only then registers, flags. A trap changes nothing.
//
// #UD and #NM by CR0.EM, CR0.TS, CR4.OSFXSR are not Fn's business: the traits NeedSSE, NeedX87 and NeedWait say it.
package cpu
