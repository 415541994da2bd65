package sys

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// pStruct and pResult name an argument that points to a structure which strace prints: filled by the program, or by
// the call.
func pStruct(name, kind string) kernel.Arg {
	return kernel.Arg{Name: name, Kind: kernel.ArgPtr, Len: -1, Flags: "in:" + kind}
}

func pResult(name, kind string) kernel.Arg {
	return kernel.Arg{Name: name, Kind: kernel.ArgPtr, Len: -1, Flags: "out:" + kind}
}

// structs are the sizes of structures and how to print them.
var structs = map[string]struct {
	size uint64
	text func(b []byte) string
}{
	"stat": {144, statText},
	"epoll_event": {12, func(b []byte) string {
		return fmt.Sprintf("{events=%s, data={u32=%d, u64=%d}}", flagText("epoll", uint64(uint32(half(b, 0)))), uint32(half(b, 4)), word(b, 4))
	}},
	"timespec":  {16, timespecText},
	"times":     {32, timesText},
	"statfs":    {120, statfsText},
	"stack":     {24, stackText},
	"timeval":   {16, timevalText},
	"status":    {4, statusText},
	"sigset":    {8, func(b []byte) string { return sigsetText(word(b, 0)) }},
	"sigaction": {32, sigactionText},
	"fds":       {8, func(b []byte) string { return fmt.Sprintf("[%d, %d]", half(b, 0), half(b, 4)) }},
	"rlimit": {16, func(b []byte) string {
		return fmt.Sprintf("{rlim_cur=%s, rlim_max=%s}", limitText(word(b, 0)), limitText(word(b, 8)))
	}},
	"uname":  {6 * utsLen, unameText},
	"int":    {4, func(b []byte) string { return fmt.Sprintf("[%d]", half(b, 0)) }},
	"itimer": {32, itimerText},
	"rusage": {144, func(b []byte) string { // strace -v would print the rest
		return fmt.Sprintf("{ru_utime=%s, ru_stime=%s, ...}", timevalText(b), timevalText(b[16:]))
	}},
	"itimerspec": {32, func(b []byte) string {
		return fmt.Sprintf("{it_interval=%s, it_value=%s}", timespecText(b), timespecText(b[16:]))
	}},
	"winsize": {8, winsizeText},
}

func word(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
func half(b []byte, at int) int32  { return int32(binary.LittleEndian.Uint32(b[at:])) }

// structure prints what a pointer points to, when its kind is known and the call filled it.
func (tr *tracer) structure(t *kernel.Task, c *tracedCall, kind string, addr uint64, ret int64) string {
	output := strings.HasPrefix(kind, "out:")
	_, kind, _ = strings.Cut(kind, ":")
	if addr == 0 || output && ret < 0 || kind == "" {
		return pointer(addr)
	}
	switch kind {
	case "env":
		return tr.environment(t, addr)
	case "iov":
		return tr.vector(t, addr, c.args[2])
	case "status":
		if ret == 0 {
			return pointer(addr) // WNOHANG found nothing
		}
	case "tty": // ioctl's argument is what the request makes of it
		kind = ttyKinds[c.args[1]]
	case "dirents":
		return fmt.Sprintf("%#x /* %d entries */", addr, tr.entries(t, addr, ret))
	case "sockaddr":
		return tr.sockaddr(t, c, addr, output)
	case "msghdr":
		return tr.message(t, addr)
	case "pollfds":
		return tr.pollfds(t, addr, c.args[1], false)
	case "epoll_events":
		return tr.epollEvents(t, addr, ret)
	}
	s, ok := structs[kind]
	b := make([]byte, s.size)
	if !ok || s.text == nil || tr.k.MM.CopyIn(t.ASID, b, addr) != abi.OK {
		return pointer(addr)
	}
	return s.text(b)
}

var ttyKinds = map[uint64]string{abi.TIOCGWINSZ: "winsize", abi.TIOCSWINSZ: "winsize", abi.TIOCGPGRP: "int", abi.TIOCSPGRP: "int",
	abi.TIOCGSID: "int", abi.FIONREAD: "int"}

func winsizeText(b []byte) string {
	short := func(at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
	return fmt.Sprintf("{ws_row=%d, ws_col=%d, ws_xpixel=%d, ws_ypixel=%d}", short(0), short(2), short(4), short(6))
}

func (tr *tracer) environment(t *kernel.Task, addr uint64) string {
	n := 0
	for p, e := tr.k.MM.Read64(t.ASID, addr); e == abi.OK && p != 0 && n < 1<<16; p, e = tr.k.MM.Read64(t.ASID, addr+8*uint64(n)) {
		n++
	}
	plural := "s"
	if n == 1 {
		plural = ""
	}
	return fmt.Sprintf("%#x /* %d var%s */", addr, n, plural)
}

func (tr *tracer) vector(t *kernel.Task, addr, n uint64) string {
	var items []string
	for i := uint64(0); i < min(n, maxStrace); i++ {
		b := make([]byte, 16)
		if tr.k.MM.CopyIn(t.ASID, b, addr+16*i) != abi.OK {
			return pointer(addr)
		}
		items = append(items, fmt.Sprintf("{iov_base=%s, iov_len=%d}", tr.userBytes(t, word(b, 0), word(b, 8)), word(b, 8)))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// pollfds prints what is asked, or at the end what was found.
func (tr *tracer) pollfds(t *kernel.Task, addr, n uint64, found bool) string {
	var items []string
	for i := uint64(0); i < min(n, maxStrace); i++ {
		b := make([]byte, 8)
		if tr.k.MM.CopyIn(t.ASID, b, addr+8*i) != abi.OK {
			return pointer(addr)
		}
		word, events := "events", binary.LittleEndian.Uint16(b[4:])
		if found {
			word, events = "revents", binary.LittleEndian.Uint16(b[6:])
			if events == 0 {
				continue
			}
		}
		items = append(items, fmt.Sprintf("{fd=%d, %s=%s}", half(b, 0), word, flagText("poll", uint64(events))))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (tr *tracer) entries(t *kernel.Task, addr uint64, n int64) int {
	b := make([]byte, n)
	if tr.k.MM.CopyIn(t.ASID, b, addr) != abi.OK {
		return 0
	}
	count := 0
	for len(b) >= 19 {
		size := int(binary.LittleEndian.Uint16(b[16:]))
		if size < 19 || size > len(b) {
			break
		}
		b = b[size:]
		count++
	}
	return count
}

// kindNames are the file types of st_mode.
var kindNames = map[uint32]string{abi.S_IFREG: "S_IFREG|", abi.S_IFDIR: "S_IFDIR|", abi.S_IFCHR: "S_IFCHR|", abi.S_IFBLK: "S_IFBLK|",
	abi.S_IFIFO: "S_IFIFO|", abi.S_IFLNK: "S_IFLNK|", abi.S_IFSOCK: "S_IFSOCK|"}

func modeText(mode uint32) string {
	return fmt.Sprintf("%s%#04o", kindNames[mode&abi.S_IFMT], mode&0o7777)
}

// timesText are the two times of utimensat(2).
func timesText(b []byte) string {
	one := func(b []byte) string {
		switch word(b, 8) {
		case abi.UTIME_NOW:
			return "UTIME_NOW"
		case abi.UTIME_OMIT:
			return "UTIME_OMIT"
		}
		return timespecText(b)
	}
	return "[" + one(b) + ", " + one(b[16:]) + "]"
}

var magicNames = map[uint64]string{0xef53: "EXT2_SUPER_MAGIC", 0x9fa0: "PROC_SUPER_MAGIC", 0x01021994: "TMPFS_MAGIC", 0x50495045: "PIPEFS_MAGIC"}

func statfsText(b []byte) string {
	magic, ok := magicNames[word(b, 0)]
	if !ok {
		magic = pointer(word(b, 0))
	}
	return fmt.Sprintf("{f_type=%s, f_bsize=%d, f_blocks=%d, f_bfree=%d, f_bavail=%d, f_files=%d, f_ffree=%d, f_fsid={val=[%#x, %#x]}, f_namelen=%d, f_frsize=%d, f_flags=%#x}",
		magic, word(b, 8), word(b, 16), word(b, 24), word(b, 32), word(b, 40), word(b, 48), half(b, 56), half(b, 60), word(b, 64), word(b, 72), word(b, 80))
}

// stackText is a stack_t.
func stackText(b []byte) string {
	return fmt.Sprintf("{ss_sp=%s, ss_flags=%s, ss_size=%d}", pointer(word(b, 0)), flagText("altstack", uint64(uint32(half(b, 8)))), word(b, 16))
}

func (tr *tracer) epollEvents(t *kernel.Task, addr uint64, n int64) string {
	var items []string
	for i := uint64(0); i < min(uint64(n), maxStrace); i++ {
		b := make([]byte, 12)
		if tr.k.MM.CopyIn(t.ASID, b, addr+12*i) != abi.OK {
			return pointer(addr)
		}
		items = append(items, structs["epoll_event"].text(b))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// valueText is a union sigval.
func valueText(v uint64) string {
	return fmt.Sprintf("si_value={si_int=%d, si_ptr=%s}", int32(v), pointer(v))
}

// answer is what a call returned, with strace's explanation of it.
func (tr *tracer) answer(t *kernel.Task, c *tracedCall, ret int64) string {
	text := result(c.s, ret)
	if ret < 0 {
		return text
	}
	switch c.s.Name {
	case "fcntl":
		if cmd := c.args.Int(1); cmd == abi.F_GETFD && ret != 0 {
			return "0x1 (flags FD_CLOEXEC)"
		} else if cmd == abi.F_GETFL {
			return fmt.Sprintf("%#x (flags %s)", ret, flagText("open", uint64(ret)))
		}
	case "rt_sigtimedwait":
		return text + " (" + abi.SignalName(int(ret)) + ")"
	case "poll", "ppoll":
		if ret == 0 {
			return text + " (Timeout)"
		}
		return text + " (" + tr.pollfds(t, c.args[0], c.args[1], true) + ")"
	case "select", "pselect6":
		if ret == 0 {
			return text + " (Timeout)"
		}
	}
	return text
}

func statText(b []byte) string {
	mode := uint32(half(b, 24))
	text := "{st_mode=" + modeText(mode) + ", "
	if k := mode & abi.S_IFMT; k == abi.S_IFCHR || k == abi.S_IFBLK {
		dev := word(b, 40)
		return text + fmt.Sprintf("st_rdev=makedev(%#x, %#x), ...}", dev>>8&0xfff, dev&0xff)
	}
	return text + fmt.Sprintf("st_size=%d, ...}", word(b, 48))
}

func timespecText(b []byte) string {
	return fmt.Sprintf("{tv_sec=%d, tv_nsec=%d}", int64(word(b, 0)), int64(word(b, 8)))
}

func timevalText(b []byte) string {
	return fmt.Sprintf("{tv_sec=%d, tv_usec=%d}", int64(word(b, 0)), int64(word(b, 8)))
}

func itimerText(b []byte) string {
	return fmt.Sprintf("{it_interval=%s, it_value=%s}", timevalText(b), timevalText(b[16:]))
}

func statusText(b []byte) string {
	s := uint32(half(b, 0))
	switch {
	case s == 0xffff:
		return "[{WIFCONTINUED(s)}]"
	case s&0xff == 0x7f:
		return fmt.Sprintf("[{WIFSTOPPED(s) && WSTOPSIG(s) == %s}]", abi.SignalName(int(s>>8&0xff)))
	case s&0x7f == 0:
		return fmt.Sprintf("[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]", s>>8&0xff)
	case s&0x80 != 0:
		return fmt.Sprintf("[{WIFSIGNALED(s) && WTERMSIG(s) == %s && WCOREDUMP(s)}]", abi.SignalName(int(s&0x7f)))
	}
	return fmt.Sprintf("[{WIFSIGNALED(s) && WTERMSIG(s) == %s}]", abi.SignalName(int(s&0x7f)))
}

// sigsetText lists the signals of a set; of a nearly full one it lists those that are missing.
func sigsetText(set uint64) string {
	mark := ""
	if bits.OnesCount64(set) > 42 {
		mark, set = "~", ^set
	}
	var names []string
	for sig := 1; sig <= 64; sig++ {
		if set>>(sig-1)&1 != 0 {
			name := strings.TrimPrefix(abi.SignalName(sig), "SIG")
			if sig == 32 {
				name = "RTMIN"
			}
			names = append(names, name)
		}
	}
	return mark + "[" + strings.Join(names, " ") + "]"
}

func sigactionText(b []byte) string {
	handler := pointer(word(b, 0))
	switch word(b, 0) {
	case abi.SIG_DFL:
		handler = "SIG_DFL"
	case abi.SIG_IGN:
		handler = "SIG_IGN"
	}
	flags := word(b, 8)
	text := fmt.Sprintf("{sa_handler=%s, sa_mask=%s, sa_flags=%s", handler, sigsetText(word(b, 24)), flagText("saflags", flags))
	if flags&abi.SA_RESTORER != 0 {
		text += fmt.Sprintf(", sa_restorer=%s", pointer(word(b, 16)))
	}
	return text + "}"
}

func limitText(v uint64) string {
	switch {
	case v == abi.RLIM_INFINITY:
		return "RLIM64_INFINITY"
	case v > 1024 && v%1024 == 0:
		return fmt.Sprintf("%d*1024", v/1024)
	}
	return fmt.Sprint(v)
}

func unameText(b []byte) string {
	field := func(i int) string {
		s, _, _ := strings.Cut(string(b[i*utsLen:(i+1)*utsLen]), "\x00")
		return s
	}
	return fmt.Sprintf("{sysname=%q, nodename=%q, ...}", field(0), field(1))
}
