//go:build linux

package sys_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compile32 makes a static 32-bit program with the GNU C library.
func compile32(t *testing.T, source, to string) {
	t.Helper()
	cmd := exec.Command("gcc", "-m32", "-static", "-Os", "-s", "-w", "-fno-toplevel-reorder", "-D_GNU_SOURCE", "-o", to, source, "-lpthread")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("no 32-bit programs can be compiled here (gcc-multilib): %v\n%s", err, out)
	}
}

// TestIA32 is TestAgainstHost of 32-bit programs, on a host whose kernel runs them.
func TestIA32(t *testing.T) {
	sources, _ := filepath.Glob("testdata/ia32/*.c")
	disk := baseDisk(t)
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), name)
			compile32(t, source, program)
			if err := exec.Command(program, "/nonexistent").Run(); err != nil && strings.Contains(err.Error(), "exec format error") {
				t.Skip("the host's kernel runs no 32-bit programs")
			}
			againstHost(t, disk, program)
		})
	}
}
