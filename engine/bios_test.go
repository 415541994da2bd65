package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/dev"
	"vitrine/engine/state/statetest"
)

// assemble makes the first sectors of a disk from an assembler source.
func assemble(t *testing.T, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	obj, bin := filepath.Join(dir, "a.o"), filepath.Join(dir, "a.bin")
	for _, args := range [][]string{
		{"gcc", "-c", source, "-o", obj},
		{"ld", "-Ttext=0x7c00", "--oformat=binary", "-nostdlib", "-o", bin, obj},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBIOS boots a sector that asks for all services, on a machine with 64 MiB and a disk of 4 MiB.
func TestBIOS(t *testing.T) {
	disk := make(dev.Image, 4<<20)
	copy(disk, assemble(t, "testdata/bios.S"))
	const date = 1795441830 // 2026-11-23 13:50:30
	m := engine.New(engine.Config{RAM: 64 << 20, ROM: boot.ROM(), Disk: disk, Date: date})
	var out strings.Builder
	for range 200 {
		e := m.Run(m.Now() + second/100)
		out.Write(m.UART.Drain())
		if e.Reason != engine.Budget {
			break
		}
		if strings.HasSuffix(out.String(), "keys 00000001\r\n") {
			m.UART.Receive([]byte("a\r\x1b[A"))
			m.Kbd.Key([]byte{0x12, 0x15, 0xf0, 0x15, 0xf0, 0x12}) // shift and Q
		}
	}
	_, got, _ := strings.Cut(out.String(), "Booting from hard disk\r\n")
	statetest.GoldenText(t, "testdata/bios.txt", strings.ReplaceAll(got, "\r\n", "\n"))
	if !m.Control.S.Exited || m.Control.S.Code != 0 {
		t.Error("the program has not come to its end")
	}
}
