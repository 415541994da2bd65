package kernel

import (
	"fmt"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
)

// Offsets in the 64-bit TSS and types of descriptors. SDM 3A "Task Management in 64-bit Mode", "64-Bit IDT Gate Descriptors"
const (
	tssRSP0     = 4
	tssIOMap    = 102
	tssLimit    = 103
	typeTSS     = 0x89 // present, available 64-bit TSS
	typeTSSBusy = 0x8b
	gateIntr    = 0x8e // present, DPL 0, interrupt gate
	gateDPL3    = 3 << 5
	stubSize    = 16
)

// trapInit writes the IDT, the TSS and its descriptor, and tells SYSCALL and SYSENTER where to go.
// Linux arch/x86/kernel/traps.c:trap_init, arch/x86/kernel/cpu/common.c:cpu_init
func (k *Kernel) trapInit() {
	ram := k.M.RAM
	stubs, idt := boot.Addr("idt_stubs"), boot.Phys("idt_table")
	for v := range uint64(256) {
		attr := uint64(gateIntr)
		if v == cpu.VecBP || v == cpu.VecOF || v == vecIA32 {
			attr |= gateDPL3 // programs may INT these
		}
		at := stubs + v*stubSize
		ram.Write64(idt+v*16, at&0xffff|boot.KernelCS<<16|attr<<40|at>>16&0xffff<<48)
		ram.Write64(idt+v*16+8, at>>32)
	}
	tss := boot.Addr("cpu_tss_rw")
	ram.Write64(phys(tss)+tssRSP0, boot.Addr("__end_init_stack"))
	ram.Write16(phys(tss)+tssIOMap, tssLimit+1) // no I/O permission bitmap: ports are ring 0's
	gdt := boot.Phys("gdt_page") + boot.TSS
	ram.Write64(gdt, tssLimit|tss&0xffffff<<16|typeTSSBusy<<40|tss>>24&0xff<<56)
	ram.Write64(gdt+8, tss>>32)

	s := &k.M.CPU.S
	s.IDTR = cpu.Table{Base: boot.Addr("idt_table"), Limit: 256*16 - 1}
	s.LDTR = cpu.Segment{} // after a reset it is valid, at address 0; there is no LDT
	s.TR = cpu.Segment{Sel: boot.TSS, Attr: typeTSSBusy, Limit: tssLimit, Base: tss}
	s.STAR = boot.User32CS<<48 | boot.KernelCS<<32
	s.LSTAR = boot.Addr("entry_SYSCALL_64")
	s.SysenterCS, s.SysenterESP, s.SysenterEIP = boot.KernelCS, boot.Addr("percpu")+boot.PerCPUEntryStack, boot.Addr("entry_SYSENTER_compat")
	s.SFMASK = cpu.FlagTF | cpu.FlagIF | cpu.FlagDF | cpu.FlagIOPL | cpu.FlagNT | cpu.FlagAC | cpu.FlagRF |
		cpu.FlagCF | cpu.FlagPF | cpu.FlagAF | cpu.FlagZF | cpu.FlagSF | cpu.FlagOF | cpu.FlagID
	k.Printk("trap_init: IDT at %#x, TSS at %#x, system calls enter at %#x", s.IDTR.Base, tss, s.LSTAR)
}

// initIRQ moves the interrupts of the two 8259s to vectors 32 to 47, out of the way of the exceptions, and masks all
// but timer, cascade, serial port and disk. 8259A datasheet, "Initialization Command Words"
func (k *Kernel) initIRQ() {
	out := func(port uint16, v uint32) { k.M.Out(port, 1, v) }
	out(0x20, 0x11) // ICW1: edge triggered, cascade, ICW4 follows
	out(0x21, vecIRQ0)
	out(0x21, 1<<2) // ICW3: the slave is on line 2
	out(0x21, 0x01) // ICW4: 8086 mode
	out(0xa0, 0x11)
	out(0xa1, vecIRQ0+8)
	out(0xa1, 2) // ICW3: the slave's own number
	out(0xa1, 0x01)
	out(0x21, 0xff&^(1<<irqTimer|1<<2|1<<irqSerial))
	out(0xa1, 0xff)
	k.Printk("init_IRQ: 8259A interrupts 0-15 at vectors %d-%d", vecIRQ0, vecIRQ0+numIRQs-1)
}

// pitHz is the input clock of the 8254.
const pitHz = 1193182

// timeInit reads the clock and starts the tick. Linux arch/x86/kernel/time.c:time_init
func (k *Kernel) timeInit() {
	now := k.readCMOS()
	k.State.BootTime = now.unix()*1e9 - int64(k.Now())
	divisor := k.programTick()
	k.Printk("time_init: 8254 counts %d to tick %d times a second", divisor, k.State.Sched.HZ)
	k.Printk("rtc_cmos: setting system clock to %s UTC (%d)", now, now.unix())
}

// programTick has the 8254 tick HZ times a second.
func (k *Kernel) programTick() (divisor uint32) {
	hz := uint32(k.State.Sched.HZ)
	divisor = (pitHz + hz/2) / hz
	k.M.Out(0x43, 1, 0x34) // counter 0, low byte then high byte, mode 2: rate generator
	k.M.Out(0x40, 1, divisor&0xff)
	k.M.Out(0x40, 1, divisor>>8)
	return divisor
}

// readCMOS reads the date: BCD, 24 hours, as firmware leaves it. MC146818 datasheet
func (k *Kernel) readCMOS() date {
	for spin := 0; k.cmos(0x0a)&0x80 != 0 && spin < 1000; spin++ {
		k.Charge(1000) // update in progress
	}
	var v [10]int64
	statusB := k.cmos(0x0b)
	for _, reg := range []uint8{0, 2, 4, 7, 8, 9} {
		n := int64(k.cmos(reg))
		if statusB&4 == 0 {
			n = n&15 + n>>4*10
		}
		v[reg] = n
	}
	year := 1900 + v[9]
	if year < 1970 {
		year += 100
	}
	return date{year, v[8], v[7], v[4], v[2], v[0]}
}

func (k *Kernel) cmos(reg uint8) uint32 {
	k.M.Out(0x70, 1, uint32(reg))
	return k.M.In(0x71, 1)
}

// date is a moment as the clock tells it, in UTC.
type date struct{ year, month, day, hour, min, sec int64 }

func (d date) String() string {
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day, d.hour, d.min, d.sec)
}

// unix is the number of seconds since 1970. Linux kernel/time/time.c:mktime64 (Gauss)
func (d date) unix() int64 {
	year, mon := d.year, d.month
	if mon -= 2; mon <= 0 {
		mon += 12
		year--
	}
	days := year/4 - year/100 + year/400 + 367*mon/12 + d.day + year*365 - 719499
	return ((days*24+d.hour)*60+d.min)*60 + d.sec
}

// consoleInit programs the 16550: 115200 baud, 8N1, FIFOs on, interrupt on what is received.
func (k *Kernel) consoleInit() {
	out := func(port uint16, v uint32) { k.M.Out(port, 1, v) }
	out(uartLCR, 0x80) // DLAB
	out(uartData, 1)
	out(uartIER, 0)
	out(uartLCR, 0x03)
	out(uartFCR, 0x07) // enable and clear the FIFOs, interrupt at one byte
	out(uartMCR, 0x0b) // DTR, RTS, OUT2: the interrupt line is connected
	out(uartIER, 0x01)
	k.State.Log.Ready = true
	k.Printk("printk: console [ttyS0] enabled")
}
