// Package segments runs code in 16 and 32-bit segments on the host's processor: limits, types, far transfers and stack
// faults of compatibility mode, for tests that compare the engine with it. A process may make such segments with
// modify_ldt(2), and Linux reports vector and error code of an exception.
package segments

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"vitrine/scripts/silicon"
)

// Where code and data lie, and where the code jumps when it is through, by selector UserCode.
const (
	Code     = 0x1000000
	CodeSize = 0x4000
	Data     = 0x1100000
	DataSize = 0x3000
	Done     = 0x1200000
	UserCode = 0x33
	NoVector = 255
	Endless  = 98 // the vector of code that does not end
)

// Segment describes an entry of the LDT, as modify_ldt(2) takes it.
type Segment struct {
	Base, Limit                           uint32
	Contents, ReadOnly, Absent, Big, Page uint8 // Contents: 0 data, 1 data that expands downwards, 2 code
	Pad                                   [3]uint8
}

// Case is some code, its segments and its registers; the same type carries the outcome.
type Case struct {
	Code            [64]byte
	Len, CS         uint32
	At              uint32 // where the code lies, from Code on
	Start           uint32 // offset of the first instruction in CS
	LDT             [8]Segment
	GPR             [8]uint32
	Flags           uint32
	DS, ES, SS, GS  uint16
	Vector, Err, IP uint32 // on output
	CR2             uint64
	FX              [512]byte
	Mem             [DataSize]byte
}

// Selector is that of LDT entry i in ring 3.
func Selector(i int) uint16 { return uint16(i)<<3 | 7 }

//go:embed host/segments.c
var source []byte

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "segments")
	if err != nil {
		return "", err
	}
	src, exe := filepath.Join(dir, "segments.c"), filepath.Join(dir, "segments")
	if err := os.WriteFile(src, source, 0o600); err != nil {
		return "", err
	}
	out, err := exec.Command("gcc", "-O1", "-o", exe, src).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return exe, nil
})

// Run runs every case by itself and returns the outcomes. Where the kernel has no modify_ldt the test is skipped, and on
// processors other than Intel's: which of several faults comes first is not the same everywhere.
func Run(t testing.TB, cases []Case) []Case {
	t.Helper()
	silicon.Need(t)
	if info, _ := os.ReadFile("/proc/cpuinfo"); !bytes.Contains(info, []byte("GenuineIntel")) {
		t.Skip("needs a processor of Intel's")
	}
	exe, err := build()
	if err != nil {
		t.Fatal(err)
	}
	var in, text bytes.Buffer
	if err := binary.Write(&in, binary.LittleEndian, cases); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Stdin, cmd.Stderr = &in, &text
	out, err := cmd.Output()
	if bytes.Contains(text.Bytes(), []byte("modify_ldt")) {
		t.Skip("the host's kernel has no modify_ldt for 16-bit segments")
	}
	if err != nil {
		t.Fatalf("%v after %d of %d bytes: %s", err, len(out), in.Len(), &text)
	}
	results := make([]Case, len(cases))
	if err := binary.Read(bytes.NewReader(out), binary.LittleEndian, results); err != nil {
		t.Fatal(err)
	}
	return results
}
