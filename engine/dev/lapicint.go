package dev

// How the local APIC accepts interrupts and hands them to the CPU (SDM 3A "Handling Interrupts").

// Bits of the error status register.
const (
	esrSendIllegalVector    = 1 << 5
	esrReceiveIllegalVector = 1 << 6
	esrIllegalRegister      = 1 << 7
)

// ppr is the processor-priority register (SDM 3A "Task and Processor Priorities").
func (a *LAPIC) ppr() uint32 {
	class := uint32(max(highest(&a.S.ISR), 0)) & 0xf0
	if a.S.TPR&0xf0 >= class {
		return a.S.TPR
	}
	return class
}

// pending is the vector to deliver next, or −1: requested, and of a higher class than the processor's priority.
func (a *LAPIC) pending() int {
	v := highest(&a.S.IRR)
	if v < 0 || !a.on() || uint32(v)&0xf0 <= a.ppr()&0xf0 {
		return -1
	}
	return v
}

// Ack hands the next interrupt to the CPU: it is in service until its EOI.
func (a *LAPIC) Ack() (vector uint8, ok bool) {
	v := a.pending()
	if v < 0 {
		return 0, false
	}
	a.S.IRR[v>>5] &^= 1 << (v & 31)
	a.S.ISR[v>>5] |= 1 << (v & 31)
	return uint8(v), true
}

// endOfInterrupt takes the interrupt of the highest priority out of service.
func (a *LAPIC) endOfInterrupt() {
	if v := highest(&a.S.ISR); v >= 0 {
		a.S.ISR[v>>5] &^= 1 << (v & 31)
	}
}

// request asks for an edge-triggered interrupt of the given delivery mode. Those that make no sense here (SMI, INIT,
// start-up) do nothing.
func (a *LAPIC) request(delivery uint32, vector uint8) {
	switch delivery {
	case deliverFixed, deliverLowest:
		if vector < 16 {
			a.fail(esrReceiveIllegalVector)
			return
		}
		if a.on() && a.S.SVR&svrEnable != 0 {
			bit := uint32(1) << (vector & 31)
			a.S.IRR[vector>>5] |= bit
			a.S.TMR[vector>>5] &^= bit
		}
	case deliverNMI:
		a.S.NMI = a.on()
	}
}

// local raises the interrupt of an entry of the local vector table unless it is masked.
func (a *LAPIC) local(i int) {
	if e := a.S.LVT[i]; e&lvtMasked == 0 {
		a.request(e>>8&7, uint8(e))
	}
}

// fail notes an error and raises the error interrupt. An error of that interrupt itself raises none.
func (a *LAPIC) fail(bit uint32) {
	a.S.Errors |= bit
	if uint8(a.S.LVT[lvtError]) >= 16 {
		a.local(lvtError)
	}
}

// illegalRegister notes an access to an address where no register is.
func (a *LAPIC) illegalRegister(off uint64) {
	if off <= lapicLast {
		a.fail(esrIllegalRegister)
	}
}

// SetLINT0 drives the pin that the 8259's output is wired to. In ExtINT mode its level counts (External), in the others
// its rising edge.
func (a *LAPIC) SetLINT0(level bool) {
	rose := level && !a.S.LINT0
	a.S.LINT0 = level
	if rose && a.on() && a.S.LVT[lvtLINT0]>>8&7 != deliverExtINT {
		a.local(lvtLINT0)
	}
}

// External tells whether the CPU may take an interrupt from the 8259 itself: LINT0 is in ExtINT mode, or the APIC is
// disabled and its pin is INTR.
func (a *LAPIC) External() bool {
	if !a.on() {
		return true
	}
	e := a.S.LVT[lvtLINT0]
	return e&lvtMasked == 0 && e>>8&7 == deliverExtINT
}

// TakeNMI tells whether an NMI is to be delivered, once.
func (a *LAPIC) TakeNMI() bool {
	nmi := a.S.NMI
	a.S.NMI = false
	return nmi
}

// TaskPriority is bits 7:4 of the TPR: what CR8 reads.
func (a *LAPIC) TaskPriority() uint8 { return uint8(a.S.TPR >> 4) }

// SetTaskPriority is a write to CR8.
func (a *LAPIC) SetTaskPriority(v uint8) { a.S.TPR = uint32(v) << 4 }
