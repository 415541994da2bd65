package tty

import (
	"bytes"
	"testing"

	"vitrine/kernel/abi"
)

// FuzzPair drives both sides of a pseudo-terminal: nothing is lost on the way in raw mode, buffers stay bounded, and a
// pair is gone when both sides are closed.
func FuzzPair(f *testing.F) {
	f.Add([]byte("\x00hello\x01out\x02\x03\x04\x05\x00\x13\x11"), true)
	f.Add([]byte("\x00abc\x7f\n\x03\x09\x02\x08\x06\x07\x03"), false)
	f.Fuzz(func(t *testing.T, ops []byte, raw bool) {
		s := NewSet(&recorder{})
		dev, ok := s.NewPty()
		if !ok || s.OpenSlave(dev) != abi.EIO {
			t.Fatal("a new pair is not locked")
		}
		s.Pty(dev).Locked = false
		if s.OpenSlave(dev) != abi.OK {
			t.Fatal("it cannot be opened")
		}
		slave := s.Find(dev)
		if raw {
			slave.SetTermios(abi.Termios{Cc: [abi.NCCS]uint8{abi.VMIN: 1}})
		}
		var down, up, gotDown, gotUp []byte
		buf := make([]byte, 300)
		for i, op := range ops {
			slave = s.Find(dev)
			chunk := bytes.Repeat([]byte{op}, 1+i*37%3000)
			switch op % 8 {
			case 0, 1:
				down = append(down, chunk[:s.MasterWrite(dev, chunk)]...)
			case 2, 3:
				up = append(up, chunk[:slave.Write(chunk)]...)
			case 4:
				gotUp = append(gotUp, buf[:s.MasterRead(dev, buf)]...)
			case 5:
				if slave.Ready() {
					gotDown = append(gotDown, buf[:slave.Read(buf)]...)
				}
			case 6:
				s.Pty(dev).Packet = !raw && !s.Pty(dev).Packet
			case 7:
				if !raw {
					slave.Hangup()
				}
			}
			p := s.Pty(dev)
			if n := &p.Slave; len(p.Out) > masterRoom+8 || len(n.Pending) > ptyLimit || len(n.Held) > MaxPending || n.Head-n.Tail > BufSize {
				t.Fatalf("out %d, pending %d, held %d, typed %d", len(p.Out), len(n.Pending), len(n.Held), n.Head-n.Tail)
			}
		}
		if raw && (!bytes.HasPrefix(down, gotDown) || !bytes.HasPrefix(up, gotUp)) {
			t.Error("bytes were lost or changed")
		}
		s.CloseMaster(dev)
		if s.Pty(dev) == nil || s.OpenSlave(dev) != abi.EIO {
			t.Error("a pair whose slave is open is gone, or opens without a master")
		}
		if s.CloseSlave(dev); s.State.Ptys.Live != 0 {
			t.Error("a pair that nobody has open is still there")
		}
	})
}

// TestPtyLimit: the number of a closed pair is the next one's, and there is an end.
func TestPtyLimit(t *testing.T) {
	s := NewSet(&recorder{})
	for i := range MaxPtys {
		if dev, ok := s.NewPty(); !ok || dev != MajorSlave<<8|uint32(i) {
			t.Fatalf("pair %d: %#x %v", i, dev, ok)
		}
	}
	if _, ok := s.NewPty(); ok {
		t.Error("one too many")
	}
	s.CloseMaster(MajorMaster<<8 | 7)
	if dev, ok := s.NewPty(); !ok || dev != MajorSlave<<8|7 {
		t.Errorf("%#x %v", dev, ok)
	}
}
