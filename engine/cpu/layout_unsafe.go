package cpu

import (
	"unsafe"

	"vitrine/engine/mem"
)

// The loop reads registers, uops and RAM without bounds checks: 3 % in Chromium, 12 % in Node. Registers are named by
// their offset in State, a byte, which cannot leave it; addresses in RAM come from fast, which holds only pages of RAM;
// a block's last uop always leaves it.

// word is the word of State at byte offset off: a register of R, Zero, or the base of FS or GS.
func word(s unsafe.Pointer, off uint8) *uint64 { return (*uint64)(unsafe.Add(s, off)) }

// gpr is the general register at byte offset off of State.
func (c *CPU) gpr(off uint8) *uint64 { return word(unsafe.Pointer(&c.S), off) }

// anyEA is the address of the memory operand of a uop of any kind.
func (c *CPU) anyEA(u *Uop) uint64 {
	if u.family() {
		return c.bitEA(u)
	}
	return *c.gpr(u.Base) + *c.gpr(u.Index)<<(u.Scale&3) + uint64(u.Disp)
}

// xmm is the XMM register at byte offset off of X.
func (c *CPU) xmm(off uint8) *[2]uint64 {
	return (*[2]uint64)(unsafe.Add(unsafe.Pointer(&c.S.X), off&0xf0))
}

// entry is the place of la in fast.
func (c *CPU) entry(la uint64) *fastEntry {
	return (*fastEntry)(unsafe.Add(unsafe.Pointer(&c.fast), la>>(mem.FrameShift-5)&((TLBSize-1)<<5)+c.user<<5))
}

// jump is the place of rip in the jump cache.
func (k *codeCache) jump(rip uint64) *jump {
	return (*jump)(unsafe.Add(unsafe.Pointer(&k.jumps), ((rip^rip>>12)&(jumpSize-1))<<5))
}

// block is block number i.
func (k *codeCache) block(i uint32) *block {
	return (*block)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(k.blocks)), uint64(i)<<6))
}

// uop is the first uop of a block.
func (k *codeCache) uop(first uint32) *Uop {
	return (*Uop)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(k.uops)), uint64(first)<<5))
}

// following is the next uop of a block.
func (u *Uop) following() *Uop { return (*Uop)(unsafe.Add(unsafe.Pointer(u), unsafe.Sizeof(*u))) }

// The offsets are those that the numbers say; a negative constant does not compile.
const (
	_ = -unsafe.Offsetof(State{}.R)
	_ = unsafe.Offsetof(State{}.Zero) - 8*RegZero
	_ = 8*RegZero - unsafe.Offsetof(State{}.Zero)
	_ = unsafe.Offsetof(State{}.Seg) + FS*unsafe.Sizeof(Segment{}) + unsafe.Offsetof(Segment{}.Base) - 8*RegFS
	_ = 8*RegFS - unsafe.Offsetof(State{}.Seg) - FS*unsafe.Sizeof(Segment{}) - unsafe.Offsetof(Segment{}.Base)
	_ = RegGS - RegFS - unsafe.Sizeof(Segment{})/8
	_ = 32 - unsafe.Sizeof(fastEntry{})
	_ = 32 - unsafe.Sizeof(jump{})
	_ = unsafe.Sizeof(jump{}) - 32
	_ = 64 - unsafe.Sizeof(block{})
	_ = unsafe.Sizeof(block{}) - 64
	_ = 32 - unsafe.Sizeof(Uop{})
	_ = unsafe.Sizeof(Uop{}) - 32
	_ = unsafe.Sizeof(fastEntry{}) - 32
	_ = unsafe.Sizeof(State{}) - 256 - 8
)

func rd64(ram unsafe.Pointer, pa uint64) uint64    { return *(*uint64)(unsafe.Add(ram, pa)) }
func rd32(ram unsafe.Pointer, pa uint64) uint64    { return uint64(*(*uint32)(unsafe.Add(ram, pa))) }
func rd16(ram unsafe.Pointer, pa uint64) uint64    { return uint64(*(*uint16)(unsafe.Add(ram, pa))) }
func rd8(ram unsafe.Pointer, pa uint64) uint64     { return uint64(*(*uint8)(unsafe.Add(ram, pa))) }
func wr64(ram unsafe.Pointer, pa uint64, v uint64) { *(*uint64)(unsafe.Add(ram, pa)) = v }
func wr32(ram unsafe.Pointer, pa uint64, v uint64) { *(*uint32)(unsafe.Add(ram, pa)) = uint32(v) }
func wr16(ram unsafe.Pointer, pa uint64, v uint64) { *(*uint16)(unsafe.Add(ram, pa)) = uint16(v) }
func wr8(ram unsafe.Pointer, pa uint64, v uint64)  { *(*uint8)(unsafe.Add(ram, pa)) = uint8(v) }
