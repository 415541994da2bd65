package sys

import (
	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 9, Name: "mmap", Man: "mmap(2); mm/mmap.c:ksys_mmap_pgoff", Ret: kernel.ArgHex,
	Args: args(pPtr("addr"), pUint("length"), pFlags("prot", "prot"), pFlags("flags", "mmap"), pFD("fd"), pHex("offset")), Fn: mmap})

func mmap(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	prot, flags, off := a.Uint(2), a.Uint(3), a[5]
	if !t.Sys.Compat {
		flags &^= mm.MapLow4G
	}
	if off&0xfff != 0 {
		return 0, abi.EINVAL
	}
	at := a[0]
	if flags&(abi.MAP_FIXED|abi.MAP_FIXED_NOREPLACE) == 0 {
		at &^= mem.FrameMask // a hint
	}
	if flags&abi.MAP_ANONYMOUS == 0 {
		f, e := k.VFS.Get(k.Ctx(t), a.Int(4))
		if e != abi.OK {
			return 0, e
		}
		if !isDevice(k, f, devZero) {
			return mapFile(k, t, f, at, a[1], prot, flags, off)
		}
		flags |= abi.MAP_ANONYMOUS // which is what /dev/zero was for
	}
	addr, e := k.MM.Map(spaceOf(k, t), at, a[1], prot, flags, 0, off)
	return int64(addr), e
}

// spaceOf is a task's address space, which is told first what the task may do: that can change at any time.
func spaceOf(k *kernel.Kernel, t *kernel.Task) mm.ASID {
	as := k.MM.AS(t.ASID)
	as.Caps = t.Cred.Caps.Effective
	as.ReadImpliesExec = k.Process(t).Personality&abi.READ_IMPLIES_EXEC != 0
	return t.ASID
}

// mapFile maps a file, with what the descriptor's mode allows to do (mm.VM_MAY…). Linux mm/mmap.c:do_mmap
func mapFile(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, at, n uint64, prot, flags uint32, off uint64) (int64, abi.Errno) {
	may := uint32(mm.VM_MAYEXEC)
	mode := k.VFS.FileFlags(f) & abi.O_ACCMODE
	if mode != abi.O_WRONLY {
		may |= mm.VM_MAYREAD
	}
	if mode == abi.O_RDWR {
		may |= mm.VM_MAYWRITE
	}
	if flags&abi.MAP_TYPE != abi.MAP_PRIVATE && k.VFS.Sealed(f) {
		if prot&abi.PROT_WRITE != 0 {
			return 0, abi.EPERM
		}
		may &^= mm.VM_MAYWRITE
	}
	obj, e := k.VFS.Object(f)
	if e != abi.OK {
		return 0, e
	}
	addr, e := k.MM.MapFile(spaceOf(k, t), at, n, prot, flags, obj, off, may)
	return int64(addr), e
}

var _ = define(kernel.Syscall{Nr: 11, Name: "munmap", Man: "munmap(2); mm/mmap.c:munmap",
	Args: args(pPtr("addr"), pUint("length")), Fn: munmap})

func munmap(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.MM.Unmap(t.ASID, a[0], a[1]))
}

var _ = define(kernel.Syscall{Nr: 10, Name: "mprotect", Man: "mprotect(2); mm/mprotect.c:do_mprotect_pkey",
	Args: args(pPtr("addr"), pUint("len"), pFlags("prot", "prot")), Fn: mprotect})

func mprotect(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.MM.Protect(spaceOf(k, t), a[0], a[1], a.Uint(2)))
}

var _ = define(kernel.Syscall{Nr: 25, Name: "mremap", Man: "mremap(2); mm/mremap.c:mremap", Ret: kernel.ArgHex,
	Args: args(pPtr("old_address"), pUint("old_size"), pUint("new_size"), pFlags("flags", "mremap"), pPtr("new_address")), Fn: mremap})

func mremap(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pad := k.LandingPad(t)
	addr, e := k.MM.Remap(spaceOf(k, t), a[0], a[1], a[2], a.Uint(3), a[4])
	k.MoveLanding(t, pad)
	return int64(addr), e
}

var _ = define(kernel.Syscall{Nr: 12, Name: "brk", Man: "brk(2); mm/mmap.c:brk", Ret: kernel.ArgHex,
	Args: args(pPtr("brk")), Fn: brk})

func brk(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return int64(k.MM.Brk(spaceOf(k, t), a[0])), abi.OK
}

var _ = define(kernel.Syscall{Nr: 28, Name: "madvise", Man: "madvise(2); mm/madvise.c:do_madvise",
	Args: args(pPtr("addr"), pUint("length"), pFlags("advice", "madvise")), Fn: madvise})

func madvise(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.MM.Advise(t.ASID, a[0], a[1], int(a.Int(2))))
}

var _ = define(kernel.Syscall{Nr: 26, Name: "msync", Man: "msync(2); mm/msync.c:msync",
	Args: args(pPtr("addr"), pUint("length"), pFlags("flags", "msync")), Fn: msync, OnSignal: kernel.Uninterruptible})

func msync(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	objects, e := k.MM.Sync(t.ASID, a[0], a[1], a.Uint(2))
	if e == abi.OK && len(objects) > 0 {
		e = k.VFS.Sync()
	}
	return 0, e
}

var _ = define(kernel.Syscall{Nr: 27, Name: "mincore", Man: "mincore(2); mm/mincore.c:mincore",
	Args: args(pPtr("addr"), pUint("length"), pPtr("vec")), Fn: mincore})

func mincore(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	length := (a[1] + 4095) &^ 4095
	switch {
	case a[0]&4095 != 0:
		return 0, abi.EINVAL
	case !accessOK(k, a[0], a[1]):
		return 0, abi.ENOMEM
	case !accessOK(k, a[2], length>>12):
		return 0, abi.EFAULT
	}
	const piece = 4096 << 12 // bytes that a page of answers is about
	for at := &t.Sys.Done; *at < length; *at += piece {
		if paused, ended := k.Pause(t, 0); paused {
			return 0, abi.ErrPaused
		} else if ended {
			return 0, abi.EINTR
		}
		vec, e := k.MM.Incore(t.ASID, a[0]+*at, min(piece, length-*at))
		if e == abi.OK {
			e = k.CopyOut(t, a[2]+*at>>12, vec)
		}
		if e != abi.OK {
			return 0, e
		}
	}
	return 0, abi.OK
}

// succeed is for calls that have nothing left to do here.
func succeed(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) { return 0, abi.OK }
