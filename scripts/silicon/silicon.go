// Package silicon runs single instructions on the host's processor, for tests that compare the engine with it.
//
// A small C program, built when first needed, maps a code page and a data page at fixed addresses that are also good in the
// engine, loads the whole register state, runs the bytes and reports the whole register state or the signal.
package silicon

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Code and Data are where the instruction and its memory operand lie.
const (
	Code = 0x1000000
	Data = 0x1100000
)

// Case is a register state and an instruction; the same type carries the outcome.
type Case struct {
	Code   [32]byte // on input: the instruction
	Len    uint32   // on input: its length
	Signal uint32   // on output: the signal it raised, or 0
	GPR    [16]uint64
	Flags  uint64
	RIP    uint64 // on output, after a signal
	Pad    [8]byte
	FX     [512]byte // as FXSAVE64 stores it
	Mem    [1024]byte
}

// Signals as Linux numbers them.
const (
	SIGILL  = 4
	SIGTRAP = 5
	SIGBUS  = 7
	SIGFPE  = 8
	SIGSEGV = 11
)

//go:embed host/silicon.c
var source []byte

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "silicon")
	if err != nil {
		return "", err
	}
	src, exe := filepath.Join(dir, "silicon.c"), filepath.Join(dir, "silicon")
	if err := os.WriteFile(src, source, 0o600); err != nil {
		return "", err
	}
	out, err := exec.Command("gcc", "-O1", "-o", exe, src).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return exe, nil
})

// Need skips a test where there is no gcc or no x86-64 processor.
func Need(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("needs an x86-64 processor under Linux")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("needs gcc")
	}
}

// Run runs every case by itself and returns the outcomes.
func Run(t testing.TB, cases []Case) []Case {
	t.Helper()
	Need(t)
	exe, err := build()
	if err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	if err := binary.Write(&in, binary.LittleEndian, cases); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	results := make([]Case, len(cases))
	if err := binary.Read(bytes.NewReader(out), binary.LittleEndian, results); err != nil {
		t.Fatal(err)
	}
	return results
}
