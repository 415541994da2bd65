package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

// Vectors beyond the exceptions (cpu.VecDE …), where trap_init and init_IRQ put them, and the controllers' ports.
const (
	vecIRQ0      = 32
	vecIA32      = 0x80
	irqTimer     = 0
	irqSerial    = 4
	irqATA       = 14
	numExcept    = 32
	numIRQs      = 16
	eoi          = 0x20
	picMasterCmd = 0x20
	picSlaveCmd  = 0xa0
)

// VMCall is the Go kernel's entry: the entry code or a boot step executed VMCALL. The reason is in RAX, the saved
// registers are on the stack. On return the machine goes on with whatever task is current then.
func (k *Kernel) VMCall() {
	s := &k.M.CPU.S
	t := k.Current()
	k.Trace.Now, k.Trace.Ring = k.M.Now(), 0
	if t != nil {
		t.KRSP, t.KRIP = s.R[cpu.RSP], s.RIP
	}
	reason := s.R[cpu.RAX]
	entry := reason == boot.EnterSyscall || reason == boot.EnterTrap || reason == boot.EnterResume || reason == boot.EnterSysenter
	switch {
	case entry && t == nil:
		k.Fail("an exception before the kernel could handle any")
	case entry && !k.onItsStack(t):
		k.Fail("the kernel's stack is not where it should be")
	case reason == boot.EnterSyscall:
		k.accountUser(t)
		k.enterSyscall(t)
	case reason == boot.EnterSysenter:
		k.accountUser(t)
		k.enterSysenter(t)
	case reason == boot.EnterTrap:
		k.trap(t)
	case reason == boot.EnterResume:
		k.resumeCall(t)
	default:
		k.bootStep(reason)
	}
	k.exitToUser()
}

// trap sorts out what came through the IDT.
func (k *Kernel) trap(t *Task) {
	r := k.loadRegs(phys(t.KRSP))
	if r.user() {
		k.accountUser(t)
	} else {
		k.accountKernel(t)
		t.Sys.Nested = t.Sys.Paused
	}
	switch v := r.Vector & 0xff; {
	case v < numExcept:
		k.exception(t, &r, uint8(v))
	case v >= vecIRQ0 && v < vecIRQ0+numIRQs:
		k.interrupt(t, int(v-vecIRQ0))
	case v == vecIA32:
		k.enterCompat(t, &r)
	default:
		k.State.Spurious++
	}
}

// accountUser adds the time in ring 3 that has just ended.
func (k *Kernel) accountUser(t *Task) {
	now := k.M.Now()
	t.UTime += now - t.Since
	if t.Nice > 0 {
		k.State.NiceTime += now - t.Since
	}
	t.Since = now
}

// accountKernel adds the time in the kernel that is about to end.
func (k *Kernel) accountKernel(t *Task) {
	now := k.M.Now()
	if t.ID != k.State.Idle {
		t.STime += now - t.Since
	}
	t.Since = now
}

// exitToUser does the work that waits on the way out: a call to invoke, signals, another task's turn. Then the
// machine goes on with the current task. Linux kernel/entry/common.c:exit_to_user_mode_loop
func (k *Kernel) exitToUser() {
	for k.State.Stop == Running {
		t := k.Current()
		if t == nil {
			return // before sched_init there are no tasks
		}
		if !k.mustWork(t) {
			k.accountKernel(t)
			k.resume()
			return
		}
		k.workOnce(t)
	}
}

// preemptible tells whether t stands at the border to ring 3, or is idle: other kernel code is not preempted, unless it
// says so (preempt.go).
func (k *Kernel) preemptible(t *Task) bool {
	return t.ID == k.State.Idle || t.ASID != 0 || !t.ready()
}

func (k *Kernel) mustWork(t *Task) bool {
	if t.ID == k.State.Idle {
		return len(k.State.Queue) > 0 && k.State.SchedOn
	}
	if t.Sys.Paused {
		return k.preempts(t)
	}
	if !k.preemptible(t) {
		return false
	}
	return !t.ready() || t.Run == Invoke || t.Resched != Stay || k.SignalPending(t) || t.Sig.HasSaved && !t.Sys.Active
}

func (k *Kernel) workOnce(t *Task) {
	switch {
	case !t.ready() || t.ID == k.State.Idle || t.Sys.Paused || t.Sys.Resumed && t.Resched != Stay:
		k.giveWay(t)
	case t.Run == Invoke && t.Sys.Restart == abi.OK:
		k.invoke(t)
	case k.SignalPending(t) || t.Sys.Restart != abi.OK || t.Sig.HasSaved && !t.Sys.Active:
		k.deliverSignals(t)
	default:
		k.giveWay(t)
	}
}

// giveWay lets the scheduler choose. The time that t waits is nobody's.
func (k *Kernel) giveWay(t *Task) {
	k.accountKernel(t)
	k.schedule()
	k.Current().Since = k.M.Now()
}
