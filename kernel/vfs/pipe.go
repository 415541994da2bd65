package vfs

import (
	"strconv"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Sizes of pipes. pipe(7)
const (
	pipeSize    = 65536
	PipeBuf     = 4096 // a write of at most this many bytes is not divided
	maxPipeSize = 1 << 20
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
		*pipe = Pipe{Inode: id, Size: pipeSize}
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
	if in.Mode&abi.S_IFMT != abi.S_IFIFO {
		return true
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
	if pipe.Len == 0 {
		if pipe.Writers == 0 {
			return 0, abi.OK
		}
		return 0, abi.EAGAIN
	}
	n := 0
	for n < len(p) && pipe.Len > 0 {
		end := min(pipe.Head+pipe.Len, uint32(len(pipe.Buf)))
		k := copy(p[n:], pipe.Buf[pipe.Head:end])
		n += k
		pipe.Len -= uint32(k)
		pipe.Head = (pipe.Head + uint32(k)) % uint32(len(pipe.Buf))
	}
	v.touchAtime(in)
	v.host.Wake(pipeKey(in, true))
	return n, abi.OK
}

// touchAtime notes a read of a pipe.
func (v *VFS) touchAtime(in *Inode) { in.Atime = v.host.Now() }

// writePipe puts bytes in: all or nothing up to PipeBuf, as many as there is room for beyond. Linux fs/pipe.c:pipe_write
func (v *VFS) writePipe(in *Inode, p []byte) (int, abi.Errno) {
	pipe := v.S.Pipes.Get(in.Pipe)
	if pipe.Readers == 0 {
		return 0, abi.EPIPE
	}
	if len(p) == 0 {
		return 0, abi.OK
	}
	room := int(pipe.Size - pipe.Len)
	if room == 0 || len(p) <= PipeBuf && len(p) > room {
		return 0, abi.EAGAIN
	}
	p = p[:min(len(p), room)]
	pipe.grow(uint32(len(p)))
	for n := 0; n < len(p); {
		tail := (pipe.Head + pipe.Len) % uint32(len(pipe.Buf))
		end := uint32(len(pipe.Buf))
		if tail < pipe.Head {
			end = pipe.Head
		}
		k := copy(pipe.Buf[tail:end], p[n:])
		n += k
		pipe.Len += uint32(k)
	}
	in.Mtime = v.host.Now()
	in.Ctime = in.Mtime
	v.host.Wake(pipeKey(in, false))
	return len(p), abi.OK
}

// grow makes the ring hold n more bytes: pipes that carry little stay small.
func (p *Pipe) grow(n uint32) {
	if p.Len+n <= uint32(len(p.Buf)) {
		return
	}
	size := max(uint32(len(p.Buf)), PipeBuf)
	for size < p.Len+n {
		size *= 2
	}
	p.resize(min(size, p.Size))
}

// resize moves the ring's contents to the front of a new one.
func (p *Pipe) resize(size uint32) {
	buf := make([]byte, size)
	if p.Len > 0 {
		n := copy(buf[:p.Len], p.Buf[p.Head:])
		copy(buf[n:p.Len], p.Buf)
	}
	p.Buf, p.Head = buf, 0
}

// pollPipe is Poll for pipes. Linux fs/pipe.c:pipe_poll
func (v *VFS) pollPipe(file *File, in *Inode) uint32 {
	pipe := v.S.Pipes.Get(in.Pipe)
	mask := uint32(0)
	if file.reads() {
		if pipe.Len > 0 {
			mask |= abi.POLLIN | abi.POLLRDNORM
		}
		if pipe.Writers == 0 && pipe.WOpens != 0 {
			mask |= abi.POLLHUP
		}
	}
	if file.writes() {
		if pipe.Size-pipe.Len >= PipeBuf {
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
	return int(v.S.Pipes.Get(in.Pipe).Size), abi.OK
}

// SetPipeSize changes how much a pipe holds, rounded up to a power of two of at least a page.
func (v *VFS) SetPipeSize(f FileID, n uint64) (int, abi.Errno) {
	in := v.inode(v.S.Files.Get(f).Inode)
	if in.Pipe == 0 {
		return 0, abi.EBADF
	}
	size := uint64(PipeBuf)
	for size < n && size < 1<<31 {
		size *= 2
	}
	pipe := v.S.Pipes.Get(in.Pipe)
	switch {
	case size > maxPipeSize:
		return 0, abi.EPERM
	case uint64(pipe.Len) > size:
		return 0, abi.EBUSY
	}
	pipe.Size = uint32(size)
	if uint32(len(pipe.Buf)) > pipe.Size {
		pipe.resize(pipe.Size)
	}
	return int(size), abi.OK
}
