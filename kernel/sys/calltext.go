package sys

import (
	"strings"

	"vitrine/kernel"
)

// CallText writes the system call that t is in as strace would at its entry: what the kernel has yet to fill in is an address.
func CallText(k *kernel.Kernel, t *kernel.Task) string {
	s := k.Syscall(uint64(t.Sys.Nr))
	if s == nil {
		return "an unknown system call"
	}
	return s.Name + "(" + strings.Join(ArgTexts(k, t, s, t.Sys.Args), ", ") + ")"
}

// ArgTexts writes the arguments of a system call that t makes, or is about to make, one by one as CallText does.
func ArgTexts(k *kernel.Kernel, t *kernel.Task, s *kernel.Syscall, args kernel.Args) []string {
	tr, c := &tracer{k: k}, &tracedCall{s: s, args: args}
	list := make([]string, arity(c))
	for i := range list {
		if isOutput(&s.Args[i]) {
			list[i] = pointer(args[i])
		} else {
			list[i] = tr.argument(t, c, i, 0)
		}
	}
	return list
}
