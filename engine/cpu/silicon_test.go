package cpu

import (
	"encoding/binary"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/scripts/silicon"
)

// A bench is a CPU in 64-bit mode over identity-mapped RAM with an IDT whose every handler is HLT, so that one instruction
// can be run and either halts behind it or in the handler of the exception it raised.
type bench struct {
	c   *CPU
	ram *mem.RAM
}

const (
	benchRAM      = 32 << 20
	benchTables   = 0x1000
	benchGDT      = 0x4000
	benchIDT      = 0x5000
	benchHandlers = 0x6000
	benchStack    = 0x9000
)

type noPorts struct{}

func (noPorts) In(uint64, uint16, uint8) uint32           { return 0 }
func (noPorts) Out(_ uint64, _ uint16, _ uint8, _ uint32) {}

func newBench() *bench { return newBenchOf(benchRAM) }

func newBenchOf(size uint64) *bench {
	ram := mem.New(size)
	put := func(pa, v uint64) { binary.LittleEndian.PutUint64(ram.Bytes[pa:], v) }
	put(benchTables, benchTables+0x1000|3)
	put(benchTables+0x1000, benchTables+0x2000|3)
	for i := range uint64(benchRAM >> 21) {
		put(benchTables+0x2000+8*i, i<<21|0x83)
	}
	put(benchGDT+16, 0x00af9b000000ffff)
	put(benchGDT+24, 0x00cf93000000ffff)
	for i := range uint64(32) {
		at := benchHandlers + i
		put(benchIDT+16*i, at&0xffff|0x10<<16|0x8e00<<32|at>>16<<48)
		ram.Bytes[at] = 0xf4
	}
	return &bench{c: New(ram, noPorts{}, &trace.Hub{}, false), ram: ram}
}

// longMode puts the CPU into 64-bit mode at ring 0 with SSE on.
func (b *bench) longMode() {
	c := b.c
	c.Reset()
	s := &c.S
	s.CR0 = CR0PE | CR0PG | CR0ET | CR0NE
	s.CR3 = benchTables
	s.CR4 = CR4PAE | CR4OSFXSR | CR4OSXMMEXCPT | CR4OSXSAVE
	s.XCR0 = xcr0Bits
	s.EFER = EFERLME | EFERLMA
	s.Seg[CS] = Segment{Sel: 0x10, Attr: 0xa09b, Limit: ^uint32(0)}
	for _, i := range []int{DS, ES, SS, FS, GS} {
		s.Seg[i] = Segment{Sel: 0x18, Attr: 0xc093, Limit: ^uint32(0)}
	}
	s.GDTR = Table{Base: benchGDT, Limit: 0x1f}
	s.IDTR = Table{Base: benchIDT, Limit: 0x1ff}
	c.FlushTLB()
}

// run does in the engine what silicon.Run does on the host.
func (b *bench) run(in *silicon.Case) (out silicon.Case) {
	c := b.c
	b.longMode()
	out = *in
	copy(b.ram.Bytes[silicon.Code:], in.Code[:in.Len])
	b.ram.Bytes[silicon.Code+in.Len] = 0xf4
	b.ram.Touch(mem.FrameOf(silicon.Code))
	copy(b.ram.Bytes[silicon.Data:], in.Mem[:])
	s := &c.S
	s.R = in.GPR
	s.R[RSP] = benchStack
	s.RFLAGS = in.Flags | 2
	s.RIP = silicon.Code
	c.loadFX(in.FX[:])
	exit := c.Run(40)
	out.GPR, out.Flags = s.R, s.RFLAGS
	c.saveFX(out.FX[:])
	copy(out.Mem[:], b.ram.Bytes[silicon.Data:])
	switch {
	case exit != ExitHalt:
		out.Signal = 99
	case s.RIP > benchHandlers && s.RIP <= benchHandlers+32:
		out.Signal = signals[s.RIP-benchHandlers-1]
	default:
		out.Signal = 0
	}
	return out
}

// signals by vector, as Linux sends them.
var signals = map[uint64]uint32{VecUD: silicon.SIGILL, VecGP: silicon.SIGSEGV, VecPF: silicon.SIGSEGV,
	VecMF: silicon.SIGFPE, VecXM: silicon.SIGFPE, VecDE: silicon.SIGFPE}

// loadFX and saveFX are FXRSTOR64 and FXSAVE64 without the instruction.
func (c *CPU) loadFX(p []byte) {
	s := &c.S
	u16, u64 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint64
	s.FCW, s.FSW, s.FOP = u16(p), u16(p[2:]), u16(p[6:])
	s.FIP, s.FDP = u64(p[8:]), u64(p[16:])
	c.setTagsInUse(p[4])
	s.MXCSR = binary.LittleEndian.Uint32(p[24:])
	for i := range 8 {
		*c.st(uint8(i)) = Float80{Sig: u64(p[32+16*i:]), SE: u16(p[40+16*i:])}
	}
	for i := range s.X {
		s.X[i] = [2]uint64{u64(p[160+16*i:]), u64(p[168+16*i:])}
	}
}

func (c *CPU) saveFX(p []byte) {
	s := &c.S
	put16, put64 := binary.LittleEndian.PutUint16, binary.LittleEndian.PutUint64
	put16(p, s.FCW)
	put16(p[2:], s.FSW)
	p[4] = c.tagsInUse()
	put16(p[6:], s.FOP)
	put64(p[8:], s.FIP)
	put64(p[16:], s.FDP)
	binary.LittleEndian.PutUint32(p[24:], s.MXCSR)
	for i := range 8 {
		put64(p[32+16*i:], c.st(uint8(i)).Sig)
		put64(p[40+16*i:], uint64(c.st(uint8(i)).SE))
	}
	for i := range s.X {
		put64(p[160+16*i:], s.X[i][0])
		put64(p[168+16*i:], s.X[i][1])
	}
}

// compareWithSilicon runs the cases on both and reports differences: the general registers but RSP, the flags in flagMask,
// the x87, MMX and SSE state, memory, and whether a signal came.
func compareWithSilicon(t *testing.T, cases []silicon.Case, flagMask uint64) {
	t.Helper()
	b := newBench()
	bad := 0
	for i, want := range silicon.Run(t, cases) {
		got := b.run(&cases[i])
		diff := difference(&got, &want, flagMask)
		if diff == "" {
			continue
		}
		t.Errorf("% x: %s\n\t%s", cases[i].Code[:cases[i].Len], diff, describe(&cases[i]))
		if bad++; bad >= 8 {
			t.FailNow()
		}
	}
}
