package cases

import (
	"vitrine/engine/cpu"
	"vitrine/scripts/hw/silicon"
)

// place is a linear address for an operand of n bytes: mostly writable memory, sometimes across pages, sometimes where
// the access faults.
func (b *builder) place(n uint64) uint64 {
	switch p := b.IntN(100); {
	case p < 50:
		return []uint64{silicon.A, silicon.B, silicon.D, silicon.Stack}[b.IntN(4)] + 512 + uint64(b.IntN(40))*64
	case p < 60:
		return silicon.A + 512 + uint64(b.IntN(2048))
	case p < 70:
		return silicon.B - n + uint64(b.IntN(int(2*n))) // A to B
	case p < 76:
		return silicon.ReadOnly - n + uint64(b.IntN(int(2*n)))
	case p < 80:
		return silicon.ReadOnly + 64*uint64(b.IntN(32))
	case p < 84:
		return silicon.ReadOnly + silicon.PageSize - n + uint64(b.IntN(int(2*n)))
	case p < 88:
		return silicon.Hole - n + uint64(b.IntN(int(2*n)))
	case p < 91:
		return silicon.A - n + uint64(b.IntN(int(2*n)))
	case p < 94:
		return silicon.Code + uint64(b.IntN(900)) // before what is executed
	case p < 97 && b.form.Mode == 64:
		return 0x4000000000000000 + uint64(b.IntN(1<<30))<<20 + uint64(b.IntN(128))/3
	}
	return silicon.Hole + uint64(b.IntN(0x2000))
}

// chooseTarget chooses where an operand of n bytes lies, and what it contains.
func (b *builder) chooseTarget(n int) {
	b.target = b.place(uint64(n))
	if b.locked {
		b.target &^= 15 // the host's kernel punishes locks across cache lines with a sleep
	}
	w := make([]byte, 64)
	b.fill.fill(b.Rand, w)
	b.c.Poke(b.target, w)
	if room := silicon.PageSize - int(b.target%silicon.PageSize); room < 64 {
		b.c.Poke(b.target+uint64(room), w[room:])
	}
}

// relative is the offset of a linear address in the segment that the operand is in.
func (b *builder) relative(linear uint64) uint64 {
	seg := b.seg
	if b.over >= 0 && (b.form.Mode != 64 || b.over >= silicon.FS) {
		seg = b.over
	}
	return linear - b.base(seg)
}

// base is the address at which a segment begins.
func (b *builder) base(seg int) uint64 {
	c := &b.c
	switch {
	case b.form.Mode == 64 && seg == silicon.FS:
		return c.FSBase
	case b.form.Mode == 64 && seg == silicon.GS:
		return c.GSBase
	case b.form.Mode != 64 && c.Seg[seg]&4 != 0:
		return silicon.World
	}
	return 0
}

// modrm writes ModRM, SIB and displacement, and sets the registers of an address so that it is the target.
func (b *builder) modrm() {
	f := b.form
	b.reg, b.rm = b.IntN(8), b.IntN(8)
	if f.Reg >= 0 {
		b.reg = int(f.Reg)
	}
	if f.RM >= 0 {
		b.rm = int(f.RM)
	}
	if !f.Memory {
		b.code = append(b.code, 0xc0|byte(b.reg<<3|b.rm))
		b.rm |= int(b.rex&1) << 3
		b.reg |= int(b.rex&4) << 1
		return
	}
	b.chooseTarget(16)
	if b.addr == 16 {
		b.address16()
	} else {
		b.address32()
	}
	b.reg |= int(b.rex&4) << 1
}

// address16 writes a 16-bit address (SDM 2A table "16-Bit Addressing Forms with the ModR/M Byte").
func (b *builder) address16() {
	pairs := [8][2]int{{cpu.RBX, cpu.RSI}, {cpu.RBX, cpu.RDI}, {cpu.RBP, cpu.RSI}, {cpu.RBP, cpu.RDI}, {cpu.RSI, -1}, {cpu.RDI, -1}, {cpu.RBP, -1}, {cpu.RBX, -1}}
	mod, rm := b.IntN(3), b.IntN(8)
	if b.plain {
		mod, rm = 0, 6
	}
	b.code = append(b.code, byte(mod<<6|b.reg<<3|rm))
	if mod == 0 && rm == 6 {
		b.append(b.relative(b.target), 2)
		return
	}
	if pairs[rm][0] == cpu.RBP {
		b.seg = silicon.SS
	}
	disp := uint64(0)
	switch mod {
	case 1:
		disp = uint64(int64(int8(b.Uint32())))
	case 2:
		disp = b.Uint64()
	}
	b.append(disp, []int{0, 1, 2}[mod])
	rest := b.relative(b.target) - disp
	if i := pairs[rm][1]; i >= 0 {
		rest -= b.c.GPR[i]
	}
	p := &b.c.GPR[pairs[rm][0]]
	*p = *p&^0xffff | rest&0xffff
}

// address32 writes a 32-bit or 64-bit address.
func (b *builder) address32() {
	switch k := b.IntN(10); {
	case k == 0 || b.plain:
		b.absolute()
	case k < 5:
		b.withIndex()
	default:
		b.withBase()
	}
}

// absolute is a displacement alone: relative to RIP in 64-bit code, or in a SIB byte.
func (b *builder) absolute() {
	at := b.relative(b.target)
	if b.form.Mode == 64 && b.one(2) {
		b.rex &^= 3
		b.fixREX()
		b.code = append(b.code, byte(b.reg<<3|4), 0x25)
		b.append(at, 4)
		return
	}
	b.code = append(b.code, byte(b.reg<<3|5))
	if b.form.Mode == 64 {
		at -= b.c.RIP + uint64(b.before+len(b.code)+4+b.form.Imm)
	}
	b.append(at, 4)
}

// fixREX writes the REX prefix again after a change of its bits.
func (b *builder) fixREX() {
	switch i := len(b.code) - 1 - len(b.form.Opcode); {
	case b.form.VEX != 0:
		b.code[i-1] = b.code[i-1]&31 | ^b.rex<<5
	case b.rex != 0 && b.form.W:
		b.code[i] = b.rex | 8
	case b.rex != 0:
		b.code[i] = b.rex
	}
}

// displacement chooses one, and the mod field that goes with it.
func (b *builder) displacement() (mod int, v uint64) {
	switch mod = b.IntN(3); mod {
	case 1:
		v = uint64(int64(int8(b.Uint32())))
	case 2:
		v = uint64(int64(int32(b.Uint32())))
	}
	return mod, v
}

// withBase is a base register and a displacement.
func (b *builder) withBase() {
	rm := b.IntN(8)
	mod, disp := b.displacement()
	if rm == 4 { // a SIB byte without index
		b.rex &^= 2
		b.fixREX()
	}
	if rm == 5 && mod == 0 {
		mod, disp = 1, 0
	}
	b.code = append(b.code, byte(mod<<6|b.reg<<3|rm))
	if rm == 4 {
		b.code = append(b.code, 0x24)
	}
	b.append(disp, []int{0, 1, 4}[mod])
	base := rm | int(b.rex&1)<<3
	if base == cpu.RSP || base == cpu.RBP {
		b.seg = silicon.SS
	}
	b.setBase(base, b.relative(b.target)-disp)
}

// withIndex is a base, an index and a displacement, or an index and a displacement.
func (b *builder) withIndex() {
	base, index, scale := b.IntN(8), b.IntN(8), b.IntN(4)
	mod, disp := b.displacement()
	b.code = append(b.code, byte(mod<<6|b.reg<<3|4), byte(scale<<6|index<<3|base))
	noBase := base == 5 && mod == 0
	if noBase {
		disp = uint64(int64(int32(b.Uint32())))
		mod = 2
	}
	base |= int(b.rex&1) << 3
	index |= int(b.rex&2) << 2
	if !noBase && (base == cpu.RSP || base == cpu.RBP) {
		b.seg = silicon.SS
	}
	rest := b.relative(b.target) - disp
	switch {
	case noBase && index != cpu.RSP:
		b.setBase(index, uint64(b.IntN(1<<20)))
		rest -= b.c.GPR[index] << scale
		disp += rest // what the index leaves
		b.append(disp, 4)
		return
	case noBase:
		b.append(b.relative(b.target), 4)
		return
	case index != cpu.RSP && index != base:
		rest -= b.index(index) << scale
	case index == base && index != cpu.RSP:
		rest = b.Uint64() // somewhere
	}
	b.append(disp, []int{0, 1, 4}[mod])
	b.setBase(base, rest)
}

// index is the value of an index register at the address size.
func (b *builder) index(i int) uint64 {
	if b.addr == 32 {
		return uint64(uint32(b.c.GPR[i]))
	}
	return b.c.GPR[i]
}

// setBase sets a register of an address; with 32-bit addresses in 64-bit code its upper half does not count.
func (b *builder) setBase(i int, v uint64) {
	switch {
	case b.form.Mode != 64:
		v = uint64(uint32(v))
	case b.addr == 32 && b.one(2):
		v = v&0xffffffff | b.c.GPR[i]&^0xffffffff
	case b.addr == 32:
		v &= 0xffffffff
	}
	b.c.GPR[i] = v
}
