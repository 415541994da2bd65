package boot_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vitrine/kernel/boot"
)

// assemble builds a multiboot kernel from a source in testdata.
func assemble(t *testing.T, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	object, file := filepath.Join(dir, "kernel.o"), filepath.Join(dir, "kernel")
	for _, c := range []*exec.Cmd{
		exec.Command("gcc", "-m32", "-c", "-o", object, source),
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

func newForeign(t *testing.T, kernel []byte, line string) *boot.Computer {
	t.Helper()
	c, err := boot.New(boot.Options{Kernel: kernel, Append: line})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestForeign: a kernel that sends back what it is sent, from an interrupt. It waits for input without a timer, goes on
// after a snapshot, from its tape and in pieces with the same hash, and ends as it says.
func TestForeign(t *testing.T) {
	kernel := assemble(t, "testdata/echo.S")
	a := newForeign(t, kernel, "")
	if stop := a.Run(boot.NoLimit, boot.NoLimit); stop.Reason != boot.WaitInput || !a.WantsInput() {
		t.Fatalf("%+v", stop)
	}
	a.Input([]byte("hello"))
	if stop := a.Run(boot.NoLimit, boot.NoLimit); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v", stop)
	}
	saved := a.Snapshot()
	a.Input([]byte(" there.")) // the full stop ends it
	if stop := a.Run(boot.NoLimit, boot.NoLimit); stop.Reason != boot.PowerOff || stop.Status != 0x2e<<1|1 {
		t.Errorf("%+v", stop)
	}
	if got := string(a.Output()); got != "hello there." {
		t.Errorf("%q", got)
	}

	b := newForeign(t, kernel, "")
	if err := b.Restore(saved); err != nil {
		t.Fatal(err)
	}
	b.Input([]byte(" there."))
	b.Run(boot.NoLimit, boot.NoLimit)
	c := newForeign(t, kernel, "")
	c.Play(a.Tape())
	for n := uint64(1); c.Run(boot.NoLimit, n).Reason == boot.Budget; n += 7 {
		c.M.CPU.DropCode()
	}
	if a.Hash() != b.Hash() || a.Hash() != c.Hash() {
		t.Errorf("%016x, restored %016x, in pieces %016x", a.Hash(), b.Hash(), c.Hash())
	}
	if stop := b.Run(boot.NoLimit, boot.NoLimit); stop.Reason != boot.PowerOff {
		t.Errorf("after the end %+v", stop)
	}
	if err := newGuest(t, "quiet", nil).Restore(saved); err == nil {
		t.Error("our kernel took the state of another")
	}
}

// TestForeignBIOS: a kernel finds the BIOS's vectors and data area, though the ROM has not run.
func TestForeignBIOS(t *testing.T) {
	c := newForeign(t, assemble(t, "testdata/echo.S"), "")
	ram := c.M.RAM
	if segment := ram.Read16(0x15*4 + 2); segment != 0xf000 {
		t.Errorf("INT 15H leads to segment %#x", segment)
	}
	if k, ebda := ram.Read16(0x413), ram.Read16(0x40e); k != 639 || ebda != 0x9fc0 {
		t.Errorf("%d KiB of conventional memory, extended data area at segment %#x", k, ebda)
	}
	if c.M.Now() != 0 {
		t.Errorf("it is %d already", c.M.Now())
	}
}

// TestForeignEnds: the ways in which a kernel can end otherwise; the first letter of the command line says which.
func TestForeignEnds(t *testing.T) {
	kernel := assemble(t, "testdata/echo.S")
	for _, c := range []struct {
		line string
		want boot.Stop
	}{
		{"h", boot.Stop{Reason: boot.Halted}},
		{"t", boot.Stop{Reason: boot.Panic, Text: "triple fault"}},
		{"r", boot.Stop{Reason: boot.PowerOff}},
		{"v", boot.Stop{Reason: boot.PowerOff, Status: 6<<1 | 1}}, // VMCALL is undefined
	} {
		stop := newForeign(t, kernel, c.line).Run(10_000_000, boot.NoLimit)
		if len(stop.Text) > len(c.want.Text) && c.want.Text != "" {
			stop.Text = stop.Text[:len(c.want.Text)]
		}
		if stop != c.want {
			t.Errorf("%s: %+v, want %+v", c.line, stop, c.want)
		}
	}
}

// TestExactWhileHalted: a limit of instructions is met exactly when the CPU wakes from HLT, by the tick or by what is typed,
// and stepping through the wait is quick.
func TestExactWhileHalted(t *testing.T) {
	kernel := assemble(t, "testdata/echo.S")
	whole := newForeign(t, kernel, "p")
	whole.Run(50_000_000, boot.NoLimit)
	c := newForeign(t, kernel, "p")
	for n := uint64(1); n <= whole.Stats().Instructions; n++ {
		if stop := c.Run(boot.NoLimit, n); stop.Reason != boot.Budget || c.Stats().Instructions != n {
			t.Fatalf("%+v after %d instructions, want %d", stop, c.Stats().Instructions, n)
		}
	}
	c.Run(50_000_000, boot.NoLimit)
	if c.Hash() != whole.Hash() {
		t.Error("step by step it is another computer")
	}
}

// TestForeignHistory goes to and fro in the run of somebody else's kernel, and types something else in the past.
func TestForeignHistory(t *testing.T) {
	c := newForeign(t, assemble(t, "testdata/echo.S"), "")
	h := boot.NewHistory(c, boot.HistoryOptions{Interval: 50})
	h.Run(boot.NoLimit, boot.NoLimit)
	first := c.M.Now()
	h.Input([]byte("hello"))
	var hash []uint64
	begin := c.Stats().Instructions
	for h.Run(boot.NoLimit, c.Stats().Instructions+1).Reason == boot.Budget {
		hash = append(hash, c.Hash())
	}
	for i := len(hash) - 2; i >= 0; i -= 3 {
		if h.SeekRetired(begin + uint64(i) + 1); c.Hash() != hash[i] {
			t.Fatalf("instruction %d of %d is another one", i, len(hash))
		}
	}
	h.Seek(first)
	h.Input([]byte("!"))
	h.Run(boot.NoLimit, boot.NoLimit)
	if out, _ := h.Console(); string(out) != "hello!" && string(out) != "!" {
		t.Errorf("%q", out)
	}
	if h.Switch(0); c.Hash() != hash[len(hash)-1] {
		t.Error("the first future is another one")
	}
}
