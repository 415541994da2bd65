package kernel

import "vitrine/kernel/wait"

// What may happen to a sleeper at any moment, for tests to make it happen at every moment.

// Disturb wakes t for no reason. Handlers must not mind.
func (k *Kernel) Disturb(t *Task) { k.wakeTask(t, wait.Sleeping) }

// Interrupt wakes t, which sleeps, by a signal to it alone, one that it ignores too: as if the action had changed since
// it was sent. It tells whether t is one whom such a signal wakes without ending its
// call.
func (k *Kernel) Interrupt(t *Task, info Siginfo) bool {
	if class := k.onSignal(t); t.Sig.Blocked&sigbit(info.Signo) != 0 || class == Uninterruptible || class == EINTRAlways {
		return false
	}
	addSignal(&t.Sig.Pending, &t.Sig.Queue, info)
	k.signalWake(t, info.Signo)
	return true
}

// SignalClass is what a signal means to the call that t is in.
func (k *Kernel) SignalClass(t *Task) OnSignal { return k.onSignal(t) }
