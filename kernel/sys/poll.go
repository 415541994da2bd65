package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// polled is one descriptor of poll(2) or select(2).
type polled struct {
	fd      int32
	events  uint32
	revents uint32
}

var _ = define(kernel.Syscall{Nr: 7, Name: "poll", Man: "poll(2); fs/select.c:do_sys_poll",
	Args: args(pStruct("fds", "pollfds"), pUint("nfds"), pInt("timeout")), OnSignal: kernel.EINTROnHandler, Fn: poll})

func poll(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if ms := a.Int(2); ms >= 0 {
		setDeadline(k, t, int64(ms)*1_000_000)
	}
	return pollFDs(k, t, a[0], a.Uint(1))
}

var _ = define(kernel.Syscall{Nr: 271, Name: "ppoll", Man: "ppoll(2); fs/select.c:ppoll",
	Args: args(pStruct("fds", "pollfds"), pUint("nfds"), pStruct("timeout", "timespec"), pStruct("sigmask", "sigset"), pUint("sigsetsize")), OnSignal: kernel.EINTROnHandler, Fn: ppoll})

func ppoll(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if e := deadlineFrom(k, t, a[2]); e != abi.OK {
		return 0, e
	}
	if e := borrowMask(k, t, a[3], a[4]); e != abi.OK {
		return 0, e
	}
	n, e := pollFDs(k, t, a[0], a.Uint(1))
	return finishPoll(k, t, a[2], n, e)
}

// The phases of a call that waits with a deadline and a borrowed signal mask.
const (
	deadlineSet = 1 << iota
	maskSet
)

// setDeadline computes the end of the wait on the first invocation.
func setDeadline(k *kernel.Kernel, t *kernel.Task, ns int64) {
	if t.Sys.Phase&deadlineSet == 0 {
		t.Sys.Phase |= deadlineSet
		t.Sys.Deadline = k.Now() + uint64(min(ns, forever))
	}
}

// deadlineFrom reads a struct timespec of how long to wait; NULL is for ever.
func deadlineFrom(k *kernel.Kernel, t *kernel.Task, addr uint64) abi.Errno {
	if addr == 0 || t.Sys.Phase&deadlineSet != 0 {
		return abi.OK
	}
	ns, e := timespec(k, t, addr)
	if e == abi.OK {
		setDeadline(k, t, ns)
	}
	return e
}

// expired tells whether the wait has ended; until is what to sleep until.
func expired(k *kernel.Kernel, t *kernel.Task) (until uint64, over bool) {
	if t.Sys.Phase&deadlineSet == 0 {
		return wait.Never, false
	}
	return t.Sys.Deadline, k.Now() >= t.Sys.Deadline
}

// timeLeft is what remains of the wait.
func timeLeft(k *kernel.Kernel, t *kernel.Task) int64 {
	return max(int64(t.Sys.Deadline-k.Now()), 0)
}

// borrowMask sets the signal mask of ppoll and pselect for the time of the call.
func borrowMask(k *kernel.Kernel, t *kernel.Task, addr, size uint64) abi.Errno {
	if addr == 0 || t.Sys.Phase&maskSet != 0 {
		return abi.OK
	}
	if size != 8 {
		return abi.EINVAL
	}
	mask, e := k.ReadU64(t, addr)
	if e != abi.OK {
		return e
	}
	t.Sys.Phase |= maskSet
	t.Sig.Saved, t.Sig.HasSaved = t.Sig.Blocked, true
	k.SetBlocked(t, mask)
	return abi.OK
}

// finishPoll reports the time left. The dispatcher gives a borrowed mask back.
func finishPoll(k *kernel.Kernel, t *kernel.Task, timeout uint64, n int64, e abi.Errno) (int64, abi.Errno) {
	if e.Internal() {
		return n, e
	}
	if timeout != 0 && t.Sys.Phase&deadlineSet != 0 {
		left := timeLeft(k, t)
		writeWords(k, t, timeout, left/second, left%second)
	}
	return n, e
}

func pollFDs(k *kernel.Kernel, t *kernel.Task, addr uint64, n uint32) (int64, abi.Errno) {
	if uint64(n) > k.Process(t).Rlimits[abi.RLIMIT_NOFILE].Cur {
		return 0, abi.EINVAL
	}
	raw := make([]byte, 8*n)
	if e := k.CopyIn(t, addr, raw); e != abi.OK {
		return 0, e
	}
	list := make([]polled, n)
	for i := range list {
		list[i].fd = int32(binary.LittleEndian.Uint32(raw[8*i:]))
		list[i].events = uint32(binary.LittleEndian.Uint16(raw[8*i+4:])) | abi.POLLERR | abi.POLLHUP
	}
	ready, e := pollList(k, t, list, true)
	if e != abi.OK {
		return 0, e
	}
	for i := range list {
		binary.LittleEndian.PutUint16(raw[8*i+6:], uint16(list[i].revents))
	}
	if e := k.CopyOut(t, addr, raw); e != abi.OK {
		return 0, e
	}
	return ready, abi.OK
}

// pollList looks at every descriptor and sleeps while none is ready and the time is not over.
func pollList(k *kernel.Kernel, t *kernel.Task, list []polled, nval bool) (int64, abi.Errno) {
	c := k.Ctx(t)
	ready := int64(0)
	var keys []wait.Key
	soon := wait.Never
	for i := range list {
		p := &list[i]
		if p.fd < 0 {
			continue
		}
		f, e := k.VFS.Get(c, p.fd)
		if e != abi.OK && !nval {
			return 0, abi.EBADF
		}
		if e != abi.OK {
			p.revents = abi.POLLNVAL
			ready++
			continue
		}
		if p.revents = k.VFS.Poll(f) & p.events; p.revents != 0 {
			ready++
			continue
		}
		soon = min(soon, fileDeadline(k, f))
		// An end that closes is told to both sides' sleepers, so a wait for errors alone listens like a reader.
		const output = abi.POLLOUT | abi.POLLWRNORM
		if p.events&output != 0 {
			keys = append(keys, k.VFS.WaitKey(f, true))
		}
		if p.events&output == 0 || p.events&(abi.POLLIN|abi.POLLRDNORM) != 0 {
			keys = append(keys, k.VFS.WaitKey(f, false))
		}
	}
	until, over := expired(k, t)
	if ready == 0 && over && k.SignalPending(t) {
		return 0, abi.ErrRestartNoHand
	}
	if ready > 0 || over {
		return ready, abi.OK
	}
	return 0, k.Block(t, min(until, soon), keys...)
}

var _ = define(kernel.Syscall{Nr: 23, Name: "select", Man: "select(2); fs/select.c:kern_select",
	Args: args(pInt("nfds"), pPtr("readfds"), pPtr("writefds"), pPtr("exceptfds"), pPtr("timeout")), OnSignal: kernel.EINTROnHandler, Fn: selectCall})

func selectCall(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a[4] != 0 && t.Sys.Phase&deadlineSet == 0 {
		var v [2]int64
		if e := readWords(k, t, a[4], v[:]); e != abi.OK {
			return 0, e
		}
		ns := clampNS(v[0]+v[1]/1_000_000, v[1]%1_000_000*1000)
		if v[0] < 0 || v[1] < 0 {
			return 0, abi.EINVAL
		}
		setDeadline(k, t, ns)
	}
	n, e := selectFDs(k, t, a)
	if a[4] != 0 && !e.Internal() {
		left := timeLeft(k, t)
		writeWords(k, t, a[4], left/second, left%second/1000)
	}
	return n, e
}

var _ = define(kernel.Syscall{Nr: 270, Name: "pselect6", Man: "pselect(2); fs/select.c:do_pselect",
	Args: args(pInt("nfds"), pPtr("readfds"), pPtr("writefds"), pPtr("exceptfds"), pPtr("timeout"), pPtr("sigmask")), OnSignal: kernel.EINTROnHandler, Fn: pselect6})

func pselect6(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var mask [2]int64 // address and size of the signal set
	if a[5] != 0 {
		if e := readWords(k, t, a[5], mask[:]); e != abi.OK {
			return 0, e
		}
	}
	if e := deadlineFrom(k, t, a[4]); e != abi.OK {
		return 0, e
	}
	if e := borrowMask(k, t, uint64(mask[0]), uint64(mask[1])); e != abi.OK {
		return 0, e
	}
	n, e := selectFDs(k, t, a)
	return finishPoll(k, t, a[4], n, e)
}

// The events behind the three sets of select(2). Linux fs/select.c POLLIN_SET, POLLOUT_SET, POLLEX_SET
var selectEvents = [3]uint32{
	abi.POLLRDNORM | abi.POLLRDBAND | abi.POLLIN | abi.POLLHUP | abi.POLLERR,
	abi.POLLWRBAND | abi.POLLWRNORM | abi.POLLOUT | abi.POLLERR,
	abi.POLLPRI,
}

func selectFDs(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	n := a.Int(0)
	if n < 0 {
		return 0, abi.EINVAL
	}
	n = min(n, int32(max(len(k.VFS.S.Tables.Get(t.Files).FDs), 64)))
	size := (int(n) + 63) / 64 * 8
	var sets [3][]byte
	for i := range sets {
		sets[i] = make([]byte, size)
		if a[1+i] == 0 {
			continue
		}
		if e := k.CopyIn(t, a[1+i], sets[i]); e != abi.OK {
			return 0, e
		}
	}
	list := selectList(sets, n)
	if _, e := pollList(k, t, list, false); e != abi.OK {
		return 0, e
	}
	ready := int64(0)
	for i := range sets {
		clear(sets[i])
		for _, p := range list {
			if p.events&selectEvents[i] == selectEvents[i] && p.revents&selectEvents[i] != 0 {
				sets[i][p.fd/8] |= 1 << (p.fd % 8)
				ready++
			}
		}
		if a[1+i] == 0 {
			continue
		}
		if e := k.CopyOut(t, a[1+i], sets[i]); e != abi.OK {
			return 0, e
		}
	}
	return ready, abi.OK
}

// selectList turns the three sets into one list.
func selectList(sets [3][]byte, n int32) []polled {
	var list []polled
	for fd := int32(0); fd < n; fd++ {
		p := polled{fd: fd}
		for i := range sets {
			if sets[i][fd/8]>>(fd%8)&1 != 0 {
				p.events |= selectEvents[i]
			}
		}
		if p.events != 0 {
			list = append(list, p)
		}
	}
	return list
}
