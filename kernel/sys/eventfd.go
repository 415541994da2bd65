package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// efdSemaphore is EFD_SEMAPHORE; EFD_CLOEXEC and EFD_NONBLOCK are the flags of open(2).
const efdSemaphore = 1

var _ = define(kernel.Syscall{Nr: 284, Name: "eventfd", Man: "eventfd(2); fs/eventfd.c:do_eventfd",
	Args: args(pUint("initval")), Fn: eventfd})

func eventfd(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return newEventfd(k, t, a.Uint(0), 0)
}

var _ = define(kernel.Syscall{Nr: 290, Name: "eventfd2", Man: "eventfd2(2); fs/eventfd.c:do_eventfd",
	Args: args(pUint("initval"), pFlags("flags", "eventfd")), Fn: eventfd2})

func eventfd2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return newEventfd(k, t, a.Uint(0), a.Uint(1))
}

func newEventfd(k *kernel.Kernel, t *kernel.Task, count, flags uint32) (int64, abi.Errno) {
	if flags&^uint32(efdSemaphore|abi.O_CLOEXEC|abi.O_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	f := k.VFS.NewAnonFile(vfs.AnonEvent, abi.O_RDWR|flags&abi.O_NONBLOCK)
	file := k.VFS.File(f)
	file.Seq = uint64(count)
	if flags&efdSemaphore != 0 {
		file.Data = []byte{efdSemaphore}
	}
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}

// eventFile is a counter: Seq of the file. Data says whether reads take one or all.
type eventFile struct{ k *kernel.Kernel }

func (eventFile) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno { return abi.ENXIO }
func (eventFile) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode)        {}
func (eventFile) Seekable(in *vfs.Inode) bool                           { return false }

// maxEvent is the largest count.
const maxEvent = ^uint64(0) - 1

func (d eventFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if len(p) < 8 {
		return 0, abi.EINVAL
	}
	if f.Seq == 0 {
		return 0, abi.EAGAIN
	}
	n := f.Seq
	if len(f.Data) > 0 {
		n = 1
	}
	f.Seq -= n
	binary.LittleEndian.PutUint64(p, n)
	d.k.Wake(eventKey(in), -1)
	return 8, abi.OK
}

func (d eventFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if len(p) < 8 {
		return 0, abi.EINVAL
	}
	n := binary.LittleEndian.Uint64(p)
	if n > maxEvent {
		return 0, abi.EINVAL
	}
	if n > maxEvent-f.Seq {
		return 0, abi.EAGAIN
	}
	f.Seq += n
	d.k.Wake(eventKey(in), -1)
	return 8, abi.OK
}

func (eventFile) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

func (eventFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	mask := uint32(0)
	if f.Seq > 0 {
		mask |= abi.POLLIN
	}
	if f.Seq < maxEvent {
		mask |= abi.POLLOUT
	}
	return mask
}

func (eventFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return eventKey(in)
}

func eventKey(in *vfs.Inode) wait.Key { return wait.Key{Kind: wait.EventFile, ID: in.Ino} }
