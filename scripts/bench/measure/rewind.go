package measure

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"vitrine/engine/cpu"
	"vitrine/engine/debug"
	"vitrine/engine/dev"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// Mixed is what is typed for Rewind unless something else is wanted: forks, pipes, files, computing.
const Mixed = "for i in 1 2 3 4 5 6 7 8 9; do ls -lR /bin | sort | wc; seq 1 5000 | md5sum; seq 1 20000 | awk '{s+=$1} END {print s}' >/tmp/x; done"

// Rewinding says what Rewind measures.
type Rewinding struct {
	Instructions uint64 // of the run
	Budget       int64  // bytes of host memory for moments
	Interval     uint64 // between moments
	Work         string // what is typed
	Times        int    // how often each is measured
	Runs         int    // how often the run is made, with and without a history
}

// rewinder measures what going back costs.
type rewinder struct {
	Rewinding
	image []byte
	clock func() float64 // milliseconds
	say   func(string)
	rand  *rand.Rand
	c     *boot.Computer
	h     *boot.History
	last  uint64 // instructions of the run
}

// Rewind measures what going back costs: recording, seeking anywhere in a run, steps back, and back until something.
func Rewind(image []byte, o Rewinding, clock func() float64, say func(string)) error {
	r := &rewinder{Rewinding: o, image: image, clock: clock, say: say, rand: rand.New(rand.NewPCG(1, 2))}
	if err := r.record(); err != nil {
		return err
	}
	r.steps()
	r.events()
	r.nowhere()
	return nil
}

func (r *rewinder) record() error {
	plain, recorded := 0.0, 0.0
	for n := range r.Runs + 1 {
		for _, history := range []bool{false, true} {
			ms, err := r.forward(history)
			switch {
			case err != nil:
				return err
			case n == 0 && r.Runs > 0: // the host's compiler warms up
			case history && (recorded == 0 || ms < recorded):
				recorded = ms
			case !history && (plain == 0 || ms < plain):
				plain = ms
			}
		}
	}
	r.last = r.c.Stats().Instructions
	r.say(fmt.Sprintf("run           %d M instructions, %.0f MIPS; recorded %.0f MIPS, %+.1f %%",
		r.last/1e6, float64(r.last)/plain/1e3, float64(r.last)/recorded/1e3, 100*(recorded/plain-1)))
	r.say(fmt.Sprintf("moments       %d, %.1f MB", r.h.Moments(), float64(r.h.Bytes())/1e6))
	return nil
}

// forward does the work and returns how many milliseconds that took.
func (r *rewinder) forward(history bool) (float64, error) {
	c, err := boot.New(boot.Options{Cmdline: "quiet", Disk: dev.Image(r.image), Seed: 1, Date: 1767225600})
	if err != nil {
		return 0, err
	}
	run, input := c.Run, c.Input
	if history {
		r.c, r.h = c, boot.NewHistory(c, boot.HistoryOptions{Budget: r.Budget, Interval: r.Interval})
		run, input = r.h.Run, r.h.Input
	}
	begin := r.clock()
	for c.Stats().Instructions < r.Instructions {
		stop := run(boot.NoLimit, min(r.Instructions, c.Stats().Instructions+2e6)) // slices, as in the page
		c.Output()
		if history && r.h.Bytes() > r.Budget {
			return 0, fmt.Errorf("%d bytes are kept, of a budget of %d", r.h.Bytes(), r.Budget)
		}
		switch stop.Reason {
		case boot.WaitInput:
			input([]byte(r.Work + "\n"))
		case boot.Budget:
		default:
			return 0, fmt.Errorf("the run ended: %+v", stop)
		}
	}
	return r.clock() - begin, nil
}

// steps measures seeks and single steps.
func (r *rewinder) steps() {
	h, end := r.h, r.h.End()
	r.times("seek", func() {}, func() { h.Seek(r.rand.Uint64() % end) })
	r.times("back, ran", func() { // from where a run was stopped, at any distance from the last moment
		h.SeekRetired(r.last - 2e6 + r.rand.Uint64()%1e6)
		h.Run(boot.NoLimit, r.c.Stats().Instructions+r.rand.Uint64()%1e6)
	}, func() { h.Back() })
	r.times("back, paused", func() {
		h.SeekRetired(r.last - 2e6 + r.rand.Uint64()%1e6)
		h.Run(boot.NoLimit, r.c.Stats().Instructions+r.rand.Uint64()%1e6)
		h.Settle()
	}, func() { h.Back() })
	r.times("back, sought", func() { h.Seek(r.rand.Uint64() % end) }, func() { h.Back() })
	r.times("back again", func() {}, func() { h.Back() })
	r.times("phases", func() { h.Back() }, func() { h.Micro() })
}

// events measures the ways back to something that has happened.
func (r *rewinder) events() {
	h, end, s := r.h, r.h.End(), &r.c.M.CPU.S
	anywhere := func() { h.Seek(end/4 + r.rand.Uint64()%(end/4*3)) }
	r.times("to a call", anywhere, func() { h.BackEvent(1 << trace.Syscall) })
	r.times("to a walk", anywhere, func() { h.BackEvent(1 << trace.Walk) })
	var g debug.Goal
	r.times("to a break", func() {
		anywhere()
		g = debug.AtAddress(r.c.M, s.RIP)
		anywhere()
	}, func() { h.BackUntil(g) })
	r.Times = max(r.Times/6, 1) // these take seconds where what is sought is rare
	r.times("to a write", func() {
		anywhere()
		if g, _ = debug.Writing(r.c.M, s.R[cpu.RSP]&^7-8, 8); len(g.Writes) == 0 {
			g.Writes = []mem.Range{{First: s.CR3 &^ 4095, Last: s.CR3 | 4095}}
		}
	}, func() { h.BackUntil(g) })
	g, _ = debug.Changing("CR3")
	r.times("to a CR3", anywhere, func() { h.BackUntil(g) })
}

// nowhere measures how long it takes to know that there is nothing, in the whole run.
func (r *rewinder) nowhere() {
	register, _ := debug.Changing("DR3")
	for _, n := range []struct {
		what string
		goal debug.Goal
	}{
		{"no write", debug.Goal{Writes: []mem.Range{{First: r.c.M.RAM.Size() - 8, Last: r.c.M.RAM.Size() - 1}}}},
		{"no break", debug.Goal{Breaks: []cpu.Break{{Addr: 0x1234567, Any: true}}}},
		{"no event", debug.Goal{Events: 1 << trace.SwapIn}},
		{"no register", debug.Goal{Register: register.Register}},
	} {
		r.h.Seek(boot.NoLimit)
		begin := r.clock()
		found := r.h.BackUntil(n.goal)
		r.say(fmt.Sprintf("%-13s %.0f ms, found %v", n.what, r.clock()-begin, found))
	}
}

// times prints how long something takes, after its preparation.
func (r *rewinder) times(name string, prepare, f func()) {
	var all []float64
	for range r.Times {
		prepare()
		begin := r.clock()
		f()
		all = append(all, r.clock()-begin)
	}
	slices.Sort(all)
	at := func(p int) float64 { return all[min(len(all)*p/100, len(all)-1)] }
	r.say(fmt.Sprintf("%-13s median %.2f ms, p99 %.2f ms, most %.2f ms", name, at(50), at(99), at(100)))
}
