package main

// input types bytes on the console: at full speed as people do, on the tape's grid, so that the run's link is short. At a
// limited speed the grid is too coarse: who steps wants to see the key arrive.
func (s *Session) input(b []byte) {
	if len(b) == 0 {
		return
	}
	if s.playing && s.speed == 0 {
		s.hist.Type(b)
		return
	}
	s.hist.Input(b)
}
