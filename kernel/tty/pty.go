package tty

import (
	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// MaxPtys bounds the pairs. Linux has kernel.pty.max = 4096.
const MaxPtys = 256

// What waits on the way between the two sides, in bytes. Linux drivers/tty/pty.c:pty_common_install sets 8192; the
// master's line discipline holds another 4095.
const (
	ptyLimit   = 8192
	masterBuf  = BufSize - 1
	masterRoom = masterBuf + ptyLimit
)

// Pty is a pseudo-terminal: the slave is a terminal like any other, the master is the far end of its line. pty(7)
type Pty struct {
	Slave  Terminal
	Out    []byte // what the slave sent and the master has not read
	Locked bool   // TIOCSPTLCK: the slave cannot be opened

	Packet bool  // TIOCPKT: reads of the master begin with a control byte
	Status uint8 // TIOCPKT_* the master has not been told yet

	MasterOpen bool  // its open file is there
	Slaves     int32 // open files of the slave
	SlaveGone  bool  // the last of them was closed: reads of the master fail

	Instance uint32 // the devpts it is a name in
	UID, GID uint32 // of that name
	Mode     uint32
	Sec      int64 // when it was made or changed
	Nsec     uint32
}

// NewPty makes a locked pair and returns the slave's device number; ok is false when there are too many.
// Linux drivers/tty/pty.c:ptmx_open
func (s *Set) NewPty() (dev uint32, ok bool) {
	if s.State.Ptys.Live >= MaxPtys {
		return 0, false
	}
	id, p := s.State.Ptys.Alloc()
	dev = SlaveDev(id)
	p.Slave = Terminal{Dev: dev, Termios: ptyTermios}
	p.Locked, p.MasterOpen = true, true
	return dev, true
}

// PtyID is the number of the pair that a device number names.
func PtyID(dev uint32) state.ID { return state.ID(dev&0xff) + 1 }

// free lets a pair go when both sides are closed.
func (s *Set) free(dev uint32) {
	if p := s.Pty(dev); !p.MasterOpen && p.Slaves == 0 {
		s.State.Ptys.Free(PtyID(dev))
	}
}

// OpenSlave counts an open file of the slave. Linux drivers/tty/pty.c:pty_open
func (s *Set) OpenSlave(dev uint32) abi.Errno {
	p := s.Pty(dev)
	if p == nil || p.Locked || !p.MasterOpen {
		return abi.EIO
	}
	p.Slaves++
	p.SlaveGone = false
	return abi.OK
}

// CloseSlave takes one back. Linux drivers/tty/pty.c:pty_close
func (s *Set) CloseSlave(dev uint32) {
	p := s.Pty(dev)
	if p.Slaves--; p.Slaves == 0 {
		p.SlaveGone, p.Packet = true, false
		s.wakeMaster(dev)
	}
	s.free(dev)
}

// CloseMaster is the end of the master's file. The caller hangs the slave up first.
func (s *Set) CloseMaster(dev uint32) {
	p := s.Pty(dev)
	p.MasterOpen, p.Out = false, nil
	s.free(dev)
}

// MasterReady tells whether a read of the master would find something.
func (p *Pty) MasterReady() bool { return len(p.Out) > 0 || p.Packet && p.Status != 0 }

// MasterRead takes what the slave sent, in packet mode behind a control byte. Linux drivers/tty/n_tty.c:n_tty_read
func (s *Set) MasterRead(dev uint32, b []byte) int {
	p := s.Pty(dev)
	if len(b) == 0 || !p.MasterReady() {
		return 0
	}
	n := 0
	if p.Packet {
		b[0], n = p.Status, 1
		if p.Status != 0 {
			p.Status = 0
			return n
		}
	}
	got := copy(b[n:], p.Out[:min(len(p.Out), masterBuf)])
	p.Out = p.Out[got:]
	if len(p.Out) == 0 {
		p.Out = nil
	}
	s.Find(SlaveDev(PtyID(dev))).roomAgain()
	return n + got
}

// MasterWritable tells whether MasterWrite would take anything.
func (p *Pty) MasterWritable() bool { return len(p.Slave.Pending) < ptyLimit }

// MasterWrite types at the slave and returns how many bytes were taken. Linux drivers/tty/pty.c:pty_write
func (s *Set) MasterWrite(dev uint32, b []byte) int {
	p := s.Pty(dev)
	n := min(len(b), ptyLimit-len(p.Slave.Pending))
	if n > 0 {
		s.Find(SlaveDev(PtyID(dev))).Receive(b[:n])
	}
	return max(n, 0)
}

// MasterKey is what readers or writers of the master sleep on.
func MasterKey(dev uint32, write bool) wait.Key {
	kind := wait.TTYRead
	if write {
		kind = wait.TTYWrite
	}
	return wait.Key{Kind: kind, ID: uint64(MajorMaster<<8 | dev&0xff)}
}

func (s *Set) wakeMaster(dev uint32) {
	s.world.Wake(MasterKey(dev, false))
	s.world.Wake(MasterKey(dev, true))
}
