package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// howSize is sizeof(struct open_how) of today: flags, mode, resolve.
const howSize = 24

// howMax is how much longer a later one may be.
const howMax = 4096

// openKnown are all flags of open(2): openat2 refuses others, which open(2) passes over. Linux VALID_OPEN_FLAGS
const openKnown = abi.O_ACCMODE | abi.O_CREAT | abi.O_EXCL | abi.O_NOCTTY | abi.O_TRUNC | abi.O_APPEND | abi.O_NONBLOCK | abi.O_SYNC |
	abi.O_ASYNC | abi.O_DIRECT | abi.O_LARGEFILE | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_NOATIME | abi.O_CLOEXEC | abi.O_PATH | abi.O_TMPFILE

var _ = define(kernel.Syscall{Nr: 437, Name: "openat2", Man: "openat2(2); fs/open.c:openat2",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pPtr("how"), pUint("size")), Fn: openatHow})

func openatHow(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	size := a[3]
	switch {
	case size < howSize:
		return 0, abi.EINVAL
	case size > howMax:
		return 0, abi.E2BIG
	}
	raw := make([]byte, size)
	if e := k.CopyIn(t, a[2], raw); e != abi.OK {
		return 0, e
	}
	for _, b := range raw[howSize:] {
		if b != 0 {
			return 0, abi.E2BIG
		}
	}
	le := binary.LittleEndian
	flags, mode, resolve := le.Uint64(raw), le.Uint64(raw[8:]), le.Uint64(raw[16:])
	if e := checkHow(flags, mode, resolve); e != abi.OK {
		return 0, e
	}
	return openWith(k, t, a.Int(0), a[1], uint32(flags), uint32(mode), uint32(resolve))
}

// checkHow refuses what makes no sense. Linux fs/open.c:build_open_flags
func checkHow(flags, mode, resolve uint64) abi.Errno {
	const pathOnly = abi.O_PATH | abi.O_DIRECTORY | abi.O_NOFOLLOW | abi.O_CLOEXEC
	makes := flags&abi.O_CREAT != 0 || flags&abi.O_TMPFILE == abi.O_TMPFILE
	switch {
	case flags&^openKnown != 0, resolve&^vfs.ResolveMask != 0,
		resolve&vfs.RESOLVE_BENEATH != 0 && resolve&vfs.RESOLVE_IN_ROOT != 0,
		makes && mode&^0o7777 != 0, !makes && mode != 0,
		flags&abi.O_PATH != 0 && flags&^pathOnly != 0:
		return abi.EINVAL
	case resolve&vfs.RESOLVE_CACHED != 0 && (makes || flags&abi.O_TRUNC != 0):
		return abi.EAGAIN
	}
	return abi.OK
}
