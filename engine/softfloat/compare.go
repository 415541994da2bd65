package softfloat

// Order is the outcome of a comparison.
type Order uint8

// The four outcomes.
const (
	Less Order = iota
	Equal
	Greater
	Unordered
)

// order compares x and y. An SNaN or an unsupported encoding is always invalid, a QNaN only when signal is set.
func (e *Env) order(x, y *num, signal bool) Order {
	if x.isNaN() || y.isNaN() {
		if signal || x.class > quietNaN || y.class > quietNaN {
			e.raise(Invalid)
		}
		return Unordered
	}
	e.operandFlags(x, y)
	if x.class == zero && y.class == zero {
		return Equal
	}
	if x.neg != y.neg && x.class != zero && y.class != zero {
		return lessIf(x.neg)
	}
	switch {
	case x.class == zero:
		return lessIf(!y.neg)
	case y.class == zero:
		return lessIf(x.neg)
	}
	switch compareMagnitude(x, y) {
	case Less:
		return lessIf(!x.neg)
	case Greater:
		return lessIf(x.neg)
	}
	return Equal
}

func lessIf(b bool) Order {
	if b {
		return Less
	}
	return Greater
}

func compareMagnitude(x, y *num) Order {
	switch {
	case x.class != y.class:
		return lessIf(x.class < y.class)
	case x.class == infinite:
		return Equal
	case x.exp != y.exp:
		return lessIf(x.exp < y.exp)
	case x.sig != y.sig:
		return lessIf(x.sig < y.sig)
	}
	return Equal
}
