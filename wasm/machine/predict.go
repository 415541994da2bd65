package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"vitrine/engine/debug"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// oracle is a kind of question about what comes next. It looks ahead by running, and takes what else might be thought from the
// machine as it stands.
type oracle struct {
	kind string
	ask  func(l *lookahead) (*view.Prediction, error)
}

// oracles lists them all.
func oracles() []oracle {
	return []oracle{
		{"next-fault", nextFault},
		{"next-rip", nextRIP},
		{"user-rip", userRIP},
		{"next-task", nextTask},
		{"next-call", nextCall},
		{"fork-return", forkReturn},
		{"walk-stop", walkStop},
		{"victim", nextVictim},
		{"signal", nextSignal},
		{"init", initPath},
		{"handler", nextHandler},
	}
}

var (
	errFuture = errors.New("the machine has not run so far that it could be known: run it on, come back and ask again")
	errOurs   = errors.New("this can be told of our own kernel only")
)

// askPredict answers {kind: "predict", what}: the question's choices and its answer, which is found by running on, aside.
func askPredict(s *Session, j *job, raw []byte) (any, error) {
	var q struct{ What string }
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	return s.predict(q.What)
}

// predict must be called where the computer may go about unseen.
func (s *Session) predict(kind string) (*view.Prediction, error) {
	i := slices.IndexFunc(oracles(), func(o oracle) bool { return o.kind == kind })
	switch {
	case i < 0:
		return nil, fmt.Errorf("nobody knows how to ask for %q", kind)
	case s.comp.K == nil:
		return nil, errOurs
	}
	l := &lookahead{s: s, here: s.comp.M.Now()}
	p, err := oracles()[i].ask(l)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(p.Choices, func(c view.Choice) bool { return c.ID == p.Answer }) {
		panic("BUG: a question without its answer")
	}
	if len(p.Choices) < 2 {
		return nil, errors.New("there is nothing to choose from")
	}
	return p, nil
}

// lookahead goes on in what was run, to see what happens.
type lookahead struct {
	s    *Session
	here uint64
}

// to runs on to behind the first event of the kinds that is looked for, at most to the end of what was run.
func (l *lookahead) to(kinds trace.Mask, is func(e *trace.Event) bool) (found trace.Event, err error) {
	s := l.s
	s.overheard = func(e *trace.Event) {
		if found.Kind == trace.None && kinds>>e.Kind&1 != 0 && (is == nil || is(e)) {
			found = *e
		}
	}
	defer func() { s.overheard = nil }()
	for found.Kind == trace.None {
		if stop := s.hist.Until(debug.Goal{Events: kinds}, s.hist.End()); stop.Reason != boot.Event && found.Kind == trace.None {
			return found, errFuture
		}
	}
	return found, nil
}

// back goes back to where the question was asked.
func (l *lookahead) back() { l.s.hist.Seek(l.here) }

// there is the way to where the answer is seen.
func (l *lookahead) there() view.RevealStep {
	return view.RevealStep{Kind: "seek", N: float64(l.s.comp.M.Now())}
}

func (l *lookahead) current() *kernel.Task { return l.s.comp.K.Current() }

// maxChoices is how many a reader is shown.
const maxChoices = 4

// known is the choice that has the answer's ID, because more is said of it there, or the answer itself.
func known(answer view.Choice, others []view.Choice) view.Choice {
	if i := slices.IndexFunc(others, func(o view.Choice) bool { return o.ID == answer.ID }); i >= 0 {
		return others[i]
	}
	return answer
}

// offer makes the choices of the answer and of what else there is, the first of it that has another ID. They come in the order of
// the list, with the answer where it is in that order.
func offer(answer view.Choice, others []view.Choice, less func(a, b view.Choice) int) ([]view.Choice, string) {
	list := []view.Choice{answer}
	for _, o := range others {
		if len(list) < maxChoices && !slices.ContainsFunc(list, func(c view.Choice) bool { return c.ID == o.ID }) {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, less)
	return list, answer.ID
}
