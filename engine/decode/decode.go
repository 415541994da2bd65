// Package decode is the only decoder: bytes in, x86asm.Inst out, for execution and for display alike.
// golang.org/x/arch/x86/x86asm does the work; this package closes its gaps and owns the rules of #UD.
package decode

import (
	"errors"

	"golang.org/x/arch/x86/x86asm"
)

// Inst is a decoded instruction. Displacements of memory operands are sign-extended.
type Inst = x86asm.Inst

// MaxLen is the length limit of an instruction (SDM 2A "Instruction Format").
const MaxLen = 15

// Errors of Decode. ErrUndefined means #UD, ErrTooLong #GP(0); ErrTruncated that src ended inside the instruction.
var (
	ErrUndefined = errors.New("undefined opcode")
	ErrTooLong   = errors.New("instruction longer than 15 bytes")
	ErrTruncated = errors.New("truncated instruction")
)

// Operations that x86asm has no name for.
const (
	VMCALL x86asm.Op = 0x1f00 + iota
	ENDBR64
	ENDBR32
	HINT // a hint NOP: 0F 18–1F, 0F 0D, RDSSP without CET
	CLAC
	STAC
	ADCX
	ADOX
	RDSEED
	RDPID
	CLFLUSHOPT
	CLWB
	PCMPESTRIQ // PCMPESTRI with REX.W: the lengths have 64 bits
	PCMPESTRMQ
	FSTPNCE // FSTP that does not look for an empty register: D9 D8+i, undocumented
	FNENI
	FNDISI
	FNSETPM
	SALC // sets AL to CF: D6, undocumented
)

// Decode decodes the instruction at the start of src; mode is 16, 32 or 64.
func Decode(src []byte, mode int) (Inst, error) {
	var buf [MaxLen]byte
	n := copy(buf[:], src)
	inst, err := decode(buf[:], mode)
	if err == ErrTooLong && n < MaxLen || err != ErrTooLong && inst.Len > n {
		err = ErrTruncated
	}
	return inst, err
}

// decode decodes an instruction of b, which has MaxLen bytes. With ErrUndefined, Len is how many bytes it takes to see that.
func decode(b []byte, mode int) (inst Inst, err error) {
	p := splitPrefixes(b, mode)
	if p.n >= MaxLen {
		return Inst{}, ErrTooLong
	}
	owner := odd
	switch op := p.at(0); {
	case op == 0x0f && p.oddTwoByte():
		owner = twoByte
	case (op == 0xc4 || op == 0xc5 || op == 0x62) && (mode == 64 || p.at(1) >= 0xc0):
		owner = vex
	default:
		if inst, err = x86asm.Decode(b, mode); err == nil && inst.Op != 0 {
			owner = nil
		}
	}
	if owner != nil {
		if inst, err = owner(&p, mode); err != nil {
			if inst.Len = p.length(mode); inst.Len > MaxLen {
				err = ErrTooLong
			}
			return inst, err
		}
	}
	defined := legal(&inst, &p)
	if !defined {
		inst.Len = p.length(mode)
	}
	switch {
	case inst.Len > MaxLen:
		return inst, ErrTooLong
	case !defined:
		return inst, ErrUndefined
	}
	repair(&inst)
	return inst, nil
}

// legal refuses what x86asm accepts but a processor does not.
func legal(inst *Inst, p *prefixes) bool {
	if p.lock && !lockable(inst) {
		return false
	}
	switch inst.Op {
	case x86asm.MOVBE:
		return p.rep != 0xf3
	case x86asm.XSETBV, x86asm.XGETBV, x86asm.XSAVEC, x86asm.XSAVEC64:
		return !p.simd()
	case x86asm.RCPPS, x86asm.RSQRTPS, x86asm.MOVNTI, x86asm.EMMS:
		return !p.simd() // undefined with a prefix that elsewhere selects another instruction
	case x86asm.MOV:
		if inst.Args[0] == x86asm.CS {
			return false
		}
		for _, a := range inst.Args[:2] {
			if r, ok := a.(x86asm.Reg); ok && !moved(r) {
				return false
			}
		}
	}
	return true
}

// moved tells which control and debug registers MOV knows (SDM 2B "MOV—Move to/from Control Registers").
func moved(r x86asm.Reg) bool {
	switch {
	case r >= x86asm.CR0 && r <= x86asm.CR15:
		return r != x86asm.CR1 && r <= x86asm.CR4 || r == x86asm.CR8
	case r >= x86asm.DR0 && r <= x86asm.DR15:
		return r <= x86asm.DR7
	}
	return r < x86asm.TR0 || r > x86asm.TR7
}

// lockable tells whether LOCK is allowed (SDM 2A "LOCK").
func lockable(inst *Inst) bool {
	switch inst.Op {
	case x86asm.ADD, x86asm.ADC, x86asm.AND, x86asm.BTC, x86asm.BTR, x86asm.BTS, x86asm.CMPXCHG, x86asm.CMPXCHG8B,
		x86asm.CMPXCHG16B, x86asm.DEC, x86asm.INC, x86asm.NEG, x86asm.NOT, x86asm.OR, x86asm.SBB, x86asm.SUB, x86asm.XOR,
		x86asm.XADD, x86asm.XCHG:
		_, memory := inst.Args[0].(x86asm.Mem)
		return memory
	}
	return false
}

// repair mends what x86asm reports wrongly.
func repair(inst *Inst) {
	if inst.DataSize == 64 {
		switch inst.Op {
		case x86asm.PCMPESTRI:
			inst.Op = PCMPESTRIQ
		case x86asm.PCMPESTRM:
			inst.Op = PCMPESTRMQ
		}
	}
	first := inst.Opcode >> 24
	moffs := first >= 0xa0 && first <= 0xa3
	for i, a := range inst.Args {
		m, ok := a.(x86asm.Mem)
		if !ok {
			continue
		}
		if d := int64(int32(m.Disp)); d != m.Disp && !moffs && inst.AddrSize != 16 {
			m.Disp = d
			inst.Args[i] = m
		}
	}
}
