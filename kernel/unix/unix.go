// Package unix is the sockets of AF_UNIX: streams, datagrams and sequenced packets between tasks of one computer.
//
// Invariants:
//   - Nothing sleeps here. Not ready is EAGAIN; the caller sleeps on Key and calls again.
//   - A socket lives as long as Refs says: its open file (or the listener's queue, before accept), the socket whose peer
//     it is, and every packet it sent that has not been received are one reference each. A closed one is Dead.
//   - A packet holds a reference of every open file that is passed in it. Files that can be reached only through such
//     packets are collected when a socket closes (gc.go).
//
// What differs from Linux: no urgent data (MSG_OOB), no SO_PEEK_OFF, no /proc/net/unix; garbage is collected when a socket
// closes, not later; who has a name is found by looking at all sockets.
//
// Read in this order: unix.go, name.go, connect.go, send.go, recv.go, file.go, gc.go. Linux net/unix/af_unix.c
package unix

import (
	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// ID names a Sock.
type ID = state.ID

// State is all sockets. Plain data.
type State struct {
	Socks    state.Arena[Sock]
	Inflight uint32 // references of open files held by packets
	Auto     uint32 // the last name that autobind gave, 20 bits
}

// Sock is one end of a connection, or a listener. Linux struct unix_sock
type Sock struct {
	Type     uint8 // SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
	Phase    Phase
	Shutdown uint8 // RcvShutdown, SendShutdown
	Dead     bool  // its file is closed
	Refs     int32
	Inode    vfs.InodeID // of its open file; 0 before accept and after close
	Peer     ID
	Err      abi.Errno // told to the next call, once
	Addr     string    // sun_path as getsockname tells it; "" when not bound
	Path     vfs.DentryID
	Queue    []Packet
	Backlog  int32

	Sent     uint32 // what its packets that nobody received yet are charged
	SndBuf   uint32
	RcvBuf   uint32
	RcvTimeo int64 // ns, 0 for ever
	SndTimeo int64
	LowWater int32
	PassCred bool
	Flags    uint32 // switches of setsockopt(2) that only have to be remembered, by option number
	Linger   [2]int32
	Prio     int32
	PeerCred Cred // SO_PEERCRED: who connected, listened or made the pair
}

// Phase is how far the connection is. Linux's TCP_CLOSE, TCP_LISTEN, TCP_ESTABLISHED
type Phase uint8

// The phases.
const (
	Closed Phase = iota
	Listening
	Connected
)

// Halves of a connection that are shut.
const (
	RcvShutdown  = 1
	SendShutdown = 2
	BothShutdown = 3
)

// Cred is struct ucred.
type Cred struct {
	PID int32
	UID uint32
	GID uint32
}

// NoCred is what is told of a peer that nobody knows.
var NoCred = Cred{UID: ^uint32(0), GID: ^uint32(0)}

// Packet is what one send put into a receiver's queue. Linux struct sk_buff, struct unix_skb_parms
type Packet struct {
	Data    []byte
	Off     uint32 // bytes of a stream's packet that are read already
	From    ID     // a reference
	Charge  uint32 // of From's send buffer
	HasCred bool
	Cred    Cred
	Files   []vfs.FileID // references
	Embryo  ID           // in a listener's queue: the new end of a connection
}

func (p *Packet) left() []byte { return p.Data[p.Off:] }

// World is what the rest of the kernel gives.
type World interface {
	Wake(k wait.Key)
	// Caller is who makes the system call that is being served: PID, real and effective IDs.
	Caller() (pid int32, uid, gid, euid, egid uint32)
}

// Unix is the address family: its state and its wiring.
type Unix struct {
	State State

	vfs   *vfs.VFS
	world World

	collecting bool // within one call: gc.go closes files, which may close sockets
}

// New returns an address family without sockets, and makes itself the behaviour of socket inodes.
func New(v *vfs.VFS, w World) *Unix {
	u := &Unix{vfs: v, world: w}
	v.RegisterSocket(file{u})
	return u
}

// Sock returns a socket, nil when id names none.
func (u *Unix) Sock(id ID) *Sock { return u.State.Socks.Get(id) }

// Of returns the socket of an open file; ENOTSOCK when it is another sort of file.
func (u *Unix) Of(f vfs.FileID) (ID, abi.Errno) {
	if id := ID(u.vfs.Socket(f)); id != 0 {
		return id, abi.OK
	}
	return 0, abi.ENOTSOCK
}

// newSock makes a socket without a file. Linux net/unix/af_unix.c:unix_create1
func (u *Unix) newSock(kind uint8) ID {
	id, s := u.State.Socks.Alloc()
	*s = Sock{Type: kind, Refs: 1, SndBuf: defaultBuf, RcvBuf: defaultBuf, LowWater: 1, PeerCred: NoCred, Backlog: dgramBacklog}
	return id
}

// open gives a socket its file.
func (u *Unix) open(id ID, flags uint32) vfs.FileID {
	f := u.vfs.NewSocketFile(uint32(id), flags)
	u.Sock(id).Inode = u.vfs.File(f).Inode
	return f
}

// Create makes a socket and opens it. socket(2)
func (u *Unix) Create(kind uint8, flags uint32) vfs.FileID { return u.open(u.newSock(kind), flags) }

// Pair makes two sockets that are each other's peers. socketpair(2)
func (u *Unix) Pair(kind uint8, flags uint32) (a, b vfs.FileID) {
	x, y := u.newSock(kind), u.newSock(kind)
	me := u.self()
	for _, p := range [2][2]ID{{x, y}, {y, x}} {
		s := u.Sock(p[0])
		s.Peer, s.Phase, s.PeerCred = p[1], Connected, me
		u.hold(p[1])
	}
	return u.open(x, flags), u.open(y, flags)
}

// self is the caller as SO_PEERCRED tells it later: with effective IDs.
func (u *Unix) self() Cred {
	pid, _, _, euid, egid := u.world.Caller()
	return Cred{pid, euid, egid}
}

func (u *Unix) hold(id ID) { u.Sock(id).Refs++ }

// put drops a reference; the last frees the socket.
func (u *Unix) put(id ID) {
	s := u.Sock(id)
	if s.Refs--; s.Refs == 0 {
		u.State.Socks.Free(id)
	}
}

// connected tells whether a type has connections: datagrams have none.
func (s *Sock) connected() bool { return s.Type != abi.SOCK_DGRAM }

// takeErr returns the pending error and forgets it. Linux include/net/sock.h:sock_error
func (s *Sock) takeErr() abi.Errno {
	e := s.Err
	s.Err = abi.OK
	return e
}

// TakeErr is SO_ERROR.
func (u *Unix) TakeErr(id ID) abi.Errno { return u.Sock(id).takeErr() }

// Key is what to sleep on until a socket may be ready for reading or writing.
func Key(id ID, write bool) wait.Key {
	if write {
		return wait.Key{Kind: wait.SocketWrite, ID: uint64(id)}
	}
	return wait.Key{Kind: wait.SocketRead, ID: uint64(id)}
}

// wakeBoth tells everybody that the state of a socket changed.
func (u *Unix) wakeBoth(id ID) {
	u.world.Wake(Key(id, false))
	u.world.Wake(Key(id, true))
}

// Shut shuts halves of a connection, and the peer's halves that go with them. shutdown(2)
func (u *Unix) Shut(id ID, how uint8) {
	s := u.Sock(id)
	s.Shutdown |= how
	if s.Peer != 0 && s.connected() {
		u.Sock(s.Peer).Shutdown |= how>>1&1 | how<<1&2
		u.wakeBoth(s.Peer)
	}
	u.wakeBoth(id)
}

// release is the end of a socket's file, or of a connection that nobody accepted. Linux unix_release_sock
func (u *Unix) release(id ID, embryo bool) {
	s := u.Sock(id)
	queue, peer, path, listening := s.Queue, s.Peer, s.Path, s.Phase == Listening
	s.Queue, s.Peer, s.Path, s.Inode = nil, 0, 0, 0
	s.Dead, s.Shutdown, s.Phase = true, BothShutdown, Closed
	if peer != 0 {
		if p := u.Sock(peer); s.connected() {
			p.Shutdown = BothShutdown
			if len(queue) > 0 || embryo {
				p.Err = abi.ECONNRESET
			}
			u.wakeBoth(peer)
		}
		u.put(peer)
	}
	for i := range queue {
		if listening {
			u.release(queue[i].Embryo, true)
			continue
		}
		u.discard(&queue[i])
	}
	u.roomIn(id)
	if path != 0 {
		u.vfs.DPut(path)
	}
	u.put(id)
}

// discard frees a packet that nobody will receive.
func (u *Unix) discard(p *Packet) {
	u.consumed(p)
	u.dropFiles(p.Files)
}

// consumed ends a packet's claim on its sender: its send buffer has room again.
func (u *Unix) consumed(p *Packet) {
	s := u.Sock(p.From)
	s.Sent -= p.Charge
	if s.writable() {
		u.world.Wake(Key(p.From, true))
	}
	u.put(p.From)
}

// roomIn wakes who waits for room in a queue: connecting and sending sockets.
func (u *Unix) roomIn(id ID) {
	u.world.Wake(Key(id, true))
	for i := ID(1); int(i) <= u.State.Socks.Len(); i++ {
		if s := u.Sock(i); s != nil && s.Peer == id && !s.connected() {
			u.world.Wake(Key(i, true))
		}
	}
}
