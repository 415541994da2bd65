package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// What poll(2) would say, as si_code and si_band tell it. sigaction(2); Linux fs/fcntl.c:band_table
const (
	pollIn  = 1
	pollOut = 2
	bandIn  = abi.POLLIN | abi.POLLRDNORM
	bandOut = abi.POLLOUT | abi.POLLWRNORM | abi.POLLWRBAND
)

// signalIO tells the owners of files with O_ASYNC that something happened to them. Linux fs/fcntl.c:send_sigio
func (k *Kernel) signalIO(key wait.Key) {
	k.VFS.AsyncOn(key, func(o vfs.SigOwner, write bool) {
		info := Siginfo{Signo: abi.SIGIO, Code: abi.SI_KERNEL}
		if o.Signal != 0 { // si_band lies where si_pid and si_uid do, si_fd where si_status does
			info = Siginfo{Signo: o.Signal, Code: pollIn, PID: bandIn, Status: o.FD}
			if write {
				info.Code, info.PID = pollOut, bandOut
			}
		}
		switch t := k.FindTask(o.ID); {
		case o.ID == 0:
		case o.Kind == vfs.OwnerGroup:
			k.SendSignalGroup(o.ID, info)
		case t == nil:
		case o.Kind == vfs.OwnerThread:
			k.SendSignal(t, info)
		default:
			k.SendSignalProcess(t, info)
		}
	})
}
