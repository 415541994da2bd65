package cpu

// Kinds of uops. The low six bits select a case of the switch in loop_unsafe.go; KindLoad in front of it loads the memory
// operand, so that an operation with a register and the same with memory are one case.
//
// The first three are not hot: their uops are as uop.go describes. The others are made only in 64-bit mode, by hot.go,
// and use the fields so:
//
//	Dst, Src, Base, Index   byte offsets of registers in State: number × 8
//	Src, Imm   the second operand is register Src + Imm; one of them is RegZero or 0
//	Base, Index, Scale, Disp   the address, where RegZero, RegFS and RegGS are registers like the others
//	Size       bytes of the memory operand
//	Shift()    64 − operand size in bits: operands are compared shifted up
//	Fn         table of a condition, by outcome (see outcome); what a read-modify-write does
//	Form       condition code; ASize: instructions in this uop
const (
	kindMov       = iota // MOV, MOVZX
	kindAddN             // … whose flags nobody sees
	kindPacked           // integers in XMM registers: Fn says what (hotxmm.go)
	kindCmpRJcc          //
	kindStore            // MOV to memory
	kindSubN             //
	kindAndN             //
	kindRet              //
	kindCmpR             // CMP m, r/imm
	kindCmpJcc           // CMP and Jcc
	kindAddCmpJcc        // ADD whose flags nobody sees, CMP and Jcc: Base += Index + Disp at shift Scale, then kindCmpJcc
	kindJcc              //
	kindShl              // SHL by an immediate
	kindCall             //
	kindDec
	kindAnd     // AND
	kindShiftCL // SHL, SHR, SAR by CL; Fn says which
	kindLea     // LEA
	kindXLoad   // … from memory; Imm is the alignment mask
	kindInc
	kindPush   //
	kindSet    // SETcc r
	kindJmpTo  // indirect
	KindFamily // call the definition's function
	kindMovLow // MOV of 8 or 16 bits
	kindXMov   // MOVAPS and its like between registers; for XMM registers Dst and Src are number × 16
	kindXor    // XOR
	kindNeg    //
	kindTestRJcc
	kindCmp     // CMP r, r/m/imm
	kindSar     //
	kindTestJcc //
	kindXorN    // and NOT
	kindNext    // the end of a block that just goes on
	kindPop     //
	kindMovsx   // MOVSX, MOVSXD, CDQE: from 64 − SSize bits
	kindRolN    //
	kindOr      // OR
	kindAdd     // ADD, INC
	kindTwo     // IMUL, ADC, SBB with a register destination; Fn says which
	kindTestR   // TEST m, r/imm
	kindSarN    //
	kindShrN    //
	kindModify  // ADD, SUB, AND, OR, XOR to memory; Fn says which
	kindPackedM // … with an aligned memory operand
	kindXLow    // MOVD, MOVQ, MOVSS, MOVSD from memory or general register: the rest is cleared
	kindCallTo  //
	kindLeave   //
	kindJmp     // direct
	kindXStore  // … to memory
	kindOrN     //
	kindSub     // SUB, DEC
	kindShr     //
	kindXStoreQ // MOVQ, MOVSD to memory
	kindShlN    //
	kindCmov    //
	kindNop
	KindFamilyEnd // the same, at the end of a block
	kindRol       // ROL, ROR by an immediate
	kindTest      // TEST r, r/imm
	KindTrap      // raise exception Dst
	lastKind      = iota - 1

	// KindLoad loads the memory operand: it becomes the second operand.
	KindLoad = 1 << 6
	kindMask = KindLoad - 1
	_        = uint(kindMask - lastKind) // all kinds fit
)

// Pseudo registers of addresses: words of State behind R, by number (see layout_unsafe.go).
const (
	RegFS = 28 // base of FS
	RegGS = 30 // base of GS
)

// Shift is how far the operands of a hot uop are shifted up.
func (u *Uop) Shift() uint8 { return u.Seg }

// family tells that u is not hot.
func (u *Uop) family() bool {
	return u.Kind == KindFamily || u.Kind == KindFamilyEnd || u.Kind == KindTrap
}

// instructions is how many instructions the uop stands for.
func (u *Uop) instructions() uint64 {
	if u.family() {
		return 1
	}
	return uint64(u.ASize)
}

// changes tells whether the instruction reads and writes its first operand, which is memory.
func (u *Uop) changes() bool {
	return u.Kind == kindModify|KindLoad || (u.Kind == KindFamily || u.Kind == KindFamilyEnd) && u.Form&FormMem0 != 0 && defs[u.Fn].Traits&(Locks|Changes) != 0
}

// onStack tells whether the memory operand is addressed through SS by default.
func (u *Uop) onStack() bool {
	if u.family() {
		return u.Form&FormMem != 0 && u.Seg == SS
	}
	return (u.Base == 8*RSP || u.Base == 8*RBP) && u.Index != 8*RegFS && u.Index != 8*RegGS
}

// An outcome is what a comparison of a and b gave: bit 0 a < b unsigned, bit 1 a = b, bit 2 a < b signed, bit 3 the sign
// of a − b. A condition is the set of outcomes, of 16, for which it holds.
func outcome(a, b uint64) uint {
	t := uint(0)
	if a < b {
		t = 1
	}
	e := uint(0)
	if a == b {
		e = 2
	}
	l := uint(0)
	if int64(a) < int64(b) {
		l = 4
	}
	return t | e | l | uint((a-b)>>63)<<3
}

// conditions are the tables of the condition codes; 0 for those that need more than an outcome (O, P).
var conditions = makeConditions()

func makeConditions() (tab [16]uint16) {
	for t := range uint(16) {
		below, equal, less, sign := t&1 != 0, t&2 != 0, t&4 != 0, t&8 != 0
		for _, c := range []struct {
			cc    int
			holds bool
		}{{ccB, below}, {ccE, equal}, {ccBE, below || equal}, {ccS, sign}, {ccL, less}, {ccLE, less || equal}} {
			if c.holds {
				tab[c.cc] |= 1 << t
			} else {
				tab[c.cc|1] |= 1 << t
			}
		}
	}
	return tab
}
