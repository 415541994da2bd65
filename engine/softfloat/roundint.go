package softfloat

// RoundInt64 rounds to an integer in binary64 by r. A denormal operand is not reported, an inexact result only with report
// (SDM 2B "ROUNDPD").
func (e *Env) RoundInt64(v uint64, r Round, report bool) uint64 {
	x := e.unpack64(v)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack64()
	}
	if x.class == finite && x.exp >= 52 {
		return v
	}
	x = e.roundInt(x, r, report)
	return x.pack64()
}

// RoundInt32 rounds to an integer in binary32 by r.
func (e *Env) RoundInt32(v uint32, r Round, report bool) uint32 {
	x := e.unpack32(v)
	if n, ok := e.nanSSE(&x, &x); ok {
		return n.pack32()
	}
	if x.class == finite && x.exp >= 23 {
		return v
	}
	x = e.roundInt(x, r, report)
	return x.pack32()
}

// roundInt rounds a number below 2⁵³.
func (e *Env) roundInt(x num, r Round, report bool) num {
	if x.class != finite {
		return x
	}
	mag, inexact, _ := x.integer(r)
	if inexact && report {
		e.raise(Precision)
	}
	n := fromInt(int64(mag))
	n.neg = x.neg
	return n
}
