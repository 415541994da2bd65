//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

// TestPipedSession feeds the shell from a pipe; the session ends with the input.
func TestPipedSession(t *testing.T) {
	for _, c := range []struct {
		name, in, out string // the end of the output
		status        int
	}{
		{"end of input", "echo $((6*7))\n", "~ # 42\n~ # ", 0},
		{"no newline at the end", "echo last", "~ # last\n~ # ", 0},
		{"a program reads", "read a; echo got $a\nsome words\nexit\n", "~ # got some words\n", 0},
		{"cat until the end", "cat\none\ntwo\n", "~ # one\ntwo\n~ # ", 0},
		{"nothing", "", "~ # ", 0},
		{"a hog and its end", "spin 1 >/dev/null; echo $?\n", "~ # 0\n~ # ", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := guest(t, spec{flags: []string{"-boot", "quiet"}, stdin: c.in})
			if !strings.Contains(r.out, c.out) || r.status != c.status {
				t.Errorf("status %d, want %d; output:\n%s\nwant:\n%s", r.status, c.status, r.out, c.out)
			}
		})
	}
}

// TestPipedProgram: a program reads the machine's standard input.
func TestPipedProgram(t *testing.T) {
	t.Parallel()
	guest(t, spec{argv: []string{"/bin/sort", "-n"}, stdin: "10\n9\n8\n"}).want(t, 0, "8\n9\n10\n")
	guest(t, spec{argv: []string{"/bin/wc", "-c"}, stdin: strings.Repeat("0123456789\n", 20_000)}).want(t, 0, "220000\n")
	guest(t, spec{argv: []string{"/bin/cat"}, stdin: "no newline"}).want(t, 0, "no newline")
}

// TestTerminal sits at a terminal of the host and works with the shell.
func TestTerminal(t *testing.T) {
	t.Parallel()
	p := newPTY(t, 33, 99)
	cmd := p.start(t)
	p.wait(t, 0, "~ # ")
	if log := p.seen(); !strings.Contains(log, "Vitrine BIOS") || !strings.Contains(log, "Run /sbin/init as init process") {
		t.Errorf("the boot log is incomplete:\n%s", log)
	}
	for _, c := range []struct{ keys, want string }{
		{"echo $((6*7))\r", "\r\n42\r\n~ # "},
		{"stty size\r", "33 99\r\n"},
		{"ecxho\x7f\x7f\x7f\x7fcho edited\r", "\r\nedited\r\n"},
		{"echo a\x1b[Db\r", "\r\nba\r\n"},    // the arrow key moves
		{"\x1b[A\x1b[A\r", "\r\nedited\r\n"}, // history
		{"ls /usr/sr\t\r", "ls /usr/src/"},   // completion
		{"garbage\x15echo killed line\r", "\r\nkilled line\r\n"},
		{"echo one two\x17three\r", "\r\none three\r\n"},
		{"tty; echo $TERM\r", "/dev/console\r\nxterm-256color\r\n"},
	} {
		p.say(t, c.keys, c.want)
	}
	// A program has to begin before it can read a line or be interrupted; what is typed earlier is the shell's.
	begin := func(line string) {
		t.Helper()
		p.say(t, line+"\r", "\r\n")
		time.Sleep(200 * time.Millisecond)
	}
	begin("cat")
	p.say(t, "line\r", "line\r\nline\r\n")
	p.say(t, "\x04", "~ # ")
	begin("spin 100000")
	p.say(t, "\x03", "^C\r\n~ # ")
	p.say(t, "echo status $?\r", "status 130")
	begin("sleep 1000")
	p.say(t, "\x1a", "[1]+  Stopped")
	p.say(t, "spin 100000 &\r", "~ # ")
	p.say(t, "jobs\r", "Running                    spin 100000")
	p.say(t, "kill %2\r", "~ # ")
	p.say(t, "sleep 0.1\r", "Terminated")
	begin("fg %1")
	p.say(t, "\x03", "~ # ")
	p.say(t, "watch -n 1 date\r", "Every 1.0s: date")
	p.wait(t, len(p.seen()), "Every 1.0s: date") // once more, a second later
	time.Sleep(200 * time.Millisecond)
	p.say(t, "\x03", "~ # ")
	began := time.Now()
	p.say(t, "sleep 1; echo woke\r", "\r\nwoke\r\n")
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("a second of sleep at a terminal took %v", took)
	}
	p.say(t, "yes\r", "y\r\ny\r\n")
	p.say(t, "\x03", "~ # ")
	p.say(t, "yes | head -n 3\r", "y\r\ny\r\ny\r\n~ # ")
	begin("sleep 1000 | cat")
	p.say(t, "\x1c", "Quit")
	p.resize(t, 40, 120)
	time.Sleep(100 * time.Millisecond)
	p.say(t, "stty size\r", "40 120\r\n")
	p.say(t, "vi /tmp/f\r", "/tmp/f")
	p.say(t, "ihello from vi", "hello from vi")
	p.say(t, "\x1b", "- /tmp/f") // back in command mode; more keys at once would look like an arrow
	p.say(t, ":wq\r", "~ # ")
	p.say(t, "cat /tmp/f\r", "\r\nhello from vi\r\n")
	p.say(t, "exit\r", "~ # ") // init starts another shell
	p.say(t, "echo $$ again\r", " again\r\n")
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
}

// TestTerminalProgram: with a program on a terminal the machine ends with it and puts the terminal back.
func TestTerminalProgram(t *testing.T) {
	t.Parallel()
	p := newPTY(t, 24, 80)
	cmd := p.start(t, "--", "/bin/sh", "-c", "echo name?; read a; echo hello $a; exit 5")
	p.wait(t, 0, "name?\r\n")
	p.say(t, "you\r", "you\r\nhello you\r\n")
	cmd.Wait()
	if got := status(cmd); got != 5 {
		t.Errorf("status %d", got)
	}
	p2 := newPTY(t, 24, 80)
	cmd = p2.start(t, "--", "/bin/spin", "1000000")
	time.Sleep(500 * time.Millisecond)
	p2.master.WriteString("\x03")
	cmd.Wait()
	if got := status(cmd); got != 130 {
		t.Errorf("status %d after Ctrl-C", got)
	}
}
