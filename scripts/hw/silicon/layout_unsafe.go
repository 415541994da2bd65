package silicon

import "unsafe"

// A Case and an Outcome lie in memory as host.c's structures do: no field needs padding that is not written down, and
// both sides are little-endian.

const (
	_ = uint(CaseSize - unsafe.Sizeof(Case{}))
	_ = uint(unsafe.Sizeof(Case{}) - CaseSize)
	_ = uint(OutcomeSize - unsafe.Sizeof(Outcome{}))
	_ = uint(unsafe.Sizeof(Outcome{}) - OutcomeSize)
)

// Raw is the memory of a case.
func (c *Case) Raw() []byte { return (*[CaseSize]byte)(unsafe.Pointer(c))[:] }

// Raw is the memory of an outcome.
func (o *Outcome) Raw() []byte { return (*[OutcomeSize]byte)(unsafe.Pointer(o))[:] }
