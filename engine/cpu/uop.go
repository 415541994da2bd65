package cpu

// Uop is a decoded instruction made ready for execution: 32 bytes, no pointers, so that blocks of them lie in one
// flat arena that the garbage collector never looks into.
//
// Kind selects a case of the big switch. KindFamily is the common case for everything that is not hot: the function
// Fn of the definition table is called. The other fields then mean what is written here; hot kinds may use them
// otherwise (see kinds.go).
type Uop struct {
	Kind  uint16
	Fn    uint16 // index of the definition
	Dst   uint8  // register number of the first operand; for 8-bit operands 16…19 stand for AH CH DH BH
	Src   uint8  // register number of the second operand
	Base  uint8  // base register of the memory operand, or RegZero
	Index uint8  // index register, or RegZero
	Scale uint8  // shift of the index: 0…3
	Seg   uint8  // segment register of the memory operand: its base is added outside 64-bit mode, or for FS and GS
	Size  uint8  // bytes of the first operand; the operand size when there is none
	SSize uint8  // bytes of the second operand
	Form  uint8  // FormXxx: which operand is memory, which an immediate
	ASize uint8  // address size in bytes: 2, 4, 8
	Len   uint8  // length of the instruction
	Bits  uint8  // BitXxx
	Disp  int64  // displacement, sign-extended; RIP-relative operands are resolved: Base is RegZero and Disp the address
	Imm   int64  // immediate, sign-extended to 64 bits; the absolute target of a relative branch; the number of a third register
}

// RegZero stands for "no base" or "no index": a register that always reads 0.
const RegZero = 16

// Form bits: what the operands are.
const (
	FormMem0 = 1 << 0 // the first operand is memory
	FormMem1 = 1 << 1 // the second operand is memory
	FormImm  = 1 << 2 // there is an immediate, in Imm
	FormGPR0 = 1 << 3 // the first operand is a general register
	FormGPR1 = 1 << 4 // the second operand is a general register
	FormTwo  = 1 << 5 // there is a second operand that is not an immediate
	FormSeg  = 1 << 6 // an operand is a segment register
	FormCtl  = 1 << 7 // an operand is a control or debug register
	FormMem  = FormMem0 | FormMem1
)

// Bits of a Uop.
const (
	BitLock  = 1 << 0 // LOCK prefix
	BitRep   = 1 << 1 // F3
	BitRepne = 1 << 2 // F2
	BitMode  = 3 << 4 // 16, 32 or 64-bit code: Mode16, Mode32, Mode64 shifted by 4
	BitDebug = 1 << 6 // with FormCtl: a debug register
	BitData  = 1 << 7 // operand size is not the default of the mode
)

// Code sizes.
const (
	Mode16 = iota
	Mode32
	Mode64
)
