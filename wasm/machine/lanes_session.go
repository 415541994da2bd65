package main

import (
	"encoding/json"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// lane takes in what happened up to the present, and names who ran. What the history plays again is known.
func (s *Session) lane(events []trace.Event) {
	if s.hist == nil {
		return // it is being made
	}
	s.lanes.follow(s.hist)
	if s.again {
		return
	}
	b, foreign := s.lanes.cur, s.comp.K == nil
	for i := range events {
		e := &events[i]
		b.event(e, foreign)
		switch e.Kind {
		case trace.Switch:
			s.callTask(uint32(e.B))
		case trace.Exec:
			s.callTask(uint32(e.A))
		}
	}
	cpu := &s.comp.M.CPU.S
	ring := uint8(cpu.CPL())
	if cpu.Halted {
		ring = view.RingIdle
	}
	b.ran(s.comp.M.Now(), cpu.Retired, ring)
}

// callTask notes what a task is called now.
func (s *Session) callTask(pid uint32) {
	if s.comp.K == nil || pid == 0 {
		return
	}
	if t := s.comp.K.FindTask(int32(pid)); t != nil {
		s.lanes.cur.call(pid, t.Name())
	}
}

// askLanes answers {kind: "lanes", from, to, columns, rows}.
func askLanes(s *Session, _ *job, raw []byte) (any, error) {
	var q laneQuestion
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	s.collect()
	return s.lanes.ask(q), nil
}

// askTimeline answers {kind: "timeline"}: where the machine is, when its turn has come.
func askTimeline(s *Session, _ *job, _ []byte) (any, error) {
	var t view.Timeline
	s.timeline(&t)
	return view.TimelineMap(&t), nil
}
