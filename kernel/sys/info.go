package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// What uname(2) says.
const (
	Release = kernel.Release
	Version = kernel.Version
	Machine = "x86_64"

	utsLen = 65 // each field, with its NUL
)

var _ = define(kernel.Syscall{Nr: 63, Name: "uname", Man: "uname(2); kernel/sys.c:newuname",
	Args: args(pResult("buf", "uname")), Fn: uname})

func uname(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	machine := Machine
	if k.Process(t).Personality&abi.PER_MASK == abi.PER_LINUX32 {
		machine = "i686" // Linux kernel/sys.c:override_architecture
	}
	var p packer
	for _, s := range []string{"Linux", k.State.Hostname, Release, Version, machine, "(none)"} {
		p.field(s, utsLen)
	}
	return done(k.CopyOut(t, a[0], p.b))
}

var _ = define(kernel.Syscall{Nr: 170, Name: "sethostname", Man: "sethostname(2); kernel/sys.c:sethostname",
	Args: args(pIn("name", 1), pUint("len")), Fn: sethostname})

func sethostname(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SYS_ADMIN) {
		return 0, abi.EPERM
	}
	if n := a.Int(1); n < 0 || n >= utsLen {
		return 0, abi.EINVAL
	}
	b := make([]byte, a.Int(1))
	if e := k.CopyIn(t, a[0], b); e != abi.OK {
		return 0, e
	}
	k.State.Hostname = string(b)
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 99, Name: "sysinfo", Man: "sysinfo(2); kernel/sys.c:do_sysinfo",
	Args: args(pPtr("info")), Fn: sysinfo})

// sysinfo writes struct sysinfo, 112 bytes. Loads have 16 fraction bits there, 11 here.
func sysinfo(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	m := memory(k)
	procs := uint16(0)
	k.ForEachTask(func(o *kernel.Task) bool {
		if o.PID != 0 {
			procs++
		}
		return true
	})
	var p packer
	p.u64(k.Now() / second)
	for _, load := range k.State.Load {
		p.u64(load << 5)
	}
	p.u64(m.total)
	p.u64(m.free)
	p.u64(0) // shared
	p.u64(m.buffers)
	p.u64(m.swap)
	p.u64(m.swapFree)
	p.u16(procs)
	p.pad(6)
	p.u64(0) // high memory
	p.u64(0)
	p.u32(1) // unit
	p.pad(112 - len(p.b))
	return done(k.CopyOut(t, a[0], p.b))
}

// Actions of syslog(2).
const (
	syslogRead        = 2
	syslogReadAll     = 3
	syslogReadClear   = 4
	syslogConsoleLvl  = 8
	syslogSizeUnread  = 9
	syslogSizeBuffer  = 10
	syslogFirstAction = 0
)

var _ = define(kernel.Syscall{Nr: 103, Name: "syslog", Man: "syslog(2); kernel/printk/printk.c:do_syslog",
	Args: args(pFlags("type", "syslog"), pOut("bufp", 2), pInt("len")), Fn: syslog})

func syslog(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	switch action := a.Int(0); {
	case action == syslogReadAll || action == syslogReadClear:
		if a[1] == 0 || a.Int(2) < 0 {
			return 0, abi.EINVAL
		}
		text := k.State.Log.Text
		if n := int(a.Int(2)); len(text) > n {
			text = text[len(text)-n:]
		}
		return int64(len(text)), k.CopyOut(t, a[1], text)
	case action == syslogSizeBuffer:
		return kernel.LogSize, abi.OK
	case action == syslogSizeUnread:
		return int64(len(k.State.Log.Text)), abi.OK
	case action >= syslogFirstAction && action <= syslogConsoleLvl && action != syslogRead:
		return 0, abi.OK
	}
	return 0, abi.EINVAL
}
