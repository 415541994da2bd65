//go:build linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vitrine/engine/trace"
)

// TestStatus: the exit status says how it ended.
func TestStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      spec
		status int
		says   string // on stderr
	}{
		{"success", spec{argv: []string{"/bin/true"}}, 0, ""},
		{"the program's", spec{argv: []string{"/bin/sh", "-c", "exit 42"}}, 42, ""},
		{"status 255", spec{argv: []string{"/bin/sh", "-c", "exit 255"}}, 255, ""},
		{"SIGSEGV", spec{argv: []string{"/bin/segv"}}, 139, ""},
		{"SIGKILL", spec{argv: []string{"/bin/sh", "-c", "kill -9 $$"}}, 137, ""},
		{"SIGTERM", spec{argv: []string{"/bin/sh", "-c", "kill $$"}}, 143, ""},
		{"no such program", spec{argv: []string{"/bin/nothing"}}, 127, ""},
		{"no program", spec{argv: []string{"/etc/passwd"}}, 126, ""},
		{"by name", spec{argv: []string{"true"}}, 0, ""},
		{"limit", spec{flags: []string{"-limit", "200000"}, argv: []string{"/bin/spin"}}, 124, ""},
		{"limit in the firmware", spec{flags: []string{"-limit", "100"}, argv: []string{"/bin/true"}}, 124, ""},
		{"limit 0", spec{flags: []string{"-limit", "0"}, argv: []string{"/bin/true"}}, 124, ""},
		{"no init", spec{flags: []string{"-boot", "init=/nope"}}, 125, "guest panic: Requested init /nope failed"},
		{"init ends", spec{flags: []string{"-boot", "init=/bin/true"}}, 125, "guest panic: Attempted to kill init!"},
		{"init crashes", spec{flags: []string{"-boot", "init=/bin/segv"}}, 125, "guest panic: Attempted to kill init!"},
		{"unknown flag", spec{flags: []string{"-nope"}}, 2, "usage"},
		{"bad number", spec{flags: []string{"-limit", "x"}}, 2, "usage"},
		{"bad hash-at", spec{flags: []string{"-hash-at", "x"}}, 2, "not a number"},
		{"bad memory", spec{flags: []string{"-mem", "64Q"}}, 2, "not a size"},
		{"little memory", spec{flags: []string{"-mem", "1M"}}, 2, "memory"},
		{"bad kind", spec{flags: []string{"-trace", "nothing"}}, 2, "no such kind; there are"},
		{"bad add", spec{flags: []string{"-add", "x"}}, 2, "want HOST:GUEST"},
		{"missing file", spec{flags: []string{"-add", "/no/such/file:/x"}}, 2, "no such file"},
		{"missing disk", spec{flags: []string{"-disk", "/no/such/disk"}}, 2, "no such file"},
		{"no disk", spec{flags: []string{"-disk", "/dev/null"}, argv: []string{"/bin/true"}}, 2, ""},
		{"help", spec{flags: []string{"-help"}}, 0, "usage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := guest(t, c.s)
			if got.status != c.status || !strings.Contains(got.err, c.says) {
				t.Errorf("status %d, want %d; stderr should say %q:\n%s", got.status, c.status, c.says, got.err)
			}
		})
	}
}

// counts are what -stats prints.
type counts struct {
	Instructions    uint64  `json:"instructions"`
	Seconds         float64 `json:"seconds"`
	MIPS            float64 `json:"mips"`
	Syscalls        uint64  `json:"syscalls"`
	PageFaults      uint64  `json:"page_faults"`
	COWFaults       uint64  `json:"cow_faults"`
	ContextSwitches uint64  `json:"context_switches"`
	TimerInterrupts uint64  `json:"timer_interrupts"`
	Hash            string  `json:"hash"`
}

func stats(t *testing.T, argv ...string) counts {
	t.Helper()
	r := guest(t, spec{flags: []string{"-stats"}, argv: argv})
	var c counts
	if err := json.Unmarshal([]byte(r.err), &c); err != nil {
		t.Fatalf("%v: %q", err, r.err)
	}
	return c
}

func TestStats(t *testing.T) {
	t.Parallel()
	c := stats(t, "/bin/spin", "1")
	if c.Instructions < 3e6 || c.Seconds <= 0 || c.MIPS <= 0 || c.Syscalls < 10 || c.PageFaults < 10 || c.TimerInterrupts < 25 ||
		!regexp.MustCompile("^[0-9a-f]{16}$").MatchString(c.Hash) {
		t.Errorf("%+v", c)
	}
}

// TestCopiesOnWrite: cow N makes exactly N copies more than cow 0.
func TestCopiesOnWrite(t *testing.T) {
	t.Parallel()
	none := stats(t, "/bin/cow", "0").COWFaults
	for _, n := range []string{"1", "8", "16"} {
		want := map[string]uint64{"1": 1, "8": 8, "16": 16}[n]
		if got := stats(t, "/bin/cow", n).COWFaults - none; got != want {
			t.Errorf("cow %s: %d copies more than cow 0", n, got)
		}
	}
}

// TestPageFaults: touching N pages costs N page faults.
func TestPageFaults(t *testing.T) {
	t.Parallel()
	few, many := stats(t, "/bin/touch-pages", "10"), stats(t, "/bin/touch-pages", "300")
	// A page of page tables more costs no fault, a longer number no page.
	if got := many.PageFaults - few.PageFaults; got != 290 {
		t.Errorf("290 pages more cost %d page faults", got)
	}
}

// TestSharing: two hogs take turns by the timer.
func TestSharing(t *testing.T) {
	t.Parallel()
	one := stats(t, "/bin/sh", "-c", "spin 20; spin 20")
	two := stats(t, "/bin/sh", "-c", "spin 20 & spin 20; wait")
	if two.ContextSwitches < one.ContextSwitches+100 {
		t.Errorf("one after the other %d context switches, side by side %d", one.ContextSwitches, two.ContextSwitches)
	}
	if two.TimerInterrupts < 1000 {
		t.Errorf("%d timer interrupts in 1.2 s", two.TimerInterrupts)
	}
}

// TestTrace: every kind can be asked for, and each line is JSON with its time.
func TestTrace(t *testing.T) {
	t.Parallel()
	r := guest(t, spec{flags: []string{"-trace", "all"}, argv: []string{"/bin/cow"}})
	seen := map[string]int{}
	last := uint64(0)
	for _, line := range strings.Split(strings.TrimSpace(r.err), "\n") {
		var e struct {
			At   uint64 `json:"at"`
			Kind string `json:"kind"`
			A    string `json:"a"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if _, known := trace.ByName(e.Kind); !known || e.At < last {
			t.Fatalf("after %d: %s", last, line)
		}
		last = e.At
		seen[e.Kind]++
	}
	for _, kind := range []string{"instr", "mode", "exception", "interrupt", "iret", "syscall-insn", "sysret-insn", "walk", "tlb-flush", "irq", "out", "in",
		"disk-read", "boot", "syscall", "syscall-ret", "page-fault", "cow", "frame-alloc", "frame-free", "switch", "wake", "block", "fork", "exec", "exit", "console", "tick"} {
		if seen[kind] == 0 {
			t.Errorf("no %s in a whole session", kind)
		}
	}
	few := guest(t, spec{flags: []string{"-trace", "fork,exec"}, argv: []string{"/bin/cow"}})
	if n := strings.Count(few.err, "\n"); n != 4 {
		t.Errorf("init forks, executes cow, cow forks: %d events\n%s", n, few.err)
	}
}

// TestStrace prints what the real strace prints of the same program, with its standard output on a terminal.
func TestStrace(t *testing.T) {
	real, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("the host has no strace")
	}
	for _, line := range []string{"hello", "hello-c a b", "touch-pages", "segv"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			needImage(t)
			argv := strings.Fields(line)
			program, err := os.ReadFile(root + "/build/root/bin/" + argv[0])
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir() // the same path here and there
			log, bin := filepath.Join(dir, "log"), filepath.Join(dir, argv[0])
			if err := os.WriteFile(bin, program, 0o755); err != nil {
				t.Fatal(err)
			}
			argv[0] = bin
			host := exec.Command(real, append([]string{"-o", log}, argv...)...)
			p := newPTY(t, 24, 80)
			host.Stdin, host.Stdout, host.Stderr = p.slave, p.slave, p.slave
			if err := host.Run(); err != nil && host.ProcessState == nil {
				t.Skip("strace does not run here: ", err)
			}
			want, err := os.ReadFile(log)
			if err != nil || len(want) == 0 {
				t.Skip("strace may not trace here: ", err)
			}
			got := guest(t, spec{flags: []string{"-strace", "-add", bin + ":" + bin}, argv: argv})
			if g, w := plain(got.err), plain(string(want)); g != w {
				t.Errorf("here:\n%s\nreal:\n%s", g, w)
			}
		})
	}
}

var (
	pointer = regexp.MustCompile(`0x[0-9a-f]{6,}(?: /\* \d+ vars \*/)?|NULL`)
	pid     = regexp.MustCompile(`(set_tid_address\(PTR\) +|clone\(.*\) += |wait4\(|si_pid=|fork\(\) += |gettid\(\) += |getpid\(\) += )(= )?\d+`)
	usage   = regexp.MustCompile(`tv_usec=\d+`)
	blanks  = regexp.MustCompile(` +=`)
)

// plain hides what differs from host to host: addresses, process numbers, columns.
func plain(text string) string {
	text = pointer.ReplaceAllString(text, "PTR")
	text = blanks.ReplaceAllString(text, " =")
	text = usage.ReplaceAllString(text, "tv_usec=N")
	return pid.ReplaceAllString(text, "${1}N")
}
