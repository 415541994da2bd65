package load

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"vitrine/engine/cpu"
	"vitrine/engine/mmu"
)

// Linux by its 64-bit boot protocol: Linux Documentation/x86/boot.rst "64-bit BOOT PROTOCOL" and "The Real-Mode Kernel
// Header", Documentation/x86/zero-page.rst.

// Offsets of the setup header, in the file as in the zero page.
const (
	hdrSetupSects = 0x1f1
	hdrBootFlag   = 0x1fe
	hdrJump       = 0x200
	hdrMagic      = 0x202
	hdrVersion    = 0x206
	hdrLoaderType = 0x210
	hdrLoadFlags  = 0x211
	hdrRamdisk    = 0x218
	hdrRamdiskLen = 0x21c
	hdrCmdline    = 0x228
	hdrInitrdMax  = 0x22c
	hdrAlignment  = 0x230
	hdrReloc      = 0x234
	hdrXLoadFlags = 0x236
	hdrCmdlineMax = 0x238
	hdrPref       = 0x258
	hdrInitSize   = 0x260
	hdrEnd        = 0x264

	loadedHigh = 1 << 0 // loadflags
	canUseHeap = 1 << 7
	kernel64   = 1 << 0 // xloadflags: there is a 64-bit entry, at 0x200

	otherLoader = 0xff
)

// The rest of the zero page, struct boot_params.
const (
	zeroE820Entries = 0x1e8
	zeroE820        = 0x2d0
	zeroPageSize    = 4096
)

// Where the loader's data lies. Linux moves or reserves all of it early.
const (
	zeroPageArea = 0x10000
	pageTables   = 6 * 4096 // PML4, PDPT, and four tables of 2 MiB pages
)

// IsLinux tells whether a file is a bzImage.
func IsLinux(file []byte) bool {
	return len(file) >= hdrEnd && binary.LittleEndian.Uint16(file[hdrBootFlag:]) == 0xaa55 &&
		bytes.Equal(file[hdrMagic:hdrMagic+4], []byte("HdrS"))
}

// bzImage is a kernel file taken apart.
type bzImage struct {
	header            []byte // the file from 0x1f1 on, up to where the setup header says that it ends
	code              []byte // the protected-mode kernel
	pref, size, align uint64
	initrdEnd         uint64
	cmdlineMax        uint64
	relocatable       bool
}

func parseLinux(file []byte) (*bzImage, error) {
	u32 := func(off int) uint64 { return uint64(binary.LittleEndian.Uint32(file[off:])) }
	version := binary.LittleEndian.Uint16(file[hdrVersion:])
	if version < 0x20c {
		return nil, fmt.Errorf("bzImage: boot protocol %d.%02d is older than 2.12, the first with a 64-bit entry", version>>8, version&0xff)
	}
	if file[hdrXLoadFlags]&kernel64 == 0 {
		return nil, errors.New("bzImage: the kernel has no 64-bit entry; this loader knows the 64-bit boot protocol only")
	}
	if file[hdrLoadFlags]&loadedHigh == 0 {
		return nil, errors.New("bzImage: the kernel wants to lie below 1 MiB")
	}
	setup := uint64(file[hdrSetupSects])
	if setup == 0 {
		setup = 4
	}
	start := (setup + 1) * 512
	if start >= uint64(len(file)) {
		return nil, fmt.Errorf("bzImage: the file of %d bytes ends before the kernel, at %#x", len(file), start)
	}
	end := min(hdrMagic+int(file[hdrJump+1]), len(file), hdrSetupSects+0x7f)
	if end < hdrEnd {
		return nil, fmt.Errorf("bzImage: the setup header ends at %#x, before its end in protocol 2.12", end)
	}
	b := &bzImage{header: file[hdrSetupSects:end], code: file[start:], pref: binary.LittleEndian.Uint64(file[hdrPref:]), size: u32(hdrInitSize),
		align: u32(hdrAlignment), initrdEnd: u32(hdrInitrdMax) + 1, cmdlineMax: u32(hdrCmdlineMax), relocatable: file[hdrReloc] != 0}
	b.size = max(b.size, uint64(len(b.code)))
	if b.align == 0 || b.align&(b.align-1) != 0 {
		return nil, fmt.Errorf("bzImage: alignment %#x is not a power of two", b.align)
	}
	return b, nil
}

func (l *loader) linux(r *Request) (*Kernel, error) {
	b, err := parseLinux(r.Kernel)
	if err != nil {
		return nil, err
	}
	if uint64(len(r.Append)) > b.cmdlineMax {
		return nil, fmt.Errorf("the command line has %d characters; this kernel takes %d", len(r.Append), b.cmdlineMax)
	}
	if err := l.claim(b.pref, b.size, "Linux"); err != nil {
		return nil, fmt.Errorf("%w (see -mem)", err)
	}
	l.m.RAM.WriteAt(b.code, b.pref)
	if err := l.claim(0, bdaEnd, "the BIOS's data area"); err != nil {
		return nil, err
	}
	zero := make([]byte, zeroPageSize)
	copy(zero[hdrSetupSects:], b.header)
	if err := l.zeroPage(zero, b, r); err != nil {
		return nil, err
	}
	at, err := l.put(zeroPageArea, zero, "the zero page")
	if err != nil {
		return nil, err
	}
	return &Kernel{Format: Linux}, l.enterLinux(b.pref+0x200, at)
}

// zeroPage fills in what the loader tells the kernel.
func (l *loader) zeroPage(zero []byte, b *bzImage, r *Request) error {
	put32 := func(off int, v uint64) { binary.LittleEndian.PutUint32(zero[off:], uint32(v)) }
	zero[hdrLoaderType] = otherLoader
	zero[hdrLoadFlags] &^= canUseHeap // no real-mode code runs
	cmdline, err := l.put(zeroPageArea, append([]byte(r.Append), 0), "the command line")
	if err != nil {
		return err
	}
	put32(hdrCmdline, cmdline)
	if len(r.Initrd) > 0 {
		at, err := l.placeHigh(b.initrdEnd, uint64(len(r.Initrd)), "the initrd")
		if err != nil {
			return fmt.Errorf("%w (see -mem)", err)
		}
		l.m.RAM.WriteAt(r.Initrd, at)
		put32(hdrRamdisk, at)
		put32(hdrRamdiskLen, uint64(len(r.Initrd)))
	}
	regions := l.memoryMap()
	zero[zeroE820Entries] = uint8(len(regions))
	entry := zero[zeroE820:]
	for _, r := range regions {
		binary.LittleEndian.PutUint64(entry, r.from)
		binary.LittleEndian.PutUint64(entry[8:], r.to-r.from)
		binary.LittleEndian.PutUint32(entry[16:], r.kind)
		entry = entry[20:]
	}
	return nil
}

// enterLinux sets the CPU to the 64-bit entry: the first 4 GiB mapped to themselves, interrupts off.
func (l *loader) enterLinux(entry, zeroPage uint64) error {
	tables, err := l.place(zeroPageArea, pageTables, "page tables")
	if err != nil {
		return err
	}
	l.identity(tables)
	s := l.m.CPU.S
	if err := l.putGDT(&s, zeroPageArea); err != nil {
		return err
	}
	flat(&s, sel64, attrCode64)
	s.CR0 = cpu.CR0ET | cpu.CR0PE | cpu.CR0PG
	s.CR3, s.CR4, s.EFER = tables, cpu.CR4PAE, cpu.EFERLME|cpu.EFERLMA
	s.RIP = entry
	s.R[cpu.RSI] = zeroPage
	l.m.CPU.SetState(s)
	return nil
}

// identity builds page tables for the first 4 GiB.
func (l *loader) identity(at uint64) {
	const bits = mmu.P | mmu.W
	ram := l.m.RAM
	ram.Write64(at, at+4096|bits)
	for i := range uint64(4) {
		directory := at + (2+i)*4096
		ram.Write64(at+4096+8*i, directory|bits)
		for j := range uint64(512) {
			ram.Write64(directory+8*j, (i<<30|j<<21)|bits|mmu.PS)
		}
	}
}
