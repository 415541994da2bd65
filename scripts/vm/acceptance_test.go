//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The acceptance tests run the headless machine as a user does, and compare it with the host's Linux where they can.

const (
	root      = "../.." // of the module
	diskImage = root + "/build/disk.img"
)

// work is a folder for everything that the tests build.
var work string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "vm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	work = dir
	if err := noCore(); err != nil { // the machine writes none, and the host shall not either
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	build := exec.Command("go", "build", "-o", vmPath(), ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return 1
	}
	return m.Run()
}

func vmPath() string { return filepath.Join(work, "vm") }

// needImage skips the test when there is no disk image; in make test, which has built one, that is a failure.
func needImage(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(diskImage); err == nil {
		return
	}
	if os.Getenv("VITRINE_PAGE") != "" {
		t.Fatal(diskImage, "is missing")
	}
	t.Skip(diskImage, "is missing: make build/disk.img")
}

// result is what a program did.
type result struct {
	out, err string
	status   int
}

// spec says what to run.
type spec struct {
	flags []string // of the machine
	argv  []string // the program in it; none for the shell
	stdin string
}

// patience is longer than any single run takes, even on a busy host.
const patience = 3 * time.Minute

// guest runs the headless machine.
func guest(t *testing.T, s spec) result {
	t.Helper()
	needImage(t)
	args := append([]string{"-disk", diskImage}, s.flags...)
	if len(s.argv) > 0 {
		args = append(append(args, "--"), s.argv...)
	}
	return run1(t, "", s.stdin, vmPath(), args...)
}

// in runs a program with its arguments in the machine and wants no surprises.
func in(t *testing.T, argv ...string) result {
	t.Helper()
	return guest(t, spec{argv: argv})
}

// sh runs a shell command in the machine.
func sh(t *testing.T, command string) result {
	t.Helper()
	return in(t, "/bin/sh", "-c", command)
}

// host runs a program on the host's Linux, in folder dir, with argv[0] as its name.
func host(t *testing.T, dir, path string, argv ...string) result {
	t.Helper()
	return run1(t, dir, "", path, argv...)
}

func run1(t *testing.T, dir, stdin, path string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %q: %v", path, args, err)
	}
	if ctx.Err() != nil {
		t.Fatalf("%s %q did not end:\n%s%s", path, args, out.String(), errs.String())
	}
	return result{out.String(), errs.String(), status(cmd)}
}

// status is $? of a shell: 128+N for a program that signal N killed.
func status(cmd *exec.Cmd) int {
	if sig := signalOf(cmd.ProcessState); sig != 0 {
		return 128 + sig
	}
	return cmd.ProcessState.ExitCode()
}

// want compares a result with the output and the status that are expected.
func (r result) want(t *testing.T, status int, out string) {
	t.Helper()
	if r.status != status || r.out != out {
		t.Errorf("status %d, want %d; output:\n%s\nwant:\n%s\nstderr: %s", r.status, status, r.out, out, r.err)
	}
}

// chances is how often the host may try: on a busy one a program may win a race that it loses elsewhere. The machine
// gets none, its races always end the same way.
const chances = 4

// likeHost compares with what the host does.
func (r result) likeHost(t *testing.T, host func() result) {
	t.Helper()
	var h result
	for range chances {
		if h = host(); h.status == r.status && h.out == r.out {
			return
		}
	}
	r.want(t, h.status, h.out)
}

// like compares with a regular expression that the whole output must match.
func (r result) like(t *testing.T, status int, pattern string) {
	t.Helper()
	if r.status != status || !regexp.MustCompile(`^(?s:`+pattern+`)$`).MatchString(r.out) {
		t.Errorf("status %d, want %d; output:\n%s\nwant like:\n%s\nstderr: %s", r.status, status, r.out, pattern, r.err)
	}
}
