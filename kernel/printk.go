package kernel

import (
	"bytes"
	"fmt"
	"slices"
)

// LogSize bounds the kernel log: what is older falls off its front. Linux CONFIG_LOG_BUF_SHIFT=17, halved
const LogSize = 64 << 10

// Log is the kernel's ring of messages, for dmesg and syslog(2).
type Log struct {
	Text  []byte
	Lost  uint64 // bytes that fell off
	Quiet bool   // kept off the console
	Ready bool   // the console can be written to
	Sent  uint32 // bytes of Text the console has had

	LostLines uint64 // lines that fell off, or a part of them
}

// Printk adds a line to the log and, unless quiet, to the console. Linux kernel/printk/printk.c
func (k *Kernel) Printk(format string, args ...any) {
	us := k.Now() / 1000
	l := &k.State.Log
	line := fmt.Sprintf("[%5d.%06d] ", us/1e6, us%1e6) + fmt.Sprintf(format, args...) + "\n"
	k.Charge(costPrintk)
	l.Text = append(l.Text, line...)
	if n := len(l.Text) - LogSize; n > 0 {
		l.LostLines += uint64(bytes.Count(l.Text[:n], []byte{'\n'}))
		l.Text = append([]byte(nil), l.Text[n:]...)
		l.Lost += uint64(n)
		l.Sent -= min(l.Sent, uint32(n))
	}
	k.flushLog()
	if k.State.SchedOn && k.OnLog != nil {
		k.OnLog()
	}
}

// maxLacking bounds the list of what was named: a program that asks for everything does not fill the memory.
const maxLacking = 256

// Lacks names in the log, once, what a program asked for that is not here: a call, a request of ioctl(2), a family of
// sockets. It is for dmesg(1) to find; on the console it would stand in the middle of what programs print.
func (k *Kernel) Lacks(t *Task, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if len(k.State.Lacking) >= maxLacking || slices.Contains(k.State.Lacking, what) {
		return
	}
	k.State.Lacking = append(k.State.Lacking, what)
	quiet := k.State.Log.Quiet
	k.State.Log.Quiet = true
	k.Printk("%s[%d]: %s is not implemented", t.Name(), t.PID, what)
	k.State.Log.Quiet = quiet
}

// flushLog sends what the console has not had yet; before console_init that is everything so far.
func (k *Kernel) flushLog() {
	l := &k.State.Log
	if l.Quiet {
		l.Sent = uint32(len(l.Text))
	}
	if !l.Ready {
		return
	}
	for ; int(l.Sent) < len(l.Text); l.Sent++ {
		if l.Text[l.Sent] == '\n' {
			k.serialPut('\r')
		}
		k.serialPut(l.Text[l.Sent])
	}
}

// ports of the first serial port. 16550 datasheet
const (
	uartData = 0x3f8 // RBR and THR
	uartIER  = 0x3f9
	uartFCR  = 0x3fa
	uartLCR  = 0x3fb
	uartMCR  = 0x3fc
	uartLSR  = 0x3fd
	lsrDR    = 1 << 0 // a byte was received
	lsrTHRE  = 1 << 5 // the transmitter takes a byte
)

// serialPut sends a byte, waiting as long as the transmitter is busy. Linux drivers/tty/serial/8250: serial8250_console_putchar
func (k *Kernel) serialPut(b byte) {
	for spin := 0; k.M.In(uartLSR, 1)&lsrTHRE == 0 && spin < 1<<16; spin++ {
		k.Charge(10)
	}
	k.M.Out(uartData, 1, uint32(b))
}

// Panic stops the machine for good with Linux's last words. Linux kernel/panic.c
func (k *Kernel) Panic(format string, args ...any) {
	if k.State.Stop != Running {
		return
	}
	text := fmt.Sprintf(format, args...)
	k.State.Log.Quiet = false
	k.Printk("Kernel panic - not syncing: %s", text)
	k.Printk("---[ end Kernel panic - not syncing: %s ]---", text)
	k.State.Stop, k.State.Message = Panicked, text
}

// Fail stops the machine because of something the kernel cannot even report: a triple fault, a CPU that halted with
// interrupts off.
func (k *Kernel) Fail(text string) {
	if k.State.Stop == Running {
		k.State.Stop, k.State.Message = Panicked, text
	}
}
