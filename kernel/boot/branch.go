package boot

import (
	"fmt"
	"slices"

	"vitrine/engine/rewind"
)

// branch is one future: what was typed, from power-on to its end. Up to the fork it is its parent's.
type branch struct {
	id       int // counts the branches there ever were
	name     string
	parent   *branch
	fork     uint64 // when it left its parent; what comes in at that moment is its own
	forkBusy uint64
	tape     rewind.Tape // all of it, also what is still to be played; the computer's own while it is at the end
	end      uint64      // how far it has been run
	retired  uint64      // instructions until then
	typed    []byte      // what waited outside for room in the serial port at the end
	later    uint64      // Computer.later then
	moments  []*moment   // from the fork on, by time
	log      []byte      // what the console sent from byte sent on, the first of the branch unless it was cut
	sent     uint64
	cut      bool
}

// owner is the branch of the line whose moment now is.
func (b *branch) owner(now uint64) *branch {
	for b.parent != nil && now < b.fork {
		b = b.parent
	}
	return b
}

// Branch describes a future that can be returned to.
type Branch struct {
	ID     int // stays its own, whatever is forgotten
	Name   string
	Parent int    // -1 for the first
	Fork   uint64 // when it left its parent
	End    uint64 // how far it has been run

	Retired uint64 // instructions until End
}

// Branches lists all futures; cur is the present one.
func (h *History) Branches() (list []Branch, cur int) {
	for i, b := range h.branches {
		out := Branch{ID: b.id, Name: b.name, Parent: -1, Fork: b.fork, End: b.end, Retired: b.retired}
		if b == h.cur {
			cur, out.End = i, h.End()
			if !h.past {
				out.Retired = h.c.M.CPU.S.Retired
			}
		}
		for j, p := range h.branches {
			if p == b.parent {
				out.Parent = j
			}
		}
		list = append(list, out)
	}
	return list, cur
}

// End is how far the present branch has been run.
func (h *History) End() uint64 {
	if h.past {
		return h.cur.end
	}
	return h.c.M.Now()
}

// Past tells whether the computer is before the end of the branch.
func (h *History) Past() bool { return h.past }

// Rename gives branch i another name.
func (h *History) Rename(i int, name string) { h.branches[i].name = name }

// maxBranches is how many futures are kept: the oldest that no other came from is forgotten.
const maxBranches = 16

// Forget gives branch i up. It is false for the present one and for one that another came from.
func (h *History) Forget(i int) bool {
	b := h.branches[i]
	if b == h.cur || slices.ContainsFunc(h.branches, func(o *branch) bool { return o.parent == b }) {
		return false
	}
	for _, m := range b.moments {
		h.release(m)
	}
	h.branches = slices.Delete(h.branches, i, i+1)
	return true
}

// Switch goes to the end of branch i.
func (h *History) Switch(i int) Stop {
	h.leave()
	h.cur = h.branches[i]
	h.past = true
	h.restore(h.before(h.cur.end, byNow))
	return h.runTo(h.cur.end, NoLimit)
}

// leave notes where the branch ends, before the computer goes elsewhere.
func (h *History) leave() {
	if h.past {
		return
	}
	b, c := h.cur, h.c
	b.tape = rewind.Tape{Entries: append(c.tape.First(c.tape.Position()).Entries, c.ahead()...)}
	b.end, b.retired, b.typed, b.later = c.M.Now(), c.M.CPU.S.Retired, c.typed, c.later
	h.past = true
}

// ahead is what a tape that is being played still has.
func (c *Computer) ahead() []rewind.Entry {
	if c.cue == nil {
		return nil
	}
	return c.cue.Tape.Entries[c.cue.Pos:]
}

// arrive notices the end of the branch.
func (h *History) arrive() {
	if h.past && h.c.M.Now() >= h.cur.end {
		h.c.typed, h.c.later, h.c.horizon = h.cur.typed, h.cur.later, 0
		h.past = false
	}
}

// forks begins a new branch when something comes in that the present future does not have.
func (h *History) forks() {
	if !h.past && len(h.c.ahead()) == 0 {
		return
	}
	h.leave()
	c := h.c
	h.named++
	b := &branch{id: h.named, name: fmt.Sprintf("branch %d", h.named), parent: h.cur.owner(c.M.Now()), fork: c.M.Now(), forkBusy: c.busy(), sent: h.sent}
	h.branches = append(h.branches, b)
	h.cur = b
	for i := 0; len(h.branches) > maxBranches && i < len(h.branches); i++ {
		if h.Forget(i) {
			i--
		}
	}
	c.cue, c.typed, c.later, c.horizon = nil, nil, 0, 0
	h.past = false
	h.keep(false)
}

// Input types on the console; in the past that begins a new branch.
func (h *History) Input(p []byte) {
	h.forks()
	h.c.Input(p)
}

// Type types on the console as Computer.Type does; in the past that begins a new branch.
func (h *History) Type(p []byte) {
	h.forks()
	h.c.Type(p)
}

// Resize changes the size of the console; in the past that begins a new branch.
func (h *History) Resize(rows, cols uint16) {
	h.forks()
	h.c.Resize(rows, cols)
}
