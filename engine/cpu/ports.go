package cpu

import (
	"golang.org/x/arch/x86/x86asm"
)

// Port input and output (SDM 1 "Input/Output"). After each the machine looks at deadlines and interrupts again.

var (
	_ = def(Def{Op: x86asm.IN, Ref: "SDM 2A IN", Fn: inFn, Traits: End})
	_ = def(Def{Op: x86asm.OUT, Ref: "SDM 2B OUT", Fn: outFn, Traits: End})
)

// mayUsePort checks privilege and looks at breakpoints.
func (c *CPU) mayUsePort(port uint16, size uint8) bool {
	return c.portAllowed(port, size) && (c.points.port == 0 || c.watchPort(port, size))
}

// portAllowed checks IOPL, which counts nothing in virtual-8086 mode, and the I/O permission bitmap of the TSS (SDM 1
// "I/O Permission Bit Map").
func (c *CPU) portAllowed(port uint16, size uint8) bool {
	if c.S.RFLAGS&FlagVM == 0 && uint64(c.cpl()) <= c.S.RFLAGS>>12&3 {
		return true
	}
	if c.S.TR.Attr&typeWide == 0 || c.S.TR.Limit < 103 {
		return c.raise(VecGP, 0)
	}
	base, ok := c.sysLoad(c.S.TR.Base+102, 2)
	if !ok {
		return false
	}
	at := uint32(base) + uint32(port>>3)
	if at+1 > c.S.TR.Limit {
		return c.raise(VecGP, 0)
	}
	m, ok := c.sysLoad(c.S.TR.Base+uint64(at), 2)
	if !ok {
		return false
	}
	if m>>(port&7)&(1<<size-1) != 0 {
		return c.raise(VecGP, 0)
	}
	return true
}

func (c *CPU) in(port uint16, size uint8) uint32 {
	c.out = ExitAgain
	c.trace.Now, c.trace.Ring = c.Now(), c.cpl()
	return c.ports.In(c.Now(), port, size)
}

func (c *CPU) port(port uint16, size uint8, v uint32) {
	c.out = ExitAgain
	c.trace.Now, c.trace.Ring = c.Now(), c.cpl()
	c.ports.Out(c.Now(), port, size, v)
}

// portOf is the port that IN and OUT name: DX, or an immediate byte.
func (c *CPU) portOf(u *Uop) uint16 {
	if u.Form&FormImm == 0 {
		return uint16(c.S.R[RDX])
	}
	return uint16(u.Imm & 0xff)
}

func inFn(c *CPU, u *Uop) bool {
	port := c.portOf(u)
	if !c.mayUsePort(port, u.Size) {
		return false
	}
	c.setReg(RAX, u.Size, uint64(c.in(port, u.Size)))
	return true
}

func outFn(c *CPU, u *Uop) bool {
	port := c.portOf(u)
	if !c.mayUsePort(port, u.SSize) {
		return false
	}
	c.port(port, u.SSize, uint32(c.reg(RAX, u.SSize)))
	return true
}
