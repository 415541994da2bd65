//go:build linux

package sys_test

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// linkKinds are the ways to link a program. cut takes the section headers away, which the kernel does not need.
var linkKinds = []struct {
	name  string
	flags []string
	cut   bool
}{
	{"static", []string{"-static", "-no-pie"}, false},
	{"static_pie", []string{"-static-pie", "-fPIE"}, false},
	{"dynamic_pie", []string{"-pie", "-fPIE"}, false},
	{"dynamic_no_pie", []string{"-no-pie", "-fno-pie"}, false},
	{"bind_now", []string{"-pie", "-fPIE", "-Wl,-z,now"}, false},
	{"no_separate_code", []string{"-pie", "-fPIE", "-Wl,-z,noseparate-code"}, false},
	{"no_section_headers", []string{"-pie", "-fPIE", "-s"}, true},
	{"static_without_section_headers", []string{"-static", "-no-pie", "-s"}, true},
}

// TestLinked runs one program linked in all ways with the GNU C library.
func TestLinked(t *testing.T) {
	dir := t.TempDir()
	var programs []string
	for _, kind := range linkKinds {
		program := filepath.Join(dir, kind.name)
		args := append([]string{"-O1", "-w", "-D_GNU_SOURCE", "-o", program, "testdata/link/kinds.c", "-lpthread"}, kind.flags...)
		if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", kind.name, err, out)
		}
		if kind.cut {
			cutSections(t, program)
		}
		programs = append(programs, program)
	}
	disk := hostDiskOf(t, 48<<20, programs)
	for i, kind := range linkKinds {
		t.Run(kind.name, func(t *testing.T) {
			host := runHost(t, programs[i])
			if guest := runGuest(t, disk, programs[i]); host != guest {
				t.Errorf("status %d, %d; output differs:\n%s\nguest:\n%s", host.status, guest.status, firstDifference(host.out, guest.out), guest.out)
			}
		})
	}
}

// cutSections cuts a 64-bit ELF file off where its section headers begin, and says in the header that there are none.
func cutSections(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	b = b[:le.Uint64(b[40:])]
	le.PutUint64(b[40:], 0)
	clear(b[58:64])
	if err := os.WriteFile(name, b, 0o755); err != nil {
		t.Fatal(err)
	}
}
