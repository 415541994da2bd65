package softfloat

// quiet turns a NaN into a QNaN.
func (x num) quiet() num {
	x.class = quietNaN
	x.sig |= quietBit
	return x
}

// nanSSE gives the result of an SSE operation with a NaN among its operands: the first NaN, made quiet
// (SDM 1 "Rules for Handling NaNs").
func (e *Env) nanSSE(x, y *num) (num, bool) {
	if !x.isNaN() && !y.isNaN() {
		return num{}, false
	}
	if x.class == signalNaN || y.class == signalNaN {
		e.raise(Invalid)
	}
	if x.isNaN() {
		return x.quiet(), true
	}
	return y.quiet(), true
}

// nan87 gives the result of an x87 operation with a NaN or an unsupported encoding among its operands: a QNaN goes before
// an SNaN, else the larger significand wins, else the positive one.
func (e *Env) nan87(x, y *num) (num, bool) {
	if !x.isNaN() && !y.isNaN() {
		return num{}, false
	}
	if x.class == unsupported || y.class == unsupported {
		e.raise(Invalid)
		return defaultNaN, true
	}
	if x.class == signalNaN || y.class == signalNaN {
		e.raise(Invalid)
	}
	switch {
	case !y.isNaN():
		return x.quiet(), true
	case !x.isNaN():
		return y.quiet(), true
	case x.class != y.class:
		if x.class == quietNaN {
			return *x, true
		}
		return *y, true
	case x.sig > y.sig, x.sig == y.sig && !x.neg:
		return x.quiet(), true
	}
	return y.quiet(), true
}
