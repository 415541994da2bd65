// Machine is the program of the page's worker: the computer, its console's screen, and the transport that plays it.
// Nothing in it but main_js.go knows JavaScript, so a test drives it like the page does.
package main

import (
	"cmp"
	"strings"

	"vitrine/engine/dev"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/term"
	"vitrine/wasm/view"
)

// How far a slice goes before the worker looks at its messages again, and how long idle time is waited out.
const (
	sliceMs      = 8.0
	chunk        = 200_000 // units of Now between two looks at the clock
	foreignChunk = 2_000   // the same for a kernel that is not ours, when it is to be held at events: it goes on for so long after one
	idleWaitMs   = 300     // of one stretch of idling; what is longer is skipped, and said to be skipped
	unitsPerMs   = 100_000 // the machine is a 100 MHz one

	// The boot takes a few milliseconds of the machine's time, too few to see. At full speed each of its steps is held
	// for a moment, which makes about two seconds of it.
	bootChunk = 500
	bootMs    = 90

	maxSlowMs = 5000 // the longest that the page may ask to be held at an event
)

// Options are what the page chooses before the machine is switched on.
type Options struct {
	Boot   string // kernel command line
	Mem    uint64 // bytes, 0 for the default
	Run    string // typed at the first prompt
	Paused bool
	Date   int64 // Unix seconds at power-on

	// Kernel is the file of somebody else's kernel, which is then loaded instead of ours, with its command line and its
	// initrd or module.
	Kernel []byte
	Append string
	Initrd []byte
}

// The console's size until the page asks for another.
const (
	startRows = 24
	startCols = 80
)

// ComputerOptions are the computer's for a page's options; a test builds the same one natively. Somebody else's kernel gets
// no disk: what is on ours is not for it.
func ComputerOptions(disk dev.Backing, o Options) boot.Options {
	b := boot.Options{Cmdline: o.Boot, RAM: o.Mem, Seed: 1, Date: o.Date, Rows: startRows, Cols: startCols,
		Kernel: o.Kernel, Append: o.Append, Initrd: o.Initrd}
	if o.Kernel == nil {
		b.Disk = disk
	}
	return b
}

// Session is one machine with what the page sees of it.
type Session struct {
	comp   *boot.Computer
	screen *term.Screen
	progs  []view.Program

	playing bool
	speed   float64 // instructions per second, 0 full
	steps   uint64  // instructions still to step
	until   trace.Mask
	slow    trace.Mask // kinds at which full speed is held for a moment
	slowMs  float64
	held    bool
	stop    string // why it does not play
	waiting bool   // every task sleeps until something is typed
	ended   bool   // powered off or panicked: nothing runs any more

	lastMs  float64 // host time of the previous slice
	debt    float64 // instructions a limited speed still owes
	idleMs  float64 // how long the present stretch of idling was waited out
	tx, rx  uint64  // bytes on the console's wire
	rate    rateMeter
	prev    before // the last stepped instruction
	stepped bool

	mask    trace.Mask // what the page wants to hear
	events  []trace.Event
	named   map[uint32]bool
	calls   []view.Call
	dirty   bool
	seq     uint64
	typed   string // Options.Run, until the first prompt
	picture picture
}

// baseKinds are always listened to: they are rare enough to cost nothing, and the story is told from them.
const baseKinds = 1<<trace.Mode | 1<<trace.Exception | 1<<trace.Interrupt | 1<<trace.SoftInt | 1<<trace.IRQ | 1<<trace.DiskRead |
	1<<trace.DiskWrite | 1<<trace.BootStep | 1<<trace.Syscall | 1<<trace.SyscallRet | 1<<trace.PageFault | 1<<trace.COW | 1<<trace.Switch |
	1<<trace.Wake | 1<<trace.Block | 1<<trace.Fork | 1<<trace.Exec | 1<<trace.Exit | 1<<trace.Signal

// NewSession switches a machine on.
func NewSession(disk dev.Backing, progs []view.Program, o Options) (*Session, error) {
	s := &Session{progs: progs, playing: !o.Paused, typed: o.Run, dirty: true, named: map[uint32]bool{}, mask: view.Needs}
	s.screen = term.New(startRows, startCols)
	if o.Paused {
		s.stop = "paused"
	}
	comp, err := boot.New(ComputerOptions(disk, o))
	if err != nil {
		return nil, err
	}
	s.comp = comp
	s.listen()
	s.picture.init(s)
	return s, nil
}

// listen sets what the machine tells: page walks are told only when there is time to look at them.
func (s *Session) listen() {
	mask := baseKinds | s.mask | s.until | s.slow
	if !s.playing || s.speed != 0 && s.speed < 1e6 {
		mask |= 1 << trace.Walk
	}
	s.comp.M.Trace.Mask = mask
}

// Command does what the reader asks. Commands it does not know it ignores.
func (s *Session) Command(c view.Command) {
	s.dirty = true
	switch c.Kind {
	case "play":
		s.play()
	case "pause":
		s.pause("paused")
	case "step":
		s.pause("step")
		s.steps = uint64(max(c.N, 1))
	case "event":
		s.pause("step")
		s.until = s.stops(view.StopByID(c.Text).Mask)
	case "speed":
		s.speed = max(c.N, 0)
		s.debt = 0
	case "slow":
		s.slow, s.slowMs = trace.Mask(c.Mask), min(max(c.N, 0), maxSlowMs)
	case "input":
		s.input([]byte(s.screen.Key(c.Text)))
	case "resize":
		s.resize(c.Rows, c.Cols)
	case "walk":
		s.picture.askWalk(c.Addr)
	case "frame":
		if c.Text == "follow" {
			c.N = -1
		}
		s.picture.askFrame(c.N)
	case "mask":
		s.mask = view.Needs | trace.Mask(c.Mask)
	}
	s.listen()
}

// stops returns the kinds to stop at. A kernel that is not ours does not tell of its work; what the CPU tells stands for it.
func (s *Session) stops(m trace.Mask) trace.Mask {
	if s.comp.K != nil {
		return m
	}
	for _, k := range []struct{ kernel, machine trace.Mask }{
		{1 << trace.Syscall, 1<<trace.SyscallIn | 1<<trace.Sysenter | 1<<trace.SoftInt}, {1 << trace.PageFault, 1 << trace.Exception},
		{1 << trace.Switch, 1 << trace.Space}, {1 << trace.COW, 1 << trace.Exception}, {1 << trace.BootStep, 1 << trace.Mode},
	} {
		if m&k.kernel != 0 {
			m |= k.machine
		}
	}
	return m
}

func (s *Session) play() {
	if s.ended {
		return
	}
	s.playing, s.stop, s.steps, s.until, s.stepped = true, "", 0, 0, false
}

func (s *Session) pause(why string) {
	if s.ended {
		return
	}
	s.playing, s.stop, s.steps, s.until = false, why, 0, 0
	s.debt = 0
}

// Terminals smaller or larger than these are not worth having.
const (
	minRows, maxRows = 4, 100
	minCols, maxCols = 20, 240
)

func (s *Session) resize(rows, cols int) {
	rows, cols = min(max(rows, minRows), maxRows), min(max(cols, minCols), maxCols)
	if r, c := s.screen.Size(); r == rows && c == cols {
		return
	}
	s.screen.Resize(rows, cols)
	s.comp.Resize(uint16(rows), uint16(cols))
}

// Slice runs for some milliseconds of host time, as clock tells it, and returns after how many more it wants to run
// again; a negative number means not before the next command.
func (s *Session) Slice(clock func() float64) float64 {
	start := clock()
	elapsed := min(start-s.lastMs, 100)
	s.lastMs = start
	if s.ended {
		return -1
	}
	var wait float64
	switch {
	case s.steps > 0 || s.until != 0:
		wait = s.sliceSteps(clock, start)
	case !s.playing:
		return -1
	case s.speed > 0:
		wait = s.sliceSlow(elapsed)
	case !s.picture.stages.over():
		wait = s.sliceBoot()
	default:
		wait = s.sliceFull(clock, start)
	}
	s.rate.note(clock(), s.comp.M.CPU.S.Retired)
	s.collect()
	return wait
}

// sliceFull plays at full speed. Idle time passes as fast as the reader's, and after a moment it is skipped: but somebody
// else's kernel, which has a tick and never says that it waits, would then never rest.
func (s *Session) sliceFull(clock func() float64, start float64) float64 {
	s.comp.StopOn = s.slow
	defer func() { s.comp.StopOn = 0 }()
	step := uint64(chunk)
	if s.comp.K == nil && s.slow != 0 {
		step = foreignChunk
	}
	for {
		idle, more := s.run(s.comp.M.Now()+step, 0)
		if !more {
			return -1
		}
		if s.held {
			s.happened(s.slow)
			return s.slowMs
		}
		idleMs := float64(idle) / unitsPerMs
		if idleMs*unitsPerMs < float64(step)*9/10 {
			s.idleMs = 0 // something ran
		} else if s.idleMs < idleWaitMs || s.comp.K == nil {
			s.idleMs += idleMs
			s.foreignIdle()
			return idleMs
		}
		if clock()-start >= sliceMs {
			return 0
		}
	}
}

// promptMs is how long somebody else's kernel must be idle until it is taken to be at its prompt.
const promptMs = 200

// foreignIdle types what the link asked for once somebody else's kernel waits for it.
func (s *Session) foreignIdle() {
	if s.comp.K == nil && s.idleMs > promptMs && s.comp.WantsInput() {
		s.prompted()
	}
}

// sliceBoot plays the boot, and holds at each of its steps.
func (s *Session) sliceBoot() float64 {
	for at := s.picture.stages.steps; at == s.picture.stages.steps; s.collect() {
		if _, more := s.run(s.comp.M.Now()+bootChunk, 0); !more {
			return -1
		}
	}
	return bootMs
}

// sliceSlow plays at a chosen number of instructions per second.
func (s *Session) sliceSlow(elapsed float64) float64 {
	s.debt = min(s.debt+elapsed*s.speed/1000, s.speed/10+1)
	n := uint64(s.debt)
	if n > 0 {
		s.debt -= float64(n)
		s.stepped = n == 1
		s.prev.take(&s.comp.M.CPU.S)
		before := s.comp.M.CPU.S.Retired
		for ran := uint64(0); ran < n; ran = s.comp.M.CPU.S.Retired - before {
			if _, more := s.run(s.comp.M.Now()+chunk, before+n); !more {
				return -1
			}
		}
	}
	return min(max(1000/s.speed, 1), 100)
}

// sliceSteps goes on stepping: so many instructions, or until an event that was asked for.
func (s *Session) sliceSteps(clock func() float64, start float64) float64 {
	for s.steps > 0 || s.until != 0 {
		seen := s.comp.M.Trace.Count()
		s.prev.take(&s.comp.M.CPU.S)
		n := uint64(1)
		if s.steps > 1 { // the last one goes alone, so that what it changed can be shown
			n = min(s.steps-1, chunk)
		}
		target := s.comp.M.CPU.S.Retired + n
		for s.comp.M.CPU.S.Retired < target {
			if _, more := s.run(s.comp.M.Now()+chunk, target); !more {
				return -1
			}
		}
		s.stepped = true
		if s.steps > 0 {
			s.steps -= n
		}
		if s.until != 0 && s.comp.M.Trace.Count() != seen && s.happened(s.until) {
			s.until = 0
			s.listen()
		}
		if clock()-start >= sliceMs {
			return 0
		}
	}
	return -1
}

// happened takes the events out of the ring and tells whether one of the kinds is among the new ones. The story tells of
// the last of them: what the kernel says of a fault after what the CPU said.
func (s *Session) happened(kinds trace.Mask) (found bool) {
	fresh := s.collect()
	for _, e := range s.events[len(s.events)-fresh:] {
		if kinds>>e.Kind&1 != 0 {
			s.picture.last, found = e, true
		}
	}
	return found
}

// run lets the computer run up to a virtual time or an instruction count (0: none). It returns how much of the time
// passed idly, and false when there is nothing more to run for now.
func (s *Session) run(until, retired uint64) (idle uint64, more bool) {
	s.dirty = true
	idled := s.comp.M.CPU.S.Idled
	if retired == 0 {
		retired = ^uint64(0)
	}
	stop := s.comp.Run(until, retired)
	idle = s.comp.M.CPU.S.Idled - idled
	out := s.comp.Output()
	s.tx += uint64(len(out))
	s.screen.Write(out)
	s.input(s.screen.Reply())
	s.waiting = stop.Reason == boot.WaitInput
	s.held = stop.Reason == boot.Event
	switch stop.Reason {
	case boot.WaitInput:
		return idle, s.prompted()
	case boot.Panic:
		s.end("panic: " + stop.Text)
		return idle, false
	case boot.PowerOff:
		s.end("power off")
		return idle, false
	case boot.Restart:
		s.end("restart")
		return idle, false
	case boot.Halted:
		s.end(cmp.Or(stop.Text, "halted for good"))
		return idle, false
	}
	return idle, true
}

// prompted is called when every task waits for the reader: what the link asked to be typed is typed now. An event that
// was asked for may still come once something is typed.
func (s *Session) prompted() bool {
	s.steps = 0
	if s.typed == "" {
		return false
	}
	text := s.typed
	s.typed = ""
	s.input([]byte(strings.TrimRight(text, "\n") + "\r"))
	return true
}

func (s *Session) end(why string) {
	s.ended, s.playing, s.stop, s.steps, s.until = true, false, why, 0, 0
}

// maxBatch bounds the events sent in one batch: the newest are kept.
const maxBatch = 4096

// collect drains the events and learns the names of the system calls among them.
func (s *Session) collect() (fresh int) {
	from := len(s.events)
	s.events = s.comp.M.Trace.Drain(s.events)
	for _, e := range s.events[from:] {
		if e.Kind == trace.Syscall && !s.named[uint32(e.A)] {
			s.named[uint32(e.A)] = true
			if call := s.comp.K.Syscall(e.A); call != nil { // told by our kernel alone
				s.calls = append(s.calls, view.Call{NR: uint32(e.A), Name: call.Name})
			}
		}
		s.picture.event(&e)
	}
	fresh = len(s.events) - from
	if extra := len(s.events) - maxBatch; extra > 0 {
		s.events = append(s.events[:0], s.events[extra:]...)
	}
	return min(fresh, maxBatch)
}

// Batch returns the next picture with the events since the last, or nil when nothing has changed.
func (s *Session) Batch() *view.Batch {
	if !s.dirty {
		return nil
	}
	s.collect()
	s.dirty = false
	s.seq++
	b := &view.Batch{Events: s.events, Calls: s.calls}
	s.picture.draw(&b.Frame)
	s.events, s.calls = s.events[:0:0], nil
	return b
}

// ConsoleText is the console's scrollback and screen as text.
func (s *Session) ConsoleText() string { return strings.Join(s.screen.Text(), "\n") }
