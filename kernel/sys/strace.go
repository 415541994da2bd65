package sys

import (
	"fmt"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// tracer prints system calls as strace(1) does, from the definitions. It is no part of the guest.
type tracer struct {
	k       *kernel.Kernel
	print   func(line string)
	calls   map[int32]*tracedCall // by PID: calls that have been entered and not left
	partial int32                 // the PID whose entry is printed as far as it goes; 0 none
}

// tracedCall is a call under way.
type tracedCall struct {
	s          *kernel.Syscall
	args       kernel.Args
	text       string // what is known at entry
	next       int    // the first argument that is known only at the end
	unfinished bool   // "<unfinished ...>" has been printed
}

// Strace prints the system calls of all processes but init, one line each, and begins like strace(1) with the execve
// of what init starts.
func Strace(k *kernel.Kernel, print func(line string)) {
	tr := &tracer{k: k, print: print, calls: map[int32]*tracedCall{}}
	k.OnSyscall = tr.enter
	k.OnSyscallRet = tr.leave
	k.OnSignal = tr.signal
}

// column is where the "=" of a short line stands.
const column = 40

// line prints one line with the process in front when there are several.
func (tr *tracer) line(t *kernel.Task, text string) {
	others := 0
	tr.k.ForEachTask(func(o *kernel.Task) bool {
		others += toInt(o.PID > 1 && o.Run != kernel.Dead)
		return true
	})
	if others > 1 {
		text = fmt.Sprintf("[pid %5d] %s", t.PID, text)
	}
	tr.print(text)
}

func (tr *tracer) enter(t *kernel.Task, s *kernel.Syscall) {
	if t.TGID == 1 || t.PPID == 1 && t.Name() == "init" && s.Name != "execve" {
		return
	}
	tr.interrupt(t)
	c := &tracedCall{s: s, args: t.Sys.Args}
	c.text = s.Name + "("
	for n := arity(c); c.next < n; c.next++ {
		c.text += comma(c.next)
		if isOutput(&s.Args[c.next]) {
			break
		}
		c.text += tr.argument(t, c, c.next, 0)
	}
	if s.Name == "exit" || s.Name == "exit_group" {
		tr.line(t, aligned(c.text+") ")+"= ?")
		if s.Name == "exit_group" || tr.alone(t) {
			tr.line(t, fmt.Sprintf("+++ exited with %d +++", t.Sys.Args[0]&0xff))
		}
		return
	}
	tr.calls[t.PID] = c
	tr.partial = t.PID
}

// alone tells whether t is the only thread of its process.
func (tr *tracer) alone(t *kernel.Task) bool { return threads(tr.k, t) == 1 }

// interrupt ends the line of another process that has not come back from its call.
func (tr *tracer) interrupt(t *kernel.Task) {
	c := tr.calls[tr.partial]
	if c == nil || tr.partial == t.PID || c.unfinished {
		return
	}
	if o := tr.k.FindTask(tr.partial); o != nil {
		tr.line(o, c.text+" <unfinished ...>")
		c.unfinished = true
	}
}

func (tr *tracer) leave(t *kernel.Task, s *kernel.Syscall, ret int64) {
	c := tr.calls[t.PID]
	if c == nil {
		return
	}
	tr.interrupt(t)
	delete(tr.calls, t.PID)
	text := c.text
	if c.unfinished {
		text = "<... " + s.Name + " resumed>"
	}
	for i, n := c.next, arity(c); i < n; i++ {
		if i > c.next {
			text += ", "
		}
		text += tr.argument(t, c, i, ret)
	}
	if s.Name == "rt_sigreturn" {
		text += "{mask=" + sigsetText(t.Sig.Blocked) + "}"
	}
	tr.line(t, aligned(text+") ")+"= "+tr.answer(t, c, ret))
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

func aligned(s string) string { return fmt.Sprintf("%-*s", column, s) }

// restartTexts are strace's words for calls that a signal interrupted.
var restartTexts = [...]string{"ERESTARTSYS (To be restarted if SA_RESTART is set)", "ERESTARTNOINTR (To be restarted)",
	"ERESTARTNOHAND (To be restarted if no handler)", "", "ERESTART_RESTARTBLOCK (Interrupted by signal)"}

func result(s *kernel.Syscall, ret int64) string {
	e := abi.Errno(-ret)
	switch {
	case ret < 0 && ret >= -4095 && e >= abi.ErrRestartSys && int(e-abi.ErrRestartSys) < len(restartTexts):
		return "? " + restartTexts[e-abi.ErrRestartSys]
	case ret < 0 && ret >= -4095:
		return fmt.Sprintf("-1 %s (%s)", e.Name(), e.Error())
	case s.Ret == kernel.ArgHex:
		return fmt.Sprintf("%#x", uint64(ret))
	case s.Ret == kernel.ArgOct:
		return octal(uint64(ret))
	}
	return fmt.Sprint(ret)
}

// signal prints a delivered signal, and the end of a process that it kills.
func (tr *tracer) signal(t *kernel.Task, i *kernel.Siginfo) {
	if t.TGID == 1 {
		return
	}
	tr.interrupt(t)
	name := abi.SignalName(int(i.Signo))
	tr.line(t, fmt.Sprintf("--- %s {%s} ---", name, siginfoText(i)))
	if tr.k.Sighand(t).Action[i.Signo].Handler == abi.SIG_DFL && fatal(i.Signo) {
		delete(tr.calls, t.PID)
		tr.line(t, fmt.Sprintf("+++ killed by %s +++", name))
	}
}

// fatal tells whether a signal's default action is to end the process. signal(7)
func fatal(sig int32) bool {
	switch sig {
	case abi.SIGCHLD, abi.SIGCONT, abi.SIGURG, abi.SIGWINCH, abi.SIGSTOP, abi.SIGTSTP, abi.SIGTTIN, abi.SIGTTOU:
		return false
	}
	return true
}

func siginfoText(i *kernel.Siginfo) string {
	name := abi.SignalName(int(i.Signo))
	head := fmt.Sprintf("si_signo=%s, si_code=%s", name, codeName(i))
	switch {
	case i.Signo == abi.SIGCHLD && i.Code > 0 && i.Code != abi.SI_KERNEL:
		status := fmt.Sprint(i.Status)
		if i.Code != abi.CLD_EXITED {
			status = abi.SignalName(int(i.Status))
		}
		return fmt.Sprintf("%s, si_pid=%d, si_uid=%d, si_status=%s, si_utime=%d, si_stime=%d", head, i.PID, i.UID, status, i.UTime, i.STime)
	case i.Code == abi.SI_KERNEL && codeNames[i.Signo] == nil:
		return head
	case i.Code == abi.SI_QUEUE:
		return fmt.Sprintf("%s, si_pid=%d, si_uid=%d, %s", head, i.PID, i.UID, valueText(i.Value))
	case i.Code == abi.SI_TIMER:
		return fmt.Sprintf("%s, si_timerid=%#x, si_overrun=%d, %s", head, i.PID, i.UID, valueText(i.Value))
	case i.Code > 0:
		return fmt.Sprintf("%s, si_addr=%s", head, pointer(i.Addr))
	}
	return fmt.Sprintf("%s, si_pid=%d, si_uid=%d", head, i.PID, i.UID)
}

// codeName is the C name of si_code.
func codeName(i *kernel.Siginfo) string {
	set := map[int32]string{abi.SI_USER: "SI_USER", abi.SI_KERNEL: "SI_KERNEL", abi.SI_TKILL: "SI_TKILL", abi.SI_QUEUE: "SI_QUEUE", abi.SI_TIMER: "SI_TIMER"}
	if i.Code > 0 && i.Code != abi.SI_KERNEL {
		set = codeNames[i.Signo]
	}
	if name := set[i.Code]; name != "" {
		return name
	}
	return fmt.Sprint(i.Code)
}

var codeNames = map[int32]map[int32]string{
	abi.SIGCHLD: {1: "CLD_EXITED", 2: "CLD_KILLED", 3: "CLD_DUMPED", 4: "CLD_TRAPPED", 5: "CLD_STOPPED", 6: "CLD_CONTINUED"},
	abi.SIGSEGV: {1: "SEGV_MAPERR", 2: "SEGV_ACCERR"},
	abi.SIGBUS:  {1: "BUS_ADRALN", 2: "BUS_ADRERR"},
	abi.SIGFPE:  {1: "FPE_INTDIV", 2: "FPE_INTOVF", 3: "FPE_FLTDIV", 4: "FPE_FLTOVF", 5: "FPE_FLTUND", 6: "FPE_FLTRES", 7: "FPE_FLTINV"},
	abi.SIGILL:  {1: "ILL_ILLOPC", 2: "ILL_ILLOPN"},
	abi.SIGTRAP: {1: "TRAP_BRKPT", 2: "TRAP_TRACE"},
}

// argument is argument i as strace prints it.
func (tr *tracer) argument(t *kernel.Task, c *tracedCall, i int, ret int64) string {
	if text, ok := tr.special(t, c, i, ret); ok {
		return text
	}
	a, v := &c.s.Args[i], c.args[i]
	switch a.Kind {
	case kernel.ArgInt, kernel.ArgPID:
		if v>>32 != 0 && v>>31 != 1<<33-1 {
			return fmt.Sprint(int64(v))
		}
		return fmt.Sprint(int32(v))
	case kernel.ArgFD:
		return fmt.Sprint(int32(v))
	case kernel.ArgUint:
		return fmt.Sprint(v)
	case kernel.ArgHex:
		if v == 0 {
			return "0"
		}
		return fmt.Sprintf("%#x", v)
	case kernel.ArgOct:
		return octal(uint64(uint32(v)))
	case kernel.ArgDirFD:
		if int32(v) == abi.AT_FDCWD {
			return "AT_FDCWD"
		}
		return fmt.Sprint(int32(v))
	case kernel.ArgPath, kernel.ArgStr:
		return tr.userString(t, v)
	case kernel.ArgBufIn:
		return tr.userBytes(t, v, c.args[a.Len])
	case kernel.ArgBufOut:
		if ret < 0 {
			return pointer(v)
		}
		return tr.userBytes(t, v, uint64(ret))
	case kernel.ArgFlags:
		return flagText(a.Flags, v)
	case kernel.ArgSig:
		return abi.SignalName(int(int32(v)))
	case kernel.ArgArgv:
		return tr.userVector(t, v)
	case kernel.ArgPtr:
		return tr.structure(t, c, a.Flags, v, ret)
	}
	return pointer(v)
}

// isOutput tells whether an argument is known only when the call is over.
func isOutput(a *kernel.Arg) bool {
	return a.Kind == kernel.ArgBufOut || a.Kind == kernel.ArgPtr && strings.HasPrefix(a.Flags, "out:")
}

func pointer(v uint64) string {
	if v == 0 {
		return "NULL"
	}
	return fmt.Sprintf("%#x", v)
}

func octal(v uint64) string {
	if v == 0 {
		return "000"
	}
	return fmt.Sprintf("%#03o", v)
}

// maxStrace is how much of a string is printed: strace -s 32.
const maxStrace = 32

func (tr *tracer) userString(t *kernel.Task, addr uint64) string {
	if addr == 0 {
		return "NULL"
	}
	s, e := tr.k.MM.CopyString(t.ASID, addr, kernel.PathMax)
	if e != abi.OK {
		return pointer(addr)
	}
	return quoted(s)
}

func (tr *tracer) userBytes(t *kernel.Task, addr, n uint64) string {
	if addr == 0 {
		return "NULL"
	}
	b := make([]byte, min(n, maxStrace))
	if tr.k.MM.CopyIn(t.ASID, b, addr) != abi.OK {
		return pointer(addr)
	}
	s := quoted(b)
	if n > maxStrace {
		s += "..."
	}
	return s
}

func (tr *tracer) userVector(t *kernel.Task, addr uint64) string {
	if addr == 0 {
		return "NULL"
	}
	var items []string
	for ; len(items) < maxStrace; addr += 8 {
		p, e := tr.k.MM.Read64(t.ASID, addr)
		if e != abi.OK {
			return pointer(addr)
		}
		if p == 0 {
			return "[" + strings.Join(items, ", ") + "]"
		}
		items = append(items, tr.abbreviated(t, p))
	}
	return "[" + strings.Join(items, ", ") + ", ...]"
}

// abbreviated prints a string that is no path: strace shows only its beginning.
func (tr *tracer) abbreviated(t *kernel.Task, addr uint64) string {
	s, e := tr.k.MM.CopyString(t.ASID, addr, kernel.PathMax)
	if e != abi.OK {
		return pointer(addr)
	}
	if len(s) > maxStrace {
		return quoted(s[:maxStrace]) + "..."
	}
	return quoted(s)
}

// quoted is a C string literal; octal escapes are as short as the next character allows.
func quoted(p []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, c := range p {
		switch c {
		case '"', '\\':
			b.WriteString(`\` + string(rune(c)))
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\v':
			b.WriteString(`\v`)
		default:
			switch {
			case c >= 0x20 && c < 0x7f:
				b.WriteByte(c)
			case i+1 < len(p) && p[i+1] >= '0' && p[i+1] <= '7':
				fmt.Fprintf(&b, `\%03o`, c)
			default:
				fmt.Fprintf(&b, `\%o`, c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
