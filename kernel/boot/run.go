package boot

import (
	"vitrine/engine"
	"vitrine/kernel"
)

// Reason tells why Run returned.
type Reason uint8

// Reasons.
const (
	Budget      Reason = iota // a limit was reached
	WaitInput                 // every task sleeps, one of them until something is typed, and no timer runs
	PowerOff                  // switched off; Status is what reboot(2) was given
	Panic                     // the kernel gave up; Text says why
	Halted                    // every task sleeps and nothing can wake them, not even typing; or, with Text, reboot(2) halted the system
	Event                     // one of the kinds in StopOn has happened, or what else is waited for (engine.Machine.Met)
	Restart                   // reboot(2) asked for a new start
	Interrupted               // what History.Between was given said no
)

var reasonNames = [...]string{"budget", "wait-input", "power-off", "panic", "halted", "event", "restart", "interrupted"}

func (r Reason) String() string { return reasonNames[r] }

// Stop is Run's answer.
type Stop struct {
	Reason Reason
	Status int32
	Text   string
}

// NoLimit is a limit that is never reached.
const NoLimit = ^uint64(0)

// Run lets the computer go on until the clock shows limitNow or limitRetired instructions have retired, each exactly
// unless a piece of kernel work lies across it, or until it cannot go on. How a run is cut into Runs has no influence.
func (c *Computer) Run(limitNow, limitRetired uint64) Stop {
	asleep := false // the CPU is halted, and no device asks for it yet
	c.M.Trace.Stop = c.StopOn
	c.M.Begin()
	for {
		c.takeInput()
		if c.M.Met() {
			return Stop{Reason: Event}
		}
		if stop, over := c.over(); over {
			return stop
		}
		now, retired := c.M.Now(), c.M.CPU.S.Retired
		if now >= limitNow || retired >= limitRetired {
			return Stop{Reason: Budget}
		}
		limit := limitNow
		busy := now // when the next instruction can retire
		if asleep && !c.M.PIC.INTR() {
			busy = min(max(now, c.M.Bus.Next()), limit)
		}
		if left := limitRetired - retired; left < limit-busy {
			limit = busy + left
		}
		if c.idle() {
			if c.M.CPU.S.Halted {
				return c.sleeping()
			}
			limit = now + 1 // to the HLT, not past it: the clock stands still while the computer waits
		}
		halted, next := c.M.CPU.S.Halted, uint64(0)
		if halted {
			next = c.M.Bus.Next()
		}
		if stop, over := c.exit(c.M.Run(min(limit, c.due()))); over {
			return stop
		}
		asleep = halted && c.M.CPU.S.Halted && c.M.Now() < next
		c.M.CPU.Look()
	}
}

// idle tells whether nothing happens any more unless something is typed. What somebody else's kernel waits for is not
// known.
func (c *Computer) idle() bool {
	if c.K == nil {
		return false
	}
	u := &c.M.UART.S
	return u.Len == 0 && len(u.Wire) == 0 && !c.M.PIC.INTR() && c.due() == NoLimit && c.K.Quiescent()
}

func (c *Computer) sleeping() Stop {
	if c.K.WantsInput() {
		return Stop{Reason: WaitInput}
	}
	return Stop{Reason: Halted}
}

// exit does what the machine stopped for.
func (c *Computer) exit(e engine.Exit) (Stop, bool) {
	if c.K == nil {
		return c.foreignExit(e)
	}
	switch e.Reason {
	case engine.VMCall:
		c.vmcall()
	case engine.Halted:
		if c.K.State.SchedOn && c.idle() {
			return c.sleeping(), true
		}
		c.K.Fail("the CPU halted for good")
	case engine.Shutdown:
		c.K.Fail("triple fault")
	case engine.PowerOff:
		c.K.PowerOff(int32(c.M.Control.S.Code))
	}
	return Stop{}, false
}

// vmcall lets the kernel work. On a quiet computer the firmware is quiet too: what the ROM and the boot sector said
// before the kernel took over the console is dropped.
func (c *Computer) vmcall() {
	c.worked = c.M.Now()
	log := &c.K.State.Log
	before := log.Ready
	c.K.VMCall()
	if log.Quiet && log.Ready && !before {
		c.M.UART.Drain()
	}
}

// over tells whether the computer has stopped for good.
func (c *Computer) over() (Stop, bool) {
	if c.K == nil {
		return c.foreignOver()
	}
	s := &c.K.State
	switch s.Stop {
	case kernel.PoweredOff:
		return Stop{Reason: PowerOff, Status: s.StopCode}, true
	case kernel.Rebooted:
		return Stop{Reason: Restart}, true
	case kernel.HaltedForGood:
		return Stop{Reason: Halted, Text: "system halted"}, true
	case kernel.Panicked:
		return Stop{Reason: Panic, Text: s.Message}, true
	}
	return Stop{}, false
}
