package sys

import (
	"fmt"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 167, Name: "swapon", Man: "swapon(2); mm/swapfile.c:swapon",
	Args: args(pPath("path"), pFlags("swapflags", "swapon")), Fn: swapon})

func swapon(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	return done(k.SwapOn(t, path, a[1]&(1<<32-1)))
}

var _ = define(kernel.Syscall{Nr: 168, Name: "swapoff", Man: "swapoff(2); mm/swapfile.c:swapoff",
	Args: args(pPath("path")), Fn: swapoff})

func swapoff(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	return done(k.SwapOff(t, path))
}

// swaps is /proc/swaps. Linux mm/swapfile.c:swap_show
func swaps(k *kernel.Kernel) string {
	var b strings.Builder
	b.WriteString("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")
	tab := func(kb uint32) string {
		if kb < 10_000_000 {
			return "\t"
		}
		return ""
	}
	for i := range k.MM.State.Swap {
		s := &k.MM.State.Swap[i]
		if !s.On {
			continue
		}
		kind := "partition"
		if s.File {
			kind = "file\t"
		}
		size, used := s.Pages<<2, s.Used<<2
		fmt.Fprintf(&b, "%s%s%s\t%d\t%s%d\t%s%d\n", s.Path, strings.Repeat(" ", max(40-len(s.Path), 1)), kind, size, tab(size), used, tab(used), s.Prio)
	}
	return b.String()
}
