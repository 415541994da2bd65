package cpu

import (
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
)

// v2Tables lists the instructions from SSE3 to SSE4.2 and BMI by what stands before the last opcode byte.
var v2Tables = []struct {
	name     string
	before   []byte
	ops      []byte
	imm      bool
	unmasked bool // with floating-point exceptions
	flags    uint64
}{
	{name: "sse3 pd", before: []byte{0x66, 0x0f}, ops: []byte{0x7c, 0x7d, 0xd0}, unmasked: true},
	{name: "sse3 ps", before: []byte{0xf2, 0x0f}, ops: []byte{0x7c, 0x7d, 0xd0, 0x12}, unmasked: true},
	{name: "lddqu", before: []byte{0xf2, 0x0f}, ops: []byte{0xf0}},
	{name: "movdup", before: []byte{0xf3, 0x0f}, ops: []byte{0x12, 0x16}},
	{name: "ssse3", before: []byte{0x66, 0x0f, 0x38}, ops: ssse3Ops},
	{name: "ssse3 mmx", before: []byte{0x0f, 0x38}, ops: ssse3Ops},
	{name: "palignr", before: []byte{0x66, 0x0f, 0x3a}, ops: []byte{0x0f}, imm: true},
	{name: "palignr mmx", before: []byte{0x0f, 0x3a}, ops: []byte{0x0f}, imm: true},
	{name: "sse4.1", before: []byte{0x66, 0x0f, 0x38}, ops: []byte{0x10, 0x14, 0x15, 0x17, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x28, 0x29, 0x2b,
		0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41}},
	{name: "sse4.1 imm", before: []byte{0x66, 0x0f, 0x3a}, ops: []byte{0x0c, 0x0d, 0x0e, 0x14, 0x15, 0x16, 0x17, 0x20, 0x21, 0x22, 0x42}, imm: true},
	{name: "sse4.1 w", before: []byte{0x66, 0x48, 0x0f, 0x3a}, ops: []byte{0x14, 0x15, 0x16, 0x17, 0x20, 0x22}, imm: true},
	{name: "round dp", before: []byte{0x66, 0x0f, 0x3a}, ops: []byte{0x08, 0x09, 0x0a, 0x0b, 0x40, 0x41}, imm: true, unmasked: true},
	{name: "crc32", before: []byte{0xf2, 0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "crc32 w", before: []byte{0x66, 0xf2, 0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "crc32 q", before: []byte{0xf2, 0x48, 0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "movbe", before: []byte{0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "movbe w", before: []byte{0x66, 0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "movbe q", before: []byte{0x48, 0x0f, 0x38}, ops: []byte{0xf0, 0xf1}},
	{name: "adcx", before: []byte{0x66, 0x0f, 0x38}, ops: []byte{0xf6}},
	{name: "adcx q", before: []byte{0x66, 0x48, 0x0f, 0x38}, ops: []byte{0xf6}},
	{name: "adox", before: []byte{0xf3, 0x0f, 0x38}, ops: []byte{0xf6}},
	{name: "adox q", before: []byte{0xf3, 0x48, 0x0f, 0x38}, ops: []byte{0xf6}},
	{name: "counts", before: []byte{0xf3, 0x0f}, ops: []byte{0xb8, 0xbc, 0xbd}, flags: FlagCF | FlagZF},
	{name: "counts w", before: []byte{0x66, 0xf3, 0x0f}, ops: []byte{0xb8, 0xbc, 0xbd}, flags: FlagCF | FlagZF},
	{name: "counts q", before: []byte{0xf3, 0x48, 0x0f}, ops: []byte{0xb8, 0xbc, 0xbd}, flags: FlagCF | FlagZF},
	{name: "andn bzhi bextr", before: []byte{0xc4, 0xe2, 0x40}, ops: []byte{0xf2, 0xf5}, flags: arith &^ undefBMI},
	{name: "andn bzhi bextr q", before: []byte{0xc4, 0xe2, 0xc0}, ops: []byte{0xf2, 0xf5}, flags: arith &^ undefBMI},
	{name: "bextr", before: []byte{0xc4, 0xe2, 0x40}, ops: []byte{0xf7}, flags: FlagCF | FlagOF | FlagZF},
	{name: "bextr q", before: []byte{0xc4, 0xe2, 0xc0}, ops: []byte{0xf7}, flags: FlagCF | FlagOF | FlagZF},
	{name: "shlx", before: []byte{0xc4, 0xe2, 0x41}, ops: []byte{0xf7}},
	{name: "shlx q", before: []byte{0xc4, 0xe2, 0xc1}, ops: []byte{0xf7}},
	{name: "sarx pext", before: []byte{0xc4, 0xe2, 0x42}, ops: []byte{0xf7, 0xf5}},
	{name: "sarx pext q", before: []byte{0xc4, 0xe2, 0xc2}, ops: []byte{0xf7, 0xf5}},
	{name: "shrx pdep mulx", before: []byte{0xc4, 0xe2, 0x43}, ops: []byte{0xf7, 0xf5, 0xf6}},
	{name: "shrx pdep mulx q", before: []byte{0xc4, 0xe2, 0xc3}, ops: []byte{0xf7, 0xf5, 0xf6}},
	{name: "mulx same", before: []byte{0xc4, 0xe2, 0x73}, ops: []byte{0xf6}},
	{name: "rorx", before: []byte{0xc4, 0xe3, 0x7b}, ops: []byte{0xf0}, imm: true},
	{name: "rorx q", before: []byte{0xc4, 0xe3, 0xfb}, ops: []byte{0xf0}, imm: true},
}

var ssse3Ops = []byte{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x1c, 0x1d, 0x1e}

// TestV2AgainstSilicon compares what came after SSE2 with the host's processor.
func TestV2AgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for _, table := range v2Tables {
		t.Run(table.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(21))
			var cases []silicon.Case
			for _, op := range table.ops {
				for i := range 200 {
					code := append(append(append([]byte{}, table.before...), op), modrm(r, i)...)
					if table.imm {
						code = append(code, byte(r.Intn(256)))
					}
					c := randomCase(r, code, table.unmasked && i%3 == 0)
					c.GPR[RDI] = edge(r) // VEX.vvvv
					c.GPR[RDX] = edge(r)
					cases = append(cases, c)
				}
			}
			flags := table.flags
			if flags == 0 {
				flags = arithFlags
			}
			compareWithSilicon(t, cases, flags)
		})
	}
}

// TestBLSAgainstSilicon is for the group whose destination is VEX.vvvv.
func TestBLSAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(22))
	var cases []silicon.Case
	for n := byte(1); n <= 3; n++ {
		for i := range 200 {
			c := randomCase(r, []byte{0xc4, 0xe2, 0x40 | byte(i)&2<<6, 0xf3, modrm(r, i)[0]&^0x38 | n<<3}, false)
			c.GPR[RDX] = edge(r)
			cases = append(cases, c)
		}
	}
	compareWithSilicon(t, cases, arith&^undefBMI)
}

// TestStringsOfSSE42AgainstSilicon tries every immediate of PCMPESTRI and its like.
func TestStringsOfSSE42AgainstSilicon(t *testing.T) {
	silicon.Need(t)
	r := rand.New(rand.NewSource(23))
	var cases []silicon.Case
	for _, before := range [][]byte{{0x66, 0x0f, 0x3a}, {0x66, 0x48, 0x0f, 0x3a}} {
		for _, op := range []byte{0x60, 0x61, 0x62, 0x63} {
			for imm := range 256 {
				for i := range 6 {
					code := append(append(append([]byte{}, before...), op), modrm(r, i)...)
					c := randomCase(r, append(code, byte(imm)), false)
					c.GPR[RCX] = silicon.Data + 513
					for _, p := range [][]byte{c.Mem[512:529], c.FX[176:192], c.FX[192:208]} {
						few(r, p)
					}
					c.GPR[RAX], c.GPR[RDX] = stringLength(r), stringLength(r)
					cases = append(cases, c)
				}
			}
		}
	}
	compareWithSilicon(t, cases, arithFlags)
}

// few fills p with few different bytes, so that strings match now and then.
func few(r *rand.Rand, p []byte) {
	letters := [][]byte{{0, 1, 2}, {1, 2, 0x81}, {1, 1, 1, 0}, {0x7f, 0x80, 0, 0xff, 0, 0}}[r.Intn(4)]
	for i := range p {
		p[i] = letters[r.Intn(len(letters))]
	}
}

func stringLength(r *rand.Rand) uint64 {
	v := uint64(r.Intn(20))
	switch r.Intn(4) {
	case 0:
		v = -v
	case 1:
		v |= uint64(r.Uint32()) << 32
	case 2:
		v = edge(r)
	}
	return v
}

// edges are the values around which integer instructions turn.
var edges = []uint64{0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
	0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffffe, 0xffffffff80000000, 0x5555555555555555}

func edge(r *rand.Rand) uint64 {
	switch r.Intn(4) {
	case 0:
		return r.Uint64()
	case 1:
		return edges[r.Intn(len(edges))] + uint64(r.Intn(3)) - 1
	}
	return edges[r.Intn(len(edges))]
}
