package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
	"vitrine/kernel/vfs"
)

// outgoing is what a call sends.
type outgoing struct {
	sp      span
	addr    []byte // struct sockaddr of who shall get it, nil for the peer
	control []byte
	flags   uint32
}

var _ = define(kernel.Syscall{Nr: 44, Name: "sendto", Man: "sendto(2); net/socket.c:__sys_sendto",
	Args: args(pFD("sockfd"), pIn("buf", 2), pUint("len"), pFlags("flags", "msg"), pStruct("dest_addr", "sockaddr"), pUint("addrlen")), Fn: sendto})

func sendto(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sp, e := oneSpan(k, a[1], a[2])
	if e != abi.OK {
		return 0, e
	}
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	o := outgoing{sp: sp, flags: a.Uint(3)}
	if a[4] != 0 {
		if o.addr, e = readAddr(k, t, a[4], a.Int(5)); e != abi.OK {
			return 0, e
		}
	}
	return transmit(k, t, f, id, &o)
}

var _ = define(kernel.Syscall{Nr: 46, Name: "sendmsg", Man: "sendmsg(2); net/socket.c:__sys_sendmsg",
	Args: args(pFD("sockfd"), pStruct("msg", "msghdr"), pFlags("flags", "msg")), Fn: sendmsg})

func sendmsg(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return sendHeader(k, t, f, id, a[1], a.Uint(2))
}

// msghdr is struct msghdr.
type msghdr struct {
	Name       uint64
	NameLen    int32
	_          uint32
	Iov        uint64
	IovLen     uint64
	Control    uint64
	ControlLen uint64
	Flags      uint32
	_          uint32
}

// Offsets in struct msghdr that are written, its size, and struct mmsghdr's. Control messages have a limit.
const (
	msgNameLen    = 8
	msgControlLen = 40
	msgFlags      = 48
	msghdrSize    = 56
	mmsghdrSize   = 64
	maxControl    = 20480 // net.core.optmem_max
)

// readHeader reads a struct msghdr and its vector. Linux net/socket.c:copy_msghdr_from_user
func readHeader(k *kernel.Kernel, t *kernel.Task, addr uint64) (h msghdr, sp span, e abi.Errno) {
	if e := k.ReadStruct(t, addr, &h); e != abi.OK {
		return h, sp, e
	}
	if h.Name == 0 {
		h.NameLen = 0
	}
	switch {
	case h.NameLen < 0:
		return h, sp, abi.EINVAL
	case h.IovLen > maxIOV:
		return h, sp, abi.EMSGSIZE
	}
	h.NameLen = min(h.NameLen, maxSockaddr)
	sp, e = iovSpan(k, t, h.Iov, h.IovLen)
	return h, sp, e
}

func sendHeader(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, id unix.ID, addr uint64, flags uint32) (int64, abi.Errno) {
	h, sp, e := readHeader(k, t, addr)
	if e != abi.OK {
		return 0, e
	}
	o := outgoing{sp: sp, flags: flags}
	if h.NameLen > 0 {
		if o.addr, e = readAddr(k, t, h.Name, h.NameLen); e != abi.OK {
			return 0, e
		}
	}
	if h.ControlLen > maxControl {
		return 0, abi.ENOBUFS
	}
	if h.ControlLen > 0 {
		o.control = make([]byte, h.ControlLen)
		if e := k.CopyIn(t, h.Control, o.control); e != abi.OK {
			return 0, e
		}
	}
	return transmit(k, t, f, id, &o)
}

// message turns control messages into what goes with the bytes. No reference is taken.
func message(k *kernel.Kernel, t *kernel.Task, control []byte) (m unix.Message, e abi.Errno) {
	var fds []int32
	c := k.Ctx(t)
	e = eachControl(cmsgOf(t), control, func(level, kind uint32, data []byte) abi.Errno {
		if level != abi.SOL_SOCKET {
			return abi.OK
		}
		switch kind {
		case abi.SCM_RIGHTS:
			before := len(fds)
			if fds, e = passed(fds, data); e != abi.OK {
				return e
			}
			for _, fd := range fds[before:] {
				f, e := k.VFS.GetAny(c, fd)
				if e != abi.OK {
					return e
				}
				m.Files = append(m.Files, f)
			}
			return abi.OK
		case abi.SCM_CREDENTIALS:
			m.HasCred = true
			if m.Cred, e = readCred(data); e != abi.OK {
				return e
			}
			return mayClaim(t, m.Cred)
		}
		return abi.EINVAL
	})
	return m, e
}

// mayClaim: only root may say that it is somebody else. Linux net/core/scm.c:scm_check_creds
func mayClaim(t *kernel.Task, c unix.Cred) abi.Errno {
	mine := &t.Cred
	if t.Capable(abi.CAP_SYS_ADMIN) {
		return abi.OK
	}
	if c.PID == t.TGID && (c.UID == mine.UID || c.UID == mine.EUID || c.UID == mine.SUID) &&
		(c.GID == mine.GID || c.GID == mine.EGID || c.GID == mine.SGID) {
		return abi.OK
	}
	return abi.EPERM
}

// transmit sends, sleeping while there is no room unless it may not.
func transmit(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, id unix.ID, o *outgoing) (int64, abi.Errno) {
	if k.VFS.FileFlags(f)&abi.O_NONBLOCK != 0 {
		o.flags |= abi.MSG_DONTWAIT
	}
	m, e := message(k, t, o.control)
	if e != abi.OK {
		return 0, e
	}
	if o.flags&abi.MSG_OOB != 0 {
		return 0, abi.EOPNOTSUPP
	}
	if limit := k.Process(t).Rlimits[abi.RLIMIT_NOFILE].Cur; len(m.Files) > 0 && !t.Capable(abi.CAP_SYS_RESOURCE) && uint64(k.Unix.State.Inflight) > limit {
		return 0, abi.ETOOMANYREFS // Linux net/core/scm.c:too_many_unix_fds
	}
	if k.Unix.Sock(id).Type == abi.SOCK_STREAM {
		return sendStream(k, t, id, o, &m)
	}
	return sendDgram(k, t, id, o, &m)
}

func sendStream(k *kernel.Kernel, t *kernel.Task, id unix.ID, o *outgoing, m *unix.Message) (int64, abi.Errno) {
	s := k.Unix.Sock(id)
	if len(o.addr) > 0 {
		if s.Phase == unix.Connected {
			return 0, abi.EISCONN
		}
		return 0, abi.EOPNOTSUPP
	}
	e := k.Unix.CanStream(id)
	if t.Sys.Done > 0 {
		m.Files = nil // they went with the first bytes
	}
	for e == abi.OK && t.Sys.Done < o.sp.n {
		if e = k.Unix.StreamReady(id); e != abi.OK {
			break
		}
		n := uint64(k.Unix.StreamRoom(id, o.sp.n-t.Sys.Done))
		if n, e = o.sp.reach(k, t, t.Sys.Done, n, false); e != abi.OK {
			break
		}
		b := make([]byte, n)
		if e = o.sp.in(k, t, t.Sys.Done, b); e != abi.OK {
			break
		}
		k.Unix.SendStream(id, b, m)
		m.Files = nil
		t.Sys.Done += n
	}
	switch {
	case e == abi.EAGAIN && o.flags&abi.MSG_DONTWAIT == 0:
		return sleepSocket(k, t, unix.Key(id, true), s.SndTimeo)
	case e == abi.EPIPE && t.Sys.Done == 0 && o.flags&abi.MSG_NOSIGNAL == 0:
		signalFailedWrite(k, t, e)
	}
	if e == abi.OK {
		return int64(t.Sys.Done), abi.OK
	}
	return partial(t.Sys.Done, e)
}

func sendDgram(k *kernel.Kernel, t *kernel.Task, id unix.ID, o *outgoing, m *unix.Message) (int64, abi.Errno) {
	s := k.Unix.Sock(id)
	name, e := "", abi.OK
	if len(o.addr) > 0 && s.Type == abi.SOCK_DGRAM {
		if name, e = unix.ParseName(o.addr); e != abi.OK {
			return 0, e
		}
	}
	if e := k.Unix.CheckDgram(id, name != "", o.sp.n); e != abi.OK {
		return 0, e
	}
	if n, e := o.sp.reach(k, t, 0, o.sp.n, false); e != abi.OK || n < o.sp.n {
		return 0, abi.EFAULT
	}
	b := make([]byte, o.sp.n)
	if e := o.sp.in(k, t, 0, b); e != abi.OK {
		return 0, e
	}
	room, e := k.Unix.SendDgram(k.Ctx(t), id, name, b, m)
	if e == abi.EAGAIN && o.flags&abi.MSG_DONTWAIT == 0 {
		return sleepSocket(k, t, unix.Key(room, true), s.SndTimeo)
	}
	if e != abi.OK {
		return 0, e
	}
	return int64(len(b)), abi.OK
}

var _ = define(kernel.Syscall{Nr: 307, Name: "sendmmsg", Man: "sendmmsg(2); net/socket.c:__sys_sendmmsg",
	Args: args(pFD("sockfd"), pPtr("msgvec"), pUint("vlen"), pFlags("flags", "msg")), Fn: sendmmsg})

func sendmmsg(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return eachHeader(k, t, a, func(addr uint64, i uint64) (int64, abi.Errno) {
		return sendHeader(k, t, f, id, addr, a.Uint(3))
	})
}

// eachHeader calls fn for each struct mmsghdr of the vector and stores what it returns as msg_len. Scratch[0] counts
// those that are through; an error after the first is not told.
func eachHeader(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, fn func(addr, i uint64) (int64, abi.Errno)) (int64, abi.Errno) {
	through := &t.Sys.Scratch[0]
	for n := uint64(min(a.Uint(2), maxIOV)); *through < n; *through++ {
		addr := a[1] + *through*mmsghdrSize
		moved, e := fn(addr, *through)
		if e == abi.ErrBlocked {
			return 0, e
		}
		if e == abi.OK {
			e = k.WriteU32(t, addr+msghdrSize, uint32(moved))
		}
		if e != abi.OK {
			return partial(*through, e)
		}
		t.Sys.Done = 0
		t.Sys.Phase &^= deadlineSet
	}
	return int64(*through), abi.OK
}
