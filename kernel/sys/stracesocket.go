package sys

import (
	"encoding/binary"
	"fmt"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
)

// sockaddr prints a struct sockaddr, whose length is the argument behind it: a number, or a pointer to one that the
// call filled.
func (tr *tracer) sockaddr(t *kernel.Task, c *tracedCall, addr uint64, output bool) string {
	n := uint32(0)
	for i, a := range c.s.Args {
		if !strings.HasSuffix(a.Flags, ":sockaddr") {
			continue
		}
		if n = c.args.Uint(i + 1); output {
			n, _ = tr.k.MM.Read32(t.ASID, c.args[i+1])
		}
	}
	return tr.sockaddrAt(t, addr, n)
}

func (tr *tracer) sockaddrAt(t *kernel.Task, addr uint64, n uint32) string {
	b := make([]byte, min(n, maxSockaddr))
	if addr == 0 || len(b) < 2 || tr.k.MM.CopyIn(t.ASID, b, addr) != abi.OK {
		return pointer(addr)
	}
	family := flagText("family", uint64(binary.LittleEndian.Uint16(b)))
	name, e := unix.ParseName(b)
	switch {
	case e != abi.OK:
		return "{sa_family=" + family + "}"
	case name[0] == 0:
		return fmt.Sprintf("{sa_family=%s, sun_path=@%s}", family, quoted([]byte(name[1:])))
	}
	return fmt.Sprintf("{sa_family=%s, sun_path=%s}", family, quoted([]byte(name)))
}

// message prints a struct msghdr.
func (tr *tracer) message(t *kernel.Task, addr uint64) string {
	b := make([]byte, msghdrSize)
	if tr.k.MM.CopyIn(t.ASID, b, addr) != abi.OK {
		return pointer(addr)
	}
	n := word(b, 24)
	return fmt.Sprintf("{msg_name=%s, msg_namelen=%d, msg_iov=%s, msg_iovlen=%d, msg_control=%s, msg_controllen=%d, msg_flags=%s}",
		tr.sockaddrAt(t, word(b, 0), uint32(half(b, 8))), half(b, 8), tr.vector(t, word(b, 16), n), n,
		pointer(word(b, 32)), word(b, 40), flagText("msg", uint64(uint32(half(b, 48)))))
}
