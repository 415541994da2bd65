package main

import (
	"encoding/binary"
	"slices"

	"vitrine/engine/rewind"
	"vitrine/engine/trace"
	"vitrine/wasm/term"
	"vitrine/wasm/view"
)

// derivedKinds are what derived is made of: always listened to, for they are rare enough to cost nothing.
const derivedKinds = baseKinds | view.Needs | 1<<trace.Walk | pressureKinds

// Needs are the kinds that must be told when a stretch is run again.
func (s *Session) Needs() trace.Mask { return derivedKinds | s.mask }

// sheet is a screen that kept moments share.
type sheet struct {
	screen *term.Screen
	refs   int
	row    int64  // bytes of a line above the screen, on average
	rows   uint64 // lines above it
	ever   uint64 // that there ever were
}

// kept is what belongs to a kept moment.
type kept struct {
	d     *derived
	sheet *sheet
}

// keptBytes is about what one takes without its screen and what grows with memory.
const keptBytes = 8 << 10

// Keep returns what belongs to the present moment.
func (s *Session) Keep() any {
	s.collect()
	s.moments++
	d := s.picture.derived
	d.marked(s.comp.M.RAM)
	d.flow = s.comp.M.Trace.Flow()
	return kept{d.clone(), s.sheet(d.screen)}
}

func (s *Session) sheet(screen *term.Screen) *sheet {
	for _, sh := range s.sheets {
		if sh.screen == screen {
			sh.refs++
			return sh
		}
	}
	bytes, lines, ever := screen.Above()
	sh := &sheet{screen: screen, refs: 1, row: bytes / int64(max(lines, 1)), rows: uint64(lines), ever: ever}
	at, _ := slices.BinarySearchFunc(s.sheets, ever, func(sh *sheet, ever uint64) int {
		if sh.ever < ever {
			return -1
		}
		return 1
	})
	s.sheets = slices.Insert(s.sheets, at, sh)
	return sh
}

// Release gives up what Keep returned.
func (s *Session) Release(k any) {
	s.moments--
	sh := k.(kept).sheet
	if sh.refs--; sh.refs == 0 {
		s.sheets = slices.DeleteFunc(s.sheets, func(o *sheet) bool { return o == sh })
	}
}

// Bytes is the host memory of all that is kept. Of the lines above the screens each counts once.
func (s *Session) Bytes() int64 {
	n := int64(s.moments) * (keptBytes + int64(s.comp.M.RAM.Frames()/8))
	before := uint64(0)
	for _, sh := range s.sheets {
		n += sh.screen.Bytes() + sh.row*int64(min(sh.ever-before, sh.rows))
		before = sh.ever
	}
	return n
}

// Restore goes to a kept moment. What happened since the last picture has not happened.
func (s *Session) Restore(k any) {
	m := s.comp.M
	s.heard = m.Trace.Drain(s.heard[:0])
	s.picture.derived = k.(kept).d.clone()
	m.Trace.SetFlow(s.picture.flow)
	if s.aside {
		return
	}
	s.events, s.from, s.jumped = nil, m.Now(), true
	s.picture.returned(m.RAM, m.Now())
}

// Ran takes in what the console sent and what happened. What the terminal answers, it has answered already when the piece
// is run again.
func (s *Session) Ran(out []byte, again bool) {
	s.again = again
	d := s.picture.derived
	if len(out) > 0 {
		d.tx += uint64(len(out))
		d.own().Write(out)
		d.stages.print(out)
		s.provoked()
		if reply := d.screen.Reply(); !again {
			s.reply = append(s.reply, reply...)
		}
	}
	s.collect()
}

// Entered takes in what comes from outside.
func (s *Session) Entered(kind rewind.Kind, b []byte, again bool) {
	if !again {
		s.points.Cut(s.comp.M.Now())
	}
	d := s.picture.derived
	switch {
	case kind == rewind.Input:
		d.rx += uint64(len(b))
	case kind == rewind.Resize && len(b) == 4:
		d.own().Resize(clampRows(int(binary.LittleEndian.Uint16(b))), clampCols(int(binary.LittleEndian.Uint16(b[2:])))) // a link may say anything
	}
}
