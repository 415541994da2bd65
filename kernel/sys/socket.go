package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// socketType takes the type argument of socket(2) apart and refuses families and types that are not there: all but
// AF_UNIX. Linux net/socket.c:__sys_socket_create, net/unix/af_unix.c:unix_create
func socketType(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (kind uint8, flags uint32, e abi.Errno) {
	family, protocol := a.Int(0), a.Int(2)
	flags = a.Uint(1) &^ abi.SOCK_TYPE_MASK
	typ := a.Uint(1) & abi.SOCK_TYPE_MASK
	switch {
	case flags&^uint32(abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK) != 0:
		return 0, 0, abi.EINVAL
	case family < 0 || family >= abi.AF_MAX:
		return 0, 0, abi.EAFNOSUPPORT
	case typ >= abi.SOCK_MAX:
		return 0, 0, abi.EINVAL
	case family != abi.AF_UNIX:
		k.Lacks(t, "socket family %d", family)
		return 0, 0, abi.EAFNOSUPPORT
	case protocol != 0 && protocol != abi.AF_UNIX:
		return 0, 0, abi.EPROTONOSUPPORT
	}
	switch typ {
	case abi.SOCK_STREAM, abi.SOCK_DGRAM, abi.SOCK_SEQPACKET:
		return uint8(typ), flags, abi.OK
	case abi.SOCK_RAW:
		return abi.SOCK_DGRAM, flags, abi.OK
	}
	return 0, 0, abi.ESOCKTNOSUPPORT
}

var _ = define(kernel.Syscall{Nr: 41, Name: "socket", Man: "socket(2); net/socket.c:__sys_socket",
	Args: args(pFlags("domain", "family"), pFlags("type", "socktype"), pInt("protocol")), Fn: socket})

func socket(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	kind, flags, e := socketType(k, t, a)
	if e != abi.OK {
		return 0, e
	}
	fd, e := k.VFS.Install(k.Ctx(t), k.Unix.Create(kind, flags), 0, flags&abi.SOCK_CLOEXEC != 0)
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 53, Name: "socketpair", Man: "socketpair(2); net/socket.c:__sys_socketpair",
	Args: args(pFlags("domain", "family"), pFlags("type", "socktype"), pInt("protocol"), pResult("sv", "fds")), Fn: socketpair})

func socketpair(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	kind, flags, e := socketType(k, t, a)
	if e != abi.OK {
		return 0, e
	}
	x, y := k.Unix.Pair(kind, flags)
	return installPair(k, t, a[3], x, y, flags&abi.SOCK_CLOEXEC != 0)
}

// socketFile finds the socket of a descriptor.
func socketFile(k *kernel.Kernel, t *kernel.Task, fd int32) (vfs.FileID, unix.ID, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return 0, 0, e
	}
	id, e := k.Unix.Of(f)
	return f, id, e
}

// maxSockaddr is sizeof(struct sockaddr_storage).
const maxSockaddr = 128

// readAddr copies a socket address in. Linux net/socket.c:move_addr_to_kernel
func readAddr(k *kernel.Kernel, t *kernel.Task, addr uint64, n int32) ([]byte, abi.Errno) {
	if n < 0 || n > maxSockaddr {
		return nil, abi.EINVAL
	}
	b := make([]byte, n)
	return b, k.CopyIn(t, addr, b)
}

// writeAddr copies a socket address out, as much as there is room for, and says how long it is.
// Linux net/socket.c:move_addr_to_user
func writeAddr(k *kernel.Kernel, t *kernel.Task, addr, length uint64, b []byte) abi.Errno {
	room, e := k.ReadU32(t, length)
	if e != abi.OK {
		return e
	}
	if int32(room) < 0 {
		return abi.EINVAL
	}
	if e := k.CopyOut(t, addr, b[:min(int(room), len(b))]); e != abi.OK {
		return e
	}
	return k.WriteU32(t, length, uint32(len(b)))
}

var _ = define(kernel.Syscall{Nr: 49, Name: "bind", Man: "bind(2); net/socket.c:__sys_bind",
	Args: args(pFD("sockfd"), pStruct("addr", "sockaddr"), pUint("addrlen")), Fn: bind})

func bind(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	b, e := readAddr(k, t, a[1], a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	return done(k.Unix.Bind(k.Ctx(t), id, b))
}

var _ = define(kernel.Syscall{Nr: 50, Name: "listen", Man: "listen(2); net/socket.c:__sys_listen",
	Args: args(pFD("sockfd"), pInt("backlog")), Fn: listen})

func listen(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(k.Unix.Listen(id, a.Uint(1)))
}

var _ = define(kernel.Syscall{Nr: 42, Name: "connect", Man: "connect(2); net/socket.c:__sys_connect",
	Args: args(pFD("sockfd"), pStruct("addr", "sockaddr"), pUint("addrlen")), Fn: connect})

func connect(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	b, e := readAddr(k, t, a[1], a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	room, e := k.Unix.Connect(k.Ctx(t), id, b)
	if e != abi.EAGAIN || room == 0 || k.VFS.FileFlags(f)&abi.O_NONBLOCK != 0 {
		return 0, e
	}
	return sleepSocket(k, t, unix.Key(room, true), k.Unix.Sock(id).SndTimeo)
}

// sleepSocket sleeps until a socket may be ready, for at most timeout ns (0: for ever). With a timeout a signal is
// EINTR whatever SA_RESTART says. signal(7); Linux include/net/sock.h:sock_intr_errno
func sleepSocket(k *kernel.Kernel, t *kernel.Task, key wait.Key, timeout int64) (int64, abi.Errno) {
	if timeout > 0 {
		setDeadline(k, t, timeout)
	}
	until, over := expired(k, t)
	if over {
		return partial(t.Sys.Done, abi.EAGAIN)
	}
	n, e := sleep(k, t, until, key)
	if timeout > 0 && e.Internal() && e != abi.ErrBlocked {
		e = abi.EINTR
	}
	return n, e
}

var _ = define(kernel.Syscall{Nr: 43, Name: "accept", Man: "accept(2); net/socket.c:__sys_accept4",
	Args: args(pFD("sockfd"), pResult("addr", "sockaddr"), pPtr("addrlen")), Fn: accept})

func accept(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return acceptFlags(k, t, a, 0)
}

var _ = define(kernel.Syscall{Nr: 288, Name: "accept4", Man: "accept4(2); net/socket.c:__sys_accept4",
	Args: args(pFD("sockfd"), pResult("addr", "sockaddr"), pPtr("addrlen"), pFlags("flags", "sockflags")), Fn: accept4})

func accept4(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return acceptFlags(k, t, a, a.Uint(3))
}

func acceptFlags(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, flags uint32) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if flags&^uint32(abi.SOCK_CLOEXEC|abi.SOCK_NONBLOCK) != 0 {
		return 0, abi.EINVAL
	}
	id, e := k.Unix.Of(f)
	if e != abi.OK {
		return 0, e
	}
	c := k.Ctx(t)
	if !k.VFS.HasFreeFD(c) {
		return 0, abi.EMFILE
	}
	end, e := k.Unix.Accept(id, flags)
	if e == abi.EAGAIN && k.VFS.FileFlags(f)&abi.O_NONBLOCK == 0 {
		return sleepSocket(k, t, unix.Key(id, false), k.Unix.Sock(id).RcvTimeo)
	}
	if e != abi.OK {
		return 0, e
	}
	if a[1] != 0 {
		if e := writePeer(k, t, end, a[1], a[2]); e != abi.OK {
			k.VFS.PutFile(end)
			return 0, e
		}
	}
	fd, e := k.VFS.Install(c, end, 0, flags&abi.SOCK_CLOEXEC != 0)
	return int64(fd), e
}

// writePeer tells who connected.
func writePeer(k *kernel.Kernel, t *kernel.Task, end vfs.FileID, addr, length uint64) abi.Errno {
	id, _ := k.Unix.Of(end)
	name, e := k.Unix.PeerName(id)
	if e != abi.OK {
		return abi.ECONNABORTED
	}
	return writeAddr(k, t, addr, length, name)
}

var _ = define(kernel.Syscall{Nr: 51, Name: "getsockname", Man: "getsockname(2); net/socket.c:__sys_getsockname",
	Args: args(pFD("sockfd"), pResult("addr", "sockaddr"), pPtr("addrlen")), Fn: getsockname})

func getsockname(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(writeAddr(k, t, a[1], a[2], k.Unix.Name(id)))
}

var _ = define(kernel.Syscall{Nr: 52, Name: "getpeername", Man: "getpeername(2); net/socket.c:__sys_getpeername",
	Args: args(pFD("sockfd"), pResult("addr", "sockaddr"), pPtr("addrlen")), Fn: getpeername})

func getpeername(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	name, e := k.Unix.PeerName(id)
	if e != abi.OK {
		return 0, e
	}
	return done(writeAddr(k, t, a[1], a[2], name))
}

var _ = define(kernel.Syscall{Nr: 48, Name: "shutdown", Man: "shutdown(2); net/socket.c:__sys_shutdown",
	Args: args(pFD("sockfd"), pFlags("how", "shutdown")), Fn: shutdown})

func shutdown(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if a.Uint(1) > abi.SHUT_RDWR {
		return 0, abi.EINVAL
	}
	k.Unix.Shut(id, uint8(a.Uint(1)+1))
	return 0, abi.OK
}
