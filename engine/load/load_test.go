package load_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/engine"
	"vitrine/engine/load"
)

// forms are the kinds of files that a multiboot kernel comes in, and how testdata/hello.S becomes one.
var forms = []struct {
	name string
	cc   []string
	ld   []string
	flat bool
}{
	{"ELF32", []string{"-m32"}, []string{"-m", "elf_i386"}, false},
	{"ELF64", []string{"-m64", "-Wa,--64"}, []string{"-m", "elf_x86_64"}, false},
	{"addresses", []string{"-m32", "-DADDRESSES"}, []string{"-m", "elf_i386"}, true},
}

// build assembles testdata/hello.S.
func build(t testing.TB, cc, ld []string, flat bool) []byte {
	t.Helper()
	dir := t.TempDir()
	object, file := filepath.Join(dir, "hello.o"), filepath.Join(dir, "hello")
	run(t, "gcc", append(cc, "-c", "-o", object, "testdata/hello.S")...)
	run(t, "ld", append(ld, "-n", "-Ttext=0x101000", "-o", file, object)...)
	if flat {
		run(t, "objcopy", "-O", "binary", file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func newMachine() *engine.Machine { return engine.New(engine.Config{RAM: 32 << 20}) }

// TestMultiboot: the kernel sees what the specification promises, in each kind of file.
func TestMultiboot(t *testing.T) {
	const want = "2badb002 00000011 00000002 %FLAGS% 0000027f 00007c00 root=none Vitrine 00000001 a module initrd " +
		"00000000 0009fc00 00000001 0009fc00 00000400 00000002 000f0000 00010000 00000002 00100000 01f00000 00000001 " +
		"fee00000 00001000 00000002 ffff0000 00010000 00000002 "
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			m := newMachine()
			k, err := load.Boot(m, &load.Request{Kernel: build(t, form.cc, form.ld, form.flat), Append: "root=none", Initrd: []byte("a module\x00")})
			if err != nil {
				t.Fatal(err)
			}
			exit := m.Run(1_000_000)
			if exit.Reason != engine.PowerOff || m.Control.S.Code != 7 {
				t.Errorf("%v, %d", exit.Reason, m.Control.S.Code)
			}
			flags := "0000026d"
			if form.flat {
				flags = "0000024d"
			}
			if got, want := string(m.UART.Drain()), strings.Replace(want, "%FLAGS%", flags, 1); got != want {
				t.Errorf("it says\n%s, want\n%s", got, want)
			}
			if form.flat != (k.Symbols == nil) {
				t.Errorf("symbols %v", k.Symbols)
			}
			for _, s := range k.Symbols {
				if s.Name == "_start" && s.Addr == 0x101000 {
					return
				}
			}
			if !form.flat {
				t.Errorf("no _start in %v", k.Symbols)
			}
		})
	}
}
