// Command rewind measures what going back costs: recording, seeking anywhere in a run, and steps back. It runs natively and in
// Node.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// mixed is what is typed: forks, pipes, files, computing.
const mixed = "for i in 1 2 3 4 5 6 7 8 9; do ls -lR /bin | sort | wc; seq 1 5000 | md5sum; seq 1 20000 | awk '{s+=$1} END {print s}' >/tmp/x; done"

var (
	million  = flag.Uint64("n", 100, "length of the run, in million instructions")
	disk     = flag.String("disk", "build/disk.img", "root disk")
	budget   = flag.Int64("budget", 256, "host memory for moments, in MiB")
	interval = flag.Uint64("interval", boot.DefaultInterval, "between moments")
	work     = flag.String("work", mixed, "what is typed")
	seeks    = flag.Int("seeks", 60, "how often to seek")
)

func main() {
	flag.Parse()
	image, err := os.ReadFile(*disk)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	forward(runner{c: start(image)}) // the host's compiler warms up
	plain, recorded := time.Hour, time.Hour
	var c *boot.Computer
	var h *boot.History
	for range 3 {
		plain = min(plain, forward(runner{c: start(image)}))
		c = start(image)
		h = boot.NewHistory(c, boot.HistoryOptions{Budget: *budget << 20, Interval: *interval})
		recorded = min(recorded, forward(runner{c: c, h: h}))
	}
	fmt.Printf("run           %d M instructions, %.0f MIPS; recorded %.0f MIPS, %+.1f %%\n",
		c.Stats().Instructions/1e6, mips(c, plain), mips(c, recorded), 100*(recorded.Seconds()/plain.Seconds()-1))
	fmt.Printf("moments       %d, %.1f MB, %v each\n", h.Moments(), float64(h.Bytes())/1e6, ((recorded - plain) / time.Duration(h.Moments())).Round(time.Microsecond))
	end, last := h.End(), c.Stats().Instructions
	times("seek", func() { h.Seek(rand.Uint64() % end) })
	times("back, ran", func() { // from where a run was stopped, at any distance from the last moment
		h.SeekRetired(last - 3e6 + rand.Uint64()%2e6)
		h.Run(boot.NoLimit, c.Stats().Instructions+rand.Uint64()%1e6)
		stopwatch(func() { h.Back() })
	})
	times("back, sought", func() {
		h.Seek(rand.Uint64() % end)
		stopwatch(func() { h.Back() })
	})
	times("back again", func() { h.Back() })
}

func start(image []byte) *boot.Computer {
	c, err := boot.New(boot.Options{Cmdline: "quiet", Disk: dev.Image(image), Seed: 1, Date: 1767225600})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return c
}

// runner runs a computer with or without a history.
type runner struct {
	c *boot.Computer
	h *boot.History
}

func (r runner) run(n uint64) boot.Stop {
	if r.h != nil {
		return r.h.Run(boot.NoLimit, n)
	}
	return r.c.Run(boot.NoLimit, n)
}

// forward does the work, up to the number of instructions, and returns how long it took.
func forward(r runner) time.Duration {
	begin := time.Now()
	for n := *million * 1e6; r.c.Stats().Instructions < n; {
		stop := r.run(min(n, r.c.Stats().Instructions+2e6)) // slices, as in the page
		r.c.Output()
		switch {
		case stop.Reason == boot.WaitInput && r.h != nil:
			r.h.Input([]byte(*work + "\n"))
		case stop.Reason == boot.WaitInput:
			r.c.Input([]byte(*work + "\n"))
		case stop.Reason != boot.Budget:
			fmt.Fprintln(os.Stderr, stop)
			os.Exit(1)
		}
	}
	return time.Since(begin)
}

func mips(c *boot.Computer, d time.Duration) float64 {
	return float64(c.Stats().Instructions) / d.Seconds() / 1e6
}

// took is what a stopwatch has measured within a function of times; 0: the whole function counts.
var took time.Duration

func stopwatch(f func()) {
	begin := time.Now()
	f()
	took = time.Since(begin)
}

func times(name string, f func()) {
	var all []time.Duration
	for range *seeks {
		took = 0
		begin := time.Now()
		f()
		if took == 0 {
			took = time.Since(begin)
		}
		all = append(all, took)
	}
	slices.Sort(all)
	at := func(p int) time.Duration { return all[min(len(all)*p/100, len(all)-1)].Round(10 * time.Microsecond) }
	fmt.Printf("%-13s median %v, p99 %v, most %v\n", name, at(50), at(99), at(100))
}
