package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// controls tells whether a terminal is the controlling one of t.
func controls(k *kernel.Kernel, t *kernel.Task, x *tty.TTY) bool {
	return k.Process(t).TTY == x.State.Dev
}

// acquireTTY makes a terminal that a session leader without one opens its controlling terminal; /dev/console and
// masters never become one that way. Linux drivers/tty/tty_jobctrl.c:tty_open_proc_set_tty
func acquireTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID) {
	if t.SID != t.TGID || k.Process(t).TTY != 0 || !isTTY(k, f) {
		return
	}
	x := terminalOf(k, k.VFS.File(f))
	if x.master() || x.console || x.State.Session != 0 || k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_WRONLY {
		return
	}
	k.SetTTY(t, x.TTY)
}

// ttyChange keeps a background process from using its controlling terminal: it gets sig.
// Linux drivers/tty/tty_jobctrl.c:__tty_check_change
func ttyChange(k *kernel.Kernel, t *kernel.Task, x *tty.TTY, sig int32) abi.Errno {
	if !controls(k, t, x) || !x.Background(t.PGID) {
		return abi.OK
	}
	if t.Sig.Blocked>>(sig-1)&1 != 0 || k.Sighand(t).Action[sig].Handler == abi.SIG_IGN {
		if sig == abi.SIGTTIN {
			return abi.EIO
		}
		return abi.OK
	}
	if k.OrphanedGroup(t.PGID) {
		return abi.EIO
	}
	k.SendSignalGroup(t.PGID, kernel.Siginfo{Signo: sig, Code: abi.SI_KERNEL})
	return abi.ErrRestartSys
}

// mayWriteTTY holds a background process's output back, with TOSTOP.
func mayWriteTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID) abi.Errno {
	x := terminalOf(k, k.VFS.File(f))
	if x.dead || x.master() || x.State.Termios.Lflag&abi.TOSTOP == 0 {
		return abi.OK
	}
	return ttyChange(k, t, x.TTY, abi.SIGTTOU)
}

// jobIoctl is what concerns sessions and process groups. Linux drivers/tty/tty_jobctrl.c:tty_jobctrl_ioctl
func jobIoctl(k *kernel.Kernel, t *kernel.Task, x *terminal, f vfs.FileID, cmd uint32, arg uint64) (int64, abi.Errno) {
	s := x.State
	switch cmd {
	case abi.TIOCGPGRP:
		if !x.master() && !controls(k, t, x.TTY) {
			return 0, abi.ENOTTY
		}
		return done(k.WriteU32(t, arg, uint32(s.PGrp)))
	case abi.TIOCGSID:
		if !x.master() && !controls(k, t, x.TTY) || s.Session == 0 {
			return 0, abi.ENOTTY
		}
		return done(k.WriteU32(t, arg, uint32(s.Session)))
	case abi.TIOCSPGRP:
		return setForeground(k, t, x.TTY, arg)
	case abi.TIOCSCTTY:
		return takeTTY(k, t, x, f, arg)
	case abi.TIOCNOTTY:
		if x.master() || !controls(k, t, x.TTY) {
			return 0, abi.ENOTTY
		}
		if t.SID == t.TGID {
			k.Disassociate(t, false)
		}
		k.Process(t).TTY = 0
		return 0, abi.OK
	}
	return 0, abi.ENOTTY
}

// setForeground is tcsetpgrp(3).
func setForeground(k *kernel.Kernel, t *kernel.Task, x *tty.TTY, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, x, abi.SIGTTOU); e == abi.EIO {
		return 0, abi.ENOTTY
	} else if e != abi.OK {
		return 0, e
	}
	v, e := k.ReadU32(t, arg)
	if e != abi.OK {
		return 0, e
	}
	if int32(v) < 0 {
		return 0, abi.EINVAL
	}
	if !controls(k, t, x) || x.State.Session != t.SID {
		return 0, abi.ENOTTY
	}
	sid, ok := sessionOfGroup(k, int32(v))
	if !ok {
		return 0, abi.ESRCH
	}
	if sid != t.SID {
		return 0, abi.EPERM
	}
	x.State.PGrp = int32(v)
	return 0, abi.OK
}

// sessionOfGroup finds the session of a process group; ok is false when the group has no member.
func sessionOfGroup(k *kernel.Kernel, pgid int32) (sid int32, ok bool) {
	if pgid == 0 || !k.NamesGroup(pgid) {
		return 0, false // init's, until it makes another: nobody can name it
	}
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.PGID == pgid && t.Leader() && t.Run != kernel.Dead {
			sid, ok = t.SID, true
		}
		return !ok
	})
	return sid, ok
}

// takeTTY is TIOCSCTTY: a session leader without a terminal takes this one, root even from another session.
// Linux drivers/tty/tty_jobctrl.c:tiocsctty
func takeTTY(k *kernel.Kernel, t *kernel.Task, x *terminal, f vfs.FileID, arg uint64) (int64, abi.Errno) {
	s := x.State
	leader, root := t.SID == t.TGID, t.Capable(abi.CAP_SYS_ADMIN)
	if leader && s.Session == t.SID {
		return 0, abi.OK
	}
	switch {
	case !leader || k.Process(t).TTY != 0,
		s.Session != 0 && (arg != 1 || !root),
		k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_WRONLY && !root:
		return 0, abi.EPERM
	}
	if s.Session != 0 {
		k.ClearSessionTTY(s.Session)
	}
	k.SetTTY(t, x.TTY)
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 153, Name: "vhangup", Man: "vhangup(2); drivers/tty/tty_io.c:tty_vhangup_self", Fn: vhangup})

func vhangup(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SYS_TTY_CONFIG) {
		return 0, abi.EPERM
	}
	if term := k.Terms.Find(k.Process(t).TTY); term != nil {
		k.Hangup(term)
	}
	return 0, abi.OK
}
