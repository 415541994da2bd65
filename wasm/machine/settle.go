package main

// settle prepares for steps back, while the reader who has paused looks: nothing of it is seen.
func (s *Session) settle() {
	if s.ended {
		return
	}
	s.queue(&job{name: "resting", work: func(*job) error {
		s.hist.Between(nil)
		events, from, jumped, hot, hit := s.events, s.from, s.jumped, s.picture.hot, s.picture.hit
		s.hist.Settle()
		s.events, s.from, s.jumped, s.picture.hot, s.picture.hit = events, from, jumped, hot, hit
		return nil
	}})
}
