package mem

// Range is bytes of physical memory, First to Last.
type Range struct{ First, Last uint64 }

// SetWatch has writes into the ranges noticed, by whomever they are made: Hit tells of them, and Noted is called before each.
// It is an onlooker's and no state. The CPU must forget which frames it may write without asking: cpu.CPU.WatchWrites.
func (r *RAM) SetWatch(ranges []Range) {
	for _, w := range r.watch {
		r.markRange(w, false)
	}
	r.watch = append(r.watch[:0], ranges...)
	for _, w := range r.watch {
		r.markRange(w, true)
	}
	r.Hit = false
}

func (r *RAM) markRange(w Range, on bool) {
	for f := FrameOf(w.First); f <= FrameOf(w.Last) && int(f) < len(r.Marks); f++ {
		if on {
			r.Marks[f] |= MarkWatch
		} else {
			r.Marks[f] &^= MarkWatch
		}
	}
}

// Watches tells whether one of the n bytes at pa, in one frame, is watched.
func (r *RAM) Watches(pa, n uint64) bool {
	if r.Marks[FrameOf(pa)]&MarkWatch == 0 {
		return false
	}
	for _, w := range r.watch {
		if pa <= w.Last && pa+n-1 >= w.First {
			return true
		}
	}
	return false
}

// Notice notes a write of n bytes at pa, in one frame, before it is made.
func (r *RAM) Notice(pa, n uint64) {
	if !r.Watches(pa, n) {
		return
	}
	r.Hit = true
	if r.Noted != nil {
		r.Noted(pa, n)
	}
}
