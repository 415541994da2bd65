package view

import (
	"strconv"

	"vitrine/engine/trace"
)

// StoryKind says which door of the kernel a story goes through.
type StoryKind uint8

// The kinds of stories.
const (
	StoryNone StoryKind = iota
	StoryIRQ
	StoryFault
	StoryCow
	StorySyscall
	NumStories
)

// Story is one way from user mode through the kernel and back, told by the events that were seen.
type Story struct {
	Kind       StoryKind
	Start, End uint64 // virtual clock; End is 0 until it is over
	Vector     int    // of interrupts and exceptions
	Line       int    // of interrupts
	Error      uint64 // #PF error code
	Addr       uint64 // CR2
	NR         uint64 // of system calls
	Call       string
	From, To   int // PIDs, when a switch happened
	Old, New   uint64
	Task       int
	Reached    trace.Mask // kinds that happened
	Last       trace.Kind
}

// Step of a story in plain words.
type Step struct {
	Text      string
	Done, Now bool
}

// Stories are the last ones of each kind.
type Stories struct {
	Current Story // the newest, perhaps not over
	Last    [NumStories]Story
	Ended   Story       // the last one that is over
	irq     trace.Event // the last line raised, before the CPU took it
}

func (s *Stories) event(e *trace.Event, calls map[uint64]string) {
	switch e.Kind {
	case trace.IRQ:
		s.irq = *e
		if s.over() {
			s.begin(e, StoryIRQ)
			s.Current.Line = int(e.A)
		}
	case trace.Interrupt:
		if s.Current.Kind != StoryIRQ || !s.over() && s.Current.Last != trace.IRQ {
			s.begin(e, StoryIRQ)
		}
		if s.irq.At != 0 {
			s.Current.Line = int(s.irq.A)
			s.Current.Reached |= 1 << trace.IRQ
		}
		s.Current.Vector, s.Current.End = int(e.A), 0
	case trace.Exception:
		s.begin(e, StoryFault)
		s.Current.Vector, s.Current.Error, s.Current.Addr = int(e.A>>32), e.A&0xFFFFFFFF, e.B
	case trace.SyscallIn:
		s.begin(e, StorySyscall)
		s.Current.NR, s.Current.Call = e.A, calls[e.A]
	}
	s.pass(e, calls)
}

// pass notes what happened on the way of the current story.
func (s *Stories) pass(e *trace.Event, calls map[uint64]string) {
	c := &s.Current
	if c.Kind == StoryNone || c.End != 0 {
		return
	}
	switch e.Kind {
	case trace.COW:
		c.Kind, c.Old, c.New = StoryCow, e.A, e.B
	case trace.Syscall:
		c.NR, c.Call = e.A, calls[e.A]
	case trace.Switch:
		c.From, c.To = int(e.A), int(e.B)
	case trace.Iret, trace.SyscallOut, trace.Halt:
		c.End = e.At
	case trace.IRQ, trace.Interrupt, trace.Exception, trace.SyscallIn, trace.Tick, trace.FrameAlloc, trace.PageFault, trace.Block:
	default:
		return
	}
	c.Reached |= 1 << e.Kind
	c.Last = e.Kind
	s.Last[c.Kind] = *c
	if c.End != 0 {
		s.Ended = *c
	}
}

func (s *Stories) over() bool { return s.Current.Kind == StoryNone || s.Current.End != 0 }

func (s *Stories) begin(e *trace.Event, k StoryKind) {
	s.Current = Story{Kind: k, Start: e.At, Task: int(e.Task)}
}

// plan is a step with the kind of event that completes it; optional ones are shown only once they happened.
type plan struct {
	text     string
	by       trace.Kind
	optional bool
}

// Steps tells the story: what is done, what is happening and what is to come.
func (s *Story) Steps() []Step {
	plans := s.plans()
	out := make([]Step, 0, len(plans))
	now := -1
	for _, p := range plans {
		done := s.Reached>>p.by&1 != 0
		if !done && (p.optional || s.End != 0) {
			continue
		}
		if done && p.by == s.Last && s.End == 0 {
			now = len(out)
		}
		out = append(out, Step{Text: p.text, Done: done})
	}
	if now >= 0 {
		out[now].Now = true
	}
	return out
}

func (s *Story) plans() []plan {
	switch s.Kind {
	case StoryIRQ:
		return s.interrupt()
	case StoryFault:
		return s.fault()
	case StoryCow:
		return s.cow()
	case StorySyscall:
		return s.syscall()
	}
	return nil
}

// cow: the write came from the program, or from the kernel on its behalf, which looks first and needs no exception.
func (s *Story) cow() []plan {
	done := []plan{
		{"do_wp_page", trace.COW, false}, {"copy 4 KiB", trace.COW, false}, {"PTE writable", trace.PageFault, false},
	}
	if s.Reached>>trace.Exception&1 == 0 {
		name := s.Call
		if name == "" {
			name = "kernel"
		}
		done = append([]plan{{name + " writes", trace.COW, false}}, done...)
		return append(done, plan{"sysretq", trace.SyscallOut, s.Reached>>trace.Iret&1 != 0}, plan{"iretq", trace.Iret, true})
	}
	first := []plan{{"write", trace.Exception, false}, {"#PF error " + strconv.FormatUint(s.Error, 10), trace.Exception, false}, {"IDT[14]", trace.Exception, false}}
	return append(append(first, done...), plan{"iretq, retry", trace.Iret, false})
}

func (s *Story) interrupt() []plan {
	v := strconv.Itoa(s.Vector)
	if s.Reached>>trace.Interrupt&1 == 0 {
		v = "?"
	}
	line := strconv.Itoa(s.Line)
	first := plan{"device asks", trace.IRQ, false}
	if s.Line == 0 {
		first.text = "count reaches 0"
	}
	back := "iretq"
	if s.To != 0 {
		back = "iretq to pid " + strconv.Itoa(s.To)
	}
	return []plan{
		first, {"IRQ " + line, trace.IRQ, false}, {"8259: vector " + v, trace.Interrupt, false},
		{"IDT[" + v + "]", trace.Interrupt, false}, {"push frame", trace.Interrupt, false},
		{"tick", trace.Tick, s.Line != 0}, {"schedule()", trace.Switch, false}, {"CR3, RSP0", trace.Switch, false},
		{back, trace.Iret, false},
	}
}

// Bits of a page fault's error code. SDM 3A "Page-Fault Exceptions".
const (
	pfPresent = 1 << 0
	pfWrite   = 1 << 1
	pfUser    = 1 << 2
	pfFetch   = 1 << 4
)

func (s *Story) fault() []plan {
	if s.Vector != 14 {
		v := strconv.Itoa(s.Vector)
		return []plan{{"exception " + v, trace.Exception, false}, {"IDT[" + v + "]", trace.Exception, false},
			{"push frame", trace.Exception, false}, {"iretq", trace.Iret, false}}
	}
	access := "read"
	if s.Error&pfWrite != 0 {
		access = "write"
	}
	if s.Error&pfFetch != 0 {
		access = "fetch"
	}
	return []plan{
		{access, trace.Exception, false}, {"#PF error " + strconv.FormatUint(s.Error, 10), trace.Exception, false},
		{"IDT[14]", trace.Exception, false}, {"new frame", trace.FrameAlloc, true},
		{"handle_mm_fault", trace.PageFault, false}, {"PTE present", trace.PageFault, false}, {"iretq, retry", trace.Iret, false},
	}
}

func (s *Story) syscall() []plan {
	name := s.Call
	if name == "" {
		name = "call " + strconv.FormatUint(s.NR, 10)
	}
	return []plan{
		{"syscall", trace.SyscallIn, false}, {"LSTAR", trace.SyscallIn, false}, {"pt_regs", trace.SyscallIn, false},
		{name, trace.Syscall, false}, {"sleeps", trace.Block, true}, {"schedule()", trace.Switch, true},
		{"sysretq", trace.SyscallOut, s.Reached>>trace.Iret&1 != 0}, {"iretq", trace.Iret, true},
	}
}
