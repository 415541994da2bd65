package main

import (
	"encoding/binary"

	"vitrine/engine/rewind"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// Needs are the kinds that the picture is made of.
func (s *Session) Needs() trace.Mask { return baseKinds | view.Needs }

// Keep returns what belongs to the present moment.
func (s *Session) Keep() (any, int64) { return nil, 0 }

// Restore goes back to it.
func (s *Session) Restore(any) {}

// Ran takes in what the console sent and what happened. What the terminal answers, it has answered already when the piece
// is run again.
func (s *Session) Ran(out []byte, again bool) {
	s.tx += uint64(len(out))
	s.screen.Write(out)
	if again {
		s.screen.Reply()
	}
}

// Entered takes in what comes from outside.
func (s *Session) Entered(kind rewind.Kind, b []byte, again bool) {
	if !again {
		s.points.Cut(s.comp.M.Now())
	}
	switch {
	case kind == rewind.Input:
		s.rx += uint64(len(b))
	case kind == rewind.Resize && len(b) == 4:
		s.screen.Resize(clampRows(int(binary.LittleEndian.Uint16(b))), clampCols(int(binary.LittleEndian.Uint16(b[2:])))) // a link may say anything
	}
}
