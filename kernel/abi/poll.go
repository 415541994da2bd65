package abi

// Events of poll(2). Linux include/uapi/asm-generic/poll.h
const (
	POLLIN     = 1
	POLLPRI    = 2
	POLLOUT    = 4
	POLLERR    = 8
	POLLHUP    = 0x10
	POLLNVAL   = 0x20
	POLLRDNORM = 0x40
	POLLRDBAND = 0x80
	POLLWRNORM = 0x100
	POLLWRBAND = 0x200
	POLLMSG    = 0x400
	POLLREMOVE = 0x1000
	POLLRDHUP  = 0x2000
)

// Operations and flags of epoll(7).
const (
	EPOLL_CTL_ADD = 1
	EPOLL_CTL_DEL = 2
	EPOLL_CTL_MOD = 3
)
