package cases

import (
	"math/rand/v2"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/silicon"
)

// Test is a case with what a comparison must know about it.
type Test struct {
	silicon.Case
	Op     x86asm.Op // 0 when it is no single instruction
	Family string
	Undef  uint64 // flags that need not agree
	Loose  cpu.Loose
	Alike  bool // compared with a processor that is alike in what the manual leaves open
}

// builder makes one case of a form.
type builder struct {
	*rand.Rand
	form   *Form
	c      silicon.Case
	fill   kind
	code   []byte
	rex    byte
	addr   int // address size in bits
	seg    int // segment of the memory operand
	over   int // segment by prefix, −1 none
	locked bool
	bad    bool   // not a case after all
	plain  bool   // one of several: no register may be part of an address
	before int    // bytes of the instructions in front
	reg    int    // ModRM.reg with its REX bit
	rm     int    // ModRM.rm likewise
	target uint64 // linear address of the memory operand
	name   string
}

// Build makes a case of a form. ok is false when the choice came out as another instruction.
func (f *Form) Build(r *rand.Rand) (t Test, ok bool) {
	b := builder{Rand: r, form: f, over: -1, seg: silicon.DS, addr: f.Mode}
	if f.Op != 0 {
		b.name = f.Op.String()
		b.locked = b.name == "XCHG"
	}
	b.state()
	b.encode()
	if b.special(); b.bad {
		return t, false
	}
	inst, err := decode.Decode(padded(b.code), f.Mode)
	if f.Def != nil && err == nil && inst.Op != f.Op || err != nil && f.Op != 0 && len(b.code) <= decode.MaxLen && b.code[0] != 0xf0 {
		return t, false
	}
	b.c.SetCode(b.code)
	t = Test{Case: b.c, Op: f.Op, Family: f.family()}
	if f.Def != nil {
		t.Undef = undefined(f.Def, &inst, &b.c)
		t.Loose = f.Def.Loose
	}
	return t, true
}

// family is the name under which a form's cases are counted.
func (f *Form) family() string {
	switch {
	case f.Def == nil:
		return "undefined"
	case f.Def.Feature == cpu.Baseline:
		return "integer"
	}
	return f.Def.Feature.String()
}

// undefined are the flags that inst leaves undefined.
func undefined(d *cpu.Def, inst *decode.Inst, c *silicon.Case) uint64 {
	count := uint8(c.GPR[cpu.RCX])
	for _, a := range inst.Args {
		if imm, ok := a.(x86asm.Imm); ok {
			count = uint8(imm)
		}
	}
	size := uint8(inst.DataSize / 8)
	if inst.Opcode>>24&1 == 0 && inst.Opcode>>24 != 0x0f {
		size = 1
	}
	return uint64(d.Undefined(size, count))
}

// state fills registers, flags and control words.
func (b *builder) state() {
	c := &b.c
	b.chooseKind()
	for i := range c.GPR {
		c.GPR[i] = integer(b.Rand)
		if b.form.Mode != 64 {
			c.GPR[i] = uint64(uint32(c.GPR[i]))
			if i >= 8 {
				c.GPR[i] = 0
			}
		}
	}
	c.GPR[cpu.RSP] = silicon.Stack + 2048
	c.Flags = 2 | b.Uint64()&(cpu.FlagCF|cpu.FlagPF|cpu.FlagAF|cpu.FlagZF|cpu.FlagSF|cpu.FlagOF)
	if b.one(5) {
		c.Flags |= cpu.FlagDF
	}
	if b.one(16) {
		c.Flags |= cpu.FlagAC
	}
	if b.one(60) {
		c.Flags |= cpu.FlagTF
	}
	c.At = silicon.Code + 1024 + uint64(b.IntN(2048))
	switch b.IntN(60) { // across two pages; into a page that is not there
	case 0:
		c.At = silicon.Code + silicon.PageSize - 1 - uint64(b.IntN(14))
	case 1:
		c.At = silicon.CodeEnd - 1 - uint64(b.IntN(14))
	}
	c.RIP = b.offset(c.At)
	b.segments()
	b.vectors()
	b.x87()
}

// one is true once in n times.
func (b *builder) one(n int) bool { return b.IntN(n) == 0 }

// offset is the address in its segment of a linear address: segments of 16-bit code begin at World.
func (b *builder) offset(linear uint64) uint64 {
	if b.form.Mode == 16 {
		return linear - silicon.World
	}
	return linear
}

func (b *builder) segments() {
	c := &b.c
	switch b.form.Mode {
	case 64:
		c.Seg = [6]uint16{silicon.UserData, silicon.User64, silicon.UserData, silicon.UserData, 0, 0}
		bases := []uint64{0, 0x1000, ^uint64(0xfff), silicon.World, 8}
		c.FSBase, c.GSBase = bases[b.IntN(len(bases))], bases[b.IntN(len(bases))]
	case 32:
		c.Seg = [6]uint16{silicon.UserData, silicon.User32, silicon.UserData, silicon.UserData, silicon.UserData, silicon.Data16}
	default:
		c.Seg = [6]uint16{silicon.Data16, silicon.Code16, silicon.Data16, silicon.Data16, silicon.Data16, silicon.UserData}
	}
	if b.form.Mode == 64 {
		return
	}
	for _, n := range []int{silicon.ES, silicon.DS, silicon.FS, silicon.GS} {
		if b.one(6) { // with limits, not writable, null
			c.Seg[n] = dataSegments[b.IntN(len(dataSegments))]
		}
	}
	if b.one(12) {
		c.Seg[silicon.SS] = []uint16{silicon.Data16, silicon.Limited, silicon.Downwards, silicon.UserData}[b.IntN(4)]
	}
	c.GPR[cpu.RSP] = b.wide(silicon.Stack + 2048 - b.base(silicon.SS))
}

var dataSegments = []uint16{silicon.UserData, silicon.Data16, silicon.Limited, silicon.Downwards, silicon.NoWrite, silicon.User32, 0}

// chooseKind says what operands in memory and XMM registers look like, mostly what the instruction works on.
func (b *builder) chooseKind() {
	n := b.name
	b.fill = kind(b.IntN(int(kinds)))
	if b.one(4) || n == "" {
		return
	}
	switch {
	case b.form.Def.Feature == cpu.FPU:
		b.fill = []kind{integers, singles, doubles, extendeds, extendeds, digits}[b.IntN(6)]
	case ends(n, "PS", "SS", "SS2SD", "SS2SI", "PS2PD", "PS2DQ", "PS2PI"):
		b.fill = singles
	case ends(n, "PD", "SD", "SD2SS", "SD2SI", "PD2PS", "PD2DQ", "PD2PI", "SD_XMM", "DDUP"):
		b.fill = doubles
	case ends(n, "STRI", "STRM", "SHUFB", "CMPEQB", "CMPEQW"):
		b.fill = letters
	default:
		b.fill = integers
	}
}

func (b *builder) vectors() {
	c := &b.c
	for i := range c.X {
		var w [16]byte
		b.fill.fill(b.Rand, w[:])
		c.X[i] = [2]uint64{le64(w[:]), le64(w[8:])}
	}
	c.MXCSR = 0x1f80
	if b.one(4) {
		return
	}
	c.MXCSR |= uint32(b.IntN(4)) << 13
	if b.one(4) {
		c.MXCSR |= uint32(b.IntN(2))<<15 | uint32(b.IntN(2))<<6
	}
	if b.one(4) {
		c.MXCSR ^= uint32(b.IntN(64)) << 7
	}
	if b.one(4) {
		c.MXCSR |= uint32(b.IntN(64)) & (c.MXCSR >> 7)
	}
}

func (b *builder) x87() {
	c := &b.c
	for i := range c.ST {
		sig, se := extended(b.Rand)
		c.ST[i] = [2]uint64{sig, uint64(se)}
		if b.form.Def != nil && b.form.Def.Feature != cpu.FPU && !b.one(4) { // MMX operands
			var w [8]byte
			b.fill.fill(b.Rand, w[:])
			c.ST[i] = [2]uint64{le64(w[:]), 0xffff}
		}
	}
	c.FCW = 0x37f
	c.FTW = 0xff
	c.FSW = uint16(b.IntN(8)) << 11
	if b.one(3) {
		c.FTW = uint8(b.Uint32())
	}
	if b.one(4) {
		return
	}
	c.FCW = 0x7f | uint16(b.IntN(4))<<8 | uint16(b.IntN(4))<<10
	if b.one(4) {
		c.FCW ^= uint16(b.IntN(64))
	}
	c.FSW |= uint16(b.Uint32()) & 0x4700
	if b.one(4) {
		c.FSW |= uint16(b.IntN(128)) & (c.FCW | 0x40)
	}
	if b.one(40) {
		c.FSW |= uint16(b.IntN(64))
	}
	if c.FSW&^c.FCW&0x3f != 0 {
		c.FSW |= 0x8080
	}
}

// encode writes the instruction.
func (b *builder) encode() {
	f := b.form
	prefix := append([]byte(nil), f.Prefix...)
	prefix = b.prefixes(prefix)
	b.Shuffle(len(prefix), func(i, j int) { prefix[i], prefix[j] = prefix[j], prefix[i] })
	for i, p := range prefix { // decoding tells a bad LOCK most easily in front
		if p == 0xf0 {
			prefix[0], prefix[i] = prefix[i], prefix[0]
		}
	}
	vvvv := byte(b.IntN(8))
	if f.Mode == 64 {
		vvvv |= byte(b.IntN(2)) << 3
		if f.W || b.one(2) {
			b.rex = 0x40 | byte(b.IntN(8))
		}
	}
	b.code = f.head(prefix, b.rex, vvvv)
	if f.ModRM {
		b.modrm()
	}
	b.immediate()
}

// segmentPrefix by register.
var segmentPrefix = [6]byte{silicon.ES: 0x26, silicon.CS: 0x2e, silicon.SS: 0x36, silicon.DS: 0x3e, silicon.FS: 0x64, silicon.GS: 0x65}

// prefixes adds those that change where the operand lies, LOCK, and sometimes too many.
func (b *builder) prefixes(p []byte) []byte {
	f := b.form
	if b.one(7) {
		b.over = b.IntN(6)
		if f.Mode == 64 && b.one(2) {
			b.over = silicon.FS + b.IntN(2)
		}
		p = append(p, segmentPrefix[b.over])
	}
	if b.one(9) {
		p = append(p, 0x67)
		switch f.Mode {
		case 32:
			b.addr = 16
		default:
			b.addr = 32
		}
	}
	lockable := f.Def != nil && f.Def.Traits&cpu.Locks != 0 && f.Memory
	if lockable && b.one(5) || b.one(100) {
		p = append(p, 0xf0)
		b.locked = true
	}
	if len(p) > 0 && b.one(50) {
		p = append(p, p[b.IntN(len(p))])
	}
	if b.one(300) {
		for range b.IntN(14) {
			p = append(p, 0x2e)
			b.over = silicon.CS
		}
	}
	return p
}

// immediate appends the bytes behind the operands.
func (b *builder) immediate() {
	f := b.form
	n := f.Imm
	if len(f.Opcode) == 1 && f.Opcode[0]&0xfc == 0xa0 { // MOV with an address in place of ModRM
		n = b.addr / 8
		b.chooseTarget(8)
		b.append(b.relative(b.target), n)
		return
	}
	v := integer(b.Rand)
	if b.one(2) {
		v = uint64(b.IntN(256))
	}
	b.append(v, n)
}

// append adds the low n bytes of v to the code.
func (b *builder) append(v uint64, n int) {
	for range n {
		b.code = append(b.code, byte(v))
		v >>= 8
	}
}

func le64(b []byte) (v uint64) {
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}
