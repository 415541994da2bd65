package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// tables are what Go's linker writes about functions (runtime/symtab.go: pcHeader; runtime/runtime2.go: _func, of Go 1.26).
type tables struct {
	memory []byte
	at     int // of the header

	names, units, files, pcs, funcs int // where the parts begin
	count                           int // functions
}

var errTables = errors.New("the tables of functions are not as Go 1.20 to 1.26 writes them")

// magic begins the header: Go 1.20's number, padding, instructions of one byte, pointers of eight.
var magic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

func findTables(memory []byte) (*tables, error) {
	at := bytes.Index(memory, magic)
	if at < 0 || at+72 > len(memory) {
		return nil, errTables
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint64(memory[at+8*i:])) }
	t := &tables{memory: memory, at: at, count: word(1), names: at + word(4), units: at + word(5), files: at + word(6), pcs: at + word(7), funcs: at + word(8)}
	if !(at < t.names && t.names <= t.units && t.units <= t.files && t.files <= t.pcs && t.pcs <= t.funcs && t.funcs < len(memory)) ||
		t.count < 1 || t.count > (len(memory)-t.funcs)/8 {
		return nil, errTables
	}
	return t, nil
}

// Fields of a _func, and the tables that it names (internal/abi/symtab.go).
const (
	funcSP     = 16
	funcFile   = 20
	funcLine   = 24
	funcPCs    = 28 // how many tables by instruction follow
	funcUnit   = 32
	funcStart  = 36 // line
	funcDatas  = 43 // how many tables of another kind follow those
	funcLength = 44

	pcInlined, pcArgLive                  = 2, 3
	dataInlined, dataArgInfo, dataArgLive = 3, 5, 6
	none                                  = ^uint32(0)
)

// lighten clears what only the printing of a stack reads.
func (t *tables) lighten() error {
	kept, dropped := map[uint32]bool{}, map[uint32]bool{}
	for i := range t.count {
		entry := t.funcs + 8*i
		f := t.funcs + int(binary.LittleEndian.Uint32(t.memory[entry+4:]))
		if f+funcLength > len(t.memory) {
			return errTables
		}
		if err := t.lightenFunc(t.memory[f:], kept, dropped); err != nil {
			return err
		}
	}
	for at := range dropped {
		if kept[at] {
			continue
		}
		from, to, err := t.pcTable(at)
		if err != nil {
			return err
		}
		clear(t.memory[from:to])
	}
	clear(t.memory[t.units:t.pcs])
	t.forgetNames()
	return nil
}

// lightenFunc has one function name no lines and no inlined calls.
func (t *tables) lightenFunc(f []byte, kept, dropped map[uint32]bool) error {
	word := func(at int) uint32 { return binary.LittleEndian.Uint32(f[at:]) }
	pcs, datas := int(word(funcPCs)), int(f[funcDatas])
	if pcs > 64 || funcLength+4*(pcs+datas) > len(f) {
		return errTables
	}
	kept[word(funcSP)] = true
	for _, at := range []int{funcFile, funcLine} {
		dropped[word(at)] = true
		binary.LittleEndian.PutUint32(f[at:], 0)
	}
	clear(f[funcUnit : funcStart+4])
	for i := range pcs {
		at := funcLength + 4*i
		if i != pcInlined && i != pcArgLive {
			kept[word(at)] = true
			continue
		}
		dropped[word(at)] = true
		binary.LittleEndian.PutUint32(f[at:], 0)
	}
	for _, i := range []int{dataInlined, dataArgInfo, dataArgLive} {
		if i < datas {
			binary.LittleEndian.PutUint32(f[funcLength+4*(pcs+i):], none)
		}
	}
	return nil
}

// pcTable returns where a table by instruction lies: pairs of numbers of variable length, up to a zero that is not the first.
func (t *tables) pcTable(offset uint32) (from, to int, err error) {
	from = t.pcs + int(offset)
	if offset == 0 {
		return from, from, nil
	}
	for to = from; to < t.funcs; {
		v, n := binary.Uvarint(t.memory[to:t.funcs])
		if n <= 0 {
			break
		}
		if to += n; v == 0 && to > from+n {
			return from, to, nil
		}
		if _, n = binary.Uvarint(t.memory[to:t.funcs]); n <= 0 {
			break
		}
		to += n
	}
	return 0, 0, errTables
}

// told are the beginnings of names that stay.
var told = []string{"runtime.", "main.", "vitrine/"}

func (t *tables) forgetNames() {
	for names := t.memory[t.names:t.units]; len(names) > 0; {
		n := bytes.IndexByte(names, 0)
		if n < 0 {
			return
		}
		name := string(names[:n])
		keep := false
		for _, beginning := range told {
			keep = keep || strings.HasPrefix(name, beginning)
		}
		if !keep {
			clear(names[:n])
		}
		names = names[n+1:]
	}
}
