package view

import "sort"

// Program is what the page knows about a guest program beside its bytes: names, and where its source lines are.
type Program struct {
	Path    string // in the guest, e.g. /bin/cow
	File    string // cow.c
	Source  []string
	Lines   []LineAt // by address
	Symbols []Symbol // by address
}

// LineAt says that the code from Addr on was made from a source line; 0 ends a stretch.
type LineAt struct {
	Addr uint64
	Line int32
}

// Symbol is a named stretch of code.
type Symbol struct {
	Addr, Size uint64
	Name       string
}

// Find returns the symbol that holds addr, or nil. Symbols must be sorted by address.
func Find(symbols []Symbol, addr uint64) *Symbol {
	i := sort.Search(len(symbols), func(i int) bool { return symbols[i].Addr > addr }) - 1
	if i < 0 || addr-symbols[i].Addr >= max(symbols[i].Size, 1) {
		return nil
	}
	return &symbols[i]
}

// LineOf returns the source line of addr, counted from 1; 0 when it is not known.
func (p *Program) LineOf(addr uint64) int {
	i := sort.Search(len(p.Lines), func(i int) bool { return p.Lines[i].Addr > addr }) - 1
	if i < 0 {
		return 0
	}
	return int(p.Lines[i].Line)
}
