package main

import (
	"vitrine/engine/trace"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// pressure is what happened lately where memory is short: which pages left, and how busy it was.
type pressure struct {
	left  [keptLeft]view.Left // a ring
	n     uint64              // how many ever left
	slot  trace.Event         // the page that is on its way to swap
	beats [keptBeats]view.Beat
	beat  uint64 // number of the newest
	fault trace.Event
}

const (
	keptLeft   = 24
	keptBeats  = 48
	beatLength = 1_000_000 // 10 ms
)

// pressureKinds are what it is made of. All but the faults are rarer than accesses of a disk.
const pressureKinds = 1<<trace.SwapOut | 1<<trace.SwapIn | 1<<trace.Reclaim | 1<<trace.PageFault

func (p *pressure) event(e *trace.Event) {
	switch e.Kind {
	case trace.PageFault:
		p.fault = *e
		count(&p.at(e.At).Faults)
	case trace.SwapIn:
		count(&p.at(e.At).In)
	case trace.SwapOut:
		p.slot = *e
		count(&p.at(e.At).Out)
	case trace.Reclaim:
		p.leave(e)
	}
}

// leave notes a page that has left; where it went was told just before.
func (p *pressure) leave(e *trace.Event) {
	l := view.Left{Frame: uint32(e.A), Use: view.UseReserved, Area: -1, At: e.At}
	if e.B < uint64(mm.NumUses) {
		l.Use = usesOf[e.B]
	}
	if p.slot.Kind == trace.SwapOut && p.slot.A == e.A {
		s := mm.SwapEntry(p.slot.B)
		l.Area, l.Slot = int8(s.Area()), s.Page()
	}
	p.slot = trace.Event{}
	p.left[p.n%keptLeft] = l
	p.n++
}

// at is the stretch that a time lies in. Those between it and the one before were quiet.
func (p *pressure) at(now uint64) *view.Beat {
	for b := now / beatLength; p.beat < b; {
		p.beat = max(p.beat+1, b-min(b, keptBeats-1))
		p.beats[p.beat%keptBeats] = view.Beat{}
	}
	return &p.beats[p.beat%keptBeats]
}

// count adds one, up to what the number holds.
func count(n *uint16) {
	if *n < 1<<16-1 {
		*n++
	}
}

// view lists both, oldest first, as they are now.
func (p *pressure) view(v *view.Room, now uint64) {
	for i := p.n - min(p.n, keptLeft); i < p.n; i++ {
		v.Left = append(v.Left, p.left[i%keptLeft])
	}
	last := now / beatLength
	v.Beat, v.Beats = beatLength, make([]view.Beat, keptBeats)
	for i := range v.Beats {
		if b := last - uint64(keptBeats-1-i); b <= last && b <= p.beat && p.beat-b < keptBeats {
			v.Beats[i] = p.beats[b%keptBeats]
		}
	}
}
