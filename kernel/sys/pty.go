package sys

import (
	"strconv"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// openMaster makes a pseudo-terminal, with a name in the devpts that belongs to the ptmx opened.
// Linux drivers/tty/pty.c:ptmx_open
func openMaster(k *kernel.Kernel, f *vfs.File) abi.Errno {
	sb := k.VFS.DevptsOf(f)
	if sb == 0 {
		return abi.ENODEV
	}
	options, _ := parseDevpts(k.VFS.S.Supers.Get(sb).Data)
	if int(options.max) <= int(k.Terms.State.Ptys.Live) {
		return abi.ENOSPC
	}
	slave, ok := k.Terms.NewPty()
	if !ok {
		return abi.ENOSPC
	}
	c, p := &k.Current().Cred, k.Terms.Pty(slave)
	p.Instance, p.UID, p.GID, p.Mode = uint32(sb), c.FSUID, c.FSGID, abi.S_IFCHR|options.mode
	if options.setUID {
		p.UID = options.uid
	}
	if options.setGID {
		p.GID = options.gid
	}
	now := k.VFS.Now()
	p.Sec, p.Nsec = now.Sec, now.Nsec
	f.Seq = tty.MajorMaster<<8 | uint64(slave&0xff)
	return abi.OK
}

// masterIoctl serves the requests that only a master has; ok is false for others. Linux drivers/tty/pty.c:pty_unix98_ioctl
func masterIoctl(k *kernel.Kernel, t *kernel.Task, x *terminal, cmd uint32, arg uint64) (e abi.Errno, ok bool) {
	p := x.Pty
	switch cmd {
	case abi.TIOCGPTN:
		return k.WriteU32(t, arg, x.dev&0xff), true
	case abi.TIOCGPTLCK:
		return k.WriteU32(t, arg, uint32(toInt(p.Locked))), true
	case abi.TIOCGPKT:
		return k.WriteU32(t, arg, uint32(toInt(p.Packet))), true
	case abi.TIOCSPTLCK, abi.TIOCPKT:
		v, e := k.ReadU32(t, arg)
		if e != abi.OK {
			return e, true
		}
		if cmd == abi.TIOCSPTLCK {
			p.Locked = v != 0
			return abi.OK, true
		}
		if v != 0 && !p.Packet {
			p.Status = 0
		}
		p.Packet = v != 0
		return abi.OK, true
	case abi.TIOCSIG:
		return signalSlave(k, x, arg), true
	}
	return abi.OK, false
}

// signalSlave is TIOCSIG: one of the keyboard's signals to the foreground group. Linux drivers/tty/pty.c:pty_signal
func signalSlave(k *kernel.Kernel, x *terminal, arg uint64) abi.Errno {
	sig := int32(arg)
	if sig != abi.SIGINT && sig != abi.SIGQUIT && sig != abi.SIGTSTP {
		return abi.EINVAL
	}
	if x.State.PGrp != 0 {
		k.SendSignalGroup(x.State.PGrp, kernel.Siginfo{Signo: sig, Code: abi.SI_KERNEL})
	}
	return abi.OK
}

// openPeer is TIOCGPTPEER: the slave, opened without its name. Linux drivers/tty/pty.c:ptm_open_peer
func openPeer(k *kernel.Kernel, t *kernel.Task, x *terminal, flags uint32) (int64, abi.Errno) {
	if !x.master() {
		return 0, abi.EIO
	}
	c := k.Ctx(t)
	if !k.VFS.HasFreeFD(c) {
		return 0, abi.EMFILE
	}
	f, e := k.VFS.OpenName(c, vfs.FSID(x.Pty.Instance), strconv.Itoa(int(x.dev&0xff)), flags)
	if e != abi.OK {
		return 0, e
	}
	if flags&abi.O_NOCTTY == 0 {
		acquireTTY(k, t, f)
	}
	fd, e := k.VFS.Install(c, f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}
