package cpu

// Bits of State.NMI.
const (
	NMIPending = 1 << 0 // one has arrived and was not yet delivered
	NMIBlocked = 1 << 1 // the handler runs: no other until IRET
)

// What State.Shadow says: interrupts are held off during the next instruction.
const (
	ShadowSTI = 1 // maskable interrupts
	ShadowSS  = 2 // after MOV SS and POP SS: NMI and debug traps too
)

// NMI tells the CPU that a non-maskable interrupt arrived (SDM 3A "Nonmaskable Interrupt"). While one is handled one
// more is remembered.
func (c *CPU) NMI() { c.S.NMI |= NMIPending }

// NMIReady tells whether DeliverNMI may be called now.
func (c *CPU) NMIReady() bool { return c.S.NMI == NMIPending && c.S.Shadow != ShadowSS }

// DeliverNMI delivers the pending non-maskable interrupt. The machine calls it between instructions, before it looks at
// maskable ones.
func (c *CPU) DeliverNMI() {
	c.S.NMI = NMIBlocked
	c.Interrupt(VecNMI)
}

// unblockNMI is what IRET does.
func (c *CPU) unblockNMI() {
	if c.S.NMI&NMIPending != 0 {
		c.out = ExitAgain
	}
	c.S.NMI &^= NMIBlocked
}

// hold begins the shadow of STI, MOV SS or POP SS. Of several loads of SS in a row only the first has one.
func (c *CPU) hold(shadow uint8) {
	if c.shadow != ShadowSS || shadow != ShadowSS {
		c.S.Shadow = shadow
	}
	c.out = ExitAgain
}
