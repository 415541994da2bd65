package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/kernel/mm"
)

// 64-bit programs know FS and GS by their bases only. 32-bit ones load selectors: of the flat segments, and of the three
// descriptors in the GDT that are each task's own and that a context switch writes. Linux arch/x86/kernel/tls.c
const (
	firstTLS   = 12 // GDT_ENTRY_TLS_MIN
	tlsEntries = 3
)

// userData is the flat data segment of ring 3.
var userData = cpu.Segment{Sel: boot.UserDS, Attr: 0xc0f3, Limit: 0xffffffff}

// segRegs are the registers that Task.Segs saves, in its order.
var segRegs = [4]int{cpu.DS, cpu.ES, cpu.FS, cpu.GS}

// Is32 tells whether t runs a 32-bit program. Linux TIF_ADDR32
func (k *Kernel) Is32(t *Task) bool {
	as := k.MM.AS(t.ASID)
	return as != nil && as.TaskSize == mm.TaskSize32
}

// saveSegments notes the segment registers of the task on the CPU in t. GS has the kernel's base at the moment.
// Linux arch/x86/kernel/process_64.c:save_fsgs
func (k *Kernel) saveSegments(t *Task) {
	s := &k.M.CPU.S
	for i, r := range segRegs {
		t.Segs[i] = s.Seg[r]
	}
	t.FSBase, t.GSBase = s.Seg[cpu.FS].Base, s.KernelGSBase
	t.Segs[2].Base, t.Segs[3].Base = 0, 0
}

// loadSegments undoes saveSegments and puts t's descriptors into the GDT. Linux load_TLS, x86_fsgsbase_load
func (k *Kernel) loadSegments(t *Task) {
	s := &k.M.CPU.S
	kernelGS := s.Seg[cpu.GS].Base
	for i, r := range segRegs {
		s.Seg[r] = t.Segs[i]
	}
	s.Seg[cpu.FS].Base, s.Seg[cpu.GS].Base, s.KernelGSBase = t.FSBase, kernelGS, t.GSBase
	k.writeTLS(t)
}

func (k *Kernel) writeTLS(t *Task) {
	for i, d := range t.TLS {
		k.M.RAM.Write64(boot.Phys("gdt_page")+uint64(firstTLS+i)*8, d)
	}
}

// descriptor finds what a user's selector names, a null segment when it may not be loaded in ring 3 as data.
// SDM 3A "Segment Descriptors"; Linux loadsegment, whose fault handler loads 0
func (k *Kernel) descriptor(t *Task, sel uint16) cpu.Segment {
	index := uint64(sel >> 3)
	if sel&4 != 0 || index == 0 || index >= boot.GDTSize/8 {
		return cpu.Segment{}
	}
	d := k.M.RAM.Read64(boot.Phys("gdt_page") + index*8)
	if index >= firstTLS && index < firstTLS+tlsEntries {
		d = t.TLS[index-firstTLS]
	}
	const present, system, dpl3, code, readable = 1 << 47, 1 << 44, 3 << 45, 1 << 43, 1 << 41
	if d&present == 0 || d&system == 0 || d&dpl3 != dpl3 || d&code != 0 && d&readable == 0 {
		return cpu.Segment{}
	}
	seg := cpu.Segment{Sel: sel | 3, Attr: uint16(d>>40) & 0xf0ff, Limit: uint32(d&0xffff | d>>32&0xf0000),
		Base: d>>16&0xffffff | d>>56<<24}
	if d>>55&1 != 0 {
		seg.Limit = seg.Limit<<12 | 0xfff
	}
	return seg
}

// setSegment loads segRegs[i] of the task on the CPU with a selector, as a program could do itself.
func (k *Kernel) setSegment(t *Task, i int, sel uint16) {
	s := &k.M.CPU.S
	r := segRegs[i]
	seg := k.descriptor(t, sel)
	if r == cpu.GS {
		s.KernelGSBase = seg.Base
		seg.Base = s.Seg[cpu.GS].Base
	}
	s.Seg[r] = seg
}

// reloadTLS makes the saved FS and GS of a child, which is not on the CPU yet, agree with its descriptors.
func (k *Kernel) reloadTLS(t *Task) {
	for i, base := range []*uint64{&t.FSBase, &t.GSBase} {
		if n := t.Segs[2+i].Sel >> 3; n >= firstTLS && n < firstTLS+tlsEntries {
			seg := k.descriptor(t, t.Segs[2+i].Sel)
			*base, seg.Base = seg.Base, 0
			t.Segs[2+i] = seg
		}
	}
}

// SetTLS stores descriptor d as entry n of t's own: set_thread_area(2). Registers that name it are loaded again.
func (k *Kernel) SetTLS(t *Task, n uint32, d uint64) {
	t.TLS[n-firstTLS] = d
	k.writeTLS(t)
	for i, r := range segRegs {
		if sel := k.M.CPU.S.Seg[r].Sel; uint32(sel>>3) == n && sel&4 == 0 {
			k.setSegment(t, i, sel)
		}
	}
}
