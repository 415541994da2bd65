package link

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"

	"github.com/cespare/xxhash/v2"
)

// The envelope: a byte for its form, the content's checksum and length, and the content, deflated when that is shorter.
const (
	stored   = 1 // form 1: the content as it is
	deflated = 2 // form 1: the content as a raw DEFLATE stream. RFC 1951
)

// Bounds of the content, in bytes. The length is told before anything is unpacked, and never more is.
const (
	maxInLink = 1 << 20
	maxInFile = 64 << 20
)

// wrap packs content up, what lies behind split for itself.
func wrap(content []byte, split int) []byte {
	form, body := byte(stored), content
	if packed := deflate(content, split); len(packed) < len(content) {
		form, body = deflated, packed
	}
	b := binary.LittleEndian.AppendUint32([]byte{form}, uint32(xxhash.Sum64(content)))
	return append(binary.AppendUvarint(b, uint64(len(content))), body...)
}

// unwrap is wrap's inverse, for content of at most limit bytes.
func unwrap(b []byte, limit uint64) ([]byte, error) {
	if len(b) > 0 && b[0] != stored && b[0] != deflated {
		return nil, ErrNewer
	}
	if len(b) < 6 {
		return nil, ErrCut
	}
	size, n := binary.Uvarint(b[5:])
	if n <= 0 {
		return nil, ErrDamaged
	}
	if size > limit {
		return nil, ErrHuge
	}
	content, err := b[5+n:], error(nil)
	if b[0] == deflated {
		content, err = inflate(content, size)
	}
	switch {
	case err != nil:
		return nil, err
	case uint64(len(content)) < size:
		return nil, ErrCut
	case uint64(len(content)) > size || uint32(xxhash.Sum64(content)) != binary.LittleEndian.Uint32(b[1:]):
		return nil, ErrDamaged
	}
	return content, nil
}

// worthBlock is from how many bytes on a part of the content gets a block of its own, with a table of symbols of its own.
const worthBlock = 64

func deflate(b []byte, split int) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic("BUG: link: " + err.Error())
	}
	w.Write(b[:split]) // a buffer takes everything
	if len(b)-split >= worthBlock {
		w.Flush()
	}
	w.Write(b[split:])
	w.Close()
	return out.Bytes()
}

// inflate unpacks size bytes and not one more.
func inflate(b []byte, size uint64) ([]byte, error) {
	in := bytes.NewReader(b)
	var out bytes.Buffer
	_, err := io.Copy(&out, io.LimitReader(flate.NewReader(in), int64(size)+1))
	switch {
	case err == io.ErrUnexpectedEOF:
		return nil, ErrCut
	case err != nil || in.Len() > 0:
		return nil, ErrDamaged
	}
	return out.Bytes(), nil
}
