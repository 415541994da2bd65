package kernel

import "vitrine/kernel/abi"

// Unshare gives t what it shared: unshare(2). Linux kernel/fork.c:ksys_unshare
func (k *Kernel) Unshare(t *Task, flags uint64) abi.Errno {
	if flags&(abi.CLONE_NEWNS|abi.CLONE_NEWUSER) != 0 {
		flags |= abi.CLONE_FS
	}
	if flags&abi.CLONE_NEWUSER != 0 {
		flags |= abi.CLONE_THREAD
	}
	const process = abi.CLONE_THREAD | abi.CLONE_SIGHAND | abi.CLONE_VM
	const known = Namespaces | process | abi.CLONE_FS | abi.CLONE_FILES | abi.CLONE_SYSVSEM
	switch {
	case flags&^uint64(known) != 0:
		return abi.EINVAL
	case flags&process != 0 && k.Process(t).Refs > 1, // what threads share they share for good
		flags&(abi.CLONE_SIGHAND|abi.CLONE_VM) != 0 && k.Sighand(t).Refs > 1,
		flags&abi.CLONE_VM != 0 && k.MM.AS(t.ASID).Users > 1:
		return abi.EINVAL
	}
	if e := k.namespaces(t, flags); e != abi.OK {
		return e
	}
	if flags&abi.CLONE_FILES != 0 {
		k.unshareFiles(t)
	}
	if flags&abi.CLONE_FS != 0 {
		shared := t.FS
		t.FS = k.VFS.CopyFS(shared)
		k.VFS.PutFS(shared)
	}
	return abi.OK
}

// unshareFiles gives t a table of descriptors of its own. Linux fs/file.c:unshare_fd
func (k *Kernel) unshareFiles(t *Task) {
	shared := t.Files
	if k.VFS.S.Tables.Get(shared).Refs > 1 {
		t.Files = k.VFS.CopyTable(shared)
		k.VFS.PutTable(shared)
	}
}
