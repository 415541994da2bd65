package decode

import (
	"bufio"
	"encoding/hex"
	"os/exec"
	"strings"
	"testing"
)

// beyond are instructions that CPUID does not report: the decoder may know them or not.
var beyond = []string{"xsave", "xrstor", "xgetbv", "rdpkru", "wrpkru", "xbegin", "xend", "xabort", "xtest", "incssp"}

// spellings are ours of what objdump calls otherwise.
var spellings = map[string]string{
	"callq": "call", "jmpq": "jmp", "retq": "ret", "leaveq": "leave", "pushq": "push", "cdqe": "cltq", "movsxd": "movslq",
	"rep": "repz", "ds": "notrack", "data32": "data16", "nop": "rdsspq", "rex": "rdsspq",
}

// sameName compares the first words, which may be prefixes that either side does not show.
func sameName(ours, theirs string) bool {
	a, c := strings.Fields(ours), strings.Fields(theirs)
	switch {
	case a[0] == c[0], spellings[a[0]] == c[0], a[0] == "mov" && c[0] == "movabs", a[0] == "nopw" && c[0] == "cs" && c[1] == a[0]:
		return true
	}
	return ours == "data16 nop" && c[0] == "xchg" && c[1] == "%ax,%ax"
}

// TestAgainstObjdump: every instruction of busybox, with the C library in it, is as long as objdump says and has its name.
func TestAgainstObjdump(t *testing.T) {
	cmd := exec.Command("objdump", "-dw", "/bin/busybox")
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
		if err != nil || skipped(fields[2], code) {
			continue
		}
		total++
		in, err := Decode(append(code, make([]byte, MaxLen)...), 64)
		if err != nil || in.Len != len(code) || !sameName(Text(in, 0, GNU, nil), fields[2]) {
			if wrong++; wrong < 20 {
				t.Errorf("%x is %q; ours %q, length %d, %v", code, fields[2], Text(in, 0, GNU, nil), in.Len, err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if total < 100_000 || wrong > 0 {
		t.Errorf("%d instructions, %d wrong", total, wrong)
	}
}

// skipped leaves out data between the code, and what begins with VEX or EVEX.
func skipped(text string, code []byte) bool {
	for _, name := range beyond {
		if strings.HasPrefix(text, name) {
			return true
		}
	}
	for len(code) > 0 && (code[0] == 0x66 || code[0] == 0xf2 || code[0] == 0xf3) {
		code = code[1:]
	}
	return strings.Contains(text, "(bad)") || len(code) > 0 && (code[0] == 0xc4 || code[0] == 0xc5 || code[0] == 0x62)
}
