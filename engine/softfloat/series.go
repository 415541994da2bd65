package softfloat

// The series behind the transcendental functions, each for a small argument and summed from its last term, with enough terms
// for 128 bits.

// expm1 is eʸ−1 for |y| < 0.7: y(1 + y/2(1 + y/3(…))).
func expm1(y ext) ext {
	sum := extOne
	for n := uint64(34); n >= 2; n-- {
		sum = extOne.add(y.mul(sum).over(n))
	}
	return y.mul(sum)
}

// atanh is the inverse hyperbolic tangent for |s| < 0.172: s(1 + s²/3 + s⁴/5 + …).
func atanh(s ext) ext {
	z := s.mul(s)
	sum := ext{}
	for n := uint64(57); n > 1; n -= 2 {
		sum = extOne.over(n).add(z.mul(sum))
	}
	return s.mul(extOne.add(z.mul(sum)))
}

// atanSmall is the arctangent for |t| ≤ 1/32: t(1 − t²/3 + t⁴/5 − …).
func atanSmall(t ext) ext {
	z := t.mul(t).negate()
	sum := ext{}
	for n := uint64(29); n > 1; n -= 2 {
		sum = extOne.over(n).add(z.mul(sum))
	}
	return t.mul(extOne.add(z.mul(sum)))
}

// sine is sin r for |r| ≤ π/4: r(1 − r²/2·3(1 − r²/4·5(…))).
func sine(r ext) ext {
	z := r.mul(r).negate()
	sum := extOne
	for n := uint64(17); n >= 1; n-- {
		sum = extOne.add(z.mul(sum).over(2 * n * (2*n + 1)))
	}
	return r.mul(sum)
}

// cosine is cos r for |r| ≤ π/4.
func cosine(r ext) ext {
	z := r.mul(r).negate()
	sum := extOne
	for n := uint64(17); n >= 1; n-- {
		sum = extOne.add(z.mul(sum).over((2*n - 1) * 2 * n))
	}
	return sum
}

// arctan is the arctangent of 0 ≤ q ≤ 1: the nearest k/16 is taken off with the theorem of addition.
func arctan(q ext) ext {
	k := q.sixteenths()
	if k == 0 {
		return atanSmall(q)
	}
	c := extOf(false, 0, k, 0).scale(-4)
	t := q.sub(c).div(extOne.add(q.mul(c)))
	return arctangents[k-1].add(atanSmall(t))
}

// sixteenths rounds 0 ≤ x ≤ 1 to a multiple of 1/16.
func (x ext) sixteenths() uint64 {
	if x.hi == 0 || x.exp < -5 {
		return 0
	}
	return (x.hi>>uint(58-x.exp) + 1) >> 1
}

// log2 is the binary logarithm of a positive finite x.
func log2(x *num) ext {
	m, k := ext{hi: x.sig}, x.exp
	if x.sig > 0xb504f333f9de6484 { // √2
		m.exp--
		k++
	}
	f := atanh(m.sub(extOne).div(m.add(extOne))).scale(1).mul(Log2OfE.ext())
	return extOfInt(int64(k)).add(f)
}

func extOfInt(v int64) ext {
	x := fromInt(v)
	if x.class == zero {
		return ext{}
	}
	return x.ext()
}

// arctangents of k/16 (k from 1 to 16).
var arctangents = [16]ext{
	{hi: 0xffaaddb967ef4e36, lo: 0xcb2792dc0e2e0d51, exp: -5},
	{hi: 0xfeadd4d5617b6e32, lo: 0xc897989f3e888ef8, exp: -4},
	{hi: 0xbdcbda5e72d81134, lo: 0x7b0b4f881c9c7488, exp: -3},
	{hi: 0xfadbafc96406eb15, lo: 0x6dc79ef5f7a217e6, exp: -3},
	{hi: 0x9b13b9b83f5e5e69, lo: 0xc5abb498d27af328, exp: -2},
	{hi: 0xb7b0ca0f26f78473, lo: 0x8aa32122dcfe4483, exp: -2},
	{hi: 0xd327761e611fe5b6, lo: 0x427c95e9001e7136, exp: -2},
	{hi: 0xed63382b0dda7b45, lo: 0x6fe445ecbc3a8d03, exp: -2},
	{hi: 0x832bf4a6d9867e2a, lo: 0x4b6a09cb61a515c1, exp: -1},
	{hi: 0x8f005d5ef7f59f9b, lo: 0x5c835e1665c43748, exp: -1},
	{hi: 0x9a2f80e671bdda20, lo: 0x4226f8e2204ff3bd, exp: -1},
	{hi: 0xa4bc7d1934f70924, lo: 0x19a87f2a457dac9f, exp: -1},
	{hi: 0xaeac4c38b4d8c080, lo: 0x14725e2f3e52070a, exp: -1},
	{hi: 0xb8053e2bc2319e73, lo: 0xcb2da55210a4443d, exp: -1},
	{hi: 0xc0ce85b8ac526640, lo: 0x89dd62c46e92fa25, exp: -1},
	{hi: 0xc90fdaa22168c234, lo: 0xc4c6628b80dc1cd1, exp: -1},
}
