package engine_test

import (
	"slices"
	"strings"
	"testing"

	"vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/mmu"
)

func newPC(disk dev.Image) *engine.Machine {
	return engine.New(engine.Config{RAM: 64 << 20, ROM: boot.ROM(), Disk: disk, VMCall: true})
}

// second is a limit that no boot comes near.
const second = dev.ClockHz

// TestBoot runs the ROM, the boot sector and the setup code up to the last step of start_kernel.
func TestBoot(t *testing.T) {
	m := newPC(boot.DiskHead(0))
	for step := uint64(boot.StepSetupArch); step <= boot.StepRestInit; step++ {
		if e := m.Run(m.Now() + second); e.Reason != engine.VMCall {
			name, off, _ := boot.Lookup(m.CPU.S.RIP)
			t.Fatalf("before %s: stopped for reason %d at %s+%#x", boot.Steps[step], e.Reason, name, off)
		}
		name, _, _ := boot.Lookup(m.CPU.S.RIP)
		if m.CPU.S.R[cpu.RAX] != step || name != boot.Steps[step] {
			t.Fatalf("step %d of %s, want %s", m.CPU.S.R[cpu.RAX], name, boot.Steps[step])
		}
	}
	want := "Vitrine BIOS\r\nx86-64 CPU, 64 MiB RAM\r\nBooting from hard disk\r\nLoading kernel\r\n"
	if got := string(m.UART.Drain()); got != want {
		t.Errorf("the console says %q", got)
	}
	checkLongMode(t, m)
}

func checkLongMode(t *testing.T, m *engine.Machine) {
	s := &m.CPU.S
	if s.CR0 != 0x80010033 || s.CR4 != 0x6a0 || s.EFER != 0xd01 || s.CR3 != boot.Phys("init_top_pgt") {
		t.Errorf("CR0 %#x, CR3 %#x, CR4 %#x, EFER %#x", s.CR0, s.CR3, s.CR4, s.EFER)
	}
	if !m.LAPIC.External() {
		t.Error("the ROM did not leave virtual wire mode")
	}
	if s.Seg[cpu.CS].Sel != boot.KernelCS || s.Seg[cpu.GS].Base != boot.Addr("percpu") || s.CPL() != 0 {
		t.Errorf("CS %#x, GS base %#x", s.Seg[cpu.CS].Sel, s.Seg[cpu.GS].Base)
	}
	for _, name := range []string{"start_kernel", "percpu", "level2_kernel_pgt"} {
		w := mmu.Walk(m.RAM, s.Root(), boot.Addr(name))
		if !w.Present || w.Phys != boot.Phys(name) {
			t.Errorf("%s: %+v", name, w)
		}
	}
	if w := mmu.Walk(m.RAM, s.Root(), 0x7c00); !w.Present || w.Phys != 0x7c00 {
		t.Errorf("the identity view: %+v", w)
	}
}

// TestBootStages steps through the boot and notes where it comes by for the first time.
func TestBootStages(t *testing.T) {
	m := newPC(boot.DiskHead(0))
	var stages []string
	for len(stages) == 0 || stages[len(stages)-1] != "setup_arch" {
		at := m.CPU.S.Seg[cpu.CS].Base + m.CPU.S.RIP
		if at >= 0xffff0000 && at <= 0xffffffff { // the ROM below 4 GiB
			at -= 0xffff0000 - boot.ROMBase
		}
		if name, off, ok := boot.Lookup(at); ok && off == 0 && !slices.Contains(stages, name) {
			stages = append(stages, name)
		}
		if e := m.Run(m.Now() + 1); e.Reason != engine.Budget {
			t.Fatalf("stopped for reason %d after %v", e.Reason, stages)
		}
	}
	want := strings.Fields(`reset_vector post init_apic init_serial init_vectors init_pic init_timer read_cmos_bcd init_keyboard puts putc show_memory read_cmos_word print_decimal find_disk
		load_boot_sector read_sector start_ata irq0_timer unused boot_sector load_kernel enable_a20 enter_protected_mode protected_mode
		startup_32 clear_bss verify_cpu build_page_tables choose_levels enable_pae load_cr3 enable_long_mode enable_paging
		jump_to_64 startup_64 higher_half start_kernel setup_arch`)
	if !slices.Equal(stages, want) {
		t.Errorf("stages\n%v\nwant\n%v", stages, want)
	}
}

func TestBootFailures(t *testing.T) {
	noMark := boot.DiskHead(0)
	noMark[510] = 0
	short := boot.DiskHead(0)[:4*512]
	for name, c := range map[string]struct {
		disk dev.Image
		text string
	}{
		"no signature":      {noMark, "No boot signature in the first sector\r\n"},
		"half a kernel":     {short, "Loading kernel\r\nDisk error\r\n"},
		"a disk of nothing": {nil, "Disk error\r\n"},
	} {
		m := newPC(c.disk)
		m.Run(second)
		if got := string(m.UART.Drain()); !strings.HasSuffix(got, c.text) || !m.CPU.S.Halted {
			t.Errorf("%s: %q, halted %v", name, got, m.CPU.S.Halted)
		}
	}
}

// TestCutsDoNotShow boots in one Run, in many, and in two machines that hand over by a snapshot.
func TestCutsDoNotShow(t *testing.T) {
	const end = 20000
	start := func() *engine.Machine {
		m := newPC(boot.DiskHead(0))
		m.Out(0x43, 1, 0x34) // the timer runs along
		m.Out(0x40, 1, 100)
		m.Out(0x40, 1, 0)
		return m
	}
	whole := start()
	whole.Run(end)
	want := whole.Hash()
	for _, cut := range []uint64{1, 7, 1000} {
		m := start()
		for m.Now() < end {
			m.Run(min(m.Now()+cut, end))
		}
		if m.Hash() != want {
			t.Errorf("another hash when cut after every %d", cut)
		}
	}
	a, b := start(), start()
	a.Run(12345)
	if err := b.Restore(a.Snapshot()); err != nil {
		t.Fatal(err)
	}
	b.Run(end)
	if b.Hash() != want {
		t.Error("another hash after a snapshot")
	}
}
