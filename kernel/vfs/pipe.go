package vfs

import (
	"strconv"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Sizes of pipes, in pages. pipe(7). A write of at most a page is not divided: PIPE_BUF.
const (
	pipeSlots    = 16
	maxPipeSlots = 256
)

// Pipe makes a pipe and opens both ends; flags may have O_NONBLOCK and O_DIRECT. pipe2(2)
func (v *VFS) Pipe(flags uint32) (r, w FileID, err abi.Errno) {
	id := v.newAnon(abi.S_IFIFO | 0o600)
	in := v.inode(id)
	d := v.dalloc(0, "pipe:["+strconv.FormatUint(in.Ino, 10)+"]", id, false)
	v.dentry(d).Unhashed = true
	flags &= abi.O_NONBLOCK
	r = v.newFile(d, abi.O_RDONLY|flags)
	v.DGet(d)
	w = v.newFile(d, abi.O_WRONLY|flags)
	v.openPipe(v.S.Files.Get(r), id)
	v.openPipe(v.S.Files.Get(w), id)
	return r, w, abi.OK
}

// openPipe counts a new end and wakes openers of the other. Linux fs/pipe.c:fifo_open
func (v *VFS) openPipe(file *File, id InodeID) {
	in := v.inode(id)
	if in.Pipe == 0 {
		p, pipe := v.S.Pipes.Alloc()
		*pipe = Pipe{Inode: id, Slots: pipeSlots}
		in.Pipe = p
	}
	pipe := v.S.Pipes.Get(in.Pipe)
	if file.reads() {
		pipe.Readers++
		pipe.ROpens++
	}
	if file.writes() {
		pipe.Writers++
		pipe.WOpens++
	}
	if file.reads() {
		file.Seq = pipe.WOpens
	} else {
		file.Seq = pipe.ROpens
	}
	v.host.Wake(wait.Key{Kind: wait.PipeOpen, ID: uint64(in.Pipe)})
}

// closePipe undoes openPipe; the last end frees the buffer.
func (v *VFS) closePipe(file *File, in *Inode) {
	pipe := v.S.Pipes.Get(in.Pipe)
	if file.reads() {
		pipe.Readers--
	}
	if file.writes() {
		pipe.Writers--
	}
	v.host.Wake(pipeKey(in, false))
	v.host.Wake(pipeKey(in, true))
	if pipe.Readers == 0 && pipe.Writers == 0 {
		v.S.Pipes.Free(in.Pipe)
		in.Pipe = 0
	}
}

// OpenReady tells whether a FIFO's opener has its partner: one is there, or one came and left again meanwhile.
func (v *VFS) OpenReady(f FileID) bool {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if in.Mode&abi.S_IFMT != abi.S_IFIFO || v.S.Supers.Get(in.SB).Kind == Anon {
		return true // a pipe opened again through /proc/PID/fd waits for nobody
	}
	pipe := v.S.Pipes.Get(in.Pipe)
	switch file.Flags & abi.O_ACCMODE {
	case abi.O_RDONLY:
		return pipe.Writers > 0 || pipe.WOpens != file.Seq
	case abi.O_WRONLY:
		return pipe.Readers > 0 || pipe.ROpens != file.Seq
	}
	return true
}

// OpenKey is what a FIFO's opener sleeps on.
func (v *VFS) OpenKey(f FileID) wait.Key {
	return wait.Key{Kind: wait.PipeOpen, ID: uint64(v.inode(v.S.Files.Get(f).Inode).Pipe)}
}

func pipeKey(in *Inode, write bool) wait.Key {
	if write {
		return wait.Key{Kind: wait.PipeWrite, ID: uint64(in.Pipe)}
	}
	return wait.Key{Kind: wait.PipeRead, ID: uint64(in.Pipe)}
}

// readPipe takes bytes out: none and no writers is the end of the file. Linux fs/pipe.c:pipe_read
func (v *VFS) readPipe(in *Inode, p []byte) (int, abi.Errno) {
	pipe := v.S.Pipes.Get(in.Pipe)
	if len(p) == 0 {
		return 0, abi.OK
	}
	if len(pipe.Bufs) == 0 {
		if pipe.Writers == 0 {
			return 0, abi.OK
		}
		return 0, abi.EAGAIN
	}
	n, empty := 0, 0
	for i := range pipe.Bufs {
		b := &pipe.Bufs[i]
		k := copy(p[n:], b.Page[b.Off:b.Off+b.Len])
		n += k
		b.Off, b.Len = b.Off+uint32(k), b.Len-uint32(k)
		if b.Len > 0 {
			break
		}
		empty++
	}
	pipe.Bufs = append(pipe.Bufs[:0], pipe.Bufs[empty:]...)
	in.Atime = v.host.Now()
	v.host.Wake(pipeKey(in, true))
	return n, abi.OK
}

// writePipe puts bytes in, each write into pages of its own, except that what does not fill a page is put behind
// the last write if it fits there whole. Linux fs/pipe.c:pipe_write
func (v *VFS) writePipe(in *Inode, p []byte) (int, abi.Errno) {
	pipe := v.S.Pipes.Get(in.Pipe)
	if pipe.Readers == 0 {
		return 0, abi.EPIPE
	}
	if len(p) == 0 {
		return 0, abi.OK
	}
	n := pipe.merge(p[:len(p)%PageSize])
	for n < len(p) && uint32(len(pipe.Bufs)) < pipe.Slots {
		b := PipeBuffer{Page: make([]byte, PageSize)}
		k := copy(b.Page, p[n:])
		b.Len = uint32(k)
		pipe.Bufs = append(pipe.Bufs, b)
		n += k
	}
	if n == 0 {
		return 0, abi.EAGAIN
	}
	in.Mtime = v.host.Now()
	in.Ctime = in.Mtime
	v.host.Wake(pipeKey(in, false))
	return n, abi.OK
}

// merge puts p into the last page if there is room for all of it.
func (p *Pipe) merge(b []byte) int {
	if len(p.Bufs) == 0 {
		return 0
	}
	last := &p.Bufs[len(p.Bufs)-1]
	end := last.Off + last.Len
	if end+uint32(len(b)) > PageSize {
		return 0
	}
	last.Len += uint32(len(b))
	return copy(last.Page[end:], b)
}

// Count is how many bytes can be read.
func (p *Pipe) Count() uint32 {
	n := uint32(0)
	for i := range p.Bufs {
		n += p.Bufs[i].Len
	}
	return n
}

// pollPipe is Poll for pipes. Linux fs/pipe.c:pipe_poll
func (v *VFS) pollPipe(file *File, in *Inode) uint32 {
	pipe := v.S.Pipes.Get(in.Pipe)
	mask := uint32(0)
	if file.reads() {
		if len(pipe.Bufs) > 0 {
			mask |= abi.POLLIN | abi.POLLRDNORM
		}
		if pipe.Writers == 0 && pipe.WOpens != 0 {
			mask |= abi.POLLHUP
		}
	}
	if file.writes() {
		if uint32(len(pipe.Bufs)) < pipe.Slots {
			mask |= abi.POLLOUT | abi.POLLWRNORM
		}
		if pipe.Readers == 0 {
			mask |= abi.POLLERR
		}
	}
	return mask
}

// PipeSize and SetPipeSize are F_GETPIPE_SZ and F_SETPIPE_SZ. fcntl(2)
func (v *VFS) PipeSize(f FileID) (int, abi.Errno) {
	in := v.inode(v.S.Files.Get(f).Inode)
	if in.Pipe == 0 {
		return 0, abi.EBADF
	}
	return int(v.S.Pipes.Get(in.Pipe).Slots) * PageSize, abi.OK
}

// SetPipeSize changes how much a pipe holds, rounded up to a power of two of pages.
func (v *VFS) SetPipeSize(f FileID, n uint64) (int, abi.Errno) {
	in := v.inode(v.S.Files.Get(f).Inode)
	if in.Pipe == 0 {
		return 0, abi.EBADF
	}
	if n > 1<<31 {
		return 0, abi.EINVAL
	}
	slots := uint32(1)
	for uint64(slots)*PageSize < n {
		slots *= 2
	}
	pipe := v.S.Pipes.Get(in.Pipe)
	switch {
	case slots > maxPipeSlots:
		return 0, abi.EPERM
	case uint32(len(pipe.Bufs)) > slots:
		return 0, abi.EBUSY
	}
	pipe.Slots = slots
	return int(slots) * PageSize, abi.OK
}

// PipePeek copies bytes that lie in a pipe from the off-th on, without taking them out: splice(2), tee(2).
func (v *VFS) PipePeek(f FileID, off int, p []byte) int {
	n := 0
	for _, b := range v.pipeOf(f).Bufs {
		if off >= int(b.Len) {
			off -= int(b.Len)
			continue
		}
		n += copy(p[n:], b.Page[b.Off+uint32(off):b.Off+b.Len])
		off = 0
	}
	return n
}

// PipeSkip takes n bytes out.
func (v *VFS) PipeSkip(f FileID, n int) {
	v.readPipe(v.inode(v.S.Files.Get(f).Inode), make([]byte, n))
}

// PipeRoom tells whether a pipe takes another page, and whether anybody reads it.
func (v *VFS) PipeRoom(f FileID) (pages int, readers bool) {
	p := v.pipeOf(f)
	return int(p.Slots) - min(int(p.Slots), len(p.Bufs)), p.Readers > 0
}

// PipeWriters tells whether anybody may still write to a pipe.
func (v *VFS) PipeWriters(f FileID) bool { return v.pipeOf(f).Writers > 0 }

// IsPipe tells whether an open file is a pipe or FIFO.
func (v *VFS) IsPipe(f FileID) bool { return v.inode(v.S.Files.Get(f).Inode).Pipe != 0 }

func (v *VFS) pipeOf(f FileID) *Pipe { return v.S.Pipes.Get(v.inode(v.S.Files.Get(f).Inode).Pipe) }
