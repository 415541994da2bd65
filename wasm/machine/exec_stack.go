package main

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// Bounds of the first stack as it is shown.
const (
	maxPointers = 32
	maxAux      = 40
)

// peek copies bytes of an address space as the MMU would find them, without leaving a trace; false where a page is missing.
func (p *picture) peek(as *mm.AddressSpace, va uint64, dst []byte) bool {
	root := p.comp.K.MM.Root(as)
	for len(dst) > 0 {
		w := mmu.Walk(p.comp.M.RAM, root, va)
		n := min(uint64(len(dst)), mem.FrameSize-va%mem.FrameSize)
		if !w.Present || !p.comp.M.RAM.Has(w.Phys, n) {
			return false
		}
		copy(dst[:n], p.comp.M.RAM.Bytes[w.Phys:])
		dst, va = dst[n:], va+n
	}
	return true
}

// text is the string at an address, as far as it is shown; ok is false where it cannot be read.
func (p *picture) text(as *mm.AddressSpace, va uint64) (string, bool) {
	raw := make([]byte, 0, maxArgShown+1)
	for len(raw) < cap(raw) {
		var b [1]byte
		if !p.peek(as, va+uint64(len(raw)), b[:]) {
			return "", false
		}
		if b[0] == 0 {
			break
		}
		raw = append(raw, b[0])
	}
	return shorten(raw), true
}

// stackReader goes up the first stack word by word.
type stackReader struct {
	p  *picture
	as *mm.AddressSpace
	v  *view.ExecStack
	at uint64
}

// firstStack reads what lies at RSP when the program begins: argc, argv, envp, auxv. psABI x86-64 "Initial Process Stack"
func (p *picture) firstStack(v *view.ExecStack, as *mm.AddressSpace) {
	v.Word, v.Top = 8, as.EnvEnd
	if as.TaskSize == mm.TaskSize32 {
		v.Word = 4
	}
	r := &stackReader{p, as, v, v.SP}
	argc, ok := r.word(view.StackArgc, "argc")
	if !ok {
		return
	}
	v.Words[0].Text = strconv.FormatUint(argc, 10)
	r.pointers(view.StackArgv, "argv")
	r.pointers(view.StackEnv, "envp")
	r.auxv()
}

// word reads the next word and notes it.
func (r *stackReader) word(kind uint8, name string) (uint64, bool) {
	var raw [8]byte
	if !r.p.peek(r.as, r.at, raw[:r.v.Word]) {
		r.v.Cut = true
		return 0, false
	}
	value := binary.LittleEndian.Uint64(raw[:])
	r.v.Words = append(r.v.Words, view.StackWord{Addr: r.at, Value: value, Kind: kind, Name: name})
	r.at += uint64(r.v.Word)
	return value, true
}

// pointers reads a list of strings up to its NULL.
func (r *stackReader) pointers(kind uint8, name string) {
	for i := 0; ; i++ {
		value, ok := r.word(kind, name+"["+strconv.Itoa(i)+"]")
		if !ok {
			return
		}
		w := &r.v.Words[len(r.v.Words)-1]
		if value == 0 {
			w.Kind, w.Name = view.StackNull, "NULL"
			return
		}
		if i >= maxPointers {
			r.v.Words, r.v.Cut = r.v.Words[:len(r.v.Words)-1], true
			continue
		}
		r.string(w)
	}
}

// string follows a word to its string.
func (r *stackReader) string(w *view.StackWord) {
	text, ok := r.p.text(r.as, w.Value)
	if !ok {
		return
	}
	w.Text = `"` + text + `"`
	r.v.Strings = append(r.v.Strings, view.StackString{Addr: w.Value, Text: text, Name: w.Name})
}

// auxv reads the auxiliary vector: pairs of type and value up to AT_NULL.
func (r *stackReader) auxv() {
	for range maxAux {
		kind, ok := r.word(view.StackAuxType, "")
		if !ok {
			return
		}
		name := view.AuxName(kind)
		r.v.Words[len(r.v.Words)-1].Name = name
		value, ok := r.word(view.StackAuxValue, name)
		if !ok || kind == abi.AT_NULL {
			return
		}
		w := &r.v.Words[len(r.v.Words)-1]
		switch kind {
		case abi.AT_EXECFN, abi.AT_PLATFORM:
			r.string(w)
		case abi.AT_RANDOM:
			var raw [16]byte
			if r.p.peek(r.as, value, raw[:]) {
				w.Text = spaced(raw[:])
			}
		case abi.AT_PAGESZ, abi.AT_PHNUM, abi.AT_PHENT, abi.AT_UID, abi.AT_EUID, abi.AT_GID, abi.AT_EGID, abi.AT_CLKTCK, abi.AT_SECURE, abi.AT_MINSIGSTKSZ, abi.AT_EXECFD:
			w.Text = strconv.FormatUint(value, 10)
		}
	}
	r.v.Cut = true
}

// spaced writes bytes as pairs of digits.
func spaced(raw []byte) string {
	var b bytes.Buffer
	for i, c := range raw {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatUint(uint64(c)|0x100, 16)[1:])
	}
	return b.String()
}
