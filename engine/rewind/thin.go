package rewind

// Place is where a kept moment lies on its branch, in units of time in which the CPU was not idle: what running there
// costs.
type Place struct {
	At         uint64
	Prev, Next uint64 // its neighbours'; Next is Last for the branch's last
	Fixed      bool   // never given up
}

// Sparest returns which of the places is missed least by somebody who is at now: the one whose gap, when it is gone, is smallest
// for the square root of its distance. So places lie dense near now, and yet the largest gap is only about twice what it
// would be were all gaps equal; gaps in proportion to the distance would leave the beginning of a long run out of reach. -1 when
// all are fixed.
func Sparest(places []Place, now, grain uint64) int {
	best, least := -1, 0.0
	for i := range places {
		p := &places[i]
		if p.Fixed {
			continue
		}
		gap, far := float64(p.Next-p.Prev), float64(distance(p.At, now)+grain)
		if score := gap * gap / far; best < 0 || score < least {
			best, least = i, score
		}
	}
	return best
}

func distance(a, b uint64) uint64 {
	if a < b {
		return b - a
	}
	return a - b
}

// Rest is a tape's input behind its first n entries, of which the last had size bytes then: more may have come at the same
// moment.
func (t *Tape) Rest(n, size int) *Tape {
	rest := t.Entries[n:]
	if n > 0 && len(t.Entries[n-1].Bytes) > size {
		e := t.Entries[n-1]
		e.Bytes = e.Bytes[size:]
		rest = append([]Entry{e}, rest...)
	}
	return &Tape{Entries: rest}
}

// First is a copy of a tape's first n entries, the last with size bytes.
func (t *Tape) First(n, size int) Tape {
	e := append([]Entry(nil), t.Entries[:n]...)
	if n > 0 {
		e[n-1].Bytes = append([]byte(nil), e[n-1].Bytes[:size]...)
	}
	return Tape{Entries: e}
}

// Position is how much there is on a tape, for Rest and First.
func (t *Tape) Position() (n, size int) {
	if n = len(t.Entries); n > 0 {
		size = len(t.Entries[n-1].Bytes)
	}
	return n, size
}
