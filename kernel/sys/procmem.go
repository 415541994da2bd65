package sys

import (
	"encoding/binary"
	"fmt"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// ReadAt reads a process's memory or page map. proc_pid_mem(5), proc_pid_pagemap(5)
func (f facts) ReadAt(pid uint32, n fs.Node, p []byte, off int64) (int, abi.Errno) {
	t := f.k.FindTask(int32(pid))
	if t == nil || f.k.MM.AS(t.ASID) == nil {
		return 0, abi.OK // it has none any more
	}
	if n == fs.PIDPagemap {
		return f.pagemap(f.k.MM.AS(t.ASID), p, off)
	}
	return f.eachPage(uint64(off), p, func(va uint64, part []byte) abi.Errno { return f.k.MM.CopyIn(t.ASID, part, va) })
}

// WriteAt writes a process's memory.
func (f facts) WriteAt(pid uint32, n fs.Node, p []byte, off int64) (int, abi.Errno) {
	t := f.k.FindTask(int32(pid))
	if t == nil || f.k.MM.AS(t.ASID) == nil {
		return 0, abi.OK
	}
	return f.eachPage(uint64(off), p, func(va uint64, part []byte) abi.Errno { return f.k.MM.CopyOut(t.ASID, va, part) })
}

// eachPage moves p page by page and says how much was moved before the first that is not there. Linux
// fs/proc/base.c:mem_rw
func (f facts) eachPage(va uint64, p []byte, move func(va uint64, part []byte) abi.Errno) (int, abi.Errno) {
	done := 0
	for done < len(p) {
		n := min(len(p)-done, int(vfs.PageSize-va%vfs.PageSize))
		if move(va, p[done:done+n]) != abi.OK {
			if done == 0 {
				return 0, abi.EIO
			}
			break
		}
		done, va = done+n, va+uint64(n)
	}
	return done, abi.OK
}

// pagemap has 8 bytes for each page of the address space. Linux fs/proc/task_mmu.c:pagemap_read
func (f facts) pagemap(as *mm.AddressSpace, p []byte, off int64) (int, abi.Errno) {
	if off%8 != 0 || len(p)%8 != 0 {
		return 0, abi.EINVAL
	}
	frames := f.k.Current().Capable(abi.CAP_SYS_ADMIN)
	done := 0
	for ; done+8 <= len(p); done += 8 {
		va := uint64(off+int64(done)) / 8 * vfs.PageSize
		if va >= mm.TaskSize {
			break
		}
		binary.LittleEndian.PutUint64(p[done:], f.k.MM.Pagemap(as, va, frames))
	}
	return done, abi.OK
}

// FDInfo is proc_pid_fdinfo(5). Linux fs/proc/fd.c:seq_show
func (f facts) FDInfo(file *vfs.File, fd vfs.FD) string {
	k := f.k
	in := k.VFS.Inode(file.Inode)
	flags := file.Flags
	if fd.Cloexec {
		flags |= abi.O_CLOEXEC
	}
	var b strings.Builder
	fmt.Fprintf(&b, "pos:\t%d\nflags:\t0%o\nmnt_id:\t%d\nino:\t%d\n", file.Pos, flags, in.SB, in.Ino)
	for i := range k.VFS.S.Locks {
		if l := &k.VFS.S.Locks[i]; l.Inode == file.Inode {
			b.WriteString("lock:\t" + lockLine(k, i+1, l))
		}
	}
	switch k.VFS.Anon(fd.File) {
	case vfs.AnonEvent:
		fmt.Fprintf(&b, "eventfd-count: %16x\n", file.Seq)
	case vfs.AnonSignal:
		fmt.Fprintf(&b, "sigmask:\t%016x\n", signalfdMask(file))
	case vfs.AnonPID:
		fmt.Fprintf(&b, "Pid:\t%d\n", int32(file.Seq))
	case vfs.AnonEpoll:
		for _, i := range interests(k, fd.File) {
			o := k.VFS.File(i.file)
			oin := k.VFS.Inode(o.Inode)
			fmt.Fprintf(&b, "tfd: %8d events: %8x data: %16x  pos:%d ino:%x sdev:%x\n", i.fd, i.events, i.data, o.Pos, oin.Ino, k.VFS.Super(oin.SB).Dev)
		}
	}
	return b.String()
}

// ioText is proc_pid_io(5).
func ioText(io *kernel.IOCount) string {
	return fmt.Sprintf("rchar: %d\nwchar: %d\nsyscr: %d\nsyscw: %d\nread_bytes: %d\nwrite_bytes: %d\ncancelled_write_bytes: 0\n",
		io.RChar, io.WChar, io.SyscR, io.SyscW, io.ReadBytes, io.WriteBytes)
}

// syscallText is the call that a task is in. Linux fs/proc/base.c:proc_pid_syscall
func syscallText(k *kernel.Kernel, t *kernel.Task) string {
	if t.Run == kernel.User && t != k.Current() || t.ASID == 0 {
		return "running\n"
	}
	r := k.Regs(t)
	if !t.Sys.Active {
		return fmt.Sprintf("-1 %#x %#x\n", r.RSP, r.RIP)
	}
	a := &t.Sys.Args
	return fmt.Sprintf("%d %#x %#x %#x %#x %#x %#x %#x %#x\n", t.Sys.Nr, a[0], a[1], a[2], a[3], a[4], a[5], r.RSP, r.RIP)
}
