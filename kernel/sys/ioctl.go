package sys

import (
	"encoding/binary"
	"fmt"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 16, Name: "ioctl", Man: "ioctl(2); fs/ioctl.c:do_vfs_ioctl", Missing: "requests of devices that are not here",
	Args: args(pFD("fd"), pFlags("request", "ioctl"), pResult("argp", "tty")), Fn: ioctl})

func ioctl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c, fd, cmd, arg := k.Ctx(t), a.Int(0), a.Uint(1), a[2]
	f, e := k.VFS.Get(c, fd)
	if e != abi.OK {
		return 0, e
	}
	switch cmd {
	case abi.FIOCLEX, abi.FIONCLEX:
		return done(k.VFS.SetCloexec(c, fd, cmd == abi.FIOCLEX))
	case abi.FIONBIO:
		return setNonblock(k, t, f, arg)
	case abi.FIOASYNC:
		_, e := k.ReadU32(t, arg)
		return 0, e
	}
	if isTTY(k, f) {
		return ttyIoctl(k, t, cmd, arg)
	}
	if cmd == abi.FIONREAD {
		if n, ok := unread(k, f); ok {
			return done(k.WriteU32(t, arg, n))
		}
	}
	n, e := k.VFS.Ioctl(f, cmd, arg, userMemory{k, t})
	if e == abi.ErrNoIoctlCmd {
		e = abi.ENOTTY
	}
	if e == abi.ENOTTY && !askedOfAll(cmd) {
		k.Lacks(t, "ioctl %#x of %s", cmd, fileKind(k, f))
	}
	return n, e
}

// fileKind names what an open file is, for the log.
func fileKind(k *kernel.Kernel, f vfs.FileID) string {
	switch in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode); in.Mode & abi.S_IFMT {
	case abi.S_IFREG:
		return "a file"
	case abi.S_IFDIR:
		return "a directory"
	case abi.S_IFIFO:
		return "a pipe"
	case abi.S_IFSOCK:
		return "a socket"
	case abi.S_IFCHR, abi.S_IFBLK:
		return fmt.Sprintf("device %d:%d", vfs.Major(in.Rdev), vfs.Minor(in.Rdev))
	}
	return "an anonymous file"
}

// askedOfAll tells of requests that programs make of any file to learn what it is: no answer is the answer.
func askedOfAll(cmd uint32) bool {
	switch cmd {
	case abi.TCGETS, abi.TIOCGWINSZ, abi.TIOCGPGRP, abi.TIOCSPGRP, abi.FIONREAD:
		return true
	}
	return false
}

// userMemory is a task's memory as drivers see it.
type userMemory struct {
	k *kernel.Kernel
	t *kernel.Task
}

func (m userMemory) CopyIn(p []byte, addr uint64) abi.Errno  { return m.k.CopyIn(m.t, addr, p) }
func (m userMemory) CopyOut(addr uint64, p []byte) abi.Errno { return m.k.CopyOut(m.t, addr, p) }

func setNonblock(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, arg uint64) (int64, abi.Errno) {
	on, e := k.ReadU32(t, arg)
	if e != abi.OK {
		return 0, e
	}
	flags := k.VFS.FileFlags(f) &^ abi.O_NONBLOCK
	if on != 0 {
		flags |= abi.O_NONBLOCK
	}
	return done(k.VFS.SetFileFlags(f, flags))
}

// unread is FIONREAD for regular files and pipes.
func unread(k *kernel.Kernel, f vfs.FileID) (uint32, bool) {
	file := k.VFS.S.Files.Get(f)
	in := k.VFS.S.Inodes.Get(file.Inode)
	if p := k.VFS.S.Pipes.Get(in.Pipe); p != nil {
		return p.Count(), true
	}
	if in.Mode&abi.S_IFMT == abi.S_IFREG {
		return uint32(int64(in.Size) - file.Pos), true
	}
	return 0, false
}

// ttyIoctl is ioctl(2) on the console. Linux drivers/tty/tty_io.c:tty_ioctl, tty_ioctl.c:tty_mode_ioctl
func ttyIoctl(k *kernel.Kernel, t *kernel.Task, cmd uint32, arg uint64) (int64, abi.Errno) {
	s := &k.TTY.State
	switch cmd {
	case abi.TCGETS:
		b := s.Termios.Encode()
		return done(k.CopyOut(t, arg, b[:]))
	case abi.TCSETS, abi.TCSETSW, abi.TCSETSF:
		return setTermios(k, t, cmd == abi.TCSETSF, arg)
	case abi.TCGETA:
		return done(k.CopyOut(t, arg, encodeTermio(&s.Termios)))
	case abi.TCSETA, abi.TCSETAW, abi.TCSETAF:
		return setTermio(k, t, cmd == abi.TCSETAF, arg)
	case abi.TIOCGWINSZ:
		b := s.Winsize.Encode()
		return done(k.CopyOut(t, arg, b[:]))
	case abi.TIOCSWINSZ:
		return setWinsize(k, t, arg)
	case abi.FIONREAD:
		return done(k.WriteU32(t, arg, uint32(k.TTY.InputCount())))
	case abi.TIOCOUTQ, abi.TIOCGETD:
		return done(k.WriteU32(t, arg, 0)) // output has left; the line discipline is N_TTY
	case abi.TIOCEXCL, abi.TIOCNXCL:
		return 0, abi.OK
	case abi.TCFLSH, abi.TCXONC, abi.TCSBRK, abi.TCSBRKP:
		return ttyFlow(k, t, cmd, arg)
	case abi.TIOCSTI:
		return pushInput(k, t, arg)
	}
	return jobIoctl(k, t, cmd, arg)
}

func setTermios(k *kernel.Kernel, t *kernel.Task, flush bool, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, abi.SIGTTOU, false); e != abi.OK {
		return 0, e
	}
	var b [abi.TermiosSize]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	var ts abi.Termios
	ts.Decode(&b)
	if flush {
		k.TTY.FlushInput()
	}
	k.TTY.SetTermios(ts)
	return 0, abi.OK
}

// encodeTermio lays out the older struct termio: 16-bit modes and 8 control characters.
func encodeTermio(ts *abi.Termios) []byte {
	var p packer
	for _, flags := range []uint32{ts.Iflag, ts.Oflag, ts.Cflag, ts.Lflag} {
		p.u16(uint16(flags))
	}
	p.b = append(p.b, ts.Line)
	p.b = append(p.b, ts.Cc[:8]...)
	p.pad(1)
	return p.b
}

// setTermio changes the lower halves of the modes and the first 8 control characters.
func setTermio(k *kernel.Kernel, t *kernel.Task, flush bool, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, abi.SIGTTOU, false); e != abi.OK {
		return 0, e
	}
	var b [18]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	ts := k.TTY.State.Termios
	for i, flags := range []*uint32{&ts.Iflag, &ts.Oflag, &ts.Cflag, &ts.Lflag} {
		*flags = *flags&^0xffff | uint32(binary.LittleEndian.Uint16(b[2*i:]))
	}
	copy(ts.Cc[:8], b[9:17])
	if flush {
		k.TTY.FlushInput()
	}
	k.TTY.SetTermios(ts)
	return 0, abi.OK
}

func setWinsize(k *kernel.Kernel, t *kernel.Task, arg uint64) (int64, abi.Errno) {
	var b [abi.WinsizeSize]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	var w abi.Winsize
	w.Decode(&b)
	k.TTY.SetWinsize(w)
	return 0, abi.OK
}

// ttyFlow is tcflush(3), tcflow(3), tcdrain(3) and tcsendbreak(3).
func ttyFlow(k *kernel.Kernel, t *kernel.Task, cmd uint32, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, abi.SIGTTOU, false); e != abi.OK {
		return 0, e
	}
	if cmd == abi.TCSBRK || cmd == abi.TCSBRKP {
		return 0, abi.OK
	}
	if arg > abi.TCION || cmd == abi.TCFLSH && arg > abi.TCIOFLUSH {
		return 0, abi.EINVAL
	}
	if cmd == abi.TCFLSH {
		if arg != abi.TCOFLUSH {
			k.TTY.FlushInput()
		}
		if arg != abi.TCIFLUSH {
			k.TTY.FlushOutput()
		}
		return 0, abi.OK
	}
	cc := &k.TTY.State.Termios.Cc
	switch arg {
	case abi.TCOOFF:
		k.TTY.StopFirmly()
	case abi.TCOON:
		k.TTY.StartFirmly()
	case abi.TCIOFF:
		k.TTY.World.Put(cc[abi.VSTOP])
	case abi.TCION:
		k.TTY.World.Put(cc[abi.VSTART])
	}
	return 0, abi.OK
}

// pushInput is TIOCSTI: a byte as if typed.
func pushInput(k *kernel.Kernel, t *kernel.Task, arg uint64) (int64, abi.Errno) {
	if !controls(k, t) && t.Cred.EUID != 0 {
		return 0, abi.EPERM
	}
	var b [1]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	k.TTY.Receive(b[:])
	return 0, abi.OK
}

// jobIoctl is what concerns sessions and process groups. Linux drivers/tty/tty_jobctrl.c:tty_jobctrl_ioctl
func jobIoctl(k *kernel.Kernel, t *kernel.Task, cmd uint32, arg uint64) (int64, abi.Errno) {
	s := &k.TTY.State
	switch cmd {
	case abi.TIOCGPGRP, abi.TIOCGSID:
		if !controls(k, t) {
			return 0, abi.ENOTTY
		}
		id := s.PGrp
		if cmd == abi.TIOCGSID {
			id = s.Session
		}
		return done(k.WriteU32(t, arg, uint32(id)))
	case abi.TIOCSPGRP:
		return setForeground(k, t, arg)
	case abi.TIOCSCTTY:
		return takeTTY(k, t, arg)
	case abi.TIOCNOTTY:
		if !controls(k, t) {
			return 0, abi.ENOTTY
		}
		if t.SID == t.TGID {
			k.TTY.Release()
		}
		return 0, abi.OK
	}
	return 0, abi.ENOTTY
}

// setForeground is tcsetpgrp(3).
func setForeground(k *kernel.Kernel, t *kernel.Task, arg uint64) (int64, abi.Errno) {
	if e := ttyChange(k, t, abi.SIGTTOU, false); e == abi.EIO {
		return 0, abi.ENOTTY
	} else if e != abi.OK {
		return 0, e
	}
	if !controls(k, t) {
		return 0, abi.ENOTTY
	}
	v, e := k.ReadU32(t, arg)
	if e != abi.OK {
		return 0, e
	}
	if int32(v) < 0 {
		return 0, abi.EINVAL
	}
	sid, ok := sessionOfGroup(k, int32(v))
	if !ok {
		return 0, abi.ESRCH
	}
	if sid != t.SID {
		return 0, abi.EPERM
	}
	k.TTY.State.PGrp = int32(v)
	return 0, abi.OK
}

// sessionOfGroup finds the session of a process group; ok is false when the group has no member.
func sessionOfGroup(k *kernel.Kernel, pgid int32) (sid int32, ok bool) {
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.PGID == pgid && t.PID != 0 && t.Leader() && t.Run != kernel.Dead {
			sid, ok = t.SID, true
		}
		return !ok
	})
	return sid, ok
}

// takeTTY is TIOCSCTTY: a session leader takes the terminal, root even from another session.
// Linux drivers/tty/tty_jobctrl.c:tiocsctty
func takeTTY(k *kernel.Kernel, t *kernel.Task, arg uint64) (int64, abi.Errno) {
	s := &k.TTY.State
	leader := t.SID == t.TGID
	if leader && s.Session == t.SID {
		return 0, abi.OK
	}
	if !leader || s.Session != 0 && (arg != 1 || t.Cred.EUID != 0) {
		return 0, abi.EPERM
	}
	k.TTY.Claim(t.SID, t.PGID)
	return 0, abi.OK
}
