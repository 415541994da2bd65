package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// registerTTY makes the files of terminals.
func registerTTY(k *kernel.Kernel) {
	k.VFS.RegisterChar(tty.MajorTTY, ttyFile{k})
	k.VFS.RegisterChar(tty.MajorTTYAux, ttyFile{k})
	k.VFS.RegisterChar(tty.MajorSlave, ttyFile{k})
	k.VFS.Register(vfs.Devpts, devpts{k: k})
}

// isTTY tells whether an open file is a terminal or a pseudo-terminal's master.
func isTTY(k *kernel.Kernel, f vfs.FileID) bool {
	in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode)
	if in.Mode&abi.S_IFMT != abi.S_IFCHR {
		return false
	}
	major := vfs.Major(in.Rdev)
	return major == tty.MajorTTY || major == tty.MajorTTYAux || major == tty.MajorSlave
}

// terminal is what an open file of a terminal stands for.
type terminal struct {
	*tty.TTY        // of a master: its slave's; nil when the pair is gone
	dev      uint32 // device number of the side the file is
	dead     bool   // hung up since it was opened
	console  bool   // opened as /dev/console, which is never hung up
}

// A terminal's file keeps in Seq which terminal it is, and how often that had been hung up when it was opened.
const seqConsole = 1 << 63

// terminalOf reads what openTerminal wrote.
func terminalOf(k *kernel.Kernel, f *vfs.File) terminal {
	dev := uint32(f.Seq)
	x := terminal{dev: dev, console: f.Seq&seqConsole != 0}
	if dev>>8 == tty.MajorMaster {
		x.TTY = k.Terms.Find(tty.SlaveDev(tty.PtyID(dev)))
		return x
	}
	x.TTY = k.Terms.Find(dev)
	x.dead = !x.console && x.State.Hangups != uint32(f.Seq>>32)
	return x
}

// master tells whether the file is the far end of a pseudo-terminal's line.
func (x *terminal) master() bool { return x.dev>>8 == tty.MajorMaster }

// ttyFile is a terminal as the file layer sees it. What depends on the task that asks (job control, timeouts) is
// done by the system calls before they come here.
type ttyFile struct{ k *kernel.Kernel }

// Open finds the terminal, or makes a pseudo-terminal. Linux drivers/tty/tty_io.c:tty_open, pty.c:ptmx_open
func (d ttyFile) Open(v *vfs.VFS, f *vfs.File, in *vfs.Inode) abi.Errno {
	dev := uint32(0)
	switch major, minor := vfs.Major(in.Rdev), vfs.Minor(in.Rdev); {
	case major == tty.MajorTTY && minor == tty.MinorSerial:
		dev = tty.Serial
	case major == tty.MajorTTYAux && minor == tty.MinorConsole:
		f.Seq = tty.Serial | seqConsole
		return abi.OK
	case major == tty.MajorTTYAux && minor == tty.MinorTTY:
		dev = d.k.Process(d.k.Current()).TTY
	case major == tty.MajorTTYAux && minor == tty.MinorPtmx:
		return openMaster(d.k, f)
	case major == tty.MajorSlave:
		if v.S.Supers.Get(in.SB).Kind != vfs.Devpts {
			return abi.EIO
		}
		dev = tty.MajorSlave<<8 | minor
	}
	if dev == 0 {
		return abi.ENXIO
	}
	return d.openTerminal(f, dev)
}

func (d ttyFile) openTerminal(f *vfs.File, dev uint32) abi.Errno {
	term := d.k.Terms.Find(dev)
	if term == nil {
		return abi.EIO
	}
	if term.State.Exclusive && !d.k.Current().Capable(abi.CAP_SYS_ADMIN) {
		return abi.EBUSY
	}
	if term.Pty != nil {
		if e := d.k.Terms.OpenSlave(dev); e != abi.OK {
			return e
		}
	}
	f.Seq = uint64(dev) | uint64(term.State.Hangups)<<32&^seqConsole
	return abi.OK
}

// Release closes one side of a pseudo-terminal. Linux drivers/tty/pty.c:pty_close
func (d ttyFile) Release(v *vfs.VFS, f *vfs.File, in *vfs.Inode) {
	x := terminalOf(d.k, f)
	switch {
	case x.master():
		d.k.Hangup(x.TTY)
		d.k.Terms.CloseMaster(x.dev)
	case x.Pty != nil:
		d.k.Terms.CloseSlave(x.dev)
	}
}

func (d ttyFile) Read(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	x := terminalOf(d.k, f)
	switch {
	case x.dead:
		return 0, abi.OK
	case x.master():
		return masterRead(d.k, &x, p)
	case !x.Ready():
		return 0, abi.EAGAIN
	}
	return x.TTY.Read(p), abi.OK
}

func (d ttyFile) Write(v *vfs.VFS, f *vfs.File, in *vfs.Inode, p []byte, off int64) (int, abi.Errno) {
	x := terminalOf(d.k, f)
	n := 0
	switch {
	case x.dead:
		return 0, abi.EIO
	case x.master():
		n = d.k.Terms.MasterWrite(x.dev, p)
	default:
		n = x.TTY.Write(p)
	}
	if n == 0 && len(p) > 0 {
		return 0, abi.EAGAIN
	}
	return n, abi.OK
}

func (d ttyFile) Ioctl(v *vfs.VFS, f *vfs.File, in *vfs.Inode, cmd uint32, arg uint64, um vfs.User) (int64, abi.Errno) {
	return 0, abi.ENOTTY
}

// Poll is Linux n_tty_poll and hung_up_tty_poll.
func (d ttyFile) Poll(v *vfs.VFS, f *vfs.File, in *vfs.Inode) uint32 {
	const input, output = abi.POLLIN | abi.POLLRDNORM, abi.POLLOUT | abi.POLLWRNORM
	x := terminalOf(d.k, f)
	if x.dead {
		return input | output | abi.POLLERR | abi.POLLHUP
	}
	if x.master() {
		return masterPoll(&x)
	}
	mask := uint32(0)
	if x.PollReady() {
		mask |= input
	}
	if x.Writable() {
		mask |= output
	}
	return mask
}

func (d ttyFile) WaitKey(v *vfs.VFS, f *vfs.File, in *vfs.Inode, write bool) wait.Key {
	x := terminalOf(d.k, f)
	switch {
	case x.master():
		return tty.MasterKey(x.dev, write)
	case write:
		return x.WriteKey()
	}
	return x.ReadKey()
}

func (d ttyFile) Seekable(in *vfs.Inode) bool { return false }
