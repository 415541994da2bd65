package main

import (
	"cmp"
	"strings"

	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// How far a slice goes before the worker looks at its messages again, and how long idle time is waited out.
const (
	sliceMs      = 8.0
	chunk        = 200_000 // units of Now between two looks at the clock
	foreignChunk = 2_000   // the same for a kernel that is not ours, when it is to be held at events: it goes on for so long after one
	idleWaitMs   = 300     // of one stretch of idling; what is longer is skipped, and said to be skipped
	unitsPerMs   = 100_000 // the machine is a 100 MHz one

	// The boot takes a few milliseconds of the machine's time, too few to see. At full speed each of its steps is held
	// for a moment, which makes about two seconds of it.
	bootChunk = 500
	bootMs    = 90

	maxSlowMs = 5000 // the longest that the page may ask to be held at an event
)

// Slice runs for some milliseconds of host time, as clock tells it, and returns after how many more it wants to run
// again; a negative number means not before the next command.
func (s *Session) Slice(clock func() float64) float64 {
	start := clock()
	elapsed := min(start-s.lastMs, 100)
	s.lastMs, s.clock = start, clock
	if len(s.jobs) > 0 {
		s.work()
		return 0
	}
	wait := s.goOn(clock, start, elapsed)
	if len(s.rests) > 0 && !s.stepping() {
		s.jobs, s.rests = append(s.jobs, s.rests...), nil
		return 0
	}
	return wait
}

// stepping tells whether steps are still to be made, and can be.
func (s *Session) stepping() bool { return (s.steps > 0 || s.goals != nil) && !s.waiting && !s.ended }

// goOn plays or steps for a slice.
func (s *Session) goOn(clock func() float64, start, elapsed float64) (wait float64) {
	if s.ended {
		return -1
	}
	switch {
	case s.steps > 0 || s.goals != nil:
		wait = s.sliceSteps(clock, start)
	case !s.playing:
		return -1
	case s.speed > 0:
		wait = s.sliceSlow(elapsed)
	case !s.picture.stages.over():
		wait = s.sliceBoot()
	default:
		wait = s.sliceFull(clock, start)
	}
	s.rate.note(clock(), s.comp.M.CPU.S.Retired)
	return wait
}

// sliceFull plays at full speed. Idle time passes as fast as the reader's, and after a moment it is skipped: but somebody
// else's kernel, which has a tick and never says that it waits, would then never rest.
func (s *Session) sliceFull(clock func() float64, start float64) float64 {
	s.comp.StopOn = s.slow | s.marks
	defer func() { s.comp.StopOn = 0 }()
	step := uint64(chunk)
	if s.comp.K == nil && s.slow != 0 {
		step = foreignChunk
	}
	for {
		idle, more := s.run(s.comp.M.Now()+step, 0)
		if !more {
			return -1
		}
		if s.held {
			return s.hold()
		}
		idleMs := float64(idle) / unitsPerMs
		if idleMs*unitsPerMs < float64(step)*9/10 {
			s.idleMs = 0 // something ran
		} else if s.idleMs < idleWaitMs || s.comp.K == nil {
			s.idleMs += idleMs
			s.foreignIdle()
			return idleMs
		}
		if clock()-start >= sliceMs {
			return 0
		}
	}
}

// Of many events in a row only the first are held for as long as the page asks: a boot has hundreds of page faults.
const (
	holdsWhole = 10
	holdLess   = 0.85 // of the one before
	leastMs    = 4
)

// hold is how long the machine is held at an event, counted from when the reader did something.
func (s *Session) hold() float64 {
	s.holds++
	ms := s.slowMs
	for range min(max(s.holds-holdsWhole, 0), 60) {
		ms *= holdLess
	}
	return max(ms, min(leastMs, s.slowMs))
}

// promptMs is how long somebody else's kernel must be idle until it is taken to be at its prompt.
const promptMs = 200

// foreignIdle types what the link asked for once somebody else's kernel waits for it.
func (s *Session) foreignIdle() {
	if s.comp.K == nil && s.idleMs > promptMs && s.comp.WantsInput() {
		s.prompted()
	}
}

// sliceBoot plays the boot, and holds at each of its steps.
func (s *Session) sliceBoot() float64 {
	s.comp.StopOn = s.marks
	defer func() { s.comp.StopOn = 0 }()
	for at := s.picture.stages.steps; at == s.picture.stages.steps; {
		if _, more := s.run(s.comp.M.Now()+bootChunk, 0); !more {
			return -1
		}
	}
	return bootMs
}

// sliceSlow plays at a chosen number of instructions per second.
func (s *Session) sliceSlow(elapsed float64) float64 {
	s.debt = min(s.debt+elapsed*s.speed/1000, s.speed/10+1)
	n := uint64(s.debt)
	if n > 0 {
		s.comp.StopOn = s.marks
		defer func() { s.comp.StopOn = 0 }()
		s.debt -= float64(n)
		s.stepped = n == 1
		s.prev.take(&s.comp.M.CPU.S)
		before := s.comp.M.CPU.S.Retired
		for ran := uint64(0); ran < n; ran = s.comp.M.CPU.S.Retired - before {
			if _, more := s.run(s.comp.M.Now()+chunk, before+n); !more {
				return -1
			}
		}
	}
	return min(max(1000/s.speed, 1), 100)
}

// sliceSteps goes on stepping: so many instructions, or until an event that was asked for.
func (s *Session) sliceSteps(clock func() float64, start float64) float64 {
	for s.steps > 0 || s.goals != nil {
		if s.goals != nil {
			if _, more := s.run(s.comp.M.Now()+chunk, 0); s.held {
				s.met()
			} else if !more {
				return -1
			}
			if clock()-start >= sliceMs {
				return 0
			}
			continue
		}
		s.prev.take(&s.comp.M.CPU.S)
		n := uint64(1)
		if s.steps > 1 { // the last one goes alone, so that what it changed can be shown
			n = min(s.steps-1, chunk)
		}
		target := s.comp.M.CPU.S.Retired + n
		for s.comp.M.CPU.S.Retired < target {
			if _, more := s.run(s.comp.M.Now()+chunk, target); !more {
				return -1
			}
		}
		s.stepped = true
		s.steps -= n
		if clock()-start >= sliceMs {
			return 0
		}
	}
	return -1
}

// run lets the computer run up to a virtual time or an instruction count (0: none). It returns how much of the time
// passed idly, and false when there is nothing more to run for now.
func (s *Session) run(until, retired uint64) (idle uint64, more bool) {
	s.dirty = true
	idled := s.comp.M.CPU.S.Idled
	if retired == 0 {
		retired = ^uint64(0)
	}
	if s.over() {
		return 0, false
	}
	if s.last != 0 {
		retired = min(retired, s.last)
	}
	s.picture.hit = trace.Event{}
	s.fit()
	stop := s.onward(until, retired)
	if !s.hist.Past() && stop.Reason == boot.Budget {
		s.points.Look(s.comp)
	}
	idle = s.comp.M.CPU.S.Idled - idled
	reply := s.reply
	s.reply = nil
	s.input(reply)
	return idle, (s.stopped(stop) || len(reply) > 0) && !s.over() && !s.marked()
}

// onward runs on, or until what is waited for.
func (s *Session) onward(until, retired uint64) boot.Stop {
	if s.goals != nil {
		return s.hist.Until(*s.goals, until)
	}
	return s.hist.Run(until, retired)
}

// stopped takes in why the computer stopped; false: there is nothing more to run for now.
func (s *Session) stopped(stop boot.Stop) bool {
	s.waiting = stop.Reason == boot.WaitInput
	s.held = stop.Reason == boot.Event
	switch stop.Reason {
	case boot.WaitInput:
		return s.prompted()
	case boot.Panic:
		s.end("panic: " + stop.Text)
	case boot.PowerOff:
		s.end("power off")
	case boot.Restart:
		s.end("restart")
	case boot.Halted:
		s.end(cmp.Or(stop.Text, "halted for good"))
	}
	return !s.ended
}

// prompted is called when every task waits for the reader: what the link asked to be typed is typed now. An event that
// was asked for may still come once something is typed.
func (s *Session) prompted() bool {
	s.steps = 0
	if s.typed == "" {
		return false
	}
	text := s.typed
	s.typed = ""
	s.input([]byte(strings.TrimRight(text, "\n") + "\r"))
	return true
}

func (s *Session) end(why string) {
	s.ended, s.playing, s.stop, s.steps, s.until, s.goals = true, false, why, 0, 0, nil
}
