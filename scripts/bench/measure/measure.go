// Package measure runs the benchmark's C kernels on the whole machine, with paging on, and times each between its marks.
package measure

import (
	"fmt"
	"strings"

	"vitrine/engine/dev"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// Result is one run of one kernel.
type Result struct {
	Mode         string // who listened: nobody ("quiet"), "observed", "traced"
	Kernel       string
	Instructions uint64
	Ms           float64
	Checksum     string
}

// MIPS is millions of guest instructions per second of the host's time.
func (r Result) MIPS() float64 { return float64(r.Instructions) / r.Ms / 1000 }

// step is the guest's time between two looks at its console: half a millisecond, so much and no more is measured wrongly.
const step = 50_000

// observed is what a diagram of a running program listens to: faults, interrupts and system calls with what they lead to.
var observed = trace.MaskOf(trace.Exception, trace.Interrupt, trace.Iret, trace.SyscallIn, trace.SyscallOut,
	trace.Syscall, trace.SyscallRet, trace.PageFault, trace.Switch, trace.Tick)

// traced is how many instructions are run with an event for each.
const traced = 20_000_000

// All runs the kernels while nobody listens, while an observer does, and the first for a while instruction by instruction.
// Each result is passed on as it comes; clock gives milliseconds.
func All(image []byte, clock func() float64, report func(Result)) error {
	if err := run(image, "quiet", 0, clock, report); err != nil {
		return err
	}
	if err := run(image, "observed", observed, clock, report); err != nil {
		return err
	}
	r, err := single(image, clock)
	if err == nil {
		report(r)
	}
	return err
}

// start switches on a machine with an image whose init runs the kernels.
func start(image []byte, mask trace.Mask, ram uint64) (*boot.Computer, error) {
	return boot.New(boot.Options{Cmdline: "quiet", RAM: ram, Disk: dev.Image(image), Seed: 1, TermRaw: true, TermNoEcho: true, Mask: mask})
}

// run boots an image whose init runs the kernels.
func run(image []byte, mode string, mask trace.Mask, clock func() float64, report func(Result)) error {
	c, err := start(image, mask, boot.DefaultRAM)
	if err != nil {
		return err
	}
	w := watch{mode: mode, report: report}
	var events []trace.Event
	for {
		stop := c.Run(c.M.Now()+step, boot.NoLimit)
		events = c.M.Trace.Drain(events[:0])
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

// single runs the first kernel while every instruction is listened to.
func single(image []byte, clock func() float64) (Result, error) {
	c, err := start(image, 0, boot.DefaultRAM)
	if err != nil {
		return Result{}, err
	}
	for began := false; !began; {
		if stop := c.Run(c.M.Now()+step, boot.NoLimit); stop.Reason != boot.Budget {
			return Result{}, fmt.Errorf("the machine stopped: %v %s", stop.Reason, stop.Text)
		}
		began = strings.Contains(string(c.Output()), " begin\n")
	}
	c.M.Trace.Mask = trace.MaskOf(trace.Instr)
	var events []trace.Event
	at, ms, seen := c.Stats().Instructions, clock(), 0
	for c.Stats().Instructions < at+traced {
		c.Run(c.M.Now()+1000, boot.NoLimit)
		events = c.M.Trace.Drain(events[:0])
		seen += len(events)
	}
	r := Result{Mode: "traced", Kernel: "-", Instructions: c.Stats().Instructions - at, Ms: clock() - ms, Checksum: "-"}
	if uint64(seen) < r.Instructions {
		return r, fmt.Errorf("%d instructions, but %d events", r.Instructions, seen)
	}
	return r, nil
}

// watch reads the marks "@kernel begin" and "@kernel end CHECKSUM" from the console.
type watch struct {
	mode   string
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
		w.report(Result{Mode: w.mode, Kernel: kernel, Instructions: at - w.at, Ms: ms - w.ms, Checksum: words[2]})
	}
}
