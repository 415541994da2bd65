package cpu

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// Memory is the CPU's way to devices that answer at physical addresses (bus.Mapped).
type Memory interface {
	Mapped(pa uint64) bool
	Load(now, pa uint64, size uint8) uint64
	Store(now, pa uint64, size uint8, v uint64)
}

// LocalAPIC is what instructions reach of the local APIC besides its page of registers.
type LocalAPIC interface {
	Base() uint64 // IA32_APIC_BASE
	SetBase(v uint64)
	TaskPriority() uint8 // CR8
	SetTaskPriority(v uint8)
}

// Connect wires the CPU to what a bench can do without.
func (c *CPU) Connect(m Memory, a LocalAPIC) {
	c.memory, c.apic = m, a
	c.dropFast()
}

// Bits of IA32_APIC_BASE (SDM 3A "Local APIC Status and Location"); x2APIC mode does not exist.
const (
	apicBaseBSP    = 1 << 8
	apicBaseEnable = 1 << 11
)

// apicWindow is the page of the local APIC's registers, or noPage.
func (c *CPU) apicWindow() uint64 {
	if c.apic == nil || c.apic.Base()&apicBaseEnable == 0 {
		return noPage
	}
	return c.apic.Base() &^ mem.FrameMask
}

// writeAPICBase moves or switches the local APIC. What is cached of the page that it now hides, or no longer hides, goes.
func (c *CPU) writeAPICBase(v uint64) bool {
	const known = apicBaseBSP | apicBaseEnable | (1<<mmu.PhysBits-1)&^mem.FrameMask
	if c.apic == nil || v&^uint64(known) != 0 {
		return c.raise(VecGP, 0)
	}
	c.dropPage(c.apicPage)
	c.apic.SetBase(v)
	c.dropFast()
	c.dropPage(c.apicPage)
	c.out = ExitAgain
	return true
}

// dropPage drops the code made from the page of RAM at pa, if it is one.
func (c *CPU) dropPage(pa uint64) {
	if pa < uint64(len(c.mem)) {
		c.ram.Touch(mem.FrameOf(pa))
	}
}

// device tells whether a device answers at physical address pa. Only the local APIC can hide RAM.
func (c *CPU) device(pa uint64) bool {
	return pa&^mem.FrameMask == c.apicPage || pa >= uint64(len(c.mem)) && c.memory != nil && c.memory.Mapped(pa)
}

// reach prepares an access to pa. Of a device, it is an instruction's own business: inside a block it is given up and run
// again alone, so that Now is exact and what the device did is looked at before the next instruction.
func (c *CPU) reach(pa uint64) bool {
	if pa < uint64(len(c.mem)) && pa&^mem.FrameMask != c.apicPage || !c.device(pa) || c.smc || c.code.now == 0 {
		return true
	}
	c.trap = Trap{Vector: vecAlone}
	return false
}

// readDevice reads n ≤ 8 bytes of what is not RAM; where nobody answers, all ones.
func (c *CPU) readDevice(pa, n uint64) uint64 {
	if !c.device(pa) {
		return ^uint64(0) >> (64 - 8*n)
	}
	c.out = ExitAgain
	c.trace.Now, c.trace.Ring = c.Now(), c.cpl()
	return c.memory.Load(c.Now(), pa, uint8(n))
}

// writeDevice writes n ≤ 8 bytes of what is not RAM.
func (c *CPU) writeDevice(pa, n, v uint64) {
	if !c.device(pa) {
		return
	}
	c.out = ExitAgain
	c.trace.Now, c.trace.Ring = c.Now(), c.cpl()
	c.memory.Store(c.Now(), pa, uint8(n), v&(^uint64(0)>>(64-8*n)))
}

// readCR8 and writeCR8 reach the task priority (SDM 3A "Task Priority in IA-32e Mode").
func (c *CPU) readCR8() uint64 {
	if c.apic == nil {
		return 0
	}
	return uint64(c.apic.TaskPriority())
}

func (c *CPU) writeCR8(v uint64) bool {
	if v > 15 {
		return c.raise(VecGP, 0)
	}
	if c.apic != nil {
		c.apic.SetTaskPriority(uint8(v))
		c.out = ExitAgain
	}
	return true
}
