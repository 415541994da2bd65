package sys

import (
	"encoding/binary"
	"math"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// iovec converts the vector of readv(2) and writev(2): argument i points to it, argument n counts.
// Linux lib/iov_iter.c:copy_compat_iovec_from_user
func iovec(i, n int) conversion {
	return func(c *compatCall) abi.Errno {
		if c.a[n] > maxIOV {
			return abi.OK // the handler refuses it
		}
		addr, e := c.stageIovec(c.a[i], c.a[n])
		c.a[i] = addr
		return e
	}
}

func (c *compatCall) stageIovec(addr, n uint64) (uint64, abi.Errno) {
	b, e := c.read(addr, 8*int(n))
	if e != abi.OK {
		return 0, e
	}
	var p packer
	for ; len(b) > 0; b = b[8:] {
		base, size := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if int32(size) < 0 {
			return 0, abi.EINVAL // negative as compat_ssize_t
		}
		p.u64(uint64(base))
		p.u64(uint64(size))
	}
	_, at := c.k.Stage(p.b)
	return at, abi.OK
}

// outStat converts struct stat, which the handler writes, by f.
func outStat(i int, f func(s *wideStat) ([]byte, abi.Errno)) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		s, at := c.k.Stage(make([]byte, 144))
		c.a[i] = at
		c.behind(s, addr, func(b []byte) ([]byte, abi.Errno) {
			var w wideStat
			if _, err := binary.Decode(b, binary.LittleEndian, &w); err != nil {
				panic("BUG: struct stat has another size")
			}
			return f(&w)
		})
		return abi.OK
	}
}

// wideStat is the 64-bit struct stat.
type wideStat struct {
	Dev, Ino, Nlink       uint64
	Mode, UID, GID        uint32
	_                     uint32
	Rdev                  uint64
	Size, Blksize, Blocks int64
	Times                 [6]int64
	_                     [24]byte
}

// ino32 is an inode's number in 32 bits. Linux numbers the inodes of proc with so many; here they say what they stand for.
func ino32(ino uint64) uint32 { return uint32(ino) ^ uint32(ino>>32)*0x9e3779b1 }

// oldStat is the struct stat of before large files. Linux fs/stat.c:cp_compat_stat
func oldStat(s *wideStat) ([]byte, abi.Errno) {
	if s.Dev>>16 != 0 || s.Rdev>>16 != 0 || s.Size > math.MaxInt32 || s.Nlink > math.MaxUint16 {
		return nil, abi.EOVERFLOW
	}
	var p packer
	p.u32(uint32(s.Dev))
	p.u32(ino32(s.Ino))
	p.u16(uint16(s.Mode))
	p.u16(uint16(s.Nlink))
	p.u16(id16(s.UID))
	p.u16(id16(s.GID))
	p.u32(uint32(s.Rdev))
	for _, v := range []int64{s.Size, s.Blksize, s.Blocks} {
		p.u32(uint32(v))
	}
	for _, v := range s.Times {
		p.u32(uint32(v))
	}
	p.pad(8)
	return p.b, abi.OK
}

// stat64 is that of stat64(2). Linux arch/x86/kernel/sys_ia32.c:cp_stat64
func stat64(s *wideStat) ([]byte, abi.Errno) {
	var p packer
	p.u64(s.Dev)
	p.pad(4)
	for _, v := range []uint32{ino32(s.Ino), s.Mode, uint32(s.Nlink), s.UID, s.GID} {
		p.u32(v)
	}
	p.u64(s.Rdev)
	p.pad(4)
	p.i64(s.Size)
	p.u32(uint32(s.Blksize))
	p.i64(s.Blocks)
	for _, v := range s.Times {
		p.u32(uint32(v))
	}
	p.u64(s.Ino)
	return p.b, abi.OK
}

// sizedStatfs is statfs64(2): the second argument says how large the structure is.
func sizedStatfs(c *compatCall) abi.Errno {
	const statfs64 shape = "llqqqqqiilllllll"
	if c.a[1] != uint64(statfs64.size(false)) {
		return abi.EINVAL
	}
	c.a[1], c.a[2] = c.a[2], 0
	addr := c.a[1]
	s, at := c.k.Stage(make([]byte, statfs64.size(true)))
	c.a[1] = at
	c.behind(s, addr, statfs64.narrow)
	return abi.OK
}

// fcntl32 converts record locks: struct flock with 32-bit offsets, struct flock64 for the commands that end in 64 and for
// those of open file descriptions. Linux fs/fcntl.c:do_compat_fcntl64
func fcntl32(c *compatCall) abi.Errno {
	const getlk64, setlkw64 = 12, 14
	switch cmd := c.a.Int(1); cmd {
	case abi.F_GETLK, abi.F_SETLK, abi.F_SETLKW:
		return inout(2, "hhlli")(c)
	case abi.F_OFD_GETLK, abi.F_OFD_SETLK, abi.F_OFD_SETLKW:
		return inout(2, "hhqqi")(c)
	default:
		if cmd < getlk64 || cmd > setlkw64 {
			return abi.OK
		}
		c.a[1] = uint64(cmd - getlk64 + abi.F_GETLK)
		return inout(2, "hhqqi")(c)
	}
}

// pageOffset is mmap2's: in pages.
func pageOffset(c *compatCall) abi.Errno {
	c.a[5] <<= 12
	return abi.OK
}

// mapLow has a mapping lie where 32 bits reach. Linux arch/x86/mm/mmap.c:get_mmap_base
func mapLow(c *compatCall) abi.Errno {
	c.a[3] |= mm.MapLow4G
	return abi.OK
}

var _ = i386Own(140, "_llseek", llseek)

// llseek is lseek(2) with an offset in two registers and a result in memory.
func llseek(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	pos, e := lseek(k, t, &kernel.Args{a[0], a[1]<<32 | a[2], a[4]})
	if e != abi.OK {
		return 0, e
	}
	return done(k.WriteU64(t, a[3], uint64(pos)))
}

var _ = i386Own(141, "getdents", getdents32)

// getdents32 is getdents(2) with 32-bit numbers in the records.
func getdents32(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	b, e := dirents(k, t, a.Int(0), a.Uint(2))
	if e != abi.OK {
		return 0, e
	}
	le := binary.LittleEndian
	var out []byte
	for len(b) > 0 {
		reclen := le.Uint16(b[16:])
		name := cString(b[19:reclen])
		rec := make([]byte, roundUp(10+len(name)+2, 4))
		le.PutUint32(rec, ino32(le.Uint64(b)))
		le.PutUint32(rec[4:], uint32(le.Uint64(b[8:])))
		le.PutUint16(rec[8:], uint16(len(rec)))
		copy(rec[10:], name)
		rec[len(rec)-1] = b[18]
		out = append(out, rec...)
		b = b[reclen:]
	}
	return int64(len(out)), k.CopyOut(t, a[1], out)
}

// cString is b up to its first NUL.
func cString(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}
