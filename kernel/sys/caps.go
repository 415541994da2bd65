package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Versions of the header of capget(2) and how many words each has. Linux include/uapi/linux/capability.h
var capVersions = []struct{ version, words uint32 }{{0x19980330, 1}, {0x20071026, 2}, {0x20080522, 2}}

// capWords reads the header: how many words a set has there, and the process. An unknown version is answered with the one
// to use.
func capWords(k *kernel.Kernel, t *kernel.Task, addr uint64) (words uint32, pid int32, e abi.Errno) {
	version, e := k.ReadU32(t, addr)
	if e != abi.OK {
		return 0, 0, e
	}
	for _, v := range capVersions {
		if v.version == version {
			pid, e := k.ReadU32(t, addr+4)
			return v.words, int32(pid), e
		}
	}
	if e := k.WriteU32(t, addr, capVersions[2].version); e != abi.OK {
		return 0, 0, e
	}
	return 0, 0, abi.EINVAL
}

var _ = define(kernel.Syscall{Nr: 125, Name: "capget", Man: "capget(2); kernel/capability.c",
	Args: args(pPtr("hdrp"), pPtr("datap")), Fn: capget})

func capget(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	words, pid, e := capWords(k, t, a[0])
	if e == abi.EINVAL && a[1] == 0 {
		return 0, abi.OK // a probe for the version
	}
	of := t
	switch {
	case e != abi.OK:
		return 0, e
	case pid < 0:
		return 0, abi.EINVAL
	case pid != 0:
		if of = k.FindTask(pid); of == nil {
			return 0, abi.ESRCH
		}
	}
	c := &of.Cred.Caps
	var p packer
	for i := range words {
		for _, set := range []uint64{c.Effective, c.Permitted, c.Inheritable} {
			p.u32(uint32(set >> (32 * i)))
		}
	}
	if a[1] == 0 {
		return 0, abi.OK
	}
	return done(k.CopyOut(t, a[1], p.b))
}

var _ = define(kernel.Syscall{Nr: 126, Name: "capset", Man: "capset(2); kernel/capability.c",
	Args: args(pPtr("hdrp"), pPtr("datap")), Fn: capset})

// capset: Linux security/commoncap.c:cap_capset.
func capset(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	words, pid, e := capWords(k, t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if pid != 0 && pid != t.PID {
		return 0, abi.EPERM
	}
	b := make([]byte, 12*words)
	if e := k.CopyIn(t, a[1], b); e != abi.OK {
		return 0, e
	}
	var sets [3]uint64 // effective, permitted, inheritable
	for i := range int(3 * words) {
		sets[i%3] |= uint64(binary.LittleEndian.Uint32(b[4*i:])) << (32 * (i / 3))
	}
	eff, perm, inh := sets[0]&abi.CAP_ALL, sets[1]&abi.CAP_ALL, sets[2]&abi.CAP_ALL
	c := &t.Cred.Caps
	switch {
	case !t.Capable(abi.CAP_SETPCAP) && inh&^(c.Inheritable|c.Permitted) != 0,
		inh&^(c.Inheritable|c.Bounding) != 0, perm&^c.Permitted != 0, eff&^perm != 0:
		return 0, abi.EPERM
	}
	c.Effective, c.Permitted, c.Inheritable = eff, perm, inh
	c.Ambient &= perm & inh
	return 0, abi.OK
}

// capPrctl is what of prctl(2) is about capabilities. Linux security/commoncap.c:cap_task_prctl
func capPrctl(t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c, v := &t.Cred.Caps, a[1]
	switch a.Int(0) {
	case abi.PR_CAPBSET_READ:
		if v > abi.CAP_LAST_CAP {
			return 0, abi.EINVAL
		}
		return int64(c.Bounding >> v & 1), abi.OK
	case abi.PR_CAPBSET_DROP:
		switch {
		case !t.Capable(abi.CAP_SETPCAP):
			return 0, abi.EPERM
		case v > abi.CAP_LAST_CAP:
			return 0, abi.EINVAL
		}
		c.Bounding &^= 1 << v
	case abi.PR_GET_SECUREBITS:
		return int64(c.Secure), abi.OK
	case abi.PR_SET_SECUREBITS:
		locked := uint64(c.Secure & abi.SECURE_ALL_LOCKS)
		if locked>>1&(uint64(c.Secure)^v) != 0 || locked&^v != 0 || v&^(abi.SECURE_ALL_BITS|abi.SECURE_ALL_LOCKS) != 0 || !t.Capable(abi.CAP_SETPCAP) {
			return 0, abi.EPERM
		}
		c.Secure = uint32(v)
	case abi.PR_GET_KEEPCAPS:
		return int64(toInt(c.Secure&abi.SECURE_KEEP_CAPS != 0)), abi.OK
	case abi.PR_SET_KEEPCAPS:
		switch {
		case v > 1:
			return 0, abi.EINVAL
		case c.Secure&abi.SECURE_KEEP_CAPS_LOCKED != 0:
			return 0, abi.EPERM
		}
		c.Secure = c.Secure&^uint32(abi.SECURE_KEEP_CAPS) | uint32(v)*abi.SECURE_KEEP_CAPS
	case abi.PR_CAP_AMBIENT:
		return ambient(c, a)
	}
	return 0, abi.OK
}

// ambient is PR_CAP_AMBIENT.
func ambient(c *kernel.Caps, a *kernel.Args) (int64, abi.Errno) {
	if a[1] == abi.PR_CAP_AMBIENT_CLEAR_ALL {
		if a[2] != 0 || a[3] != 0 || a[4] != 0 {
			return 0, abi.EINVAL
		}
		c.Ambient = 0
		return 0, abi.OK
	}
	if a[2] > abi.CAP_LAST_CAP || a[3] != 0 || a[4] != 0 {
		return 0, abi.EINVAL
	}
	bit := uint64(1) << a[2]
	switch a[1] {
	case abi.PR_CAP_AMBIENT_IS_SET:
		return int64(toInt(c.Ambient&bit != 0)), abi.OK
	case abi.PR_CAP_AMBIENT_RAISE:
		if c.Permitted&c.Inheritable&bit == 0 || c.Secure&abi.SECURE_NO_CAP_AMBIENT_RAISE != 0 {
			return 0, abi.EPERM
		}
		c.Ambient |= bit
	case abi.PR_CAP_AMBIENT_LOWER:
		c.Ambient &^= bit
	default:
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}
