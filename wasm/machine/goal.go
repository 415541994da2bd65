//go:build !js

package main

import (
	"errors"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// goalDate is when the machine of a shipped moment is switched on: the first of January 2026, midnight.
const goalDate = 1767225600

// maxSlices bounds the search for a goal; boot and program take some thousands.
const maxSlices = 200_000

// seeker plays a machine with a clock of its own, and keeps what it sends to a page.
type seeker struct {
	s       *Session
	ms      float64
	batches [][]byte
	frame   view.Frame // the last one sent
}

// keptBatches are enough for the lanes of time and for the story.
const keptBatches = 40

// reach plays a fresh machine to the goal.
func reach(disk dev.Backing, programs []view.Program, mem uint64, g view.Goal) (*view.Reached, error) {
	o := Options{Mem: mem, Date: goalDate}
	s, err := NewSession(disk, programs, o)
	if err != nil {
		return nil, err
	}
	k := &seeker{s: s}
	switch {
	case g.Run != "":
		if err = k.rest(); err == nil {
			err = k.happen(g)
		}
	case g.Stop != "":
		err = k.begin(g)
	default:
		err = k.rest()
	}
	if err != nil {
		return nil, err
	}
	s.Command(view.Command{Kind: "pause"})
	k.look()
	text, err := k.link(disk, o)
	return &view.Reached{Link: text, Batches: k.batches, Count: k.frame.Retired}, err
}

// slicePieces is how often a slice looks at its clock.
const slicePieces = 64

// slice plays for a while and returns what Session.Slice does.
func (k *seeker) slice() float64 {
	wait := k.s.Slice(func() float64 { k.ms += sliceMs / slicePieces; return k.ms })
	k.look()
	k.ms += max(wait, 0)
	return wait
}

func (k *seeker) look() {
	if b := k.s.Batch(); b != nil {
		k.frame = b.Frame
		k.batches = append(k.batches, b.Encode())
		k.batches = k.batches[max(0, len(k.batches)-keptBatches):]
	}
}

// rest goes on until nothing more happens without somebody's doing.
func (k *seeker) rest() error {
	for range maxSlices {
		if k.slice() < 0 {
			return nil
		}
	}
	return errors.New("it never rests")
}

// begin goes from event to event from power-on.
func (k *seeker) begin(g view.Goal) error {
	for range max(g.Times, 1) {
		k.s.Command(view.Command{Kind: "event", Text: g.Stop})
		if err := k.rest(); err != nil {
			return err
		}
	}
	return nil
}

// happen types what the goal says and goes on until it has happened often enough: to behind the kernel's work in which it did.
func (k *seeker) happen(g view.Goal) error {
	k.s.Command(view.Command{Kind: "slow", Mask: uint64(view.StopByID(g.Stop).Mask), N: 1})
	k.s.Command(view.Command{Kind: "input", Text: g.Run + "\r"})
	left := max(g.Times, 1)
	for range maxSlices {
		wait := k.slice()
		if k.frame.Held && (g.In == "" || k.comm() == g.In) {
			left--
		}
		if left == 0 {
			return nil
		}
		if wait < 0 {
			break
		}
	}
	return errors.New("what the goal names does not happen")
}

// comm is the name of the program that has the CPU.
func (k *seeker) comm() string {
	for i := range k.frame.Kernel.Tasks {
		if t := &k.frame.Kernel.Tasks[i]; t.PID == k.frame.Kernel.Current {
			return t.Comm
		}
	}
	return ""
}

func (k *seeker) link(disk dev.Backing, o Options) (string, error) {
	made := ComputerOptions(disk, o)
	l := k.s.comp.Link()
	l.Setup, l.Loaded = boot.Describe(&made, 0)
	return link.Fragment(l, link.View{})
}
