package main

import (
	"encoding/json"
	"errors"
)

// question is a kind of question that the page can ask of the machine: JSON in, JSON out. Whatever an answer does with the
// computer, it leaves it at the moment where it was.
type question struct {
	kind   string
	answer func(s *Session, j *job, raw []byte) (any, error)
}

// questions lists them all.
func questions() []question {
	return []question{
		{"state", askState},
		{"hash", askHash},
		{"now", askNow},
		{"link", askLink},
		{"file", askFile},
		{"who", askWho},
		{"printed", askPrinted},
		{"timeline", askTimeline},
		{"lanes", askLanes},
		{"compare", askCompare},
		{"aim", askAim},
		{"predict", askPredict},
	}
}

var errQuestion = errors.New("there is no such question")

// Ask has a question answered when its turn comes: reply is given the answer in JSON, or what went wrong.
func (s *Session) Ask(raw []byte, reply func(answer []byte, err error)) {
	var asked struct {
		Kind string
		Rest bool // once the machine has come where it was sent
	}
	if err := json.Unmarshal(raw, &asked); err != nil {
		reply(nil, errQuestion)
		return
	}
	for _, q := range questions() {
		if q.kind == asked.Kind {
			s.answer(q, raw, asked.Rest, reply)
			return
		}
	}
	reply(nil, errQuestion)
}

func (s *Session) answer(q question, raw []byte, rest bool, reply func([]byte, error)) {
	var text []byte
	s.queue(&job{name: "answering", rest: rest, work: func(j *job) error {
		answer, err := q.answer(s, j, raw)
		if err != nil {
			return err
		}
		text, err = json.Marshal(answer)
		return err
	}, over: func(err error) { reply(text, err) }})
}

func askHash(s *Session, _ *job, _ []byte) (any, error) { return hex(s.comp.Hash()), nil }

// askNow answers {kind: "now"} with the time: when the machine has come where it was sent.
func askNow(s *Session, _ *job, _ []byte) (any, error) { return s.comp.M.Now(), nil }
