// Machine is the program of the page's worker: the computer, its console's screen, and the transport that plays it.
// Nothing in it but main_js.go knows JavaScript, so a test drives it like the page does.
package main

import (
	"strings"

	"vitrine/engine/debug"
	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// Options are what the page chooses before the machine is switched on.
type Options struct {
	Boot   string // kernel command line
	Mem    uint64 // bytes, 0 for the default
	Swap   uint64 // bytes of a second disk to swap to, 0 for none
	Run    string // typed at the first prompt
	Paused bool
	Date   int64       // Unix seconds at power-on
	Files  []link.File // put on the disk

	// Kernel is the file of somebody else's kernel, which is then loaded instead of ours, with its command line and its
	// initrd or module.
	Kernel []byte
	Append string
	Initrd []byte

	// Replay is a link whose run is played up to its moment, in place of a fresh machine. At is an instruction to go to then, 0 for
	// none. Program is put on the disk of a fresh machine; Shared tells that the disk has a dynamic linker.
	Replay  *link.Link
	At      uint64
	Program *Program
	Shared  bool

	Budget int64 // bytes of host memory for going back, boot.DefaultBudget when 0

	End uint64 // the instruction count at which it stands still, 0 for none

	First uint64 // the instruction count before which nothing is shown
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
	if o.Swap != 0 {
		b.Swap = boot.SwapDisk(o.Swap)
		b.Cmdline = strings.TrimSpace(b.Cmdline + " swap=/dev/sdb")
	}
	return b
}

// Session is one machine with what the page sees of it.
type Session struct {
	comp  *boot.Computer
	hist  *boot.History // nobody else runs the computer, or lets anything in
	rows  int           // of the console, as the page wants it
	cols  int
	sized bool // the page has told them
	progs []view.Program

	playing bool
	speed   float64     // instructions per second, 0 full
	steps   uint64      // instructions still to step
	until   trace.Mask  // kinds that are waited for
	goals   *debug.Goal // the same for the history; nil: nothing is waited for
	slow    trace.Mask  // kinds at which full speed is held for a moment
	slowMs  float64
	held    bool
	holds   int        // how often, since the reader did something
	stop    string     // why it does not play
	waiting bool       // every task sleeps until something is typed
	first   uint64     // instruction count before which nothing is shown
	last    uint64     // instruction count at which it stands still, 0 for none
	marks   trace.Mask // kinds at which playing pauses
	ended   bool       // powered off or panicked: nothing runs any more

	lastMs  float64 // host time of the previous slice
	debt    float64 // instructions a limited speed still owes
	idleMs  float64 // how long the present stretch of idling was waited out
	rate    rateMeter
	prev    before // the last stepped instruction
	stepped bool
	micro   micro // of the present unit

	mask    trace.Mask // what the page wants to hear
	tell    trace.Mask // what its guests want to be told of
	events  []trace.Event
	named   map[uint32]bool
	calls   []view.Call
	dirty   bool
	seq     uint64
	typed   string // Options.Run, until the first prompt
	picture picture
	lanes   lanes
	again   bool // the history plays what was played before

	made     boot.Options // what the computer was made of, before files were put on the disk
	setup    link.Setup   // the same as links say it
	loaded   []link.Item
	files    []link.File
	points   boot.Recorder
	lastAt   place // the last position
	lastTold float64
	said     []any // to be told to the page

	reply []byte // of the terminal to what it was asked, not yet typed
	jobs  []*job
	rests []*job         // wait until the machine has come to rest
	job   *job           // the one under way
	later []view.Command // came meanwhile
	clock func() float64 // host milliseconds
	yield func(turn)     // gives way in the middle of a slice; nil: nobody waits
	shown view.Frame     // the last picture

	chunks *chunked // where the disk's content comes from; nil: all of it is there

	sheets  []*sheet      // screens of kept moments, by how many lines ever left them
	moments int           // kept
	heard   []trace.Event // scratch
	aside   bool          // the computer goes about for a question, of which the reader sees nothing but the answer
	from    uint64        // events are told from here on

	overheard func(e *trace.Event) // is told of what happens while it goes about
	jumped    bool                 // not from the last picture on: the machine has gone elsewhere
}

// baseKinds are always listened to: they are rare enough to cost nothing, and the story is told from them.
const baseKinds = 1<<trace.Mode | 1<<trace.Exception | 1<<trace.Interrupt | 1<<trace.SoftInt | 1<<trace.IRQ | 1<<trace.DiskRead |
	1<<trace.DiskWrite | 1<<trace.BootStep | 1<<trace.Syscall | 1<<trace.SyscallRet | 1<<trace.PageFault | 1<<trace.COW | 1<<trace.Switch |
	1<<trace.Wake | 1<<trace.Block | 1<<trace.Fork | 1<<trace.Exec | 1<<trace.Exit | 1<<trace.Signal | 1<<trace.SignalSent

// NewSession switches a machine on.
func NewSession(disk dev.Backing, progs []view.Program, o Options) (*Session, error) {
	s := &Session{progs: progs, first: o.First, last: o.End, playing: !o.Paused, typed: o.Run, dirty: true, rows: startRows, cols: startCols, named: map[uint32]bool{}, mask: view.Needs,
		clock: func() float64 { return 0 }}
	if o.Paused {
		s.stop = "paused"
	}
	comp, err := s.make(disk, &o)
	if err != nil {
		return nil, err
	}
	s.comp = comp
	var replay *boot.Replay
	if o.Replay != nil {
		if replay, err = boot.NewReplay(comp, o.Replay); err != nil {
			return nil, err
		}
	}
	s.picture.init(s)
	if comp.K != nil {
		comp.K.OnExec = s.picture.executed
	}
	s.listen()
	s.hist = boot.NewHistory(comp, boot.HistoryOptions{Budget: o.Budget, Companion: s})
	if replay != nil {
		replay.Through(s.hist)
		s.replay(replay, o.Replay, o.At)
	} else if o.At != 0 {
		s.startAt(o.At)
	}
	return s, nil
}

// listen sets what the machine tells.
func (s *Session) listen() {
	s.comp.M.Trace.Mask = s.Needs() | s.until | s.slow | s.marks | s.tell
}

// maxBatch bounds the events sent in one batch: the newest are kept.
const maxBatch = 4096

// collect drains the events and learns the names of the system calls among them.
func (s *Session) collect() {
	if s.aside {
		s.heard = s.comp.M.Trace.Drain(s.heard[:0])
		for i := range s.heard {
			if derivedKinds>>s.heard[i].Kind&1 != 0 {
				s.picture.derived.event(&s.heard[i], &s.picture)
			}
			if s.overheard != nil {
				s.overheard(&s.heard[i])
			}
		}
		return
	}
	from := len(s.events)
	s.events = s.comp.M.Trace.Drain(s.events)
	s.lane(s.events[from:])
	told := s.events[:from]
	quick := s.playing && (s.speed == 0 || s.speed >= 1e6) // nobody could look at each page walk
	for _, e := range s.events[from:] {
		if e.Kind == trace.Syscall && !s.named[uint32(e.A)] {
			s.named[uint32(e.A)] = true
			if call := s.comp.K.Syscall(e.A); call != nil { // told by our kernel alone
				s.calls = append(s.calls, view.Call{NR: uint32(e.A), Name: call.Name})
			}
		}
		if derivedKinds>>e.Kind&1 != 0 {
			s.picture.event(&e)
		}
		if (s.until|s.slow|s.marks)>>e.Kind&1 != 0 {
			s.picture.hit = e
		}
		if !quick || e.Kind != trace.Walk || (s.mask|s.until|s.slow)>>trace.Walk&1 != 0 {
			told = append(told, e)
		}
	}
	s.events = told
	if extra := len(s.events) - maxBatch; extra > 0 {
		s.events = append(s.events[:0], s.events[extra:]...)
		if s.jumped {
			s.from = s.events[0].At
		}
	}
}

// Batch returns the next picture with the events since the last, or nil when nothing has changed.
func (s *Session) Batch() *view.Batch {
	if !s.dirty {
		return nil
	}
	if s.job == nil {
		s.collect()
	}
	s.dirty = false
	s.seq++
	if s.job != nil { // the machine is on its way
		b := &view.Batch{Frame: s.shown}
		b.Frame.Seq, b.Frame.Job = s.seq, view.Job{Name: s.job.name, Done: s.job.done, Of: max(s.job.of, 1)}
		return b
	}
	b := &view.Batch{Events: s.events, Calls: s.calls, Jumped: s.jumped, From: s.from}
	s.picture.draw(&b.Frame)
	s.shown = b.Frame
	s.events, s.calls, s.jumped = s.events[:0:0], nil, false
	return b
}

// ConsoleText is the console's scrollback and screen as text.
func (s *Session) ConsoleText() string { return strings.Join(s.picture.screen.Text(), "\n") }

// LogText is the text twin's list of the newest events.
func (s *Session) LogText() string {
	lines := make([]string, len(s.picture.log))
	for i := range lines {
		lines[i] = view.EventText(&s.picture.log[i], s.picture.callName)
	}
	return strings.Join(lines, "\n")
}
