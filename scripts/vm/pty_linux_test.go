package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pty is a pseudo-terminal of the host: the test sits at the master, the machine at the slave.
type pty struct {
	master, slave *os.File
	mu            sync.Mutex
	text          strings.Builder
}

func newPTY(t *testing.T, rows, cols uint16) *pty {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("the host has no pseudo-terminals: ", err)
	}
	var unlock, n int32
	ioctl(t, master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	ioctl(t, master, syscall.TIOCGPTN, unsafe.Pointer(&n))
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &pty{master: master, slave: slave}
	p.resize(t, rows, cols)
	go p.read()
	t.Cleanup(func() { master.Close(); slave.Close() })
	return p
}

func ioctl(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); e != 0 {
		t.Fatal(f.Name(), e)
	}
}

func (p *pty) resize(t *testing.T, rows, cols uint16) {
	t.Helper()
	size := [4]uint16{rows, cols}
	ioctl(t, p.master, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

func (p *pty) read() {
	b := make([]byte, 4096)
	for {
		n, err := p.master.Read(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.text.Write(b[:n])
		p.mu.Unlock()
	}
}

// seen is everything that was printed so far.
func (p *pty) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// start runs the machine at the pseudo-terminal.
func (p *pty) start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	needImage(t)
	cmd := exec.Command(vmPath(), append([]string{"-disk", diskImage}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.slave, p.slave, p.slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// say types text and waits until want has been printed after it.
func (p *pty) say(t *testing.T, text, want string) string {
	t.Helper()
	from := len(p.seen())
	if _, err := p.master.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return p.wait(t, from, want)
}

func (p *pty) wait(t *testing.T, from int, want string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text := p.seen()[from:]
		if strings.Contains(text, want) {
			return text
		}
		if time.Now().After(end) {
			t.Fatalf("no %q in:\n%s", want, text)
		}
	}
}
