package sys

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"vitrine/kernel"
)

func TestQuoted(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", `"plain"`}, {"a\nb\t\"\\", `"a\nb\t\"\\"`}, {"\x001", `"\0001"`}, {"\x00x\x7f", `"\0x\177"`}, {"\x1b[0m", `"\33[0m"`}, {"\xe9", `"\351"`},
	} {
		if got := quoted([]byte(c.in)); got != c.want {
			t.Errorf("quoted(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

func TestFlagText(t *testing.T) {
	for _, c := range []struct {
		set  string
		v    uint64
		want string
	}{
		{"open", 0, "O_RDONLY"}, {"open", 0o102101, "O_WRONLY|O_CREAT|O_APPEND|O_LARGEFILE"}, {"open", 0o2200000, "O_RDONLY|O_CLOEXEC|O_DIRECTORY"},
		{"prot", 0, "PROT_NONE"}, {"prot", 3, "PROT_READ|PROT_WRITE"}, {"mmap", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"}, {"access", 0, "F_OK"},
		{"clock", 1, "CLOCK_MONOTONIC"}, {"clock", 99, "0x63 /* CLOCK_??? */"}, {"wait", 3, "WNOHANG|WSTOPPED"}, {"futex", 0x189, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME"},
	} {
		if got := flagText(c.set, c.v); got != c.want {
			t.Errorf("%s %#x: %s, want %s", c.set, c.v, got, c.want)
		}
	}
}

// Every set that a definition names must exist, and every definition must say where it comes from.
func TestDefinitions(t *testing.T) {
	seen := map[uint16]string{}
	for _, s := range Table() {
		if seen[s.Nr] != "" {
			t.Errorf("%s and %s have the number %d", s.Name, seen[s.Nr], s.Nr)
		}
		seen[s.Nr] = s.Name
		if s.Man == "" || s.Fn == nil && s.Refused == 0 || len(s.Args) > 6 {
			t.Errorf("%s: incomplete", s.Name)
		}
		for _, a := range s.Args {
			if _, ok := flagSets[a.Flags]; a.Kind == kernel.ArgFlags && !ok && a.Flags != "clone" {
				t.Errorf("%s: no flag set %q", s.Name, a.Flags)
			}
		}
	}
}

// The numbers must be Linux's: the C library's headers know them.
func TestNumbersAreLinux(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc here")
	}
	var source strings.Builder
	source.WriteString("#include <sys/syscall.h>\n")
	for _, s := range Table() {
		source.WriteString(s.Name + " __NR_" + s.Name + "\n")
	}
	cmd := exec.Command("gcc", "-E", "-P", "-")
	cmd.Stdin = strings.NewReader(source.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Skip(err)
	}
	numbers := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		if f := strings.Fields(line); len(f) == 2 {
			numbers[f[0]] = f[1]
		}
	}
	for _, s := range Table() {
		if n := numbers[s.Name]; n != "" && n != "__NR_"+s.Name && n != itoa(s.Nr) {
			t.Errorf("%s is %s, not %d", s.Name, n, s.Nr)
		}
	}
}

func itoa(n uint16) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}
