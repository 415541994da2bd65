// Package softfloat computes in binary32, binary64 and the x87's 80-bit format with integers alone, so that every result, every
// exception flag and every NaN is the same on each host (SDM 1 "Programming with the x87 FPU", "SSE and SSE2 Programming").
//
// A number is unpacked, the operation gives an exact result or 128 bits of it with a sticky last bit, and one function rounds
// (round.go). Binary32 and binary64 have a shortcut through the host's arithmetic, taken only where all correctly rounding
// hardware agrees: see Env.Fast.
package softfloat

// Flags are floating-point exceptions in the bit order that MXCSR and the x87 status word share (SDM 1 "MXCSR Control and Status Register").
type Flags uint8

// The six exceptions.
const (
	Invalid Flags = 1 << iota
	Denormal
	DivideByZero
	Overflow
	Underflow
	Precision

	// AllFlags is every exception.
	AllFlags Flags = 1<<6 - 1
	// Before are the exceptions found before the result is computed: unmasked, they prevent it (SDM 1 "Floating-Point Exception Priority").
	Before = Invalid | Denormal | DivideByZero
)

// Round is a rounding mode as the RC fields of MXCSR and the x87 control word encode it.
type Round uint8

// The four rounding modes.
const (
	Nearest Round = iota
	Down
	Up
	Zero
)

// Env is what an operation depends on beside its operands, and what it leaves beside its result.
type Env struct {
	Masks    Flags // a set bit: the exception is masked
	Flags    Flags // raised so far; operations only add
	Round    Round
	Prec     uint8 // x87 precision control in bits: 24, 53 or 64
	FTZ      bool  // MXCSR: flush tiny results to zero
	DAZ      bool  // MXCSR: take denormal operands for zeros
	Wrap     bool  // x87: an unmasked overflow or underflow delivers the result with its exponent wrapped
	RoundUp  bool  // the last rounding moved away from zero (x87 C1)
	Tiny     bool  // x87: an operand that came from memory was denormal there
	HostSafe bool  // see Fast
}

// Fast tells whether host arithmetic may stand in for ours: rounding to nearest, and an inexact result has nothing left to say,
// because the sticky precision flag is already up and masked. Operands and result must still be checked to be normal.
func Fast(r Round, masks, sticky Flags) bool {
	return r == Nearest && masks&sticky&Precision != 0
}

func (e *Env) raise(f Flags) { e.Flags |= f }

// operandFlags reports a denormal operand; callers have dealt with NaNs and invalid operations, which take precedence.
func (e *Env) operandFlags(x, y *num) {
	if x.denormal || y.denormal || e.Tiny {
		e.Flags |= Denormal
	}
}
