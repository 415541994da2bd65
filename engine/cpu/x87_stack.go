package cpu

import "vitrine/engine/softfloat"

// The x87 register stack and its status (SDM 1 "x87 FPU Data Registers", "x87 FPU Status Register").
//
// In FTW a register is either empty (3) or in use (0): the finer tags follow from its contents and are computed when they
// are stored.

// FSW bits.
const (
	fswIE  = 1 << 0
	fswSF  = 1 << 6 // stack fault
	fswES  = 1 << 7 // error summary
	fswC0  = 1 << 8
	fswC1  = 1 << 9
	fswC2  = 1 << 10
	fswTop = 7 << 11
	fswC3  = 1 << 14
	fswB   = 1 << 15

	fswConditions = fswC0 | fswC1 | fswC2 | fswC3
)

// FCW: masks 5:0, PC 9:8, RC 11:10, and the 287's infinity control, which is remembered only. Bit 6 always reads 1.
const (
	fcwMasks    = 0x3f
	fcwFixed    = 0x40
	fcwWritable = 0x1f3f
	fcwInitial  = 0x37f

	tagsEmpty = 0xffff
)

func (c *CPU) fpTop() uint8 { return uint8(c.S.FSW >> 11 & 7) }

func (c *CPU) setFPTop(t uint8) { c.S.FSW = c.S.FSW&^fswTop | uint16(t&7)<<11 }

// st is the register ST(i), in use or not.
func (c *CPU) st(i uint8) *Float80 { return &c.S.ST[(c.fpTop()+i)&7] }

func (c *CPU) isEmpty(i uint8) bool { return c.S.FTW>>((c.fpTop()+i)&7*2)&3 == 3 }

func (c *CPU) setEmpty(i uint8) { c.S.FTW |= 3 << ((c.fpTop() + i) & 7 * 2) }

func (c *CPU) setInUse(i uint8) { c.S.FTW &^= 3 << ((c.fpTop() + i) & 7 * 2) }

// tagsInUse is FXSAVE's abridged tag byte: a bit is set for each register in use.
func (c *CPU) tagsInUse() (b uint8) {
	for i := range 8 {
		if c.S.FTW>>(2*i)&3 != 3 {
			b |= 1 << i
		}
	}
	return b
}

func (c *CPU) setTagsInUse(b uint8) {
	c.S.FTW = 0
	for i := range 8 {
		if b>>i&1 == 0 {
			c.S.FTW |= 3 << (2 * i)
		}
	}
}

// fpGet reads ST(i).
func (c *CPU) fpGet(i uint8) softfloat.F80 {
	r := c.st(i)
	return softfloat.F80{Sig: r.Sig, SE: r.SE}
}

// fpPut writes ST(i) and marks it in use.
func (c *CPU) fpPut(i uint8, v softfloat.F80) {
	*c.st(i) = Float80{Sig: v.Sig, SE: v.SE}
	c.setInUse(i)
}

// fpPop marks ST(0) empty and moves the top.
func (c *CPU) fpPop() {
	c.setEmpty(0)
	c.setFPTop(c.fpTop() + 1)
}

// fpPushed stores v in a new top register. Callers have looked for overflow.
func (c *CPU) fpPushed(v softfloat.F80) {
	c.setFPTop(c.fpTop() - 1)
	c.fpPut(0, v)
}

// begin87 starts a waiting instruction: #MF when an unmasked exception is pending (SDM 1 "x87 FPU Exception Handling").
// Else the environment of the control word is made ready; nothing is changed yet.
func (c *CPU) begin87() bool {
	if c.S.FSW&fswES != 0 && !c.withError() {
		return false
	}
	f := &c.x87
	if f.of != uint32(c.S.FCW) || !f.made {
		f.setFCW(c.S.FCW)
	}
	f.Flags, f.RoundUp, f.Tiny = 0, false, false
	return true
}

// withError says what happens with a pending exception: #MF, or without CR0.NE the CPU asks for IRQ 13 and waits before the
// instruction, as if halted, until an interrupt comes (SDM 3A "Interrupt 16").
func (c *CPU) withError() bool {
	switch {
	case c.S.CR0&CR0NE != 0:
		return c.raise(VecMF, 0)
	case c.S.IGNNE:
		return true
	}
	c.S.FERR, c.S.Halted = true, true
	c.out = ExitHalt
	return c.raise(vecStop, 0)
}

func (f *floatEnv) setFCW(w uint16) {
	f.of, f.made = uint32(w), true
	f.Masks = softfloat.Flags(w & fcwMasks)
	f.Round = softfloat.Round(w >> 10 & 3)
	f.Prec = precisions[w>>8&3]
	f.Wrap = true
}

// precisions by the PC field; 1 is reserved, and processors take it for 64.
var precisions = [4]uint8{24, 64, 53, 64}

// settle moves the raised flags to the status word and tells whether the result may be stored: an unmasked exception found
// before computing leaves the operands alone, and is reported by the next waiting instruction.
func (c *CPU) settle() bool {
	e := &c.x87.Env
	c.S.FSW &^= fswC1
	if e.Flags == 0 {
		return true
	}
	stop := e.Flags&softfloat.Before&^e.Masks != 0
	if stop {
		e.Flags &= softfloat.Before
	} else if e.RoundUp {
		c.S.FSW |= fswC1
	}
	c.S.FSW |= uint16(e.Flags)
	c.updateErrorSummary()
	return !stop
}

// updateErrorSummary makes ES and B follow the flags and their masks.
func (c *CPU) updateErrorSummary() {
	c.S.FSW &^= fswES | fswB
	if c.S.FSW&^c.S.FCW&fcwMasks != 0 {
		c.S.FSW |= fswES | fswB
		return
	}
	c.S.FERR, c.S.IGNNE = false, false
}

// emptyRead raises the stack fault for reading an empty register, and tells whether it is masked: then the instruction goes on
// with the indefinite (SDM 1 "Stack Overflow or Underflow Exception (#IS)").
func (c *CPU) emptyRead() bool {
	c.S.FSW = c.S.FSW&^fswC1 | fswIE | fswSF
	c.updateErrorSummary()
	return c.x87.Masks&softfloat.Invalid != 0
}

// fpPush puts v on the stack; on a register in use that is a stack fault, answered with the indefinite when masked.
func (c *CPU) fpPush(v softfloat.F80) bool {
	if c.isEmpty(7) {
		c.fpPushed(v)
		return true
	}
	c.S.FSW |= fswIE | fswSF | fswC1
	c.updateErrorSummary()
	if c.x87.Masks&softfloat.Invalid != 0 {
		c.fpPushed(softfloat.Default80)
	}
	return true
}
