package cases

import (
	"encoding/binary"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/silicon"
)

// starts and ends tell whether a name has one of the prefixes, suffixes.
func starts(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func ends(name string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

// special sets up implicit operands, so that most cases do something.
func (b *builder) special() {
	n := b.name
	switch {
	case n == "":
	case starts(n, "SHL", "SHR", "SAR", "ROL", "ROR", "RCL", "RCR"):
		if !b.one(4) {
			b.low(cpu.RCX, b.Uint64N(72))
		}
	case n == "BT" || n == "BTS" || n == "BTR" || n == "BTC":
		if !b.one(6) {
			b.c.GPR[b.reg&15] = b.wide(b.Uint64N(512) - 256)
		}
	case n == "DIV" || n == "IDIV":
		b.division()
	case n == "CMPXCHG" || starts(n, "CMPXCHG8B", "CMPXCHG16B"):
		b.exchange()
	case isString(n):
		b.strings()
	case n == "XLATB":
		b.seg = silicon.DS
		b.chooseTarget(1)
		b.c.GPR[cpu.RBX] = b.wide(b.relative(b.target) - b.c.GPR[cpu.RAX]&0xff)
	case starts(n, "MASKMOV"):
		b.masked()
	case starts(n, "FXRSTOR", "XRSTOR"):
		b.image()
	case starts(n, "XSAVE"): // the host may manage more state
		b.c.GPR[cpu.RAX], b.c.GPR[cpu.RDX] = b.Uint64N(4), 0
	case n == "FYL2XP1" || n == "F2XM1":
		b.domain()
	case starts(n, "FLDENV", "FRSTOR"):
		b.environment()
	case n == "LDMXCSR":
		if !b.one(5) {
			b.pokeLow(uint64(b.Uint32()&0xffff), 4)
		}
	case n == "LOOP" || n == "LOOPE" || n == "LOOPNE" || n == "JCXZ" || n == "JECXZ" || n == "JRCXZ":
		if b.one(2) {
			b.low(cpu.RCX, b.Uint64N(3))
		}
		b.branch()
	case n == "JMP" || n == "CALL" || starts(n, "J"):
		b.branch()
	case n == "LJMP" || n == "LCALL":
		b.far()
	case starts(n, "VERR", "VERW", "LAR", "LSL") || n == "LDS" || n == "LES" || n == "LFS" || n == "LGS" || n == "LSS":
		b.selectors()
	case n == "MOV" && (b.form.Opcode[0] == 0x8c || b.form.Opcode[0] == 0x8e):
		b.selectors()
	case n == "LRET" && b.form.Imm == 2 && b.form.Mode != 64:
		// Whether RSP wraps at 64 KiB on the way to 64-bit code depends on the operand size: nothing to rely on.
		b.code[len(b.code)-1] &= 3
	case n == "BOUND":
		b.bounds()
	case starts(n, "PSLL", "PSRL", "PSRA"):
		b.counts()
	case starts(n, "PCMPESTR"):
		b.low(cpu.RAX, b.Uint64N(40)-20)
		b.low(cpu.RDX, b.Uint64N(40)-20)
	case n == "IN" || n == "OUT" || n == "INT":
		b.software()
	}
	if starts(n, "PUSH", "POP", "CALL", "RET", "ENTER", "LEAVE", "IRET", "LRET", "LCALL") {
		b.stack()
	}
}

// wide cuts a value to the registers of the mode.
func (b *builder) wide(v uint64) uint64 {
	if b.form.Mode != 64 {
		return uint64(uint32(v))
	}
	return v
}

// low sets a register that counts: sometimes with something above its low byte.
func (b *builder) low(reg int, v uint64) {
	if b.one(4) {
		v = v&0xff | b.c.GPR[reg]&^0xff
	}
	b.c.GPR[reg] = b.wide(v)
}

// operand is the value of the operand that ModRM's rm names, as far as a case knows it.
func (b *builder) operand() uint64 {
	if !b.form.Memory {
		return b.c.GPR[b.rm&15]
	}
	if b.c.NPokes == 0 {
		return 0
	}
	return le64(b.c.Pokes[0].Bytes[:])
}

// pokeLow changes the first n bytes of the memory operand.
func (b *builder) pokeLow(v uint64, n int) {
	if b.c.NPokes == 0 || !b.form.Memory {
		return
	}
	var w [8]byte
	binary.LittleEndian.PutUint64(w[:], v)
	copy(b.c.Pokes[0].Bytes[:n], w[:])
}

// division mostly makes quotients that fit.
func (b *builder) division() {
	c := &b.c
	if b.one(4) {
		return
	}
	c.GPR[cpu.RDX] = b.wide(b.Uint64N(4))
	switch b.IntN(3) {
	case 0:
		c.GPR[cpu.RDX] = b.wide(uint64(int64(c.GPR[cpu.RAX]) >> 63))
	case 1:
		c.GPR[cpu.RDX] = b.wide(b.operand() >> (1 + b.IntN(8)))
	}
	if b.one(3) {
		c.GPR[cpu.RAX] &^= 0xff00
	}
}

// exchange makes the comparison succeed half of the time.
func (b *builder) exchange() {
	c := &b.c
	if b.one(2) {
		return
	}
	v := b.operand()
	c.GPR[cpu.RAX] = b.wide(v)
	switch b.name {
	case "CMPXCHG8B":
		c.GPR[cpu.RAX] = b.wide(v&0xffffffff | c.GPR[cpu.RAX]&^0xffffffff)
		c.GPR[cpu.RDX] = b.wide(v >> 32)
	case "CMPXCHG16B":
		c.GPR[cpu.RDX] = le64(c.Pokes[0].Bytes[8:])
	}
}

func isString(n string) bool {
	return starts(n, "MOVSB", "MOVSW", "MOVSQ", "CMPSB", "CMPSW", "CMPSQ", "STOS", "LODS", "SCAS", "INSB", "INSW", "INSD", "OUTS") ||
		n == "MOVSD" || n == "CMPSD"
}

// strings points RSI and RDI at memory, mostly with a small count.
func (b *builder) strings() {
	c := &b.c
	b.seg = silicon.DS
	b.chooseTarget(1 + b.IntN(24))
	c.GPR[cpu.RSI] = b.wide(b.relative(b.target))
	over := b.over
	b.seg, b.over = silicon.ES, -1
	b.chooseTarget(1 + b.IntN(24))
	c.GPR[cpu.RDI] = b.wide(b.relative(b.target))
	if b.one(6) { // overlapping
		c.GPR[cpu.RDI] = b.wide(c.GPR[cpu.RSI] + b.Uint64N(20) - 10)
	}
	b.over = over
	switch b.IntN(12) {
	case 0:
	case 1:
		c.GPR[cpu.RCX] = b.Uint64N(5000) // by the page
	default:
		c.GPR[cpu.RCX] = b.Uint64N(24)
	}
	if starts(b.name, "SCAS") && b.one(2) {
		c.GPR[cpu.RAX] = b.wide(b.operandAt(c.GPR[cpu.RDI]))
	}
}

// operandAt is what the last poke put into memory.
func (b *builder) operandAt(uint64) uint64 {
	if b.c.NPokes == 0 {
		return 0
	}
	return le64(b.c.Pokes[b.c.NPokes-1].Bytes[:])
}

// image makes the beginning of an FXSAVE or XSAVE area mostly one that can be loaded.
func (b *builder) image() {
	c := &b.c
	if starts(b.name, "XRSTOR") { // the host may manage more state
		c.GPR[cpu.RAX], c.GPR[cpu.RDX] = b.Uint64N(4), 0
	}
	if c.NPokes == 0 || b.one(8) {
		return
	}
	p := &c.Pokes[0].Bytes
	binary.LittleEndian.PutUint16(p[0:], 0x40|uint16(b.Uint32()))
	binary.LittleEndian.PutUint32(p[24:], b.Uint32()&0xffff)
	if starts(b.name, "XRSTOR") {
		var header [64]byte
		header[0] = byte(b.IntN(4))
		c.NPokes = 1
		c.Poke(b.target+512, header[:])
	}
}

// masked is MASKMOVQ or MASKMOVDQU on memory that can be written: which byte faults, and whether one does that the mask
// leaves out, is each processor's own.
func (b *builder) masked() {
	b.seg = silicon.DS
	b.c.Flags &^= cpu.FlagAC
	b.chooseTarget(16)
	b.c.NPokes = 0
	b.bad = b.over == silicon.CS && b.form.Mode != 64 || b.addr == 16 && b.form.Mode == 32
	b.target = silicon.A + b.Uint64N(2*silicon.PageSize-16)
	b.bad = b.bad || b.addr == 16 && b.relative(b.target) > 0xffff
	b.c.GPR[cpu.RDI] = b.wide(b.relative(b.target))
}

// domain keeps the operand where the manual defines the result: |x| below 0.25, which suits all.
func (b *builder) domain() {
	p := &b.c.ST[0][1]
	if e := *p & 0x7fff; e > 0x3ffc && e < 0x7fff {
		*p = *p&0x8000 | (0x3ffc - b.Uint64N(70))
	}
}

// environment lets the control word mask what the status word says.
func (b *builder) environment() {
	if b.c.NPokes == 0 || b.one(6) {
		return
	}
	p := &b.c.Pokes[0].Bytes
	p[0] |= 0x7f
}

// nearby is an address of code: mostly HLT.
func (b *builder) nearby() uint64 {
	switch b.IntN(12) {
	case 0:
		return integer(b.Rand)
	case 1:
		return b.offset(silicon.Hole)
	case 2:
		return b.offset(silicon.CodeEnd - 1 + b.Uint64N(2))
	}
	return b.offset(silicon.Code + 3500 + b.Uint64N(4000))
}

// branch makes the target one that exists.
func (b *builder) branch() {
	switch {
	case b.form.Memory:
		b.pokeLow(b.nearby(), 8)
	case b.form.ModRM:
		b.c.GPR[b.rm&15] = b.wide(b.nearby())
	case b.form.Imm >= 2 && !b.one(6):
		n := b.form.Imm
		b.code = b.code[:len(b.code)-n]
		b.append(uint64(b.IntN(3000))+64, n)
	case b.form.Imm == 1:
		b.code = b.code[:len(b.code)-1]
		b.append(uint64(b.IntN(110)), 1)
		if b.one(2) {
			b.code[len(b.code)-1] = byte(-20 - b.IntN(100))
		}
	}
}

var selectorList = []uint16{0, 1, 2, 3, 4, 0x23, 0x2b, 0x33, 0x28, 0x29, 0x2a, 0x07, 0x0f, 0x17, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x0c, 0x0d, 0x10, 0x13, 0x18, 0x1b,
	0x40, 0x43, 0x50, 0x53, 0x63, 0x6b, 0x83, 0x47, 0x4f, 0xfff8, 0xffff}

func (b *builder) selector() uint16 { return selectorList[b.IntN(len(selectorList))] }

// selectors puts one into the operand, or behind a far pointer's offset.
func (b *builder) selectors() {
	if !b.form.Memory {
		b.c.GPR[b.rm&15] = b.wide(b.c.GPR[b.rm&15]&^0xffff | uint64(b.selector()))
		return
	}
	if b.c.NPokes == 0 {
		return
	}
	at := 0
	if starts(b.name, "LDS", "LES", "LFS", "LGS", "LSS", "LJMP", "LCALL") {
		at = []int{2, 4, 4, 8}[b.IntN(4)]
	}
	binary.LittleEndian.PutUint16(b.c.Pokes[0].Bytes[at:], b.selector())
}

// far is a target with a selector, in memory or in the instruction.
func (b *builder) far() {
	if !b.form.Memory {
		n := b.form.Imm
		b.code = b.code[:len(b.code)-n]
		b.append(b.nearby(), n-2)
		b.append(uint64(b.selector()), 2)
		return
	}
	b.pokeLow(b.nearby(), 8)
	b.selectors()
}

// bounds makes limits with the index near them.
func (b *builder) bounds() {
	v := integer(b.Rand)
	b.c.GPR[b.reg&7] = b.wide(v)
	if b.c.NPokes == 0 {
		return
	}
	n := uint64(2 + 2*b.IntN(2))
	lo, hi := v+b.Uint64N(4)-2, v+b.Uint64N(4)-1
	p := b.c.Pokes[0].Bytes[:]
	for i := range n {
		p[i], p[n+i] = byte(lo>>(8*i)), byte(hi>>(8*i))
	}
}

// counts makes a shift's count small.
func (b *builder) counts() {
	if b.one(3) || !b.form.ModRM {
		return
	}
	v := b.Uint64N(70)
	b.pokeLow(v, 8)
	if !b.form.Memory {
		b.c.X[b.rm&15][0] = v
		b.c.ST[b.rm&7][0] = v
	}
}

// software leaves out the one gate that would enter the kernel.
func (b *builder) software() {
	if b.form.Imm == 1 && b.code[len(b.code)-1] == 0x80 {
		b.code[len(b.code)-1] = byte(b.IntN(5))
	}
}

// stack chooses RSP, sometimes where pushing or popping faults, and what is on the stack.
func (b *builder) stack() {
	c := &b.c
	at := uint64(silicon.Stack + 2048)
	switch b.IntN(10) {
	case 0:
		at = silicon.Stack + b.Uint64N(48)
	case 1:
		at = silicon.Stack + silicon.PageSize - b.Uint64N(48)
	case 2:
		at = b.place(16)
	case 3:
		at += b.Uint64N(16)
	}
	if starts(b.name, "IRET") {
		at &^= 7 // an alignment check in IRET, with AC on the stack only, is taken for a split lock by the host's kernel
	}
	if b.form.Memory && (b.rm == cpu.RSP || b.seg == silicon.SS) {
		return // the operand's address needs RSP as it is
	}
	c.GPR[cpu.RSP] = b.wide(at - b.base(silicon.SS))
	if starts(b.name, "LEAVE", "ENTER") && !b.one(6) {
		c.GPR[cpu.RBP] = b.wide(c.GPR[cpu.RSP] + b.Uint64N(64))
	}
	if c.NPokes == 0 || !b.form.Memory {
		b.frame(at)
	}
}

// frame puts words on the stack that a return can take: addresses, selectors, flags.
func (b *builder) frame(at uint64) {
	w := make([]byte, 64)
	size := []int{2, 4, 8}[b.IntN(3)]
	if b.form.Mode == 64 && !b.one(4) {
		size = 8
	}
	words := []uint64{b.nearby(), uint64(b.selector()), b.Uint64() & 0x44dd5, b.offset(silicon.Stack + 1024), uint64(b.selector())}
	if b.one(2) {
		words[1] = uint64([]uint16{silicon.Code16, silicon.User32, silicon.User64}[b.IntN(3)])
		words[4] = uint64([]uint16{silicon.Data16, silicon.UserData}[b.IntN(2)])
	}
	switch {
	case starts(b.name, "POPF"):
		words[0] = b.Uint64()
	case starts(b.name, "POP"):
		words[0] = integer(b.Rand)
		if b.one(2) {
			words[0] = uint64(b.selector())
		}
	}
	for i := 0; (i+1)*size <= len(w); i++ {
		for j := range size {
			w[i*size+j] = byte(words[i%len(words)] >> (8 * j))
		}
	}
	b.c.Poke(at, w)
	if room := silicon.PageSize - int(at%silicon.PageSize); room < 64 {
		b.c.Poke(at+uint64(room), w[room:])
	}
}
