package sys

import (
	"encoding/binary"
	"math"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// id16 is a user or group number for the structures of before Linux 2.4. Linux include/linux/highuid.h:high2lowuid
func id16(id uint32) uint16 {
	if id > math.MaxUint16 {
		return overflowID
	}
	return uint16(id)
}

// wide16 is the other direction: -1 stays -1.
func wide16(list ...int) conversion {
	return func(c *compatCall) abi.Errno {
		for _, i := range list {
			c.a[i] = uint64(uint16(c.a[i]))
			if c.a[i] == math.MaxUint16 {
				c.a[i] = math.MaxUint32
			}
		}
		return abi.OK
	}
}

var (
	_ = i386Own(24, "getuid", get16(func(c *kernel.Cred) uint32 { return c.UID }))
	_ = i386Own(47, "getgid", get16(func(c *kernel.Cred) uint32 { return c.GID }))
	_ = i386Own(49, "geteuid", get16(func(c *kernel.Cred) uint32 { return c.EUID }))
	_ = i386Own(50, "getegid", get16(func(c *kernel.Cred) uint32 { return c.EGID }))
	_ = i386(23, "setuid", 105, wide16(0))
	_ = i386(46, "setgid", 106, wide16(0))
	_ = i386(70, "setreuid", 113, wide16(0, 1))
	_ = i386(71, "setregid", 114, wide16(0, 1))
	_ = i386(138, "setfsuid", 122, wide16(0))
	_ = i386(139, "setfsgid", 123, wide16(0))
	_ = i386(164, "setresuid", 117, wide16(0, 1, 2))
	_ = i386(170, "setresgid", 119, wide16(0, 1, 2))
	_ = i386(165, "getresuid", 118, out16(0), out16(1), out16(2))
	_ = i386(171, "getresgid", 120, out16(0), out16(1), out16(2))
	_ = i386(80, "getgroups", 115, groups16(true))
	_ = i386(81, "setgroups", 116, groups16(false))
	_ = i386(16, "lchown", 94, wide16(1, 2))
	_ = i386(95, "fchown", 93, wide16(1, 2))
	_ = i386(182, "chown", 92, wide16(1, 2))
)

func get16(id func(c *kernel.Cred) uint32) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		return int64(id16(id(&t.Cred))), abi.OK
	}
}

// out16 narrows a number that the handler writes.
func out16(i int) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		s, at := c.k.Stage(make([]byte, 4))
		c.a[i] = at
		c.behind(s, addr, func(b []byte) ([]byte, abi.Errno) {
			return binary.LittleEndian.AppendUint16(nil, id16(binary.LittleEndian.Uint32(b))), abi.OK
		})
		return abi.OK
	}
}

// groups16 converts the list of supplementary groups, read by the handler or written.
func groups16(written bool) conversion {
	return func(c *compatCall) abi.Errno {
		addr, n := c.a[1], int(c.a.Uint(0))
		if n > maxGroups || n < 0 {
			return abi.OK // the handler refuses it
		}
		var p packer
		if written {
			p.pad(4 * n)
		} else {
			b, e := c.read(addr, 2*n)
			if e != abi.OK {
				return e
			}
			for ; len(b) > 0; b = b[2:] {
				p.u32(uint32(binary.LittleEndian.Uint16(b)))
			}
		}
		s, at := c.k.Stage(p.b)
		c.a[1] = at
		c.behind(s, addr, func(w []byte) ([]byte, abi.Errno) {
			var p packer
			for range min(n, len(c.t.Cred.Groups)) {
				p.u16(id16(binary.LittleEndian.Uint32(w)))
				w = w[4:]
			}
			return p.b, abi.OK
		})
		return abi.OK
	}
}

var _ = i386Own(34, "nice", nice)

// nice is nice(2), which no 64-bit program asks for. Linux kernel/sched/core.c:nice
func nice(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const most = 40 // NICE_WIDTH
	n := int32(t.Nice) + min(max(a.Int(0), -most), most)
	_, e := setpriority(k, t, &kernel.Args{0, 0, uint64(min(max(n, -20), 19))})
	if e == abi.EACCES {
		e = abi.EPERM
	}
	return 0, e
}

// outOldRlimit is getrlimit(2) as it was: signed numbers. Linux kernel/sys.c:old_getrlimit
func outOldRlimit(i int) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		s, at := c.k.Stage(make([]byte, 16))
		c.a[i] = at
		c.behind(s, addr, func(w []byte) ([]byte, abi.Errno) {
			var p packer
			for i := 0; i < 16; i += 8 {
				p.u32(uint32(min(binary.LittleEndian.Uint64(w[i:]), math.MaxInt32)))
			}
			return p.b, abi.OK
		})
		return abi.OK
	}
}

// cpuMask: masks are arrays of long, here of 4 bytes. Linux kernel/compat.c:compat_sys_sched_getaffinity
func cpuMask(c *compatCall) abi.Errno {
	n := int(min(c.a[1], 1024))
	if n&3 != 0 {
		return abi.EINVAL
	}
	addr := c.a[2]
	b := make([]byte, roundUp(n, 8))
	c.k.CopyIn(c.t, addr, b[:n])
	s, at := c.k.Stage(b)
	c.a[1], c.a[2] = uint64(len(b)), at
	c.behind(s, addr, func(b []byte) ([]byte, abi.Errno) { return b[:min(n, 8)], abi.OK })
	return abi.OK
}

var (
	_ = define(kernel.Syscall{Nr: 205, Name: "set_thread_area", Man: "set_thread_area(2); arch/x86/kernel/tls.c:do_set_thread_area",
		Args: args(pPtr("u_info")), Fn: setThreadArea})
	_ = define(kernel.Syscall{Nr: 211, Name: "get_thread_area", Man: "get_thread_area(2); arch/x86/kernel/tls.c:do_get_thread_area",
		Args: args(pPtr("u_info")), Fn: getThreadArea})
	_ = i386(243, "set_thread_area", 205)
	_ = i386(244, "get_thread_area", 211)
	_ = i386Own(384, "arch_prctl", archPrctl32)
)

// userDesc is struct user_desc. Linux arch/x86/include/uapi/asm/ldt.h
type userDesc struct{ Entry, Base, Limit, Flags uint32 }

// Bits of Flags: seg_32bit, contents (2 bits), read_exec_only, limit_in_pages, seg_not_present, useable.
const (
	descBig        = 1 << 0
	descReadOnly   = 1 << 3
	descPages      = 1 << 4
	descNotPresent = 1 << 5
	descUseable    = 1 << 6
)

func (d *userDesc) contents() uint32 { return d.Flags >> 1 & 3 }

// empty tells of a structure that asks for no segment at all. Linux LDT_empty, LDT_zero
func (d *userDesc) empty() bool {
	return d.Base == 0 && d.Limit == 0 && (d.Flags&0x7f == 0 || d.Flags&0x7f == descReadOnly|descNotPresent)
}

// bits is the descriptor. Linux arch/x86/include/asm/desc.h:fill_ldt
func (d *userDesc) bits() uint64 {
	if d.empty() {
		return 0
	}
	v := uint64(d.Limit&0xffff) | uint64(d.Base&0xffffff)<<16 | uint64(d.Limit>>16&15)<<48 | uint64(d.Base>>24)<<56
	kind := uint64(1 | d.contents()<<2) // accessed
	if d.Flags&descReadOnly == 0 {
		kind |= 2
	}
	v |= (kind | 1<<4 | 3<<5) << 40
	if d.Flags&descNotPresent == 0 {
		v |= 1 << 47
	}
	return v | uint64(d.Flags>>6&1)<<52 | uint64(d.Flags&1)<<54 | uint64(d.Flags>>4&1)<<55
}

// describe is the other direction. Linux arch/x86/kernel/tls.c:fill_user_desc
func describe(entry uint32, v uint64) userDesc {
	d := userDesc{Entry: entry, Base: uint32(v>>16&0xffffff | v>>56<<24), Limit: uint32(v&0xffff | v>>32&0xf0000)}
	kind := uint32(v >> 40)
	d.Flags = uint32(v>>54&1) | kind>>2&3<<1 | uint32(v>>55&1)<<4 | uint32(v>>52&1)<<6
	if kind&2 == 0 {
		d.Flags |= descReadOnly
	}
	if kind&0x80 == 0 {
		d.Flags |= descNotPresent
	}
	return d
}

// The places in the GDT that set_thread_area(2) gives away.
const (
	tlsFirst = 12 // GDT_ENTRY_TLS_MIN
	tlsLast  = 14
)

// readDesc reads a struct user_desc and checks it. Linux arch/x86/kernel/tls.c:tls_desc_okay
func readDesc(k *kernel.Kernel, t *kernel.Task, addr uint64) (d userDesc, e abi.Errno) {
	if e := k.ReadStruct(t, addr, &d); e != abi.OK {
		return d, e
	}
	if !d.empty() && (d.Flags&descBig == 0 || d.contents() > 1 || d.Flags&descNotPresent != 0) {
		return d, abi.EINVAL
	}
	return d, abi.OK
}

func setThreadArea(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	d, e := readDesc(k, t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if d.Entry == math.MaxUint32 {
		d.Entry = tlsFirst
		for d.Entry <= tlsLast && t.TLS[d.Entry-tlsFirst] != 0 {
			d.Entry++
		}
		if d.Entry > tlsLast {
			return 0, abi.ESRCH
		}
		if e := k.WriteU32(t, a[0], d.Entry); e != abi.OK {
			return 0, e
		}
	}
	if d.Entry < tlsFirst || d.Entry > tlsLast {
		return 0, abi.EINVAL
	}
	k.SetTLS(t, d.Entry, d.bits())
	return 0, abi.OK
}

func getThreadArea(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	n, e := k.ReadU32(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	if n < tlsFirst || n > tlsLast {
		return 0, abi.EINVAL
	}
	return done(k.WriteStruct(t, a[0], describe(n, t.TLS[n-tlsFirst])))
}

// cloneTLS is the TLS argument of a 32-bit clone: a struct user_desc. Linux arch/x86/kernel/process.c:set_new_tls
func cloneTLS(k *kernel.Kernel, t *kernel.Task, c *kernel.CloneArgs) abi.Errno {
	if !t.Sys.Compat || c.Flags&abi.CLONE_SETTLS == 0 || t.Sys.Phase != 0 {
		return abi.OK
	}
	d, e := readDesc(k, t, c.TLS)
	if e != abi.OK {
		return e
	}
	if d.Entry < tlsFirst || d.Entry > tlsLast {
		return abi.EINVAL
	}
	c.TLS, c.TLSEntry = d.bits(), d.Entry
	return abi.OK
}

// archPrctl32 knows no bases: a 32-bit program has descriptors. Linux arch/x86/kernel/process.c:do_arch_prctl_common
func archPrctl32(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return 0, abi.EINVAL
}

var (
	_ = i386Own(109, "olduname", oldUname(65, 325))
	_ = i386Own(59, "oldolduname", oldUname(9, 45))
)

// oldUname is uname(2) of before domain names: fields of n bytes. Linux kernel/sys.c:olduname
func oldUname(n, size int) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		defer k.Unstage()
		s, at := k.Stage(make([]byte, 390))
		if _, e := uname(k, t, &kernel.Args{at}); e != abi.OK {
			return 0, e
		}
		var p packer
		for i := range 5 {
			p.field(string(cString(s.Data[65*i:65*i+min(n, 65)-1])), n)
		}
		return done(k.CopyOut(t, a[0], p.b[:size]))
	}
}
