package sys

import (
	"fmt"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// arity is how many arguments a call really has: some have their last ones only with certain flags or commands.
func arity(c *tracedCall) int {
	n, a := len(c.s.Args), &c.args
	switch c.s.Name {
	case "open", "openat":
		if flags := a[n-2]; flags&(abi.O_CREAT|abi.O_TMPFILE&^abi.O_DIRECTORY) == 0 {
			return n - 1
		}
	case "fcntl":
		switch a.Int(1) {
		case abi.F_GETFD, abi.F_GETFL, abi.F_GETOWN, abi.F_GETSIG, abi.F_GETPIPE_SZ:
			return 2
		}
	case "mknod", "mknodat":
		if kind := uint32(a[n-2]) & abi.S_IFMT; kind != abi.S_IFCHR && kind != abi.S_IFBLK {
			return n - 1
		}
	case "preadv", "pwritev":
		return 4
	case "mremap":
		if a[3]&abi.MREMAP_FIXED == 0 {
			return 4
		}
	case "futex":
		switch a.Int(1) &^ (abi.FUTEX_PRIVATE_FLAG | abi.FUTEX_CLOCK_REALTIME) {
		case abi.FUTEX_WAKE:
			return 3
		case abi.FUTEX_WAIT:
			return 4
		}
	case "prctl":
		switch a.Int(0) {
		case abi.PR_SET_NO_NEW_PRIVS, abi.PR_SET_VMA:
		default:
			return 2
		}
	}
	return n
}

// special prints arguments whose meaning depends on others; false when there is nothing special.
func (tr *tracer) special(t *kernel.Task, c *tracedCall, i int, ret int64) (string, bool) {
	v := c.args[i]
	switch {
	case c.s.Name == "clone":
		return cloneArgument(c, i), true
	case c.s.Name == "fcntl" && i == 2 && c.args.Int(1) == abi.F_SETFD:
		if v == abi.FD_CLOEXEC {
			return "FD_CLOEXEC", true
		}
		return fmt.Sprint(v), true
	case c.s.Name == "fcntl" && i == 2 && c.args.Int(1) == abi.F_SETFL:
		return flagText("open", v), true
	case c.s.Name == "fcntl" && i == 2 && (c.args.Int(1) == abi.F_DUPFD || c.args.Int(1) == abi.F_DUPFD_CLOEXEC):
		return fmt.Sprint(int32(v)), true
	case c.s.Name == "getcwd" && i == 0 && ret > 0:
		return tr.userString(t, v), true
	case (c.s.Name == "mknod" || c.s.Name == "mknodat") && c.s.Args[i].Kind == kernel.ArgOct:
		return modeText(uint32(v)), true
	case (c.s.Name == "mknod" || c.s.Name == "mknodat") && c.s.Args[i].Name == "dev":
		return fmt.Sprintf("makedev(%#x, %#x)", vfs.Major(v), vfs.Minor(v)), true
	case c.s.Name == "prctl" && i == 1 && c.args.Int(0) == abi.PR_SET_NAME:
		return tr.userString(t, v), true
	}
	return "", false
}

// cloneArgument names the arguments of clone(2) as strace does.
func cloneArgument(c *tracedCall, i int) string {
	v := c.args[i]
	switch i {
	case 0:
		return "child_stack=" + pointer(c.args[1])
	case 1:
		flags := c.args[0]
		text := flagText("cloneflags", flags&^abi.CSIGNAL)
		if sig := flags & abi.CSIGNAL; sig != 0 {
			name := abi.SignalName(int(sig))
			if text == "0" {
				return "flags=" + name
			}
			text += "|" + name
		}
		return "flags=" + text
	case 2:
		return "parent_tid=" + pointer(v)
	case 3:
		return "child_tidptr=" + pointer(v)
	}
	return "tls=" + pointer(v)
}
