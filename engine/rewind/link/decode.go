package link

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"vitrine/engine/rewind"
)

// Bounds of what a link may contain, whatever its length.
const (
	maxEntries     = 1 << 18
	maxFiles       = 1 << 16
	maxCheckpoints = 1 << 12
	maxText        = 4096 // bytes of a command line or a path
	maxSize        = 1 << 40
)

// decode reads what encode wrote, and nothing else: there is one encoding of a link.
func decode(b []byte) (*Link, error) {
	r := &reader{b: b}
	l := &Link{Engine: r.number()}
	l.Moment = Moment{Now: r.number(), Retired: r.number()}
	r.setup(&l.Setup)
	l.Loaded = r.items()
	l.Files = r.files()
	entries, off := r.tape()
	checkpoints := r.below(maxCheckpoints)
	l.Moment.Hash = r.word()
	r.times(entries, off)
	l.Tape.Entries = entries
	l.Checkpoints = r.checkpoints(checkpoints)
	r.check(len(r.b) == 0)
	if n := len(l.Tape.Entries); n > 0 {
		r.check(l.Tape.Entries[n-1].At <= l.Moment.Now)
	}
	if n := len(l.Checkpoints); n > 0 {
		r.check(l.Checkpoints[n-1].Now <= l.Moment.Now)
	}
	if r.bad {
		return nil, ErrContent
	}
	if again, _ := l.encode(); !bytes.Equal(again, b) {
		return nil, ErrContent
	}
	return l, nil
}

// reader takes the content apart. After something that makes no sense it is bad and returns zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) check(ok bool) {
	if !ok {
		r.bad, r.b = true, nil
	}
}

// number reads a uvarint in its shortest form.
func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.check(false)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// below reads a number that is at most limit.
func (r *reader) below(limit uint64) uint64 {
	v := r.number()
	if v > limit {
		r.check(false)
		return 0
	}
	return v
}

func (r *reader) signed() int64 {
	v := r.number()
	return int64(v>>1) ^ -int64(v&1) // as binary.Varint
}

func (r *reader) word() uint64 {
	if len(r.b) < 8 {
		r.check(false)
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// take returns the next n bytes, nil for none. They are not copied.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.check(false)
		return nil
	}
	if n == 0 {
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) bytes() []byte { return r.take(r.number()) }

// text reads a string of printable characters.
func (r *reader) text() string {
	s := string(r.take(r.below(maxText)))
	r.check(utf8.ValidString(s) && strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c >= 0x7f && c < 0xa0 }) < 0)
	return s
}

func (r *reader) setup(s *Setup) {
	bits := r.below(knownBits)
	s.TermRaw, s.TermNoEcho, s.BIOS = bits&bitTermRaw != 0, bits&bitTermNoEcho != 0, bits&bitBIOS != 0
	s.Cmdline, s.Append = r.text(), r.text()
	s.RAM, s.Swap, s.Seed = r.below(maxSize), r.below(maxSize), r.number()
	s.Date = r.signed()
	s.Rows, s.Cols = uint16(r.below(1<<16-1)), uint16(r.below(1<<16-1))
}

func (r *reader) items() []Item {
	var all []Item
	last := Role(0)
	for range r.below(uint64(Initrd)) {
		code := r.below(uint64(Initrd)<<1 | 1)
		it := Item{Role: Role(code >> 1), Inside: code&1 != 0, Size: r.below(maxSize), Sum: r.word()}
		if it.Inside {
			it.Data = r.bytes()
			r.check(uint64(len(it.Data)) <= it.Size && (len(it.Data) == 0 || it.Data[len(it.Data)-1] != 0))
		}
		r.check(it.Role > last)
		last = it.Role
		all = append(all, it)
	}
	return all
}

func (r *reader) files() []File {
	var all []File
	for range r.below(maxFiles) {
		f := File{Path: r.text(), Mode: uint32(r.below(1<<16 - 1)), Data: r.bytes()}
		kind := f.Mode & TypeMask
		r.check(clean(f.Path) && (kind == TypeRegular || kind == TypeSymlink || kind == TypeFolder && f.Data == nil))
		if r.bad {
			return nil
		}
		all = append(all, f)
	}
	return all
}

// clean tells whether a path is absolute and has no empty, "." or ".." part.
func clean(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) > 1 && parts[0] == "" && !slices.ContainsFunc(parts[1:], func(p string) bool { return p == "." || p == ".." || p == "" && path != "/" })
}

// tape reads which inputs there are, and their bytes; off tells those whose time lies off the grid. The time of an entry has
// at least a bit, so there are not more of them than bits.
func (r *reader) tape() (entries []rewind.Entry, off []bool) {
	n := r.below(min(maxEntries, 8*uint64(len(r.b))))
	var sizes []uint64
	for uint64(len(entries)) < n {
		kind, size, run := r.below(2*255+1), r.number(), r.number()
		r.check(run > 0 && run <= n-uint64(len(entries)) && (size == 0 || run <= uint64(len(r.b))/size))
		if r.bad {
			return nil, nil
		}
		for range run {
			entries, off = append(entries, rewind.Entry{Kind: rewind.Kind(kind >> 1)}), append(off, kind&1 != 0)
			sizes = append(sizes, size)
		}
	}
	for i := range entries {
		entries[i].Bytes = r.take(sizes[i])
	}
	return entries, off
}

// times reads when inputs come.
func (r *reader) times(entries []rewind.Entry, off []bool) {
	if len(entries) == 0 {
		return
	}
	order := r.take(1)
	r.check(order != nil && order[0] <= maxOrder)
	if r.bad {
		return
	}
	codes := bitReader{b: r.b}
	at := uint64(0) // in quanta
	for i := range entries {
		gap := codes.code(int(order[0]))
		if codes.bad || gap > (^uint64(0)/rewind.Quantum)-at {
			r.check(false)
			return
		}
		at += gap
		entries[i].At = at * rewind.Quantum
	}
	r.take(uint64(codes.at+7) / 8)
	for i := range entries {
		if off[i] {
			entries[i].At += r.below(rewind.Quantum - 1)
		}
		r.check(i == 0 || entries[i].At >= entries[i-1].At)
	}
}

func (r *reader) checkpoints(n uint64) []Checkpoint {
	var all []Checkpoint
	at := uint64(0)
	for range n {
		c := Checkpoint{Now: r.number(), Hash: r.word()}
		r.check(c.Now <= ^uint64(0)-at)
		if r.bad {
			return nil
		}
		at += c.Now
		all = append(all, Checkpoint{Now: at, Hash: c.Hash})
	}
	return all
}
