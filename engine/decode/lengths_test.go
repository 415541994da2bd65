package decode

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binaries are programs that building and testing this project installs; the patterns allow for the compiler's version.
var binaries = []string{
	"/bin/busybox", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libm.so.6", "/usr/lib/x86_64-linux-musl/libc.so",
	"/usr/bin/x86_64-linux-gnu-ld.bfd", "/usr/bin/strace", "/usr/lib/gcc/x86_64-linux-gnu/*/cc1",
}

// TestLengths: over the code sections of big programs each instruction is as long as objdump says; read as 32-bit and
// 16-bit code too, where it is mostly nonsense but encoded in more ways.
func TestLengths(t *testing.T) {
	for _, pattern := range binaries {
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			t.Errorf("%s is not there: make setup-test", pattern)
			continue
		}
		for _, mode := range []int{64, 32, 16} {
			info, err := os.Stat(files[0])
			if big := err == nil && info.Size() > 4<<20; err != nil || big && (mode != 64 || testing.Short()) {
				continue // the compiler at most once
			}
			t.Run(fmt.Sprintf("%s/%d", filepath.Base(files[0]), mode), func(t *testing.T) {
				compareLengths(t, files[0], mode)
			})
		}
	}
}

func compareLengths(t *testing.T, file string, mode int) {
	machine := map[int]string{64: "i386:x86-64", 32: "i386", 16: "i8086"}[mode]
	cmd := exec.Command("objdump", "-dw", "-m", machine, file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal("objdump (package binutils): ", err)
	}
	total, wrong := 0, 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) < 3 {
			continue
		}
		code, err := hex.DecodeString(strings.ReplaceAll(fields[1], " ", ""))
		if err != nil || objdumpOnly(fields[2], code) {
			continue
		}
		total++
		in, err := Decode(append(code, make([]byte, MaxLen)...), mode)
		if err != nil && mode != 64 && nonsense(fields[2]) || err == nil && in.Len == len(code) {
			continue
		}
		if wrong++; wrong < 10 {
			t.Errorf("%x is %q; ours length %d, %v", code, fields[2], in.Len, err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d instructions", total)
	if total < 50_000 || wrong > 0 {
		t.Errorf("%d instructions, %d wrong", total, wrong)
	}
}

// objdumpOnly tells of lines that are no instruction to compare: data, vectors, what CPUID does not report, and FWAIT
// joined with what follows.
func objdumpOnly(text string, code []byte) bool {
	return skipped(text, code) || strings.HasPrefix(text, ".byte") || code[0] == 0x9b && len(code) > 1 || len(code) == 1 && code[0]&0xfc == 0xf0
}

// absent are words in what objdump shows in other modes and this processor does not have: LOCK where it may not be, 64-bit
// code's SYSCALL, vectors behind prefixes, registers that do not exist or cannot be loaded, UD0 and UD1, VMX, SMX, 3DNow.
var absent = []string{"lock", "syscall", "sysret", "%?", ",%cs", "ud0", "ud1", "getsec", "femms", "frstpm", "%cr", "%tr", "%db", " v"}

func nonsense(text string) bool {
	for _, word := range absent {
		if strings.Contains(text, word) {
			return true
		}
	}
	return text[0] == 'v'
}
