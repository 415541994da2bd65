package kernel

import "vitrine/kernel/wait"

// WakeTask ends the sleep of one task that the caller has chosen: a futex waiter by its bit set.
func (k *Kernel) WakeTask(t *Task, why wait.Outcome) { k.wakeTask(t, why) }

// Restart stops the machine for a new start: reboot(2).
func (k *Kernel) Restart() { k.State.Stop = Rebooted }

// Halt stops the machine with the power on: reboot(2).
func (k *Kernel) Halt() { k.State.Stop = HaltedForGood }
