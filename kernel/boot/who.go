package boot

import (
	"errors"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// TargetKind says what a Target is.
type TargetKind uint8

// Kinds of targets.
const (
	Register   TargetKind = iota // of the CPU, by its name
	Linear                       // bytes in an address space
	Physical                     // bytes of RAM
	Entry                        // the entry of a page table that translates an address, at a level
	WholeFrame                   // a frame of RAM
)

// Target is a place that holds a value.
type Target struct {
	Kind     TargetKind
	Register string // rip, a name of cpu.Registers, or a flag's: CF, ZF …
	PID      int32  // Linear, Entry: whose space; 0: the one that the CPU uses at the present moment
	Addr     uint64 // linear or physical address; WholeFrame: its number
	N        int    // Linear, Physical: bytes, 1 to MaxTarget
	Level    int    // Entry: 1 for the page table's … 5
}

// MaxTarget is how many bytes a question can be about, short of a whole frame.
const MaxTarget = 64

// Change is one write that changed what its target holds.
type Change struct {
	Now, Retired uint64 // the moment before it: what does it comes next
	Done         uint64 // Now when it was done
	DoneRetired  uint64
	// Old and New are what the target held, nil when it did not exist: the page was not mapped, the process not born. Of a frame
	// they are the eight bytes in which the first change is.
	Old, New []byte
	At       uint64 // physical address of the first byte that changed; 0 for a register
	InMemory bool
	By       Author
}

// Progress is told how far a search has come, in units of time, and answers whether to go on.
type Progress func(done, of uint64) bool

// ErrCancelled is what a question ends with when its Progress said no.
var ErrCancelled = errors.New("cancelled")

// ErrTarget is for a target that there is not.
var ErrTarget = errors.New("there is no such register, address or frame")

// Present is the moment where the computer is.
const Present = NoLimit

// Who finds the last change of a target before a moment or, with next, the first after it, up to the end of the branch. It is
// nil when there is none. The computer is where it was when it returns, whatever happens.
func (h *History) Who(t Target, at uint64, next bool, p Progress) (*Change, error) {
	probe, err := h.c.probe(t)
	if err != nil {
		return nil, err
	}
	var found *Change
	err = h.aside(func() error {
		if at != Present {
			h.Seek(at)
		}
		s := &search{h: h, probe: probe, progress: p, here: h.c.M.Now(), end: h.End()}
		step, err := s.find(next)
		if step != nil && err == nil {
			found = h.explain(probe, step)
		}
		return err
	})
	return found, err
}

// aside goes elsewhere and comes back to the present moment. Nobody hears what happens on the way.
func (h *History) aside(f func() error) error {
	c := h.c
	now, hub, on, between := c.M.Now(), *c.M.Trace, c.StopOn, h.between
	fresh := make([]uint8, len(c.M.RAM.Marks))
	for i, m := range c.M.RAM.Marks {
		fresh[i] = m & mem.MarkFresh
	}
	*c.M.Trace, c.StopOn = trace.Hub{Now: hub.Now, Task: hub.Task}, 0
	h.between = nil
	err := f()
	c.M.Trace.Mask = 0
	h.restore(h.before(now, byNow)) // whatever has been looked at: reading a program's memory may bring pages in
	h.Seek(now)
	hub.Task, h.between = c.M.Trace.Task, between
	*c.M.Trace, c.StopOn = hub, on
	for i := range c.M.RAM.Marks {
		c.M.RAM.Marks[i] = c.M.RAM.Marks[i]&^mem.MarkFresh | fresh[i]
	}
	c.M.CPU.Watch()
	return err
}
