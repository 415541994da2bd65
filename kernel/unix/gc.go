package unix

import "vitrine/kernel/vfs"

// dropFiles gives back the files of a packet that nobody received.
func (u *Unix) dropFiles(files []vfs.FileID) {
	u.State.Inflight -= uint32(len(files))
	for _, f := range files {
		u.vfs.PutFile(f)
	}
}

// collect closes sockets that nobody can reach any more: their files are only in packets in each other's queues.
// Linux net/unix/garbage.c:unix_gc
func (u *Unix) collect() {
	if u.State.Inflight == 0 || u.collecting {
		return
	}
	u.collecting = true
	defer func() { u.collecting = false }()
	reached := u.reachable()
	var garbage []vfs.FileID
	for id := ID(1); int(id) <= u.State.Socks.Len(); id++ {
		s := u.Sock(id)
		if s == nil || reached[id] {
			continue
		}
		for i := range s.Queue {
			garbage = append(garbage, s.Queue[i].Files...)
			s.Queue[i].Files = nil
		}
	}
	u.dropFiles(garbage)
}

// reachable marks the sockets, by ID, that are open outside of packets, and those whose files are in the queues of
// marked ones. A connection nobody accepted is as reachable as its listener.
func (u *Unix) reachable() []bool {
	n := u.State.Socks.Len() + 1
	outside := u.countOutside(n)
	reached := make([]bool, n)
	var todo []ID
	mark := func(id ID) {
		if id != 0 && !reached[id] {
			reached[id] = true
			todo = append(todo, id)
		}
	}
	for id := ID(1); int(id) < n; id++ {
		if s := u.Sock(id); s != nil && (s.Dead || outside[id] > 0) {
			mark(id)
		}
	}
	for len(todo) > 0 {
		s := u.Sock(todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		for i := range s.Queue {
			mark(s.Queue[i].Embryo)
			for _, f := range s.Queue[i].Files {
				mark(ID(u.vfs.Socket(f)))
			}
		}
	}
	return reached
}

// countOutside counts, by socket, the references of its file that no packet holds. Place 0 is for all other files.
func (u *Unix) countOutside(n int) []int32 {
	outside := make([]int32, n)
	for f := vfs.FileID(1); int(f) <= u.vfs.S.Files.Len(); f++ {
		if file := u.vfs.File(f); file != nil {
			outside[u.vfs.Socket(f)] += file.Refs
		}
	}
	for id := ID(1); int(id) < n; id++ {
		s := u.Sock(id)
		if s == nil {
			continue
		}
		for i := range s.Queue {
			for _, f := range s.Queue[i].Files {
				outside[u.vfs.Socket(f)]--
			}
		}
	}
	return outside
}
