package boot_test

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// TestProgram: what can be run is told from what cannot, and that in words.
func TestProgram(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	self = self[:min(len(self), 4096)]
	header := func(at int, b byte) []byte {
		c := bytes.Clone(self)
		c[at] = b
		return c
	}
	for _, c := range []struct {
		name, says string
		b          []byte
	}{
		{"x86-64", "", self},
		{"script", "", []byte("#!/bin/sh\necho hello\n")},
		{"nothing", "empty", nil},
		{"ARM", "AArch64", header(18, 183)},
		{"unknown", "number 200", header(18, 200)},
		{"big-endian", "big-endian", header(5, 2)},
		{"x32", "x32", header(4, 1)},
		{"object", "object file", header(16, 1)},
		{"core", "core file", header(16, 4)},
		{"cut", "the rest is missing", self[:40]},
		{"Windows", "Windows", []byte("MZ\x90\x00")},
		{"text", "does not begin with #!", []byte("echo hello\n")},
		{"noise", "neither an ELF", []byte{0, 1, 2, 3}},
		{"large", "has room for", make([]byte, boot.MaxProgram+1)},
	} {
		_, err := boot.Program(c.b)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, should say %q", c.name, err, c.says)
		}
	}
}

// TestInterpreter compares with the standard library's reader, on the host's programs.
func TestInterpreter(t *testing.T) {
	found, _ := filepath.Glob("/usr/bin/[a-e]*")
	for _, path := range found[:min(len(found), 100)] {
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte("\x7fELF")) || len(b) > boot.MaxProgram {
			continue
		}
		f, err := elf.NewFile(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, p := range f.Progs {
			if p.Type == elf.PT_INTERP {
				text := make([]byte, p.Filesz)
				p.ReadAt(text, 0)
				want = strings.TrimRight(string(text), "\x00")
			}
		}
		if got, err := boot.Program(b); got != want || f.Machine == elf.EM_X86_64 && err != nil {
			t.Errorf("%s: %q, %v; want %q", path, got, err, want)
		}
	}
}

// TestOwnProgram: a program from outside lies in root's folder of a fresh machine, and its link carries it.
func TestOwnProgram(t *testing.T) {
	for _, name := range []string{"hello world;rm.sh", "../../etc/passwd", "-rf", "", strings.Repeat("ä", 99)} {
		f := boot.ProgramFile(name, []byte("x"))
		if strings.Trim(f.Path, "/abcdefghijklmnopqrstuvwxyz._+-") != "" || strings.Count(f.Path, "/") != 2 || len(f.Path) > 80 {
			t.Errorf("%q becomes %q", name, f.Path)
		}
	}
	files := []link.File{boot.ProgramFile("hi.sh", []byte("#!/bin/sh\necho carried $((6*7))\n"))}
	base := newGuest(t, "quiet", nil).disk
	o := boot.Options{Cmdline: "quiet", Disk: dev.Image(base), Seed: 1, Date: 1767225600, TermRaw: true, TermNoEcho: true}
	l := &link.Link{Engine: boot.Version, Files: files}
	l.Setup, l.Loaded = boot.Describe(&o, 0)
	disk, err := boot.PutFiles(o.Disk, files)
	if err != nil {
		t.Fatal(err)
	}
	o.Disk = disk
	c, err := boot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.Run(boot.NoLimit, 1<<32)
	c.Type([]byte("/root/hi.sh\n"))
	c.Run(boot.NoLimit, 1<<32)
	if out := string(c.Output()); !strings.Contains(out, "carried 42") {
		t.Error(out)
	}
	made := c.Link()
	made.Setup, made.Loaded, made.Files = l.Setup, l.Loaded, files
	if v := replayed(t, made, base); !v.Verified() {
		t.Error(v.String())
	}
	made.Moment.Hash = 0
	if v := replayed(t, made, base); v.Verified() || !strings.HasPrefix(v.String(), "not verified") {
		t.Error(v.String())
	}
}

// FuzzOwnProgram: whatever the file, it is looked at without harm.
func FuzzOwnProgram(f *testing.F) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(self[:1024])
	f.Add([]byte("#!/bin/sh\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if interpreter, err := boot.Program(b); len(interpreter) > 256 || err != nil && interpreter != "" {
			t.Errorf("%q, %v", interpreter, err)
		}
	})
}
