package cpu

// Exception vectors (SDM 3A "Exception and Interrupt Reference").
const (
	VecDE = 0  // divide error
	VecDB = 1  // debug
	VecBP = 3  // breakpoint
	VecOF = 4  // overflow
	VecBR = 5  // BOUND
	VecUD = 6  // undefined opcode
	VecNM = 7  // device not available
	VecDF = 8  // double fault
	VecTS = 10 // invalid TSS
	VecNP = 11 // segment not present
	VecSS = 12 // stack
	VecGP = 13 // general protection
	VecPF = 14 // page fault
	VecMF = 16 // x87 error
	VecAC = 17 // alignment check
	VecXM = 19 // SIMD error
)

// Trap is a pending exception: set by raise, taken by the loop.
type Trap struct {
	Vector uint8
	Addr   uint64 // faulting address, for #PF
	Code   uint32 // error code, when the vector has one
	Canon  bool   // #GP because the address was not canonical: #SS when the access went through the stack segment
}

// hasErrorCode is the set of vectors that push an error code.
const hasErrorCode = 1<<VecDF | 1<<VecTS | 1<<VecNP | 1<<VecSS | 1<<VecGP | 1<<VecPF | 1<<VecAC

// raise makes an exception pending and returns false, so that an instruction can say: return c.raise(VecGP, 0).
func (c *CPU) raise(vector uint8, code uint32) bool {
	c.trap = Trap{Vector: vector, Code: code}
	return false
}
