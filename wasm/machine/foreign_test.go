package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/wasm/view"
)

// foreignKernel assembles a small kernel of somebody else's: 32 bits, no paging, an interrupt handler that sends back
// what it is sent.
func foreignKernel(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	object, file := filepath.Join(dir, "kernel.o"), filepath.Join(dir, "kernel")
	for _, c := range []*exec.Cmd{
		exec.Command("gcc", "-m32", "-c", "-o", object, "../../kernel/boot/testdata/echo.S"),
		exec.Command("ld", "-m", "elf_i386", "-n", "-Ttext=0x101000", "-o", file, object),
	} {
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c.Args, err, out)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A picture of a machine without our kernel: everything of the machine is there, nothing of a kernel is made up.
func TestForeignPicture(t *testing.T) {
	s, err := NewSession(nil, nil, Options{Kernel: foreignKernel(t), Mem: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	play(t, s)
	s.Command(view.Command{Kind: "event", Text: "interrupt"})
	s.Command(view.Command{Kind: "input", Text: "x"})
	play(t, s)
	f := &s.Batch().Frame
	if f.Kernel.Foreign != "multiboot" || f.Kernel.Booted || len(f.Kernel.Tasks) != 0 || len(f.Boot) != 0 || f.Cow.Valid {
		t.Errorf("the kernel: %+v", f.Kernel)
	}
	if f.CPU.Mode != "protected" || f.Code.Bits != 32 || f.Code.Current < 0 {
		t.Errorf("mode %q, %d-bit code, line %d", f.CPU.Mode, f.Code.Bits, f.Code.Current)
	}
	r := &f.Rings
	if len(r.Gates) == 0 || r.Saved.Door < 0 || !r.Saved.Open || r.Saved.Size != 4 || len(r.Saved.Words) != 3 || !r.Saved.Lies {
		t.Errorf("the door: %+v of %d gates", r.Saved, len(r.Gates))
	}
	ram := s.comp.M.RAM
	for _, w := range r.Saved.Words {
		if uint64(ram.Read32(w.Addr)) != w.Value {
			t.Errorf("%+v, memory holds %x", w, ram.Read32(w.Addr))
		}
	}
	if !f.RAM.Facts || f.RAM.Counts[view.UseCode] == 0 || f.RAM.Counts[view.UseUntouched] == 0 || f.RAM.Counts[view.UseROM] != 16 {
		t.Errorf("memory: %v", f.RAM.Counts)
	}
	twin := view.MakeTwin(f)
	if !strings.Contains(twin.Tasks, "multiboot") || !strings.Contains(twin.Rings, "IRQ 4") {
		t.Errorf("tasks %q, rings %q", twin.Tasks, twin.Rings)
	}
}
