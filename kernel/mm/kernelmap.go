package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

const largePage = 2 << 20

// InitKernel takes over the page tables that the boot code made, adds the direct map of all RAM and takes the zero
// page. Linux arch/x86/mm/init.c:init_mem_mapping
func (m *Manager) InitKernel(bootRoot mem.Frame) abi.Errno {
	m.State.KernelRoot = bootRoot
	for pa := uint64(0); pa < m.ram.Size(); {
		n, e := m.mapDirect(pa)
		if e != abi.OK {
			return e
		}
		pa += n
	}
	zero, ok := m.AllocFrame(Zero, 0, 0)
	if !ok {
		return abi.ENOMEM
	}
	m.ram.Zero(zero)
	m.State.ZeroPage = zero
	return abi.OK
}

// mapDirect maps the piece of RAM at pa at its place in the direct map and returns its size: a 2 MiB page where a
// whole one fits, else one of 4 KiB.
func (m *Manager) mapDirect(pa uint64) (uint64, abi.Errno) {
	const bits = mmu.P | mmu.W | mmu.A | mmu.D | mmu.G | mmu.NX
	level, large, size := 1, uint64(0), uint64(pageSize)
	if pa%largePage == 0 && m.ram.Size()-pa >= largePage {
		level, large, size = 2, mmu.PS, largePage
	}
	at, ok := m.allocEntry(0, m.State.KernelRoot, PageOffset+pa, level, kernelTable)
	if !ok {
		return 0, abi.ENOMEM
	}
	m.ram.Write64(at, pa|bits|large)
	return size, abi.OK
}

// DropLowHalf removes the identity map of the boot code, which nothing needs once the kernel runs in its own half.
// With five levels the table below shows it a second time. Linux arch/x86/kernel/head64.c:reset_early_page_tables
func (m *Manager) DropLowHalf() {
	root := m.State.KernelRoot.Addr()
	m.dropLowHalf(root)
	if m.State.Levels == 5 {
		m.dropLowHalf(m.ram.Read64(root+511*8) & mmu.AddrMask)
	}
	if m.tlb != nil {
		m.tlb.FlushTLB()
	}
}

func (m *Manager) dropLowHalf(table uint64) {
	for i := range uint64(firstKernel) {
		m.ram.Write64(table+i*8, 0)
	}
}

// shareKernelHalf makes the upper half of a new root the kernel's. Linux: pgd_ctor
func (m *Manager) shareKernelHalf(root mem.Frame) {
	from, to := m.State.KernelRoot.Addr(), root.Addr()
	for i := uint64(firstKernel); i < 512; i++ {
		if e := m.ram.Read64(from + i*8); e != 0 {
			m.ram.Write64(to+i*8, e)
		}
	}
}
