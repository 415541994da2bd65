package main

import (
	"fmt"
	"strings"

	"vitrine/engine/debug"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// goal reads what "until" and "backuntil" look for: "break" with an address, "write" with an address and N bytes,
// "register:NAME", "event:ID" of a stop; or what aim reads, which has blanks.
func (s *Session) goal(c *view.Command) (debug.Goal, error) {
	if strings.Contains(c.Text, " ") {
		return s.aim(c.Text)
	}
	kind, name, _ := strings.Cut(c.Text, ":")
	switch kind {
	case "break":
		return debug.AtAddress(s.comp.M, c.Addr), nil
	case "write":
		return debug.Writing(s.comp.M, c.Addr, max(units(c.N), 1))
	case "register":
		return debug.Changing(name)
	case "event":
		return debug.Goal{Events: s.stops(view.StopByID(name).Mask)}, nil
	}
	return debug.Goal{}, fmt.Errorf("nobody knows how to wait for %q", kind)
}

// goUntil goes on, or back, to where a goal is met.
func (s *Session) goUntil(c view.Command) {
	if c.Kind == "backuntil" {
		s.travel("looking back", 0, func(*job) string {
			g, err := s.goal(&c)
			switch {
			case err != nil:
				return err.Error()
			case !s.hist.BackUntil(g):
				return "no such moment before"
			}
			s.lastAgain()
			return "step"
		})
		return
	}
	s.travel("looking ahead", 0, func(*job) string {
		g, err := s.goal(&c)
		if err != nil {
			return err.Error()
		}
		switch stop := s.hist.Until(g, boot.NoLimit); stop.Reason {
		case boot.Event:
			s.lastAgain()
			return "step"
		case boot.WaitInput:
			s.goals, s.until, s.waiting = &g, g.Events, true // it may come once something is typed
			return "waiting for input"
		default:
			return s.arrived(stop)
		}
	})
}
