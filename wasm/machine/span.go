package main

// over pauses at the end of what is to be shown.
func (s *Session) over() bool {
	if s.last == 0 || s.comp.M.CPU.S.Retired < s.last || s.ended {
		return false
	}
	s.pause("end")
	return true
}

// before tells that the machine has gone back behind the first moment that is to be shown.
func (s *Session) before() bool { return s.comp.M.CPU.S.Retired < s.first }

// marked pauses at an event of the kinds at which playing is to pause, if one has just happened.
func (s *Session) marked() bool {
	if !s.held || !s.playing || s.marks == 0 || s.marks>>s.picture.hit.Kind&1 == 0 {
		return false
	}
	s.pause("marked")
	return true
}
