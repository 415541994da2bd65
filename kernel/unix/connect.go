package unix

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Lengths of queues. Linux net.unix.max_dgram_qlen, net.core.somaxconn
const (
	dgramBacklog = 10
	maxBacklog   = 4096
)

// Listen makes a bound socket accept connections. listen(2); Linux unix_listen
func (u *Unix) Listen(id ID, backlog uint32) abi.Errno {
	s := u.Sock(id)
	switch {
	case !s.connected():
		return abi.EOPNOTSUPP
	case s.Addr == "" || s.Phase == Connected:
		return abi.EINVAL
	}
	s.Backlog = int32(min(backlog, maxBacklog))
	s.Phase, s.PeerCred = Listening, u.self()
	u.roomIn(id)
	return abi.OK
}

// full tells whether a queue takes no more.
func (s *Sock) full() bool { return len(s.Queue) > int(s.Backlog) }

// Connect connects to the socket that the struct sockaddr_un names. When a listener's queue is full it is EAGAIN, and
// room is the key's socket. connect(2)
func (u *Unix) Connect(c *vfs.Ctx, id ID, addr []byte) (room ID, e abi.Errno) {
	s := u.Sock(id)
	if !s.connected() {
		return 0, u.connectDgram(c, id, addr)
	}
	name, e := ParseName(addr)
	if e != abi.OK {
		return 0, e
	}
	if s.PassCred {
		u.autobind(id)
	}
	other, e := u.lookup(c, name, s.Type)
	if e != abi.OK {
		return 0, e
	}
	o := u.Sock(other)
	switch {
	case o.Phase != Listening || o.Shutdown&RcvShutdown != 0:
		return 0, abi.ECONNREFUSED
	case o.full():
		return other, abi.EAGAIN
	case s.Phase == Connected:
		return 0, abi.EISCONN
	case s.Phase == Listening:
		return 0, abi.EINVAL
	}
	u.embryo(id, other)
	return 0, abi.OK
}

// embryo makes the other end of a connection and puts it into the listener's queue. Linux unix_stream_connect
func (u *Unix) embryo(id, listener ID) {
	end := u.newSock(u.Sock(id).Type)
	s, o, n := u.Sock(id), u.Sock(listener), u.Sock(end)
	n.Peer, n.Phase, n.PeerCred = id, Connected, u.self()
	n.Addr = o.Addr
	n.Flags |= flagAccepted
	s.Peer, s.Phase, s.PeerCred = end, Connected, o.PeerCred
	u.hold(id)
	u.hold(end)
	o.Queue = append(o.Queue, Packet{Embryo: end})
	u.world.Wake(Key(listener, false))
	u.wakeBoth(id)
}

// Accept takes the first connection of a listener and opens it. EAGAIN when there is none. accept(2); Linux unix_accept
func (u *Unix) Accept(id ID, flags uint32) (vfs.FileID, abi.Errno) {
	s := u.Sock(id)
	switch {
	case !s.connected():
		return 0, abi.EOPNOTSUPP
	case s.Phase != Listening:
		return 0, abi.EINVAL
	}
	if e := s.takeErr(); e != abi.OK {
		return 0, e
	}
	if len(s.Queue) == 0 {
		if s.Shutdown&RcvShutdown != 0 {
			return 0, abi.EINVAL
		}
		return 0, abi.EAGAIN
	}
	end := s.Queue[0].Embryo
	s.Queue = append(s.Queue[:0], s.Queue[1:]...)
	u.Sock(end).PassCred = s.PassCred
	u.roomIn(id)
	return u.open(end, flags), abi.OK
}

// connectDgram sets where datagrams go; AF_UNSPEC ends that. Linux unix_dgram_connect
func (u *Unix) connectDgram(c *vfs.Ctx, id ID, addr []byte) abi.Errno {
	if len(addr) < 2 {
		return abi.EINVAL
	}
	other := ID(0)
	if family(addr) != abi.AF_UNSPEC {
		name, e := ParseName(addr)
		if e != abi.OK {
			return e
		}
		if u.Sock(id).PassCred {
			u.autobind(id)
		}
		if other, e = u.lookup(c, name, abi.SOCK_DGRAM); e != abi.OK {
			return e
		}
		if !u.maySend(id, other) {
			return abi.EPERM
		}
	}
	u.repeer(id, other)
	return abi.OK
}

// repeer gives a datagram socket another peer, or none.
func (u *Unix) repeer(id, other ID) {
	s := u.Sock(id)
	old := s.Peer
	s.Peer, s.Phase = other, Closed
	if other != 0 {
		s.Phase = Connected
		u.Sock(other).Phase = Connected
		u.hold(other)
	}
	if old == 0 {
		return
	}
	if old != other {
		u.disconnected(id, old)
	}
	u.wakeBoth(id)
	u.put(old)
}

// disconnected: what the former peer sent is lost, and it is told so. Linux unix_dgram_disconnected
func (u *Unix) disconnected(id, old ID) {
	s, o := u.Sock(id), u.Sock(old)
	if len(s.Queue) > 0 {
		lost := s.Queue
		s.Queue = nil
		for i := range lost {
			u.discard(&lost[i])
		}
		u.roomIn(id)
		if !o.Dead && o.Peer == id {
			o.Err = abi.ECONNRESET
			u.wakeBoth(old)
		}
	}
	o.Phase = Closed
}

// maySend tells whether a datagram may go from one to the other: who has a peer takes nothing from others.
func (u *Unix) maySend(from, to ID) bool {
	peer := u.Sock(to).Peer
	return peer == 0 || peer == from
}
