package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
)

// remembered are the switches that AF_UNIX takes and does nothing with, by option number.
const remembered = 1<<abi.SO_DEBUG | 1<<abi.SO_REUSEADDR | 1<<abi.SO_DONTROUTE | 1<<abi.SO_BROADCAST |
	1<<abi.SO_KEEPALIVE | 1<<abi.SO_OOBINLINE | 1<<abi.SO_TIMESTAMP

var _ = define(kernel.Syscall{Nr: 54, Name: "setsockopt", Man: "setsockopt(2); net/core/sock.c:sk_setsockopt", Missing: "what has no meaning between processes of one machine",
	Args: args(pFD("sockfd"), pFlags("level", "sol"), pFlags("optname", "so"), pPtr("optval"), pUint("optlen")), Fn: setsockopt})

func setsockopt(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	n := a.Int(4)
	switch {
	case n < 0:
		return 0, abi.EINVAL
	case a.Int(1) != abi.SOL_SOCKET:
		return 0, abi.EOPNOTSUPP
	case n < 4:
		return 0, abi.EINVAL
	}
	b := make([]byte, 16)
	if e := k.CopyIn(t, a[3], b[:min(n, 16)]); e != abi.OK {
		return 0, e
	}
	return done(setOption(k, t, k.Unix.Sock(id), a.Int(2), int(n), b))
}

// setOption sets an option of SOL_SOCKET from n bytes, of which b has the first 16. socket(7)
func setOption(k *kernel.Kernel, t *kernel.Task, s *unix.Sock, option int32, n int, b []byte) abi.Errno {
	v := binary.LittleEndian.Uint32(b)
	if (option == abi.SO_SNDBUFFORCE || option == abi.SO_RCVBUFFORCE) && !t.Capable(abi.CAP_SYS_ADMIN) {
		return abi.EPERM
	}
	switch option {
	case abi.SO_SNDBUF, abi.SO_SNDBUFFORCE:
		s.SndBuf = bufferSize(v, unix.MinSndBuf)
	case abi.SO_RCVBUF, abi.SO_RCVBUFFORCE:
		s.RcvBuf = bufferSize(v, unix.MinRcvBuf)
	case abi.SO_PASSCRED:
		s.PassCred = v != 0
	case abi.SO_PRIORITY:
		if v > 6 && !t.Capable(abi.CAP_SYS_ADMIN) {
			return abi.EPERM
		}
		s.Prio = int32(v)
	case abi.SO_LINGER:
		if n < 8 {
			return abi.EINVAL
		}
		s.Linger = [2]int32{min(int32(v), 1), int32(binary.LittleEndian.Uint32(b[4:]))}
	case abi.SO_RCVLOWAT:
		s.LowWater = lowWater(int32(v))
	case abi.SO_RCVTIMEO:
		return setTimeout(&s.RcvTimeo, n, b)
	case abi.SO_SNDTIMEO:
		return setTimeout(&s.SndTimeo, n, b)
	case abi.SO_REUSEPORT:
		return abi.EOPNOTSUPP
	case abi.SO_TYPE, abi.SO_PROTOCOL, abi.SO_DOMAIN, abi.SO_ERROR, abi.SO_PEERCRED, abi.SO_ACCEPTCONN, abi.SO_SNDLOWAT, abi.SO_PEERSEC:
		return abi.ENOPROTOOPT
	default:
		if option < 0 || option > 31 || remembered>>option&1 == 0 {
			return abi.ENOPROTOOPT
		}
		s.Flags &^= 1 << option
		if v != 0 {
			s.Flags |= 1 << option
		}
	}
	return abi.OK
}

// bufferSize doubles what was asked for, for what packets cost beyond their bytes. socket(7), SO_SNDBUF
func bufferSize(v, least uint32) uint32 { return max(2*min(v, unix.MaxBuf), least) }

func lowWater(v int32) int32 {
	switch {
	case v < 0:
		return 1<<31 - 1
	case v == 0:
		return 1
	}
	return v
}

// setTimeout reads a struct timeval; zero is no timeout. Linux net/core/sock.c:sock_set_timeout
func setTimeout(to *int64, n int, b []byte) abi.Errno {
	if n < 16 {
		return abi.EINVAL
	}
	sec, usec := int64(word(b, 0)), int64(word(b, 8))
	switch {
	case usec < 0 || usec >= 1_000_000:
		return abi.EDOM
	case sec < 0:
		*to = 1 // over at once
	default:
		*to = clampNS(sec, usec*1000)
	}
	return abi.OK
}

var _ = define(kernel.Syscall{Nr: 55, Name: "getsockopt", Man: "getsockopt(2); net/core/sock.c:sk_getsockopt",
	Args: args(pFD("sockfd"), pFlags("level", "sol"), pFlags("optname", "so"), pPtr("optval"), pResult("optlen", "int")), Fn: getsockopt})

func getsockopt(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	_, id, e := socketFile(k, t, a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if a.Int(1) != abi.SOL_SOCKET {
		return 0, abi.EOPNOTSUPP
	}
	room, e := k.ReadU32(t, a[4])
	if e != abi.OK {
		return 0, e
	}
	if int32(room) < 0 {
		return 0, abi.EINVAL
	}
	b, e := getOption(k, id, a.Int(2))
	if e != abi.OK {
		return 0, e
	}
	b = b[:min(int(room), len(b))]
	if e := k.CopyOut(t, a[3], b); e != abi.OK {
		return 0, e
	}
	return done(k.WriteU32(t, a[4], uint32(len(b))))
}

// getOption is an option of SOL_SOCKET as getsockopt(2) lays it out. socket(7)
func getOption(k *kernel.Kernel, id unix.ID, option int32) ([]byte, abi.Errno) {
	s := k.Unix.Sock(id)
	var p packer
	switch option {
	case abi.SO_TYPE:
		p.u32(uint32(s.Type))
	case abi.SO_ERROR:
		p.u32(uint32(k.Unix.TakeErr(id)))
	case abi.SO_DOMAIN:
		p.u32(abi.AF_UNIX)
	case abi.SO_PROTOCOL, abi.SO_REUSEPORT:
		p.u32(0)
	case abi.SO_SNDBUF:
		p.u32(s.SndBuf)
	case abi.SO_RCVBUF:
		p.u32(s.RcvBuf)
	case abi.SO_PASSCRED:
		p.u32(uint32(toInt(s.PassCred)))
	case abi.SO_PRIORITY:
		p.u32(uint32(s.Prio))
	case abi.SO_LINGER:
		p.u32(uint32(s.Linger[0]))
		p.u32(uint32(s.Linger[1]))
	case abi.SO_RCVLOWAT:
		p.u32(uint32(s.LowWater))
	case abi.SO_SNDLOWAT:
		p.u32(1)
	case abi.SO_RCVTIMEO:
		p.i64(s.RcvTimeo / second)
		p.i64(s.RcvTimeo % second / 1000)
	case abi.SO_SNDTIMEO:
		p.i64(s.SndTimeo / second)
		p.i64(s.SndTimeo % second / 1000)
	case abi.SO_ACCEPTCONN:
		p.u32(uint32(toInt(s.Phase == unix.Listening)))
	case abi.SO_PEERCRED:
		return packCred(s.PeerCred), abi.OK
	default:
		if option < 0 || option > 31 || remembered>>option&1 == 0 {
			return nil, abi.ENOPROTOOPT
		}
		p.u32(s.Flags >> option & 1)
	}
	return p.b, abi.OK
}
