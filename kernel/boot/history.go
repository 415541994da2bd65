package boot

import (
	"cmp"
	"slices"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/rewind"
	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// HistoryOptions bound what a History costs.
type HistoryOptions struct {
	Budget   int64  // bytes of host memory for kept moments, DefaultBudget when 0
	Interval uint64 // time between two moments in which the CPU is not idle, DefaultInterval when 0
	// Companion goes with the computer, nil: nobody.
	Companion Companion
}

// Defaults of HistoryOptions.
const (
	DefaultBudget   = 256 << 20
	DefaultInterval = 2 << 20
)

// near is how far before its goal a Seek leaves a moment, so that the next steps back are short.
const near = 1 << 15

// History drives a computer that can go back: it keeps moments of the run, sparsely, and all that was typed. To be at any
// other moment is to restore the last one kept before it, and to run to it with the tape. What is kept never shows in the
// computer's state.
type History struct {
	c         *Computer
	budget    int64
	interval  uint64
	companion Companion
	between   func() bool

	store    rewind.Store
	freezer  *state.Freezer
	branches []*branch
	cur      *branch
	places   []rewind.Place // scratch
	named    int            // branches so far, for their names
	past     bool           // the computer is before the end of the branch
	sent     uint64         // bytes that the console has sent up to the present moment
	base     *moment        // the one that was kept or restored last: memory's marks tell what was written since

	astray bool // the computer has run without its companion
}

// moment is the computer at a time.
type moment struct {
	now, retired, busy uint64 // busy: time in which the CPU was not idle
	entries, size      int    // how much of the tape had come
	sent               uint64 // bytes that the console had sent
	ram                *rewind.Pages
	state              *state.Frozen
	beside             any // the companion's
	fixed              bool
	after              *moment // since when ram tells what was written; nil: not known
}

// NewHistory begins the history of a computer where it is. A tape that is being played goes on. From now on only the
// History may run the computer or let anything in.
func NewHistory(c *Computer, o HistoryOptions) *History {
	h := &History{c: c, budget: o.Budget, interval: o.Interval, companion: o.Companion}
	if h.budget == 0 {
		h.budget = DefaultBudget
	}
	if h.interval == 0 {
		h.interval = DefaultInterval
	}
	h.freezer = state.NewFreezer(compare, c.parts()...)
	h.cur = &branch{name: "main"}
	h.branches = []*branch{h.cur}
	c.entered = h.entered
	h.listen()
	h.keep(true)
	return h
}

// compare is for the large slices of structs and of named numbers.
var compare = []state.Equal{
	state.EqualSlices[cpu.TLBEntry], state.EqualSlices[mem.Frame], state.EqualSlices[mm.SwapEntry],
	state.EqualSlices[vfs.Hash], state.EqualSlices[state.Slot[kernel.Sighand]],
}

// parts are pointers to all state but RAM.
func (c *Computer) parts() []any {
	parts := append(c.M.States(), &c.end)
	if c.K != nil {
		parts = append(parts, &c.K.State, &c.K.MM.State, &c.K.VFS.S, &c.K.Terms.State, &c.files.S, &c.K.Unix.State)
	}
	return parts
}

func (c *Computer) busy() uint64 { return c.M.Now() - c.M.CPU.S.Idled }

// Bytes is the host memory that the kept moments and what the console sent take.
func (h *History) Bytes() int64 {
	n := h.store.Bytes() + h.freezer.Bytes() + h.bytesBeside()
	for _, b := range h.branches {
		n += int64(cap(b.log))
	}
	return n
}

// Moments is how many moments are kept.
func (h *History) Moments() (n int) {
	for _, b := range h.branches {
		n += len(b.moments)
	}
	return n
}

// keep keeps the present moment, unless there is one already.
func (h *History) keep(fixed bool) *moment {
	c := h.c
	m := &moment{now: c.M.Now(), retired: c.M.CPU.S.Retired, busy: c.busy(), sent: h.sent, fixed: fixed}
	m.entries, m.size = c.tape.Position()
	b := h.cur.owner(m.now)
	i, there := slices.BinarySearchFunc(b.moments, m.now, func(m *moment, now uint64) int { return cmp.Compare(m.now, now) })
	if there {
		return b.moments[i]
	}
	c.M.States() // brings the devices to the present
	var pages *rewind.Pages
	var frozen *state.Frozen
	if m.after = h.base; m.after != nil {
		pages, frozen = h.base.ram, h.base.state
	}
	m.ram, m.state = h.store.Keep(c.M.RAM, pages), h.freezer.Freeze(frozen)
	c.M.CPU.Watch()
	h.keepBeside(m)
	b.moments = slices.Insert(b.moments, i, m)
	h.base = m
	h.thin()
	return m
}

// restore puts the computer into a moment of the present branch, with the tape behind it still to come.
func (h *History) restore(m *moment) {
	h.leave()
	c := h.c
	c.M.States()
	var pages *rewind.Pages
	if h.base != nil {
		pages = h.base.ram
	}
	h.store.Put(c.M.RAM, pages, m.ram)
	h.freezer.Thaw(m.state)
	c.M.CPU.SetState(c.M.CPU.S)
	c.M.UART.Drain()
	if c.K != nil {
		c.K.Restored()
		if c.K.State.RootMounted {
			c.disk.recall()
		} else {
			c.disk.forget()
		}
	}
	c.tape = h.cur.tape.First(m.entries, m.size)
	c.cue = &rewind.Reader{Tape: h.cur.tape.Rest(m.entries, m.size)}
	c.typed = nil
	h.base, h.sent = m, m.sent
	c.horizon = h.cur.end
	h.restoreBeside(m)
	h.arrive()
}

// maxMoments bounds the search for them.
const maxMoments = 1024

// thin gives moments up until the rest fits into the budget.
func (h *History) thin() {
	for h.Bytes() > h.budget || h.Moments() > maxMoments {
		if h.giveUp(false) || h.giveUp(true) {
			continue
		}
		return
	}
}

// giveUp gives up the moment that is missed least, or, with last, the base: then all of memory is compared the next time,
// and moments are kept half as often, as so much memory does not fit.
func (h *History) giveUp(last bool) bool {
	places := h.places[:0]
	for _, b := range h.branches {
		for i, m := range b.moments {
			p := rewind.Place{At: m.busy, Prev: b.forkBusy, Next: m.busy + h.interval, Fixed: m.fixed || (m == h.base) != last}
			if i > 0 {
				p.Prev = b.moments[i-1].busy
			}
			if i+1 < len(b.moments) {
				p.Next = b.moments[i+1].busy
			}
			places = append(places, p)
		}
	}
	h.places = places
	i := rewind.Sparest(places, h.c.busy(), h.interval)
	if i < 0 {
		return false
	}
	for _, b := range h.branches {
		if i >= len(b.moments) {
			i -= len(b.moments)
			continue
		}
		h.release(b.moments[i])
		b.moments = slices.Delete(b.moments, i, i+1)
		break
	}
	if last {
		h.interval *= 2
	}
	return true
}

func (h *History) release(m *moment) {
	for _, b := range h.branches {
		for _, o := range b.moments {
			if o.after == m {
				h.store.Follow(o.ram, m.ram)
				o.after = m.after
			}
		}
	}
	h.store.Release(m.ram)
	h.freezer.Release(m.state)
	h.releaseBeside(m)
	if h.base == m {
		h.base = nil
	}
}
