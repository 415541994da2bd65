//go:build linux

package main

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestShellLines: what one types at a shell does what it does on the host's Linux, with the same programs.
func TestShellLines(t *testing.T) {
	for _, c := range []struct{ name, line string }{
		{"loop into wc", "for i in 1 2 3; do echo $i; done | wc -l"},
		{"pipeline of five", "seq 1 1000 | grep 7 | sed s/7/x/ | sort -r | tail -n 2"},
		{"pipeline that is cut off", "yes | head -n 100000 | tail -n 1"},
		{"status of a pipeline", "true | false; echo $?; false | true; echo $?; ! true; echo $?"},
		{"exit", "exit 7"},
		{"false", "false"},
		{"segv", "segv; echo $?"},
		{"segv as the program", "exec segv"},
		{"abort", "sh -c 'kill -ABRT $$'; echo $?"},
		{"kill", "sleep 100 & kill $!; wait $!; echo $?"},
		{"kill -9 of a hog", "spin 100000 & kill -9 $!; wait $!; echo $?"},
		{"background and foreground", "spin 3 >a & spin 1 >b; wait; cut -d: -f2 a b"},
		{"stop and continue", "sleep 0.2 & kill -STOP $!; sleep 0.5; kill -CONT $!; wait $!; echo $?"},
		{"kill what is not there", "kill 99999999; echo $?; kill -0 $$; echo $?"},
		{"script", `printf '#!/bin/sh\necho $0 $# "$2"\nexit 3\n' >s; chmod +x s; ./s a "b c"; echo $?`},
		{"script with an argument", `printf '#! /bin/busybox  cat -n\nx\n' >s; chmod +x s; ./s; echo $?`},
		{"script by a script", `printf '#!/bin/sh\necho one $*\n' >1; printf "#!$PWD/1 arg\n" >2; chmod +x 1 2; ./2 x`},
		{"script without #!", "echo 'echo plain $1' >s; chmod +x s; ./s x"},
		{"script without permission", "echo '#!/bin/sh' >s; ./s; echo $?"},
		{"here document", "cat <<E\na $((6*7))\nE"},
		{"substitution", "echo $(echo a; echo b) `expr 3 \\* 4`"},
		{"append", "echo a >f; echo b >>f; cat f; wc -c <f"},
		{"redirections", "ls none >out 2>&1; cat out; exec 5>five; echo 5 >&5; exec 5>&-; cat five; echo x >&5; echo $?"},
		{"noclobber", "set -C; echo a >f; echo b >f; cat f"},
		{"fifo", "mkfifo p; (sleep 0.05; echo through) >p & cat p"},
		{"trap", "trap 'echo got it' INT; kill -INT $$; trap 'echo bye' EXIT"},
		{"not found", "nothing; echo $?"},
		{"files", "mkdir -p a/b; touch a/b/c; mv a z; find z; rm -r z; ls; rmdir z"},
		{"links", "echo hi >f; ln f g; ln -s g h; cat h; ls -l h | cut -c1; stat -c %h f; readlink h"},
		{"modes", "umask 027; touch f; mkdir d; chmod 4751 f; stat -c '%a %A %s' f d"},
		{"null and zero", "echo x >/dev/null; head -c 5 /dev/zero | od -An -tx1; wc -c </dev/null"},
		{"random", "test $(head -c 64 /dev/urandom | wc -c) = 64 && echo yes"},
		{"full", "echo x >/dev/full; echo $?"},
		{"environment", "A=1 env | grep ^A=; export B=2; sh -c 'echo $B'"},
		{"sleep takes time", "a=$(date +%s); sleep 2; b=$(date +%s); echo $((b - a > 1))"},
		{"timeout", "timeout 0.1 sleep 5; echo $?; timeout -s KILL 0.1 spin 100000; echo $?"},
		{"many processes", "i=0; while [ $i -lt 200 ]; do /bin/busybox true; i=$((i+1)); done; echo $i"},
		{"nested shells", `sh -c 'sh -c "sh -c \"echo deep\""'`},
		{"awk", `awk 'BEGIN { for (i = 0; i < 5; i++) s += i / 3; printf "%.6f %s\n", s, sin(1) }'`},
		{"bc", `echo '2^200; 355/113' | bc`},
		{"dd", "dd if=/dev/zero of=f bs=64k count=20; stat -c %s f; md5sum f; sha256sum f"},
		{"tar and gzip", "mkdir s; seq 1 30000 >s/a; cp /bin/busybox s; tar czf s.tgz s; mkdir o; tar xzf s.tgz -C o; diff -r s o/s && echo same; md5sum o/s/*"},
		{"sort and uniq", "seq 1 20000 | awk '{ print $1 % 17 }' | sort | uniq -c | sort -rn | head -n 3"},
		{"vi", "printf 'one\\n' >f; printf 'itwo \\033:wq\\n' | vi f >/dev/null 2>&1; cat f"},
		{"limits", "(ulimit -n 5; exec 7</dev/null); echo $?"},
		{"long line", "head -c 200000 /dev/zero | tr '\\0' x | wc -c; echo $(seq 1 5000) | wc -c"},
		{"too many arguments", "/bin/busybox echo $(seq 1 400000) | wc -c"},
		{"deep pipeline", "echo x | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat"},
		{"no child", "wait 12345; echo $?"},
		{"job numbers", "sleep 0.1 & sleep 0.2 & wait %1; echo $?; wait %2; echo $?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			needImage(t)
			bin, err := filepath.Abs(root + "/build/root/bin")
			if err != nil {
				t.Fatal(err)
			}
			got := sh(t, "cd /tmp; "+c.line)
			got.out = mask(got.out, "/tmp")
			got.likeHost(t, func() result { return hostShell(t, bin, c.line) })
		})
	}
}

// hostShell runs a line in busybox's shell on the host, with the guest's programs and an empty folder of its own.
func hostShell(t *testing.T, bin, line string) result {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "busybox"))
	cmd.Args = []string{"/bin/sh", "-c", "cd " + dir + "; " + line}
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + bin, "HOME=/root", "TERM=xterm-256color"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out // on the machine both are the console
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{out: mask(out.String(), dir), status: status(cmd)}
}

var number = regexp.MustCompile(`\b\d+\.\d+ ?(seconds|[kMG]?B/s)`)

// mask hides what may differ: the folder, process numbers, speeds.
func mask(text, dir string) string {
	return number.ReplaceAllString(strings.ReplaceAll(text, dir, "DIR"), "N")
}

// TestTools: tools that look at the system.
func TestTools(t *testing.T) {
	for _, c := range []struct {
		name string
		argv []string
		like string
	}{
		{"ps", []string{"/bin/busybox", "ps"}, `PID   USER     COMMAND\n    1 root     /sbin/init\n    2 root     /bin/busybox ps\n`},
		{"ls", []string{"/bin/ls", "-l", "/"}, `total \d+\n(d[rwxt-]{9} +\d+ root +root +\d+ \w{3} [ \d]\d \d\d:\d\d [a-z+]+\n){12,}`},
		{"maps", []string{"/bin/cat", "/proc/self/maps"}, `([0-9a-f]{8,12}-[0-9a-f]{8,12} [r-][w-][x-][ps] [0-9a-f]{8} \d\d:\d\d \d+ +[^\n]*\n)+[^\n]* rw-p [^\n]*\[heap\]\n[^\n]*\[stack\]\n`},
		{"free", []string{"/bin/free"}, ` +total +used +free .*\nMem: +6\d{4} .*Swap: .*`},
		{"uname", []string{"/bin/uname", "-m"}, `x86_64\n`},
		{"df", []string{"/bin/df", "/"}, `Filesystem .*\n/dev/root +\d+ +\d+ +\d+ +\d+% /\n`},
		{"id", []string{"/bin/id"}, `uid=0\(root\) gid=0\(root\).*\n`},
		{"mount", []string{"/bin/mount"}, `.* on / type ext2 .* on /proc type proc .*`},
		{"status", []string{"/bin/cat", "/proc/self/status"}, `Name:\tcat\n.*\nPid:\t2\nPPid:\t1\n.*VmRSS:\t +\d+ kB\n.*`},
		{"uptime", []string{"/bin/cat", "/proc/uptime"}, `0\.\d\d 0\.\d\d\n`},
		{"cpuinfo", []string{"/bin/grep", "-c", "^processor", "/proc/cpuinfo"}, `1\n`},
		{"top", []string{"/bin/top", "-b", "-n", "1"}, `Mem: .*CPU: .*PID +PPID USER +STAT +VSZ %VSZ %CPU COMMAND\n.*top -b -n 1\n.*/sbin/init\n.*`},
		{"write to /proc", []string{"/bin/sh", "-c", "echo x >/proc/version; echo $?; echo y >/proc/self/comm; cat /proc/self/comm"},
			`sh: write error: Input/output error\n1\ncat\n`},
		{"limits", []string{"/bin/sh", "-c", "ulimit -s; ulimit -c; ulimit -n"}, `8192\n0\n1024\n`},
		{"dmesg", []string{"/bin/dmesg"}, `\[    0\.\d{6}\] Linux version .*Run /sbin/init as init process\n.*`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in(t, c.argv...).like(t, 0, c.like)
		})
	}
}

// TestHostile: programs that take all there is of something; afterwards the machine is as before.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		name, mem, line string
		like            string
	}{
		{"fork bomb", "64M", "b() { b | b & }; b 2>/dev/null; sleep 3; echo alive", `(?:.*\n)?alive\n`},
		{"all memory", "16M", "touch-pages 3800; echo $?; echo alive", `Killed\n137\nalive\n`},
		{"all memory in a pipe", "16M", "tail -c 100m /dev/zero | wc -c; echo alive", `.*alive\n`},
		{"whole disk", "64M", "dd if=/dev/zero of=/big bs=1M count=100 2>/dev/null; rm /big; echo alive >/x; cat /x", `alive\n`},
		{"all inodes", "64M", "cd /tmp; seq 1 9000 | xargs touch 2>/dev/null; rm -rf /tmp/*; echo alive >/tmp/x; cat /tmp/x", `alive\n`},
		{"deep folders", "64M", "cd /tmp; for i in $(seq 1 100); do mkdir d; cd d; done; cd /tmp; rm -r d; ls; echo alive", `alive\n`},
		{"endless recursion", "64M", "(f() { f; }; f); echo $?", `Segmentation fault\n139\n`},
		{"kill everybody", "64M", "sleep 100 & sleep 100 & kill -9 -1; echo alive", `alive\n`},
		{"kill init", "64M", "kill -9 1; kill -SEGV 1; echo alive", `alive\n`},
		{"read all of /proc", "64M", "find /proc -type f | while read f; do head -c 4096 $f; done >/dev/null 2>&1; echo alive", `alive\n`},
		{"write into memory's devices", "64M", "cat /dev/urandom | head -c 100000 >/dev/null; cp /dev/null /dev/zero; echo alive", `alive\n`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			guest(t, spec{flags: []string{"-mem", c.mem, "-limit", "20000000000"}, argv: []string{"/bin/sh", "-c", c.line}}).like(t, 0, c.like)
		})
	}
}
