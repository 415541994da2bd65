package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Flags of timerfd_settime(2).
const (
	tfdAbstime     = 1
	tfdCancelOnSet = 2
)

// timerfd is a timer that is read: the file's Data. Nothing happens when it expires: who waits for it sleeps until then,
// and everybody computes from the clock how often it has expired.
type timerfd struct {
	create   int32 // the clock it was made with
	clock    int32 // the clock that next is on: a relative time does not care about changes of the time of day
	cancel   bool  // a change of the time of day ends it: TFD_TIMER_CANCEL_ON_SET
	next     int64 // ns, 0 disarmed
	interval int64
	boot     int64 // the time of day at Now = 0 when it was set
}

func (d *timerfd) encode() []byte {
	var p packer
	p.u32(uint32(d.create))
	p.u32(uint32(d.clock))
	p.u64(uint64(toInt(d.cancel)))
	p.i64(d.next)
	p.i64(d.interval)
	p.i64(d.boot)
	return p.b
}

func readTimerfd(b []byte) timerfd {
	le := binary.LittleEndian
	return timerfd{int32(le.Uint32(b)), int32(le.Uint32(b[4:])), le.Uint64(b[8:]) != 0, int64(le.Uint64(b[16:])),
		int64(le.Uint64(b[24:])), int64(le.Uint64(b[32:]))}
}

// now reads the timer's clock.
func (d *timerfd) now(k *kernel.Kernel) int64 {
	n, _ := k.ClockNow(nil, d.clock)
	return n
}

// ticks is how often it has expired since it was last read.
func (d *timerfd) ticks(k *kernel.Kernel) uint64 {
	late := d.now(k) - d.next
	switch {
	case d.next == 0 || late < 0:
		return 0
	case d.interval == 0:
		return 1
	}
	return 1 + uint64(late/d.interval)
}

// left is how long until it expires next; 0 when it will not.
func (d *timerfd) left(k *kernel.Kernel) int64 {
	n := d.ticks(k)
	if d.next == 0 || n > 0 && d.interval == 0 {
		return 0
	}
	return d.next + int64(n)*d.interval - d.now(k)
}

// cancelled tells whether the time of day was changed under it.
func (d *timerfd) cancelled(k *kernel.Kernel) bool {
	return d.cancel && d.boot != k.State.BootTime
}

// fileDeadline is when a file becomes ready by itself: a timer that expires.
func fileDeadline(k *kernel.Kernel, f vfs.FileID) uint64 {
	switch k.VFS.Anon(f) {
	case vfs.AnonTimer:
	case vfs.AnonEpoll: // the first of its members'
		until := uint64(wait.Never)
		for _, i := range interests(k, f) {
			until = min(until, fileDeadline(k, i.file))
		}
		return until
	default:
		return wait.Never
	}
	d := readTimerfd(k.VFS.File(f).Data)
	if left := d.left(k); left > 0 {
		return k.Now() + uint64(left)
	}
	return wait.Never
}

// timerFile is a timerfd as a file.
type timerFile struct{ eventFile }

func (d timerFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if len(p) < 8 {
		return 0, abi.EINVAL
	}
	t := readTimerfd(f.Data)
	if t.cancelled(d.k) {
		t.boot = d.k.State.BootTime
		f.Data = t.encode()
		return 0, abi.ECANCELED
	}
	n := t.ticks(d.k)
	if n == 0 {
		return 0, abi.EAGAIN
	}
	f.Seq += 2
	if t.next += int64(n) * t.interval; t.interval == 0 {
		t.next = 0
	}
	f.Data = t.encode()
	binary.LittleEndian.PutUint64(p, n)
	return 8, abi.OK
}

func (timerFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (d timerFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	t := readTimerfd(f.Data)
	if t.ticks(d.k) > 0 || t.cancelled(d.k) {
		return abi.POLLIN
	}
	return 0
}

// timerEdge changes when a timer expires, for edge-triggered epoll(7): once until it is read or set. Seq counts those in
// steps of two.
func timerEdge(k *kernel.Kernel, f vfs.FileID) uint32 {
	if k.VFS.Anon(f) != vfs.AnonTimer {
		return 0
	}
	file := k.VFS.File(f)
	d := readTimerfd(file.Data)
	return uint32(file.Seq + min(d.ticks(k), 1))
}

var _ = define(kernel.Syscall{Nr: 283, Name: "timerfd_create", Man: "timerfd_create(2); fs/timerfd.c:timerfd_create",
	Args: args(pFlags("clockid", "clock"), pFlags("flags", "tfdflags")), Fn: timerfdCreate})

func timerfdCreate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	clock, flags := a.Int(0), a.Uint(1)
	if flags&^uint32(abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	const realtimeAlarm, boottimeAlarm = 8, 9
	d := timerfd{create: clock, boot: k.State.BootTime}
	switch clock {
	case abi.CLOCK_REALTIME, abi.CLOCK_MONOTONIC, abi.CLOCK_BOOTTIME:
	case realtimeAlarm, boottimeAlarm:
		if !t.Capable(abi.CAP_WAKE_ALARM) {
			return 0, abi.EPERM
		}
		d.create = map[int32]int32{realtimeAlarm: abi.CLOCK_REALTIME, boottimeAlarm: abi.CLOCK_BOOTTIME}[clock]
	default:
		return 0, abi.EINVAL
	}
	d.clock = d.create
	f := k.VFS.NewAnonFile(vfs.AnonTimer, abi.O_RDWR|flags&abi.O_NONBLOCK)
	k.VFS.File(f).Data = d.encode()
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}

// timerFileOf finds the timerfd of a descriptor.
func timerFileOf(k *kernel.Kernel, t *kernel.Task, fd int32) (*vfs.File, timerfd, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return nil, timerfd{}, e
	}
	if k.VFS.Anon(f) != vfs.AnonTimer {
		return nil, timerfd{}, abi.EINVAL
	}
	file := k.VFS.File(f)
	return file, readTimerfd(file.Data), abi.OK
}

var _ = define(kernel.Syscall{Nr: 286, Name: "timerfd_settime", Man: "timerfd_settime(2); fs/timerfd.c:do_timerfd_settime",
	Args: args(pFD("fd"), pFlags("flags", "tfdtimer"), pStruct("new_value", "itimerspec"), pResult("old_value", "itimerspec")), Fn: timerfdSettime})

func timerfdSettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	flags := a.Uint(1)
	interval, e := timespec(k, t, a[2])
	if e != abi.OK {
		return 0, e
	}
	value, e := timespec(k, t, a[2]+16)
	if e != abi.OK {
		return 0, e
	}
	if flags&^uint32(tfdAbstime|tfdCancelOnSet) != 0 {
		return 0, abi.EINVAL
	}
	file, d, e := timerFileOf(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	old := d
	d = timerfd{create: d.create, clock: d.create, interval: interval, next: value, boot: k.State.BootTime}
	if flags&tfdAbstime == 0 {
		d.clock = abi.CLOCK_MONOTONIC
		if value != 0 {
			d.next += d.now(k)
		}
	} else {
		d.cancel = flags&tfdCancelOnSet != 0 && d.create == abi.CLOCK_REALTIME
	}
	file.Data, file.Seq = d.encode(), file.Seq+2
	k.Wake(eventKey(k.VFS.Inode(file.Inode)), -1) // who sleeps until the old time looks at the new one
	if a[3] == 0 {
		return 0, abi.OK
	}
	return done(putTimerfd(k, t, a[3], &old))
}

var _ = define(kernel.Syscall{Nr: 287, Name: "timerfd_gettime", Man: "timerfd_gettime(2); fs/timerfd.c:do_timerfd_gettime",
	Args: args(pFD("fd"), pResult("curr_value", "itimerspec")), Fn: timerfdGettime})

func timerfdGettime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, d, e := timerFileOf(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(putTimerfd(k, t, a[1], &d))
}

func putTimerfd(k *kernel.Kernel, t *kernel.Task, addr uint64, d *timerfd) abi.Errno {
	left := d.left(k)
	return writeWords(k, t, addr, d.interval/second, d.interval%second, left/second, left%second)
}
