package unix

import (
	"fmt"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// maxPath is sizeof(sun_path).
const maxPath = 108

// ParseName takes a struct sockaddr_un of another socket apart. The name is what lies in sun_path: it begins with NUL
// when it is abstract, and ends before the first NUL when it is a path. Linux unix_validate_addr, unix_mkname_bsd
func ParseName(b []byte) (name string, e abi.Errno) {
	if len(b) <= 2 || len(b) > 2+maxPath || family(b) != abi.AF_UNIX {
		return "", abi.EINVAL
	}
	b = b[2:]
	if b[0] == 0 {
		return string(b), abi.OK
	}
	for i, c := range b {
		if c == 0 {
			return string(b[:i]), abi.OK
		}
	}
	return string(b), abi.OK
}

func family(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }

// packName is ParseName's inverse: the struct sockaddr_un of a name, with the NUL behind a path.
func packName(name string) []byte {
	b := append([]byte{abi.AF_UNIX, 0}, name...)
	if name != "" && name[0] != 0 {
		b = append(b, 0)
	}
	return b
}

// Name is getsockname(2).
func (u *Unix) Name(id ID) []byte { return packName(u.Sock(id).Addr) }

// PeerName is getpeername(2): also of one that is closed.
func (u *Unix) PeerName(id ID) ([]byte, abi.Errno) {
	peer := u.Sock(id).Peer
	if peer == 0 {
		return nil, abi.ENOTCONN
	}
	return u.Name(peer), abi.OK
}

// Bind gives a socket its name, from a struct sockaddr_un: a path, an abstract one, or with the family alone any that
// is free. bind(2); Linux unix_bind
func (u *Unix) Bind(c *vfs.Ctx, id ID, addr []byte) abi.Errno {
	if len(addr) == 2 && family(addr) == abi.AF_UNIX {
		u.autobind(id)
		return abi.OK
	}
	name, e := ParseName(addr)
	if e != abi.OK {
		return e
	}
	if name[0] == 0 {
		return u.bindAbstract(id, name)
	}
	return u.bindPath(c, id, name)
}

func (u *Unix) bindAbstract(id ID, name string) abi.Errno {
	s := u.Sock(id)
	switch {
	case s.Addr != "":
		return abi.EINVAL
	case u.abstract(name, s.Type) != 0:
		return abi.EADDRINUSE
	}
	s.Addr = name
	return abi.OK
}

// bindPath makes a socket inode in the file system. Linux unix_bind_bsd
func (u *Unix) bindPath(c *vfs.Ctx, id ID, path string) abi.Errno {
	s := u.Sock(id)
	mode := u.vfs.Inode(s.Inode).Mode
	e := u.vfs.Mknod(c, abi.AT_FDCWD, path, mode, 0)
	if e == abi.EEXIST {
		return abi.EADDRINUSE
	}
	if e != abi.OK {
		return e
	}
	if s.Addr != "" {
		u.vfs.Unlink(c, abi.AT_FDCWD, path)
		return abi.EINVAL
	}
	d, e := u.vfs.Lookup(c, abi.AT_FDCWD, path, abi.AT_SYMLINK_NOFOLLOW)
	if e != abi.OK {
		return e
	}
	s.Addr, s.Path = path, d
	return abi.OK
}

// autobind gives an abstract name of five hexadecimal digits. Linux unix_autobind
func (u *Unix) autobind(id ID) {
	s := u.Sock(id)
	if s.Addr != "" {
		return
	}
	for {
		u.State.Auto = (u.State.Auto + 1) & 0xfffff
		name := fmt.Sprintf("\x00%05x", u.State.Auto)
		if u.abstract(name, s.Type) == 0 {
			s.Addr = name
			return
		}
	}
}

// abstract finds the socket of a type that has an abstract name, 0 when there is none.
func (u *Unix) abstract(name string, kind uint8) ID {
	return u.find(func(s *Sock) bool { return s.Addr == name && s.Type == kind })
}

// find returns the first living socket, bound itself, that is meant. What accept(2) returns only tells its listener's name.
func (u *Unix) find(meant func(*Sock) bool) ID {
	for id := ID(1); int(id) <= u.State.Socks.Len(); id++ {
		if s := u.Sock(id); s != nil && !s.Dead && !s.accepted() && meant(s) {
			return id
		}
	}
	return 0
}

// accepted tells whether the name is the listener's.
func (s *Sock) accepted() bool { return s.Flags&flagAccepted != 0 }

// flagAccepted is a bit of Flags that no option has.
const flagAccepted = 1 << 31

// lookup finds who has a name. Linux unix_find_other
func (u *Unix) lookup(c *vfs.Ctx, name string, kind uint8) (ID, abi.Errno) {
	if name[0] == 0 {
		if id := u.abstract(name, kind); id != 0 {
			return id, abi.OK
		}
		return 0, abi.ECONNREFUSED
	}
	d, e := u.vfs.Lookup(c, abi.AT_FDCWD, name, 0)
	if e != abi.OK {
		return 0, e
	}
	defer u.vfs.DPut(d)
	inode := u.vfs.Dentry(d).Inode
	if e := u.vfs.MayWrite(c, inode); e != abi.OK {
		return 0, e
	}
	id := u.find(func(s *Sock) bool { return s.Path != 0 && u.vfs.Dentry(s.Path).Inode == inode })
	switch {
	case id == 0:
		return 0, abi.ECONNREFUSED
	case u.Sock(id).Type != kind:
		return 0, abi.EPROTOTYPE
	}
	return id, abi.OK
}
