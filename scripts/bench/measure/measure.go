// Package measure runs the benchmark's C kernels on the whole machine, with paging on, and times each between its marks.
package measure

import (
	"fmt"
	"strings"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// Result is one run of one kernel.
type Result struct {
	Kernel       string
	Instructions uint64
	Ms           float64
	Checksum     string
}

// MIPS is millions of guest instructions per second of the host's time.
func (r Result) MIPS() float64 { return float64(r.Instructions) / r.Ms / 1000 }

// step is the guest's time between two looks at its console: half a millisecond, so much and no more is measured wrongly.
const step = 50_000

// Run boots an image whose init runs the kernels, and passes on each result as it comes. clock gives milliseconds.
func Run(image []byte, clock func() float64, report func(Result)) error {
	c, err := boot.New(boot.Options{Cmdline: "quiet", Disk: dev.Image(image), Seed: 1, TermRaw: true, TermNoEcho: true})
	if err != nil {
		return err
	}
	w := watch{report: report}
	for {
		stop := c.Run(c.M.Now()+step, boot.NoLimit)
		if out := c.Output(); len(out) > 0 {
			w.read(string(out), clock(), c.Stats().Instructions)
		}
		switch stop.Reason {
		case boot.Budget:
		case boot.PowerOff:
			return nil
		default:
			return fmt.Errorf("the machine stopped: %v %s", stop.Reason, stop.Text)
		}
	}
}

// watch reads the marks "@kernel begin" and "@kernel end CHECKSUM" from the console.
type watch struct {
	rest   string // of a line that is not whole yet
	kernel string
	ms     float64
	at     uint64
	done   bool // the mark "@done" came
	report func(Result)
}

func (w *watch) read(text string, ms float64, at uint64) {
	w.rest += text
	for {
		line, rest, whole := strings.Cut(w.rest, "\n")
		if !whole {
			return
		}
		w.rest = rest
		w.line(strings.Fields(line), ms, at)
	}
}

func (w *watch) line(words []string, ms float64, at uint64) {
	if len(words) == 1 && words[0] == "@done" {
		w.done = true
	}
	if len(words) < 2 || !strings.HasPrefix(words[0], "@") {
		return
	}
	kernel := words[0][1:]
	switch {
	case len(words) == 2 && words[1] == "begin":
		w.kernel, w.ms, w.at = kernel, ms, at
	case len(words) == 3 && words[1] == "end" && kernel == w.kernel:
		w.report(Result{Kernel: kernel, Instructions: at - w.at, Ms: ms - w.ms, Checksum: words[2]})
	}
}
