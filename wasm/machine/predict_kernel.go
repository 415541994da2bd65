package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/wasm/view"
)

// byNumber orders choices whose IDs are decimal numbers.
func byNumber(a, b view.Choice) int {
	x, _ := strconv.ParseInt(a.ID, 10, 64)
	y, _ := strconv.ParseInt(b.ID, 10, 64)
	return cmp.Compare(x, y)
}

// nextTask: who gets the CPU next? It might be whoever has it, or anybody who is ready, or anybody at all.
func nextTask(l *lookahead) (*view.Prediction, error) {
	e, err := l.to(1<<trace.Switch, nil)
	if err != nil {
		return nil, err
	}
	k := l.s.comp.K
	fresh := k.FindTask(int32(e.B)) // it may not be there yet when the question is asked
	name := func(t *kernel.Task, state string) view.Choice {
		if t.PID == 0 {
			return view.Choice{ID: "0", Text: "nobody: the CPU halts"}
		}
		return view.Choice{ID: strconv.Itoa(int(t.PID)), Text: fmt.Sprintf("pid %d %s, %s", t.PID, t.Name(), state)}
	}
	answer := view.Choice{ID: strconv.FormatUint(e.B, 10)}
	if fresh != nil {
		answer = name(fresh, "not there yet")
	}
	reveal := l.there()
	l.back()
	var ready, rest []view.Choice
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.Run == kernel.Dead || t.Run == kernel.Zombie {
			return true
		}
		state := runStates[t.Run]
		if t.ID == k.State.Current {
			state = "which has it now"
		}
		c := name(t, state)
		switch {
		case c.ID == answer.ID:
			answer = c
		case state == "ready" || t.ID == k.State.Current:
			ready = append(ready, c)
		default:
			rest = append(rest, c)
		}
		return true
	})
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(answer, append(ready, rest...), byNumber)
	return p, nil
}

// nextCall: which system call comes next? It might be one of those that come after it.
func nextCall(l *lookahead) (*view.Prediction, error) {
	name := func(nr uint64) view.Choice {
		call := l.s.picture.callName(nr)
		return view.Choice{ID: call, Text: call + "()"}
	}
	e, err := l.to(1<<trace.Syscall, nil)
	if err != nil {
		return nil, err
	}
	reveal := l.there()
	answer := name(e.A)
	var others []view.Choice
	for range 50 {
		e, err := l.to(1<<trace.Syscall, nil)
		if err != nil {
			break
		}
		others = append(others, name(e.A))
	}
	l.back()
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(answer, others, func(a, b view.Choice) int { return cmp.Compare(a.ID, b.ID) })
	return p, nil
}

// forkReturn: what is in RAX when whoever has the CPU comes back from fork? It might be what the other one gets, or one of the
// numbers at hand.
func forkReturn(l *lookahead) (*view.Prediction, error) {
	t := l.current()
	if t == nil {
		return nil, errFuture
	}
	pid, parent := t.PID, t.PPID
	_, err := l.to(1<<trace.SyscallOut|1<<trace.Iret|1<<trace.Sysexit, func(e *trace.Event) bool { return int32(e.Task) == pid })
	if err != nil {
		return nil, err
	}
	rax := int64(l.s.comp.M.CPU.S.R[cpu.RAX])
	child := l.s.picture.pair[1]
	reveal := l.there()
	l.back()
	words := map[int64]string{0: "0", int64(child): fmt.Sprintf("%d, the child's PID", child), int64(pid): fmt.Sprintf("%d, its own PID", pid),
		int64(parent): fmt.Sprintf("%d, its parent's PID", parent), -1: "-1"}
	if child == pid {
		words[int64(pid)] = fmt.Sprintf("%d, its own PID, the child's", pid)
	}
	name := func(v int64) view.Choice {
		text, ok := words[v]
		if !ok {
			text = strconv.FormatInt(v, 10)
		}
		return view.Choice{ID: strconv.FormatInt(v, 10), Text: text}
	}
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(name(rax), []view.Choice{name(0), name(int64(child)), name(int64(pid)), name(int64(parent)), name(-1)}, byNumber)
	return p, nil
}

// signalNames are those that a program's own instructions raise, by number. signal(7)
var signalNames = map[uint64]string{4: "SIGILL", 5: "SIGTRAP", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 2: "SIGINT", 17: "SIGCHLD"}

// nextSignal: what does the program that has the CPU get? It might be any signal that an instruction raises, or nothing: then it
// is back in user mode with none.
func nextSignal(l *lookahead) (*view.Prediction, error) {
	t := l.current()
	if t == nil {
		return nil, errFuture
	}
	pid := t.PID
	e, err := l.to(1<<trace.Signal|1<<trace.SyscallOut|1<<trace.Iret|1<<trace.Exit, func(e *trace.Event) bool {
		return int32(e.Task) == pid || e.Kind == trace.Signal && int32(e.A) == pid
	})
	if err != nil {
		return nil, err
	}
	if e.Kind == trace.Iret || e.Kind == trace.SyscallOut { // the signal is delivered on the way back, and told before
		e.B = 0
	}
	reveal := l.there()
	l.back()
	name := func(n uint64) view.Choice {
		switch text, ok := signalNames[n]; {
		case n == 0:
			return view.Choice{ID: "0", Text: "nothing: it goes on"}
		case ok:
			return view.Choice{ID: strconv.FormatUint(n, 10), Text: text}
		}
		return view.Choice{ID: strconv.FormatUint(n, 10), Text: "signal " + strconv.FormatUint(n, 10)}
	}
	if e.Kind == trace.Exit {
		e.B &= 0x7f // of a wait status: the signal that ended it
	}
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(name(e.B), []view.Choice{name(0), name(11), name(4), name(7)}, byNumber)
	return p, nil
}

// initPaths are where the kernel looks. Linux init/main.c:kernel_init
var initPaths = []string{"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"}

// initPath: which program becomes PID 1?
func initPath(l *lookahead) (*view.Prediction, error) {
	none := view.Choice{ID: "none", Text: "none of them: the kernel panics"}
	answer := none
	e, err := l.to(1<<trace.Exec, func(e *trace.Event) bool { return e.A == 1 })
	if err != nil && l.s.comp.K.State.Stop != kernel.Panicked {
		return nil, err
	}
	if k := l.s.comp.K; err == nil {
		path := k.Process(k.FindTask(int32(e.A))).ExePath
		answer = view.Choice{ID: path, Text: path}
	}
	reveal := l.there()
	l.back()
	var others []view.Choice
	for _, word := range strings.Fields(l.s.made.Cmdline) {
		if asked, ok := strings.CutPrefix(word, "init="); ok {
			others = append(others, view.Choice{ID: asked, Text: asked + ", as the command line says"})
		}
	}
	for _, path := range initPaths {
		others = append(others, view.Choice{ID: path, Text: path})
	}
	others = slices.Insert(others, 2, none)
	p := &view.Prediction{Reveal: reveal}
	p.Choices, p.Answer = offer(answer, others, func(a, b view.Choice) int { return cmp.Compare(a.ID, b.ID) })
	return p, nil
}
