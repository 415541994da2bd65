//go:build linux

package sys_test

import (
	"os"
	"strings"
	"testing"
)

// What somebody types at shells with job control, at shells inside pseudo-terminals, and at full-screen programs.
// pagers and editors are compared by their screens. Who ends or stops a job sleeps a moment on the same line: whether the
// shell knew of it before its next prompt would depend on the host's other processor.
func init() {
	long := "\x1b[B\x1b[B\x1b[B"
	sessions = append(sessions, []session{
		{"dash", []string{"/bin/dash"}, []string{"echo hello\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r", "cat\r", "typed\r", "\x04",
			"sleep 100 | cat &\r", "jobs\r", "kill %1\r", "\r", "sleep 0.1 & wait\r", "\r", "(sleep 100; echo never)\r", "\x1c", "echo $?\r", "cat > /dev/null &\r", "\r", "jobs\r", "kill %1; fg\r", "\r", "set +m\r", "sleep 0 &\r", "echo erased\x15echo line\r", "exit 4\r"}, false},
		{"ash jobs", []string{"/bin/busybox", "sh"}, []string{"sleep 100 | cat\r", "\x1a", "jobs\r", "fg\r", "\x1a", "bg\r", "jobs\r", "fg %1\r", "\x03", "sleep 101 & sleep 102 & sleep 103 &\r", "kill %2; sleep 0.2\r", "\r", "jobs\r", "kill %1 %3; sleep 0.2\r", "\r",
			"cat & sleep 0.2\r", "\r", "fg\r", "line\r", "\x04", "stty tostop\r", "echo held & sleep 0.2\r", "\r", "fg\r", "stty -tostop\r", "sh -c 'sleep 100 & kill -STOP $$'\r", "kill -9 %1; sleep 0.2\r", "\r", "trap 'echo hup' HUP; kill -HUP $$\r", "exec sh -c 'echo last; exit 3'\r"}, false},
		{"bash readline", []string{"/bin/bash", "--norc", "--noprofile"}, []string{"PS1='$ '; unset HISTFILE; history -c\r", "bind 'set enable-bracketed-paste off'\r", "echo one\r", "echo two\r", "\x1b[A\x1b[A\r", "\x12two\r", "echo middle\x01# \r", "echo a b c\x17\x17X\r",
			"echo cut\x01\x0b\x19 \x19\r", "ec\t word\r", "cat < /etc/serv\t | wc -l\r", "echo \x1b[D\x1b[Dx\x1b[C\x1b[Cy\r", "echo wo\x1bbZ\x1bfQ\r", "echo 'two\rlines'\r", "for i in 1 2; do\recho $i\rdone\r", "echo \x16\x01 | cat -v\r", "wrong \x07echo $?\r", "\x0c", "echo ${x:-\tdone}\r", "fc -l -2\r", "!!\r", "exit 3\r"}, false},
		{"bash jobs", []string{"/bin/bash", "--norc", "--noprofile"}, []string{"PS1='$ '; unset HISTFILE; history -c; bind 'set enable-bracketed-paste off'\r", "sleep 100 | cat\r", "\x1a", "jobs\r", "fg\r", "\x1a", "bg\r", "kill %1; sleep 0.1\r", "\r", "cat & sleep 0.2\r", "\r", "fg\r", "line\r", "\x04", "sleep 100 &\r", "disown\r", "jobs\r", "kill $!\r",
			"suspend() { kill -STOP $BASHPID; }; (suspend; echo back)\r", "fg\r", "set -o notify\r", "sleep 0.1 &\r", "wait\r", "stty tostop; echo held & sleep 0.2\r", "\r", "fg; stty -tostop\r", "exit 2\r"}, false},
		{"script", []string{"/usr/bin/script", "-q", "-c", "/bin/busybox sh", "/dev/null"}, nested, false},
		{"script in script", []string{"/usr/bin/script", "-q", "-c", "/usr/bin/script -q -c '/bin/busybox sh' /dev/null", "/dev/null"}, nested, false},
		{"bash in script", []string{"/usr/bin/script", "-q", "-c", "/bin/bash --norc --noprofile", "/dev/null"}, []string{"PS1='$ '; unset HISTFILE; history -c; bind 'set enable-bracketed-paste off'\r", "sleep 100\r", "\x1a", "jobs\r", "fg\r", "\x03", "echo one \x17two\r", "\x1b[A\r", "cat\r", "typed\r", "\x04", "(sleep 100)\r", "\x1c", "exit 3\r"}, false},
		{"python pty", []string{"/usr/bin/python3", "-S", "-c", "import pty, sys; sys.exit(pty.spawn(['/bin/busybox', 'sh']) >> 8)"}, nested, false},
		{"window", []string{"/bin/busybox", "sh"}, []string{"stty size\r", "trap 'echo; echo resized' WINCH\r", window(30, 100), "stty size\r", "sleep 1\r", window(20, 60), "stty size\r", window(20, 60), "stty size\r", "exit 7\r"}, false},
		{"window of less", []string{"/usr/bin/less", "/etc/services"}, []string{" ", window(30, 100), " ", window(10, 40), "b", "q"}, false},
		{"window of vim.tiny", []string{"/usr/bin/vim.tiny", "-u", "NONE", "-i", "NONE", "-N", "-R", "/etc/services"}, []string{window(30, 100), "\x06", window(12, 50), "G", ":q\r"}, false},
		{"window in script", []string{"/usr/bin/script", "-q", "-c", "/bin/busybox sh", "/dev/null"}, []string{"stty size\r", window(30, 100), "stty size\r", "\x04"}, false},
		{"dash in bash", []string{"/bin/bash", "--norc", "--noprofile"}, []string{"PS1='$ '; unset HISTFILE; history -c; bind 'set enable-bracketed-paste off'\r", "dash\r", "sleep 100\r", "\x1a", "jobs\r", "fg\r", "\x03", "kill -STOP $$\r", "jobs\r", "fg\r", "echo inner\r", "exit\r", "echo $?\r", "exit 6\r"}, false},
		{"vim.tiny", []string{"/usr/bin/vim.tiny", "-u", "NONE", "-i", "NONE", "-N", scratch}, []string{"ihello world\rsecond line\r\tthird\x1b", "gg", "x", "P", "yyp", "A end\x1b", ":2\r", "dd", "u:\x1b", "/thi\r", "cwnew\x1b", "G", "o4\x1b", ":%s/l/L/g\r", ":set list\r", ":set nolist\r", "J", "~", ":!echo from the shell\r", "\r", "\x1a\r", "ZZ"}, true},
		{"vi of busybox", []string{"/bin/busybox", "vi", scratch}, []string{"ihello world\rsecond line\r\tthird\x1b", "gg", "x", "p", "yyp", ":2\r", "dd", "u", "/thi\r", "cwnew\x1b", "G", "o4\x1b", "\x07", ":%s/l/L/g\r", "ZZ"}, true},
		{"nano", []string{"/bin/nano", "-I", scratch}, []string{"hello\rworld\r", "\x1b[A\x1b[Aabc", "\x0b", "\x15\x15", "\x17world\r", "\x0f\r", "more", "\x18", "n"}, true},
		{"less screens", []string{"/usr/bin/less", "-i", "/etc/services"}, []string{" ", "b", long, "100g", "/HTTP\r", "N", "G", "\x1b[A\x1b[A", "50%", "&smtp\r", "&\r", "-N\r", "=", "\r", "h", "q", ":q", "q"}, true},
		{"more of busybox", []string{"/bin/busybox", "more", "/etc/services"}, []string{" ", "\r", " ", "q"}, true},
		{"less of busybox", []string{"/bin/busybox", "less", "/etc/services"}, []string{" ", "b", "G", "g", "/http\r", "n", "k", "j", "q"}, true},
	}...)
}

// nested is typed at a shell on a terminal inside the terminal.
var nested = []string{"tty > /dev/null && echo a terminal\r", "stty size\r", "sleep 100\r", "\x1a", "jobs\r", "bg\r", "fg\r", "\x03", "echo $?\r", "cat\r", "typed\r", "\x04", "echo abX\x7fc\r", "read x\r", "value\r", "echo $x\r", "sleep 100 &\r", "kill %1; sleep 0.2\r", "\r", "\x04"}

// TestTop: what it shows is the machine's own, so it is not compared with the host's.
func TestTop(t *testing.T) {
	const busybox = "/bin/busybox"
	if _, err := os.Stat(busybox); err != nil {
		t.Skip("no busybox here")
	}
	got := guestSession(t, baseDisk(t), []string{"c", "q"}, busybox, "top")
	for i, screen := range got.screens() {
		lines := strings.Split(screen, "\n")
		if !strings.HasPrefix(lines[0], "Mem: ") || !strings.HasPrefix(lines[1], "CPU: ") || !strings.HasPrefix(lines[2], "Load average: ") ||
			!strings.HasPrefix(lines[3], "  PID  PPID USER     STAT") || !strings.Contains(screen, "root") || !strings.Contains(screen, "top") {
			t.Errorf("before piece %d:\n%s", i, screen)
		}
	}
	if got.status != 0 {
		t.Errorf("status %d", got.status)
	}
}
