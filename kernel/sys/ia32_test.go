//go:build linux

package sys_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compile32 makes a static 32-bit program with the GNU C library.
func compile32(t *testing.T, source, to string) {
	t.Helper()
	cmd := exec.Command("gcc", "-m32", "-msse2", "-static", "-Os", "-s", "-w", "-fno-toplevel-reorder", "-D_GNU_SOURCE", "-o", to, source, "-lpthread")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", source, err, out)
	}
}

// needs32 skips where there is nothing to compare with: no library for 32-bit programs or a kernel that runs none.
func needs32(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/usr/lib32/libc.a"); err != nil {
		t.Skip("no 32-bit programs can be compiled here: no gcc-multilib")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "true.c")
	if err := os.WriteFile(source, []byte("int main(void) { return 0; }"), 0o644); err != nil {
		t.Fatal(err)
	}
	compile32(t, source, filepath.Join(dir, "true"))
	if err := exec.Command(filepath.Join(dir, "true")).Run(); err != nil {
		t.Skip("the host's kernel runs no 32-bit programs: ", err)
	}
}

// TestIA32 is TestAgainstHost of 32-bit programs, on a host whose kernel runs them.
func TestIA32(t *testing.T) {
	needs32(t)
	sources, _ := filepath.Glob("testdata/ia32/*.c")
	disk := baseDisk(t)
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), name)
			compile32(t, source, program)
			againstHost(t, disk, program)
		})
	}
}
