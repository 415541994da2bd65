package sys

import (
	"encoding/binary"
	"fmt"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/unix"
)

// socketFlagSets are the names that socket calls have.
var socketFlagSets = map[string]flagSet{
	"family": {enum: true, other: "AF_???", flags: []flag{{abi.AF_UNSPEC, "AF_UNSPEC"}, {abi.AF_UNIX, "AF_UNIX"}, {2, "AF_INET"},
		{10, "AF_INET6"}, {16, "AF_NETLINK"}, {17, "AF_PACKET"}, {38, "AF_ALG"}, {40, "AF_VSOCK"}}},
	"sockkind": {enum: true, other: "SOCK_???", flags: []flag{{abi.SOCK_STREAM, "SOCK_STREAM"}, {abi.SOCK_DGRAM, "SOCK_DGRAM"},
		{abi.SOCK_RAW, "SOCK_RAW"}, {4, "SOCK_RDM"}, {abi.SOCK_SEQPACKET, "SOCK_SEQPACKET"}}},
	"socktype":  {base: "sockkind", mask: abi.SOCK_TYPE_MASK, flags: sockFlags},
	"sockflags": {flags: sockFlags},
	"shutdown":  {enum: true, other: "SHUT_???", flags: []flag{{0, "SHUT_RD"}, {1, "SHUT_WR"}, {2, "SHUT_RDWR"}}},
	"sol":       {enum: true, other: "SOL_???", flags: []flag{{abi.SOL_SOCKET, "SOL_SOCKET"}, {6, "SOL_TCP"}}},
	"so": {enum: true, other: "SO_???", flags: []flag{{abi.SO_DEBUG, "SO_DEBUG"}, {abi.SO_REUSEADDR, "SO_REUSEADDR"}, {abi.SO_TYPE, "SO_TYPE"},
		{abi.SO_ERROR, "SO_ERROR"}, {abi.SO_DONTROUTE, "SO_DONTROUTE"}, {abi.SO_BROADCAST, "SO_BROADCAST"}, {abi.SO_SNDBUF, "SO_SNDBUF"},
		{abi.SO_RCVBUF, "SO_RCVBUF"}, {abi.SO_KEEPALIVE, "SO_KEEPALIVE"}, {abi.SO_OOBINLINE, "SO_OOBINLINE"}, {abi.SO_PRIORITY, "SO_PRIORITY"},
		{abi.SO_LINGER, "SO_LINGER"}, {abi.SO_REUSEPORT, "SO_REUSEPORT"}, {abi.SO_PASSCRED, "SO_PASSCRED"}, {abi.SO_PEERCRED, "SO_PEERCRED"},
		{abi.SO_RCVLOWAT, "SO_RCVLOWAT"}, {abi.SO_SNDLOWAT, "SO_SNDLOWAT"}, {abi.SO_RCVTIMEO, "SO_RCVTIMEO_OLD"},
		{abi.SO_SNDTIMEO, "SO_SNDTIMEO_OLD"}, {abi.SO_TIMESTAMP, "SO_TIMESTAMP_OLD"}, {abi.SO_ACCEPTCONN, "SO_ACCEPTCONN"},
		{abi.SO_PEERSEC, "SO_PEERSEC"}, {abi.SO_SNDBUFFORCE, "SO_SNDBUFFORCE"}, {abi.SO_RCVBUFFORCE, "SO_RCVBUFFORCE"},
		{abi.SO_PROTOCOL, "SO_PROTOCOL"}, {abi.SO_DOMAIN, "SO_DOMAIN"}}},
	"msg": {flags: []flag{{abi.MSG_OOB, "MSG_OOB"}, {abi.MSG_PEEK, "MSG_PEEK"}, {4, "MSG_DONTROUTE"}, {abi.MSG_CTRUNC, "MSG_CTRUNC"},
		{abi.MSG_TRUNC, "MSG_TRUNC"}, {abi.MSG_DONTWAIT, "MSG_DONTWAIT"}, {abi.MSG_EOR, "MSG_EOR"}, {abi.MSG_WAITALL, "MSG_WAITALL"},
		{abi.MSG_ERRQUEUE, "MSG_ERRQUEUE"}, {abi.MSG_NOSIGNAL, "MSG_NOSIGNAL"}, {0x8000, "MSG_MORE"}, {abi.MSG_WAITFORONE, "MSG_WAITFORONE"},
		{abi.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"}}},
}

var sockFlags = []flag{{abi.SOCK_NONBLOCK, "SOCK_NONBLOCK"}, {abi.SOCK_CLOEXEC, "SOCK_CLOEXEC"}}

func init() {
	for name, set := range socketFlagSets {
		flagSets[name] = set
	}
}

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
