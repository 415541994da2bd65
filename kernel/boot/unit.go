package boot

// A unit is the smallest step of a run: an instruction (with the kernel's work, when it is VMCALL), the delivery of an exception
// or an interrupt, or all of the time for which the CPU is halted.

// longestIdle is after how many deadlines of devices a unit of idling ends though nothing has woken the CPU.
const longestIdle = 1 << 12

// Unit goes on by a unit.
func (h *History) Unit() Stop {
	m := h.c.M
	if !m.CPU.S.Halted {
		return h.Run(m.Now()+1, NoLimit)
	}
	var stop Stop
	for range longestIdle {
		if stop = h.Run(max(m.Bus.Next(), m.Now())+1, NoLimit); stop.Reason != Budget || !m.CPU.S.Halted {
			break
		}
	}
	return stop
}

// BackUnit goes back to the last moment before this one that lies between two units. It is false at the beginning.
func (h *History) BackUnit() bool {
	c := h.c
	now := c.M.Now()
	if now <= h.branches[0].moments[0].now {
		return false
	}
	h.Seek(now - 1)
	if c.M.Now() >= now { // the kernel's work lies across
		h.Seek(c.worked - 1)
	}
	if c.M.CPU.S.Halted {
		h.SeekRetired(c.M.CPU.S.Retired) // behind HLT
	}
	return true
}
