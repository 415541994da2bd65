package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Kernel code runs with interrupts off, from one door to the other. A system call with much to do lets them in between:
// its handler keeps what it has done in SysState and returns abi.ErrPaused, the machine code at preempt_point opens and
// closes the door once, and the handler is invoked again. An interrupt there is one of ring 0, on the kernel stack of the
// call. Whether another task may have the CPU then is a boot option, with the names that Linux has for it.

// Preemption is where kernel code can be made to give way. Linux kernel/sched/core.c:sched_dynamic_mode
type Preemption uint8

// The values of preempt=.
const (
	PreemptNone      Preemption = iota // between two pieces of work, and these are long
	PreemptVoluntary                   // between two short ones
	PreemptFull                        // wherever interrupts come
)

// PreemptionNames are the words for them.
var PreemptionNames = [...]string{PreemptNone: "none", PreemptVoluntary: "voluntary", PreemptFull: "full"}

func (p Preemption) String() string { return PreemptionNames[p] }

// pieces is how much work, in clock units, is done without a look at interrupts: 1 ms and 50 µs.
var pieces = [...]uint64{PreemptNone: 100_000, PreemptVoluntary: 5_000, PreemptFull: 5_000}

// preemptOption reads preempt=. Linux kernel/sched/core.c:setup_preempt_mode
func (k *Kernel) preemptOption() Preemption {
	name, ok := k.option("preempt")
	if !ok {
		return PreemptFull
	}
	for p, n := range PreemptionNames {
		if n == name {
			return Preemption(p)
		}
	}
	k.Printk("Dynamic Preempt: unsupported mode: %s", name)
	return PreemptFull
}

// Pause tells whether the call that t is in has worked so long that it should return abi.ErrPaused, with its progress in
// t.Sys. Nobody else gets at the inode until the call is through; 0 is none. Whoever is about to be killed is told so
// with ended, for the handler to stop where it is. Linux include/linux/sched.h:cond_resched
func (k *Kernel) Pause(t *Task, inode uint32) (paused, ended bool) {
	if !t.Sys.Active || k.M.Now()-t.Sys.Opened < pieces[k.State.Preempt] {
		return false, false
	}
	if k.fatalPending(t) {
		return false, true
	}
	t.Sys.Paused = true
	if inode != 0 && t.Sys.Inode == 0 {
		t.Sys.Inode = inode
		k.State.Midway++
	}
	return true, false
}

// LockInode sleeps while another call is in the middle of the file. Linux inode_lock
func (k *Kernel) LockInode(t *Task, inode uint32) abi.Errno {
	if k.State.Midway == 0 || t.Sys.Inode == inode {
		return abi.OK
	}
	busy := false
	k.ForEachTask(func(o *Task) bool {
		busy = busy || o.Sys.Inode == inode
		return !busy
	})
	if !busy {
		return abi.OK
	}
	t.Sys.Deaf = true
	return k.Block(t, wait.Never, wait.Key{Kind: wait.Inode, ID: uint64(inode)})
}

// unlockInode ends what Pause began.
func (k *Kernel) unlockInode(t *Task) {
	if inode := t.Sys.Inode; inode != 0 {
		t.Sys.Inode = 0
		k.State.Midway--
		k.Wake(wait.Key{Kind: wait.Inode, ID: uint64(inode)}, -1)
	}
}

// largeProgram is how many pages a program has whose end is worth a pause.
const largeProgram = 512

// ReleasePages gives back the pages of a large program that is about to end, and tells whether the call has to pause.
// Scratch[0] is how far it came. Linux kernel/exit.c:exit_mm
func (k *Kernel) ReleasePages(t *Task) (paused bool) {
	as := k.MM.AS(t.ASID)
	if as == nil || as.Users > 1 || t.TGID == 1 || t.Sys.Scratch[0] == 0 && as.RSS() < largeProgram {
		return false
	}
	if t.Sys.Scratch[0] == 0 {
		k.notePeak(t)
		k.releaseMM(t)
	}
	for {
		n, next := k.MM.Release(t.ASID, t.Sys.Scratch[0])
		k.Charge(uint64(max(n, 0)) * costFreePage)
		if next == 0 {
			return false
		}
		t.Sys.Scratch[0] = next
		if paused, _ := k.Pause(t, 0); paused {
			return true
		}
	}
}

// preempts tells whether t, at preempt_point, has to leave the CPU in the middle of kernel code.
// Linux kernel/entry/common.c:irqentry_exit_cond_resched
func (k *Kernel) preempts(t *Task) bool {
	return !t.ready() || t.Sys.Nested && k.State.Preempt == PreemptFull && t.Resched != Stay
}

// resumeCall goes on with a call that has come through preempt_point. Whose turn is over gives way first.
func (k *Kernel) resumeCall(t *Task) {
	k.accountKernel(t)
	if !t.Sys.Paused || t.Run != Invoke {
		k.Fail("the kernel's machine code goes on with a call that is not under way")
		return
	}
	t.Sys.Paused, t.Sys.Nested, t.Sys.Resumed, t.Sys.Opened = false, false, true, k.M.Now()
}

// pauseBroken is for invoke: a handler that pauses has asked Pause.
func (t *Task) pauseBroken() bool { return !t.Sys.Paused || t.Sys.Restart != abi.OK }
