package boot_test

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vitrine/engine/mmu"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
	exe "vitrine/kernel/exec"
	"vitrine/kernel/mm"
)

// muslLoader is the C library and dynamic linker that musl-gcc links with.
const muslLoader = "/lib/ld-musl-x86_64.so.1"

// linkedGuest is a guest in which testdata/linked.c, linked with these flags, runs twice and waits.
func linkedGuest(t *testing.T, cmdline string, flags ...string) (g *guest, program *elf.File, raw []byte) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "linked")
	args := append([]string{"-O1", "-Wl,-z,norelro", "-o", bin, "testdata/linked.c"}, flags...)
	if out, err := exec.Command("musl-gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	raw, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	library, err := os.ReadFile(muslLoader)
	if err != nil {
		t.Fatal(err)
	}
	if program, err = elf.NewFile(bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	add := map[string]string{"/bin/linked": string(raw), muslLoader: string(library)}
	return newGuest(t, "quiet "+cmdline, add, "/bin/linked"), program, raw
}

// both waits until two tasks of this name sleep in pause(2).
func (g *guest) both(t *testing.T, name string) []*kernel.Task {
	t.Helper()
	for range 200 {
		g.Run(g.M.Now()+second/20, boot.NoLimit)
		g.out.Write(g.Output())
		var list []*kernel.Task
		g.K.ForEachTask(func(o *kernel.Task) bool {
			if o.Name() == name && o.Run == kernel.Sleep && g.K.Syscall(uint64(o.Sys.Nr)).Name == "pause" {
				list = append(list, o)
			}
			return true
		})
		if len(list) == 2 {
			return list
		}
	}
	t.Fatal("they do not come to wait: ", g.out.String())
	return nil
}

// aux is an entry of a task's auxiliary vector.
func aux(as *mm.AddressSpace, key uint64) uint64 {
	for i := 0; i+1 < len(as.Auxv); i += 2 {
		if as.Auxv[i] == key {
			return as.Auxv[i+1]
		}
	}
	return 0
}

// slotOf is where the program's global offset table has the address of a function, and what the file says there.
func slotOf(t *testing.T, f *elf.File, raw []byte, name string) (addr, before uint64) {
	t.Helper()
	symbols, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Sections {
		if s.Type != elf.SHT_RELA {
			continue
		}
		data, _ := s.Data()
		for ; len(data) >= 24; data = data[24:] {
			info := f.ByteOrder.Uint64(data[8:])
			kind, sym := elf.R_X86_64(uint32(info)), int(info>>32)
			if sym == 0 || symbols[sym-1].Name != name || kind != elf.R_X86_64_JMP_SLOT && kind != elf.R_X86_64_GLOB_DAT {
				continue
			}
			addr = f.ByteOrder.Uint64(data)
			for _, p := range f.Progs {
				if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr < p.Vaddr+p.Filesz {
					before = f.ByteOrder.Uint64(raw[p.Off+addr-p.Vaddr:])
				}
			}
			return addr, before
		}
	}
	t.Fatalf("no relocation for %s", name)
	return 0, 0
}

// TestDynamicLinking (M24, M25): what the dynamic linker has written into the global offset table is in guest RAM, the
// function's address in the library; two processes have one frame for the library's code and two for the tables.
func TestDynamicLinking(t *testing.T) {
	library, err := elf.Open(muslLoader)
	if err != nil {
		t.Skip(err)
	}
	defer library.Close()
	symbols, _ := library.DynamicSymbols()
	at := slices.IndexFunc(symbols, func(s elf.Symbol) bool { return s.Name == "write" })
	for _, kind := range []string{"-pie", "-no-pie"} {
		t.Run(strings.TrimPrefix(kind, "-"), func(t *testing.T) {
			g, program, raw := linkedGuest(t, "", kind, "-fpic", "-fno-plt")
			tasks := g.both(t, "linked")
			slot, before := slotOf(t, program, raw, "write")
			var code, table [2]mmu.Result
			for i, o := range tasks {
				as := g.K.MM.AS(o.ASID)
				base := aux(as, abi.AT_BASE)
				bias := aux(as, abi.AT_ENTRY) - program.Entry
				if (kind == "-pie") != (bias != 0) || base == 0 {
					t.Errorf("moved by %#x, dynamic linker at %#x", bias, base)
				}
				table[i] = g.walk(as, bias+slot)
				code[i] = g.walk(as, base+symbols[at].Value)
				if !table[i].Present || !code[i].Present {
					t.Fatal("the table or the function is not in memory")
				}
				if got := g.M.RAM.Read64(table[i].Phys); got != base+symbols[at].Value || got == before {
					t.Errorf("the table has %#x for write, which is at %#x; the file has %#x", got, base+symbols[at].Value, before)
				}
			}
			if code[0].Phys != code[1].Phys || code[0].Perm&mmu.W != 0 || code[0].Perm&mmu.NX != 0 {
				t.Errorf("the library's code: %#x and %#x, rights %#x", code[0].Phys, code[1].Phys, code[0].Perm)
			}
			if use := g.K.MM.State.Frames.Use[code[0].Phys>>12]; use != mm.PageCache {
				t.Errorf("the library's code lies in a frame used for %v", use)
			}
			if table[0].Phys == table[1].Phys {
				t.Error("both have the same frame for their tables")
			}
		})
	}
}

// TestSubPageBSS (M23): the last page of the data segment is in RAM as the file has it up to p_filesz, and zero behind.
func TestSubPageBSS(t *testing.T) {
	g, program, raw := linkedGuest(t, "norandmaps", "-static", "-no-pie")
	for _, o := range g.both(t, "linked") {
		as := g.K.MM.AS(o.ASID)
		for _, p := range program.Progs {
			if p.Type != elf.PT_LOAD || p.Memsz == p.Filesz {
				continue
			}
			end := p.Vaddr + p.Filesz
			w := g.walk(as, end)
			page := g.M.RAM.Bytes[w.Phys&^0xfff:][:4096]
			if !w.Present || end&0xfff == 0 || len(bytes.Trim(page[end&0xfff:], "\x00")) != 0 && p.Memsz-p.Filesz > 4096 {
				t.Errorf("bytes behind %#x: % x", end, page[end&0xfff:])
			}
			if len(bytes.Trim(raw[p.Off+p.Filesz:][:4096-end&0xfff], "\x00")) == 0 {
				t.Log("the file has zeros there too")
			}
		}
	}
}

// TestBinprm (M17–M19): what the kernel keeps of an execve while it looks for a format: the first 256 bytes of the file
// at hand, how it was called, and who looked at it.
func TestBinprm(t *testing.T) {
	scripts := map[string]string{
		"/bin/one": "#!/bin/busybox echo\n", "/bin/two": "#! /bin/one  an argument \n", "/bin/three": "#!/bin/two\n" + strings.Repeat("x", 300),
	}
	g := newGuest(t, "quiet", scripts, "/bin/three", "B", "C")
	var found exe.Result
	g.K.OnExec = func(_ *kernel.Task, r *exe.Result) {
		if r.Binprm.Filename == "/bin/three" {
			found = *r
		}
	}
	g.until(60)
	if want := "/bin/one an argument /bin/two /bin/three B C\n"; g.out.String() != want {
		t.Errorf("it says %q, not %q", g.out.String(), want)
	}
	b := &found.Binprm
	if b.Interp != "/bin/busybox" || b.Argc != 8 || b.Envc == 0 || !bytes.HasPrefix(b.Buf[:], []byte("\x7fELF")) {
		t.Errorf("interp %q, %d arguments, % x", b.Interp, b.Argc, b.Buf[:8])
	}
	busybox, _ := os.ReadFile("/bin/busybox")
	if len(busybox) > 256 && !bytes.Equal(b.Buf[:], busybox[:256]) {
		t.Error("the buffer has not the first 256 bytes of the program")
	}
	var mine []string
	for _, s := range found.Steps {
		if s.Errno == abi.OK {
			mine = append(mine, s.Format)
		}
	}
	if got := strings.Join(mine, " "); got != "script script script elf" || found.Steps[len(found.Steps)-1].Depth != 3 {
		t.Errorf("taken by %s", got)
	}
}
