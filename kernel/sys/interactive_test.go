//go:build linux

package sys_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"vitrine/kernel/boot"
	"vitrine/wasm/term"
)

// A session is what somebody types at an interactive program, piece by piece. Each piece is typed when the program
// has been quiet for a while.
type session struct {
	name   string
	args   []string
	pieces []string
	screen bool // what stands on the screen is compared, not the bytes that drew it
}

var sessions = []session{
	{"ash", []string{"/bin/busybox", "sh"}, []string{"echo hello\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r",
		"cat\r", "typed\r", "\x04", "echo abX\x7fc\r", "sleep 100 & sleep 200 &\r", "jobs\r", "kill %1\r", "kill %2\r", "\r", "read x\r", "value\r", "echo $x\r",
		"stty -echo; read y; stty echo; echo got $y\r", "secret\r", "trap 'echo int' INT\r", "\x03", "sh -c 'kill -STOP $$'\r", "fg\r", "\x1b[A\x1b[B\r", "ec\x01\x05ho end of line\r", "exit 5\r"}, false},
	{"bash", []string{"/bin/bash", "--norc", "--noprofile"}, []string{"PS1='$ '\r", "bind 'set enable-bracketed-paste off'\r", "echo hello\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r",
		"cat\r", "typed\r", "\x04", "echo abX\x7fc\r", "sleep 100 &\r", "kill %1\r", "\r", "read x\r", "value\r", "echo $x\r", "echo one two\x17three\r", "(sleep 100)\r", "\x1c", "\x03", "vi\x15echo killed\r", "exit 6\r"}, false},
}

// window is a piece that is not typed: somebody drags the window's corner.
func window(rows, cols byte) string { return string([]byte{0, rows, cols}) }

// windowOf tells whether a piece is a window's size.
func windowOf(piece string) (rows, cols uint16, ok bool) {
	if len(piece) != 3 || piece[0] != 0 {
		return 0, 0, false
	}
	return uint16(piece[1]), uint16(piece[2]), true
}

// scratch is a file that sessions write, under the same name on both machines.
const scratch = "/tmp/vitrine-test-text"

// editors are full-screen programs; what they draw must be the same, byte for byte.
func init() {
	sessions = append(sessions, []session{
		{"less", []string{"/usr/bin/less", "/etc/services"}, []string{" ", "G", "g", "/http\r", "n", "k", "j", "q"}, false},
		{"vim", []string{"/usr/bin/vim", "-u", "NONE", "-i", "NONE", "-N", scratch}, []string{"ihello world\x1b", "o second line\x1b", "yyp", "gg", "dw", "/sec\r", ":set number\r", ":!echo from vim\r", "\r", ":wq\r"}, false},
	}...)
}

// transcript is what a session left: all that was printed, how much of it at each moment when a piece was typed, and the
// exit status.
type transcript struct {
	out    string
	marks  []int
	status int
}

// hostSession types a session at a program on a pseudo-terminal of the host. The guest, which is never in a hurry, has
// done it before: a piece is typed when as much was printed as there, or nothing for a while.
func hostSession(t *testing.T, like transcript, pieces []string, args ...string) transcript {
	t.Helper()
	p := startPTY(t, args...)
	out := make(chan []byte, 64)
	go func() {
		defer close(out)
		for {
			b := make([]byte, 4096)
			n, err := p.master.Read(b)
			if err != nil {
				return
			}
			out <- b[:n]
		}
	}()
	const soon, late, never = 40 * time.Millisecond, time.Second, 20 * time.Second
	got := transcript{}
	for {
		typed, patience := len(got.marks), late
		switch {
		case typed == len(pieces):
			patience = never
		case typed < len(like.marks) && len(tidyPIDs(got.out)) >= len(tidyPIDs(like.out[:like.marks[typed]])):
			patience = soon
		}
		select {
		case b, ok := <-out:
			if !ok {
				p.cmd.Wait()
				got.status = exitStatus(p.cmd.ProcessState)
				return got
			}
			got.out += string(b)
			continue
		case <-time.After(patience):
		}
		if typed == len(pieces) {
			p.cmd.Process.Kill()
			t.Fatalf("the host's program does not end\n%s", got.out)
		}
		got.marks = append(got.marks, len(got.out))
		if rows, cols, ok := windowOf(pieces[typed]); ok {
			size := [4]uint16{rows, cols}
			syscall.Syscall(syscall.SYS_IOCTL, p.master.Fd(), syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&size)))
			continue
		}
		p.master.Write([]byte(pieces[typed]))
	}
}

// guestSession types a session at a program on the guest's console.
func guestSession(t *testing.T, disk []byte, pieces []string, args ...string) transcript {
	t.Helper()
	c := guestComputer(t, disk, args[0], args[1:]...)
	c.K.TTY.State.Termios = stdTermios()
	got := transcript{}
	for {
		stop := c.Run(c.M.Now()+30_000_000, instrLimit) // 0.3 s
		b := c.Output()
		got.out += string(b)
		switch stop.Reason {
		case boot.PowerOff:
			got.status = int(stop.Status)
			return got
		case boot.Panic:
			t.Fatalf("%s\n%s", stop.Text, got.out)
		}
		if (len(b) > 0 || len(got.out) == 0) && stop.Reason == boot.Budget { // it is not done yet, or has not begun
			continue
		}
		typed := len(got.marks)
		if typed == len(pieces) {
			t.Fatalf("the guest's program does not end\n%s", got.out)
		}
		got.marks = append(got.marks, len(got.out))
		if rows, cols, ok := windowOf(pieces[typed]); ok {
			c.Resize(rows, cols)
			continue
		}
		c.Input([]byte(pieces[typed]))
	}
}

// screens are what a terminal shows at each moment when a piece was typed.
func (x *transcript) screens() []string {
	screen := term.New(24, 80)
	var all []string
	at := 0
	for _, mark := range x.marks {
		screen.Write([]byte(x.out[at:mark]))
		at = mark
		all = append(all, strings.Join(screen.Text(), "\n"))
	}
	return all
}

// sessionDisk has all programs that sessions run; it is made once.
var sessionDisk = func() func(t *testing.T) []byte {
	var disk []byte
	return func(t *testing.T) []byte {
		if disk == nil {
			disk = hostDiskOf(t, 160<<20, []string{"/bin/busybox", "/bin/sleep", "/bin/cat", "/bin/stty", "/usr/bin/wc", "/lib/terminfo/x/xterm-256color", "/etc/services", "/bin/sh", "/bin/dash",
				"/usr/bin/less", "/usr/bin/vim", "/usr/bin/vim.tiny", "/bin/nano", "/usr/bin/script", "/usr/bin/python3", "/usr/lib/python3.11"})
		}
		return disk
	}
}()

func TestInteractive(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: people type slowly")
	}
	for _, s := range sessions {
		t.Run(s.name, func(t *testing.T) {
			if _, err := os.Stat(s.args[0]); err != nil {
				t.Skip(err)
			}
			defer os.Remove(scratch)
			guest := guestSession(t, sessionDisk(t), s.pieces, s.args...)
			why := ""
			for try := 0; try < 3; try++ { // a busy host is late with its prompt
				os.Remove(scratch)
				host := hostSession(t, guest, s.pieces, s.args...)
				if *hostFlag {
					t.Logf("host:\n%s\nguest:\n%s", host.out, guest.out)
				}
				if why = s.compare(host, guest); why == "" {
					return
				}
			}
			t.Error(why)
		})
	}
}

// compare tells how two runs of a session differ: by what was printed, or by what stands on the screen each time when
// something is typed.
func (s *session) compare(host, guest transcript) string {
	if host.status != guest.status {
		return fmt.Sprintf("status %d, %d\nhost:\n%s\nguest:\n%s", host.status, guest.status, host.out, guest.out)
	}
	if !s.screen {
		if h, g := tidyPIDs(host.out), tidyPIDs(guest.out); h != g {
			return "output differs:\n" + firstDifference(h, g)
		}
		return ""
	}
	h, g := host.screens(), guest.screens()
	for i := range min(len(h), len(g)) {
		if h[i] != g[i] {
			return fmt.Sprintf("the screens differ before piece %d is typed:\n%s", i, firstDifference(h[i], g[i]))
		}
	}
	return ""
}

// tidyPIDs replaces numbers of more than one digit at the ends of words: process numbers differ.
func tidyPIDs(s string) string {
	var b strings.Builder
	for _, line := range strings.Split(s, "\n") {
		words := strings.Split(line, " ")
		if strings.HasPrefix(line, "[") && len(words) == 2 {
			words[1] = "PID\r"
		}
		b.WriteString(strings.Join(words, " ") + "\n")
	}
	return b.String()
}
