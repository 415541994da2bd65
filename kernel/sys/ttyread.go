package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// readTTY is read(2) on a terminal. Linux drivers/tty/n_tty.c:n_tty_read
func readTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, sp span) (int64, abi.Errno) {
	x := terminalOf(k, k.VFS.File(f))
	if x.dead {
		return readDead(t, &x)
	}
	if x.master() {
		return readMaster(k, t, f, &x, sp)
	}
	if e := ttyChange(k, t, x.TTY, abi.SIGTTIN); e != abi.OK {
		return partial(t.Sys.Done, e)
	}
	if _, e := sp.reach(k, t, 0, 1, true); e != abi.OK {
		return 0, e
	}
	rules := x.ReadRules()
	if x.Ready() {
		buf := make([]byte, min(sp.n-t.Sys.Done, tty.BufSize))
		n := x.Read(buf)
		if e := sp.out(k, t, t.Sys.Done, buf[:n]); e != abi.OK {
			return 0, e
		}
		t.Sys.Done += uint64(n)
		if rules.Canonical || t.Sys.Done >= min(uint64(rules.Min), sp.n) {
			return int64(t.Sys.Done), abi.OK
		}
		t.Sys.Phase &^= deadlineSet
	}
	return waitTTY(k, t, f, x.TTY, rules)
}

// readDead reads from a line that was cut: the end of the file, but an error for whoever was waiting when a
// pseudo-terminal's master closed.
func readDead(t *kernel.Task, x *terminal) (int64, abi.Errno) {
	if t.Sys.Slept && x.Pty != nil && !x.Pty.MasterOpen {
		return partial(t.Sys.Done, abi.EIO)
	}
	return int64(t.Sys.Done), abi.OK
}

// waitTTY sleeps until there is more to read, for as long as VTIME lets it.
func waitTTY(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, x *tty.TTY, rules tty.Rules) (int64, abi.Errno) {
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
	return sleep(k, t, until, x.ReadKey())
}

// readMaster is read(2) on a pseudo-terminal's master: whatever the slave's side sent; an error when nobody has it
// open any more.
func readMaster(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, x *terminal, sp span) (int64, abi.Errno) {
	if _, e := sp.reach(k, t, 0, 1, true); e != abi.OK {
		return 0, e
	}
	buf := make([]byte, min(sp.n, tty.BufSize))
	n, e := masterRead(k, x, buf)
	switch {
	case e == abi.EAGAIN && k.VFS.FileFlags(f)&abi.O_NONBLOCK == 0:
		return 0, k.Block(t, wait.Never, tty.MasterKey(x.dev, false))
	case e != abi.OK:
		return 0, e
	}
	return int64(n), sp.out(k, t, 0, buf[:n])
}

func masterRead(k *kernel.Kernel, x *terminal, p []byte) (int, abi.Errno) {
	switch {
	case x.Pty.MasterReady():
		return k.Terms.MasterRead(x.dev, p), abi.OK
	case x.Pty.SlaveGone:
		return 0, abi.EIO
	}
	return 0, abi.EAGAIN
}

func masterPoll(x *terminal) uint32 {
	p, mask := x.Pty, uint32(0)
	if p.MasterReady() {
		mask |= abi.POLLIN | abi.POLLRDNORM
	}
	if p.Packet && p.Status != 0 {
		mask |= abi.POLLPRI
	}
	if p.SlaveGone {
		mask |= abi.POLLHUP
	}
	if p.MasterWritable() {
		mask |= abi.POLLOUT | abi.POLLWRNORM
	}
	return mask
}
