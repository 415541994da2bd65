package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
	"vitrine/kernel/vfs"
)

// incoming is what a call receives into, and what it was told.
type incoming struct {
	sp    span
	flags uint32

	got   unix.Received
	trunc bool // the datagram was longer
}

var _ = define(kernel.Syscall{Nr: 45, Name: "recvfrom", Man: "recvfrom(2); net/socket.c:__sys_recvfrom",
	Args: args(pFD("sockfd"), pOut("buf", 2), pUint("len"), pFlags("flags", "msg"), pResult("src_addr", "sockaddr"), pPtr("addrlen")), Fn: recvfrom})

func recvfrom(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	sp, e := oneSpan(k, a[1], a[2])
	if e != abi.OK {
		return 0, e
	}
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	in := incoming{sp: sp, flags: a.Uint(3)}
	n, e := receive(k, t, f, id, &in)
	if e != abi.OK {
		return 0, e
	}
	dropReceived(k, in.got.Files)
	if a[4] != 0 {
		if e := writeAddr(k, t, a[4], a[5], in.got.Name); e != abi.OK {
			return 0, e
		}
	}
	return n, abi.OK
}

// readSocket is read(2): what comes besides bytes is lost.
func readSocket(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, id unix.ID, sp span) (int64, abi.Errno) {
	in := incoming{sp: sp}
	n, e := receive(k, t, f, id, &in)
	dropReceived(k, in.got.Files)
	return n, e
}

// dropReceived closes files that came and that nobody asked for.
func dropReceived(k *kernel.Kernel, files []vfs.FileID) {
	for _, f := range files {
		k.VFS.PutFile(f)
	}
}

var _ = define(kernel.Syscall{Nr: 47, Name: "recvmsg", Man: "recvmsg(2); net/socket.c:__sys_recvmsg",
	Args: args(pFD("sockfd"), pResult("msg", "msghdr"), pFlags("flags", "msg")), Fn: recvmsg})

func recvmsg(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return recvHeader(k, t, f, id, a[1], a.Uint(2))
}

func recvHeader(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, id unix.ID, addr uint64, flags uint32) (int64, abi.Errno) {
	h, sp, e := readHeader(k, t, addr)
	if e != abi.OK {
		return 0, e
	}
	in := incoming{sp: sp, flags: flags}
	n, e := receive(k, t, f, id, &in)
	if e != abi.OK {
		return 0, e
	}
	out := flags & abi.MSG_CMSG_CLOEXEC
	if in.trunc {
		out |= abi.MSG_TRUNC
	}
	c := cmsgs{cmsgLayout: cmsgOf(t), room: int(min(h.ControlLen, maxControl))}
	if h.Control == 0 {
		c.room = 0
	}
	deliver(k, t, id, &in, &c)
	if c.trunc {
		out |= abi.MSG_CTRUNC
	}
	if h.Name != 0 {
		if e := writeAddr(k, t, h.Name, addr+msgNameLen, in.got.Name); e != abi.OK {
			return 0, e
		}
	}
	if e := k.CopyOut(t, h.Control, c.b); e != abi.OK {
		return 0, e
	}
	if e := k.WriteU32(t, addr+msgFlags, out); e != abi.OK {
		return 0, e
	}
	if e := k.WriteU64(t, addr+msgControlLen, uint64(len(c.b))); e != abi.OK {
		return 0, e
	}
	return n, abi.OK
}

// overflowID stands for an owner that is not known. Linux overflowuid
const overflowID = 65534

// deliver makes the control messages: who sent it, if that was asked for, and descriptors for the files that came.
// Linux net/core/scm.c:scm_recv, scm_detach_fds
func deliver(k *kernel.Kernel, t *kernel.Task, id unix.ID, in *incoming, c *cmsgs) {
	if k.Unix.Sock(id).PassCred {
		cred := in.got.Cred
		if !in.got.HasCred {
			cred = unix.Cred{UID: overflowID, GID: overflowID}
		}
		c.put(abi.SCM_CREDENTIALS, packCred(cred))
	}
	files := in.got.Files
	if len(files) == 0 {
		return
	}
	ctx := k.Ctx(t)
	var fds packer
	n := 0
	for n < min(len(files), c.places()) {
		k.VFS.GetFile(files[n])
		fd, e := k.VFS.Install(ctx, files[n], 0, in.flags&abi.MSG_CMSG_CLOEXEC != 0)
		if e != abi.OK {
			break
		}
		fds.u32(uint32(fd))
		n++
	}
	if n > 0 {
		c.put(abi.SCM_RIGHTS, fds.b)
	}
	if n < len(files) {
		c.trunc = true
	}
	dropReceived(k, files)
}

// receive is all that receives. It sleeps while there is nothing, unless it may not.
func receive(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, id unix.ID, in *incoming) (int64, abi.Errno) {
	if k.VFS.FileFlags(f)&abi.O_NONBLOCK != 0 {
		in.flags |= abi.MSG_DONTWAIT
	}
	stream := k.Unix.Sock(id).Type == abi.SOCK_STREAM
	switch {
	case in.flags&abi.MSG_OOB != 0 && stream:
		return 0, abi.EINVAL
	case in.flags&abi.MSG_OOB != 0:
		return 0, abi.EOPNOTSUPP
	case stream:
		return recvStream(k, t, id, in)
	}
	return recvDgram(k, t, id, in)
}

func recvDgram(k *kernel.Kernel, t *kernel.Task, id unix.ID, in *incoming) (int64, abi.Errno) {
	s := k.Unix.Sock(id)
	end, e := k.Unix.Readable(id)
	wait := in.flags&abi.MSG_DONTWAIT == 0
	switch {
	case end && s.Type == abi.SOCK_DGRAM && !wait:
		return 0, abi.EAGAIN
	case end:
		return 0, abi.OK
	case e == abi.EAGAIN && wait:
		return sleepSocket(k, t, unix.Key(id, false), s.RcvTimeo)
	case e != abi.OK:
		return 0, e
	}
	n := min(in.sp.n, uint64(k.Unix.Pending(id)))
	if got, e := in.sp.reach(k, t, 0, n, true); e != abi.OK || got < n {
		return 0, abi.EFAULT
	}
	b := make([]byte, n)
	in.got = k.Unix.RecvDgram(id, b, in.flags&abi.MSG_PEEK != 0)
	in.trunc = in.got.Len > len(b)
	if e := in.sp.out(k, t, 0, b); e != abi.OK {
		dropReceived(k, in.got.Files)
		return 0, e
	}
	if in.flags&abi.MSG_TRUNC != 0 {
		return int64(in.got.Len), abi.OK
	}
	return int64(n), abi.OK
}

// recvStream receives until there is enough. Done counts what a call with MSG_WAITALL has already.
func recvStream(k *kernel.Kernel, t *kernel.Task, id unix.ID, in *incoming) (int64, abi.Errno) {
	s := k.Unix.Sock(id)
	enough := max(min(uint64(s.LowWater), in.sp.n), 1)
	if in.flags&abi.MSG_WAITALL != 0 {
		enough = max(in.sp.n, 1)
	}
	for {
		if t.Sys.Done >= enough && k.Unix.Pending(id) == 0 {
			return int64(t.Sys.Done), abi.OK
		}
		end, e := k.Unix.Readable(id)
		switch {
		case end:
			return int64(t.Sys.Done), abi.OK
		case e == abi.EAGAIN && in.flags&abi.MSG_DONTWAIT == 0:
			return sleepSocket(k, t, unix.Key(id, false), s.RcvTimeo)
		case e != abi.OK:
			return partial(t.Sys.Done, e)
		}
		more, e := recvSome(k, t, id, in)
		if e != abi.OK {
			return partial(t.Sys.Done, e)
		}
		if !more || t.Sys.Done >= in.sp.n || in.flags&abi.MSG_PEEK != 0 {
			return int64(t.Sys.Done), abi.OK
		}
	}
}

// recvSome moves what is there; more tells that what comes later may follow.
func recvSome(k *kernel.Kernel, t *kernel.Task, id unix.ID, in *incoming) (more bool, e abi.Errno) {
	n := min(in.sp.n-t.Sys.Done, uint64(k.Unix.Pending(id)))
	if n > 0 {
		if n, e = in.sp.reach(k, t, t.Sys.Done, n, true); e != abi.OK {
			return false, e
		}
	}
	b := make([]byte, n)
	in.got, more = k.Unix.RecvStream(id, b, in.flags&abi.MSG_PEEK != 0)
	if e := in.sp.out(k, t, t.Sys.Done, b[:in.got.N]); e != abi.OK {
		dropReceived(k, in.got.Files)
		return false, e
	}
	t.Sys.Done += uint64(in.got.N)
	return more, abi.OK
}

var _ = define(kernel.Syscall{Nr: 299, Name: "recvmmsg", Man: "recvmmsg(2); net/socket.c:__sys_recvmmsg",
	Args: args(pFD("sockfd"), pPtr("msgvec"), pUint("vlen"), pFlags("flags", "msg"), pStruct("timeout", "timespec")), Fn: recvmmsg})

// recvmmsg looks at the timeout only after each message, as the manual says under BUGS. Scratch[1] is when it is over.
func recvmmsg(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if a[4] != 0 && t.Sys.Scratch[1] == 0 {
		ns, e := timespec(k, t, a[4])
		if e != abi.OK {
			return 0, e
		}
		t.Sys.Scratch[1] = k.Now() + uint64(ns) + 1
	}
	return eachHeader(k, t, a, func(addr, i uint64) (int64, abi.Errno) {
		flags := a.Uint(3) &^ abi.MSG_WAITFORONE
		if i > 0 && a.Uint(3)&abi.MSG_WAITFORONE != 0 {
			flags |= abi.MSG_DONTWAIT
		}
		if end := t.Sys.Scratch[1]; i > 0 && end != 0 && k.Now() >= end {
			return 0, abi.EAGAIN
		}
		return recvHeader(k, t, f, id, addr, flags)
	})
}
