package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Device numbers of terminals. Linux Documentation/admin-guide/devices.txt
const (
	majorTTY    = 4 // minor 64 is ttyS0
	majorTTYAux = 5 // minor 0 /dev/tty, 1 /dev/console
	minorSerial = 64
)

// registerTTY makes the device files of the console.
func registerTTY(k *kernel.Kernel) {
	k.VFS.RegisterChar(majorTTY, ttyFile{k})
	k.VFS.RegisterChar(majorTTYAux, ttyFile{k})
}

// isTTY tells whether an open file is the console under one of its names.
func isTTY(k *kernel.Kernel, f vfs.FileID) bool {
	in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode)
	return in.Mode&abi.S_IFMT == abi.S_IFCHR && (vfs.Major(in.Rdev) == majorTTY || vfs.Major(in.Rdev) == majorTTYAux)
}

// ttyFile is the console as the file layer sees it. What depends on the task that asks (job control, timeouts) is
// done by the system calls before they come here.
type ttyFile struct{ k *kernel.Kernel }

func (d ttyFile) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno {
	minor := vfs.Minor(in.Rdev)
	switch {
	case vfs.Major(in.Rdev) == majorTTY && minor == minorSerial:
	case vfs.Major(in.Rdev) == majorTTYAux && minor == 1:
	case vfs.Major(in.Rdev) == majorTTYAux && minor == 0 && controls(d.k, d.k.Current()):
	default:
		return abi.ENXIO
	}
	return abi.OK
}

func (d ttyFile) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {}

func (d ttyFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if !d.k.TTY.Ready() {
		return 0, abi.EAGAIN
	}
	return d.k.TTY.Read(p), abi.OK
}

func (d ttyFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	if !d.k.TTY.Writable() {
		return 0, abi.EAGAIN
	}
	return d.k.TTY.Write(p), abi.OK
}

func (d ttyFile) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

func (d ttyFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	mask := uint32(0)
	if d.k.TTY.PollReady() {
		mask |= abi.POLLIN | abi.POLLRDNORM
	}
	if d.k.TTY.Writable() {
		mask |= abi.POLLOUT | abi.POLLWRNORM
	}
	return mask
}

func (d ttyFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	if write {
		return d.k.TTY.WriteKey()
	}
	return d.k.TTY.ReadKey()
}

func (d ttyFile) Seekable(in *vfs.Inode) bool { return false }

// controls tells whether the console is the controlling terminal of t.
func controls(k *kernel.Kernel, t *kernel.Task) bool {
	return t.SID != 0 && k.TTY.State.Session == t.SID
}

// acquireTTY makes a terminal that a session leader without one opens its controlling terminal; /dev/console never
// becomes one that way. Linux drivers/tty/tty_jobctrl.c:tty_open_proc_set_tty
func acquireTTY(k *kernel.Kernel, t *kernel.Task, fd int32) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK || !isTTY(k, f) || t.SID != t.TGID || k.TTY.State.Session != 0 {
		return
	}
	in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode)
	if vfs.Major(in.Rdev) == majorTTYAux && vfs.Minor(in.Rdev) == 1 {
		return
	}
	if k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_WRONLY {
		return
	}
	k.TTY.Claim(t.SID, t.PGID)
}

// ttyChange keeps a background process from using its controlling terminal: it gets sig. Writing is held back only
// with TOSTOP. Linux drivers/tty/tty_jobctrl.c:__tty_check_change
func ttyChange(k *kernel.Kernel, t *kernel.Task, sig int32, write bool) abi.Errno {
	if write && k.TTY.State.Termios.Lflag&abi.TOSTOP == 0 {
		return abi.OK
	}
	if !controls(k, t) || !k.TTY.Background(t.PGID) {
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

// readTTY is read(2) on the console. Linux drivers/tty/n_tty.c:n_tty_read
func readTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, sp span) (int64, abi.Errno) {
	if e := ttyChange(k, t, abi.SIGTTIN, false); e != abi.OK {
		return partial(t.Sys.Done, e)
	}
	if _, e := sp.reach(k, t, 0, 1, true); e != abi.OK {
		return 0, e
	}
	rules := k.TTY.ReadRules()
	if k.TTY.Ready() {
		buf := make([]byte, min(sp.n-t.Sys.Done, tty.BufSize))
		n := k.TTY.Read(buf)
		if e := sp.out(k, t, t.Sys.Done, buf[:n]); e != abi.OK {
			return 0, e
		}
		t.Sys.Done += uint64(n)
		if rules.Canonical || t.Sys.Done >= min(uint64(rules.Min), sp.n) {
			return int64(t.Sys.Done), abi.OK
		}
		t.Sys.Phase &^= deadlineSet
	}
	return waitTTY(k, t, f, rules)
}

// waitTTY sleeps until there is more to read, for as long as VTIME lets it.
func waitTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, rules tty.Rules) (int64, abi.Errno) {
	switch {
	case rules.NoWait:
		return int64(t.Sys.Done), abi.OK
	case rules.First > 0:
		setDeadline(k, t, rules.First)
	case rules.Between > 0 && t.Sys.Done > 0:
		setDeadline(k, t, rules.Between)
	}
	until, over := expired(k, t)
	if over {
		return int64(t.Sys.Done), abi.OK
	}
	if k.VFS.FileFlags(f)&abi.O_NONBLOCK != 0 {
		return partial(t.Sys.Done, abi.EAGAIN)
	}
	return sleep(k, t, until, k.TTY.ReadKey())
}
