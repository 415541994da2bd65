package unix

import (
	"encoding/binary"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// file is a socket as the file layer sees it. Reads and writes of programs take the way of recvmsg and sendmsg
// (package sys); Write here serves sendfile(2).
type file struct{ u *Unix }

func (file) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno { return abi.ENXIO }
func (file) Seekable(in *vfs.Inode) bool                           { return false }

// Release closes the socket.
func (d file) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {
	d.u.release(ID(in.Flags), false)
	d.u.collect()
}

func (d file) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	return 0, abi.EINVAL
}

func (d file) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	id := ID(in.Flags)
	if d.u.Sock(id).Type != abi.SOCK_STREAM {
		if e := d.u.CheckDgram(id, false, uint64(len(p))); e != abi.OK {
			return 0, e
		}
		if _, e := d.u.SendDgram(nil, id, "", p, &Message{}); e != abi.OK {
			return 0, e
		}
		return len(p), abi.OK
	}
	if e := d.u.CanStream(id); e != abi.OK {
		return 0, e
	}
	done := 0
	for done < len(p) {
		if e := d.u.StreamReady(id); e != abi.OK {
			if done > 0 {
				return done, abi.OK
			}
			return 0, e
		}
		n := d.u.StreamRoom(id, uint64(len(p)-done))
		d.u.SendStream(id, p[done:done+n], &Message{})
		done += n
	}
	return done, abi.OK
}

// Ioctl tells how much is queued. unix(7), "Ioctls"
func (d file) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	id := ID(in.Flags)
	s := d.u.Sock(id)
	n := uint32(0)
	switch cmd {
	case abi.FIONREAD:
		if s.Phase == Listening {
			return 0, abi.EINVAL
		}
		n = uint32(d.u.queued(id))
	case abi.TIOCOUTQ:
		n = s.Sent
	default:
		return 0, abi.ENOTTY
	}
	return 0, um.CopyOut(arg, binary.LittleEndian.AppendUint32(nil, n))
}

// queued is SIOCINQ: all that is unread where there are connections, the first datagram otherwise.
func (u *Unix) queued(id ID) int {
	s := u.Sock(id)
	if s.Type == abi.SOCK_DGRAM {
		return u.Pending(id)
	}
	n := 0
	for i := range s.Queue {
		n += len(s.Queue[i].left())
	}
	return n
}

// Poll is Linux unix_poll and unix_dgram_poll.
func (d file) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	s := d.u.Sock(ID(in.Flags))
	mask := uint32(0)
	if s.Err != abi.OK {
		mask |= abi.POLLERR
	}
	if s.Shutdown == BothShutdown {
		mask |= abi.POLLHUP
	}
	if s.Shutdown&RcvShutdown != 0 {
		mask |= abi.POLLRDHUP | abi.POLLIN | abi.POLLRDNORM
	}
	if len(s.Queue) > 0 {
		mask |= abi.POLLIN | abi.POLLRDNORM
	}
	if s.connected() && s.Phase == Closed {
		mask |= abi.POLLHUP
	}
	if s.writable() && !d.u.blocked(ID(in.Flags)) {
		mask |= abi.POLLOUT | abi.POLLWRNORM | abi.POLLWRBAND
	}
	return mask
}

// blocked tells whether the peer of a datagram socket has no room for more.
func (u *Unix) blocked(id ID) bool {
	s := u.Sock(id)
	if s.Type == abi.SOCK_STREAM || s.Peer == 0 {
		return false
	}
	o := u.Sock(s.Peer)
	return o.Peer != id && o.full()
}

func (d file) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	return Key(ID(in.Flags), write)
}
