package vfs

import "vitrine/kernel/abi"

// DefaultNoFile is the usual RLIMIT_NOFILE.
const DefaultNoFile = 1024

// NewTable makes an empty descriptor table.
func (v *VFS) NewTable() TableID {
	id, t := v.S.Tables.Alloc()
	t.Refs = 1
	return id
}

// CopyTable copies a table for fork(2): the open files are shared. Linux fs/file.c:dup_fd
func (v *VFS) CopyTable(id TableID) TableID {
	from := v.S.Tables.Get(id)
	fds, low := append([]FD(nil), from.FDs...), from.Low
	for _, fd := range fds {
		if fd.File != 0 {
			v.GetFile(fd.File)
		}
	}
	to, t := v.S.Tables.Alloc()
	*t = FDTable{FDs: fds, Low: low, Refs: 1}
	return to
}

// ShareTable takes a reference for CLONE_FILES.
func (v *VFS) ShareTable(id TableID) { v.S.Tables.Get(id).Refs++ }

// PutTable drops one at exit; the last closes all.
func (v *VFS) PutTable(id TableID) {
	t := v.S.Tables.Get(id)
	if t.Refs--; t.Refs > 0 {
		return
	}
	for fd := range t.FDs {
		v.closeSlot(id, fd)
	}
	v.S.Tables.Free(id)
}

// CloseOnExec closes what has FD_CLOEXEC, at execve(2). A shared table is to be copied first.
func (v *VFS) CloseOnExec(id TableID) {
	for fd, slot := range v.S.Tables.Get(id).FDs {
		if slot.Cloexec {
			v.closeSlot(id, fd)
		}
	}
}

// FreeAfterExec is the lowest descriptor that will be free when CloseOnExec was called.
func (v *VFS) FreeAfterExec(c *Ctx) (int32, abi.Errno) {
	fds := v.S.Tables.Get(c.Files).FDs
	fd := 0
	for fd < len(fds) && fds[fd].File != 0 && !fds[fd].Cloexec {
		fd++
	}
	if uint32(fd) >= c.NoFile {
		return 0, abi.EMFILE
	}
	return int32(fd), abi.OK
}

// closeSlot empties one slot.
func (v *VFS) closeSlot(id TableID, fd int) {
	t := v.S.Tables.Get(id)
	f := t.FDs[fd].File
	t.FDs[fd] = FD{}
	t.Low = min(t.Low, int32(fd))
	if f != 0 {
		v.dropLocks(v.S.Files.Get(f).Inode, Owner{OwnerTable, uint32(id)})
		v.PutFile(f)
	}
}

// Table returns a descriptor table for reading (/proc, diagrams), nil when id names none.
func (v *VFS) Table(id TableID) *FDTable { return v.S.Tables.Get(id) }

// slot is the entry of a descriptor, nil when it is not open.
func (v *VFS) slot(c *Ctx, fd int32) *FD {
	t := v.S.Tables.Get(c.Files)
	if fd < 0 || int(fd) >= len(t.FDs) || t.FDs[fd].File == 0 {
		return nil
	}
	return &t.FDs[fd]
}

// Get returns the open file of a descriptor; EBADF when there is none or it was opened with O_PATH. No reference is taken.
func (v *VFS) Get(c *Ctx, fd int32) (FileID, abi.Errno) {
	f, err := v.GetAny(c, fd)
	if err == abi.OK && v.S.Files.Get(f).Flags&abi.O_PATH != 0 {
		return 0, abi.EBADF
	}
	return f, err
}

// GetAny is Get for calls that take O_PATH descriptors too.
func (v *VFS) GetAny(c *Ctx, fd int32) (FileID, abi.Errno) {
	if s := v.slot(c, fd); s != nil {
		return s.File, abi.OK
	}
	return 0, abi.EBADF
}

// freeFD is the lowest free descriptor from min on, which may be past the table's end.
func (v *VFS) freeFD(c *Ctx, min int32) int32 {
	t := v.S.Tables.Get(c.Files)
	fd := max(min, t.Low)
	for int(fd) < len(t.FDs) && t.FDs[fd].File != 0 {
		fd++
	}
	if min <= t.Low {
		t.Low = fd
	}
	return fd
}

// HasFreeFD tells whether Install will find a descriptor.
func (v *VFS) HasFreeFD(c *Ctx) bool { return uint32(v.freeFD(c, 0)) < c.NoFile }

// Install gives a file, whose reference it takes over, the lowest free descriptor from min on. EMFILE closes it.
func (v *VFS) Install(c *Ctx, f FileID, min int32, cloexec bool) (int32, abi.Errno) {
	fd := v.freeFD(c, min)
	if uint32(fd) >= c.NoFile {
		v.PutFile(f)
		return 0, abi.EMFILE
	}
	v.put(c, fd, FD{File: f, Cloexec: cloexec})
	return fd, abi.OK
}

// put fills a free slot.
func (v *VFS) put(c *Ctx, fd int32, s FD) {
	t := v.S.Tables.Get(c.Files)
	for int(fd) >= len(t.FDs) {
		t.FDs = append(t.FDs, FD{})
	}
	t.FDs[fd] = s
}

// Close closes a descriptor. close(2)
func (v *VFS) Close(c *Ctx, fd int32) abi.Errno {
	if v.slot(c, fd) == nil {
		return abi.EBADF
	}
	v.closeSlot(c.Files, int(fd))
	return abi.OK
}

// CloseRange closes descriptors first to last, or only marks them FD_CLOEXEC. close_range(2)
func (v *VFS) CloseRange(c *Ctx, first, last uint32, cloexecOnly bool) abi.Errno {
	if first > last {
		return abi.EINVAL
	}
	n := uint32(len(v.S.Tables.Get(c.Files).FDs))
	for fd := first; fd < n && fd <= last; fd++ {
		if cloexecOnly {
			v.SetCloexec(c, int32(fd), true)
			continue
		}
		v.closeSlot(c.Files, int(fd))
	}
	return abi.OK
}

// Dup gives an open file another descriptor from min on. dup(2), F_DUPFD of fcntl(2)
func (v *VFS) Dup(c *Ctx, fd, min int32, cloexec bool) (int32, abi.Errno) {
	f, err := v.GetAny(c, fd)
	if err != abi.OK {
		return 0, err
	}
	if min < 0 || uint32(min) >= c.NoFile {
		return 0, abi.EINVAL
	}
	v.GetFile(f)
	return v.Install(c, f, min, cloexec)
}

// Dup2 makes new another name of old. dup2(2)
func (v *VFS) Dup2(c *Ctx, old, new int32) (int32, abi.Errno) {
	if old == new {
		_, err := v.GetAny(c, old)
		return new, err
	}
	return v.Dup3(c, old, new, 0)
}

// Dup3 is Dup2 that can set FD_CLOEXEC and refuses equal descriptors. dup3(2)
func (v *VFS) Dup3(c *Ctx, old, new int32, flags uint32) (int32, abi.Errno) {
	if flags&^abi.O_CLOEXEC != 0 || old == new {
		return 0, abi.EINVAL
	}
	if new < 0 || uint32(new) >= c.NoFile {
		return 0, abi.EBADF
	}
	f, err := v.GetAny(c, old)
	if err != abi.OK {
		return 0, err
	}
	v.GetFile(f)
	if v.slot(c, new) != nil {
		v.closeSlot(c.Files, int(new))
	}
	v.put(c, new, FD{File: f, Cloexec: flags&abi.O_CLOEXEC != 0})
	return new, abi.OK
}

// Cloexec is F_GETFD.
func (v *VFS) Cloexec(c *Ctx, fd int32) (bool, abi.Errno) {
	if s := v.slot(c, fd); s != nil {
		return s.Cloexec, abi.OK
	}
	return false, abi.EBADF
}

// SetCloexec is F_SETFD.
func (v *VFS) SetCloexec(c *Ctx, fd int32, on bool) abi.Errno {
	s := v.slot(c, fd)
	if s == nil {
		return abi.EBADF
	}
	s.Cloexec = on
	return abi.OK
}
