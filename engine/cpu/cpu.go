package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Ports is the CPU's way to the I/O bus.
type Ports interface {
	In(now uint64, port uint16, size uint8) uint32
	Out(now uint64, port uint16, size uint8, v uint32)
}

// CPU is the processor: its architectural state S, and caches that never influence results.
type CPU struct {
	S State

	// Wiring.
	ram    *mem.RAM
	mem    []byte
	ports  Ports
	memory Memory    // nil: nothing but RAM has physical addresses
	apic   LocalAPIC // nil: there is none
	trace  *trace.Hub
	vmcall bool // VMCALL is an exit to the kernel, not #UD

	// An onlooker's (watch.go).
	Hit       bool // a breakpoint was met, or the register watched has changed, since he last cleared it
	breaks    []Break
	breakFrom uint64
	register  Register
	value     [2]uint64 // of the register when it was last looked at
	observer  *Observer // observe.go

	// Within a Run.
	trap     Trap
	out      Exit                 // set by an instruction that ends the Run
	stop     uint64               // the value of Retired at which the loop stops
	key      uint64               // what jump cache entries must agree with
	single   uint32               // 0 or ctxSingle
	ctx      uint32               // mode bits that cached code depends on (block.go)
	user     uint64               // the part of fast in use: fastKernel, fastUser or fastAC
	root     mmu.Root             // S.Root(), kept by dropFast
	apicPage uint64               // apicWindow(), kept by dropFast
	slots    [TLBSize / 64]uint64 // a bit for each place of the data TLB and of fast that may hold something
	large    uint64               // a bit for each region (regionOf) of which a TLB may hold a piece of a large page
	usedAC   bool                 // fast's part for AC may hold something
	rights   [4][4]right          // by part of fast and access, kept by dropFast

	// Lazy flags (flags.go): RFLAGS's arithmetic bits are those of operation fop on fa and fb.
	fop    uint32
	fa, fb uint64

	sse, x87 floatEnv // of the running floating-point instruction (sse_state.go, x87_stack.go)

	smc      bool   // the running instruction may write into its own block's page, and meet data breakpoints
	implicit bool   // what is accessed is the system's, not an operand
	ext      uint32 // 1 while something external is delivered: the EXT bit of error codes
	rfAt     uint64 // RF counts only while Retired is still this (debug.go)
	points   breakpoints
	guard    uint8     // what the slow path has to look at: guardWatch, guardAlign
	waived   [2]uint64 // begin and length of what has had its alignment checked (align.go)
	stepping bool      // a single-step trap is due behind the running instruction
	shadow   uint8     // the shadow that the running instruction is in

	fast [fastSize]fastEntry
	code codeCache
}

// Exit tells why Run returned.
type Exit uint8

// The reasons.
const (
	ExitNone     Exit = iota
	ExitBudget        // as many instructions as asked for
	ExitAgain         // a port was used or IF was set: deadlines and interrupts must be looked at
	ExitHalt          // HLT
	ExitVMCall        // VMCALL at CPL 0
	ExitShutdown      // triple fault
	ExitBreak         // the next instruction has a breakpoint
)

// New returns a CPU at its reset state.
func New(ram *mem.RAM, ports Ports, tr *trace.Hub, vmcall bool) *CPU {
	c := &CPU{ram: ram, mem: ram.Bytes, ports: ports, trace: tr, vmcall: vmcall}
	c.code.init(ram.Frames())
	c.usedAC = true // nothing of fast is ready yet
	for i := range c.slots {
		c.slots[i] = ^uint64(0)
	}
	c.Reset()
	return c
}

// Reset puts the CPU into the state after power-up (SDM 3A "Processor State After Reset").
func (c *CPU) Reset() {
	c.S = State{Retired: c.S.Retired, Charged: c.S.Charged, Idled: c.S.Idled, Rand: c.S.Rand}
	s := &c.S
	s.RIP = 0xfff0
	s.RFLAGS = 2
	s.CR0 = CR0ET | 0x60000000
	s.R[RDX] = Signature
	for i := range s.Seg {
		s.Seg[i] = Segment{Attr: 0x93, Limit: 0xffff}
	}
	s.Seg[CS] = Segment{Sel: 0xf000, Attr: 0x9b, Limit: 0xffff, Base: 0xffff0000}
	s.LDTR = Segment{Attr: 0x82, Limit: 0xffff}
	s.TR = Segment{Attr: 0x8b, Limit: 0xffff}
	s.GDTR.Limit, s.IDTR.Limit = 0xffff, 0xffff
	s.DR[6], s.DR[7] = 0xffff0ff0, 0x400
	s.PAT = 0x0007040600070406
	s.Misc = miscReset
	s.MXCSR = mxcsrInitial
	s.XCR0 = xcr0X87
	s.FCW, s.FTW = 0x40, 0x5555
	c.fop = flagsReal
	c.debugChanged()
	c.dropFast()
	c.modeChanged()
}

// Now is the virtual clock.
func (c *CPU) Now() uint64 { return c.S.Retired + c.S.Charged }

// SetState replaces the architectural state. Whoever changes S directly where it matters to paging, privilege or the
// code size calls it too, or does so between two Runs and only with registers.
func (c *CPU) SetState(s State) {
	c.S = s
	c.S.Zero = 0
	c.findEntries()
	c.fop = flagsReal
	c.debugChanged()
	c.dropFast()
	c.modeChanged()
}
