//go:build linux

package sys_test

import (
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"vitrine/kernel/boot"
)

// typist answers a program that asks to be typed at: a line "TYPE <hex>" in its output.
type typist struct {
	out  []byte
	seen int // up to here requests have been answered
}

// requests are the bytes asked for since the last call.
func (y *typist) requests(more []byte) [][]byte {
	y.out = append(y.out, more...)
	var all [][]byte
	for {
		rest := string(y.out[y.seen:])
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			return all
		}
		y.seen += end + 1
		line := strings.TrimRight(rest[:end], "\r")
		if i := strings.Index(line, "TYPE "); i >= 0 {
			if b, err := hex.DecodeString(line[i+5:]); err == nil && len(b) > 0 {
				all = append(all, b)
			}
		}
	}
}

// hostPTY is a program on a pseudo-terminal of the host.
type hostPTY struct {
	master *os.File
	cmd    *exec.Cmd
}

func startPTY(t *testing.T, args ...string) hostPTY {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { master.Close() })
	control := func(cmd uintptr, p unsafe.Pointer) {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), cmd, uintptr(p)); e != 0 {
			t.Skip(e)
		}
	}
	var n, unlock int32
	size := [4]uint16{24, 80}
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	control(syscall.TIOCGPTN, unsafe.Pointer(&n))
	control(syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(int(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer slave.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = hostEnv
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return hostPTY{master, cmd}
}

// onPTY runs a program on a pseudo-terminal of the host.
func onPTY(t *testing.T, program string) result {
	t.Helper()
	p := startPTY(t, program)
	master, cmd := p.master, p.cmd
	kill := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer kill.Stop()
	var y typist
	buf := make([]byte, 4096)
	for {
		n, err := master.Read(buf)
		for _, b := range y.requests(buf[:max(n, 0)]) {
			time.Sleep(20 * time.Millisecond) // the program gets as far as its read
			master.Write(b)
		}
		if err != nil {
			break
		}
	}
	cmd.Wait()
	return result{string(y.out), exitStatus(cmd.ProcessState)}
}

// onConsole runs a program on the guest's console.
func onConsole(t *testing.T, program string) result {
	t.Helper()
	c := guestComputer(t, baseDisk(t), program)
	c.K.TTY.State.Termios = stdTermios()
	var y typist
	for c.M.CPU.S.Retired < instrLimit {
		stop := c.Run(c.M.Now()+50_000, boot.NoLimit)
		asked := y.requests(c.Output())
		for _, b := range asked {
			c.Input(b)
		}
		switch {
		case stop.Reason == boot.Budget || (stop.Reason == boot.WaitInput || stop.Reason == boot.Halted) && len(asked) > 0:
		case stop.Reason == boot.PowerOff:
			return result{string(y.out), int(stop.Status)}
		default:
			t.Fatalf("the guest stopped: %v %s\n%s", stop.Reason, stop.Text, y.out)
		}
	}
	t.Fatalf("the guest does not end\n%s", y.out)
	return result{}
}

func TestTerminalAgainstHost(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	program := filepath.Join(t.TempDir(), "tty")
	compile(t, "testdata/tty/tty.c", program)
	host := onPTY(t, program)
	if *hostFlag {
		t.Logf("host, status %d:\n%s", host.status, host.out)
	}
	guest := onConsole(t, program)
	if host.status != guest.status {
		t.Errorf("exit status: host %d, guest %d", host.status, guest.status)
	}
	if host.out != guest.out {
		t.Errorf("output differs:\n%s", firstDifference(host.out, guest.out))
	}
}
