package softfloat

// Constant is one of the numbers that FLDPI and its kin load.
type Constant struct {
	hi, lo uint64
	exp    int32
}

// The constants to 128 bits (SDM 2A "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant").
var (
	Log2Of10 = Constant{0xd49a784bcd1b8afe, 0x492bf6ff4dafdb4c, 1}
	Log2OfE  = Constant{0xb8aa3b295c17f0bb, 0xbe87fed0691d3e89, 0}
	Pi       = Constant{0xc90fdaa22168c234, 0xc4c6628b80dc1cd1, 1}
	Log10Of2 = Constant{0x9a209a84fbcff798, 0x8f8959ac0b7c9178, -2}
	LnOf2    = Constant{0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af, -1}
)

// Load rounds a constant as the rounding mode says; no exception is raised.
func (c Constant) Load(r Round) F80 {
	e := Env{Round: r}
	return e.roundFull(wide{hi: c.hi, lo: c.lo, exp: c.exp, class: finite})
}
