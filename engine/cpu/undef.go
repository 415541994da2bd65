package cpu

// Flags that the manual leaves undefined. The engine gives them one fixed value each; a comparison with a processor
// masks them (Def.Undefined).

const (
	undefMul = FlagSF | FlagZF | FlagAF | FlagPF
	undefBit = FlagOF | FlagSF | FlagAF | FlagPF
	undefBCD = FlagOF | FlagSF | FlagZF | FlagPF
)

// Undefined are the arithmetic flags that the manual leaves undefined after the instruction with an operand of size
// bytes and, for shifts, the count as the instruction was given it.
func (d *Def) Undefined(size, count uint8) uint16 {
	if d.UndefCount == nil {
		return d.Undef
	}
	if size == 8 {
		count &= 63
	} else {
		count &= 31
	}
	if count == 0 {
		return 0
	}
	return d.UndefCount(size, count)
}

// undefShift is for SHL and SHR: AF always, OF unless the count is 1, CF when the count reaches the size
// (SDM 2B "SAL/SAR/SHL/SHR").
func undefShift(size, count uint8) uint16 {
	f := undefSar(size, count)
	if count >= 8*size {
		f |= FlagCF
	}
	return f
}

// undefSar is for SAR, where CF is the sign whatever the count.
func undefSar(_, count uint8) uint16 {
	if count == 1 {
		return FlagAF
	}
	return FlagAF | FlagOF
}

// undefRotate is for rotates: OF unless the count is 1 (SDM 2B "RCL/RCR/ROL/ROR").
func undefRotate(_, count uint8) uint16 {
	if count == 1 {
		return 0
	}
	return FlagOF
}

// undefDouble is for SHLD and SHRD: all flags, and the destination, when the count exceeds the size (SDM 2B "SHLD").
func undefDouble(size, count uint8) uint16 {
	if count > 8*size {
		return aflags
	}
	return undefSar(size, count)
}

// Loose says how far the results of processors differ where the manual leaves that open.
type Loose uint8

const (
	Exact         Loose = iota
	Approximation       // RCPPS and the like: relative error below 1.5·2^-12
	Ulp                 // x87 transcendentals: the last bit, and with it C1 and PE
)
