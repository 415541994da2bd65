package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 149, Name: "mlock", Man: "mlock(2); mm/mlock.c:do_mlock",
	Args: args(pPtr("addr"), pUint("len")), Fn: mlock})

func mlock(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.MM.Lock(spaceOf(k, t), a[0], a[1], false))
}

var _ = define(kernel.Syscall{Nr: 325, Name: "mlock2", Man: "mlock2(2); mm/mlock.c:mlock2",
	Args: args(pPtr("addr"), pUint("len"), pHex("flags")), Fn: mlock2})

func mlock2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const onFault = 1
	if a.Uint(2)&^onFault != 0 {
		return 0, abi.EINVAL
	}
	return done(k.MM.Lock(spaceOf(k, t), a[0], a[1], a.Uint(2)&onFault != 0))
}

var _ = define(kernel.Syscall{Nr: 150, Name: "munlock", Man: "munlock(2); mm/mlock.c:munlock",
	Args: args(pPtr("addr"), pUint("len")), Fn: munlock})

func munlock(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.MM.Unlock(t.ASID, a[0], a[1]))
}

var _ = define(kernel.Syscall{Nr: 151, Name: "mlockall", Man: "mlockall(2); mm/mlock.c:mlockall",
	Args: args(pFlags("flags", "mlockall")), Fn: mlockall})

func mlockall(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const current, future, onFault = 1, 2, 4
	f := a.Uint(0)
	if f == 0 || f == onFault || f&^uint32(current|future|onFault) != 0 {
		return 0, abi.EINVAL
	}
	return done(k.MM.LockAll(spaceOf(k, t), f&current != 0, f&future != 0, f&onFault != 0))
}

var _ = define(kernel.Syscall{Nr: 152, Name: "munlockall", Man: "munlockall(2); mm/mlock.c:munlockall", Fn: munlockall})

func munlockall(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	k.MM.UnlockAll(t.ASID)
	return 0, abi.OK
}
