package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Magic numbers and commands of reboot(2). Linux include/uapi/linux/reboot.h
const (
	rebootMagic1   = 0xfee1dead
	rebootMagic2   = 672274793
	rebootMagic2A  = 85072278
	rebootMagic2B  = 369367448
	rebootMagic2C  = 537993216
	rebootPowerOff = 0x4321fedc
	rebootRestart  = 0x01234567
	rebootRestart2 = 0xa1b2c3d4
	rebootHalt     = 0xcdef0123
	rebootCADOn    = 0x89abcdef
	rebootCADOff   = 0
)

// maxRestart is how much of RESTART2's command is looked at.
const maxRestart = 255

var _ = define(kernel.Syscall{Nr: 169, Name: "reboot", Man: "reboot(2); kernel/reboot.c:reboot",
	Args: args(pHex("magic"), pHex("magic2"), pFlags("cmd", "reboot"), pHex("arg")), Fn: reboot})

// reboot stops the machine; the exit status in arg, which Linux ignores for POWER_OFF, is the computer's. Ctrl-Alt-Del
// is nobody's: the keyboard has no driver.
func reboot(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SYS_BOOT) {
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
	case rebootPowerOff:
		k.VFS.Sync()
		k.Printk("reboot: Power down")
		k.PowerOff(int32(a[3]))
	case rebootHalt:
		k.VFS.Sync()
		k.Printk("reboot: System halted")
		k.Halt()
	case rebootRestart:
		k.VFS.Sync()
		k.Printk("reboot: Restarting system")
		k.Restart()
	case rebootRestart2:
		command, e := restartCommand(k, t, a[3])
		if e != abi.OK {
			return 0, e
		}
		k.VFS.Sync()
		k.Printk("reboot: Restarting system with command '%s'", command)
		k.Restart()
	case rebootCADOn, rebootCADOff:
	default:
		return 0, abi.EINVAL
	}
	return 0, abi.OK
}

// restartCommand reads RESTART2's string, cut where Linux cuts it.
func restartCommand(k *kernel.Kernel, t *kernel.Task, addr uint64) (string, abi.Errno) {
	var command []byte
	for len(command) < maxRestart {
		var b [1]byte
		if e := k.CopyIn(t, addr+uint64(len(command)), b[:]); e != abi.OK {
			return "", e
		}
		if b[0] == 0 {
			break
		}
		command = append(command, b[0])
	}
	return string(command), abi.OK
}
