package kernel

import (
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Block puts t to sleep until a key is woken, the deadline passes (ns, wait.Never for none) or a signal comes, and
// returns abi.ErrBlocked, which the handler returns in its turn. The handler is invoked again later; t.Wait.Outcome
// says why. When a signal is waiting already it returns one of abi.ErrRestart…, which the handler returns too unless
// it has a partial result to report. With a deadline in the past it returns abi.ErrBlocked and the next tick wakes t.
func (k *Kernel) Block(t *Task, deadline uint64, keys ...wait.Key) abi.Errno {
	if e := k.interrupted(t); e != abi.OK {
		return e
	}
	k.State.SleepSeq++
	t.Wait = wait.On(deadline, keys...)
	t.Wait.Seq = k.State.SleepSeq
	t.setRun(Sleep)
	k.indexSleep(t)
	t.Sys.Slept = true
	k.State.NextWake = min(k.State.NextWake, deadline)
	if k.Trace.Has(trace.Block) {
		k.Trace.Emit(trace.Block, uint64(t.PID), uint64(t.Wait.Reason))
	}
	return abi.ErrBlocked
}

// interrupted tells whether a signal keeps t from sleeping, and which restart rule its call has.
func (k *Kernel) interrupted(t *Task) abi.Errno {
	class := k.onSignal(t)
	if class == Uninterruptible {
		if k.fatalPending(t) {
			return abi.ErrRestartNoIntr
		}
		return abi.OK
	}
	if !k.SignalPending(t) {
		return abi.OK
	}
	switch class {
	case RestartAlways:
		return abi.ErrRestartNoIntr
	case EINTROnHandler:
		return abi.ErrRestartNoHand
	case EINTRAlways:
		return abi.EINTR
	}
	return abi.ErrRestartSys
}

// onSignal is the restart class of the call that t is in.
func (k *Kernel) onSignal(t *Task) OnSignal {
	if t.Sys.Deaf {
		return Uninterruptible
	}
	if s := k.Syscall(uint64(t.Sys.Nr)); t.Sys.Active && s != nil {
		return s.OnSignal
	}
	return RestartIfSA
}

// Wake wakes up to n sleepers on key (all for n < 0), first asleep first woken, and returns how many.
func (k *Kernel) Wake(key wait.Key, n int) int {
	if key.Kind.IsFile() {
		k.State.Edges[edgeSlot(key)]++
		if len(k.VFS.S.Async) > 0 {
			k.signalIO(key)
		}
	}
	woken := 0
	for n < 0 || woken < n {
		t := k.FirstSleeper(key, nil)
		if t == nil {
			break
		}
		k.wakeTask(t, wait.Event)
		woken++
	}
	return woken
}

// NumEdges is how many counters tell edge-triggered epoll(7) that something happened to a file. Several files share
// one: an event too many is allowed, one too few is not.
const NumEdges = 64

func edgeSlot(key wait.Key) uint64 { return (key.ID*31 + uint64(key.Kind)) % NumEdges }

// Edge changes whenever sleepers on key are woken, whether there are any or not.
func (k *Kernel) Edge(key wait.Key) uint32 { return k.State.Edges[edgeSlot(key)] }

// wakeExpired ends the sleeps whose deadline has passed. Linux's timer wheel, at the resolution of a tick
func (k *Kernel) wakeExpired() {
	now := k.Now()
	if now < k.State.NextWake {
		return
	}
	for {
		t := k.nextAlarm()
		k.State.NextWake = never
		if t == nil {
			return
		}
		if k.State.NextWake = t.Wait.Deadline; k.State.NextWake > now {
			return
		}
		k.wakeTask(t, wait.Timeout)
	}
}
