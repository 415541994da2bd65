package boot

import "slices"

// Run is Computer.Run, and keeps moments. In the past it plays what came in then, up to the end of the branch, and goes on
// from there.
func (h *History) Run(limitNow, limitRetired uint64) Stop {
	for h.past {
		stop := h.runTo(min(limitNow, h.cur.end), limitRetired)
		if h.past || stop.Reason != Budget || h.reached(limitNow, limitRetired) {
			return stop
		}
	}
	return h.runTo(limitNow, limitRetired)
}

func (h *History) reached(limitNow, limitRetired uint64) bool {
	return h.c.M.Now() >= limitNow || h.c.M.CPU.S.Retired >= limitRetired
}

// runTo runs in pieces, between which moments are kept.
func (h *History) runTo(limitNow, limitRetired uint64) Stop {
	for {
		now := h.c.M.Now()
		next := h.due()
		if h.between != nil {
			next = min(next, breath)
		}
		stop := h.c.Run(min(limitNow, now+max(next, 1)), limitRetired)
		h.listen()
		h.arrive()
		if h.due() == 0 {
			h.keep(false)
		}
		if stop.Reason != Budget || h.reached(limitNow, limitRetired) {
			return stop
		}
		if h.between != nil && !h.between() {
			return Stop{Reason: Interrupted}
		}
	}
}

// breath is how long a piece is when somebody wants to be asked between two.
const breath = 1 << 18

// Between sets what is called between two pieces of a run, a search or a way to another moment, nil: nothing. When it
// returns false that ends there, Interrupted, at a moment like any other.
func (h *History) Between(f func() bool) { h.between = f }

// due is how much later a moment is to be kept: an interval behind the last one before.
func (h *History) due() uint64 {
	busy := h.c.busy()
	at := h.before(h.c.M.Now(), byNow).busy + h.interval
	if at <= busy {
		return 0
	}
	return at - busy
}

// measure is what a moment is looked for by.
type measure uint8

const (
	byNow measure = iota
	byRetired
)

// before is the last moment kept on the present line at which no more than limit had passed. There is always the first.
func (h *History) before(limit uint64, by measure) *moment {
	until := NoLimit // of the branch's moments: those at its child's fork may have had other input already
	for b := h.cur; b != nil; b = b.parent {
		for i := len(b.moments) - 1; i >= 0; i-- {
			m := b.moments[i]
			at := m.now
			if by == byRetired {
				at = m.retired
			}
			if m.now < until && at <= limit {
				return m
			}
		}
		until = b.fork
	}
	return h.branches[0].moments[0]
}

// Seek goes to the time now of the present branch, at most to its end: to the first moment when the clock shows no less.
// What came in at that time has come.
func (h *History) Seek(now uint64) Stop { return h.seek(now, NoLimit) }

// SeekRetired goes to the first moment at which n instructions had retired.
func (h *History) SeekRetired(n uint64) Stop { return h.seek(NoLimit, n) }

func (h *History) seek(now, retired uint64) Stop {
	now = min(now, h.End())
	m := h.before(now, byNow)
	if retired != NoLimit {
		m = h.before(max(retired, 1)-1, byRetired)
	}
	c := h.c
	here := c.M.Now() <= now && (c.M.CPU.S.Retired < retired || retired == NoLimit)
	if !here || m.now > c.M.Now() || h.astray {
		h.restore(m)
	}
	mask, on := c.M.Trace.Mask, c.StopOn
	c.M.Trace.Mask, c.StopOn = h.needs(), 0
	stop := h.approach(now, retired)
	c.M.Trace.Mask, c.StopOn = mask, on
	return stop
}

// approach runs to the goal of a Seek, and keeps a moment shortly before it when it is far from the last one.
func (h *History) approach(now, retired uint64) Stop {
	s := &h.c.M.CPU.S
	wait, left := now-min(now, 2*near), retired-min(retired, 2*near)
	far := retired == NoLimit && h.c.M.Now()+8*near < now || retired != NoLimit && s.Retired+8*near < retired
	if far {
		if retired == NoLimit {
			left = NoLimit
		} else {
			wait = now
		}
		if stop := h.runTo(wait, left); stop.Reason == Interrupted {
			return stop
		}
		h.keep(false)
	}
	return h.runTo(now, retired)
}

// Back goes one instruction back: to the last moment before this one when an instruction had just retired. It is false at
// the beginning.
func (h *History) Back() bool {
	now, retired := h.c.M.Now(), h.c.M.CPU.S.Retired
	if now == 0 || retired <= h.branches[0].moments[0].retired {
		return false
	}
	h.SeekRetired(retired - 1)
	m := h.keep(false)
	h.SeekRetired(retired)
	switch {
	case h.c.M.Now() < now: // time had passed since the instruction retired
	case h.base == m || slices.Contains(h.cur.owner(m.now).moments, m):
		h.restore(m)
	default: // it did not fit into the budget
		h.SeekRetired(retired - 1)
	}
	return true
}

// Settle has a moment kept shortly before the present one, where the computer is again afterwards: whoever pauses is likely to
// step back, and the first step is then as short as the next ones.
func (h *History) Settle() {
	now, retired := h.c.M.Now(), h.c.M.CPU.S.Retired
	m := h.before(now, byNow)
	if retired-m.retired < 8*near {
		return
	}
	h.SeekRetired(retired - near)
	h.keep(false)
	h.Seek(now)
}
