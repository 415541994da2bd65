package silicon

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

//go:embed host/host.c
var source []byte

// flags are for a program without C library, far from what cases use as addresses, that leaves the floating-point
// registers alone.
var flags = []string{"-O2", "-Wall", "-Wextra", "-ffreestanding", "-fno-stack-protector", "-fcf-protection=none", "-mgeneral-regs-only",
	"-mfsgsbase", "-mno-red-zone", "-fno-asynchronous-unwind-tables", "-fPIE", "-fvisibility=hidden", "-static", "-nostdlib", "-no-pie",
	"-Wl,-Ttext-segment=0x35a5a5a00000,-z,noexecstack,--build-id=none"}

// ErrHost means that the host's processor cannot be asked.
var ErrHost = errors.New("silicon needs Linux on x86-64")

// Host is the host's processor: a process that executes cases.
type Host struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	dir   string
	cpuid [5][4]uint32
}

// Start compiles host.c and starts it.
func Start() (*Host, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return nil, ErrHost
	}
	dir, err := os.MkdirTemp("", "silicon")
	if err != nil {
		return nil, err
	}
	h := &Host{dir: dir}
	if err := h.start(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return h, nil
}

func (h *Host) start() error {
	src, bin := filepath.Join(h.dir, "host.c"), filepath.Join(h.dir, "host")
	if err := os.WriteFile(src, source, 0o600); err != nil {
		return err
	}
	if text, err := exec.Command("gcc", append(flags, "-o", bin, src)...).CombinedOutput(); err != nil {
		return fmt.Errorf("gcc: %v\n%s", err, text)
	}
	h.cmd = exec.Command(bin)
	h.cmd.Stderr = os.Stderr
	in, err := h.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	h.in, h.out = in, bufio.NewReaderSize(out, 1<<20)
	if err := h.cmd.Start(); err != nil {
		return err
	}
	if err := binary.Read(h.out, binary.LittleEndian, &h.cpuid); err != nil {
		return fmt.Errorf("the host program does not start: %v (%v)", err, h.cmd.Wait())
	}
	return nil
}

// Close ends the process.
func (h *Host) Close() error {
	h.in.Close()
	err := h.cmd.Wait()
	os.RemoveAll(h.dir)
	return err
}

// CPUID is what the host's instruction returns for the leaves that report features.
func (h *Host) CPUID(leaf, sub uint32) (a, b, c, d uint32) {
	var r [4]uint32
	switch {
	case leaf == 1:
		r = h.cpuid[0]
	case leaf == 7 && sub == 0:
		r = h.cpuid[1]
	case leaf == 0x80000001:
		r = h.cpuid[2]
	case leaf == 0xd && sub == 1:
		r = h.cpuid[3]
	}
	return r[0], r[1], r[2], r[3]
}

// Alike tells whether the processor is of the kind that the engine describes in what the manual leaves to each: the order in
// which an instruction touches memory, what a fault leaves behind, which x87 pointers are kept.
func (h *Host) Alike() bool {
	const intel, pointers = 0x756e6547, 1<<6 | 1<<13 // "Genu"; leaf 7: FDP with exceptions only, no selectors
	return h.cpuid[4][1] == intel && h.cpuid[1][1]&pointers == pointers
}

// Run executes the cases, one after the other.
func (h *Host) Run(cases []Case) ([]End, error) {
	sent := make(chan error, 1)
	go func() { sent <- h.send(cases) }()
	ends := make([]End, len(cases))
	for i := range ends {
		if err := h.read(&ends[i]); err != nil {
			return nil, fmt.Errorf("case %d, % x: %w (%v)", i, cases[i].Code(), err, h.cmd.Wait())
		}
	}
	return ends, <-sent
}

func (h *Host) send(cases []Case) error {
	for i := range cases {
		if _, err := h.in.Write(cases[i].Raw()); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) read(e *End) error {
	if _, err := io.ReadFull(h.out, e.Outcome.Raw()); err != nil {
		return err
	}
	if e.NWords == 0 {
		return nil
	}
	e.Words = make([]Word, e.NWords)
	return binary.Read(h.out, binary.LittleEndian, e.Words)
}
