// Package state keeps guest state as plain data: arenas of records named by number, and one codec for all of it.
package state

// ID names a record of an Arena: index+1, so that the zero ID is "none".
type ID uint32

// Slot is one place of an Arena.
type Slot[T any] struct {
	Used bool
	V    T
}

// Arena holds records by ID. The lowest free ID is handed out first, so allocation is deterministic.
// It is plain data: no pointers into it survive an Alloc.
type Arena[T any] struct {
	Slots []Slot[T]
	Live  int32 // used slots
	Low   ID    // no slot below this index is free
}

// Alloc takes the lowest free record, zeroed, and returns its ID and a pointer valid until the next Alloc.
func (a *Arena[T]) Alloc() (ID, *T) {
	i := int(a.Low)
	for i < len(a.Slots) && a.Slots[i].Used {
		i++
	}
	if i == len(a.Slots) {
		a.Slots = append(a.Slots, Slot[T]{})
	}
	a.Slots[i] = Slot[T]{Used: true}
	a.Low = ID(i + 1)
	a.Live++
	return ID(i + 1), &a.Slots[i].V
}

// Free gives the record back. Freeing a free record is a bug of the caller.
func (a *Arena[T]) Free(id ID) {
	i := id - 1
	if int(i) >= len(a.Slots) || !a.Slots[i].Used {
		panic("BUG: state.Arena: free of a free record")
	}
	a.Slots[i] = Slot[T]{}
	a.Live--
	if i < a.Low {
		a.Low = i
	}
}

// Get returns the record, or nil when id names none.
func (a *Arena[T]) Get(id ID) *T {
	if id == 0 || int(id) > len(a.Slots) || !a.Slots[id-1].Used {
		return nil
	}
	return &a.Slots[id-1].V
}

// Len is one more than the largest ID ever used: loop `for id := ID(1); int(id) <= a.Len(); id++` and skip nil Gets.
func (a *Arena[T]) Len() int { return len(a.Slots) }
