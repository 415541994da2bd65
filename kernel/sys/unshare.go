package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 272, Name: "unshare", Man: "unshare(2); kernel/fork.c:ksys_unshare",
	Args: args(pFlags("flags", "clone")), Missing: "namespaces", Fn: unshare})

func unshare(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.Unshare(t, a[0]))
}

var _ = define(kernel.Syscall{Nr: 308, Name: "setns", Man: "setns(2); kernel/nsproxy.c:setns",
	Args: args(pFD("fd"), pFlags("nstype", "clone")), Missing: "namespaces", Fn: setns})

// setns: no file names a namespace here.
func setns(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if _, e := k.VFS.Get(k.Ctx(t), a.Int(0)); e != abi.OK {
		return 0, e
	}
	return 0, abi.EINVAL
}
