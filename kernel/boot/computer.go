// Package boot puts the computer together: the machine, the kernel, what is on its disk and the tape of what comes
// from outside. It is the only place where all parts are known; the page, the headless machine and the tests use it.
package boot

import (
	"errors"
	"slices"
	"strings"

	code "vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/dev"
	"vitrine/engine/load"
	"vitrine/engine/rewind"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/sys"
)

// DefaultRAM is the size of memory unless asked otherwise.
const DefaultRAM = 64 << 20

// Options say what computer it is. Two computers with equal options and equal tapes are equal for ever.
type Options struct {
	Cmdline    string
	RAM        uint64      // bytes, DefaultRAM when 0 (LinuxRAM for Linux)
	Disk       dev.Backing // of our kernel's root; another kernel needs none
	Swap       dev.Backing // a second disk, /dev/sdb; nil: there is none
	Seed       uint64
	Date       int64 // Unix seconds when it is switched on
	Mask       trace.Mask
	TermRaw    bool // the console passes bytes as they are: no output processing, no input mapping
	TermNoEcho bool
	Rows, Cols uint16 // of the console, 24 by 80 when 0

	// Kernel is the file of somebody else's kernel, which is then loaded instead of ours; Append is its command line, Initrd
	// Linux's initrd or multiboot's module. Cmdline and what concerns the terminal is ours and not looked at.
	Kernel []byte
	Append string
	Initrd []byte
	// BIOS has the ROM start the disk's boot sector, as a PC does; what comes then is somebody else's, too.
	BIOS bool
}

// Limits of memory: what the direct map and the boot code can handle.
const (
	MinRAM = 8 << 20
	MaxRAM = 2 << 30
)

// Computer is a machine with its kernel.
type Computer struct {
	M *engine.Machine
	K *kernel.Kernel // nil when the machine runs somebody else's
	// Loaded is what is known of somebody else's kernel, nil for ours.
	Loaded *load.Kernel

	// StopOn are kinds of events, listened to by M.Trace.Mask, after which Run returns: behind the kernel's work in which
	// they happened. It is the onlooker's, and no state.
	StopOn trace.Mask

	disk  *disk
	files *fs.Set

	tape  rewind.Tape    // what came from outside so far
	cue   *rewind.Reader // what is still to come, when a tape is played
	typed []byte         // bytes from outside for which the serial port had no room yet
	later uint64         // before when they must not be let in
	quiet bool           // "quiet" is on the command line
	// worked is when the last VMCALL had retired, before the kernel did what it asks for.
	worked uint64

	// A History's: how far time is known to have passed, and what is told of input before it takes effect.
	horizon uint64
	entered func(kind rewind.Kind, b []byte)

	end     ForeignState
	symbols []load.Symbol // of somebody else's kernel, once they have been looked for
	sought  bool
}

// New returns a computer that has just been switched on.
func New(o Options) (*Computer, error) {
	if o.RAM == 0 {
		o.RAM = defaultRAM(&o)
	}
	if o.RAM < MinRAM || o.RAM > MaxRAM {
		return nil, errors.New("memory must be between 8M and 2G")
	}
	if o.Kernel != nil || o.BIOS {
		return newForeign(&o)
	}
	if o.Disk == nil {
		return nil, errors.New("a computer needs a disk")
	}
	m := engine.New(engine.Config{RAM: o.RAM, ROM: code.ROM(), Disk: o.Disk, Second: o.Swap, VMCall: true, Seed: o.Seed, Date: o.Date})
	m.Trace.Mask = o.Mask
	putCommandLine(m, o.Cmdline)
	c := &Computer{M: m, K: kernel.New(m, o.Cmdline, o.Seed), quiet: slices.Contains(strings.Fields(o.Cmdline), "quiet")}
	sys.Install(c.K)
	c.installFiles()
	c.setTerminal(&o)
	return c, nil
}

// putCommandLine leaves the kernel's command line where a boot loader would. Linux Documentation/arch/x86/boot.rst
func putCommandLine(m *engine.Machine, line string) {
	line = line[:min(len(line), code.CommandLineSize-1)]
	m.RAM.WriteAt([]byte(line+"\x00"), code.CommandLine)
}

func (c *Computer) setTerminal(o *Options) {
	s := c.K.TTY.State
	if o.TermRaw {
		s.Termios.Oflag &^= abi.OPOST
		s.Termios.Iflag &^= abi.ICRNL | abi.IXON
	}
	if o.TermNoEcho {
		s.Termios.Lflag &^= abi.ECHO
	}
	if o.Rows != 0 && o.Cols != 0 {
		s.Winsize.Row, s.Winsize.Col = o.Rows, o.Cols
	}
}

// Output returns the bytes that the console sent since the last call. With "quiet" on the command line nothing comes
// before the first program's.
func (c *Computer) Output() []byte {
	if c.quiet && !c.K.State.Log.Ready {
		return nil
	}
	return c.M.UART.Drain()
}

// WantsInput tells whether a program waits for something to be typed; of somebody else's kernel, whether the CPU is halted
// with nothing to read from a serial port that interrupts when something comes.
func (c *Computer) WantsInput() bool {
	if c.K == nil {
		return c.listens()
	}
	return c.K.WantsInput()
}

// Stats are counts since the machine was switched on. Of somebody else's kernel only the machine's own are known.
type Stats struct {
	Instructions    uint64 `json:"instructions"`
	Now             uint64 `json:"now"`
	Syscalls        uint64 `json:"syscalls"`
	PageFaults      uint64 `json:"page_faults"`
	COWFaults       uint64 `json:"cow_faults"`
	ContextSwitches uint64 `json:"context_switches"`
	TimerInterrupts uint64 `json:"timer_interrupts"`
}

// Stats returns the counts.
func (c *Computer) Stats() Stats {
	out := Stats{Instructions: c.M.CPU.S.Retired, Now: c.M.Now()}
	if c.K != nil {
		s := &c.K.State.Stats
		out.Syscalls, out.PageFaults, out.COWFaults = s.Syscalls, s.PageFaults, s.COWFaults
		out.ContextSwitches, out.TimerInterrupts = s.ContextSwitches, s.TimerInterrupts
	}
	return out
}
