package boot_test

import (
	"testing"

	machine "vitrine/assets/boot"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// TestHello32: the 32-bit demonstration writes, forks and waits. Its saved registers in guest RAM are those of
// compatibility mode, its system calls come through gate 0x80, and all it has lies below 4 GiB.
func TestHello32(t *testing.T) {
	g := newGuest(t, "quiet", map[string]string{"/bin/hello32": hello32(t)}, "/bin/hello32")
	var called []string
	g.K.OnSyscall = func(o *kernel.Task, call *kernel.Syscall) {
		if o.Name() == "hello32" {
			called = append(called, call.Name)
			g.checkCompat(t, o)
		}
	}
	stop := g.until(60)
	if stop.Reason != boot.PowerOff || stop.Status != 32 || g.out.String() != "hello from 32 bits\nmy child has ended\n" {
		t.Errorf("%v, status %d: %q", stop.Reason, stop.Status, g.out.String())
	}
	want := map[string]int{"fork": 1, "waitpid": 1, "write": 2, "exit": 2}
	for _, name := range called {
		want[name]--
	}
	for name, left := range want {
		if left != 0 {
			t.Errorf("%s: %d calls too few; all: %v", name, left, called)
		}
	}
}

// checkCompat looks at a 32-bit task in the middle of a system call.
func (g *guest) checkCompat(t *testing.T, o *kernel.Task) {
	t.Helper()
	_, frame := g.frames(o)
	word := func(at uint64) uint64 { return g.M.RAM.Read64(frame + at) }
	if word(machine.PtCS) != machine.User32CS || word(machine.PtSS) != machine.UserDS || word(machine.PtVector) != 0x80 || !o.Sys.Compat {
		t.Errorf("CS %#x SS %#x vector %#x", word(machine.PtCS), word(machine.PtSS), word(machine.PtVector))
	}
	if word(machine.PtRIP)>>32 != 0 || word(machine.PtRSP)>>32 != 0 {
		t.Errorf("RIP %#x RSP %#x", word(machine.PtRIP), word(machine.PtRSP))
	}
	as := g.K.MM.AS(o.ASID)
	if as.TaskSize != mm.TaskSize32 {
		t.Errorf("user space ends at %#x", as.TaskSize)
	}
	for v := range as.VMAs.All() {
		if v.End > mm.TaskSize32 {
			t.Errorf("a mapping ends at %#x", v.End)
		}
	}
	if v := as.Auxv; v[0] != abi.AT_SYSINFO || v[1] != as.VDSO+machine.VDSOVsyscall || v[2] != abi.AT_SYSINFO_EHDR || v[3] != as.VDSO || as.VDSO == 0 {
		t.Errorf("the vDSO is at %#x, the program is told %#x", as.VDSO, v[:4])
	}
}
