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

// encode writes the content of a link. From split on it is numbers without pattern, which no other packing makes shorter.
func (l *Link) encode() (content []byte, split int) {
	w := &writer{}
	w.number(l.Engine)
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
	w.runs(l.Tape.Entries)
	for _, e := range l.Tape.Entries {
		w.b = append(w.b, e.Bytes...)
	}
	w.number(uint64(len(l.Checkpoints)))
	split = len(w.b)
	w.word(l.Moment.Hash)
	w.times(l.Tape.Entries)
	at := uint64(0)
	for _, c := range l.Checkpoints {
		w.number(c.Now - at)
		w.word(c.Hash)
		at = c.Now
	}
	return w.b, split
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

// A tape is written in columns, because what is alike packs well: first which inputs follow each other, in runs of equal kind
// and length (whoever types gives one byte each time), then all bytes, and at the end of the content the times.

// runs writes which inputs there are. Those whose time lies on the grid are told from others.
func (w *writer) runs(entries []rewind.Entry) {
	w.number(uint64(len(entries)))
	for i := 0; i < len(entries); {
		n := 1
		for i+n < len(entries) && alike(&entries[i], &entries[i+n]) {
			n++
		}
		w.number(uint64(entries[i].Kind)<<1 | offGrid(&entries[i]))
		w.number(uint64(len(entries[i].Bytes)))
		w.number(uint64(n))
		i += n
	}
}

func alike(a, b *rewind.Entry) bool {
	return a.Kind == b.Kind && len(a.Bytes) == len(b.Bytes) && offGrid(a) == offGrid(b)
}

// offGrid is 1 for an input whose time is no multiple of the quantum.
func offGrid(e *rewind.Entry) uint64 {
	if e.At%rewind.Quantum != 0 {
		return 1
	}
	return 0
}

// times writes the times between inputs in quanta, then what lies off the grid.
func (w *writer) times(entries []rewind.Entry) {
	if len(entries) == 0 {
		return
	}
	gaps := make([]uint64, len(entries))
	at := uint64(0)
	for i, e := range entries {
		gaps[i] = e.At/rewind.Quantum - at
		at = e.At / rewind.Quantum
	}
	order := bestOrder(gaps)
	w.b = append(w.b, byte(order))
	codes := bitWriter{}
	for _, gap := range gaps {
		codes.code(gap, order)
	}
	w.b = append(w.b, codes.b...)
	for i := range entries {
		if offGrid(&entries[i]) != 0 {
			w.number(entries[i].At % rewind.Quantum)
		}
	}
}
