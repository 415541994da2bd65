package sys

import (
	"bytes"
	"encoding/binary"
	"slices"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Flags in the events of epoll(7).
const (
	epollExclusive = 1 << 28
	epollWakeup    = 1 << 29
	epollOneShot   = 1 << 30
	epollEdge      = 1 << 31
	epollFlags     = epollExclusive | epollWakeup | epollOneShot | epollEdge
)

// interest is one member of an epoll's list. It lies in the file's Data, interestSize bytes each.
type interest struct {
	fd     int32
	file   vfs.FileID
	inode  uint64 // tells a closed file whose ID was used again
	events uint32 // 0 after EPOLLONESHOT struck
	data   uint64
	edge   uint32 // what Edge was when it was last reported
	seen   uint32 // the events then
}

const interestSize = 40

func (i *interest) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(i.fd))
	b = le.AppendUint32(b, uint32(i.file))
	b = le.AppendUint64(b, i.inode)
	b = le.AppendUint64(b, i.data)
	b = le.AppendUint32(b, i.events)
	b = le.AppendUint32(b, i.edge)
	b = le.AppendUint32(b, i.seen)
	return le.AppendUint32(b, 0)
}

func readInterest(b []byte) (i interest) {
	le := binary.LittleEndian
	i.fd, i.file = int32(le.Uint32(b)), vfs.FileID(le.Uint32(b[4:]))
	i.inode, i.data = le.Uint64(b[8:]), le.Uint64(b[16:])
	i.events, i.edge, i.seen = le.Uint32(b[24:]), le.Uint32(b[28:]), le.Uint32(b[32:])
	return i
}

// open tells whether the member's file has not been closed; one that has drops out of the list.
func (i *interest) open(v *vfs.VFS) bool {
	o := v.File(i.file)
	return o != nil && v.S.Inodes.Get(o.Inode).Ino == i.inode
}

// interests are an epoll's members.
func interests(k *kernel.Kernel, f vfs.FileID) []interest {
	var list []interest
	for b := k.VFS.File(f).Data; len(b) >= interestSize; b = b[interestSize:] {
		if i := readInterest(b); i.open(k.VFS) {
			list = append(list, i)
		}
	}
	return list
}

// findInterest is where in the list the member for a descriptor lies, -1 when there is none.
func findInterest(v *vfs.VFS, list []byte, fd int32, file vfs.FileID) int {
	want := binary.LittleEndian.AppendUint32(nil, uint32(fd))
	want = binary.LittleEndian.AppendUint32(want, uint32(file))
	for at := 0; at+interestSize <= len(list); at += interestSize {
		if bytes.Equal(list[at:at+8], want) {
			if i := readInterest(list[at:]); i.open(v) {
				return at
			}
		}
	}
	return -1
}

// ready is what can be reported of one member now. An edge-triggered one is reported again only after a wake-up.
func (i *interest) ready(k *kernel.Kernel) uint32 {
	got := k.VFS.Poll(i.file) & (i.events | abi.POLLERR | abi.POLLHUP)
	if i.events&^epollFlags == 0 || got == 0 {
		return 0
	}
	if i.events&epollEdge != 0 && i.edge == i.now(k) && got&^i.seen == 0 {
		return 0
	}
	return got
}

// now is the file's edge counter, of the side that is asked for.
func (i *interest) now(k *kernel.Kernel) uint32 {
	n := k.Edge(k.VFS.WaitKey(i.file, false)) + timerEdge(k, i.file)
	if i.events&abi.POLLOUT != 0 {
		n += k.Edge(k.VFS.WaitKey(i.file, true))
	}
	return n
}

var _ = define(kernel.Syscall{Nr: 213, Name: "epoll_create", Man: "epoll_create(2); fs/eventpoll.c:do_epoll_create",
	Args: args(pInt("size")), Fn: epollCreate})

func epollCreate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Int(0) <= 0 {
		return 0, abi.EINVAL
	}
	return newEpoll(k, t, 0)
}

var _ = define(kernel.Syscall{Nr: 291, Name: "epoll_create1", Man: "epoll_create1(2); fs/eventpoll.c:do_epoll_create",
	Args: args(pFlags("flags", "epoll_create")), Fn: epollCreate1})

func epollCreate1(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(0)&^uint32(abi.O_CLOEXEC) != 0 {
		return 0, abi.EINVAL
	}
	return newEpoll(k, t, a.Uint(0))
}

func newEpoll(k *kernel.Kernel, t *kernel.Task, flags uint32) (int64, abi.Errno) {
	f := k.VFS.NewAnonFile(vfs.AnonEpoll, abi.O_RDWR)
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 233, Name: "epoll_ctl", Man: "epoll_ctl(2); fs/eventpoll.c:do_epoll_ctl", Missing: "EPOLLET on an epoll that lies in an epoll",
	Args: args(pFD("epfd"), pFlags("op", "epoll_ctl"), pFD("fd"), pStruct("event", "epoll_event")), Fn: epollCtl})

func epollCtl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	op := a.Int(1)
	var b [12]byte // struct epoll_event, packed
	if op != abi.EPOLL_CTL_DEL {
		if e := k.CopyIn(t, a[3], b[:]); e != abi.OK {
			return 0, e
		}
	}
	c := k.Ctx(t)
	f, e := k.VFS.Get(c, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	target, e := k.VFS.Get(c, a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	if !pollable(k, target) {
		return 0, abi.EPERM
	}
	if f == target || k.VFS.Anon(f) != vfs.AnonEpoll {
		return 0, abi.EINVAL
	}
	if op == abi.EPOLL_CTL_ADD && nests(k, target, f, 0) {
		return 0, abi.ELOOP
	}
	events, data := binary.LittleEndian.Uint32(b[:]), binary.LittleEndian.Uint64(b[4:])
	list := &k.VFS.File(f).Data
	at := findInterest(k.VFS, *list, a.Int(2), target)
	switch {
	case op == abi.EPOLL_CTL_ADD && at >= 0:
		return 0, abi.EEXIST
	case op == abi.EPOLL_CTL_ADD:
		ino := k.VFS.S.Inodes.Get(k.VFS.File(target).Inode).Ino
		i := interest{fd: a.Int(2), file: target, inode: ino, events: events, data: data}
		*list = i.append(*list)
	case op != abi.EPOLL_CTL_MOD && op != abi.EPOLL_CTL_DEL:
		return 0, abi.EINVAL
	case at < 0:
		return 0, abi.ENOENT
	case op == abi.EPOLL_CTL_DEL:
		*list = slices.Delete(*list, at, at+interestSize)
	default:
		i := readInterest((*list)[at:])
		i.events, i.data, i.seen = events, data, 0
		i.append((*list)[:at])
	}
	k.Wake(epollKey(k, f), -1) // who waits looks at the new list
	return 0, abi.OK
}

// maxEpollNests is how deep epolls may lie in epolls. Linux EP_MAX_NESTS
const maxEpollNests = 4

// nests tells whether outer is in epoll f, at whatever depth, or the depth would be too large. Linux
// fs/eventpoll.c:ep_loop_check
func nests(k *kernel.Kernel, f, outer vfs.FileID, depth int) bool {
	if k.VFS.Anon(f) != vfs.AnonEpoll {
		return false
	}
	if f == outer || depth > maxEpollNests {
		return true
	}
	for _, i := range interests(k, f) {
		if nests(k, i.file, outer, depth+1) {
			return true
		}
	}
	return false
}

// pollable tells whether a file can be waited for: regular files and directories are always ready.
func pollable(k *kernel.Kernel, f vfs.FileID) bool {
	switch fileMode(k, f) {
	case abi.S_IFREG, abi.S_IFDIR, abi.S_IFBLK:
		return false
	case abi.S_IFCHR:
		return isTTY(k, f)
	}
	return true
}

func epollKey(k *kernel.Kernel, f vfs.FileID) wait.Key {
	return eventKey(k.VFS.S.Inodes.Get(k.VFS.File(f).Inode))
}

var _ = define(kernel.Syscall{Nr: 232, Name: "epoll_wait", Man: "epoll_wait(2); fs/eventpoll.c:do_epoll_wait",
	Args: args(pFD("epfd"), pResult("events", "epoll_events"), pInt("maxevents"), pInt("timeout")), OnSignal: kernel.EINTRAlways, Fn: epollWait})

func epollWait(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if ms := a.Int(3); ms >= 0 {
		setDeadline(k, t, int64(ms)*1_000_000)
	}
	return waitEpoll(k, t, a)
}

var _ = define(kernel.Syscall{Nr: 281, Name: "epoll_pwait", Man: "epoll_pwait(2); fs/eventpoll.c:do_epoll_pwait",
	Args: args(pFD("epfd"), pResult("events", "epoll_events"), pInt("maxevents"), pInt("timeout"), pStruct("sigmask", "sigset"), pUint("sigsetsize")), OnSignal: kernel.EINTRAlways, Fn: epollPwait})

func epollPwait(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if e := borrowMask(k, t, a[4], a[5]); e != abi.OK {
		return 0, e
	}
	return epollWait(k, t, a)
}

var _ = define(kernel.Syscall{Nr: 441, Name: "epoll_pwait2", Man: "epoll_pwait2(2); fs/eventpoll.c:do_epoll_pwait",
	Args: args(pFD("epfd"), pResult("events", "epoll_events"), pInt("maxevents"), pStruct("timeout", "timespec"), pStruct("sigmask", "sigset"), pUint("sigsetsize")), OnSignal: kernel.EINTRAlways, Fn: epollPwait2})

func epollPwait2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if e := deadlineFrom(k, t, a[3]); e != abi.OK {
		return 0, e
	}
	if e := borrowMask(k, t, a[4], a[5]); e != abi.OK {
		return 0, e
	}
	return waitEpoll(k, t, a)
}

// maxEpollEvents is EP_MAX_EVENTS.
const maxEpollEvents = 1<<31/12 - 1

func waitEpoll(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	n := a.Int(2)
	if n <= 0 || n > maxEpollEvents {
		return 0, abi.EINVAL
	}
	if !accessOK(k, a[1], 12*uint64(n)) {
		return 0, abi.EFAULT
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.Anon(f) != vfs.AnonEpoll {
		return 0, abi.EINVAL
	}
	if p, list := takeReady(k, k.VFS.File(f).Data, int(n)); len(p.b) > 0 {
		if e := k.CopyOut(t, a[1], p.b); e != abi.OK {
			return 0, e
		}
		k.VFS.File(f).Data = list
		return int64(len(p.b) / 12), abi.OK
	}
	until, over := expired(k, t)
	if over {
		return 0, abi.OK
	}
	keys := []wait.Key{epollKey(k, f)}
	for _, i := range interests(k, f) {
		until = min(until, fileDeadline(k, i.file))
		keys = append(keys, k.VFS.WaitKey(i.file, false))
		if i.events&abi.POLLOUT != 0 {
			keys = append(keys, k.VFS.WaitKey(i.file, true))
		}
	}
	return 0, k.Block(t, until, keys...)
}

// takeReady collects up to n events, and the list as it is afterwards: what was reported goes to the end, so that
// everybody's turn comes.
func takeReady(k *kernel.Kernel, list []byte, n int) (p packer, after []byte) {
	var told []byte
	from := 0 // of the members that have not been copied yet
	for at := 0; at+interestSize <= len(list) && len(told) < n*interestSize; at += interestSize {
		i, got := readInterest(list[at:]), uint32(0)
		if open := i.open(k.VFS); open {
			if got = i.ready(k); got == 0 {
				continue
			}
		}
		after = append(after, list[from:at]...)
		from = at + interestSize
		if got == 0 {
			continue
		}
		p.u32(got)
		p.u64(i.data)
		i.edge, i.seen = i.now(k), got
		if i.events&epollOneShot != 0 {
			i.events &= epollFlags
		}
		told = i.append(told)
	}
	return p, append(append(after, list[from:]...), told...)
}

// epollFile is the epoll itself as a file: readable when a member is ready.
type epollFile struct{ eventFile }

func (epollFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (epollFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (d epollFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	for b := f.Data; len(b) >= interestSize; b = b[interestSize:] {
		i := readInterest(b)
		if i.open(v) && i.ready(d.k) != 0 {
			return abi.POLLIN
		}
	}
	return 0
}

// WaitKey is that of any file: a member may become ready.
func (epollFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return wait.Any
}
