package boot

import (
	"fmt"

	code "vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/load"
)

// Somebody else's kernel: the machine and the tape, without our kernel. The machine is known, what runs on it is not.

// LinuxRAM is the size of memory for Linux unless asked otherwise: it is unpacked above 16 MiB and has an initrd.
const LinuxRAM = 256 << 20

func defaultRAM(o *Options) uint64 {
	if load.IsLinux(o.Kernel) {
		return LinuxRAM
	}
	return DefaultRAM
}

// ForeignState says why the machine of somebody else's kernel has stopped for good.
type ForeignState struct {
	Foreign bool // it has somebody else's kernel
	Reason  Reason
	Status  int32
	Text    string
}

func newForeign(o *Options) (*Computer, error) {
	m := engine.New(engine.Config{RAM: o.RAM, ROM: code.ROM(), Disk: o.Disk, Second: o.Swap, Seed: o.Seed, Date: o.Date})
	m.Trace.Mask = o.Mask
	if o.BIOS {
		return &Computer{M: m, Loaded: &load.Kernel{Format: "boot sector"}, end: ForeignState{Foreign: true}}, nil
	}
	r := &load.Request{Kernel: o.Kernel, Append: o.Append, Initrd: o.Initrd}
	selfTest(r, o.Date)
	k, err := load.Boot(m, r)
	if err != nil {
		return nil, err
	}
	return &Computer{M: m, Loaded: k, end: ForeignState{Foreign: true}}, nil
}

// selfTest has the ROM prepare low memory, on a machine for this purpose: its vectors lead into the ROM, and so are equal in
// every machine.
func selfTest(r *load.Request, date int64) {
	m := engine.New(engine.Config{ROM: code.ROM(), Date: date})
	m.CPU.SetBreaks([]cpu.Break{{Addr: code.Addr("show_memory"), Any: true}}, 0)
	const most = 1_000_000 // units of time; it takes some thousand
	if exit := m.Run(most); exit.Reason != engine.Break {
		panic("BUG: the ROM's self test does not end: " + exit.Reason.String())
	}
	m.RAM.ReadAt(r.BIOSData[:], 0)
	m.RAM.ReadAt(r.ExtendedData[:], load.ExtendedDataAt)
}

// Symbols returns the symbols of somebody else's kernel, by address: those of its ELF file, or, once Linux has been unpacked,
// those that it carries in memory. nil when there are none (yet).
func (c *Computer) Symbols() []load.Symbol {
	if c.Loaded == nil {
		return nil
	}
	if c.Loaded.Format != load.Linux {
		return c.Loaded.Symbols
	}
	const kernelSpace = 0xffffffff80000000 // Linux Documentation/x86/x86_64/mm.rst: kernel text
	if s := &c.M.CPU.S; !c.sought && s.CPL() == 0 && s.RIP >= kernelSpace {
		c.symbols, c.sought = load.LinuxSymbols(c.M.RAM.Bytes), true
	}
	return c.symbols
}

// listens tells whether the CPU waits for an interrupt, and the serial port will give one when something is typed.
func (c *Computer) listens() bool {
	s := &c.M.CPU.S
	return s.Halted && s.RFLAGS&cpu.FlagIF != 0 && len(c.typed) == 0 && c.M.UART.Listens()
}

// foreignExit does what the machine stopped for. A triple fault is the end: a PC would begin anew, with a loader that this
// machine does not have. A reset is the end too, a wanted one.
func (c *Computer) foreignExit(e engine.Exit) (Stop, bool) {
	switch e.Reason {
	case engine.Halted:
		return c.foreignHalted()
	case engine.Shutdown:
		s := &c.M.CPU.S
		c.end.Reason, c.end.Text = Panic, fmt.Sprintf("triple fault at %04x:%x", s.Seg[cpu.CS].Sel, s.RIP)
	case engine.PowerOff:
		c.end.Reason, c.end.Status = PowerOff, int32(c.M.Control.S.Code<<1|1)
	case engine.Reset:
		c.end.Reason = PowerOff
	}
	return Stop{}, false
}

// foreignHalted tells why the CPU waits though no device will wake it.
func (c *Computer) foreignHalted() (Stop, bool) {
	if c.listens() {
		return Stop{Reason: WaitInput}, true
	}
	return Stop{Reason: Halted}, true
}

func (c *Computer) foreignOver() (Stop, bool) {
	return Stop{Reason: c.end.Reason, Status: c.end.Status, Text: c.end.Text}, c.end.Reason != Budget
}
