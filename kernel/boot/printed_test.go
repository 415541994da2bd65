package boot_test

import (
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// TestPrinted asks about bytes of a program's output, of an echo, of the kernel's log and of the firmware.
func TestPrinted(t *testing.T) {
	program := compiled(t, "testdata/who.c")
	at := labels(t, program)
	disk := newGuest(t, "", map[string]string{"/bin/known": program}).disk
	c, err := boot.New(boot.Options{Cmdline: "", Disk: dev.Image(disk), Seed: 1}) // a terminal as it is for readers: with echo, and with CR before LF
	if err != nil {
		t.Fatal(err)
	}
	h := boot.NewHistory(c, boot.HistoryOptions{Interval: 200_000})
	h.Run(10*second, boot.NoLimit)
	h.Input([]byte("cat\r"))
	h.Run(20*second, boot.NoLimit)
	h.Input([]byte("typed\r\x04"))
	h.Run(20*second, boot.NoLimit)
	h.Input([]byte("known\r"))
	h.Run(20*second, boot.NoLimit)
	raw, sent := h.Console()
	out := string(raw)
	if uint64(len(out)) != sent {
		t.Fatalf("%d bytes of %d", len(out), sent)
	}
	hash, now := c.Hash(), c.M.Now()
	ask := func(before string, n int) *boot.Printed {
		t.Helper()
		i := strings.LastIndex(out, before)
		if i < 0 {
			t.Fatalf("%q is not in\n%s", before, out)
		}
		p, err := h.Printed(uint64(i+n), nil)
		if err != nil {
			t.Fatalf("%q: %v", before, err)
		}
		if p.Byte != out[i+n] {
			t.Errorf("%q byte %d: it is %q, found %q", before, n, out[i+n], p.Byte)
		}
		if c.Hash() != hash || c.M.Now() != now {
			t.Fatalf("%q: the question shows: %x at %d, it was %x at %d", before, c.Hash(), c.M.Now(), hash, now)
		}
		return p
	}
	for i, want := range []struct {
		offset uint64
		source byte
	}{{0, 'o'}, {1, 'n'}, {2, 'e'}, {3, '\n'}, {3, '\n'}, {4, 't'}, {5, 'w'}, {6, 'o'}, {7, '\n'}, {7, '\n'}} {
		p := ask("one\r\ntwo\r\n", i)
		if p.From != boot.FromCall || p.Caller.Site != at["print_call"] || p.Caller.Insn != "syscall" || p.Caller.Comm != "known" || p.Caller.Args[0] != 1 ||
			p.Buffer != at["text"]+want.offset || p.Source != want.source || p.Caller.Text != `write(1, "one\ntwo\n", 8)` {
			t.Errorf("byte %d: %+v", i, p)
		}
	}
	if p := ask("typed\r\ntyped\r\n", 1); p.From != boot.FromEcho || !strings.Contains(p.By.Door, "serial port") {
		t.Errorf("the echo: %+v", p)
	}
	if p := ask("init_IRQ", 2); p.From != boot.FromLog || !strings.Contains(p.By.Door, "boot step") && p.By.What != boot.ByKernel {
		t.Errorf("the kernel's message: %+v", p)
	}
	if p, err := h.Printed(0, nil); err != nil || p.From != boot.FromCode || p.By.CPL != 0 || !strings.HasPrefix(p.By.Text, "out") {
		t.Errorf("the firmware's first byte: %+v %v", p, err)
	}
	if _, err := h.Printed(sent, nil); err != boot.ErrTarget {
		t.Errorf("a byte that has not been sent: %v", err)
	}
}

// TestPrintedForeign: somebody else's kernel writes to the port itself, and who wrote its registers is known all the same.
func TestPrintedForeign(t *testing.T) {
	c := newForeign(t, assemble(t, "testdata/echo.S"), "")
	h := boot.NewHistory(c, boot.HistoryOptions{})
	h.Run(boot.NoLimit, boot.NoLimit)
	h.Input([]byte("hello"))
	h.Run(boot.NoLimit, boot.NoLimit)
	out, _ := h.Console()
	if string(out) != "hello" {
		t.Fatalf("%q", out)
	}
	hash := c.Hash()
	var at uint64
	for i := range out {
		p, err := h.Printed(uint64(i), nil)
		if err != nil || p.Byte != out[i] || p.From != boot.FromCode || p.By.What != boot.ByInstruction || !strings.HasPrefix(p.By.Text, "out") || p.Now <= at {
			t.Fatalf("byte %d: %+v %v", i, p, err)
		}
		at = p.Now
		al, err := h.Who(boot.Target{Register: "rax"}, p.Now, false, nil)
		if err != nil || al == nil || al.New[0] != out[i] || al.By.What != boot.ByInstruction {
			t.Errorf("who put byte %d into AL: %+v %v", i, al, err)
		}
	}
	if c.Hash() != hash {
		t.Error("the questions show")
	}
}
