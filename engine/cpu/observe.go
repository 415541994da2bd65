package cpu

// Access is one access to linear memory within a page, as an Observer is told.
type Access struct {
	LA, PA uint64
	Kind   AccessKind
	System bool   // the CPU's own: a descriptor, a task-state segment, the frame of an exception
	Walked bool   // the page tables were read, as the TLB did not have it
	Fault  bool   // it is refused; PA is 0
	Size   uint8  // bytes read or written, 0: asked only whether it may be
	Value  uint64 // what was read or written
}

// AccessKind says what an access is for.
type AccessKind uint8

// The kinds.
const (
	Read  = AccessKind(accessRead)
	Write = AccessKind(accessWrite)
	Fetch = AccessKind(accessFetch)
)

// Observer is told of each access to memory. It is for single instructions: all goes the slow way.
type Observer struct{ Accesses []Access }

// mostSeen bounds what an Observer notes.
const mostSeen = 256

// Observe has o told of accesses from now on, nil: nobody.
func (c *CPU) Observe(o *Observer) {
	c.observer = o
	c.dropFast()
}

// translated notes a translation.
func (o *Observer) translated(c *CPU, la, pa uint64, acc access, walked, ok bool) {
	for i := range o.Accesses { // an instruction that is run again alone asks again
		if a := &o.Accesses[i]; a.LA == la && a.Kind == AccessKind(acc) {
			a.Fault = !ok
			return
		}
	}
	if len(o.Accesses) == mostSeen {
		return
	}
	if !ok {
		pa = 0
	}
	o.Accesses = append(o.Accesses, Access{LA: la, PA: pa, Kind: AccessKind(acc), System: c.implicit, Walked: walked, Fault: !ok})
}

// moved notes what was read or written at pa.
func (o *Observer) moved(pa, n, v uint64, acc access) {
	for i := len(o.Accesses) - 1; i >= 0; i-- {
		if a := &o.Accesses[i]; a.PA == pa && a.Kind == AccessKind(acc) && !a.Fault {
			a.Size, a.Value = uint8(n), v&(^uint64(0)>>(64-8*n))
			return
		}
	}
}
