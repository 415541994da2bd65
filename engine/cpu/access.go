package cpu

import (
	"encoding/binary"

	"vitrine/engine/mem"
)

// Linear memory: each access looks into fast first.

func (c *CPU) load8(la uint64) (uint8, bool) {
	if e := c.at(la); e.R == la&^mem.FrameMask {
		return c.mem[la+e.Add], true
	}
	v, ok := c.loadSlow(la, 1)
	return uint8(v), ok
}

func (c *CPU) load16(la uint64) (uint16, bool) {
	if e := c.at(la); e.R == (la+1)&^mem.FrameMask {
		return binary.LittleEndian.Uint16(c.mem[la+e.Add:]), true
	}
	v, ok := c.loadSlow(la, 2)
	return uint16(v), ok
}

func (c *CPU) load32(la uint64) (uint32, bool) {
	if e := c.at(la); e.R == (la+3)&^mem.FrameMask {
		return binary.LittleEndian.Uint32(c.mem[la+e.Add:]), true
	}
	v, ok := c.loadSlow(la, 4)
	return uint32(v), ok
}

func (c *CPU) load64(la uint64) (uint64, bool) {
	if e := c.at(la); e.R == (la+7)&^mem.FrameMask {
		return binary.LittleEndian.Uint64(c.mem[la+e.Add:]), true
	}
	return c.loadSlow(la, 8)
}

func (c *CPU) load128(la uint64) (v [2]uint64, ok bool) {
	if e := c.at(la); e.R == (la+15)&^mem.FrameMask {
		b := c.mem[la+e.Add:]
		return [2]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}, true
	}
	if c.marked(la) {
		if la, ok = c.inSegment(la, 16, accessRead); !ok {
			return v, false
		}
	}
	c.readable(la, 16) // 16 bytes need no alignment
	if v[0], ok = c.loadSlow(la, 8); !ok {
		return v, false
	}
	v[1], ok = c.loadSlow(la+8, 8)
	return v, ok
}

func (c *CPU) store8(la uint64, v uint8) bool {
	if e := c.at(la); e.W == la&^mem.FrameMask {
		c.mem[la+e.Add] = v
		return true
	}
	return c.storeSlow(la, 1, uint64(v))
}

func (c *CPU) store16(la uint64, v uint16) bool {
	if e := c.at(la); e.W == (la+1)&^mem.FrameMask {
		binary.LittleEndian.PutUint16(c.mem[la+e.Add:], v)
		return true
	}
	return c.storeSlow(la, 2, uint64(v))
}

func (c *CPU) store32(la uint64, v uint32) bool {
	if e := c.at(la); e.W == (la+3)&^mem.FrameMask {
		binary.LittleEndian.PutUint32(c.mem[la+e.Add:], v)
		return true
	}
	return c.storeSlow(la, 4, uint64(v))
}

func (c *CPU) store64(la uint64, v uint64) bool {
	if e := c.at(la); e.W == (la+7)&^mem.FrameMask {
		binary.LittleEndian.PutUint64(c.mem[la+e.Add:], v)
		return true
	}
	return c.storeSlow(la, 8, v)
}

func (c *CPU) store128(la uint64, v [2]uint64) bool {
	if !c.probe(la, 16) {
		return false
	}
	c.store64(la, v[0])
	return c.store64(la+8, v[1])
}

// loadSlow reads size ≤ 8 bytes through the TLB, also across pages.
func (c *CPU) loadSlow(la uint64, size uint64) (uint64, bool) {
	if c.marked(la) {
		plain, ok := c.inSegment(la, size, accessRead)
		if !ok {
			return 0, false
		}
		return c.load(plain, uint8(size))
	}
	la = c.wrap(la)
	if c.guard != 0 && !c.guarded(la, size, accessRead, true) {
		return 0, false
	}
	if la&mem.FrameMask+size > mem.FrameSize && !c.bounded(la, size) {
		return 0, false
	}
	pa, ok := c.translate(la, accessRead)
	if !ok {
		return 0, false
	}
	if e := c.at(la); e.R == (la+size-1)&^mem.FrameMask { // the usual miss: it is found from now on
		switch size {
		case 8:
			return binary.LittleEndian.Uint64(c.mem[pa:]), true
		case 4:
			return uint64(binary.LittleEndian.Uint32(c.mem[pa:])), true
		}
	}
	if !c.reach(pa) {
		return 0, false
	}
	if la&mem.FrameMask+size <= mem.FrameSize {
		return c.readPhys(pa, size), true
	}
	first := mem.FrameSize - la&mem.FrameMask
	pa2, ok := c.translate(c.last(la, size)&^mem.FrameMask, accessRead)
	if !ok || !c.reach(pa2) {
		return 0, false
	}
	return c.readPhys(pa, first) | c.readPhys(pa2, size-first)<<(8*first), true
}

// storeSlow writes size ≤ 8 bytes through the TLB, also across pages; both pages are checked before anything is written.
func (c *CPU) storeSlow(la uint64, size, v uint64) bool {
	if c.marked(la) {
		plain, ok := c.inSegment(la, size, accessWrite)
		return ok && c.store(plain, uint8(size), v)
	}
	la = c.wrap(la)
	if c.guard != 0 && !c.guarded(la, size, accessWrite, true) {
		return false
	}
	if la&mem.FrameMask+size > mem.FrameSize && !c.bounded(la, size) {
		return false
	}
	pa, ok := c.translate(la, accessWrite)
	if !ok {
		return false
	}
	if la&mem.FrameMask+size <= mem.FrameSize {
		if !c.mayWrite(pa, size) {
			return false
		}
		c.writePhys(pa, size, v)
		return true
	}
	first := mem.FrameSize - la&mem.FrameMask
	pa2, ok := c.translate(c.last(la, size)&^mem.FrameMask, accessWrite)
	if !ok || !c.mayWrite(pa2, size-first) || !c.mayWrite(pa, first) {
		return false
	}
	c.writePhys(pa, first, v)
	c.writePhys(pa2, size-first, v>>(8*first))
	return true
}

// probe checks that n ≤ 4096 bytes at la may be written, so that the stores that follow cannot fail.
func (c *CPU) probe(la, n uint64) bool {
	if c.marked(la) {
		var ok bool
		if la, ok = c.inSegment(la, n, accessWrite); !ok {
			return false
		}
	}
	e := c.at(la)
	if e.W == (la+n-1)&^mem.FrameMask {
		return true
	}
	la = c.wrap(la)
	if c.guard != 0 && !c.guarded(la, n, accessWrite, false) {
		return false
	}
	last := c.last(la, n)
	if last&^mem.FrameMask != la&^mem.FrameMask && !c.bounded(la, n) {
		return false
	}
	pa, ok := c.translate(la, accessWrite)
	if !ok {
		return false
	}
	if last&^mem.FrameMask == la&^mem.FrameMask {
		return c.mayWrite(pa, n)
	}
	first := mem.FrameSize - la&mem.FrameMask
	if !c.mayWrite(pa, first) {
		return false
	}
	pa, ok = c.translate(last&^mem.FrameMask, accessWrite)
	return ok && c.mayWrite(pa, n-first)
}
