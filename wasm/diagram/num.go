package diagram

import "strconv"

const digits = "0123456789abcdef"

// hex returns v with at least n digits.
func hex(v uint64, n int) string {
	var b [16]byte
	i := 16
	for v != 0 || 16-i < n {
		i--
		b[i] = digits[v&15]
		v >>= 4
	}
	return string(b[i:])
}

// hex16 returns v as four groups of four digits.
func hex16(v uint64) string {
	s := hex(v, 16)
	return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:]
}

// hex8 returns v as two groups of eight digits.
func hex8(v uint64) string {
	s := hex(v, 16)
	return s[:8] + " " + s[8:]
}

// group returns v in decimal with thin groups of three.
func group(v uint64) string {
	s := strconv.FormatUint(v, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// bin returns the lowest n bits of v in groups of four from the right.
func bin(v uint64, n int) string {
	var b []byte
	for i := n - 1; i >= 0; i-- {
		b = append(b, digits[v>>i&1])
		if i%4 == 0 && i > 0 {
			b = append(b, ' ')
		}
	}
	return string(b)
}

func itoa(n int) string { return strconv.Itoa(n) }

// fixed returns v/den with one digit after the point.
func fixed(v, den float64) string { return strconv.FormatFloat(v/den, 'f', 1, 64) }

// Units of the virtual clock: 10 ns each.
const (
	perMicro = 100
	perMilli = 100_000
	perSec   = 100_000_000
)

// span returns a length of virtual time in the fitting unit.
func span(d uint64) string {
	f := float64(d)
	switch {
	case d < 10*perMicro:
		return group(d*10) + " ns"
	case d < 10*perMilli/10:
		return fixed(f, perMicro) + " µs"
	case d < perSec:
		return fixed(f, perMilli) + " ms"
	}
	return strconv.FormatFloat(f/perSec, 'f', 2, 64) + " s"
}

// bytesOf returns a size with its binary unit.
func bytesOf(n uint64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return group(n>>30) + " GiB"
	case n >= 1<<20:
		return group(n>>20) + " MiB"
	case n >= 1<<10:
		return group(n>>10) + " KiB"
	}
	return group(n) + " bytes"
}

// plural returns "1 thing" or "n things".
func plural(n uint64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return group(n) + " " + thing + "s"
}

// address returns the shortest common form of an address.
func address(v uint64) string { return hex(v, 6) }
