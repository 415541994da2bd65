package cpu

import (
	"encoding/binary"

	"vitrine/engine/mem"
)

// The ROM: RAM's bytes below 1 MiB hold it, writes to it are ignored, and it is seen again below 4 GiB.
const (
	romBase  = 0xf0000
	romEnd   = 0x100000
	romAlias = 0xffff0000
)

// unalias maps the upper view of the ROM to the lower one.
func unalias(pa uint64) uint64 {
	if pa>>16 == romAlias>>16 {
		return pa - romAlias + romBase
	}
	return pa
}

// Peek reads a byte of physical memory or ROM as the CPU would; false where nothing answers.
func (c *CPU) Peek(pa uint64) (byte, bool) {
	pa = unalias(pa)
	if !c.ram.Has(pa, 1) {
		return 0, false
	}
	return c.mem[pa], true
}

// readPhys reads n ≤ 8 bytes inside one page; reach was asked before.
func (c *CPU) readPhys(pa, n uint64) uint64 {
	v := c.readAt(pa, n)
	if c.observer != nil {
		c.observer.moved(pa, n, v, accessRead)
	}
	return v
}

func (c *CPU) readAt(pa, n uint64) (v uint64) {
	if !c.ram.Has(pa, n) || pa&^mem.FrameMask == c.apicPage {
		return c.readDevice(pa, n)
	}
	switch n {
	case 8:
		return c.ram.Read64(pa)
	case 4:
		return uint64(c.ram.Read32(pa))
	case 1:
		return uint64(c.mem[pa])
	}
	for i := range n {
		v |= uint64(c.mem[pa+i]) << (8 * i)
	}
	return v
}

// writePhys writes n ≤ 8 bytes inside one page; mayWrite was asked before.
func (c *CPU) writePhys(pa, n, v uint64) {
	if c.observer != nil {
		c.observer.moved(pa, n, v, accessWrite)
	}
	if !c.ram.Has(pa, n) || pa&^mem.FrameMask == c.apicPage {
		c.writeDevice(pa, n, v)
		return
	}
	if pa >= romBase && pa < romEnd {
		return
	}
	c.ram.Marks[mem.FrameOf(pa)] |= mem.MarkWritten
	if c.ram.Marks[mem.FrameOf(pa)]&mem.MarkWatch != 0 {
		c.noticeWrite(pa, n)
	}
	switch n {
	case 8:
		binary.LittleEndian.PutUint64(c.mem[pa:], v)
	case 4:
		binary.LittleEndian.PutUint32(c.mem[pa:], uint32(v))
	default:
		for i := range n {
			c.mem[pa+i] = byte(v >> (8 * i))
		}
	}
}

// mayWrite prepares a write of n bytes at pa, inside one frame: where it meets bytes that micro-operations were made from,
// those of the frame are dropped. When the running block itself lies there the instruction is given up and run again
// alone, so that a block never executes stale code; so it is where an onlooker waits for the write, who wants to see the
// computer right behind it.
func (c *CPU) mayWrite(pa, n uint64) bool {
	f := mem.FrameOf(pa)
	if pa >= uint64(len(c.mem)) || pa&^mem.FrameMask == c.apicPage {
		return c.reach(pa)
	}
	if c.ram.Marks[f]&mem.MarkWatch != 0 && !c.smc && c.ram.Watches(pa, n) {
		c.trap = Trap{Vector: vecAlone}
		return false
	}
	if c.ram.Marks[f]&mem.MarkCode == 0 {
		return true
	}
	if c.code.lines[f]&linesOf(pa, n) == 0 {
		return true
	}
	if c.code.running(f) && !c.smc {
		c.trap = Trap{Vector: vecAlone}
		return false
	}
	c.code.drop(f)
	c.bump()
	c.ram.Marks[f] &^= mem.MarkCode
	return true
}
