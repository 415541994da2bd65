package kernel

import (
	"math/bits"
	"slices"

	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// sigset is a set of signals; bit n-1 stands for signal n.
func sigbit(sig int32) uint64 { return 1 << (uint(sig-1) & 63) }

// Sets by default action. signal(7); Linux include/linux/signal.h
var (
	sigKernelOnly  = sigbit(abi.SIGKILL) | sigbit(abi.SIGSTOP)
	sigStops       = sigbit(abi.SIGSTOP) | sigbit(abi.SIGTSTP) | sigbit(abi.SIGTTIN) | sigbit(abi.SIGTTOU)
	sigIgnored     = sigbit(abi.SIGCONT) | sigbit(abi.SIGCHLD) | sigbit(abi.SIGWINCH) | sigbit(abi.SIGURG)
	sigSynchronous = sigbit(abi.SIGSEGV) | sigbit(abi.SIGBUS) | sigbit(abi.SIGILL) | sigbit(abi.SIGTRAP) | sigbit(abi.SIGFPE) | sigbit(abi.SIGSYS)
)

// maxQueued is how many signals a user's processes may have waiting, as init's RLIMIT_SIGPENDING and at most.
const (
	maxQueued     = 1024
	maxQueuedEver = 64 * maxQueued
)

// ignores tells whether sending sig to t would have no effect. Linux kernel/signal.c:sig_ignored
func (k *Kernel) ignores(t *Task, sig int32) bool {
	if t.Sig.Blocked&sigbit(sig) != 0 {
		return false // it may be unblocked with another action
	}
	act := k.Sighand(t).Action[sig].Handler
	if t.TGID == 1 && act == abi.SIG_DFL {
		return true // SIGNAL_UNKILLABLE: init gets only the signals it asked for
	}
	return act == abi.SIG_IGN || act == abi.SIG_DFL && sigIgnored&sigbit(sig) != 0
}

// SendSignal sends to one thread: tgkill(2), faults. Linux kernel/signal.c:send_signal_locked
// EAGAIN when it is one that queues and RLIMIT_SIGPENDING leaves no room.
func (k *Kernel) SendSignal(t *Task, info Siginfo) abi.Errno {
	if !k.prepareSignal(t, info.Signo) {
		return abi.OK
	}
	if e := k.queue(t, &t.Sig.Pending, &t.Sig.Queue, info); e != abi.OK {
		return e
	}
	k.tellSent(t, &info)
	k.notifySignal(t, info.Signo)
	return abi.OK
}

// tellSent tells who looks on which process sent a signal that will be delivered; the kernel's own come from 0.
func (k *Kernel) tellSent(t *Task, info *Siginfo) {
	if k.Trace.Has(trace.SignalSent) {
		k.Trace.Emit(trace.SignalSent, uint64(uint32(info.PID))<<32|uint64(uint32(t.PID)), uint64(info.Signo))
	}
}

// notifySignal tells who waits for signals of a thread that one was queued.
func (k *Kernel) notifySignal(t *Task, sig int32) {
	k.Wake(SignalKey(t), -1)
	k.signalWake(t, sig)
}

// SendSignalProcess sends to the process of t: some thread that does not block it will take it.
func (k *Kernel) SendSignalProcess(t *Task, info Siginfo) abi.Errno {
	if !k.prepareSignal(t, info.Signo) {
		return abi.OK
	}
	p := k.Process(t)
	if e := k.queue(t, &p.Pending, &p.Queue, info); e != abi.OK {
		return e
	}
	k.tellSent(t, &info)
	k.notifyProcess(t, info.Signo)
	return abi.OK
}

// notifyProcess tells who waits for signals of t's process that one was queued.
func (k *Kernel) notifyProcess(t *Task, sig int32) {
	k.Wake(SignalKey(t), -1)
	if taker := k.taker(t, sig); taker != nil {
		k.signalWake(taker, sig)
		return
	}
	k.forEachThread(t, func(o *Task) { k.signalWake(o, sig) })
}

// taker chooses the thread that is to take a signal of its process: the leader if it can.
// Linux kernel/signal.c:complete_signal
func (k *Kernel) taker(t *Task, sig int32) *Task {
	var found *Task
	k.forEachThread(t, func(o *Task) {
		if found == nil && o.Run != Zombie && o.Run != Dead && (o.Sig.Blocked&sigbit(sig) == 0 || sig == abi.SIGKILL) {
			found = o
		}
	})
	return found
}

// prepareSignal does what sending implies whatever becomes of the signal, and tells whether to queue it.
// Linux kernel/signal.c:prepare_signal
func (k *Kernel) prepareSignal(t *Task, sig int32) bool {
	p := k.Process(t)
	if sig <= 0 || sig > NumSigs || t.Run == Dead || p == nil || p.Live == 0 {
		return false
	}
	if sig == abi.SIGCONT || sig == abi.SIGKILL {
		k.flushPending(t, sigStops)
		k.resumeGroup(t, sig == abi.SIGCONT)
	} else if sigStops&sigbit(sig) != 0 {
		k.flushPending(t, sigbit(abi.SIGCONT))
	}
	return !k.ignores(t, sig)
}

// queue adds a signal of t or its process. A standard signal that is pending already is not queued twice. Where the
// user's limit leaves no room a signal loses its information, and is refused if that is what it was sent for.
// Linux kernel/signal.c:__send_signal_locked
func (k *Kernel) queue(t *Task, pending *uint64, q *[]Siginfo, info Siginfo) abi.Errno {
	standard := info.Signo < abi.SIGRTMIN
	if standard && *pending&sigbit(info.Signo) != 0 {
		return abi.OK
	}
	if (!standard || info.Code < 0) && !k.roomToQueue(t) {
		if !standard && info.Code != abi.SI_USER {
			return abi.EAGAIN
		}
		*pending |= sigbit(info.Signo)
		return abi.OK
	}
	addSignal(pending, q, info)
	return abi.OK
}

func addSignal(pending *uint64, q *[]Siginfo, info Siginfo) {
	*pending |= sigbit(info.Signo)
	*q = append(*q, info)
}

// roomToQueue compares what waits for processes of t's user with t's RLIMIT_SIGPENDING. Linux kernel/signal.c:__sigqueue_alloc
func (k *Kernel) roomToQueue(t *Task) bool {
	n := 0
	k.ForEachTask(func(o *Task) bool {
		if p := k.Process(o); p != nil && o.Cred.UID == t.Cred.UID {
			n += len(o.Sig.Queue)
			if o.Leader() {
				n += len(p.Queue)
			}
		}
		return true
	})
	return uint64(n) < min(k.Process(t).Rlimits[abi.RLIMIT_SIGPENDING].Cur, maxQueuedEver)
}

// FatalSignals are those that would kill t at once: not blocked, without a handler.
func (k *Kernel) FatalSignals(t *Task) (set uint64) {
	for sig := int32(1); sig <= NumSigs; sig++ {
		if k.Sighand(t).Action[sig].Handler == abi.SIG_DFL && (sigStops|sigIgnored)&sigbit(sig) == 0 {
			set |= sigbit(sig)
		}
	}
	return set&^t.Sig.Blocked | sigKernelOnly
}

// signalWake makes t look at its signals.
func (k *Kernel) signalWake(t *Task, sig int32) {
	if t.Run == Sleep && t.Sig.Wanted&sigbit(sig) != 0 {
		k.wakeTask(t, wait.Event)
		return
	}
	if t.Run == Sleep && k.interrupted(t) != abi.OK {
		why := wait.Interrupted
		if sig == abi.SIGKILL {
			why = wait.Killed
		}
		k.wakeTask(t, why)
	}
	if t.Run == Stopped && sig == abi.SIGKILL {
		k.unstop(t)
	}
}

// pending is what waits for t, unblocked.
func (k *Kernel) pending(t *Task) uint64 {
	p := t.Sig.Pending
	if g := k.Process(t); g != nil {
		p |= g.Pending
	}
	return p &^ (t.Sig.Blocked &^ sigKernelOnly)
}

// SignalPending tells whether an unblocked signal waits for t. Linux signal_pending
func (k *Kernel) SignalPending(t *Task) bool { return k.pending(t) != 0 }

// fatalPending tells whether t is about to be killed: a signal that kills without a core dump is as good as SIGKILL as soon
// as it is sent. Linux fatal_signal_pending, kernel/signal.c:complete_signal
func (k *Kernel) fatalPending(t *Task) bool {
	p := k.pending(t)
	if p == 0 || t.TGID == 1 {
		return p&sigbit(abi.SIGKILL) != 0
	}
	return p&k.FatalSignals(t)&^(sigCore|sigbit(abi.SIGSTOP)) != 0
}

// SetBlocked sets the mask: rt_sigprocmask(2). SIGKILL and SIGSTOP cannot be blocked.
func (k *Kernel) SetBlocked(t *Task, mask uint64) { t.Sig.Blocked = mask &^ sigKernelOnly }

// SetAction sets what happens on a signal: rt_sigaction(2). Pending signals that are now ignored are dropped.
func (k *Kernel) SetAction(t *Task, sig int32, act SigAction) {
	act.Mask &^= sigKernelOnly
	k.Sighand(t).Action[sig] = act
	if act.Handler == abi.SIG_IGN || act.Handler == abi.SIG_DFL && sigIgnored&sigbit(sig) != 0 {
		k.flushPending(t, sigbit(sig))
	}
}

// flushPending drops signals of set from the process and all its threads.
func (k *Kernel) flushPending(t *Task, set uint64) {
	if p := k.Process(t); p != nil {
		flush(&p.Pending, &p.Queue, set)
	}
	k.forEachThread(t, func(o *Task) { flush(&o.Sig.Pending, &o.Sig.Queue, set) })
}

func flush(pending *uint64, q *[]Siginfo, set uint64) {
	if *pending&set == 0 {
		return
	}
	*pending &^= set
	kept := (*q)[:0]
	for _, s := range *q {
		if set&sigbit(s.Signo) == 0 {
			kept = append(kept, s)
		}
	}
	*q = kept
}

// DequeueSignal takes the next signal of set, a thread's own first; faults before others, then by number.
// Linux kernel/signal.c:dequeue_signal
func (k *Kernel) DequeueSignal(t *Task, set uint64) (Siginfo, bool) {
	info, ok := take(&t.Sig.Pending, &t.Sig.Queue, set)
	if !ok {
		p := k.Process(t)
		info, ok = take(&p.Pending, &p.Queue, set)
	}
	if info.Timer {
		k.overran(t, &info)
	}
	return info, ok
}

func take(pending *uint64, q *[]Siginfo, set uint64) (info Siginfo, ok bool) {
	avail := *pending & set
	if avail == 0 {
		return info, false
	}
	if avail&sigSynchronous != 0 {
		avail &= sigSynchronous
	}
	sig := int32(bits.TrailingZeros64(avail) + 1)
	same := func(s Siginfo) bool { return s.Signo == sig }
	info = Siginfo{Signo: sig}
	at := slices.IndexFunc(*q, same)
	switch {
	case at == 0: // the queue's memory moves on when it grows again
		info, *q = (*q)[0], (*q)[1:]
	case at > 0:
		info = (*q)[at]
		*q = slices.Delete(*q, at, at+1)
	}
	if at < 0 || !slices.ContainsFunc((*q)[at:], same) {
		*pending &^= sigbit(sig)
	}
	return info, true
}
