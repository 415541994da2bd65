package sys

import "vitrine/kernel"

// CallText writes the system call that t is in as strace would at its entry: what the kernel has yet to fill in is an address.
func CallText(k *kernel.Kernel, t *kernel.Task) string {
	s := k.Syscall(uint64(t.Sys.Nr))
	if s == nil {
		return "an unknown system call"
	}
	tr := &tracer{k: k}
	c := &tracedCall{s: s, args: t.Sys.Args}
	text := s.Name + "("
	for i := range arity(c) {
		text += comma(i)
		if isOutput(&s.Args[i]) {
			text += pointer(c.args[i])
		} else {
			text += tr.argument(t, c, i, 0)
		}
	}
	return text + ")"
}
