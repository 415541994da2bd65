package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 41, Name: "socket", Man: "socket(2); net/socket.c:__sys_socket",
	Args: args(pInt("domain"), pInt("type"), pInt("protocol")), Fn: socket})

// socket: no address family is compiled in.
func socket(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return 0, abi.EAFNOSUPPORT
}

var _ = define(kernel.Syscall{Nr: 53, Name: "socketpair", Man: "socketpair(2); net/socket.c:__sys_socketpair",
	Args: args(pInt("domain"), pInt("type"), pInt("protocol"), pPtr("sv")), Fn: socket})

// socketCall defines a call whose first argument is a socket: every descriptor here is something else.
func socketCall(nr uint16, name string, arguments ...kernel.Arg) bool {
	return define(kernel.Syscall{Nr: nr, Name: name, Man: name + "(2); net/socket.c", Args: arguments, Fn: notSocket})
}

func notSocket(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if _, e := k.VFS.Get(k.Ctx(t), a.Int(0)); e != abi.OK {
		return 0, e
	}
	return 0, abi.ENOTSOCK
}

var (
	_ = socketCall(42, "connect", pFD("sockfd"), pPtr("addr"), pUint("addrlen"))
	_ = socketCall(43, "accept", pFD("sockfd"), pPtr("addr"), pPtr("addrlen"))
	_ = socketCall(288, "accept4", pFD("sockfd"), pPtr("addr"), pPtr("addrlen"), pHex("flags"))
	_ = socketCall(44, "sendto", pFD("sockfd"), pIn("buf", 2), pUint("len"), pHex("flags"), pPtr("dest_addr"), pUint("addrlen"))
	_ = socketCall(45, "recvfrom", pFD("sockfd"), pPtr("buf"), pUint("len"), pHex("flags"), pPtr("src_addr"), pPtr("addrlen"))
	_ = socketCall(46, "sendmsg", pFD("sockfd"), pPtr("msg"), pHex("flags"))
	_ = socketCall(47, "recvmsg", pFD("sockfd"), pPtr("msg"), pHex("flags"))
	_ = socketCall(48, "shutdown", pFD("sockfd"), pInt("how"))
	_ = socketCall(49, "bind", pFD("sockfd"), pPtr("addr"), pUint("addrlen"))
	_ = socketCall(50, "listen", pFD("sockfd"), pInt("backlog"))
	_ = socketCall(51, "getsockname", pFD("sockfd"), pPtr("addr"), pPtr("addrlen"))
	_ = socketCall(52, "getpeername", pFD("sockfd"), pPtr("addr"), pPtr("addrlen"))
	_ = socketCall(54, "setsockopt", pFD("sockfd"), pInt("level"), pInt("optname"), pPtr("optval"), pUint("optlen"))
	_ = socketCall(55, "getsockopt", pFD("sockfd"), pInt("level"), pInt("optname"), pPtr("optval"), pPtr("optlen"))
)
