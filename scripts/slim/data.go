package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// The parts of a module that are looked at (WebAssembly Core 5.5, "Modules").
const (
	headerLen   = 8
	sectionData = 11

	opI32Const = 0x41
	opEnd      = 0x0b
)

var errModule = errors.New("this is not a module that Go's linker writes")

// sections calls f for each section of a module, with all of it and with what it holds.
func sections(in []byte, f func(id byte, whole, body []byte) error) error {
	if len(in) < headerLen || !bytes.Equal(in[:headerLen], []byte("\x00asm\x01\x00\x00\x00")) {
		return errModule
	}
	for p := in[headerLen:]; len(p) > 0; {
		n, k := binary.Uvarint(p[1:])
		end := 1 + k + int(n)
		if k <= 0 || n > uint64(len(p)) || end > len(p) {
			return errModule
		}
		if err := f(p[0], p[:end], p[1+k:end]); err != nil {
			return err
		}
		p = p[end:]
	}
	return nil
}

func appendSection(out []byte, id byte, body []byte) []byte {
	out = append(out, id)
	out = binary.AppendUvarint(out, uint64(len(body)))
	return append(out, body...)
}

// mostMemory bounds what the segments may fill.
const mostMemory = 1 << 28

// readData returns the memory as the section of data makes it: every segment lies in memory 0 at a constant.
func readData(p []byte) ([]byte, error) {
	count, k := binary.Uvarint(p)
	if k <= 0 {
		return nil, errModule
	}
	var memory []byte
	for p = p[k:]; count > 0; count-- {
		if len(p) < 2 || p[0] != 0 || p[1] != opI32Const {
			return nil, errModule
		}
		at, k := signed(p[2:])
		if p = p[2+k:]; k == 0 || at < 0 || len(p) < 1 || p[0] != opEnd {
			return nil, errModule
		}
		n, m := binary.Uvarint(p[1:])
		if p = p[1:]; m <= 0 || n > uint64(len(p)-m) || at+int64(n) > mostMemory {
			return nil, errModule
		}
		if end := int(at) + int(n); end > len(memory) {
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[at:], p[m:][:n])
		p = p[m+int(n):]
	}
	return memory, nil
}

// gap is how many zeros end a segment: fewer cost less inside one, since they are compressed.
const gap = 256

// appendData writes a memory as segments.
func appendData(out, memory []byte) []byte {
	type segment struct{ from, to int }
	var all []segment
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		end := at
		for zeros := 0; end < len(memory) && zeros < gap; end++ {
			if zeros++; memory[end] != 0 {
				zeros = 0
			}
		}
		from := at
		at = end
		all = append(all, segment{from, from + len(bytes.TrimRight(memory[from:end], "\x00"))})
	}
	out = binary.AppendUvarint(out, uint64(len(all)))
	for _, s := range all {
		out = append(out, 0, opI32Const)
		out = appendSigned(out, int64(s.from))
		out = append(out, opEnd)
		out = binary.AppendUvarint(out, uint64(s.to-s.from))
		out = append(out, memory[s.from:s.to]...)
	}
	return out
}

// signed reads a number in signed LEB128 and returns how long it is, 0 when it does not end.
func signed(p []byte) (v int64, n int) {
	for shift := 0; n < len(p) && shift < 64; shift += 7 {
		b := p[n]
		n++
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v, n
		}
	}
	return 0, 0
}

func appendSigned(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
