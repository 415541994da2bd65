package load

import (
	"encoding/binary"

	"vitrine/engine/cpu"
)

// What a BIOS has done before it starts a boot loader: assets/boot/rom.S does the same for a disk.

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
		{span{0, ExtendedDataAt}, memUsable},
		{span{ExtendedDataAt, 0xa0000}, memReserved},
		{span{romStart, highRAM}, memReserved},
		{span{highRAM, l.m.RAM.Size()}, memUsable},
		{span{0xfee00000, 0xfee01000}, memReserved},  // the local APIC
		{span{0xffff0000, 0x100000000}, memReserved}, // the ROM's other view
	}
}

// firmware leaves the devices as after the power-on self test (8259A datasheet, "Initialization Command Words"), and what
// the BIOS keeps in low memory.
func (l *loader) firmware(r *Request) {
	l.m.RAM.WriteAt(r.BIOSData[:], 0)
	l.m.RAM.WriteAt(r.ExtendedData[:], ExtendedDataAt)
	for _, o := range []struct {
		port uint16
		v    uint8
	}{
		{0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xb8}, // vectors 8 to 15; timer, keyboard, cascade open
		{0xa0, 0x11}, {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0x8f}, // vectors 0x70 to 0x77; mouse and disks open
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
