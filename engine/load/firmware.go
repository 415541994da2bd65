package load

import (
	"encoding/binary"

	"vitrine/engine/cpu"
)

// What a BIOS has done before it starts a boot loader.

// Types of memory in the BIOS's map (ACPI "INT 15H, E820H").
const (
	memUsable   = 1
	memReserved = 2
)

// region is an entry of the map.
type region struct {
	span
	kind uint32
}

// memoryMap is what E820 would tell.
func (l *loader) memoryMap() []region {
	return []region{
		{span{0, lowEnd}, memUsable},
		{span{lowEnd, 0xa0000}, memReserved},
		{span{romStart, highRAM}, memReserved},
		{span{highRAM, l.m.RAM.Size()}, memUsable},
	}
}

// firmware leaves the devices and the BIOS's data area as after the power-on self test ("IBM PC AT Technical Reference",
// "BIOS Data Area"; 8259A datasheet, "Initialization Command Words").
func (l *loader) firmware() {
	ram := l.m.RAM
	ram.Write16(0x400, 0x3f8)      // the first serial port
	ram.Write16(0x40e, lowEnd>>4)  // segment of the extended data area
	ram.Write16(0x413, lowEnd>>10) // KiB of conventional memory
	for _, o := range []struct {
		port uint16
		v    uint8
	}{
		{0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xb8}, // vectors 8 to 15; timer, keyboard, cascade open
		{0xa0, 0x11}, {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0xff}, // vectors 0x70 to 0x77, all closed
		{0x43, 0x36}, {0x40, 0x00}, {0x40, 0x00}, // the tick: 18.2 times a second
	} {
		l.m.Out(o.port, 1, uint32(o.v))
	}
	l.m.LAPIC.VirtualWire()
}

// Attributes of flat segments (cpu.Segment.Attr), and the selectors under which all of them can be loaded.
const (
	attrCode32 = 0xc09b
	attrCode64 = 0xa09b
	attrData   = 0xc093

	sel32 = 0x08
	sel64 = 0x10 // Linux's __BOOT_CS
	selDS = 0x18 // Linux's __BOOT_DS
)

// gdt has a descriptor for each selector.
var gdt = [4]uint64{sel32 / 8: 0x00cf9b000000ffff, sel64 / 8: 0x00af9b000000ffff, selDS / 8: 0x00cf93000000ffff}

// flat sets all segments to the whole address space.
func flat(s *cpu.State, codeSel, codeAttr uint16) {
	for i := range s.Seg {
		s.Seg[i] = cpu.Segment{Sel: selDS, Attr: attrData, Limit: 0xffffffff}
	}
	s.Seg[cpu.CS] = cpu.Segment{Sel: codeSel, Attr: codeAttr, Limit: 0xffffffff}
}

// putGDT writes the table to memory and sets GDTR.
func (l *loader) putGDT(s *cpu.State, from uint64) error {
	var b []byte
	for _, d := range gdt {
		b = binary.LittleEndian.AppendUint64(b, d)
	}
	at, err := l.put(from, b, "the GDT")
	s.GDTR = cpu.Table{Base: at, Limit: uint16(len(b)) - 1}
	return err
}
