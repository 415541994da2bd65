package sys

import (
	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// Flags of memfd_create(2).
const (
	mfdCloexec      = 1
	mfdAllowSealing = 2
)

// maxMemfdName is the longest name: NAME_MAX less "memfd:".
const maxMemfdName = 249

var _ = define(kernel.Syscall{Nr: 319, Name: "memfd_create", Man: "memfd_create(2); mm/memfd.c:memfd_create",
	Args: args(pStr("name"), pFlags("flags", "memfd")), Fn: memfdCreate})

func memfdCreate(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	flags := a.Uint(1)
	if flags&^uint32(mfdCloexec|mfdAllowSealing) != 0 {
		return 0, abi.EINVAL
	}
	name, e := k.CopyString(t, a[0], maxMemfdName+1)
	if e == abi.ENAMETOOLONG {
		e = abi.EINVAL
	}
	if e != abi.OK {
		return 0, e
	}
	seals := uint32(vfs.SealSeal)
	if flags&mfdAllowSealing != 0 {
		seals = 0
	}
	c := k.Ctx(t)
	fd, e := k.VFS.Install(c, k.VFS.NewMemFile(c, name, seals), 0, flags&mfdCloexec != 0)
	return int64(fd), e
}

// addSeals is F_ADD_SEALS.
func addSeals(k *kernel.Kernel, f vfs.FileID, seals uint32) abi.Errno {
	return k.VFS.AddSeals(f, seals, mappedWritable(k, uint32(k.VFS.File(f).Inode)))
}

// mappedWritable tells whether any address space has an object mapped shared and from a descriptor open for writing.
func mappedWritable(k *kernel.Kernel, obj uint32) bool {
	spaces := &k.MM.State.Spaces
	for id := state.ID(1); int(id) <= spaces.Len(); id++ {
		as := spaces.Get(id)
		if as == nil {
			continue
		}
		for v := range as.VMAs.All() {
			if v.Object == obj && v.Flags&mm.VM_SHARED != 0 {
				return true
			}
		}
	}
	return false
}
