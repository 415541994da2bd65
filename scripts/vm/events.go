package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"vitrine/engine/trace"
)

// parseKinds reads the list of -trace.
func parseKinds(s string) (trace.Mask, error) {
	if s == "" {
		return 0, nil
	}
	if s == "all" {
		return 1<<trace.NumKinds - 2, nil
	}
	var mask trace.Mask
	for _, name := range strings.Split(s, ",") {
		k, ok := trace.ByName(name)
		if !ok {
			return 0, fmt.Errorf("-trace %s: no such kind; there are %s", name, kindNames())
		}
		mask |= trace.MaskOf(k)
	}
	return mask, nil
}

func kindNames() string {
	var names []string
	for _, info := range trace.Kinds[1:] {
		names = append(names, info.Name)
	}
	return strings.Join(names, " ")
}

// printEvents writes what happened since the last call as JSON lines.
func (s *session) printEvents() {
	if s.mask == 0 {
		return
	}
	s.events = s.c.M.Trace.Drain(s.events[:0])
	w := bufio.NewWriter(os.Stderr)
	defer w.Flush()
	enc := json.NewEncoder(w)
	for _, e := range s.events {
		info := &trace.Kinds[e.Kind]
		line := struct {
			At   uint64 `json:"at"`
			Kind string `json:"kind"`
			Task uint16 `json:"task"`
			Ring uint8  `json:"ring"`
			Flow uint32 `json:"flow,omitempty"`
			A    string `json:"a"`
			B    string `json:"b,omitempty"`
		}{At: e.At, Kind: info.Name, Task: e.Task, Ring: e.Ring, Flow: e.Flow}
		line.A = field(info.A, e.A)
		line.B = field(info.B, e.B)
		enc.Encode(line)
	}
}

func field(f trace.Field, v uint64) string {
	if f.Name == "" {
		return ""
	}
	return fmt.Sprintf("%s="+f.Verb, f.Name, v)
}
