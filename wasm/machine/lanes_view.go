package main

import (
	"cmp"
	"slices"
)

// laneQuestion asks for the lanes of the present branch between two places of its busy time (the time in which the CPU was
// not idle: what idles takes no room on the scrubber), cut into columns.
type laneQuestion struct {
	From, To uint64 // busy units; To 0: to the end
	Columns  int
	Rows     int // tasks with a row of their own
}

// laneAnswer is one number for each column, or for each edge between columns.
type laneAnswer struct {
	From  uint64 `json:"from"` // busy units
	To    uint64 `json:"to"`
	Total uint64 `json:"total"` // of the whole branch

	At      []uint64 `json:"at"`      // of each edge: the machine's time
	Retired []uint64 `json:"retired"` // of each edge: instructions, about
	Idle    []uint64 `json:"idle"`    // of each column: time left out as idle

	Ring0  []byte    `json:"ring0"` // of each column: share of ring 0, of 255
	Counts [3][]byte `json:"counts"`
	Tasks  []laneRow `json:"tasks"` // by number; the last one, number 0, is all others

	Sum laneSum `json:"sum"`
}

// laneRow is who ran.
type laneRow struct {
	Task  uint32 `json:"task"`
	Name  string `json:"name"`
	Time  uint64 `json:"time"`
	Share []byte `json:"share"`
}

// laneSum is what happened in all columns together.
type laneSum struct {
	Ring   [2]uint64 `json:"ring"` // units in ring 0 and in ring 3
	Idle   uint64    `json:"idle"`
	Counts [3]uint64 `json:"counts"`
}

// Bounds of a question.
const (
	maxColumns  = 4096
	maxTaskRows = 12
)

// ask answers a question.
func (l *lanes) ask(q laneQuestion) laneAnswer {
	n := min(max(q.Columns, 1), maxColumns)
	list := l.cur.all()
	a := laneAnswer{From: q.From}
	for i := range list {
		a.Total += list[i].busy()
	}
	a.To = min(cmp.Or(q.To, a.Total), a.Total)
	a.From = min(a.From, a.To)
	d := &columns{from: a.From, span: max(a.To-a.From, 1), a: &a}
	d.rows(list, min(max(q.Rows, 0), maxTaskRows))
	for i := range a.Tasks {
		a.Tasks[i].Share = make([]byte, n)
		a.Tasks[i].Name = l.cur.name(a.Tasks[i].Task)
	}
	a.Idle, a.Ring0 = make([]uint64, n), make([]byte, n)
	for i := range a.Counts {
		a.Counts[i] = make([]byte, n)
	}
	d.fill(list, n)
	a.At, a.Retired = edges(list, a.From, d.span, n)
	return a
}

// all is what is known of the whole way to the end of the branch.
func (b *line) all() []stretch {
	if b.parent == nil {
		return b.list
	}
	var out []stretch
	for _, s := range b.parent.all() {
		if s.to <= b.fork {
			out = append(out, s)
		} else if s.from < b.fork {
			out = append(out, s.first(b.fork-s.from))
		}
	}
	return append(out, b.list...)
}

func (s *stretch) busy() uint64 { return s.ring[0] + s.ring[1] }

// first is a part of a stretch as if all of it were alike: the first d units.
func (s *stretch) first(d uint64) stretch {
	out := *s
	out.to = s.from + d
	part := func(n uint64) uint64 { return scale(n, d, s.to-s.from) }
	for i := range out.ring {
		out.ring[i] = part(s.ring[i])
	}
	for i := range out.counts {
		out.counts[i] = uint32(part(uint64(s.counts[i])))
	}
	for i := range out.tasks {
		out.tasks[i].time = part(s.tasks[i].time)
	}
	if out.at > out.to {
		out.at, out.retired = 0, 0
	}
	return out
}

// scale is n * part / of, for what would not fit while it is multiplied.
func scale(n, part, of uint64) uint64 { return uint64(float64(n) * float64(part) / float64(of)) }

// columns spreads stretches over the columns of an answer.
type columns struct {
	from, span uint64
	a          *laneAnswer
	row        map[uint32]int
}

// inside is how much of a stretch that begins at busy place b lies between two busy places, of 1.
func inside(s *stretch, b, from, to uint64) float64 {
	width := s.busy()
	if width == 0 {
		if b >= from && b <= to {
			return 1
		}
		return 0
	}
	lo, hi := max(b, from), min(b+width, to)
	if hi <= lo {
		return 0
	}
	return float64(hi-lo) / float64(width)
}

// rows chooses the tasks with a row of their own: those that ran longest in view.
func (d *columns) rows(list []stretch, n int) {
	total := map[uint32]uint64{}
	var order []uint32
	b := uint64(0)
	for i := range list {
		s := &list[i]
		if part := inside(s, b, d.from, d.from+d.span); part > 0 {
			for _, t := range s.tasks {
				if t.task == 0 {
					break
				}
				if _, there := total[t.task]; !there {
					order = append(order, t.task)
				}
				total[t.task] += uint64(float64(t.time) * part)
			}
		}
		b += s.busy()
	}
	slices.SortStableFunc(order, func(x, y uint32) int { return cmp.Compare(total[y], total[x]) })
	own := order
	if len(order) > n {
		own = order[:max(n-1, 0)]
	}
	others := uint64(0)
	for _, task := range order[len(own):] {
		others += total[task]
	}
	slices.Sort(own)
	d.row = map[uint32]int{}
	d.a.Tasks = []laneRow{}
	for i, task := range own {
		d.row[task] = i
		d.a.Tasks = append(d.a.Tasks, laneRow{Task: task, Time: total[task]})
	}
	if len(order) > len(own) && n > 0 {
		d.a.Tasks = append(d.a.Tasks, laneRow{Time: others})
	}
}

// fill spreads what happened over n columns.
func (d *columns) fill(list []stretch, n int) {
	a := d.a
	last := len(a.Tasks) - 1
	width := float64(d.span) / float64(n) // busy units of a column
	ring0, busy := make([]float64, n), make([]float64, n)
	shares := make([][]float64, len(a.Tasks))
	for i := range shares {
		shares[i] = make([]float64, n)
	}
	b := uint64(0)
	for i := range list {
		s := &list[i]
		at := b
		b += s.busy()
		whole := inside(s, at, d.from, d.from+d.span)
		if whole == 0 {
			continue
		}
		first, end := d.reach(at, b, n)
		for c := first; c < end; c++ {
			lo, hi := d.from+uint64(float64(c)*width), d.from+uint64(float64(c+1)*width)
			part := inside(s, at, lo, hi)
			if s.busy() == 0 {
				part = 1 // it takes no room: there is one column
			}
			ring0[c] += float64(s.ring[0]) * part
			busy[c] += float64(s.busy()) * part
			a.Idle[c] += uint64(float64(s.to-s.from-s.busy()) * part)
			for _, t := range s.tasks {
				r, own := d.row[t.task]
				if !own {
					r = last
				}
				if t.task != 0 && r >= 0 {
					shares[r][c] += float64(t.time) * part
				}
			}
		}
		for k, count := range s.counts {
			spread(a.Counts[k][first:end], uint32(float64(count)*whole+0.5))
		}
		d.sum(s, whole)
	}
	for c := range ring0 {
		a.Ring0[c] = portion(ring0[c], busy[c])
		for r := range shares {
			a.Tasks[r].Share[c] = portion(shares[r][c], busy[c])
		}
	}
}

// reach is which columns the busy places from lo to hi touch: at least one.
func (d *columns) reach(lo, hi uint64, n int) (first, end int) {
	place := func(b uint64) float64 {
		return float64(max(b, d.from)-d.from) / float64(d.span) * float64(n)
	}
	first = min(int(place(lo)), n-1)
	last := place(hi)
	if end = int(last); float64(end) < last {
		end++
	}
	return first, min(max(end, first+1), n)
}

func (d *columns) sum(s *stretch, part float64) {
	u := &d.a.Sum
	for i := range u.Ring {
		u.Ring[i] += uint64(float64(s.ring[i]) * part)
	}
	for i := range u.Counts {
		u.Counts[i] += uint64(float64(s.counts[i])*part + 0.5)
	}
	u.Idle += uint64(float64(s.to-s.from-s.busy()) * part)
}

func portion(part, of float64) byte {
	if of <= 0 {
		return 0
	}
	return byte(min(part/of*255+0.5, 255))
}

// spread lays count marks evenly over the columns; a column holds at most 255.
func spread(to []byte, count uint32) {
	for i := range to {
		before, after := uint64(count)*uint64(i)/uint64(len(to)), uint64(count)*uint64(i+1)/uint64(len(to))
		to[i] = byte(min(uint64(to[i])+after-before, 255))
	}
}

// edges gives the machine's time and the instructions retired at the edges of n columns. Between two moments of which
// the number of instructions is known it grows with the busy time.
func edges(list []stretch, from, span uint64, n int) (at, retired []uint64) {
	type known struct{ busy, retired uint64 }
	var marks []known
	marks = append(marks, known{})
	b := uint64(0)
	for i := range list {
		s := &list[i]
		if s.at != 0 && s.to > s.from {
			marks = append(marks, known{b + scale(s.busy(), s.at-min(s.at, s.from), s.to-s.from), s.retired})
		} else if s.at != 0 {
			marks = append(marks, known{b, s.retired})
		}
		b += s.busy()
	}
	at, retired = make([]uint64, n+1), make([]uint64, n+1)
	i, m, start := 0, 0, uint64(0) // the stretch and where it begins, the mark
	for c := range at {
		place := from + uint64(float64(span)*float64(c)/float64(n))
		for i < len(list) && start+list[i].busy() < place {
			start += list[i].busy()
			i++
		}
		switch {
		case i < len(list) && list[i].busy() > 0:
			at[c] = list[i].from + scale(list[i].to-list[i].from, place-start, list[i].busy())
		case i < len(list):
			at[c] = list[i].from
		case len(list) > 0:
			at[c] = list[len(list)-1].to
		}
		for m+1 < len(marks) && marks[m+1].busy <= place {
			m++
		}
		retired[c] = marks[m].retired
		if m+1 < len(marks) && marks[m+1].busy > marks[m].busy && marks[m+1].retired > marks[m].retired {
			retired[c] += scale(marks[m+1].retired-marks[m].retired, place-marks[m].busy, marks[m+1].busy-marks[m].busy)
		}
	}
	return at, retired
}
