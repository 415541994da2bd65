package unix

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Sizes of buffers, in bytes of memory as Linux counts it. Linux net.core.wmem_default, SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF
const (
	defaultBuf = 212992
	MaxBuf     = 212992
	MinSndBuf  = 4608
	MinRcvBuf  = 2304
)

// maxStreamPacket is the most that one packet of a stream holds: SKB_MAX_ALLOC + UNIX_SKB_FRAGS_SZ.
const maxStreamPacket = 4*vfs.PageSize - skbInfo + 8*vfs.PageSize

// What a packet costs beyond its bytes. Linux SKB_TRUESIZE: struct sk_buff, struct skb_shared_info
const (
	skbHead = 256
	skbInfo = 320
)

// charge is the memory that n bytes take: the linear part in one allocation, the rest in pages.
func charge(n int) uint32 {
	linear, rest := n, 0
	if most := 4*vfs.PageSize - skbInfo; n > most {
		linear, rest = most, n-most
	}
	size := 512
	for size < linear+skbInfo {
		size *= 2
	}
	return uint32(skbHead + size + (rest+vfs.PageSize-1)/vfs.PageSize*vfs.PageSize)
}

// writable is what poll(2) calls so: a quarter of the buffer is in use at most. Linux unix_writable
func (s *Sock) writable() bool { return s.Phase != Listening && (s.Sent+1)<<2 <= s.SndBuf }

// Message is what goes with bytes that are sent.
type Message struct {
	Files   []vfs.FileID // no reference; each packet takes its own
	HasCred bool
	Cred    Cred
}

// StreamRoom is how many of n bytes the next packet of a stream takes.
func (u *Unix) StreamRoom(id ID, n uint64) int {
	return int(min(n, uint64(u.Sock(id).SndBuf>>1-64), maxStreamPacket))
}

// ready looks whether a packet may be made: pending errors first. Linux net/core/sock.c:sock_alloc_send_pskb
func (s *Sock) ready() abi.Errno {
	if e := s.takeErr(); e != abi.OK {
		return e
	}
	switch {
	case s.Shutdown&SendShutdown != 0:
		return abi.EPIPE
	case s.Sent+1 >= s.SndBuf:
		return abi.EAGAIN
	}
	return abi.OK
}

// CanStream tells whether a stream can send at all, before bytes are looked at. Linux unix_stream_sendmsg
func (u *Unix) CanStream(id ID) abi.Errno {
	s := u.Sock(id)
	switch {
	case s.Peer == 0:
		return abi.ENOTCONN
	case s.Shutdown&SendShutdown != 0:
		return abi.EPIPE
	}
	return abi.OK
}

// StreamReady tells whether the next packet of a stream can be made: EAGAIN when the send buffer is full.
func (u *Unix) StreamReady(id ID) abi.Errno {
	if e := u.Sock(id).ready(); e != abi.OK {
		return e
	}
	if o := u.Sock(u.Sock(id).Peer); o.Dead || o.Shutdown&RcvShutdown != 0 {
		return abi.EPIPE
	}
	return abi.OK
}

// SendStream queues one packet, after StreamReady said yes.
func (u *Unix) SendStream(id ID, b []byte, m *Message) { u.queue(id, u.Sock(id).Peer, b, m) }

// SendDgram sends a packet whole to the peer, or to name unless it is "". EAGAIN when there is no room: key's socket
// is where to wait for some. Linux unix_dgram_sendmsg
func (u *Unix) SendDgram(c *vfs.Ctx, id ID, name string, b []byte, m *Message) (key ID, e abi.Errno) {
	s := u.Sock(id)
	if e := s.ready(); e != abi.OK {
		return id, e
	}
	other := s.Peer
	if name != "" {
		if other, e = u.lookup(c, name, s.Type); e != abi.OK {
			return 0, e
		}
	}
	o := u.Sock(other)
	switch {
	case !u.maySend(id, other):
		return 0, abi.EPERM
	case o.Dead && s.Type == abi.SOCK_SEQPACKET:
		return 0, abi.EPIPE
	case o.Dead:
		u.repeer(id, 0)
		return 0, abi.ECONNREFUSED
	case o.Shutdown&RcvShutdown != 0:
		return 0, abi.EPIPE
	case other != id && o.Peer != id && o.full():
		return other, abi.EAGAIN
	}
	u.queue(id, other, b, m)
	return 0, abi.OK
}

// CheckDgram is what is wrong with a datagram of n bytes before anything is looked up.
func (u *Unix) CheckDgram(id ID, named bool, n uint64) abi.Errno {
	s := u.Sock(id)
	if s.Type == abi.SOCK_SEQPACKET {
		if e := s.takeErr(); e != abi.OK {
			return e
		}
		if s.Phase != Connected {
			return abi.ENOTCONN
		}
	}
	if !named && s.Peer == 0 {
		return abi.ENOTCONN
	}
	if s.PassCred {
		u.autobind(id)
	}
	if n > uint64(s.SndBuf)-32 {
		return abi.EMSGSIZE
	}
	return abi.OK
}

// queue puts a packet into the other's queue.
func (u *Unix) queue(id, other ID, b []byte, m *Message) {
	s, o := u.Sock(id), u.Sock(other)
	p := Packet{Data: append([]byte(nil), b...), From: id, Charge: charge(len(b)), HasCred: m.HasCred, Cred: m.Cred}
	if !p.HasCred && (s.PassCred || o.PassCred || o.Inode == 0) { // who will accept may want them
		pid, uid, gid, _, _ := u.world.Caller()
		p.HasCred, p.Cred = true, Cred{pid, uid, gid}
	}
	for _, f := range m.Files {
		u.vfs.GetFile(f)
		p.Files = append(p.Files, f)
	}
	u.State.Inflight += uint32(len(p.Files))
	s.Sent += p.Charge
	u.hold(id)
	o.Queue = append(o.Queue, p)
	u.world.Wake(Key(other, false))
}
