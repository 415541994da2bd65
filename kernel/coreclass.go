package kernel

import (
	"encoding/binary"

	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

// coreClass tells a core file of a 32-bit program, true, from one of a 64-bit program. Linux compiles one source twice:
// fs/binfmt_elf.c and fs/compat_binfmt_elf.c
type coreClass bool

func (c coreClass) ehdr() int {
	if c {
		return abi.Ehdr32Size
	}
	return abi.EhdrSize
}

func (c coreClass) phdr() int {
	if c {
		return abi.Phdr32Size
	}
	return abi.PhdrSize
}

// word appends a number of the size of a pointer.
func (c coreClass) word(h []byte, v uint64) []byte {
	if c {
		return binary.LittleEndian.AppendUint32(h, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(h, v)
}

// header is the ELF header of a core file with n program headers behind it. elf(5)
func (c coreClass) header(n int) []byte {
	le := binary.LittleEndian
	class, machine := byte(abi.ELFCLASS64), uint16(abi.EM_X86_64)
	if c {
		class, machine = abi.ELFCLASS32, abi.EM_386
	}
	h := append(make([]byte, 0, c.ehdr()+c.phdr()*n), 0x7f, 'E', 'L', 'F', class, abi.ELFDATA2LSB, abi.EV_CURRENT)
	h = append(h, make([]byte, 9)...)
	h = le.AppendUint16(h, abi.ET_CORE)
	h = le.AppendUint16(h, machine)
	h = le.AppendUint32(h, abi.EV_CURRENT)
	for _, v := range []uint64{0, uint64(c.ehdr()), 0} {
		h = c.word(h, v)
	}
	h = le.AppendUint32(h, 0)
	for _, v := range []uint16{uint16(c.ehdr()), uint16(c.phdr()), uint16(n), 0, 0, 0} {
		h = le.AppendUint16(h, v)
	}
	return h
}

func (c coreClass) putPhdr(h []byte, kind, flags uint32, off, va, filesz, memsz, align uint64) []byte {
	le := binary.LittleEndian
	h = le.AppendUint32(h, kind)
	if !c {
		h = le.AppendUint32(h, flags)
	}
	for _, v := range []uint64{off, va, 0, filesz, memsz} {
		h = c.word(h, v)
	}
	if c {
		h = le.AppendUint32(h, flags)
	}
	return c.word(h, align)
}

// prstatus32 is struct compat_elf_prstatus. Linux include/linux/elfcore-compat.h
func (k *Kernel) prstatus32(t *Task, info *Siginfo) []byte {
	p, r := k.Process(t), k.Regs(t)
	var n noteBuffer
	n.i32(info.Signo, 0, 0)
	n.u16(uint16(info.Signo), 0)
	n.i32(int32(t.Sig.Pending), int32(t.Sig.Blocked), t.PID, t.PPID, t.PGID, t.SID)
	for _, units := range [...]uint64{t.UTime, t.STime, p.Children.UTime, p.Children.STime} {
		us := units * UnitNS / 1000
		n.i32(int32(us/1e6), int32(us%1e6))
	}
	segs := t.Segs
	if t.ID == k.State.Current {
		for i, reg := range segRegs {
			segs[i] = k.M.CPU.S.Seg[reg]
		}
	}
	for _, v := range [...]uint64{r.RBX, r.RCX, r.RDX, r.RSI, r.RDI, r.RBP, r.RAX, uint64(segs[0].Sel), uint64(segs[1].Sel),
		uint64(segs[2].Sel), uint64(segs[3].Sel), r.OrigRAX, r.RIP, r.CS, r.RFLAGS, r.RSP, r.SS} {
		n.i32(int32(v))
	}
	n.i32(1)
	return n.b
}

// prpsinfo32 is struct compat_elf_prpsinfo.
func (k *Kernel) prpsinfo32(t *Task) []byte {
	const nameAt, argsAt, size = 28, 44, 124
	var n noteBuffer
	n.b = append(n.b, 0, 'R', 0, byte(t.Nice), 0, 0, 0, 0)
	n.u16(uint16(min(t.Cred.UID, 65534)), uint16(min(t.Cred.GID, 65534)))
	n.i32(t.PID, t.PPID, t.PGID, t.SID)
	n.zeros(nameAt)
	n.b = append(n.b, t.Name()...)
	n.zeros(argsAt)
	n.b = append(n.b, k.psargs(t, size-argsAt-1)...)
	n.zeros(size)
	return n.b
}

// fpregset32 is the FSAVE image, 108 bytes.
func (k *Kernel) fpregset32(t *Task) []byte {
	var s cpu.State
	if loadFPU(&s, &t.FPU); t.ID == k.State.Current {
		s = k.M.CPU.S
	}
	return fsave(&s)[:108]
}
