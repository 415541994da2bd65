package bus

import "vitrine/engine/mem"

// Mapped is a device that answers at physical addresses. The bus looks at Window at every access, so a window may move;
// in front of RAM it hides the RAM.
//
// The CPU never keeps a page of a window in its fast table, and runs an instruction that touches one alone: Now is exact
// at Load and Store, and deadlines and interrupts are looked at afterwards.
type Mapped interface {
	Device
	// Window is where the device answers now: the address of its one page of 4 KiB; ok is false when it does not.
	Window() (base uint64, ok bool)
	// Load reads size bytes (1 to 8) at an offset in the window.
	Load(off uint64, size uint8) uint64
	// Store writes size bytes (1 to 8) at an offset in the window.
	Store(off uint64, size uint8, v uint64)
}

// Mapped tells whether a device answers at physical address pa.
func (b *Bus) Mapped(pa uint64) bool { return b.mappedAt(pa) != nil }

func (b *Bus) mappedAt(pa uint64) Mapped {
	for _, d := range b.mapped {
		if base, ok := d.Window(); ok && pa&^mem.FrameMask == base {
			return d
		}
	}
	return nil
}

// Load reads size bytes (1 to 8, inside one page) of a mapped device at time now; all ones where nobody answers.
// Afterwards INTR and Next may have changed.
func (b *Bus) Load(now, pa uint64, size uint8) uint64 {
	d := b.mappedAt(pa)
	if d == nil {
		return ^uint64(0) >> (64 - 8*uint(size))
	}
	d.Advance(now)
	return d.Load(pa&mem.FrameMask, size)
}

// Store writes size bytes (1 to 8, inside one page) of a mapped device at time now. Afterwards INTR and Next may have
// changed.
func (b *Bus) Store(now, pa uint64, size uint8, v uint64) {
	if d := b.mappedAt(pa); d != nil {
		d.Advance(now)
		d.Store(pa&mem.FrameMask, size, v)
	}
}
