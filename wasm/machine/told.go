package main

import (
	"encoding/json"
	"fmt"

	"vitrine/engine/trace"
)

// happening is an event as the page's guests are told of it.
type happening struct {
	Kind string            `json:"kind"`
	Now  uint64            `json:"now"`
	Task uint16            `json:"task"`
	Ring uint8             `json:"ring"`
	Text string            `json:"text"`
	Data map[string]string `json:"data"`
	Lost int               `json:"lost"` // how many before it were left out
}

// maxTold bounds what is told between two pictures: the newest are.
const maxTold = 64

// told are the events of the kinds that somebody wants to be told of, in JSON; "" when there are none.
func (s *Session) told(events []trace.Event) string {
	var list []happening
	lost := 0
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		switch {
		case s.tell>>e.Kind&1 == 0:
		case len(list) == maxTold:
			lost++
		default:
			list = append(list, s.happening(e))
		}
	}
	if len(list) == 0 {
		return ""
	}
	list[len(list)-1].Lost = lost
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(text)
}

func (s *Session) happening(e *trace.Event) happening {
	info := &trace.Kinds[e.Kind]
	h := happening{Kind: info.Name, Now: e.At, Task: e.Task, Ring: e.Ring, Text: info.Text, Data: map[string]string{}}
	if e.Kind == trace.Syscall || e.Kind == trace.SyscallRet {
		h.Data["call"] = s.picture.callName(e.A)
	}
	for _, f := range []struct {
		field trace.Field
		value uint64
	}{{info.A, e.A}, {info.B, e.B}} {
		if f.field.Name != "" {
			h.Data[f.field.Name] = fmt.Sprintf(f.field.Verb, f.value)
		}
	}
	return h
}
