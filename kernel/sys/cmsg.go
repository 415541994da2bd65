package sys

import (
	"encoding/binary"

	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
)

// cmsgHeader is sizeof(struct cmsghdr): length, level, type. cmsg(3)
const cmsgHeader = 16

// maxPassed is SCM_MAX_FD: descriptors in one message.
const maxPassed = 253

// eachControl calls fn for the control messages of a buffer until it fails. Linux net/core/scm.c:__scm_send
func eachControl(b []byte, fn func(level, kind uint32, data []byte) abi.Errno) abi.Errno {
	le := binary.LittleEndian
	for len(b) >= cmsgHeader {
		n := le.Uint64(b)
		if n < cmsgHeader || n > uint64(len(b)) {
			return abi.EINVAL
		}
		if e := fn(le.Uint32(b[8:]), le.Uint32(b[12:]), b[cmsgHeader:n]); e != abi.OK {
			return e
		}
		b = b[min((n+7)&^7, uint64(len(b))):]
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
	room  int
	trunc bool // something did not fit: MSG_CTRUNC
}

func (c *cmsgs) put(kind uint32, data []byte) {
	if c.room < cmsgHeader {
		c.trunc = true
		return
	}
	n := cmsgHeader + len(data)
	if n > c.room {
		c.trunc = true
		n = c.room
	}
	space := min((cmsgHeader+len(data)+7)&^7, c.room)
	c.u64(uint64(n))
	c.u32(abi.SOL_SOCKET)
	c.u32(kind)
	c.b = append(c.b, data[:n-cmsgHeader]...)
	c.pad(space - n)
	c.room -= space
}

// places is how many descriptors fit. Linux net/core/scm.c:scm_max_fds
func (c *cmsgs) places() int { return max(c.room-cmsgHeader, 0) / 4 }
