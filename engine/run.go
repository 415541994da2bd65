package engine

import (
	"vitrine/engine/bus"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
)

// Reason tells why Run returned.
type Reason uint8

// The reasons.
const (
	Budget   Reason = iota // Now reached the limit
	VMCall                 // the guest executed VMCALL
	Halted                 // the CPU waits and no device will ever wake it: only outside input can, if interrupts are on
	Shutdown               // triple fault; the next Run resets the CPU, as a PC's board does
	PowerOff               // the guest wrote the exit port; the status is Control.S.Code
	Break                  // something that an onlooker waits for: Met
	Reset                  // the guest reset the CPU, which stands at the reset vector now
)

func (r Reason) String() string {
	return [...]string{"budget", "vmcall", "halted", "shutdown", "power off", "break", "reset"}[r]
}

// Exit is Run's answer.
type Exit struct{ Reason Reason }

// Run executes until Now reaches limit or something needs the caller. How a stretch is cut into Runs does not show in
// the result.
func (m *Machine) Run(limit uint64) Exit {
	for {
		now := m.Now()
		m.Trace.Now = now
		m.Bus.Advance(now)
		if m.Control.S.Exited {
			return Exit{PowerOff}
		}
		if m.Control.S.Reset {
			m.Control.S.Reset = false
			m.LAPIC.Reset()
			m.CPU.Reset()
			return Exit{Reset}
		}
		m.CPU.SetA20(m.Control.A20())
		m.coprocessor()
		m.CPU.Look()
		if m.Met() {
			return Exit{Break}
		}
		if now >= limit {
			return Exit{Budget}
		}
		if m.interrupt() {
			if m.CPU.Down() {
				return m.shutdown()
			}
			continue
		}
		deadline := m.Bus.Next()
		if m.CPU.S.Halted {
			if stop, why := m.idle(deadline, limit); stop {
				return Exit{why}
			}
			continue
		}
		switch m.CPU.Run(min(limit, max(deadline, now+1)) - now) {
		case cpu.ExitVMCall:
			return Exit{VMCall}
		case cpu.ExitShutdown:
			return m.shutdown()
		case cpu.ExitHalt:
			if m.Trace.Has(trace.Halt) {
				m.Trace.Now = m.Now()
				m.Trace.Emit(trace.Halt, m.Bus.Next(), 0)
			}
		case cpu.ExitBreak:
			return Exit{Break}
		}
	}
}

// Met tells whether something has happened since Begin at which an onlooker wants Run to return: an event of Trace.Stop, a
// write to memory that is watched, a breakpoint, a change of a register.
func (m *Machine) Met() bool {
	return m.Trace.Seen&m.Trace.Stop != 0 || m.RAM.Hit || m.CPU.Hit
}

// Begin makes the present the moment from which Met counts.
func (m *Machine) Begin() {
	m.Trace.Seen, m.RAM.Hit = 0, false
	m.CPU.Begin()
}

// coprocessor carries the CPU's FERR# to the latch and IGNNE# back.
func (m *Machine) coprocessor() {
	s := &m.CPU.S
	switch {
	case m.Errors.S.Cleared:
		m.Errors.S.Cleared = false
		s.IGNNE, s.FERR = s.FERR, false
	case s.FERR && s.Halted:
		m.Errors.Error()
	}
}

// shutdown tells of a triple fault. The CPU is left as the fault found it, so that the caller can say where that was.
func (m *Machine) shutdown() Exit {
	m.Control.S.Reset = true
	return Exit{Shutdown}
}

// interrupt delivers a pending hardware interrupt when the CPU takes it: the non-maskable one first, then the local
// APIC's, or the 8259's if the APIC lets it through.
func (m *Machine) interrupt() bool {
	s := &m.CPU.S
	m.LAPIC.SetLINT0(m.PIC.INTR())
	if m.LAPIC.TakeNMI() {
		m.CPU.NMI()
	}
	if m.CPU.NMIReady() {
		m.CPU.DeliverNMI()
		return true
	}
	if s.RFLAGS&cpu.FlagIF == 0 || s.Shadow != 0 {
		return false
	}
	if vector, ok := m.LAPIC.Ack(); ok {
		m.CPU.Interrupt(vector)
		return true
	}
	if !m.PIC.INTR() || !m.LAPIC.External() {
		return false
	}
	m.CPU.Interrupt(m.PIC.Ack())
	return true
}

// idle lets time pass while the CPU is halted: up to the next deadline, at most to limit. stop is true when that is
// all there is to do for this Run.
func (m *Machine) idle(deadline, limit uint64) (stop bool, why Reason) {
	if deadline == bus.Never || m.CPU.S.RFLAGS&cpu.FlagIF == 0 {
		return true, Halted // nothing will ask, or the CPU will not listen
	}
	until := min(deadline, limit)
	if now := m.Now(); until > now {
		m.Charge(until - now)
		m.CPU.S.Idled += until - now
	}
	return false, Budget
}
