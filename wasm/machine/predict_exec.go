package main

import (
	"slices"

	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// formatWords say what a binary format is for, in the order in which the kernel asks them.
var formatWords = []view.Choice{
	{ID: "misc", Text: "binfmt_misc: one that was registered"}, {ID: "script", Text: "binfmt_script: it begins with #!"}, {ID: "elf", Text: "binfmt_elf: a program for 64 bits"},
	{ID: "compat_elf", Text: "compat_binfmt_elf: a program for 32 bits"}, {ID: "none", Text: "none of them: ENOEXEC"},
}

// nextHandler: which binary format takes the file of the next execve?
func nextHandler(l *lookahead) (*view.Prediction, error) {
	p := &l.s.picture
	told := func() uint64 {
		if p.derived.exec == nil {
			return 0
		}
		return p.derived.exec.view.At
	}
	before := told()
	if _, err := l.to(1<<trace.Exec|1<<trace.SyscallRet, func(*trace.Event) bool { return told() > before }); err != nil {
		return nil, err
	}
	answer := "none"
	for _, step := range p.derived.exec.view.Levels[0].Steps {
		if step.Mine {
			answer = step.Format
		}
	}
	reveal := l.there()
	l.back()
	order := func(id string) int {
		return slices.IndexFunc(formatWords, func(c view.Choice) bool { return c.ID == id })
	}
	out := &view.Prediction{Reveal: reveal}
	out.Choices, out.Answer = offer(formatWords[max(order(answer), 0)], formatWords, func(a, b view.Choice) int { return order(a.ID) - order(b.ID) })
	return out, nil
}
