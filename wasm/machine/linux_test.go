package main

import (
	"os"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// TestForeignHash: the page's machine is the one that the headless machine has.
func TestForeignHash(t *testing.T) {
	o := Options{Kernel: foreignKernel(t), Initrd: []byte("data"), Append: "quiet", Mem: 16 << 20, Date: 1}
	s, err := NewSession(dev.Image("our disk is not for it"), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	play(t, s)
	alone, err := boot.New(boot.Options{Kernel: o.Kernel, Initrd: o.Initrd, Append: "quiet", RAM: o.Mem, Date: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	alone.Run(boot.NoLimit, boot.NoLimit)
	if got, want := s.comp.Hash(), alone.Hash(); got != want {
		t.Errorf("%016x, without a page %016x", got, want)
	}
}

// TestLinuxPicture boots Debian's kernel: it comes to its prompt, something is typed, and the picture knows its functions.
func TestLinuxPicture(t *testing.T) {
	o := Options{Append: "console=ttyS0 nokaslr cryptomgr.notests", Run: "echo $((6*7))"}
	for name, to := range map[string]*[]byte{"vmlinuz": &o.Kernel, "initrd.gz": &o.Initrd} {
		b, err := os.ReadFile("../../build/linux/" + name)
		if err != nil {
			t.Skip("Debian's kernel is not there: make linux")
		}
		*to = b
	}
	s, err := NewSession(nil, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	ms := 0.0
	clock := func() float64 { ms += sliceMs / 1000; return ms } // a slice is a thousand pieces
	for i := 0; i < 20_000 && !strings.Contains(s.ConsoleText(), "\n42\n"); i++ {
		s.Slice(clock)
	}
	if !strings.Contains(s.ConsoleText(), "\n42\n") {
		t.Fatalf("the console shows\n%s", s.ConsoleText())
	}
	s.Command(view.Command{Kind: "event", Text: "interrupt"})
	for i := 0; i < 20_000 && s.goals != nil; i++ {
		s.Slice(clock)
	}
	f := &s.Batch().Frame
	if f.Kernel.Foreign != "Linux" || f.CPU.Mode != "long" || !f.Walk.Valid || len(f.Rings.Gates) < 32 {
		t.Errorf("kernel %q, mode %q, walk %+v, %d gates", f.Kernel.Foreign, f.CPU.Mode, f.Walk, len(f.Rings.Gates))
	}
	if !strings.HasPrefix(f.Code.Where, "kernel: ") {
		t.Errorf("it is in %q", f.Code.Where)
	}
	named := 0
	for _, g := range f.Rings.Gates {
		if strings.HasPrefix(g.Symbol, "asm_") {
			named++
		}
	}
	if named < 20 {
		t.Errorf("%d gates have names", named)
	}
}
