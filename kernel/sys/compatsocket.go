package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// msghdr32 is struct msghdr: name, namelen, iov, iovlen, control, controllen, flags. The control messages themselves
// have another layout too, which cmsg.go knows.
const msghdr32 shape = "uiuuuui"

// oneMessage converts the struct msghdr that argument i points to, with its vector.
// Linux net/compat.c:get_compat_msghdr
func oneMessage(i int) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		b, e := c.read(addr, msghdr32.size(false))
		if e != abi.OK {
			return e
		}
		w, e := c.wideHeader(b)
		if e != abi.OK {
			return e
		}
		s, at := c.k.Stage(w)
		c.a[i] = at
		c.behind(s, addr, func(w []byte) ([]byte, abi.Errno) { return narrowHeader(w, b), abi.OK })
		return abi.OK
	}
}

func (c *compatCall) wideHeader(b []byte) ([]byte, abi.Errno) {
	w := msghdr32.widen(b)
	le := binary.LittleEndian
	if n := le.Uint64(w[24:]); n <= maxIOV {
		at, e := c.stageIovec(le.Uint64(w[16:]), n)
		if e != abi.OK {
			return nil, e
		}
		le.PutUint64(w[16:], at)
	}
	return w, abi.OK
}

// narrowHeader is what the handler made of a header that came as old: the vector is the program's own.
func narrowHeader(w, old []byte) []byte {
	b, _ := msghdr32.narrow(w)
	copy(b[8:12], old[8:12])
	return b
}

// messages converts an array of struct mmsghdr: a header and the number of bytes each.
func messages(i int) conversion {
	const size32 = 32
	return func(c *compatCall) abi.Errno {
		n := int(min(c.a[2], maxIOV))
		addr := c.a[i]
		raw, e := c.read(addr, n*size32)
		if e != abi.OK {
			return e
		}
		var wide []byte
		for at := 0; at < len(raw); at += size32 {
			w, e := c.wideHeader(raw[at : at+size32-4])
			if e != abi.OK {
				return e
			}
			wide = append(append(append(wide, w...), raw[at+size32-4:at+size32]...), 0, 0, 0, 0)
		}
		s, at := c.k.Stage(wide)
		c.a[i] = at
		c.behind(s, addr, func(wide []byte) ([]byte, abi.Errno) {
			var b []byte
			for i := range n {
				w, old := wide[i*mmsghdrSize:], raw[i*size32:]
				b = append(append(b, narrowHeader(w[:msghdrSize], old)...), w[msghdrSize:msghdrSize+4]...)
			}
			return b, abi.OK
		})
		return abi.OK
	}
}

// isTimeoutOption tells of the options of SOL_SOCKET whose value is a struct timeval.
func isTimeoutOption(a *kernel.Args) bool {
	return a.Int(1) == abi.SOL_SOCKET && (a.Int(2) == abi.SO_RCVTIMEO || a.Int(2) == abi.SO_SNDTIMEO)
}

const timeval32 shape = "ll"

func setTimeoutOption(c *compatCall) abi.Errno {
	if !isTimeoutOption(&c.a) || c.a.Int(4) < int32(timeval32.size(false)) {
		return abi.OK
	}
	c.a[4] = uint64(timeval32.size(true))
	return in(3, timeval32)(c)
}

func getTimeoutOption(c *compatCall) abi.Errno {
	room, e := c.k.ReadU32(c.t, c.a[4])
	if !isTimeoutOption(&c.a) || e != abi.OK || room < 8 {
		return e
	}
	addr, length := c.a[3], c.a[4]
	s, at := c.k.Stage(make([]byte, 16))
	c.a[3] = at
	c.behind(s, addr, timeval32.narrow)
	n, at := c.k.Stage(binary.LittleEndian.AppendUint32(nil, 16))
	c.a[4] = at
	c.behind(n, length, func([]byte) ([]byte, abi.Errno) { return binary.LittleEndian.AppendUint32(nil, 8), abi.OK })
	return abi.OK
}

var _ = i386Own(102, "socketcall", socketcall)

// socketcalls are the numbers that socketcall(2) means by 1, 2, …, and how many arguments they take.
// Linux net/compat.c:COMPAT_SYSCALL_DEFINE2(socketcall)
var socketcalls = [...]struct{ nr, args uint8 }{{103, 3}, {105, 3}, {106, 3}, {107, 2}, {200, 3}, {111, 3}, {112, 3}, {104, 4},
	{113, 4}, {115, 4}, {113, 6}, {115, 6}, {117, 2}, {110, 5}, {109, 5}, {114, 3}, {116, 3}, {108, 4}, {81, 5}, {89, 4}}

// Numbers in socketcalls are less by this, so that they fit; accept(2) itself has no number of its own.
const (
	socketBase   = 256
	socketAccept = 200
)

func socketcall(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	n := a.Uint(0)
	if n < 1 || int(n) > len(socketcalls) {
		return 0, abi.EINVAL
	}
	call := socketcalls[n-1]
	b := make([]byte, 4*int(call.args))
	if e := k.CopyIn(t, a[1], b); e != abi.OK {
		return 0, e
	}
	var own kernel.Args
	for i := range call.args {
		own[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if call.nr == socketAccept {
		return accept(k, t, &own)
	}
	return k.Syscall(kernel.CompatBase+socketBase+uint64(call.nr)).Fn(k, t, &own)
}
