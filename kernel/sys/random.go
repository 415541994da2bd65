package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Flags of getrandom(2).
const (
	grndNonblock = 1
	grndRandom   = 2
	grndInsecure = 4
)

var _ = define(kernel.Syscall{Nr: 318, Name: "getrandom", Man: "getrandom(2); drivers/char/random.c:getrandom",
	Args: args(pOut("buf", 1), pUint("buflen"), pFlags("flags", "getrandom")), Fn: getrandom})

func getrandom(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	flags := a.Uint(2)
	if flags&^uint32(grndNonblock|grndRandom|grndInsecure) != 0 || flags&(grndRandom|grndInsecure) == grndRandom|grndInsecure {
		return 0, abi.EINVAL
	}
	sp, e := oneSpan(k, a[0], a[1])
	if e != abi.OK {
		return 0, e
	}
	buf := make([]byte, min(sp.n, chunk))
	for got := uint64(0); got < sp.n; {
		n, e := sp.reach(k, t, got, min(chunk, sp.n-got), true)
		if e != abi.OK {
			return partial(got, e)
		}
		k.Random(buf[:n])
		if e := sp.out(k, t, got, buf[:n]); e != abi.OK {
			return partial(got, e)
		}
		got += n
	}
	return int64(sp.n), abi.OK
}
