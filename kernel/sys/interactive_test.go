//go:build linux

package sys_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"vitrine/kernel/boot"
)

// A session is what somebody types at an interactive program, piece by piece. Each piece is typed when the program
// has been quiet for a while.
type session struct {
	name   string
	args   []string
	pieces []string
}

var sessions = []session{
	{"ash", []string{"/bin/busybox", "sh"}, []string{"echo hello\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r",
		"cat\r", "typed\r", "\x04", "echo abX\x7fc\r", "sleep 100 & sleep 200 &\r", "jobs\r", "kill %1\r", "kill %2\r", "\r", "read x\r", "value\r", "echo $x\r",
		"stty -echo; read y; stty echo; echo got $y\r", "secret\r", "trap 'echo int' INT\r", "\x03", "sh -c 'kill -STOP $$'\r", "fg\r", "\x1b[A\x1b[B\r", "ec\x01\x05ho end of line\r", "exit 5\r"}},
	{"bash", []string{"/bin/bash", "--norc", "--noprofile"}, []string{"PS1='$ '\r", "bind 'set enable-bracketed-paste off'\r", "echo hello\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r",
		"cat\r", "typed\r", "\x04", "echo abX\x7fc\r", "sleep 100 &\r", "kill %1\r", "\r", "read x\r", "value\r", "echo $x\r", "echo one two\x17three\r", "(sleep 100)\r", "\x1c", "\x03", "vi\x15echo killed\r", "exit 6\r"}},
}

// scratch is a file that sessions write, under the same name on both machines.
const scratch = "/tmp/vitrine-test-text"

// editors are full-screen programs; what they draw must be the same, byte for byte.
func init() {
	sessions = append(sessions, []session{
		{"less", []string{"/usr/bin/less", "/etc/services"}, []string{" ", "G", "g", "/http\r", "n", "k", "j", "q"}},
		{"vim", []string{"/usr/bin/vim", "-u", "NONE", "-i", "NONE", "-N", scratch}, []string{"ihello world\x1b", "o second line\x1b", "yyp", "gg", "dw", "/sec\r", ":set number\r", ":!echo from vim\r", "\r", ":wq\r"}},
	}...)
}

// hostSession types a session at a program on a pseudo-terminal of the host.
func hostSession(t *testing.T, pieces []string, args ...string) result {
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
	var all []byte
	quiet := 300 * time.Millisecond
	for {
		select {
		case b, ok := <-out:
			if !ok {
				p.cmd.Wait()
				return result{string(all), exitStatus(p.cmd.ProcessState)}
			}
			all = append(all, b...)
			continue
		case <-time.After(quiet):
		}
		if len(pieces) == 0 {
			t.Fatalf("the host's program does not end\n%s", all)
		}
		p.master.Write([]byte(pieces[0]))
		pieces = pieces[1:]
	}
}

// guestSession types a session at a program on the guest's console.
func guestSession(t *testing.T, disk []byte, pieces []string, args ...string) result {
	t.Helper()
	c := guestComputer(t, disk, args[0], args[1:]...)
	c.K.TTY.State.Termios = stdTermios()
	var all []byte
	for {
		stop := c.Run(c.M.Now()+30_000_000, instrLimit) // 0.3 s
		b := c.Output()
		all = append(all, b...)
		switch stop.Reason {
		case boot.PowerOff:
			return result{string(all), int(stop.Status)}
		case boot.Panic:
			t.Fatalf("%s\n%s", stop.Text, all)
		}
		if len(b) > 0 && stop.Reason == boot.Budget {
			continue
		}
		if len(pieces) == 0 {
			t.Fatalf("the guest's program does not end\n%s", all)
		}
		c.Input([]byte(pieces[0]))
		pieces = pieces[1:]
	}
}

func TestInteractive(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: people type slowly")
	}
	for _, s := range sessions {
		t.Run(s.name, func(t *testing.T) {
			if _, err := os.Stat(s.args[0]); err != nil {
				t.Skip(err)
			}
			os.Remove(scratch)
			defer os.Remove(scratch)
			host := hostSession(t, s.pieces, s.args...)
			guest := guestSession(t, hostDisk(t, []string{s.args[0], "/bin/sleep", "/bin/cat", "/lib/terminfo/x/xterm-256color", "/etc/services", "/bin/sh"}), s.pieces, s.args...)
			host.out, guest.out = tidyPIDs(host.out), tidyPIDs(guest.out)
			for try := 0; try < 2 && host != guest; try++ { // a busy host is late with its prompt
				os.Remove(scratch)
				host = hostSession(t, s.pieces, s.args...)
				host.out = tidyPIDs(host.out)
			}
			if *hostFlag {
				t.Logf("host:\n%s\nguest:\n%s", host.out, guest.out)
			}
			if host != guest {
				t.Errorf("status %d, %d; output differs:\n%s", host.status, guest.status, firstDifference(host.out, guest.out))
			}
		})
	}
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
