package dev

// The local APIC's timer (SDM 3A "APIC Timer"). Its bus clock is the machine's clock, ClockHz: with divisor 1 the count
// goes down by one in each unit of Now, like the TSC goes up. Nothing ticks: the timer remembers when it held its
// initial count, and everything else follows from the clock.

import "vitrine/engine/bus"

// divisor is what the bus clock is divided by: bits 3, 1, 0 of the divide configuration register.
func (a *LAPIC) divisor() uint64 {
	n := a.S.Divide&3 | a.S.Divide>>1&4
	return 1 << ((n + 1) & 7)
}

func (a *LAPIC) periodic() bool { return a.S.LVT[lvtTimer]&lvtPeriodic != 0 }

// startTimer is a write to the initial count: 0 stops the timer.
func (a *LAPIC) startTimer(count uint32) {
	a.S.Initial, a.S.Start, a.S.Armed = count, a.S.Now, count != 0
}

// setDivide changes the divisor; the count goes on from where it is.
func (a *LAPIC) setDivide(v uint32) {
	ticks := (a.S.Now - a.S.Start) / a.divisor()
	a.S.Divide = v
	if a.S.Armed {
		a.S.Start = a.S.Now - ticks*a.divisor()
	}
}

// current is the current-count register.
func (a *LAPIC) current() uint32 {
	if !a.S.Armed {
		return 0
	}
	return a.S.Initial - uint32((a.S.Now-a.S.Start)/a.divisor())
}

// Advance brings the timer to virtual time now.
func (a *LAPIC) Advance(now uint64) {
	a.S.Now = now
	if !a.S.Armed {
		return
	}
	period := uint64(a.S.Initial) * a.divisor()
	n := (now - a.S.Start) / period
	if n == 0 {
		return
	}
	if a.periodic() {
		a.S.Start += n * period
	} else {
		a.S.Armed = false
	}
	a.local(lvtTimer)
}

// Next is when the timer's interrupt comes.
func (a *LAPIC) Next() uint64 {
	if !a.S.Armed || a.S.LVT[lvtTimer]&lvtMasked != 0 {
		return bus.Never
	}
	return a.S.Start + uint64(a.S.Initial)*a.divisor()
}
