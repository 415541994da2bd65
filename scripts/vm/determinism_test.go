//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// marks are instruction counts at which states are compared: in the firmware, the boot, the program, and behind it.
var marks = []string{"1", "777", "5000", "20000", "40000", "60000", "100000", "1000000", "3000001"}

// runs are sessions of several kinds.
var runs = []spec{
	{argv: []string{"/bin/spin", "1"}},
	{argv: []string{"/bin/sh", "-c", "spin 1 & (sleep 0.001; echo x) | cat; wait; ls -l /proc/self /; ps; cat /proc/uptime; dd if=/dev/urandom count=3 2>&1 | md5sum"}},
	{argv: []string{"/bin/sh", "-c", "for i in 1 2 3; do forks; cow 5; done; privileged; touch-pages 500; awk 'BEGIN { for (i = 1; i < 3000; i++) s += sin(i) / i; print s }'"}},
	{stdin: "echo typed; cat\nto cat\n\x04exit\n"},
	{flags: []string{"-mem", "16M", "-boot", "hz=100"}, argv: []string{"/bin/sh", "-c", "seq 1 3000 | sort | md5sum >/tmp/x; cat /tmp/x"}},
	{flags: []string{"-boot", "sched=latency latency=15"}, argv: []string{"/bin/sh", "-c", sharing}},
	{flags: []string{"-boot", "sched=fair"}, argv: []string{"/bin/sh", "-c", sharing}},
	{flags: []string{"-boot", "sched=cooperative"}, argv: []string{"/bin/sh", "-c", sharing}},
}

// sharing has tasks that want the CPU at once, sleep, and change how it is shared.
const sharing = "spin 2 & renice -n 7 $!; spin 1 & (sleep 0.002; echo x) | cat; seq 1 300 | sort | md5sum; echo 500000 >/proc/sys/kernel/sched_min_granularity_ns; cat /proc/self/sched; echo fair >/proc/sys/kernel/sched; wait; cat /proc/loadavg /proc/stat"

// debianSession uses the programs of the second disk for long, where that is built; `make test` builds it.
func debianSession(t *testing.T) []spec {
	const image = root + "/build/disk-debian.img"
	if _, err := os.Stat(image); err != nil {
		if os.Getenv("VITRINE_PAGE") != "" {
			t.Fatal(err)
		}
		return nil
	}
	return []spec{{flags: []string{"-disk", image}, argv: []string{"/bin/bash", "-c", "cd /root/samples; python3 threads.py; lua primes.lua 200; perl words.pl *; " +
		"sqlite3 /tmp/b.db <books.sql; cp -r project /tmp; make -C /tmp/project test; tcc -run hello.c; goroutines; find /usr/include | sort | md5sum; tar c . | gzip | wc -c; sync"}}}
}

var hashLine = regexp.MustCompile(`(?m)^hash \d+ [0-9a-f]{16}$`)

// withMarks adds -hash-at for every mark.
func withMarks(s spec, more ...string) spec {
	flags := append(append([]string{}, s.flags...), more...)
	for _, m := range marks {
		flags = append(flags, "-hash-at", m)
	}
	s.flags = flags
	return s
}

func hashes(r result) string { return strings.Join(hashLine.FindAllString(r.err, -1), "\n") }

// TestDeterminism: the states at given instructions are the same twice, and whether or not somebody listens.
func TestDeterminism(t *testing.T) {
	for i, s := range runs {
		t.Run(string(rune('A'+i)), func(t *testing.T) {
			t.Parallel()
			first := guest(t, withMarks(s))
			want := hashes(first)
			if strings.Count(want, "\n") < 5 {
				t.Fatalf("few hashes: %s\n%s", first.err, first.out)
			}
			// Every instruction as an event: only so many that the test can hold them.
			few := guest(t, withMarks(s, "-trace", "all", "-limit", "150000"))
			if got := hashes(few); strings.Count(got, "\n") < 3 || !strings.HasPrefix(want, got) {
				t.Errorf("when everything is listened to:\n%s\nwant:\n%s", got, want)
			}
			for _, more := range [][]string{nil, {"-trace", "tick,console,syscall,page-fault,walk"}, {"-strace"}, {"-stats"}} {
				r := guest(t, withMarks(s, more...))
				if got := hashes(r); got != want || r.out != first.out || r.status != first.status {
					t.Errorf("with %v:\n%s\nwant:\n%s\noutput %q, want %q", more, got, want, r.out, first.out)
				}
			}
		})
	}
}

// node makes the headless machine for Node as make does, once, and returns the command that runs it.
var node = sync.OnceValues(func() (string, error) {
	build := exec.Command("../build-wasm", filepath.Join(work, "vm.wasm"), "./scripts/vm")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	glue := filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm")
	for _, from := range []string{glue + "/wasm_exec.js", glue + "/wasm_exec_node.js", "../vm-node"} {
		data, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(work, filepath.Base(from)), data, 0o755); err != nil {
			return "", err
		}
	}
	return filepath.Join(work, "vm-node"), nil
})

// TestNode: in Node, as WebAssembly, everything is the same to the bit.
func TestNode(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("VITRINE_PAGE") != "" {
			t.Fatal(err)
		}
		t.Skip("the host has no Node")
	}
	needImage(t)
	command, err := node()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range append(slices.Clip(runs), debianSession(t)...) {
		t.Run(string(rune('A'+i)), func(t *testing.T) {
			t.Parallel()
			s := withMarks(s, "-stats")
			native := guest(t, s)
			args := append([]string{"-disk", diskImage}, s.flags...)
			if len(s.argv) > 0 {
				args = append(append(args, "--"), s.argv...)
			}
			there := run1(t, "", s.stdin, command, args...)
			if there.out != native.out || there.status != native.status {
				t.Errorf("status %d, %q; natively %d, %q\n%s", there.status, there.out, native.status, native.out, there.err)
			}
			if hashes(there) != hashes(native) {
				t.Errorf("in Node:\n%s\nnatively:\n%s", hashes(there), hashes(native))
			}
			if a, b := finalHash(there.err), finalHash(native.err); a != b || a == "" {
				t.Errorf("at the end %q, natively %q", a, b)
			}
		})
	}
}

var final = regexp.MustCompile(`"hash":"([0-9a-f]{16})"`)

func finalHash(text string) string {
	m := final.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1]
}
