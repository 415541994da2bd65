package link

import (
	"encoding/binary"

	"vitrine/engine/rewind"
)

// The options' bits. They are part of links.
const (
	bitTermRaw = 1 << iota
	bitTermNoEcho
	bitBIOS
	knownBits = 1<<iota - 1
)

// encode writes the content of a link.
func (l *Link) encode() []byte {
	w := &writer{}
	w.number(l.Engine)
	w.word(l.Moment.Hash)
	w.number(l.Moment.Now)
	w.number(l.Moment.Retired)
	w.setup(&l.Setup)
	w.number(uint64(len(l.Loaded)))
	for i := range l.Loaded {
		w.item(&l.Loaded[i])
	}
	w.number(uint64(len(l.Files)))
	for _, f := range l.Files {
		w.bytes([]byte(f.Path))
		w.number(uint64(f.Mode))
		w.bytes(f.Data)
	}
	w.tape(&l.Tape)
	w.number(uint64(len(l.Checkpoints)))
	at := uint64(0)
	for _, c := range l.Checkpoints {
		w.number(c.Now - at)
		w.word(c.Hash)
		at = c.Now
	}
	return w.b
}

// writer builds the content.
type writer struct{ b []byte }

func (w *writer) number(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

func (w *writer) word(n uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, n) }

func (w *writer) bytes(b []byte) {
	w.number(uint64(len(b)))
	w.b = append(w.b, b...)
}

func (w *writer) setup(s *Setup) {
	bits := uint64(0)
	for i, set := range [...]bool{s.TermRaw, s.TermNoEcho, s.BIOS} {
		if set {
			bits |= 1 << i
		}
	}
	w.number(bits)
	w.bytes([]byte(s.Cmdline))
	w.bytes([]byte(s.Append))
	w.number(s.RAM)
	w.number(s.Swap)
	w.number(s.Seed)
	w.b = binary.AppendVarint(w.b, s.Date)
	w.number(uint64(s.Rows))
	w.number(uint64(s.Cols))
}

func (w *writer) item(it *Item) {
	inside := uint64(0)
	if it.Inside {
		inside = 1
	}
	w.number(uint64(it.Role)<<1 | inside)
	w.number(it.Size)
	w.word(it.Sum)
	if it.Inside {
		w.bytes(it.Data)
	}
}

// tape writes a tape in columns, because what is alike packs well: first which inputs follow each other, in runs of equal
// kind and length (whoever types gives one byte each time); then the times between them, in quanta; then the rest of
// those that do not lie on one; then all bytes.
func (w *writer) tape(t *rewind.Tape) {
	w.runs(t.Entries)
	var rest, text []byte
	at := uint64(0)
	for _, e := range t.Entries {
		gap, part := e.At/rewind.Quantum-at/rewind.Quantum, e.At%rewind.Quantum
		if part == 0 {
			w.number(gap << 1)
		} else {
			w.number(gap<<1 | 1)
			rest = binary.LittleEndian.AppendUint16(rest, uint16(part))
		}
		text = append(text, e.Bytes...)
		at = e.At
	}
	w.b = append(append(w.b, rest...), text...)
}

func (w *writer) runs(entries []rewind.Entry) {
	w.number(uint64(len(entries)))
	for i := 0; i < len(entries); {
		first, n := entries[i], 1
		for i+n < len(entries) && entries[i+n].Kind == first.Kind && len(entries[i+n].Bytes) == len(first.Bytes) {
			n++
		}
		w.b = append(w.b, byte(first.Kind))
		w.number(uint64(len(first.Bytes)))
		w.number(uint64(n))
		i += n
	}
}
