package main

import (
	"os"
	"strings"
	"testing"

	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// TestLoad drops files on a running machine: a kernel makes another machine, what cannot be loaded changes nothing, and
// without files the first machine begins anew.
func TestLoad(t *testing.T) {
	s := session(t, Options{Date: 1})
	play(t, s)
	first := s.Batch().Frame.Machine
	s.Command(view.Command{Kind: "speed", N: 0})
	s.Command(view.Command{Kind: "resize", Rows: 30, Cols: 90})

	s.Command(view.Command{Kind: "load", Files: []view.File{{Name: "notes.txt", Bytes: []byte("no kernel")}}})
	f := &s.Batch().Frame
	if !strings.Contains(f.Problem, "neither a multiboot image nor a bzImage") || f.Machine != first || !f.Kernel.Booted {
		t.Errorf("problem %q, machine %d, booted %v", f.Problem, f.Machine, f.Kernel.Booted)
	}

	kernel := foreignKernel(t)
	files := []view.File{{Name: "module", Bytes: []byte("data")}, {Name: "kernel", Bytes: kernel}} // in any order
	s.Command(view.Command{Kind: "load", Files: files, Mem: "16M", Text: "quiet"})
	play(t, s)
	f = &s.Batch().Frame
	if f.Problem != "" || f.Machine != first+1 || f.Kernel.Foreign != "multiboot" || f.Term.Rows != 30 {
		t.Errorf("problem %q, machine %d, kernel %q", f.Problem, f.Machine, f.Kernel.Foreign)
	}
	alone, err := boot.New(boot.Options{Kernel: kernel, Initrd: []byte("data"), Append: "quiet", RAM: 16 << 20, Date: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	alone.Run(boot.NoLimit, boot.NoLimit)
	if got, want := s.comp.Hash(), alone.Hash(); got != want {
		t.Errorf("%016x, without a page %016x", got, want)
	}
	s.Command(view.Command{Kind: "input", Text: "x"})
	play(t, s)
	if text := s.ConsoleText(); !strings.HasPrefix(text, "x") {
		t.Errorf("the console shows %q", text)
	}

	s.Command(view.Command{Kind: "load"})
	play(t, s)
	if f = &s.Batch().Frame; f.Machine != first+2 || !f.Kernel.Booted {
		t.Errorf("machine %d, booted %v", f.Machine, f.Kernel.Booted)
	}
}

// TestLoadRefuses: what is wrong with the files is said.
func TestLoadRefuses(t *testing.T) {
	s, err := NewSession(nil, nil, Options{Kernel: foreignKernel(t), Mem: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	kernel, other := view.File{Bytes: foreignKernel(t)}, view.File{Bytes: []byte("other")}
	for _, c := range []struct {
		command view.Command
		want    string
	}{
		{view.Command{Files: []view.File{kernel, other, other}}, "too many files"},
		{view.Command{Files: []view.File{other, other}}, "too many files"},
		{view.Command{Files: []view.File{kernel}, Mem: "1Q"}, "not a size"},
		{view.Command{Files: []view.File{kernel}, Mem: "1M"}, "memory must be"},
		{view.Command{Files: []view.File{kernel, {Bytes: make([]byte, 20<<20)}}, Mem: "16M"}, "no room for the module"},
		{view.Command{Files: []view.File{other}}, "neither"},
	} {
		c.command.Kind = "load"
		s.Command(c.command)
		if f := s.Batch().Frame; !strings.Contains(f.Problem, c.want) || f.Machine != 1 {
			t.Errorf("%q, want … %s …; machine %d", f.Problem, c.want, f.Machine)
		}
	}
}

// TestLinuxPicture drops Debian's kernel: it comes to its prompt, something is typed, and the picture knows its functions.
func TestLinuxPicture(t *testing.T) {
	var files []view.File
	for _, name := range []string{"vmlinuz", "initrd.gz"} {
		b, err := os.ReadFile("../../build/linux/" + name)
		if err != nil {
			t.Skip("Debian's kernel is not there: make linux")
		}
		files = append(files, view.File{Name: name, Bytes: b})
	}
	s, err := NewSession(nil, nil, Options{Kernel: foreignKernel(t), Mem: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	s.Command(view.Command{Kind: "load", Files: files})
	s.typed = "echo $((6*7))"
	ms := 0.0
	clock := func() float64 { ms += sliceMs / 1000; return ms } // a slice is a thousand pieces
	for i := 0; i < 20_000 && !strings.Contains(s.ConsoleText(), "\n42\n"); i++ {
		s.Slice(clock)
	}
	if !strings.Contains(s.ConsoleText(), "\n42\n") {
		t.Fatalf("the console shows\n%s", s.ConsoleText())
	}
	s.Command(view.Command{Kind: "event", Text: "interrupt"})
	for i := 0; i < 20_000 && s.until != 0; i++ {
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
