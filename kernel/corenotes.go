package kernel

import (
	"bytes"
	"encoding/binary"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// Types of the notes in a core file. Linux include/uapi/linux/elf.h
const (
	ntPrstatus = 1
	ntFpregset = 2
	ntPrpsinfo = 3
	ntAuxv     = 6
	ntFile     = 0x46494c45
	ntSiginfo  = 0x53494749
)

// noteBuffer collects little-endian fields.
type noteBuffer struct{ b []byte }

func (n *noteBuffer) u16(v ...uint16) {
	for _, x := range v {
		n.b = binary.LittleEndian.AppendUint16(n.b, x)
	}
}

func (n *noteBuffer) i32(v ...int32) {
	for _, x := range v {
		n.b = binary.LittleEndian.AppendUint32(n.b, uint32(x))
	}
}

func (n *noteBuffer) u64(v ...uint64) {
	for _, x := range v {
		n.b = binary.LittleEndian.AppendUint64(n.b, x)
	}
}

// timeval is a time in clock units as seconds and microseconds.
func (n *noteBuffer) timeval(units uint64) {
	us := units * UnitNS / 1000
	n.u64(us/1e6, us%1e6)
}

func (n *noteBuffer) zeros(to int) { n.b = append(n.b, make([]byte, to-len(n.b))...) }

// note frames a description as a note named CORE.
func note(dst []byte, kind int32, desc []byte) []byte {
	n := noteBuffer{dst}
	n.i32(5, int32(len(desc)), kind)
	n.b = append(append(n.b, "CORE\x00\x00\x00\x00"...), desc...)
	return append(n.b, make([]byte, -len(desc)&3)...)
}

// coreNotes are the notes of a core file: the dying thread first, then what concerns the process, then the other
// threads. Linux fs/binfmt_elf.c:fill_note_info
func (k *Kernel) coreNotes(t *Task, info *Siginfo) []byte {
	prstatus, prpsinfo, fpregset, siginfo := k.prstatus, k.prpsinfo, k.fpregset, info.Bytes()
	class := coreClass(k.Is32(t))
	if class {
		prstatus, prpsinfo, fpregset, siginfo = k.prstatus32, k.prpsinfo32, k.fpregset32, info.Bytes32()
	}
	var notes, auxv []byte
	notes = note(notes, ntPrstatus, prstatus(t, info))
	notes = note(notes, ntPrpsinfo, prpsinfo(t))
	notes = note(notes, ntSiginfo, siginfo[:])
	for _, v := range k.MM.AS(t.ASID).Auxv {
		auxv = class.word(auxv, v)
	}
	notes = note(notes, ntAuxv, auxv)
	if files := k.coreFiles(t, class); files != nil {
		notes = note(notes, ntFile, files)
	}
	notes = note(notes, ntFpregset, fpregset(t))
	k.forEachThread(t, func(o *Task) {
		if o.ID != t.ID && o.Run != Zombie {
			notes = note(notes, ntPrstatus, prstatus(o, info))
			notes = note(notes, ntFpregset, fpregset(o))
		}
	})
	return notes
}

// coreFiles says which files are mapped where: how many, the size of the unit of offsets, then start, end and offset of each,
// then the names. Linux fs/binfmt_elf.c:fill_files_note
func (k *Kernel) coreFiles(t *Task, class coreClass) []byte {
	var where, names []byte
	n := uint64(0)
	for v := range k.MM.AS(t.ASID).VMAs.All() {
		if v.Object == 0 {
			continue
		}
		name := "/dev/zero (deleted)" // what Linux calls shared anonymous memory
		if v.Object&mm.ShmemBit == 0 {
			d := k.VFS.InodeDentry(vfs.InodeID(v.Object))
			if d == 0 {
				continue
			}
			name = k.VFS.Path(d, 0)
		}
		n++
		for _, w := range [...]uint64{v.Start, v.End, v.Off / mem.FrameSize} {
			where = class.word(where, w)
		}
		names = append(append(names, name...), 0)
	}
	if n == 0 {
		return nil
	}
	return append(append(class.word(class.word(nil, n), mem.FrameSize), where...), names...)
}

// prstatus is struct elf_prstatus. Linux include/uapi/linux/elfcore.h
func (k *Kernel) prstatus(t *Task, info *Siginfo) []byte {
	p, r := k.Process(t), k.Regs(t)
	var n noteBuffer
	n.i32(info.Signo, 0, 0)
	n.u16(uint16(info.Signo), 0)
	n.u64(t.Sig.Pending, t.Sig.Blocked)
	n.i32(t.PID, t.PPID, t.PGID, t.SID)
	n.timeval(t.UTime)
	n.timeval(t.STime)
	n.timeval(p.Children.UTime)
	n.timeval(p.Children.STime)
	fs, gs := t.FSBase, t.GSBase
	if t.ID == k.State.Current {
		s := &k.M.CPU.S
		fs, gs = s.Seg[cpu.FS].Base, s.KernelGSBase
	}
	n.u64(r.R15, r.R14, r.R13, r.R12, r.RBP, r.RBX, r.R11, r.R10, r.R9, r.R8, r.RAX, r.RCX, r.RDX, r.RSI, r.RDI,
		r.OrigRAX, r.RIP, r.CS, r.RFLAGS, r.RSP, r.SS, fs, gs, 0, 0, 0, 0)
	n.i32(1, 0) // the floating-point registers follow in a note of their own
	return n.b
}

// prpsinfo is struct elf_prpsinfo. Linux include/uapi/linux/elfcore.h
func (k *Kernel) prpsinfo(t *Task) []byte {
	const nameAt, argsAt, size = 40, 56, 136
	var n noteBuffer
	n.b = append(n.b, 0, 'R', 0, byte(t.Nice), 0, 0, 0, 0)
	n.u64(0)
	n.i32(int32(t.Cred.UID), int32(t.Cred.GID), t.PID, t.PPID, t.PGID, t.SID)
	n.zeros(nameAt)
	n.b = append(n.b, t.Name()...)
	n.zeros(argsAt)
	n.b = append(n.b, k.psargs(t, size-argsAt-1)...)
	n.zeros(size)
	return n.b
}

// psargs is the beginning of the command line, the strings with blanks between them.
func (k *Kernel) psargs(t *Task, most uint64) []byte {
	as := k.MM.AS(t.ASID)
	b := make([]byte, min(most, as.ArgEnd-as.ArgStart))
	if k.MM.CopyIn(t.ASID, b, as.ArgStart) != abi.OK {
		return nil
	}
	return bytes.ReplaceAll(b, []byte{0}, []byte{' '})
}

// fpregset is the FXSAVE area.
func (k *Kernel) fpregset(t *Task) []byte {
	var p [fxSize]byte
	if t.ID == k.State.Current {
		putFX(&p, &k.M.CPU.S)
		return p[:]
	}
	var s cpu.State
	loadFPU(&s, &t.FPU)
	putFX(&p, &s)
	return p[:]
}
