package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
)

// cmsgLayout is that of struct cmsghdr: length, level, type, and how they are aligned. cmsg(3); Linux struct compat_cmsghdr
type cmsgLayout struct{ header, word int }

func cmsgOf(t *kernel.Task) cmsgLayout {
	if t.Sys.Compat {
		return cmsgLayout{12, 4}
	}
	return cmsgLayout{16, 8}
}

func (l cmsgLayout) align(n int) int { return roundUp(n, l.word) }

// maxPassed is SCM_MAX_FD: descriptors in one message.
const maxPassed = 253

// eachControl calls fn for the control messages of a buffer until it fails. Linux net/core/scm.c:__scm_send
func eachControl(l cmsgLayout, b []byte, fn func(level, kind uint32, data []byte) abi.Errno) abi.Errno {
	le := binary.LittleEndian
	if l.word == 4 && len(b) > 0 && len(b) < l.header {
		return abi.EINVAL // Linux net/compat.c:cmsghdr_from_user_compat_to_kern wants at least one
	}
	for len(b) >= l.header {
		size := uint64(le.Uint32(b))
		if l.word == 8 {
			size = le.Uint64(b)
		}
		if size < uint64(l.header) || size > uint64(len(b)) {
			return abi.EINVAL
		}
		n := int(size)
		if e := fn(le.Uint32(b[l.word:]), le.Uint32(b[l.word+4:]), b[l.header:n]); e != abi.OK {
			return e
		}
		b = b[min(l.align(n), len(b)):]
	}
	return abi.OK
}

// passed are the descriptors of a SCM_RIGHTS message, after those of earlier ones.
func passed(fds []int32, data []byte) ([]int32, abi.Errno) {
	if len(fds)+len(data)/4 > maxPassed {
		return nil, abi.EINVAL
	}
	for ; len(data) >= 4; data = data[4:] {
		fds = append(fds, int32(binary.LittleEndian.Uint32(data)))
	}
	return fds, abi.OK
}

// ucredSize is sizeof(struct ucred).
const ucredSize = 12

// readCred reads a struct ucred.
func readCred(data []byte) (unix.Cred, abi.Errno) {
	if len(data) != ucredSize {
		return unix.Cred{}, abi.EINVAL
	}
	le := binary.LittleEndian
	return unix.Cred{PID: int32(le.Uint32(data)), UID: le.Uint32(data[4:]), GID: le.Uint32(data[8:])}, abi.OK
}

func packCred(c unix.Cred) []byte {
	var p packer
	p.u32(uint32(c.PID))
	p.u32(c.UID)
	p.u32(c.GID)
	return p.b
}

// cmsgs builds the control messages that a receiver gets, in the room it has. Linux net/core/scm.c:put_cmsg
type cmsgs struct {
	packer
	cmsgLayout
	room  int
	trunc bool // something did not fit: MSG_CTRUNC
}

func (c *cmsgs) put(kind uint32, data []byte) {
	if c.room < c.header {
		c.trunc = true
		return
	}
	n := c.header + len(data)
	if n > c.room {
		c.trunc = true
		n = c.room
	}
	space := min(c.align(c.header+len(data)), c.room)
	if c.word == 8 {
		c.u64(uint64(n))
	} else {
		c.u32(uint32(n))
	}
	c.u32(abi.SOL_SOCKET)
	c.u32(kind)
	c.b = append(c.b, data[:n-c.header]...)
	c.pad(space - n)
	c.room -= space
}

// places is how many descriptors fit. Linux net/core/scm.c:scm_max_fds
func (c *cmsgs) places() int { return max(c.room-c.header, 0) / 4 }
