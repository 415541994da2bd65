package main

import (
	"bytes"
	"errors"
	"fmt"
)

// errTruncated is told of a module that ends in the middle of something.
var errTruncated = errors.New("the module is cut off")

const (
	magic       = "\x00asm\x01\x00\x00\x00"
	sectionCode = 10
)

// rewrite returns the module with its forward jumps made direct, and how many those are
// (WebAssembly Core Specification, "Binary Format", "Modules").
func rewrite(in []byte) (out []byte, jumps int, err error) {
	if !bytes.HasPrefix(in, []byte(magic)) {
		return nil, 0, errors.New("this is no WebAssembly module of version 1")
	}
	r := reader{b: in, at: len(magic)}
	out = append(out, magic...)
	for r.at < len(in) {
		id := r.byte()
		body := r.bytes(r.unsigned())
		if id == sectionCode && r.err == nil {
			if body, jumps, err = rewriteCode(body); err != nil {
				return nil, 0, err
			}
		}
		if r.err != nil {
			return nil, 0, r.err
		}
		out = appendSized(append(out, id), body)
	}
	return out, jumps, nil
}

// rewriteFunction gives a function br_tables for its switches, and makes its forward jumps direct.
func rewriteFunction(code []byte) (out []byte, jumps int, err error) {
	f, err := parseFunction(code)
	if err != nil {
		return nil, 0, err
	}
	out, tables := f.switches()
	if tables > 0 {
		if f, err = parseFunction(out); err != nil {
			return nil, 0, err
		}
	}
	out, jumps = f.forward()
	return out, jumps + tables, nil
}

// rewriteCode rewrites each function of the code section.
func rewriteCode(section []byte) (out []byte, jumps int, err error) {
	r := reader{b: section}
	n := r.unsigned()
	out = appendUnsigned(out, n)
	for i := range n {
		body := r.bytes(r.unsigned())
		if r.err != nil {
			return nil, 0, r.err
		}
		f, k, err := rewriteFunction(body)
		if err != nil {
			return nil, 0, fmt.Errorf("function %d of the code section: %w", i, err)
		}
		out = appendSized(out, f)
		jumps += k
	}
	return out, jumps, nil
}

func appendSized(out, body []byte) []byte {
	return append(appendUnsigned(out, uint64(len(body))), body...)
}

// appendUnsigned appends v in LEB128.
func appendUnsigned(out []byte, v uint64) []byte {
	for v >= 0x80 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v))
}

// reader reads the binary format. After an error everything reads as zero.
type reader struct {
	b   []byte
	at  int
	err error
}

func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.fail(errTruncated)
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) bytes(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)-r.at) {
		r.fail(errTruncated)
		return nil
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at]
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.at = len(r.b)
}

// unsigned reads an integer in LEB128.
func (r *reader) unsigned() (v uint64) {
	for shift := 0; shift < 64; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.fail(errors.New("an integer is too long"))
	return 0
}

// signed reads a signed integer in LEB128.
func (r *reader) signed() (v int64) {
	for shift := 0; shift < 70; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if c >= 0x80 {
			continue
		}
		if c&0x40 != 0 && shift+7 < 64 {
			v |= -1 << (shift + 7)
		}
		return v
	}
	r.fail(errors.New("an integer is too long"))
	return 0
}
