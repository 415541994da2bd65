package boot_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	code "vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// The third door, for 32-bit programs: testdata/doors32.S goes through one at each letter.

func doors32(t *testing.T) (g *guest, o *kernel.Task) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "doors32")
	cmd := exec.Command("gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-o", bin, "testdata/doors32.S")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	g = newGuest(t, "quiet", map[string]string{"/bin/doors32": string(text)}, "/bin/doors32")
	if stop := g.until(10); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v\n%s", stop, g.out.String())
	}
	g.K.ForEachTask(func(each *kernel.Task) bool {
		o = each
		return each.Name() != "doors32"
	})
	return g, o
}

// percpu is the page that holds the TSS and the stack that SYSENTER begins on.
func (g *guest) percpu() []byte {
	return bytes.Clone(g.M.RAM.Bytes[code.Phys("percpu"):][:code.PerCPUSize])
}

// TestSysenter (M08): SYSENTER goes where three MSRs say. It reads no gate and no TSS, saves neither RIP nor RSP nor flags,
// and comes back by SYSEXIT to the one address that the kernel knows, in the vDSO.
func TestSysenter(t *testing.T) {
	g, o := doors32(t)
	vdso := g.K.MM.AS(o.ASID).VDSO
	if v := g.K.MM.AS(o.ASID).Find(vdso); vdso == 0 || v == nil || v.Start != vdso || v.Perms() != "r-xp" {
		t.Fatalf("vDSO at %#x: %+v", vdso, v)
	}
	g.atInstruction(t, "v", 0x0f, 0x34)
	before, percpu, s := g.M.CPU.S, g.percpu(), &g.M.CPU.S
	page := code.Addr("percpu")
	if s.SysenterCS != code.KernelCS || s.SysenterEIP != code.Addr("entry_SYSENTER_compat") || s.SysenterESP <= page || s.SysenterESP >= page+code.PerCPUSize {
		t.Errorf("MSRs: %#x %#x %#x", s.SysenterCS, s.SysenterESP, s.SysenterEIP)
	}
	g.step()
	after := before.R
	after[cpu.RSP] = s.SysenterESP
	if s.CPL() != 0 || s.RIP != s.SysenterEIP || s.R != after || s.RFLAGS != before.RFLAGS&^cpu.FlagIF {
		t.Errorf("at %#x in ring %d, registers %#x, flags %#x", s.RIP, s.CPL(), s.R, s.RFLAGS)
	}
	if s.Seg[cpu.CS].Sel != code.KernelCS || s.Seg[cpu.SS].Sel != code.KernelDS || !bytes.Equal(percpu, g.percpu()) {
		t.Errorf("CS %#x SS %#x, or something was pushed", s.Seg[cpu.CS].Sel, s.Seg[cpu.SS].Sel)
	}
	fast, last := g.through(t)
	if !bytes.HasPrefix(last, []byte{0x0f, 0x35}) || s.RIP != vdso+code.VDSOLandingPad || s.R[cpu.RSP] != before.R[cpu.RBP] || s.R[cpu.RAX] != uint64(o.PID) {
		t.Errorf("back by % x at %#x, RSP %#x, with %d", last, s.RIP, s.R[cpu.RSP], s.R[cpu.RAX])
	}
	if s.Seg[cpu.CS].Sel != code.User32CS || s.Seg[cpu.SS].Sel != code.UserDS || s.RFLAGS != before.RFLAGS || s.R[cpu.RDX] != s.RIP || s.R[cpu.RCX] != s.R[cpu.RSP] {
		t.Errorf("CS %#x SS %#x flags %#x ECX %#x EDX %#x", s.Seg[cpu.CS].Sel, s.Seg[cpu.SS].Sel, s.RFLAGS, s.R[cpu.RCX], s.R[cpu.RDX])
	}
	g.frameOf32(t, before, vdso)

	g.until(5)
	g.atInstruction(t, "8", 0xcd, 0x80)
	for s.R[cpu.RAX] != 20 { // the instruction is also that of read
		g.through(t)
		g.atInstruction(t, "", 0xcd, 0x80)
	}
	slow, last := g.through(t)
	if !bytes.HasPrefix(last, []byte{0x48, 0xcf}) || s.R[cpu.RAX] != uint64(o.PID) {
		t.Errorf("INT 0x80 came back by % x with %d", last, s.R[cpu.RAX])
	}
	t.Logf("SYSENTER %+v (and the instruction itself), INT 0x80 %+v", fast, slow)
	if !near(float64(fast.instructions), float64(slow.instructions), 0.2) {
		t.Errorf("SYSENTER takes %+v, INT 0x80 %+v", fast, slow)
	}
}

// frameOf32 looks at what the stub has put together on the kernel stack: nothing of it came from the CPU.
func (g *guest) frameOf32(t *testing.T, before cpu.State, vdso uint64) {
	t.Helper()
	top := g.M.RAM.Read64(code.Phys("percpu")+code.PerCPUStack) - mm.PageOffset
	word := func(at uint64) uint64 { return g.M.RAM.Read64(top - code.PtSize + at) }
	for _, c := range []struct{ at, want uint64 }{{code.PtVector, code.VectorSysenter}, {code.PtOrigRAX, 20}, {code.PtRIP, vdso + code.VDSOLandingPad},
		{code.PtCS, code.User32CS}, {code.PtRSP, before.R[cpu.RBP]}, {code.PtSS, code.UserDS}} {
		if word(c.at) != c.want {
			t.Errorf("pt_regs+%d is %#x, want %#x", c.at, word(c.at), c.want)
		}
	}
	if word(code.PtRFLAGS)&^cpu.FlagIF != before.RFLAGS&^cpu.FlagIF {
		t.Errorf("saved flags %#x of %#x", word(code.PtRFLAGS), before.RFLAGS)
	}
}

// TestSysenterSingleStep: with TF set the first instructions of ring 0 raise #DB, on the stack that IA32_SYSENTER_ESP names,
// until they have cleared TF; the program has it again behind the call, which returns by IRETQ then.
func TestSysenterSingleStep(t *testing.T) {
	g, o := doors32(t)
	s := &g.M.CPU.S
	g.Input([]byte("t\n"))
	entry, end, debug := s.SysenterEIP, code.Addr("sysenter_flags_fixed"), code.Addr("asm_exc_debug")
	traps := 0
	for range 200_000 {
		was := *s
		g.step()
		if traps == 0 && was.CPL() == 3 && s.RIP == debug && s.R[cpu.RSP] == s.SysenterESP-40 && g.M.RAM.Read64(code.Phys("percpu")+code.PerCPUEntryStack-40) == entry {
			traps = 1
		} else if was.CPL() == 0 && was.RIP >= entry && was.RIP < end && s.RIP == debug {
			traps++
		}
		if traps != 0 && s.CPL() == 3 {
			if s.RFLAGS&cpu.FlagTF == 0 || s.R[cpu.RAX] != uint64(o.PID) || s.RIP != g.K.LandingPad(o) {
				t.Errorf("back at %#x with flags %#x and %d", s.RIP, s.RFLAGS, s.R[cpu.RAX])
			}
			break
		}
	}
	if traps != 11 { // behind SYSENTER and behind each of ten instructions
		t.Errorf("%d traps", traps)
	}
	if stop := g.until(5); stop.Reason != boot.PowerOff || stop.Status != 128+5 {
		t.Errorf("the program was not ended by SIGTRAP: %+v", stop)
	}
}

// TestSysenterAnywhere: whoever executes SYSENTER, and with whatever in its registers, harms only itself. The numbers are
// those of Linux on a processor of Intel's.
func TestSysenterAnywhere(t *testing.T) {
	bin, err := compile(t.TempDir(), "testdata/sysenter.c")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, "quiet", map[string]string{"/bin/sysenter": string(text)}, "/bin/sysenter")
	stop := g.until(60)
	if got := g.out.String(); stop.Reason != boot.PowerOff || stop.Status != 0 || got != "5: 8\n11: 88\n" {
		t.Errorf("%+v\n%s", stop, got)
	}
}
