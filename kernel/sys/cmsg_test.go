package sys

import (
	"bytes"
	"encoding/binary"
	"testing"

	"vitrine/kernel/abi"
)

// wide is the 64-bit layout, header its struct cmsghdr.
var wide = cmsgLayout{header, 8}

const header = 16

// cmsg lays out one control message with its padding.
func cmsg(level, kind uint32, data []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(nil, uint64(header+len(data)))
	b = le.AppendUint32(b, level)
	b = le.AppendUint32(b, kind)
	b = append(b, data...)
	return append(b, make([]byte, -len(b)&7)...)
}

func TestEachControl(t *testing.T) {
	two := append(cmsg(1, 1, []byte{1, 2, 3, 4}), cmsg(2, 3, nil)...)
	for _, c := range []struct {
		name  string
		b     []byte
		calls int
		want  abi.Errno
	}{
		{"nothing", nil, 0, abi.OK},
		{"less than a header", make([]byte, 15), 0, abi.OK},
		{"two", two, 2, abi.OK},
		{"without the last padding", two[:20], 1, abi.OK},
		{"cut", two[:19], 0, abi.EINVAL},
		{"shorter than its header", make([]byte, 16), 0, abi.EINVAL},
		{"longer than anything", bytes.Repeat([]byte{0xff}, 32), 0, abi.EINVAL},
	} {
		calls := 0
		e := eachControl(wide, c.b, func(level, kind uint32, data []byte) abi.Errno { calls++; return abi.OK })
		if e != c.want || calls != c.calls {
			t.Errorf("%s: %d calls, %v", c.name, calls, e)
		}
	}
}

// What is put into control messages must come out of them, whatever the room.
func TestControlsFit(t *testing.T) {
	for room := range 80 {
		c := cmsgs{cmsgLayout: wide, room: room}
		c.put(abi.SCM_CREDENTIALS, make([]byte, ucredSize))
		places := c.places()
		if places > 0 {
			c.put(abi.SCM_RIGHTS, make([]byte, 4*min(places, 3)))
		}
		if len(c.b) > room || len(c.b)+c.room != room {
			t.Fatalf("room %d: %d bytes, %d left", room, len(c.b), c.room)
		}
		if whole := room >= header+ucredSize; c.trunc == whole {
			t.Errorf("room %d: truncated %v", room, c.trunc)
		}
		if e := eachControl(wide, c.b, func(level, kind uint32, data []byte) abi.Errno { return abi.OK }); e != abi.OK {
			t.Errorf("room %d: %v", room, e)
		}
	}
}

func FuzzControl(f *testing.F) {
	f.Add(cmsg(abi.SOL_SOCKET, abi.SCM_RIGHTS, make([]byte, 12)))
	f.Add(cmsg(abi.SOL_SOCKET, abi.SCM_CREDENTIALS, make([]byte, 12)))
	f.Add(bytes.Repeat([]byte{0xff}, 40))
	f.Fuzz(func(t *testing.T, b []byte) {
		total := 0
		var fds []int32
		eachControl(wide, b, func(level, kind uint32, data []byte) (e abi.Errno) {
			total += header + len(data)
			readCred(data)
			fds, e = passed(fds, data)
			return e
		})
		if total > len(b) || len(fds) > maxPassed {
			t.Errorf("%d bytes and %d descriptors in %d bytes", total, len(fds), len(b))
		}
	})
}
