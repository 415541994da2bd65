package vfs

import "vitrine/kernel/abi"

// GetFile takes a reference of an open file.
func (v *VFS) GetFile(f FileID) { v.S.Files.Get(f).Refs++ }

// PutFile drops one; the last closes the file. Linux fs/file_table.c:__fput
func (v *VFS) PutFile(f FileID) {
	file := v.S.Files.Get(f)
	if file.Refs--; file.Refs > 0 {
		return
	}
	in := v.inode(file.Inode)
	if file.Flags&abi.O_PATH == 0 && !file.Deny {
		v.notify(file.Dentry, closeEvent(file))
	}
	v.dropLocks(file.Inode, Owner{OwnerFile, uint32(f)})
	v.dropLocks(file.Inode, Owner{OwnerFlock, uint32(f)})
	if file.Flags&abi.O_ASYNC != 0 {
		v.setAsync(f, false, 0)
	}
	if file.Flags&abi.O_PATH == 0 {
		v.release(file, in)
	}
	d := file.Dentry
	v.S.Files.Free(f)
	v.DPut(d)
}

func closeEvent(f *File) uint32 {
	if f.writes() {
		return abi.IN_CLOSE_WRITE
	}
	return abi.IN_CLOSE_NOWRITE
}

// release undoes what opening did to the inode.
func (v *VFS) release(file *File, in *Inode) {
	if file.Deny {
		in.Writers++
	} else if file.writes() && in.IsReg() && !file.Free {
		in.Writers--
	}
	if in.Mode&abi.S_IFMT == abi.S_IFIFO {
		v.closePipe(file, in)
		return
	}
	if ops := v.ops(in); ops != nil {
		ops.Release(v, file, in)
	}
}

// File returns an open file for reading (diagrams, /proc), nil when f names none.
func (v *VFS) File(f FileID) *File { return v.S.Files.Get(f) }

// reads and writes tell what the file was opened for.
func (f *File) reads() bool {
	m := f.Flags & abi.O_ACCMODE
	return m == abi.O_RDONLY || m == abi.O_RDWR
}
func (f *File) writes() bool {
	m := f.Flags & abi.O_ACCMODE
	return m == abi.O_WRONLY || m == abi.O_RDWR
}

// ops is the behaviour of devices and generated files, nil for pages, directories and pipes.
func (v *VFS) ops(in *Inode) FileOps {
	major := Major(in.Rdev)
	switch kind := in.Mode & abi.S_IFMT; {
	case kind == abi.S_IFREG:
		return v.driver(in).FileOps(v, in)
	case kind == 0 && v.S.Supers.Get(in.SB).Kind == Anon:
		return v.anons[in.Flags]
	case kind == abi.S_IFSOCK && v.S.Supers.Get(in.SB).Kind == Anon:
		return v.socket
	case major >= MaxMajor:
		return nil
	case kind == abi.S_IFCHR:
		return v.chars[major]
	case kind == abi.S_IFBLK:
		return v.blocks[major]
	}
	return nil
}

// seekable tells whether a file has positions.
func (v *VFS) seekable(in *Inode) bool {
	switch in.Mode & abi.S_IFMT {
	case abi.S_IFIFO, abi.S_IFSOCK:
		return false
	}
	ops := v.ops(in)
	return ops == nil || ops.Seekable(in)
}

// Read reads at the file's position and moves it. Not ready is EAGAIN whatever O_NONBLOCK says: the caller looks at
// FileFlags and sleeps on WaitKey. read(2)
func (v *VFS) Read(f FileID, p []byte) (int, abi.Errno) {
	n, err := v.readAt(f, p, v.S.Files.Get(f).Pos)
	if file := v.S.Files.Get(f); v.seekable(v.inode(file.Inode)) {
		file.Pos += int64(n)
	}
	v.transferred(f, n, abi.IN_ACCESS)
	return n, err
}

// Pread reads at an offset. pread(2)
func (v *VFS) Pread(f FileID, p []byte, off int64) (int, abi.Errno) {
	if err := v.positioned(f, off); err != abi.OK {
		return 0, err
	}
	n, err := v.readAt(f, p, off)
	v.transferred(f, n, abi.IN_ACCESS)
	return n, err
}

// transferred tells watchers of a read or write.
func (v *VFS) transferred(f FileID, n int, event uint32) {
	if file := v.S.Files.Get(f); n > 0 && !file.Deny {
		v.notify(file.Dentry, event)
	}
}

// positioned refuses offsets for files without positions.
func (v *VFS) positioned(f FileID, off int64) abi.Errno {
	switch {
	case off < 0:
		return abi.EINVAL
	case !v.seekable(v.inode(v.S.Files.Get(f).Inode)):
		return abi.ESPIPE
	}
	return abi.OK
}

func (v *VFS) readAt(f FileID, p []byte, off int64) (int, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch {
	case !file.reads():
		return 0, abi.EBADF
	case in.IsDir():
		return 0, abi.EISDIR
	case in.Mode&abi.S_IFMT == abi.S_IFIFO:
		return v.readPipe(in, p)
	}
	if ops := v.ops(in); ops != nil {
		return ops.Read(v, file, in, p, off)
	}
	if !in.IsReg() {
		return 0, abi.EINVAL
	}
	n, err := v.readPages(file.Inode, p, uint64(off))
	if file.Flags&abi.O_NOATIME == 0 && len(p) > 0 {
		v.accessed(v.inode(file.Inode))
	}
	return n, err
}

// readPages copies from the page cache. Linux mm/filemap.c:filemap_read
func (v *VFS) readPages(id InodeID, p []byte, off uint64) (int, abi.Errno) {
	in := v.inode(id)
	if off >= in.Size {
		return 0, abi.OK
	}
	if rest := in.Size - off; uint64(len(p)) > rest {
		p = p[:rest]
	}
	done := 0
	for done < len(p) {
		if _, there := in.pageAt(off / PageSize); !there && v.memoryOnly(in) {
			n := min(len(p)-done, int(PageSize-off%PageSize)) // reading a hole takes no memory
			clear(p[done : done+n])
			done, off = done+n, off+uint64(n)
			continue
		}
		f, err := v.page(id, off/PageSize)
		if err != abi.OK {
			if done > 0 {
				return done, abi.OK
			}
			return 0, err
		}
		n := copy(p[done:], v.ram.Page(f)[off%PageSize:])
		done, off = done+n, off+uint64(n)
	}
	return done, abi.OK
}

// Write writes at the file's position, or at the end with O_APPEND, and moves it. c is nil for the kernel itself.
// EPIPE wants SIGPIPE, EFBIG with a limit in c wants SIGXFSZ: those are the caller's affair. write(2)
func (v *VFS) Write(c *Ctx, f FileID, p []byte) (int, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	off := file.Pos
	if file.Flags&abi.O_APPEND != 0 && in.IsReg() {
		off = int64(in.Size)
	}
	n, err := v.writeAt(c, f, p, off)
	if file := v.S.Files.Get(f); n > 0 && v.seekable(v.inode(file.Inode)) {
		file.Pos = off + int64(n)
	}
	v.transferred(f, n, abi.IN_MODIFY)
	return n, err
}

// Pwrite writes at an offset; with O_APPEND Linux appends all the same. pwrite(2), BUGS
func (v *VFS) Pwrite(c *Ctx, f FileID, p []byte, off int64) (int, abi.Errno) {
	if err := v.positioned(f, off); err != abi.OK {
		return 0, err
	}
	file := v.S.Files.Get(f)
	if in := v.inode(file.Inode); file.Flags&abi.O_APPEND != 0 && in.IsReg() {
		off = int64(in.Size)
	}
	n, err := v.writeAt(c, f, p, off)
	v.transferred(f, n, abi.IN_MODIFY)
	return n, err
}

func (v *VFS) writeAt(c *Ctx, f FileID, p []byte, off int64) (int, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch {
	case !file.writes():
		return 0, abi.EBADF
	case in.Mode&abi.S_IFMT == abi.S_IFIFO:
		return v.writePipe(in, p)
	}
	if ops := v.ops(in); ops != nil {
		return ops.Write(v, file, in, p, off)
	}
	if !in.IsReg() {
		return 0, abi.EINVAL
	}
	if v.seals(in)&sealNoWrite != 0 {
		return 0, abi.EPERM
	}
	p, err := limited(c, p, uint64(off))
	if err != abi.OK || len(p) == 0 {
		return 0, err
	}
	v.dropPrivileges(c, in)
	n, err := v.writePages(file.Inode, p, uint64(off))
	if n > 0 {
		v.touch(v.inode(file.Inode), touchM|touchC)
		v.balance(file.Inode)
		if file.Flags&abi.O_DSYNC != 0 {
			err = v.Fsync(f)
		}
	}
	return n, err
}

// limited cuts a write at the caller's RLIMIT_FSIZE. Linux fs/read_write.c:generic_write_check_limits
func limited(c *Ctx, p []byte, off uint64) ([]byte, abi.Errno) {
	if c == nil || c.FSize == NoLimit || len(p) == 0 {
		return p, abi.OK
	}
	if off >= c.FSize {
		return nil, abi.EFBIG
	}
	if room := c.FSize - off; uint64(len(p)) > room {
		p = p[:room]
	}
	return p, abi.OK
}

// dropPrivileges takes set-user-ID and set-group-ID off a file that somebody other than root writes to.
// Linux fs/inode.c:file_remove_privs
func (v *VFS) dropPrivileges(c *Ctx, in *Inode) {
	if c == nil || c.can(abi.CAP_FSETID) || in.Mode&(abi.S_ISUID|abi.S_ISGID) == 0 {
		return
	}
	in.Mode &^= abi.S_ISUID
	if in.Mode&abi.S_IXGRP != 0 {
		in.Mode &^= abi.S_ISGID
	}
	in.Dirty = true
}

// writePages copies into the page cache; room on the device is reserved first, so that a full disk is told now.
// Linux mm/filemap.c:generic_perform_write
func (v *VFS) writePages(id InodeID, p []byte, off uint64) (int, abi.Errno) {
	done := 0
	for done < len(p) {
		n := min(len(p)-done, int(PageSize-off%PageSize))
		if err := v.writePage(id, p[done:done+n], off); err != abi.OK {
			if done > 0 {
				return done, abi.OK
			}
			return 0, err
		}
		done, off = done+n, off+uint64(n)
	}
	return done, abi.OK
}

// writePage is writePages within one page.
func (v *VFS) writePage(id InodeID, p []byte, off uint64) abi.Errno {
	in := v.inode(id)
	if v.seals(in)&SealGrow != 0 && off+uint64(len(p)) > in.Size {
		return abi.EPERM
	}
	get := v.page
	if off/PageSize >= pagesOf(in.Size) {
		get = v.zeroPage
	}
	_, had := in.pageAt(off / PageSize)
	f, err := get(id, off/PageSize)
	if err != abi.OK {
		return err
	}
	v.frames.GetFrame(f) // Reserve may need frames itself: this one must not be taken for them
	err = v.driver(in).Reserve(v, in, off, uint64(len(p)))
	v.frames.PutFrame(f)
	if err != abi.OK {
		if !had && !v.evictable(in) {
			v.dropRange(id, off/PageSize, off/PageSize+1) // nothing else would ever
		}
		return err
	}
	v.ram.WriteAt(p, f.Addr()+off%PageSize)
	v.setDirty(in, off/PageSize)
	if end := off + uint64(len(p)); end > in.Size {
		in.Size, in.Dirty = end, true
	}
	return abi.OK
}

// Lseek moves the position. lseek(2)
func (v *VFS) Lseek(f FileID, off int64, whence int) (int64, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if !v.seekable(in) {
		return 0, abi.ESPIPE
	}
	size := int64(in.Size)
	if d, ok := v.ops(in).(Sized); ok {
		size = d.DeviceSize(in)
	}
	switch {
	case whence == abi.SEEK_SET:
	case whence == abi.SEEK_CUR:
		off += file.Pos
	case size < 0:
		return 0, abi.EINVAL
	case whence == abi.SEEK_END:
		off += size
	case whence == abi.SEEK_DATA, whence == abi.SEEK_HOLE:
		at, err := v.seekHole(in, off, size, whence == abi.SEEK_HOLE)
		if err != abi.OK {
			return 0, err
		}
		off = at
	default:
		return 0, abi.EINVAL
	}
	if off < 0 {
		return 0, abi.EINVAL
	}
	file.Pos = off
	return off, abi.OK
}
