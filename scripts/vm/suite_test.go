//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// suiteScript runs every program of the suite in a directory of its own.
const suiteScript = `for p in /suite/*; do d=/tmp/${p##*/}; mkdir $d; echo "=== $p"; $p $d; echo "=== status $?"; rm -rf $d; done; cat /proc/stat /proc/meminfo`

// suiteMarks are instruction counts at which states of the whole suite are compared.
const suiteMark, suiteMarks = 4_000_000, 40

// suiteFolder compiles the programs of kernel/sys/testdata into a folder.
func suiteFolder(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
	dir := filepath.Join(t.TempDir(), "suite")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob(root + "/kernel/sys/testdata/*.c")
	for _, source := range sources {
		to := filepath.Join(dir, strings.TrimSuffix(filepath.Base(source), ".c"))
		out, err := exec.Command("musl-gcc", "-static", "-Os", "-s", "-w", "-fno-toplevel-reorder", "-D_GNU_SOURCE", "-o", to, source, "-lpthread").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", source, err, out)
		}
	}
	return dir
}

// TestSuiteInNode runs all programs of kernel/sys/testdata, one after the other, natively and in Node: the state is the
// same at every mark and at the end, and so is what they print.
func TestSuiteInNode(t *testing.T) {
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
	s := spec{flags: []string{"-stats", "-add", suiteFolder(t) + ":/suite"}, argv: []string{"/bin/sh", "-c", suiteScript}}
	for i := 1; i <= suiteMarks; i++ {
		s.flags = append(s.flags, "-hash-at", strconv.Itoa(i*suiteMark))
	}
	native := guest(t, s)
	args := append(append([]string{"-disk", diskImage}, s.flags...), "--")
	there := run1(t, "", "", command, append(args, s.argv...)...)
	if n := strings.Count(native.out, "\n== "); n < 300 {
		t.Errorf("only %d cases ran", n)
	}
	if there.out != native.out || there.status != native.status {
		t.Errorf("status %d, natively %d; output differs, from\n%s\nnatively\n%s", there.status, native.status, differing(there.out, native.out), differing(native.out, there.out))
	}
	a, b := hashes(there), hashes(native)
	if a != b || strings.Count(b, "\n") < 10 {
		t.Errorf("in Node:\n%s\nnatively:\n%s", a, b)
	}
	if a, b := finalHash(there.err), finalHash(native.err); a != b || a == "" {
		t.Errorf("at the end %q, natively %q", a, b)
	}
}

// differing is the part of a that begins where it differs from b.
func differing(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return a[i:min(len(a), i+300)]
}
