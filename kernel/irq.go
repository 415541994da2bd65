package kernel

import (
	"vitrine/engine/trace"
)

// interrupt handles IRQ n. Linux arch/x86/kernel/irq.c:common_interrupt
func (k *Kernel) interrupt(t *Task, n int) {
	k.State.Stats.Interrupts++
	k.State.IRQs[n]++
	k.Charge(costIRQ)
	switch n {
	case irqTimer:
		k.timerInterrupt(t)
	case irqSerial:
		k.serialInterrupt()
	case irqATA:
		k.M.In(0x1f7, 1) // reading the status takes the request back; transfers are polled
	}
	k.endOfInterrupt(n)
}

// endOfInterrupt tells the 8259s that the request has been served. 8259A datasheet, "Non-Specific EOI"
func (k *Kernel) endOfInterrupt(n int) {
	if n >= 8 {
		k.M.Out(picSlaveCmd, 1, eoi)
	}
	k.M.Out(picMasterCmd, 1, eoi)
}

// timerInterrupt is the tick. Linux kernel/time/tick-common.c:tick_periodic
func (k *Kernel) timerInterrupt(t *Task) {
	k.State.Stats.TimerInterrupts++
	k.State.Jiffies++
	k.Charge(costTick)
	if k.Trace.Has(trace.Tick) {
		k.Trace.Emit(trace.Tick, k.State.Jiffies, 0)
	}
	if !k.State.SchedOn {
		return
	}
	k.wakeExpired()
	k.runTimers(t)
	k.tickTask(t)
	k.tickLoad()
	k.tickWriteback()
	if k.State.Jiffies%max(k.State.Sched.HZ/10, 1) == 0 {
		k.MM.AgePages()
	}
}

// serialInterrupt takes what was received into the terminal. Linux drivers/tty/serial/8250/8250_port.c:serial8250_rx_chars
func (k *Kernel) serialInterrupt() {
	k.M.In(uartFCR, 1) // IIR: why it interrupts
	var got []byte
	for k.M.In(uartLSR, 1)&lsrDR != 0 {
		got = append(got, byte(k.M.In(uartData, 1)))
	}
	if len(got) > 0 {
		k.TTY.Receive(got)
	}
}

// tickLoad keeps the load averages. Linux kernel/sched/loadavg.c:calc_load, every 5 seconds
func (k *Kernel) tickLoad() {
	const fshift = 11
	if k.State.Jiffies%(5*k.State.Sched.HZ) != 0 {
		return
	}
	active := uint64(len(k.State.Queue))
	if k.State.Current != k.State.Idle {
		active++
	}
	for i, exp := range [3]uint64{1884, 2014, 2037} {
		load := k.State.Load[i]*exp + (active<<fshift)*(1<<fshift-exp)
		k.State.Load[i] = load >> fshift
	}
}

// tickWriteback stores dirty pages every five seconds. Linux dirty_writeback_centisecs
func (k *Kernel) tickWriteback() {
	if k.State.RootMounted && k.State.Jiffies%(5*k.State.Sched.HZ) == 0 {
		k.VFS.Writeback()
	}
}
