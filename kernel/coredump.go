package kernel

import (
	"slices"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// CorePattern is the name of core files, in the working directory of the process that dies. core(5)
const CorePattern = "core"

// sigCore are the signals whose default action includes a core dump. signal(7)
const sigCore = 1<<(abi.SIGQUIT-1) | 1<<(abi.SIGILL-1) | 1<<(abi.SIGTRAP-1) | 1<<(abi.SIGABRT-1) | 1<<(abi.SIGFPE-1) |
	1<<(abi.SIGSEGV-1) | 1<<(abi.SIGBUS-1) | 1<<(abi.SIGSYS-1) | 1<<(abi.SIGXCPU-1) | 1<<(abi.SIGXFSZ-1)

// die ends t's process by a signal, after writing a core file where one is wanted. Linux kernel/signal.c:get_signal
func (k *Kernel) die(t *Task, info *Siginfo) {
	status := abi.WaitSignaled(int(info.Signo))
	if sigCore&sigbit(info.Signo) != 0 && k.coreDump(t, info) {
		status |= abi.WCOREFLAG
	}
	k.ExitGroup(t, status)
}

// coreDump tells whether a core file was written. It may end early, at a limit: the flag means that it was begun.
// Linux fs/coredump.c:do_coredump
func (k *Kernel) coreDump(t *Task, info *Siginfo) bool {
	limit := k.Process(t).Rlimits[abi.RLIMIT_CORE].Cur
	if as := k.MM.AS(t.ASID); as == nil || !as.Dumpable || limit < mem.FrameSize {
		return false
	}
	c := k.Ctx(t)
	k.VFS.Unlink(c, abi.AT_FDCWD, CorePattern) // what is in the way for another reason stops OpenFile
	f, e := k.VFS.OpenFile(c, CorePattern, abi.O_CREAT|abi.O_EXCL|abi.O_WRONLY|abi.O_NOFOLLOW|abi.O_LARGEFILE, 0o600)
	if e != abi.OK {
		return false
	}
	defer k.VFS.PutFile(f)
	d := coreFile{k: k, c: c, f: f, left: limit}
	d.write(t, info)
	return true
}

// coreFile is a core file being written.
type coreFile struct {
	k    *Kernel
	c    *vfs.Ctx
	f    vfs.FileID
	left uint64 // of RLIMIT_CORE; holes do not count
}

// emit writes p at an offset; false when the limit or the disk is full. Linux fs/coredump.c:dump_emit
func (d *coreFile) emit(off uint64, p []byte) bool {
	if uint64(len(p)) > d.left {
		return false
	}
	d.left -= uint64(len(p))
	d.k.Charge(uint64(len(p)) / costCopy)
	n, e := d.k.VFS.Pwrite(d.c, d.f, p, int64(off))
	return e == abi.OK && n == len(p)
}

// write makes an ELF file of notes and a segment for each mapping. Linux fs/binfmt_elf.c:elf_core_dump
func (d *coreFile) write(t *Task, info *Siginfo) {
	as := d.k.MM.AS(t.ASID)
	notes := d.k.coreNotes(t, info)
	vmas := slices.Collect(as.VMAs.All())
	class := coreClass(d.k.Is32(t))
	notesAt := uint64(class.ehdr() + class.phdr()*(len(vmas)+1))
	at := (notesAt + uint64(len(notes)) + mem.FrameMask) &^ mem.FrameMask
	head := class.header(len(vmas) + 1)
	head = class.putPhdr(head, abi.PT_NOTE, 0, notesAt, 0, uint64(len(notes)), 0, 4)
	sizes := make([]uint64, len(vmas))
	end := at
	for i, v := range vmas {
		sizes[i] = d.k.dumpSize(as, v, d.k.CoreFilter(t))
		head = class.putPhdr(head, abi.PT_LOAD, segmentFlags(v), end, v.Start, sizes[i], v.Len(), mem.FrameSize)
		end += sizes[i]
	}
	if !d.emit(0, head) || !d.emit(notesAt, notes) {
		return
	}
	for i, size := range sizes {
		start := vmas[i].Start
		list := d.k.MM.Present(as.ID, start, start+size)
		if vmas[i].Object != 0 {
			list = everyPage(start, size)
		}
		if !d.pages(as.ID, list, start, at) {
			return
		}
		at += size
	}
	d.k.VFS.Ftruncate(nil, d.f, int64(end)) // the last page may be a hole
}

// everyPage lists the pages of a mapping with an object behind it, which has them although nobody looked yet.
func everyPage(start, size uint64) (list []uint64) {
	for va := start; va < start+size; va += mem.FrameSize {
		list = append(list, va)
	}
	return list
}

// pages writes pages of a mapping; those that the program could not read itself are left out.
func (d *coreFile) pages(id mm.ASID, list []uint64, start, at uint64) bool {
	var page [mem.FrameSize]byte
	for _, va := range list {
		if d.k.MM.CopyIn(id, page[:], va) != abi.OK {
			continue
		}
		if !d.emit(at+va-start, page[:]) {
			return false
		}
	}
	return true
}

// Bits of /proc/PID/coredump_filter: which mappings a core file has. core(5)
const (
	dumpAnonPrivate = 1 << iota
	dumpAnonShared
	dumpFilePrivate
	dumpFileShared
	dumpELFHeaders
	dumpHugePrivate
	dumpFilterMask    = 1<<9 - 1
	dumpFilterDefault = dumpAnonPrivate | dumpAnonShared | dumpELFHeaders | dumpHugePrivate
)

// CoreFilter is a process's filter.
func (k *Kernel) CoreFilter(t *Task) uint32 { return k.Process(t).CoreFilter ^ dumpFilterDefault }

// SetCoreFilter changes it.
func (k *Kernel) SetCoreFilter(t *Task, filter uint32) {
	k.Process(t).CoreFilter = filter&dumpFilterMask ^ dumpFilterDefault
}

// dumpSize is how much of a mapping belongs in a core file: by default what the file system does not have, and the first
// page of what may be an ELF file. Linux fs/coredump.c:vma_dump_size
func (k *Kernel) dumpSize(as *mm.AddressSpace, v *mm.VMA, filter uint32) uint64 {
	file, shared := v.Object != 0 && v.Object&mm.ShmemBit == 0, v.Flags&mm.VM_SHARED != 0
	whole := uint32(0)
	switch {
	case v.Flags&mm.VM_DONTDUMP != 0:
		return 0
	case shared && file:
		whole = dumpFileShared
	case shared:
		whole = dumpAnonShared
	case v.HasAnon && filter&dumpAnonPrivate != 0:
		return v.Len()
	case file:
		whole = dumpFilePrivate
	}
	switch {
	case whole&filter != 0:
		return v.Len()
	case filter&dumpELFHeaders == 0 || !file || shared || v.Off != 0 || v.Flags&mm.VM_READ == 0:
		return 0
	}
	var magic [4]byte
	if k.MM.CopyIn(as.ID, magic[:], v.Start) != abi.OK || string(magic[:]) != "\x7fELF" {
		return 0
	}
	return mem.FrameSize
}

func segmentFlags(v *mm.VMA) (flags uint32) {
	for _, b := range [...]struct{ vm, pf uint32 }{{mm.VM_READ, abi.PF_R}, {mm.VM_WRITE, abi.PF_W}, {mm.VM_EXEC, abi.PF_X}} {
		if v.Flags&b.vm != 0 {
			flags |= b.pf
		}
	}
	return flags
}
