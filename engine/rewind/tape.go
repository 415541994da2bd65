// Package rewind keeps what came into the machine from outside. A machine and its tape determine everything that
// happens: the same tape gives the same run, instruction for instruction.
package rewind

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kind says what came in.
type Kind uint8

// The kinds of input. Their numbers are part of links: they are never reused.
const (
	Input  Kind = 1 // Bytes arrived at the serial port
	Resize Kind = 2 // the terminal has a new size: rows and columns, 16 bits each
)

// Quantum is the grid, in units of time, on which what people type comes in: 1.3 ms of guest time, which nobody
// feels. Times on it need half the room in a link.
const Quantum = 1 << 17

// Align is the first instant of the grid that does not lie before now.
func Align(now uint64) uint64 { return (now + Quantum - 1) &^ (Quantum - 1) }

// Entry is one input, at virtual time At.
type Entry struct {
	At    uint64
	Kind  Kind
	Bytes []byte
}

// Tape is all input of a run, in order of time.
type Tape struct{ Entries []Entry }

// Record appends an input; At must not lie before the last one's. Console bytes at the same moment are joined.
func (t *Tape) Record(at uint64, kind Kind, b []byte) {
	if n := len(t.Entries); n > 0 {
		last := &t.Entries[n-1]
		if at < last.At {
			panic(fmt.Sprintf("BUG: tape: input at %d after input at %d", at, last.At))
		}
		if at == last.At && kind == Input && last.Kind == Input {
			last.Bytes = append(last.Bytes, b...)
			return
		}
	}
	t.Entries = append(t.Entries, Entry{At: at, Kind: kind, Bytes: append([]byte(nil), b...)})
}

// Cut forgets all input after time at: the visitor went back and does something else.
func (t *Tape) Cut(at uint64) {
	n := len(t.Entries)
	for n > 0 && t.Entries[n-1].At > at {
		n--
	}
	t.Entries = t.Entries[:n]
}

// Reader plays a tape.
type Reader struct {
	Tape *Tape
	Pos  int
}

// Next returns the next input that is due at time now, and passes it.
func (r *Reader) Next(now uint64) (e Entry, ok bool) {
	if r.Pos >= len(r.Tape.Entries) || r.Tape.Entries[r.Pos].At > now {
		return Entry{}, false
	}
	r.Pos++
	return r.Tape.Entries[r.Pos-1], true
}

// Due is the time of the next input; ok is false at the end of the tape.
func (r *Reader) Due() (at uint64, ok bool) {
	if r.Pos >= len(r.Tape.Entries) {
		return 0, false
	}
	return r.Tape.Entries[r.Pos].At, true
}

// tapeVersion is the first byte of an encoded tape.
const tapeVersion = 1

var (
	errTape    = errors.New("rewind: this is not a tape")
	errVersion = errors.New("rewind: the tape was made by another version")
)

// Encode writes the tape in few bytes: times as differences, lengths and times as uvarints.
func (t *Tape) Encode() []byte {
	b := []byte{tapeVersion}
	at := uint64(0)
	for _, e := range t.Entries {
		b = binary.AppendUvarint(b, e.At-at)
		b = append(b, byte(e.Kind))
		b = binary.AppendUvarint(b, uint64(len(e.Bytes)))
		b = append(b, e.Bytes...)
		at = e.At
	}
	return b
}

// Decode reads what Encode wrote. Kinds that this version does not know are kept: whoever plays them refuses.
func Decode(b []byte) (*Tape, error) {
	if len(b) == 0 {
		return nil, errTape
	}
	if b[0] != tapeVersion {
		return nil, errVersion
	}
	b = b[1:]
	t := &Tape{}
	at := uint64(0)
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+2 || at+d < at {
			return nil, errTape
		}
		kind := Kind(b[n])
		b = b[n+1:]
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, errTape
		}
		at += d
		t.Entries = append(t.Entries, Entry{At: at, Kind: kind, Bytes: append([]byte(nil), b[n:n+int(size)]...)})
		b = b[n+int(size):]
	}
	return t, nil
}
