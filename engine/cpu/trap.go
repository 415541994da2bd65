package cpu

// Exception vectors (SDM 3A "Exception and Interrupt Reference").
const (
	VecDE  = 0  // divide error
	VecDB  = 1  // debug
	VecNMI = 2  // non-maskable interrupt
	VecBP  = 3  // breakpoint
	VecOF  = 4  // overflow
	VecBR  = 5  // BOUND
	VecUD  = 6  // undefined opcode
	VecNM  = 7  // device not available
	VecDF  = 8  // double fault
	VecTS  = 10 // invalid TSS
	VecNP  = 11 // segment not present
	VecSS  = 12 // stack
	VecGP  = 13 // general protection
	VecPF  = 14 // page fault
	VecMF  = 16 // x87 error
	VecAC  = 17 // alignment check
	VecXM  = 19 // SIMD error
)

// Trap is a pending exception: set by raise, taken by the loop.
type Trap struct {
	Vector uint8
	Addr   uint64 // faulting address, for #PF; what DR6 is to say, for #DB
	Code   uint32 // error code, when the vector has one
	Canon  bool   // #GP because the address was not canonical: #SS when the access went through the stack segment
	Late   bool   // RIP is that of a new task already, not of the instruction that switched to it
}

// hasErrorCode is the set of vectors that push an error code.
const hasErrorCode = 1<<VecDF | 1<<VecTS | 1<<VecNP | 1<<VecSS | 1<<VecGP | 1<<VecPF | 1<<VecAC

// faults is the set of vectors after whose handler the instruction is tried again: RF is set in the pushed flags, so that
// a breakpoint on it is not met twice (SDM 3B "Instruction-Breakpoint Exception Condition").
const faults = 1<<VecDE | 1<<VecBR | 1<<VecUD | 1<<VecNM | 1<<VecTS | 1<<VecNP | 1<<VecSS | 1<<VecGP | 1<<VecPF | 1<<VecMF |
	1<<VecAC | 1<<VecXM

// raise makes an exception pending and returns false, so that an instruction can say: return c.raise(VecGP, 0).
func (c *CPU) raise(vector uint8, code uint32) bool {
	c.trap = Trap{Vector: vector, Code: code}
	return false
}

// stormLimit is how many exceptions may follow each other without an instruction.
const stormLimit = 64

// spend lets the unit of time pass that an exception takes. Damaged code can fault for ever without an instruction
// retiring: from the stormLimit-th on each exception counts as an instruction, so that whoever allows a number of
// instructions gets control back.
func (c *CPU) spend() {
	s := &c.S
	if s.Retired != s.StormAt {
		s.Storm, s.StormAt = 0, s.Retired
	}
	if s.Storm < stormLimit {
		s.Storm++
		s.Charged++
		c.stop--
		return
	}
	s.Retired++
	s.StormAt = s.Retired
}
