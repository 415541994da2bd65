package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

var _ = define(kernel.Syscall{Nr: 202, Name: "futex", Man: "futex(2); kernel/futex/syscalls.c:do_futex", Missing: "priority inheritance: ENOSYS, as without CONFIG_FUTEX_PI",
	Args: args(pPtr("uaddr"), pFlags("futex_op", "futex"), pUint("val"), pStruct("timeout", "timespec"), pPtr("uaddr2"), pHex("val3")), Fn: futex})

func futex(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	op, private := a.Int(1)&^(abi.FUTEX_PRIVATE_FLAG|abi.FUTEX_CLOCK_REALTIME), a.Int(1)&abi.FUTEX_PRIVATE_FLAG != 0
	if a.Int(1)&abi.FUTEX_CLOCK_REALTIME != 0 && op != abi.FUTEX_WAIT_BITSET {
		return 0, abi.ENOSYS
	}
	switch op {
	case abi.FUTEX_WAIT:
		return futexWait(k, t, a, private, abi.FUTEX_BITSET_MATCH_ANY)
	case abi.FUTEX_WAIT_BITSET:
		return futexWait(k, t, a, private, a.Uint(5))
	case abi.FUTEX_WAKE:
		return futexWake(k, t, a[0], private, a.Int(2), abi.FUTEX_BITSET_MATCH_ANY)
	case abi.FUTEX_WAKE_BITSET:
		return futexWake(k, t, a[0], private, a.Int(2), a.Uint(5))
	case abi.FUTEX_REQUEUE, abi.FUTEX_CMP_REQUEUE:
		return futexRequeue(k, t, a, private, op == abi.FUTEX_CMP_REQUEUE)
	case abi.FUTEX_WAKE_OP:
		return futexWakeOp(k, t, a, private)
	}
	return 0, abi.ENOSYS
}

// futexWait sleeps while the word has the expected value. The waker says that it woke us: the word is not looked at
// again then. Scratch[0] is the waiter's bit set.
func futexWait(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, private bool, bits uint32) (int64, abi.Errno) {
	if bits == 0 {
		return 0, abi.EINVAL
	}
	if t.Sys.Slept && t.Wait.Outcome == wait.Event {
		return 0, abi.OK
	}
	if e := futexDeadline(k, t, a); e != abi.OK {
		return 0, e
	}
	key, e := k.FutexKey(t, a[0], private)
	if e != abi.OK {
		return 0, e
	}
	v, e := k.ReadU32(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if v != a.Uint(2) {
		return 0, abi.EAGAIN
	}
	until, over := expired(k, t)
	if over {
		return 0, abi.ETIMEDOUT
	}
	t.Sys.Scratch[0] = uint64(bits)
	e = k.Block(t, until, key)
	if e == abi.ErrRestartSys && a[3] != 0 {
		e = abi.ErrRestartBlock // with a timeout a handler ends the call
	}
	return 0, e
}

// futexDeadline: FUTEX_WAIT's timeout is relative, FUTEX_WAIT_BITSET's absolute. futex(2)
func futexDeadline(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) abi.Errno {
	if a.Int(1)&^(abi.FUTEX_PRIVATE_FLAG|abi.FUTEX_CLOCK_REALTIME) == abi.FUTEX_WAIT {
		return deadlineFrom(k, t, a[3])
	}
	if a[3] == 0 || t.Sys.Phase&deadlineSet != 0 {
		return abi.OK
	}
	ns, e := timespec(k, t, a[3])
	if e != abi.OK {
		return e
	}
	clock := int32(abi.CLOCK_MONOTONIC)
	if a.Int(1)&abi.FUTEX_CLOCK_REALTIME != 0 {
		clock = abi.CLOCK_REALTIME
	}
	now, _ := k.ClockNow(t, clock)
	setDeadline(k, t, max(ns-now, 0))
	return abi.OK
}

// futexSleeper is the task that has slept longest on key with one of the bits.
func futexSleeper(k *kernel.Kernel, key wait.Key, bits uint32) *kernel.Task {
	return k.FirstSleeper(key, func(t *kernel.Task) bool { return uint32(t.Sys.Scratch[0])&bits != 0 })
}

// futexSleepers counts the tasks that sleep on key.
func futexSleepers(k *kernel.Kernel, key wait.Key) (n int32) {
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.Run == kernel.Sleep && t.Wait.Matches(key) {
			n++
		}
		return true
	})
	return n
}

func futexWake(k *kernel.Kernel, t *kernel.Task, addr uint64, private bool, n int32, bits uint32) (int64, abi.Errno) {
	if bits == 0 {
		return 0, abi.EINVAL
	}
	key, e := k.FutexKey(t, addr, private)
	if e != abi.OK {
		return 0, e
	}
	return int64(wakeUpTo(k, key, max(n, 1), bits)), abi.OK // Linux wakes one even when asked for none
}

func wakeUpTo(k *kernel.Kernel, key wait.Key, n int32, bits uint32) int32 {
	woken := int32(0)
	for woken < n {
		s := futexSleeper(k, key, bits)
		if s == nil {
			break
		}
		k.WakeTask(s, wait.Event)
		woken++
	}
	return woken
}

// futexRequeue wakes some waiters and lets others wait for another word. timeout is the second count.
func futexRequeue(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, private, compare bool) (int64, abi.Errno) {
	wake, move := a.Int(2), int32(a[3])
	if wake < 0 || move < 0 {
		return 0, abi.EINVAL
	}
	from, e := k.FutexKey(t, a[0], private)
	if e != abi.OK {
		return 0, e
	}
	to, e := k.FutexKey(t, a[4], private)
	if e != abi.OK {
		return 0, e
	}
	if compare {
		v, e := k.ReadU32(t, a[0])
		if e != abi.OK {
			return 0, e
		}
		if v != a.Uint(5) {
			return 0, abi.EAGAIN
		}
	}
	n := wakeUpTo(k, from, wake, abi.FUTEX_BITSET_MATCH_ANY)
	moved := int32(0)
	if from == to { // they stay, and count
		return int64(n + min(move, futexSleepers(k, from))), abi.OK
	}
	for moved < move {
		s := futexSleeper(k, from, abi.FUTEX_BITSET_MATCH_ANY)
		if s == nil {
			break
		}
		k.MoveSleeper(s, to)
		moved++
	}
	return int64(n + moved), abi.OK
}

// futexWakeOp changes a second word and wakes its waiters too if it had a certain value. futex(2) FUTEX_WAKE_OP
func futexWakeOp(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, private bool) (int64, abi.Errno) {
	first, e := k.FutexKey(t, a[0], private)
	if e != abi.OK {
		return 0, e
	}
	second, e := k.FutexKey(t, a[4], private)
	if e != abi.OK {
		return 0, e
	}
	old, e := k.ReadU32(t, a[4])
	if e != abi.OK {
		return 0, e
	}
	code := a.Uint(5)
	arg := int32(code<<8) >> 20 // bits 12 to 23, signed
	if code>>31 != 0 {          // FUTEX_OP_OPARG_SHIFT
		arg = 1 << (arg & 31)
	}
	new, e := futexOp(code>>28&7, old, uint32(arg))
	if e != abi.OK {
		return 0, e
	}
	if e := k.WriteU32(t, a[4], new); e != abi.OK {
		return 0, e
	}
	hit, e := futexCompare(code>>24&15, int32(old), int32(code<<20)>>20)
	if e != abi.OK {
		return 0, e
	}
	n := wakeUpTo(k, first, max(a.Int(2), 1), abi.FUTEX_BITSET_MATCH_ANY)
	if hit {
		n += wakeUpTo(k, second, max(int32(a[3]), 1), abi.FUTEX_BITSET_MATCH_ANY)
	}
	return int64(n), abi.OK
}

func futexOp(op, old, arg uint32) (uint32, abi.Errno) {
	switch op {
	case 0: // FUTEX_OP_SET
		return arg, abi.OK
	case 1: // FUTEX_OP_ADD
		return old + arg, abi.OK
	case 2: // FUTEX_OP_OR
		return old | arg, abi.OK
	case 3: // FUTEX_OP_ANDN
		return old &^ arg, abi.OK
	case 4: // FUTEX_OP_XOR
		return old ^ arg, abi.OK
	}
	return 0, abi.ENOSYS
}

func futexCompare(cmp uint32, old, arg int32) (bool, abi.Errno) {
	switch cmp {
	case 0: // FUTEX_OP_CMP_EQ
		return old == arg, abi.OK
	case 1: // FUTEX_OP_CMP_NE
		return old != arg, abi.OK
	case 2: // FUTEX_OP_CMP_LT
		return old < arg, abi.OK
	case 3: // FUTEX_OP_CMP_LE
		return old <= arg, abi.OK
	case 4: // FUTEX_OP_CMP_GT
		return old > arg, abi.OK
	case 5: // FUTEX_OP_CMP_GE
		return old >= arg, abi.OK
	}
	return false, abi.ENOSYS
}
