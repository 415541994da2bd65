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

// reachable marks the sockets, by ID, that are open outside of packets, and those whose files are in the queues of marked ones.
func (u *Unix) reachable() []bool {
	n := u.State.Socks.Len() + 1
	inside := u.countInside(n)
	reached := make([]bool, n)
	var todo []ID
	mark := func(id ID) {
		if id != 0 && !reached[id] {
			reached[id] = true
			todo = append(todo, id)
		}
	}
	for id := ID(1); int(id) < n; id++ {
		if s := u.Sock(id); s != nil && (s.Dead || s.Inode == 0 && !u.waiting(id) || s.Inode != 0 && u.opens(s.Inode) > inside[id]) {
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

// countInside counts, by socket, the references that packets hold of its file.
func (u *Unix) countInside(n int) []int32 {
	inside := make([]int32, n)
	for id := ID(1); int(id) < n; id++ {
		s := u.Sock(id)
		if s == nil {
			continue
		}
		for i := range s.Queue {
			for _, f := range s.Queue[i].Files {
				inside[u.vfs.Socket(f)]++ // 0 for a file that is no socket
			}
		}
	}
	return inside
}

// waiting tells whether a socket is in a listener's queue.
func (u *Unix) waiting(id ID) bool {
	return u.Sock(id).accepted()
}

// opens counts the references of the open file of a socket's inode.
func (u *Unix) opens(inode vfs.InodeID) int32 {
	n := int32(0)
	for f := vfs.FileID(1); int(f) <= u.vfs.S.Files.Len(); f++ {
		if file := u.vfs.File(f); file != nil && file.Inode == inode {
			n += file.Refs
		}
	}
	return n
}
