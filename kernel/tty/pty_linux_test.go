package tty

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// recorder is a World that keeps what leaves.
type recorder struct {
	out     []byte
	signals []string
	woken   int
}

func (r *recorder) Put(b byte)      { r.out = append(r.out, b) }
func (r *recorder) Wake(k wait.Key) { r.woken++ }
func (r *recorder) SignalGroup(pgrp int32, sig int) {
	r.signals = append(r.signals, fmt.Sprintf("%d:%d", pgrp, sig))
}

// pty is a pseudo-terminal of the host: the same line discipline, in the original.
type pty struct {
	master, slave int
	pause         time.Duration // how long to wait for its work queue
}

func ioctl(fd int, cmd uintptr, p unsafe.Pointer) error {
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), cmd, uintptr(p)); e != 0 {
		return e
	}
	return nil
}

func openPTY(t *testing.T) *pty {
	t.Helper()
	master, err := syscall.Open("/dev/ptmx", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	var n, unlock int32
	if err := ioctl(master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock)); err != nil {
		t.Skip(err)
	}
	if err := ioctl(master, syscall.TIOCGPTN, unsafe.Pointer(&n)); err != nil {
		t.Skip(err)
	}
	slave, err := syscall.Open("/dev/pts/"+strconv.Itoa(int(n)), syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { syscall.Close(slave); syscall.Close(master) })
	return &pty{master, slave, 300 * time.Microsecond}
}

// drain waits until the host's work queue has handled what was written, and returns what left.
func (p *pty) drain() []byte {
	var out []byte
	buf := make([]byte, 65536)
	for quiet := 0; quiet < 2; {
		time.Sleep(p.pause)
		n, err := syscall.Read(p.master, buf)
		if err != nil || n == 0 {
			quiet++
			continue
		}
		out = append(out, buf[:n]...)
		quiet = 0
	}
	return out
}

func (p *pty) setTermios(ts abi.Termios) error {
	b := ts.Encode()
	return ioctl(p.slave, abi.TCSETS, unsafe.Pointer(&b[0]))
}

func (p *pty) termios() (ts abi.Termios) {
	var b [abi.TermiosSize]byte
	ioctl(p.slave, abi.TCGETS, unsafe.Pointer(&b[0]))
	ts.Decode(&b)
	return ts
}

// step is one action on both terminals.
type step struct {
	kind string // type, paste, read, write, set
	data []byte
	n    int
	ts   abi.Termios
}

func (s step) String() string {
	switch s.kind {
	case "read":
		return fmt.Sprintf("read(%d)", s.n)
	case "set":
		return fmt.Sprintf("set(i=%#o o=%#o l=%#o)", s.ts.Iflag, s.ts.Oflag, s.ts.Lflag)
	}
	return fmt.Sprintf("%s(%q)", s.kind, s.data)
}

// compare plays the steps on both and reports the first difference. A busy host gets more time.
func compare(t *testing.T, steps []step) {
	t.Helper()
	failure := ""
	for _, pause := range []time.Duration{300 * time.Microsecond, 3 * time.Millisecond, 30 * time.Millisecond} {
		if failure = attempt(t, steps, pause); failure == "" {
			return
		}
	}
	t.Fatal(failure)
}

func attempt(t *testing.T, steps []step, pause time.Duration) string {
	t.Helper()
	host := openPTY(t)
	host.pause = pause
	rec := &recorder{}
	ours := New(1, rec)
	for i, s := range steps {
		var hostGot, oursGot string
		switch s.kind {
		case "type":
			for _, c := range s.data { // one by one: ^C throws away what has not been drained
				syscall.Write(host.master, []byte{c})
				ours.Receive([]byte{c})
				for wait := 0; wait == 0 || wait < 50 && len(hostGot) < len(rec.out); wait++ {
					hostGot += string(host.drain())
				}
			}
		case "paste":
			syscall.Write(host.master, s.data)
			ours.Receive(s.data)
			hostGot = string(host.drain())
		case "write":
			n, err := syscall.Write(host.slave, s.data)
			hostGot = fmt.Sprintf("%d %v ", max(n, 0), err == nil) + string(host.drain())
			n = ours.Write(s.data)
			oursGot = fmt.Sprintf("%d %v ", n, n > 0)
		case "read":
			buf := make([]byte, s.n)
			n, err := syscall.Read(host.slave, buf)
			hostGot = fmt.Sprintf("%v %q ", err == nil, buf[:max(n, 0)]) + string(host.drain())
			ready := ours.Ready() || ours.ReadRules().NoWait
			n = ours.Read(buf)
			oursGot = fmt.Sprintf("%v %q ", ready, buf[:n])
		case "set":
			s.ts.Cflag |= abi.B38400 | abi.CS8 | abi.CREAD
			if err := host.setTermios(s.ts); err != nil {
				t.Fatal(err)
			}
			hostGot = string(host.drain())
			ours.SetTermios(s.ts)
		}
		oursGot += string(rec.out) + fmt.Sprint(" ", ours.InputCount())
		rec.out = nil
		told := hostGot
		for wait := 0; wait < 50 && hostGot != oursGot; wait++ { // the host may be busy
			told += string(host.drain())
			var inq int32
			ioctl(host.slave, abi.FIONREAD, unsafe.Pointer(&inq))
			hostGot = told + fmt.Sprint(" ", inq)
		}
		if hostGot != oursGot {
			return fmt.Sprintf("step %d %v\nhost %q\nours %q\nall: %v", i, s, hostGot, oursGot, steps[:i+1])
		}
	}
	return ""
}

func typed(s string) step   { return step{kind: "type", data: []byte(s)} }
func reads(n int) step      { return step{kind: "read", n: n} }
func written(s string) step { return step{kind: "write", data: []byte(s)} }

func with(i, o, l uint32, lOff uint32) step {
	ts := StdTermios
	ts.Iflag |= i
	ts.Oflag |= o
	ts.Lflag = ts.Lflag&^lOff | l
	return step{kind: "set", ts: ts}
}

func TestStdTermiosIsTheHosts(t *testing.T) {
	host, ours := openPTY(t).termios(), StdTermios
	host.Cflag, ours.Cflag = 0, 0
	if host != ours {
		t.Errorf("host %+v\nours %+v", host, ours)
	}
}

func TestLinesAgainstHost(t *testing.T) {
	scripts := [][]step{
		{typed("hello\n"), reads(100)},
		{typed("abc\x7f\x7fX\r"), reads(100), reads(10)},
		{typed("one two three\x17\x17x\n"), reads(100)},
		{typed("kill me\x15new\n"), reads(3), reads(3), reads(3)},
		{typed("abc\x04"), reads(3), reads(3)},
		{typed("abc\x04def\n"), reads(2), reads(3), reads(10)},
		{typed("\x04"), reads(10), reads(10)},
		{typed("a\x16\x03b\x03c\n"), reads(10)},
		{typed("tab\there\x7f\x7f\x7f\x7f\x7f\x7fz\n"), reads(50)},
		{written("prompt> "), typed("\t\x01\t\x7f\x7f\x7f\x7f\n"), reads(50)},
		{typed("line\x12more\n"), reads(50)},
		{typed("stop\x13"), written("xyz"), typed("q"), typed("\x11"), written("xyz\n"), reads(10)},
		{with(abi.IUTF8, 0, 0, 0), typed("h\xc3\xa9\x7f\xe2\x82\xac\x7f\x7f\x7f\n"), reads(10)},
		{with(0, 0, abi.ECHOPRT, 0), typed("abc\x7f\x7fd\x7f\x7f\x7f\n"), reads(10)},
		{with(0, abi.XTABS, 0, 0), written("a\tb\bc\r\n\tz"), typed("\t\x7f\n")},
		{with(0, abi.OLCUC|abi.OCRNL|abi.ONOCR, 0, 0), written("abc\r\n\r\xe9z")},
		{with(0, 0, 0, abi.ICANON), typed("raw\x7f\x04\n"), reads(3), reads(30), reads(3)},
		{typed("abc"), with(0, 0, 0, abi.ICANON), reads(10), typed("xyz"), with(0, 0, 0, 0), reads(2), reads(10), typed("q\n"), reads(10)},
		{with(0, 0, abi.ECHONL, abi.ECHO), typed("quiet\n"), reads(10)},
		{with(abi.INLCR|abi.IGNCR, 0, 0, 0), typed("a\r\nb\n"), reads(10)},
		{with(abi.PARMRK, 0, 0, 0), typed("a\xffb\n"), reads(10)},
		{with(abi.ISTRIP|abi.IUCLC, 0, 0, 0), typed("A\xc1\xe1Z\n"), reads(10)},
		{with(0, 0, abi.NOFLSH, 0), typed("ab\x03cd\x1a\n"), reads(10)},
		{typed("ab\x03cd\x1c\n"), reads(10)},
		{typed("\x1b[A\x00\x7f\x7f\n"), reads(10)},
	}
	for i, steps := range scripts {
		t.Run(strconv.Itoa(i), func(t *testing.T) { compare(t, steps) })
	}
}

func TestFullBufferAgainstHost(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	host := openPTY(t)
	rec := &recorder{}
	ours := New(1, rec)
	ts := StdTermios
	ts.Lflag &^= abi.ECHO
	host.setTermios(ts)
	ours.SetTermios(ts)
	long := bytes.Repeat([]byte("0123456789"), 450)
	syscall.Write(host.master, long)
	ours.Receive(long)
	host.drain()
	syscall.Write(host.master, []byte("\x7fEND\n"))
	ours.Receive([]byte("\x7fEND\n"))
	host.drain()
	h, o := make([]byte, 8192), make([]byte, 8192)
	n, _ := syscall.Read(host.slave, h)
	m := ours.Read(o)
	if !bytes.Equal(h[:n], o[:m]) {
		t.Errorf("host %d bytes …%q\nours %d bytes …%q", n, h[max(n-20, 0):n], m, o[max(m-20, 0):m])
	}
}

// alphabet favours what the line discipline treats specially.
var alphabet = []byte("ab_ Z9\t\n\n\r\x7f\x7f\x15\x17\x04\x16\x12\x03\x1a\x1c\x13\x11\x11\x01\x00\xff\xc3\xa9\xd7")

func randomSteps(r *rand.Rand) []step {
	bytes := func(n int) []byte {
		p := make([]byte, n)
		for i := range p {
			p[i] = alphabet[r.Intn(len(alphabet))]
		}
		return p
	}
	iflags := []uint32{abi.ICRNL, abi.IXON, abi.IXANY, abi.INLCR, abi.IGNCR, abi.ISTRIP, abi.IUCLC, abi.IUTF8, abi.PARMRK}
	oflags := []uint32{abi.OPOST, abi.ONLCR, abi.OCRNL, abi.ONOCR, abi.ONLRET, abi.OLCUC, abi.XTABS}
	lflags := []uint32{abi.ISIG, abi.ICANON, abi.ECHO, abi.ECHOE, abi.ECHOK, abi.ECHONL, abi.NOFLSH, abi.ECHOCTL, abi.ECHOPRT, abi.ECHOKE, abi.IEXTEN}
	flip := func(v uint32, of []uint32) uint32 {
		for n := r.Intn(3); n > 0; n-- {
			v ^= of[r.Intn(len(of))]
		}
		return v
	}
	ts := StdTermios
	var steps []step
	for n := 4 + r.Intn(10); n > 0; n-- {
		switch r.Intn(7) {
		case 0:
			ts.Iflag, ts.Oflag, ts.Lflag = flip(ts.Iflag, iflags), flip(ts.Oflag, oflags), flip(ts.Lflag, lflags)
			steps = append(steps, step{kind: "set", ts: ts})
		case 1:
			steps = append(steps, step{kind: "write", data: bytes(1 + r.Intn(8))})
		case 2:
			steps = append(steps, reads(1+r.Intn(12)))
		case 3:
			steps = append(steps, step{kind: "paste", data: bytes(1 + r.Intn(20))})
		default:
			steps = append(steps, step{kind: "type", data: bytes(1 + r.Intn(10))})
		}
	}
	return steps
}

func TestRandomAgainstHost(t *testing.T) {
	rounds := 40
	if s := os.Getenv("TTY_ROUNDS"); s != "" {
		rounds, _ = strconv.Atoi(s)
	}
	for seed := 0; seed < rounds; seed++ {
		r := rand.New(rand.NewSource(int64(seed)))
		if !t.Run(strconv.Itoa(seed), func(t *testing.T) { compare(t, randomSteps(r)) }) && seed > 40 {
			return
		}
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte("abc\x7f\x15\x16\x03\n"), uint32(0), uint32(0))
	f.Fuzz(func(t *testing.T, p []byte, iflag, lflag uint32) {
		ours := New(1, &recorder{})
		ts := StdTermios
		ts.Iflag ^= iflag
		ts.Lflag ^= lflag
		ours.SetTermios(ts)
		ours.Receive(p)
		buf := make([]byte, 7)
		for ours.Ready() {
			ours.Read(buf)
		}
		if s := ours.State; s.Tail > s.Head || s.Canon > s.Head || s.Head-s.Tail > BufSize {
			t.Errorf("head %d tail %d canon %d", s.Head, s.Tail, s.Canon)
		}
	})
}
