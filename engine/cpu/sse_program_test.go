package cpu

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os/exec"
	"path/filepath"
	"testing"

	"vitrine/engine/mem"
	"vitrine/scripts/silicon"
)

// A program runs a static Linux executable on the bench, far enough for one that only computes and prints: system calls
// beyond writing and memory fail with ENOSYS.
type program struct {
	*bench
	out  bytes.Buffer
	brk  uint64
	next uint64 // where mmap allocates
}

const (
	programStack = 0x1f00000
	programHeap  = 0x1000000
	programMmap  = 0x1800000
	enosys       = ^uint64(37)
)

func loadProgram(t *testing.T, path string) *program {
	t.Helper()
	p := &program{bench: newBench(), brk: programHeap, next: programMmap}
	p.longMode()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, s := range f.Progs {
		if s.Type != elf.PT_LOAD {
			continue
		}
		if _, err := s.ReadAt(p.ram.Bytes[s.Vaddr:s.Vaddr+s.Filesz], 0); err != nil {
			t.Fatal(err)
		}
	}
	s := &p.c.S
	s.R = [16]uint64{}
	s.RIP = f.Entry
	s.EFER |= EFERSCE
	s.STAR = 0x10 << 32
	s.LSTAR = benchHandlers + 64
	p.ram.Bytes[s.LSTAR] = 0xf4
	s.FCW, s.FTW, s.MXCSR = fcwInitial, tagsEmpty, 0x1f80
	p.stack(f)
	return p
}

// stack lays out argc, argv, envp and the auxiliary vector (psABI x86-64 "Process Initialization").
func (p *program) stack(f *elf.File) {
	const phdr, phent, phnum, pagesz, random = 3, 4, 5, 6, 25
	words := []uint64{1, programStack + 0x800, 0, 0, phdr, f.Progs[0].Vaddr + 64, phent, 56, phnum, uint64(len(f.Progs)),
		pagesz, mem.FrameSize, random, programStack + 0x900, 0, 0}
	for i, v := range words {
		binary.LittleEndian.PutUint64(p.ram.Bytes[programStack+8*i:], v)
	}
	copy(p.ram.Bytes[programStack+0x800:], "floats\x00")
	p.c.S.R[RSP] = programStack
}

// run executes until the program exits and returns its status.
func (p *program) run(t *testing.T) uint64 {
	t.Helper()
	s := &p.c.S
	for s.Retired < 200e6 {
		if exit := p.c.Run(10e6); exit == ExitBudget || exit == ExitAgain {
			continue
		} else if exit != ExitHalt || s.RIP != s.LSTAR+1 {
			t.Fatalf("stopped with exit %d, RIP %#x, RAX %#x after %d instructions\n%s", exit, s.RIP, s.R[RAX], s.Retired, p.out.Bytes())
		}
		if s.R[RAX] == 60 || s.R[RAX] == 231 {
			return s.R[RDI]
		}
		s.R[RAX] = p.call(s.R[RAX], s.R[RDI], s.R[RSI], s.R[RDX])
		s.RIP, s.RFLAGS = s.R[RCX], s.R[R11]
		s.Seg[CS].Sel, s.Seg[SS].Sel = 0x10, 0x18
	}
	t.Fatal("runs for ever")
	return 0
}

func (p *program) call(nr, a, b, c uint64) uint64 {
	word := func(at uint64) uint64 { return binary.LittleEndian.Uint64(p.ram.Bytes[at:]) }
	switch nr {
	case 1: // write
		p.out.Write(p.ram.Bytes[b : b+c])
		return c
	case 20: // writev
		n := uint64(0)
		for i := range c {
			at, size := word(b+16*i), word(b+16*i+8)
			p.out.Write(p.ram.Bytes[at : at+size])
			n += size
		}
		return n
	case 9: // mmap
		p.next += (b + mem.FrameMask) &^ mem.FrameMask
		return p.next - (b+mem.FrameMask)&^mem.FrameMask
	case 12: // brk
		if a != 0 {
			p.brk = a
		}
		return p.brk
	case 158: // arch_prctl(ARCH_SET_FS)
		p.c.S.Seg[FS].Base = b
		return 0
	case 218: // set_tid_address
		return 1
	case 10, 11: // mprotect, munmap
		return 0
	}
	return enosys
}

// TestFloatingPointPrograms runs testdata/floats.c, linked with each libc there is, on the host and on the bench.
func TestFloatingPointPrograms(t *testing.T) {
	silicon.Need(t)
	for _, cc := range []string{"gcc", "musl-gcc"} {
		t.Run(cc, func(t *testing.T) {
			if _, err := exec.LookPath(cc); err != nil {
				t.Skip(err)
			}
			exe := filepath.Join(t.TempDir(), "floats")
			out, err := exec.Command(cc, "-O2", "-static", "-no-pie", "-fno-builtin", "-o", exe, "testdata/floats.c", "-lm").CombinedOutput()
			if err != nil {
				t.Skipf("%v: %s", err, out)
			}
			want, err := exec.Command(exe).Output()
			if err != nil {
				t.Fatal(err)
			}
			p := loadProgram(t, exe)
			status := p.run(t)
			if status != 0 {
				t.Errorf("status %d", status)
			}
			compareLines(t, p.out.Bytes(), want)
			t.Logf("%d instructions", p.c.S.Retired)
		})
	}
}

func compareLines(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
	bad := 0
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) && bad < 8 {
			t.Errorf("line %d:\n\t%s\nwant\t%s", i+1, g[i], w[i])
			bad++
		}
	}
}
