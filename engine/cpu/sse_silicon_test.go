package cpu

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"vitrine/scripts/silicon"
)

func difference(got, want *silicon.Case, flagMask uint64) string {
	var d []string
	say := func(what string, g, w any) {
		if g != w {
			d = append(d, fmt.Sprintf("%s %v, silicon %v", what, g, w))
		}
	}
	say("signal", got.Signal, want.Signal)
	for i := range got.GPR {
		if i != RSP {
			say(fmt.Sprintf("R%d", i), hex(got.GPR[i]), hex(want.GPR[i]))
		}
	}
	if want.Signal == 0 {
		say("flags", hex(got.Flags&flagMask), hex(want.Flags&flagMask))
	}
	u16, u64 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint64
	say("FCW", hex(u16(got.FX[0:])), hex(u16(want.FX[0:])))
	say("FSW", hex(u16(got.FX[2:])), hex(u16(want.FX[2:])))
	say("tags", hex(got.FX[4]), hex(want.FX[4]))
	say("FOP", hex(u16(got.FX[6:])), hex(u16(want.FX[6:])))
	say("FIP", hex(u64(got.FX[8:])), hex(u64(want.FX[8:])))
	say("FDP", hex(u64(got.FX[16:])), hex(u64(want.FX[16:])))
	say("MXCSR", hex(u16(got.FX[24:])), hex(u16(want.FX[24:])))
	for i := range 8 {
		at := 32 + 16*i
		say(fmt.Sprintf("ST%d", i), st(got, at), st(want, at))
	}
	for i := range 16 {
		at := 160 + 16*i
		say(fmt.Sprintf("XMM%d", i), fmt.Sprintf("%016x%016x", u64(got.FX[at+8:]), u64(got.FX[at:])),
			fmt.Sprintf("%016x%016x", u64(want.FX[at+8:]), u64(want.FX[at:])))
	}
	for i := range got.Mem {
		if got.Mem[i] != want.Mem[i] {
			say(fmt.Sprintf("byte %d", i), got.Mem[i], want.Mem[i])
		}
	}
	return strings.Join(d[:min(len(d), 6)], "; ")
}

func hex(v any) string { return fmt.Sprintf("%#x", v) }

func st(c *silicon.Case, at int) string {
	return fmt.Sprintf("%04x.%016x", binary.LittleEndian.Uint16(c.FX[at+8:]), binary.LittleEndian.Uint64(c.FX[at:]))
}

func describe(c *silicon.Case) string {
	u16, u64 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint64
	if c.Code[0] >= 0xd8 && c.Code[0] < 0xe0 {
		return fmt.Sprintf("mem %x flags %x FCW %x FSW %x tags %x ST %s %s %s", c.Mem[512:522], c.Flags,
			u16(c.FX[0:]), u16(c.FX[2:]), c.FX[4], st(c, 32), st(c, 48), st(c, 64))
	}
	return fmt.Sprintf("XMM1 %016x%016x XMM2 %016x%016x mem %x MXCSR %x RAX %x RDX %x FCW %x FSW %x tags %x ST %s %s %s",
		u64(c.FX[184:]), u64(c.FX[176:]), u64(c.FX[200:]), u64(c.FX[192:]), c.Mem[512:528], u16(c.FX[24:]), c.GPR[RAX], c.GPR[RDX],
		u16(c.FX[0:]), u16(c.FX[2:]), c.FX[4], st(c, 32), st(c, 48), st(c, 64))
}

// interesting32 and interesting64 are the values around which floating-point instructions turn.
var interesting32 = []uint32{0, 1 << 31, 1, 0x807fffff, 0x00800000, 0x3f800000, 0xbf800000, 0x3f800001, 0x40000000, 0x3f000000, 0x7f7fffff,
	0x7f800000, 0xff800000, 0x7fc00000, 0xffc00005, 0x7f800001, 0xff800009, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x5f000000, 0xdf000000}

var interesting64 = []uint64{0, 1 << 63, 1, 0x800fffffffffffff, 1 << 52, 0x3ff << 52, 0xbff << 52, 0x3ff<<52 | 1, 0x400 << 52, 0x3fe << 52, 0x7fefffffffffffff,
	0x7ff << 52, 0xfff << 52, 0x7ff8 << 48, 0xfff8<<48 | 5, 0x7ff<<52 | 1, 0xfff<<52 | 9, 0x41dfffffffc00000, 0x41dfffffffe00000, 0x41e << 52, 0xc1e << 52,
	0xc1e0000000100000, 0xc1e0000000200000, 0x43e << 52, 0xc3e << 52, 0x36a << 52, 0x380fffffffffffff, 0x47efffffe0000000, 0x47effffff0000000}

// vector gives 16 bytes: random, or lanes of integers or floats of interest.
func vector(r *rand.Rand, p []byte) {
	switch r.Intn(4) {
	case 0:
		r.Read(p)
	case 1:
		for i := range p {
			p[i] = []byte{0, 1, 0x7f, 0x80, 0x81, 0xff, 5}[r.Intn(7)]
		}
	case 2:
		for i := 0; i < len(p); i += 4 {
			binary.LittleEndian.PutUint32(p[i:], single(r))
		}
	case 3:
		for i := 0; i < len(p); i += 8 {
			binary.LittleEndian.PutUint64(p[i:], double(r))
		}
	}
}

func single(r *rand.Rand) uint32 {
	switch r.Intn(3) {
	case 0:
		return interesting32[r.Intn(len(interesting32))]
	case 1:
		return r.Uint32()
	}
	return uint32(0x7f-8+r.Intn(40))<<23 | r.Uint32()>>9 | uint32(r.Intn(2))<<31
}

func double(r *rand.Rand) uint64 {
	switch r.Intn(3) {
	case 0:
		return interesting64[r.Intn(len(interesting64))]
	case 1:
		return r.Uint64()
	}
	return uint64(0x3ff-8+r.Intn(72))<<52 | r.Uint64()>>12 | uint64(r.Intn(2))<<63
}

// randomCase fills a register state: RBX points to the middle of the data page, MXCSR and FCW take all modes.
func randomCase(r *rand.Rand, code []byte, unmasked bool) (c silicon.Case) {
	c.Len = uint32(copy(c.Code[:], code))
	for i := range c.GPR {
		c.GPR[i] = r.Uint64() >> uint(r.Intn(64))
	}
	c.GPR[RBX], c.GPR[RDI] = silicon.Data+512, silicon.Data+256
	c.GPR[RCX] = silicon.Data + 512 + uint64(r.Intn(16))
	c.GPR[RSP] = 0
	c.Flags = 0x202 | uint64(r.Intn(2))*FlagCF | uint64(r.Intn(2))*FlagZF | uint64(r.Intn(2))*FlagPF
	for i := 0; i < len(c.Mem); i += 16 {
		vector(r, c.Mem[i:i+16])
	}
	for i := 160; i < 416; i += 16 {
		vector(r, c.FX[i:i+16])
	}
	csr := uint32(0x1f80)
	switch r.Intn(3) {
	case 0:
		csr |= uint32(r.Intn(4)) << 13
	case 1:
		csr |= uint32(r.Intn(4))<<13 | uint32(r.Intn(2))<<15 | uint32(r.Intn(2))<<6 | uint32(r.Intn(64))
	}
	if unmasked {
		csr &^= uint32(r.Intn(64)) << 7
	}
	binary.LittleEndian.PutUint32(c.FX[24:], csr)
	binary.LittleEndian.PutUint16(c.FX[0:], 0x37f)
	return c
}

// sseTables lists the SSE and SSE2 opcodes by mandatory prefix, second byte of opcode, and immediates to append.
var sseTables = []struct {
	name   string
	prefix []byte
	ops    []byte
	imm    bool
	group  []byte // /n of a group with an immediate, registers only
}{
	{name: "PS", ops: []byte{0x10, 0x14, 0x15, 0x28, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x2e, 0x2f, 0x12, 0x16}},
	{name: "PD", prefix: []byte{0x66}, ops: []byte{0x10, 0x14, 0x15, 0x28, 0x51, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x2e, 0x2f, 0xe6}},
	{name: "SS", prefix: []byte{0xf3}, ops: []byte{0x10, 0x51, 0x52, 0x53, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x2a, 0x2c, 0x2d, 0x6f, 0x7e, 0xe6}},
	{name: "SD", prefix: []byte{0xf2}, ops: []byte{0x10, 0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f, 0x2a, 0x2c, 0x2d, 0xe6}},
	{name: "SSW", prefix: []byte{0xf3, 0x48}, ops: []byte{0x2a, 0x2c, 0x2d}},
	{name: "SDW", prefix: []byte{0xf2, 0x48}, ops: []byte{0x2a, 0x2c, 0x2d}},
	{name: "int", prefix: []byte{0x66}, ops: intOps},
	{name: "int2", prefix: []byte{0x66}, ops: []byte{0x6c, 0x6d, 0x6e, 0x6f, 0xd4, 0xf4, 0xfb}},
	{name: "movq", prefix: []byte{0x66, 0x48}, ops: []byte{0x6e}},
	{name: "mmx", ops: intOps},
	{name: "mmx2", ops: []byte{0x6e, 0x6f, 0xd4, 0xf4, 0xfb, 0x2a, 0x2c, 0x2d, 0x77}},
	{name: "mmx3", prefix: []byte{0x48}, ops: []byte{0x6e, 0x6f}},
	{name: "mmxd", prefix: []byte{0x66}, ops: []byte{0x2a, 0x2c, 0x2d}},
	{name: "shuffle", prefix: []byte{0x66}, ops: []byte{0x70, 0xc2, 0xc6, 0xc4}, imm: true},
	{name: "shufflePS", ops: []byte{0x70, 0xc2, 0xc6, 0xc4}, imm: true},
	{name: "shuffleSS", prefix: []byte{0xf3}, ops: []byte{0x70, 0xc2}, imm: true},
	{name: "shuffleSD", prefix: []byte{0xf2}, ops: []byte{0x70, 0xc2}, imm: true},
	{name: "shiftXMM", prefix: []byte{0x66}, ops: []byte{0x71, 0x72}, imm: true, group: []byte{2, 4, 6}},
	{name: "shiftXMMQ", prefix: []byte{0x66}, ops: []byte{0x73}, imm: true, group: []byte{2, 3, 6, 7}},
	{name: "shiftMMX", ops: []byte{0x71, 0x72}, imm: true, group: []byte{2, 4, 6}},
	{name: "shiftMMXQ", ops: []byte{0x73}, imm: true, group: []byte{2, 6}},
}

var intOps = []byte{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x74, 0x75, 0x76, 0xd1, 0xd2, 0xd3, 0xd5,
	0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef,
	0xf1, 0xf2, 0xf3, 0xf5, 0xf6, 0xf8, 0xf9, 0xfa, 0xfc, 0xfd, 0xfe}

const arithFlags = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF

// modrm picks operands: XMM1 with XMM2, RDX, or memory at [RBX]; sometimes memory at [RCX], which may not be aligned.
func modrm(r *rand.Rand, i int) []byte {
	switch {
	case i&1 == 0:
		return []byte{0xca}
	case r.Intn(8) == 0:
		return []byte{0x09}
	}
	return []byte{0x0b}
}

func TestSSEAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for _, table := range sseTables {
		t.Run(table.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(3))
			var cases []silicon.Case
			for _, op := range table.ops {
				for i := range 120 {
					code := append(append([]byte{}, table.prefix...), 0x0f, op)
					if table.group != nil {
						code = append(code, 0xc1|table.group[r.Intn(len(table.group))]<<3)
					} else if op != 0x77 {
						code = append(code, modrm(r, i)...)
					}
					if table.imm {
						imm := byte(r.Intn(256))
						if table.group != nil && r.Intn(2) == 0 {
							imm = byte(r.Intn(70))
						}
						if op == 0xc2 {
							imm &= 7
						}
						code = append(code, imm)
					}
					cases = append(cases, randomCase(r, code, i%3 == 0))
				}
			}
			compareWithSilicon(t, cases, arithFlags)
		})
	}
}

// TestSSEOddOnesAgainstSilicon covers stores, register-only forms and state.
func TestSSEOddOnesAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	codes := map[string][]byte{
		"movaps [rbx],xmm1": {0x0f, 0x29, 0x0b}, "movaps [rcx],xmm1": {0x0f, 0x29, 0x09}, "movaps xmm2,xmm1": {0x0f, 0x29, 0xca},
		"movups [rcx],xmm1": {0x0f, 0x11, 0x09}, "movdqa [rbx],xmm1": {0x66, 0x0f, 0x7f, 0x0b}, "movdqu [rcx],xmm1": {0xf3, 0x0f, 0x7f, 0x09},
		"movss [rcx],xmm1": {0xf3, 0x0f, 0x11, 0x09}, "movsd [rcx],xmm1": {0xf2, 0x0f, 0x11, 0x09},
		"movlps [rcx],xmm1": {0x0f, 0x13, 0x09}, "movhps [rcx],xmm1": {0x0f, 0x17, 0x09}, "movlpd xmm1,[rcx]": {0x66, 0x0f, 0x12, 0x09},
		"movhpd xmm1,[rcx]": {0x66, 0x0f, 0x16, 0x09}, "movlpd xmm,xmm": {0x66, 0x0f, 0x12, 0xca}, "movlps xmm1,[rcx]": {0x0f, 0x12, 0x09},
		"movntps": {0x0f, 0x2b, 0x09}, "movntpd": {0x66, 0x0f, 0x2b, 0x0b}, "movntdq": {0x66, 0x0f, 0xe7, 0x09}, "movntq": {0x0f, 0xe7, 0x09},
		"movnti": {0x0f, 0xc3, 0x11}, "movntiq": {0x48, 0x0f, 0xc3, 0x11}, "movd edx,xmm1": {0x66, 0x0f, 0x7e, 0xca}, "movq rdx,xmm1": {0x66, 0x48, 0x0f, 0x7e, 0xca},
		"movd [rcx],xmm1": {0x66, 0x0f, 0x7e, 0x09}, "movq [rcx],xmm1": {0x66, 0x0f, 0xd6, 0x09}, "movq xmm2,xmm1": {0x66, 0x0f, 0xd6, 0xca},
		"movd edx,mm1": {0x0f, 0x7e, 0xca}, "movq rdx,mm1": {0x48, 0x0f, 0x7e, 0xca}, "movq [rcx],mm1": {0x0f, 0x7f, 0x09}, "movd [rcx],mm1": {0x0f, 0x7e, 0x09},
		"movq mm2,mm1": {0x0f, 0x7f, 0xca}, "movq2dq": {0xf3, 0x0f, 0xd6, 0xca}, "movdq2q": {0xf2, 0x0f, 0xd6, 0xca},
		"movmskps": {0x0f, 0x50, 0xca}, "movmskpd": {0x66, 0x0f, 0x50, 0xca}, "pmovmskb": {0x66, 0x0f, 0xd7, 0xca}, "pmovmskb mm": {0x0f, 0xd7, 0xca},
		"pextrw": {0x66, 0x0f, 0xc5, 0xca, 5}, "pextrw mm": {0x0f, 0xc5, 0xca, 6},
		"maskmovdqu": {0x66, 0x0f, 0xf7, 0xca}, "maskmovq": {0x0f, 0xf7, 0xca}, "ldmxcsr": {0x0f, 0xae, 0x11}, "stmxcsr": {0x0f, 0xae, 0x19},
		"movaps xmm9,xmm12": {0x45, 0x0f, 0x28, 0xcc}, "fxsave": {0x0f, 0xae, 0x03}, "fxsave64": {0x48, 0x0f, 0xae, 0x03}, "fxsave unaligned": {0x0f, 0xae, 0x01}, "fxrstor": {0x0f, 0xae, 0x0b}, "fxrstor64": {0x48, 0x0f, 0xae, 0x0b},
		"clflush": {0x0f, 0xae, 0x3b}, "prefetcht0": {0x0f, 0x18, 0x09}, "prefetchw": {0x0f, 0x0d, 0x09}, "sfence": {0x0f, 0xae, 0xf8}, "lfence": {0x0f, 0xae, 0xe8}, "mfence": {0x0f, 0xae, 0xf0},
	}
	r := rand.New(rand.NewSource(4))
	var cases []silicon.Case
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		for range 40 {
			c := randomCase(r, codes[name], false)
			if name == "ldmxcsr" {
				clear(c.Mem[514 : 514+18])
			}
			if strings.HasPrefix(name, "fxrstor") && r.Intn(4) != 0 {
				clear(c.Mem[512+26 : 512+28])
			}
			if strings.HasPrefix(name, "fxsave") {
				c.FX[4] = byte(r.Intn(256))
				clear(c.FX[8:24])
			}
			cases = append(cases, c)
		}
	}
	compareWithSilicon(t, cases, arithFlags)
}

// TestFaultsChangeNothing points the memory operand of every instruction to where nothing is mapped.
func TestFaultsChangeNothing(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(8))
	var cases []silicon.Case
	add := func(code []byte) {
		for range 4 {
			c := randomCase(r, code, false)
			randomFPU(r, &c, false)
			c.GPR[RBX] = silicon.Data + 64<<20
			cases = append(cases, c)
		}
	}
	for _, table := range sseTables {
		for _, op := range table.ops {
			code := append(append([]byte{}, table.prefix...), 0x0f, op, 0x0b)
			if table.group == nil && op != 0x77 {
				add(append(code, 1)) // the immediate where there is one; else it is not reached
			}
		}
	}
	for _, code := range x87Codes() {
		if len(code) == 2 && code[1] < 0xc0 {
			add(code)
		}
	}
	compareWithSilicon(t, cases, arithFlags)
}

// TestDeviceNotAvailable checks what CR0 and CR4 forbid.
func TestDeviceNotAvailable(t *testing.T) {
	addps, fld1, fwait, nop := []byte{0x0f, 0x58, 0xc1}, []byte{0xd9, 0xe8}, []byte{0x9b}, []byte{0x90}
	paddb, emms := []byte{0x0f, 0xfc, 0xc1}, []byte{0x0f, 0x77}
	for _, c := range []struct {
		code     []byte
		set, cr4 uint64 // bits to set in CR0, to clear in CR4
		vector   uint64
	}{
		{addps, CR0TS, 0, VecNM}, {addps, CR0EM, 0, VecUD}, {addps, 0, CR4OSFXSR, VecUD},
		{fld1, CR0TS, 0, VecNM}, {fld1, CR0EM, 0, VecNM}, {fld1, 0, CR4OSFXSR, 0},
		{paddb, CR0TS, 0, VecNM}, {paddb, CR0EM, 0, VecUD}, {paddb, 0, CR4OSFXSR, 0}, {emms, CR0EM, 0, VecUD}, {emms, 0, CR4OSFXSR, 0},
		{fwait, CR0TS, 0, 0}, {fwait, CR0TS | CR0MP, 0, VecNM}, {fwait, CR0EM, 0, 0}, {nop, CR0TS | CR0EM, 0, 0},
	} {
		b := newBench()
		b.longMode()
		s := &b.c.S
		s.CR0 |= c.set
		s.CR4 &^= c.cr4
		copy(b.ram.Bytes[silicon.Code:], append(append([]byte{}, c.code...), 0xf4))
		s.FCW, s.FTW, s.MXCSR, s.RIP, s.R[RSP] = fcwInitial, tagsEmpty, 0x1f80, silicon.Code, benchStack
		b.c.Run(8)
		vector := uint64(0)
		if s.RIP > benchHandlers && s.RIP <= benchHandlers+32 {
			vector = s.RIP - benchHandlers - 1
		}
		if vector != c.vector {
			t.Errorf("% x with CR0 %#x, without CR4 %#x: vector %d, want %d", c.code, c.set, c.cr4, vector, c.vector)
		}
	}
}

// TestSSESequences runs several instructions in a row, with a conditional move that reads what a comparison left in RFLAGS.
func TestSSESequences(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(11))
	pool := [][]byte{
		{0xf2, 0x0f, 0x58, 0xca}, {0xf2, 0x0f, 0x59, 0xd1}, {0xf2, 0x0f, 0x5c, 0x0b}, {0xf2, 0x0f, 0x5e, 0xd1}, {0xf2, 0x0f, 0x51, 0xca},
		{0x66, 0x0f, 0x2e, 0xca}, {0x66, 0x0f, 0x2f, 0x0b}, {0x48, 0x0f, 0x47, 0xc2}, {0x48, 0x0f, 0x4a, 0xd0}, {0xf2, 0x48, 0x0f, 0x2c, 0xc1},
		{0xf2, 0x48, 0x0f, 0x2a, 0xd0}, {0xf3, 0x0f, 0x5a, 0xd1}, {0xf2, 0x0f, 0x5a, 0xca}, {0x0f, 0x58, 0xca}, {0x66, 0x0f, 0xef, 0xd1},
		{0x66, 0x0f, 0x74, 0xca}, {0x66, 0x0f, 0xd7, 0xc1}, {0xf2, 0x0f, 0x11, 0x0b}, {0x0f, 0xae, 0x1b}, {0xdd, 0x03}, {0xdc, 0x43, 0x08}, {0xdd, 0x1b}, {0xd9, 0xc9},
	}
	cases := make([]silicon.Case, 3000)
	for i := range cases {
		var code []byte
		for range 5 {
			code = append(code, pool[r.Intn(len(pool))]...)
		}
		cases[i] = randomCase(r, code, false)
		randomFPU(r, &cases[i], false)
	}
	compareWithSilicon(t, cases, arithFlags)
}

// TestUndefinedOpcodes checks that what the host refuses among SSE's opcodes the engine refuses too. The other way round is not
// so: the host has extensions that the engine does not report.
func TestUndefinedOpcodes(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(9))
	var cases []silicon.Case
	for _, prefix := range [][]byte{nil, {0x66}, {0xf3}, {0xf2}, {0x48}, {0x66, 0x48}, {0xf3, 0x48}, {0x66, 0xf2}, {0xf0}} {
		for op := 0x10; op < 0x100; op++ {
			if op > 0x17 && op < 0x28 || op > 0x2f && op < 0x50 || op > 0x7f && op < 0xc2 || op > 0xc6 && op < 0xd0 {
				continue
			}
			for n := range byte(8) {
				for _, modrm := range []byte{0x03 | n<<3, 0xc2 | n<<3} {
					code := append(append([]byte{}, prefix...), 0x0f, byte(op), modrm, 0x90)
					cases = append(cases, randomCase(r, code, false))
				}
			}
		}
	}
	b := newBench()
	for i, want := range silicon.Run(t, cases) {
		if got := b.run(&cases[i]); want.Signal == silicon.SIGILL && got.Signal != silicon.SIGILL {
			t.Errorf("% x: signal %d, silicon #UD", cases[i].Code[:cases[i].Len], got.Signal)
		}
	}
}
