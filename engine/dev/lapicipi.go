package dev

// Interrupts that software sends (SDM 3A "Issuing Interprocessor Interrupts"). There is one CPU: what is not for itself
// goes nowhere.

// send acts on a write to the low half of the interrupt command register.
func (a *LAPIC) send() {
	icr := a.S.ICR
	delivery, vector := icr>>8&7, uint8(icr)
	if (delivery == deliverFixed || delivery == deliverLowest) && vector < 16 {
		a.fail(esrSendIllegalVector)
		return
	}
	if a.toSelf() {
		a.request(delivery, vector)
	}
}

// toSelf tells whether the destination of the ICR includes this CPU: by shorthand (bits 19:18), physical ID or logical
// address (SDM 3A "Determining IPI Destination").
func (a *LAPIC) toSelf() bool {
	switch a.S.ICR >> 18 & 3 {
	case 1, 2: // self, all including self
		return true
	case 3: // all excluding self
		return false
	}
	to, logical := a.S.ICRHigh>>24, a.S.LDR>>24
	switch {
	case to == 0xff:
		return true
	case a.S.ICR>>11&1 == 0:
		return to == a.S.ID>>24
	case a.S.DFR>>28 == 0xf: // flat model
		return to&logical != 0
	}
	return to>>4 == logical>>4 && to&logical&0xf != 0 // cluster model
}
