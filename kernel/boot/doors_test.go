package boot_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	code "vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// The doors between ring 3 and ring 0, seen from guest memory and registers: testdata/doors.c goes through one at each letter.

var doorsProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "doors")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bin, err := compile(dir, "testdata/doors.c")
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(bin)
	return string(b), err
})

// doors is a guest that runs doors.c and waits for a letter; pid and page are what it says of itself.
func doors(t *testing.T) (g *guest, pid int32, page uint64) {
	t.Helper()
	text, err := doorsProgram()
	if err != nil {
		t.Fatal(err)
	}
	g = newGuest(t, "quiet", map[string]string{"/bin/doors": text}, "/bin/doors")
	if stop := g.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v", stop)
	}
	if _, err := fmt.Sscanf(g.out.String(), "pid %d page %v", &pid, &page); err != nil {
		t.Fatal(err, g.out.String())
	}
	g.out.Reset()
	return g, pid, page
}

func (g *guest) step() { g.Run(boot.NoLimit, g.Stats().Instructions+1) }

// root is the tree of page tables in use.
func (g *guest) root() mmu.Root { return mmu.Root{Mode: mmu.Level4, NXE: true, CR3: g.M.CPU.S.CR3} }

// codeAt are n bytes where RIP points, nil where nothing is mapped.
func (g *guest) codeAt(n int) []byte {
	s := &g.M.CPU.S
	w := mmu.Walk(g.M.RAM, g.root(), s.RIP)
	if !w.Present || s.RIP&0xfff > 0x1000-uint64(n) {
		return nil
	}
	return g.M.RAM.Bytes[w.Phys:][:n]
}

// atInstruction types a letter and stops before the instruction of ring 3 with these bytes.
func (g *guest) atInstruction(t *testing.T, letter string, text ...byte) {
	t.Helper()
	g.Input([]byte(letter + "\n"))
	for range 100_000 {
		g.step()
		if g.M.CPU.S.CPL() == 3 && bytes.Equal(g.codeAt(len(text)), text) {
			return
		}
	}
	t.Fatalf("it did not come to % x", text)
}

// says runs to the next letter and returns what the program said of this one.
func (g *guest) says(t *testing.T) string {
	t.Helper()
	if stop := g.until(5); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v\n%s", stop, g.out.String())
	}
	defer g.out.Reset()
	return strings.TrimSpace(g.out.String())
}

// gate is an entry of the IDT in guest memory. SDM 3A "64-Bit Mode IDT"
type gate struct {
	offset uint64
	sel    uint16
	dpl    uint8
	good   bool // a present interrupt gate
}

func (g *guest) gate(t *testing.T, vector uint64) gate {
	t.Helper()
	s := &g.M.CPU.S
	at := mmu.Walk(g.M.RAM, g.root(), s.IDTR.Base+16*vector)
	if !at.Present || s.IDTR.Limit < 16*256-1 {
		t.Fatalf("IDTR %+v", s.IDTR)
	}
	low, high := g.M.RAM.Read64(at.Phys), g.M.RAM.Read64(at.Phys+8)
	return gate{low&0xffff | low>>32&0xffff0000 | high<<32, uint16(low >> 16), uint8(low >> 45 & 3), low>>40&0x9f == 0x8e}
}

// pushed is what an interrupt has pushed on the stack that the TSS names: RIP, CS, RFLAGS, RSP, SS, and below it, for some
// exceptions, an error code.
func (g *guest) pushed() (frame [5]uint64, below uint64) {
	tss := code.Phys("percpu") + code.PerCPUTSS + 4
	top := g.M.RAM.Read64(tss) - mm.PageOffset
	for i := range frame {
		frame[i] = g.M.RAM.Read64(top - 40 + uint64(i)*8)
	}
	return frame, g.M.RAM.Read64(top - 48)
}

// TestPrivilegedInstructions (M05): in ring 3 they raise #GP and change nothing; the kernel makes SIGSEGV of it.
func TestPrivilegedInstructions(t *testing.T) {
	g, _, _ := doors(t)
	for letter, text := range map[string][]byte{"c": {0xfa}, "h": {0xf4}, "3": {0x0f, 0x22, 0xd8}, "i": {0xe4, 0x60}, "o": {0xe6, 0x80}} {
		g.atInstruction(t, letter, text...)
		before := g.M.CPU.S
		handler := g.gate(t, cpu.VecGP)
		g.step()
		s := &g.M.CPU.S
		frame, errorCode := g.pushed()
		if s.CPL() != 0 || !handler.good || handler.dpl != 0 || s.RIP < handler.offset || s.RIP >= handler.offset+32 {
			t.Errorf("%s: at %#x in ring %d, the gate says %+v", letter, s.RIP, s.CPL(), handler)
		}
		want := [5]uint64{before.RIP, code.UserCS, before.RFLAGS | cpu.FlagRF, before.R[cpu.RSP], code.UserDS}
		if frame != want || frame[1]&3 != 3 || errorCode != 0 {
			t.Errorf("%s: pushed %#x, error code %#x, want %#x", letter, frame, errorCode, want)
		}
		if frame[2]&cpu.FlagIF == 0 || s.CR3 != before.CR3 || s.Halted || s.R[cpu.RAX] != before.R[cpu.RAX] {
			t.Errorf("%s: it had an effect: %+v", letter, s)
		}
		if said := g.says(t); said != "signal 11" {
			t.Errorf("%s: %q", letter, said)
		}
	}
}

// wayIn is what a door into the kernel costs.
type wayIn struct{ instructions, clock uint64 }

// through goes through the door that RIP stands at and comes back; last are the bytes of the instruction that came back.
func (g *guest) through(t *testing.T) (cost wayIn, last []byte) {
	t.Helper()
	retired, now := g.M.CPU.S.Retired, g.M.Now()
	for range 10_000 {
		if g.M.CPU.S.CPL() == 0 {
			last = bytes.Clone(g.codeAt(3))
		}
		g.step()
		if g.M.CPU.S.CPL() == 3 {
			return wayIn{g.M.CPU.S.Retired - retired, g.M.Now() - now}, last
		}
	}
	t.Fatal("it did not come back")
	return cost, nil
}

// TestSoftwareInterrupts (M06): INT 0x80 and INT3 read a gate in guest memory that ring 3 may use, change to the stack that
// the TSS names, push the return address behind them, and come back by IRETQ.
func TestSoftwareInterrupts(t *testing.T) {
	g, pid, _ := doors(t)
	for _, c := range []struct {
		letter string
		vector uint64
		text   []byte
		says   string
	}{{"8", 0x80, []byte{0xcd, 0x80}, fmt.Sprint(pid)}, {"b", cpu.VecBP, []byte{0xcc}, "signal 5"}} {
		g.atInstruction(t, c.letter, c.text...)
		before, door := g.M.CPU.S, g.gate(t, c.vector)
		if !door.good || door.dpl != 3 || door.sel != code.KernelCS {
			t.Errorf("gate %#x is %+v", c.vector, door)
		}
		g.step()
		s := &g.M.CPU.S
		frame, _ := g.pushed()
		want := [5]uint64{before.RIP + uint64(len(c.text)), code.UserCS, before.RFLAGS, before.R[cpu.RSP], code.UserDS}
		if s.CPL() != 0 || s.RFLAGS&cpu.FlagIF != 0 || s.RIP < door.offset || s.RIP >= door.offset+32 || frame != want {
			t.Errorf("vector %#x: at %#x in ring %d, pushed %#x, want %#x", c.vector, s.RIP, s.CPL(), frame, want)
		}
		if _, last := g.through(t); !bytes.HasPrefix(last, []byte{0x48, 0xcf}) {
			t.Errorf("vector %#x: it came back by % x, not IRETQ", c.vector, last)
		}
		if said := g.says(t); said != c.says {
			t.Errorf("vector %#x: %q", c.vector, said)
		}
	}
	if g.gate(t, 32).dpl != 0 || g.gate(t, cpu.VecPF).dpl != 0 {
		t.Error("ring 3 may pretend interrupts")
	}
}

// TestWaysIn (M08): SYSCALL goes where IA32_LSTAR says, without the IDT and without a stack of its own, and comes back by
// SYSRET. Both ways take about as many instructions. SYSENTER is in doors32_test.go.
func TestWaysIn(t *testing.T) {
	g, pid, _ := doors(t)
	g.atInstruction(t, "s", 0x0f, 0x05)
	before := g.M.CPU.S
	g.step()
	s := &g.M.CPU.S
	if s.CPL() != 0 || s.RIP < s.LSTAR || s.RIP >= s.LSTAR+16 || s.R[cpu.RSP] != before.R[cpu.RSP] {
		t.Errorf("at %#x, LSTAR %#x, RSP %#x", s.RIP, s.LSTAR, s.R[cpu.RSP])
	}
	if s.R[cpu.RCX] != before.RIP+2 || s.R[cpu.R11] != before.RFLAGS || s.RFLAGS&s.SFMASK != 0 {
		t.Errorf("RCX %#x R11 %#x RFLAGS %#x", s.R[cpu.RCX], s.R[cpu.R11], s.RFLAGS)
	}
	fast, last := g.through(t)
	if !bytes.Equal(last, []byte{0x48, 0x0f, 0x07}) || s.R[cpu.RAX] != uint64(pid) {
		t.Errorf("it came back by % x with %d", last, s.R[cpu.RAX])
	}
	if said := g.says(t); said != fmt.Sprint(pid) {
		t.Errorf("getpid is %q", said)
	}
	g.atInstruction(t, "8", 0xcd, 0x80)
	slow, _ := g.through(t)
	g.says(t)
	t.Logf("SYSCALL %+v (and the instruction itself), INT 0x80 %+v", fast, slow)
	if !near(float64(fast.instructions+2), float64(slow.instructions), 0.2) {
		t.Errorf("SYSCALL takes %+v, INT 0x80 %+v", fast, slow)
	}
}

// TestLibraryCall (M07): libc's write puts number and arguments into registers; an error comes back as a negative RAX, and
// libc makes -1 and errno of it.
func TestLibraryCall(t *testing.T) {
	g, _, _ := doors(t)
	g.atInstruction(t, "w", 0x0f, 0x05)
	r := &g.M.CPU.S.R
	text := make([]byte, 5)
	if e := g.K.MM.CopyIn(g.K.Current().ASID, text, r[cpu.RSI]); e != 0 || string(text) != "hello" || r[cpu.RAX] != 1 || r[cpu.RDI] != 1 || r[cpu.RDX] != 5 {
		t.Errorf("RAX %d RDI %d RSI %#x (%q) RDX %d", r[cpu.RAX], r[cpu.RDI], r[cpu.RSI], text, r[cpu.RDX])
	}
	if said := g.says(t); said != "hello" {
		t.Errorf("%q", said)
	}
	g.atInstruction(t, "e", 0x0f, 0x05)
	g.through(t)
	if ret := int64(r[cpu.RAX]); ret != -9 {
		t.Errorf("the kernel says %d, want -EBADF", ret)
	}
	if said := g.says(t); said != "-1 9" {
		t.Errorf("the program sees %q", said)
	}
}

// TestTimerInterrupts (M09): the 8254 raises IRQ0, the 8259 gives the vector, and the CPU takes it between two instructions
// of a program that goes on as if nothing had been.
func TestTimerInterrupts(t *testing.T) {
	g, _, _ := doors(t)
	g.Input([]byte("l\n"))
	g.Run(g.M.Now()+second/500, boot.NoLimit)
	door, found := g.gate(t, 32), 0
	for range 400_000 {
		before, jiffies := g.M.CPU.S, g.K.State.Jiffies
		g.step()
		s := &g.M.CPU.S
		if before.CPL() != 3 || s.CPL() != 0 || s.RIP < door.offset || s.RIP >= door.offset+8 {
			continue
		}
		found++
		if frame, _ := g.pushed(); frame[0] != before.RIP || frame[1] != code.UserCS || frame[2]&cpu.FlagIF == 0 {
			t.Errorf("pushed %#x after %#x", frame, before.RIP)
		}
		if g.M.PIC.S.Chip[0].ISR&1 == 0 {
			t.Errorf("IRQ0 is not in service: %+v", g.M.PIC.S)
		}
		g.through(t)
		if s.RIP != before.RIP || s.R != before.R || g.K.State.Jiffies != jiffies+1 {
			t.Errorf("back at %#x of %#x, jiffies %d after %d", s.RIP, before.RIP, g.K.State.Jiffies, jiffies)
		}
		if found == 3 {
			return
		}
	}
	t.Errorf("only %d interrupts", found)
}

// TestForkedFrames (M37, M38): fork leaves two saved frames on two kernel stacks at the same place of the same program, with
// different answers, and one frame for each page, read-only in both trees; the child's write copies it.
func TestForkedFrames(t *testing.T) {
	g, pid, page := doors(t)
	g.M.Trace.Mask |= 1<<trace.Fork | 1<<trace.COW
	g.StopOn = 1 << trace.Fork
	g.Input([]byte("f\n"))
	if stop := g.until(5); stop.Reason != boot.Event {
		t.Fatalf("%+v", stop)
	}
	parent, child := g.K.FindTask(pid), g.K.FindTask(g.K.State.LastPID)
	a, b := g.K.Regs(parent), g.K.Regs(child)
	if b.RAX != 0 || int32(a.RAX) != child.PID || a.RIP != b.RIP || a.RSP != b.RSP || child.Stack == parent.Stack || child.PPID != pid {
		t.Errorf("parent %+v\nchild %+v", a, b)
	}
	entry := func(o *kernel.Task) (uint64, bool) {
		w := mmu.Walk(g.M.RAM, g.K.MM.Root(g.K.MM.AS(o.ASID)), page)
		return w.Phys, w.Perm&mmu.W != 0
	}
	pa, pw := entry(parent)
	ca, cw := entry(child)
	if pa != ca || pw || cw || g.K.MM.AS(parent.ASID).Root == g.K.MM.AS(child.ASID).Root {
		t.Errorf("parent's page at %#x writable %v, child's at %#x %v", pa, pw, ca, cw)
	}
	g.StopOn = 1 << trace.COW
	copied := false
	for !copied && g.until(5).Reason == boot.Event {
		ca, cw = entry(child)
		copied = ca != pa
	}
	if now, _ := entry(parent); !copied || !cw || now != pa || g.M.RAM.Read32(pa) != 42 {
		t.Errorf("the child has %#x writable %v, the parent %#x with %d in it", ca, cw, now, g.M.RAM.Read32(pa))
	}
	g.StopOn = 0
	if said := g.says(t); said != "child 43 parent 42" {
		t.Errorf("%q", said)
	}
}
