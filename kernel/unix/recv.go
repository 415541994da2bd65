package unix

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Received is what came with bytes, and what was not said by their number.
type Received struct {
	N       int // bytes put into the buffer
	Len     int // of the whole datagram
	From    ID
	HasFrom bool
	Name    []byte       // the sender's struct sockaddr_un, empty when it has none
	Cred    Cred         // HasCred: of the sender
	HasCred bool         //
	Files   []vfs.FileID // references that are now the caller's
}

// note copies what a packet tells about its sender.
func (r *Received) note(u *Unix, p *Packet) {
	if !r.HasFrom {
		r.HasFrom, r.From = true, p.From
		if addr := u.Sock(p.From).Addr; addr != "" {
			r.Name = packName(addr)
		}
	}
	r.HasCred, r.Cred = p.HasCred, p.Cred
}

// Readable tells whether there is anything to be received, or the reason why there never will be: done is the end.
// streams look at the queue first, the others at the error. EAGAIN: wait.
func (u *Unix) Readable(id ID) (done bool, e abi.Errno) {
	s := u.Sock(id)
	if s.Type == abi.SOCK_STREAM {
		switch {
		case s.Phase != Connected:
			return false, abi.EINVAL
		case len(s.Queue) > 0:
			return false, abi.OK
		}
	}
	if s.Type == abi.SOCK_SEQPACKET && s.Phase != Connected {
		return false, abi.ENOTCONN
	}
	if e := s.takeErr(); e != abi.OK {
		return false, e
	}
	switch {
	case len(s.Queue) > 0:
		return false, abi.OK
	case s.Shutdown&RcvShutdown != 0:
		return true, abi.OK
	}
	return false, abi.EAGAIN
}

// Pending is how many bytes a receive could deliver: all of a stream, the first datagram.
func (u *Unix) Pending(id ID) int {
	n := 0
	for i := range u.Sock(id).Queue {
		n += len(u.Sock(id).Queue[i].left())
		if u.Sock(id).Type != abi.SOCK_STREAM {
			break
		}
	}
	return n
}

// RecvDgram takes the first datagram, or with peek a copy. Linux __unix_dgram_recvmsg
func (u *Unix) RecvDgram(id ID, b []byte, peek bool) (r Received) {
	s := u.Sock(id)
	p := &s.Queue[0]
	r.note(u, p)
	r.Len = len(p.Data)
	r.N = copy(b, p.Data)
	if peek {
		r.Files = u.share(p.Files)
		return r
	}
	taken := *p
	full := s.full()
	s.Queue = append(s.Queue[:0], s.Queue[1:]...)
	u.State.Inflight -= uint32(len(taken.Files))
	r.Files = taken.Files
	u.consumed(&taken)
	if full {
		u.roomIn(id)
	}
	return r
}

// RecvStream takes bytes until b is full, the queue empty, a packet with open files read, or, when credentials are
// asked for, the next sender is another. more: what comes next could have been put into b as well.
// Linux unix_stream_read_generic
func (u *Unix) RecvStream(id ID, b []byte, peek bool) (r Received, more bool) {
	s := u.Sock(id)
	used := 0
	for i := range s.Queue {
		p := &s.Queue[i]
		if i > 0 && s.PassCred && (p.HasCred != r.HasCred || p.Cred != r.Cred) {
			u.drop(id, used)
			return r, false
		}
		r.note(u, p)
		n := copy(b[r.N:], p.left())
		r.N += n
		files := len(p.Files) > 0
		switch {
		case files && peek:
			r.Files = u.share(p.Files)
		case files:
			u.State.Inflight -= uint32(len(p.Files))
			r.Files, p.Files = p.Files, nil
		}
		if !peek {
			if p.Off += uint32(n); len(p.left()) == 0 {
				used++
			}
		}
		if files || r.N == len(b) {
			u.drop(id, used)
			return r, !files
		}
	}
	u.drop(id, used)
	return r, true
}

// drop takes the first n packets, which are read, off the queue.
func (u *Unix) drop(id ID, n int) {
	if n == 0 {
		return
	}
	s := u.Sock(id)
	read := append([]Packet(nil), s.Queue[:n]...)
	s.Queue = append(s.Queue[:0], s.Queue[n:]...)
	for i := range read {
		u.consumed(&read[i])
	}
}

// share takes references of files, for a receiver that only peeks.
func (u *Unix) share(files []vfs.FileID) []vfs.FileID {
	for _, f := range files {
		u.vfs.GetFile(f)
	}
	return append([]vfs.FileID(nil), files...)
}
