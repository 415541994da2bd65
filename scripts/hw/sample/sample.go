// Package sample is a recording of what silicon did: cases for every definition of the engine with their ends, so that any
// host can compare. `go run ./scripts/hw -record` makes it.
package sample

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"io"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/scripts/hw/cases"
	"vitrine/scripts/hw/silicon"
)

//go:embed sample.gz
var recorded []byte

// Entry is a case and its end on the processor that it was recorded on.
type Entry struct {
	cases.Test
	End silicon.End
}

// ErrFormat means that a recording cannot be read.
var ErrFormat = errors.New("sample: damaged recording")

// Recorded is the recording of the repository.
func Recorded() ([]Entry, error) { return Decode(recorded) }

// Encode packs a recording. Of each record only what differs from what is expected is written.
func Encode(list []Entry) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	var b []byte
	for i := range list {
		e := &list[i]
		b = binary.AppendUvarint(b[:0], uint64(e.Op))
		b = binary.AppendUvarint(b, e.Undef)
		b = binary.AppendUvarint(b, uint64(len(e.Family)))
		b = append(b, e.Family...)
		base := cases.Plain(e.Mode())
		b = appendDifference(b, e.Case.Raw(), base.Raw())
		end := expected(&e.Case)
		b = appendDifference(b, e.End.Raw(), end.Raw())
		for _, w := range e.End.Words {
			b = binary.AppendUvarint(b, w.Addr)
			b = binary.LittleEndian.AppendUint64(b, w.Value)
		}
		_, _ = z.Write(binary.AppendUvarint(nil, uint64(len(b))))
		_, _ = z.Write([]byte{uint8(e.Mode())})
		_, _ = z.Write(b)
	}
	_ = z.Close()
	return out.Bytes()
}

// expected is an end that changed nothing but where it is: HLT behind the code.
func expected(c *silicon.Case) (o silicon.Outcome) {
	o.GPR, o.Flags, o.RIP, o.Vector = c.GPR, c.Flags|0x202, c.RIP+uint64(c.Len), 13
	o.FSBase, o.GSBase, o.Seg = c.FSBase, c.GSBase, c.Seg
	o.FCW, o.FSW, o.FTW, o.MXCSR, o.ST, o.X = c.FCW, c.FSW, c.FTW, c.MXCSR, c.ST, c.X
	return o
}

// appendDifference writes b xor base as alternating counts of zeros and of other bytes, with these.
func appendDifference(out, b, base []byte) []byte {
	for i := 0; i < len(b); {
		from := i
		for i < len(b) && b[i] == base[i] {
			i++
		}
		out = binary.AppendUvarint(out, uint64(i-from))
		from = i
		for i < len(b) && b[i] != base[i] {
			i++
		}
		out = binary.AppendUvarint(out, uint64(i-from))
		for j := from; j < i; j++ {
			out = append(out, b[j]^base[j])
		}
	}
	return out
}

// reader takes a record apart; a short one makes it fail.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// difference undoes appendDifference on b, which holds the base.
func (r *reader) difference(b []byte) {
	for i := uint64(0); i < uint64(len(b)) && !r.bad; {
		i += r.number()
		for _, v := range r.take(r.number()) {
			if i >= uint64(len(b)) {
				r.bad = true
				return
			}
			b[i] ^= v
			i++
		}
	}
}

func (r *reader) entry(mode int) (e Entry) {
	e.Op = x86asm.Op(r.number())
	e.Undef = r.number()
	e.Family = string(r.take(r.number()))
	e.Case = cases.Plain(mode)
	r.difference(e.Case.Raw())
	e.End.Outcome = expected(&e.Case)
	r.difference(e.End.Raw())
	for range e.End.NWords {
		w := silicon.Word{Addr: r.number()}
		if b := r.take(8); b != nil {
			w.Value = binary.LittleEndian.Uint64(b)
		}
		if r.bad {
			break
		}
		e.End.Words = append(e.End.Words, w)
	}
	e.SetLoose()
	return e
}

// Decode unpacks a recording.
func Decode(b []byte) (list []Entry, err error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	for r := (reader{b: all}); len(r.b) > 0; {
		n := r.number()
		mode := r.take(1)
		one := reader{b: r.take(n)}
		if r.bad {
			return nil, ErrFormat
		}
		e := one.entry(int(mode[0]))
		if one.bad || len(one.b) > 0 || e.Case.NPokes > 4 || e.Mode() != int(mode[0]) {
			return nil, ErrFormat
		}
		list = append(list, e)
	}
	return list, nil
}
