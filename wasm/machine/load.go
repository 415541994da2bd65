package main

import (
	"errors"

	"vitrine/engine/load"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/term"
	"vitrine/wasm/view"
)

// linuxCmdline is Linux's command line unless the reader gives one: what README.md says of -append.
const linuxCmdline = "console=ttyS0 nokaslr cryptomgr.notests"

// load switches on another machine with the reader's files, or the first one anew. When that fails, the present one goes on.
func (s *Session) load(c *view.Command) {
	o := s.first
	var err error
	if len(c.Files) > 0 {
		o, err = s.choose(c)
	}
	if err == nil {
		err = s.switchOn(o)
	}
	s.problem = ""
	if err != nil {
		s.problem = err.Error()
	}
}

// choose finds the kernel among the files; the other one is its initrd or module.
func (s *Session) choose(c *view.Command) (Options, error) {
	o := Options{Append: c.Text, Date: s.first.Date, Paused: !s.playing && !s.ended}
	for _, f := range c.Files {
		switch {
		case load.Format(f.Bytes) != "" && o.Kernel == nil:
			o.Kernel = f.Bytes
		case o.Initrd == nil && f.Bytes != nil:
			o.Initrd = f.Bytes
		default:
			return o, errors.New("too many files: a kernel, and an initrd or module perhaps, are wanted")
		}
	}
	if o.Kernel == nil && len(c.Files) == 1 {
		o.Kernel, o.Initrd = c.Files[0].Bytes, nil // the loader says what it lacks
	}
	if o.Kernel == nil {
		return o, errors.New("none of the files is a kernel: a multiboot image or a bzImage is wanted")
	}
	if o.Append == "" && load.IsLinux(o.Kernel) {
		o.Append = linuxCmdline
	}
	var err error
	o.Mem, err = boot.ParseSize(c.Mem)
	return o, err
}

// switchOn makes a machine the present one. What the page has set stays: its speed, what it listens to, the console's size.
func (s *Session) switchOn(o Options) error {
	comp, err := boot.New(ComputerOptions(s.disk, o))
	if err != nil {
		return err
	}
	rows, cols := s.screen.Size()
	if rows != startRows || cols != startCols {
		comp.Resize(uint16(rows), uint16(cols))
	}
	s.comp, s.screen = comp, term.New(rows, cols)
	s.playing, s.stop, s.typed = !o.Paused, "", o.Run
	if o.Paused {
		s.stop = "paused"
	}
	s.steps, s.until, s.held, s.waiting, s.ended, s.stepped = 0, 0, false, false, false, false
	s.debt, s.idleMs, s.tx, s.rx, s.rate, s.prev = 0, 0, 0, 0, rateMeter{}, before{}
	s.events, s.named, s.calls = []trace.Event{}, map[uint32]bool{}, nil
	s.machine++
	s.dirty = true
	s.listen()
	s.picture.init(s)
	return nil
}

// promptMs is how long somebody else's kernel must be idle until it is taken to be at its prompt.
const promptMs = 200

// foreignIdle types what the link asked for once somebody else's kernel waits for it.
func (s *Session) foreignIdle() {
	if s.comp.K == nil && s.idleMs > promptMs && s.comp.WantsInput() {
		s.prompted()
	}
}
