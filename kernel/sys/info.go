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
	var p packer
	for _, s := range []string{"Linux", k.State.Hostname, Release, Version, Machine, "(none)"} {
		p.field(s, utsLen)
	}
	return done(k.CopyOut(t, a[0], p.b))
}

var _ = define(kernel.Syscall{Nr: 170, Name: "sethostname", Man: "sethostname(2); kernel/sys.c:sethostname",
	Args: args(pIn("name", 1), pUint("len")), Fn: sethostname})

func sethostname(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if t.Cred.EUID != 0 {
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

// Magic numbers and commands of reboot(2). Linux include/uapi/linux/reboot.h
const (
	rebootMagic1   = 0xfee1dead
	rebootMagic2   = 672274793
	rebootMagic2A  = 85072278
	rebootMagic2B  = 369367448
	rebootMagic2C  = 537993216
	rebootPowerOff = 0x4321fedc
	rebootRestart  = 0x01234567
	rebootHalt     = 0xcdef0123
	rebootCADOn    = 0x89abcdef
	rebootCADOff   = 0
)

var _ = define(kernel.Syscall{Nr: 169, Name: "reboot", Man: "reboot(2); kernel/reboot.c:reboot",
	Args: args(pHex("magic"), pHex("magic2"), pFlags("cmd", "reboot"), pHex("arg")), Fn: reboot})

// reboot powers off with the exit status in arg, which Linux ignores for this command.
func reboot(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if t.Cred.EUID != 0 {
		return 0, abi.EPERM
	}
	switch a.Uint(1) {
	case rebootMagic2, rebootMagic2A, rebootMagic2B, rebootMagic2C:
	default:
		return 0, abi.EINVAL
	}
	if a.Uint(0) != rebootMagic1 {
		return 0, abi.EINVAL
	}
	switch a.Uint(2) {
	case rebootPowerOff, rebootHalt:
		k.VFS.Sync()
		k.PowerOff(int32(a[3]))
	case rebootRestart:
		k.VFS.Sync()
		k.Restart()
	case rebootCADOn, rebootCADOff:
	default:
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}
