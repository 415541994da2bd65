package exec

import (
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

func TestInitialStack(t *testing.T) {
	w := newWorld(t)
	f := w.add("/bin/prog", staticELF())
	res, e := w.run(t, request(f, "/bin/prog", "prog", "one", ""))
	if e != abi.OK {
		t.Fatal(e.Name())
	}
	sp := res.SP
	next := func() uint64 { v := w.word(t, res, sp); sp += 8; return v }
	if argc := next(); argc != 3 {
		t.Errorf("argc %d", argc)
	}
	for _, want := range []string{"prog", "one", ""} {
		if got := w.text(t, res, next()); got != want {
			t.Errorf("argv: %q, want %q", got, want)
		}
	}
	if next() != 0 || w.text(t, res, next()) != "HOME=/root" || w.text(t, res, next()) != "TERM=linux" || next() != 0 {
		t.Error("envp")
	}
	aux := map[uint64]uint64{}
	for {
		k, v := next(), next()
		if k == abi.AT_NULL {
			break
		}
		aux[k] = v
	}
	for k, want := range map[uint64]uint64{abi.AT_PHDR: 0x400040, abi.AT_PHENT: 56, abi.AT_PHNUM: 3, abi.AT_PAGESZ: 4096, abi.AT_BASE: 0,
		abi.AT_ENTRY: 0x401000, abi.AT_CLKTCK: 100, abi.AT_HWCAP: 0x178bfbff, abi.AT_SECURE: 0} {
		if aux[k] != want {
			t.Errorf("auxv %d = %#x, want %#x", k, aux[k], want)
		}
	}
	if w.text(t, res, aux[abi.AT_EXECFN]) != "/bin/prog" || w.text(t, res, aux[abi.AT_PLATFORM]) != "x86_64" {
		t.Error("AT_EXECFN, AT_PLATFORM")
	}
	if w.word(t, res, aux[abi.AT_RANDOM]) != 0x030201 {
		t.Error("AT_RANDOM")
	}
	if _, ok := aux[abi.AT_SYSINFO_EHDR]; ok {
		t.Error("64-bit programs have no vDSO")
	}
	if w.word(t, res, mm.TaskSize-8) != 0 || w.text(t, res, mm.TaskSize-8-10) != "/bin/prog" {
		t.Error("the file name is not on top")
	}
	w.end(t, res)
}

func TestEmptyArgv(t *testing.T) {
	w := newWorld(t)
	res, e := w.run(t, request(w.add("/p", staticELF()), "/p"))
	if e != abi.OK || w.word(t, res, res.SP) != 1 || w.text(t, res, w.word(t, res, res.SP+8)) != "" {
		t.Error("argc 0 must become one empty string")
	}
	w.end(t, res)
}

func TestPageZero(t *testing.T) {
	w := newWorld(t)
	r := request(w.add("/p", staticELF()), "/p", "p")
	r.Personality = abi.MMAP_PAGE_ZERO
	res, e := w.run(t, r)
	if e != abi.OK || w.m.AS(res.Space).Find(0) == nil || w.word(t, res, 0) != 0 {
		t.Error("MMAP_PAGE_ZERO did not map page zero for root")
	}
	w.end(t, res)
	r.Creds.EUID = 1000
	if res, _ = w.run(t, r); w.m.AS(res.Space).Find(0) != nil {
		t.Error("MMAP_PAGE_ZERO mapped page zero for a user")
	}
	w.end(t, res)
}

func TestArgumentLimits(t *testing.T) {
	w := newWorld(t)
	f := w.add("/p", staticELF())
	r := request(f, "/p")
	r.Argv = [][]byte{make([]byte, maxArgLen-1)}
	for i := range r.Argv[0] {
		r.Argv[0][i] = 'x'
	}
	res, e := w.run(t, r)
	if e != abi.OK || w.text(t, res, w.word(t, res, res.SP+8)) != string(r.Argv[0]) {
		t.Errorf("longest argument: %s", e.Name())
	}
	w.end(t, res)
	long := append(r.Argv[0], 'x')
	r.Argv = [][]byte{long}
	if _, e := w.run(t, r); e != abi.E2BIG {
		t.Errorf("one byte more: %s", e.Name())
	}
	r.Argv = nil
	for range 20 {
		r.Argv = append(r.Argv, long[:100000])
	}
	res, e = w.run(t, r)
	if e != abi.OK {
		t.Errorf("2 MB of arguments: %s", e.Name())
	}
	w.end(t, res)
	r.Argv = append(r.Argv, r.Argv...)
	if _, e := w.run(t, r); e != abi.E2BIG {
		t.Errorf("a quarter of the stack is the limit: %s", e.Name())
	}
}
