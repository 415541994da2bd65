//go:build !js

package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

const muslLoader = "/lib/ld-musl-x86_64.so.1"

// compiled is a session on whose disk the program of testdata/stack.c is, with what was compiled.
func compiled(t *testing.T, flags ...string) (*Session, string, []byte) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "stack")
	if out, err := exec.Command("musl-gcc", append([]string{"-O1", "-o", bin, "testdata/stack.c"}, flags...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	raw, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	loader, err := os.ReadFile(muslLoader)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := boot.PutFiles(builtDisk(t), []link.File{{Path: "/bin/stack", Mode: link.TypeRegular | 0o755, Data: raw},
		{Path: muslLoader, Mode: link.TypeRegular | 0o755, Data: loader}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSession(disk, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Command(view.Command{Kind: "resize", Rows: 100, Cols: 160})
	play(t, s)
	return s, bin, raw
}

// typed has a line typed at the prompt, and returns what was executed last and what the console shows.
func typed(t *testing.T, s *Session, line string) (*view.Exec, string) {
	t.Helper()
	s.Command(view.Command{Kind: "play"})
	s.Command(view.Command{Kind: "input", Text: "clear; " + line + "\r"})
	play(t, s)
	return &s.Batch().Frame.Exec, s.ConsoleText()
}

// TestExecPicture (M22, M23, M24, M26): headers, segments and sections are what readelf says of the same file, the segments lie
// where they should, and the first stack is what the program itself finds there.
func TestExecPicture(t *testing.T) {
	for name, flags := range map[string][]string{"static": {"-static", "-no-pie"}, "dynamic": {"-pie", "-fPIE"}} {
		t.Run(name, func(t *testing.T) {
			s, bin, raw := compiled(t, flags...)
			e, text := typed(t, s, "VAR=value stack one 'two three'")
			if !e.Valid || e.Errno != "" || e.Filename != "/bin/stack" || !slices.Equal(e.Argv, []string{"stack", "one", "two three"}) {
				t.Fatalf("%q %q %q", e.Filename, e.Argv, e.Errno)
			}
			likeReadelf(t, bin, &e.Program)
			likeFile(t, raw, e)
			if dynamic := name == "dynamic"; dynamic != (e.Interp.Path == muslLoader) || dynamic != (e.Base != 0) || dynamic != (e.Entry != e.AtEntry) {
				t.Errorf("linker %q at %x, entries %x and %x", e.Interp.Path, e.Base, e.Entry, e.AtEntry)
			}
			var words []string
			for _, w := range e.Stack.Words {
				words = append(words, fmt.Sprintf("word %x %x", w.Addr, w.Value))
			}
			var found []string
			for _, line := range strings.Split(text, "\n") {
				if strings.HasPrefix(line, "word ") {
					found = append(found, strings.TrimSpace(line))
				}
			}
			if !slices.Equal(words, found) || e.Stack.SP != e.Stack.Words[0].Addr {
				t.Errorf("the program finds\n%s\nnot\n%s", strings.Join(found, "\n"), strings.Join(words, "\n"))
			}
			strs := map[string]string{}
			for _, str := range e.Stack.Strings {
				strs[str.Name] = str.Text
			}
			if strs["argv[2]"] != "two three" || strs["AT_EXECFN"] != "/bin/stack" || strs["AT_PLATFORM"] != "x86_64" || !strings.Contains(fmt.Sprint(strs), "VAR=value") {
				t.Errorf("strings %v", strs)
			}
		})
	}
}

// likeReadelf compares with binutils.
func likeReadelf(t *testing.T, bin string, f *view.ELF) {
	t.Helper()
	out, err := exec.Command("readelf", "-W", "-h", "-l", "-S", bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for _, l := range strings.Split(string(out), "\n") {
		l = strings.ReplaceAll(strings.ReplaceAll(l, "[ ", "["), "R E", "RE")
		lines[strings.Join(strings.Fields(l), " ")] = true
	}
	has := func(want string) {
		t.Helper()
		if !lines[want] {
			t.Errorf("readelf does not say %q:\n%s", want, out)
		}
	}
	h, _ := view.ParseELF(f.Head)
	has(fmt.Sprintf("Entry point address: %#x", h.Entry))
	has(fmt.Sprintf("Start of section headers: %d (bytes into file)", h.Shoff))
	has(fmt.Sprintf("Number of program headers: %d", h.Phnum))
	if len(f.Headers) != int(h.Phnum) || len(f.Sections) != int(h.Shnum) || f.Unread {
		t.Fatalf("%d program headers, %d sections, unread %v", len(f.Headers), len(f.Sections), f.Unread)
	}
	for i := range f.Headers {
		p := &f.Headers[i]
		flags := strings.ReplaceAll(strings.ReplaceAll(view.ProgFlags(p.Flags), "-", ""), "X", "E")
		has(fmt.Sprintf("%s 0x%06x 0x%016x 0x%016x 0x%06x 0x%06x %s %#x", view.ProgName(p.Type), p.Off, p.Vaddr, p.Paddr, p.Filesz, p.Memsz, flags, p.Align))
	}
	for i := range f.Sections {
		s := &f.Sections[i]
		want := fmt.Sprintf("[%d] %s ", i, s.Name)
		found := false
		for l := range lines {
			found = found || strings.HasPrefix(l, want) && strings.Contains(l, fmt.Sprintf(" %016x %06x %06x ", s.Addr, s.Off, s.Size))
		}
		if !found && !s.Null() {
			t.Errorf("readelf knows no %s at %x, offset %x, %x bytes:\n%s", want, s.Addr, s.Off, s.Size, out)
		}
	}
}

// likeFile compares bytes with the file's, and the places of the segments with what another parser reads of it.
func likeFile(t *testing.T, raw []byte, e *view.Exec) {
	t.Helper()
	program, err := elf.NewFile(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	bias := e.AtEntry - program.Entry
	for i, p := range program.Progs {
		if h := &e.Program.Headers[i]; h.Bytes != nil && !bytes.HasPrefix(raw[p.Off:], h.Bytes) {
			t.Errorf("program header %d: % x", i, h.Bytes)
		}
		if p.Type != elf.PT_LOAD {
			continue
		}
		at := slices.IndexFunc(e.Landed, func(l view.ExecLanded) bool { return !l.Interp && l.Index == i })
		if at < 0 {
			t.Fatalf("program header %d has not landed", i)
		}
		if l := e.Landed[at]; l.Start != (p.Vaddr+bias)&^0xfff || l.FileEnd != p.Vaddr+bias+p.Filesz || l.End != p.Vaddr+bias+p.Memsz {
			t.Errorf("program header %d at %x, file to %x, all to %x", i, l.Start, l.FileEnd, l.End)
		}
	}
	for i, s := range program.Sections {
		if b := e.Program.Sections[i].Bytes; s.Type != elf.SHT_NOBITS && s.Size > 0 && (len(b) == 0 || !bytes.HasPrefix(raw[s.Offset:], b)) {
			t.Errorf("section %s: % x", s.Name, b)
		}
	}
}

// TestExecScripts (M17–M21): who looked at which bytes, argv before and after, a registered format, a line that is cut off, and
// a file that nobody takes; going back shows what was executed then.
func TestExecScripts(t *testing.T) {
	s := session(t, Options{})
	play(t, s)
	typed(t, s, `cd /tmp; printf '#!/bin/busybox echo\n' >one; printf '#! /tmp/one  an argument \nrest\n' >two; chmod +x one two`)
	e, text := typed(t, s, "/tmp/two B")
	before := e.At
	if want := "/tmp/one an argument /tmp/two B"; !strings.Contains(text, "\n"+want+"\n") || strings.Join(e.Argv1[2:], " ") != want {
		t.Errorf("it says %s, the picture %q", text, e.Argv1)
	}
	if len(e.Levels) != 3 || !slices.Equal(e.Levels[0].After, e.Levels[1].Argv) {
		t.Fatalf("%d levels, %q", len(e.Levels), e.Levels[0].After)
	}
	l := &e.Levels[0]
	if got := string(l.Buf[l.Name[0]:l.Name[1]]) + "|" + string(l.Buf[l.Arg[0]:l.Arg[1]]); got != "/tmp/one|an argument" || l.Read != 31 {
		t.Errorf("%q of %d bytes", got, l.Read)
	}
	chain := ""
	for _, l := range e.Levels {
		for _, step := range l.Steps {
			chain += fmt.Sprintf("%s %t ", step.Format, step.Mine)
		}
	}
	if want := "misc false script true misc false script true misc false script false elf true "; chain != want {
		t.Errorf("asked: %s", chain)
	}

	e, _ = typed(t, s, `mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null; echo ':cafe:M:1:\xfe\xba::/bin/busybox:' >/proc/sys/fs/binfmt_misc/register; printf '\xca\xfe\xba\xbe' >c; chmod +x c; ./c`)
	if step := e.Levels[0].Steps[0]; !step.Mine || step.Looked != 3 || len(step.Tried) != 1 || !step.Tried[0].Fits || step.Tried[0].Offset != 1 || e.Levels[0].Read != 4 {
		t.Errorf("binfmt_misc: %+v", step)
	}

	e, _ = typed(t, s, `(printf '#!/bin/busybox echo '; printf '%0300d\n' 0) >long; chmod +x long; ./long`)
	if l := &e.Levels[0]; l.Line != 256 || l.Arg[1] != 255 || e.Levels[0].After[1] != "echo "+strings.Repeat("0", maxArgShown-5)+"…" {
		t.Errorf("the line ends at %d, its argument at %d, argv %q", l.Line, l.Arg[1], e.Levels[0].After)
	}

	e, text = typed(t, s, `echo 'echo hi from $0' >plain; chmod +x plain; ./plain`)
	if n := len(e.Before); n == 0 || e.Before[n-1].Filename != "./plain" || e.Before[n-1].Errno != "ENOEXEC" || e.Before[n-1].PID != e.PID || !strings.Contains(text, "hi from ./plain") {
		t.Errorf("before it: %+v\n%s", e.Before, text)
	}
	f := do(t, s, view.Command{Kind: "seek", N: float64(before + 1000)})
	if f.Exec.Filename != "/tmp/two" || f.Exec.At != before {
		t.Errorf("back at %d: %q of %d", f.Now, f.Exec.Filename, f.Exec.At)
	}
	f = do(t, s, view.Command{Kind: "seek", N: float64(e.Before[len(e.Before)-1].At + 10)})
	if len(f.Exec.Levels) != 1 || f.Exec.Errno != "ENOEXEC" || len(f.Exec.Levels[0].Steps) != 4 || !strings.Contains(view.MakeTwin(f).Exec, "compat_elf looked at 52 bytes") {
		t.Errorf("the refusal: %q of %q", f.Exec.Errno, f.Exec.Filename)
	}
}

// TestExecUnknown: of somebody else's kernel and before the first program nothing is known, and it is said.
func TestExecUnknown(t *testing.T) {
	s := session(t, Options{Paused: true})
	if e := &s.Batch().Frame; e.Exec.Valid || !strings.Contains(view.MakeTwin(e).Exec, "no program") {
		t.Error("a program before power-on")
	}
	f := view.Frame{Kernel: view.Kernel{Foreign: "Linux"}}
	if !strings.Contains(view.MakeTwin(&f).Exec, "not known") {
		t.Error("somebody else's kernel is known")
	}
}
