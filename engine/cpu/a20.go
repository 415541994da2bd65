package cpu

// SetA20 opens or shuts the gate of address line 20 (SDM 3A "Address Wraparound for 8086": A20M#). Shut, the bit is missing from
// all physical addresses that translations lead to; the page tables themselves are found without the gate.
func (c *CPU) SetA20(open bool) {
	shut := uint64(1 << 20)
	if open {
		shut = 0
	}
	if shut == c.S.A20 {
		return
	}
	c.S.A20 = shut
	c.flushGlobal() // translations hold addresses behind the gate
}
