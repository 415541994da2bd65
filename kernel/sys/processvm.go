package sys

import (
	"encoding/binary"

	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

var _ = define(kernel.Syscall{Nr: 310, Name: "process_vm_readv", Man: "process_vm_readv(2); mm/process_vm_access.c:process_vm_rw",
	Args: args(pPID("pid"), pPtr("local_iov"), pUint("liovcnt"), pPtr("remote_iov"), pUint("riovcnt"), pHex("flags")), Fn: processVMRead})

func processVMRead(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return processVM(k, t, a, func(space mm.ASID, local, remote, n uint64) abi.Errno {
		var page [mem.FrameSize]byte
		if e := k.MM.CopyIn(space, page[:n], remote); e != abi.OK {
			return e
		}
		return k.CopyOut(t, local, page[:n])
	})
}

var _ = define(kernel.Syscall{Nr: 311, Name: "process_vm_writev", Man: "process_vm_writev(2); mm/process_vm_access.c:process_vm_rw",
	Args: args(pPID("pid"), pPtr("local_iov"), pUint("liovcnt"), pPtr("remote_iov"), pUint("riovcnt"), pHex("flags")), Fn: processVMWrite})

func processVMWrite(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return processVM(k, t, a, func(space mm.ASID, local, remote, n uint64) abi.Errno {
		var page [mem.FrameSize]byte
		if e := k.CopyIn(t, local, page[:n]); e != abi.OK {
			return e
		}
		return k.MM.CopyOut(space, remote, page[:n])
	})
}

// processVM moves bytes between the caller and another process, in pieces that lie in one page there. What was moved
// before a piece that cannot be reached counts. Linux mm/process_vm_access.c:process_vm_rw_core
func processVM(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, move func(space mm.ASID, local, remote, n uint64) abi.Errno) (int64, abi.Errno) {
	if a[5] != 0 {
		return 0, abi.EINVAL
	}
	local, e := iovSpan(k, t, a[1], a[2])
	if e != abi.OK || local.n == 0 {
		return 0, e
	}
	remote, e := remoteSegments(k, t, a[3], a[4])
	if e != abi.OK {
		return 0, e
	}
	o := k.FindTask(a.Int(0))
	switch {
	case o == nil || k.MM.AS(o.ASID) == nil:
		return 0, abi.ESRCH
	case !mayTrace(k, t, o):
		return 0, abi.EPERM
	}
	done := uint64(0)
	for _, r := range remote {
		for r.n > 0 && done < local.n {
			n := min(r.n, local.n-done, mem.FrameSize-r.addr&mem.FrameMask)
			e = local.each(done, n, func(addr, at, n uint64) abi.Errno { return move(o.ASID, addr, r.addr+at, n) })
			if e != abi.OK {
				break
			}
			done, r.addr, r.n = done+n, r.addr+n, r.n-n
		}
		if e != abi.OK || done == local.n {
			break
		}
	}
	if done > 0 {
		e = abi.OK
	}
	return int64(done), e
}

// remoteSegments reads the vector that is about the other process; where it leads is found out later.
// Linux lib/iov_iter.c:iovec_from_user
func remoteSegments(k *kernel.Kernel, t *kernel.Task, addr, count uint64) ([]segment, abi.Errno) {
	if count > maxIOV {
		return nil, abi.EINVAL
	}
	raw := make([]byte, 16*count)
	if e := k.CopyIn(t, addr, raw); e != abi.OK {
		return nil, e
	}
	var all []segment
	for ; len(raw) > 0; raw = raw[16:] {
		s := segment{binary.LittleEndian.Uint64(raw), binary.LittleEndian.Uint64(raw[8:])}
		if int64(s.n) < 0 {
			return nil, abi.EINVAL
		}
		all = append(all, s)
	}
	return all, abi.OK
}
