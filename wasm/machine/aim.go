package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/engine/debug"
	"vitrine/wasm/view"
)

// defaultWatched is how many bytes a watched write is about when nothing else is said.
const defaultWatched = 8

// aim reads what a run is to stop at: "break main", "break ffffffff80102030", "write 7ffff7ff8000 8", "register rax".
// Addresses are hexadecimal, or a symbol: of the kernel, of the running program, or "cow:main" of any.
func (s *Session) aim(text string) (debug.Goal, error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	if len(words) == 1 {
		words = strings.SplitN(words[0], ":", 2) // register:rax
	}
	if len(words) < 2 {
		return debug.Goal{}, errors.New("say what to wait for")
	}
	switch words[0] {
	case "register":
		return debug.Changing(words[1])
	case "break":
		la, anywhere, err := s.address(words[1])
		if err != nil {
			return debug.Goal{}, err
		}
		g := debug.AtAddress(s.comp.M, la)
		if anywhere {
			g.Breaks = []cpu.Break{{Addr: la, Any: true}}
		}
		return g, nil
	case "write":
		la, _, err := s.address(words[1])
		if err != nil {
			return debug.Goal{}, err
		}
		n := uint64(defaultWatched)
		if len(words) > 2 {
			if n, err = strconv.ParseUint(words[2], 0, 64); err != nil {
				return debug.Goal{}, fmt.Errorf("%q is not a number of bytes", words[2])
			}
		}
		return debug.Writing(s.comp.M, la, n)
	}
	return debug.Goal{}, fmt.Errorf("%q cannot be waited for", words[0])
}

// address finds a symbol's address, or reads one. It is meant in any address space when a program is named that need not run.
func (s *Session) address(text string) (la uint64, anywhere bool, err error) {
	if name, symbol, ok := strings.Cut(text, ":"); ok {
		for i := range s.progs {
			p := &s.progs[i]
			if p.Path != name && !strings.HasSuffix(p.Path, "/"+name) {
				continue
			}
			if la, ok := addressOf(p.Symbols, symbol); ok {
				return la, true, nil
			}
		}
		return 0, false, fmt.Errorf("%q is not known", text)
	}
	tables := [][]view.Symbol{bootSymbols()}
	if s.comp.K == nil {
		tables = [][]view.Symbol{s.picture.symbols}
	} else if p := s.picture.program(); p != nil {
		tables = append(tables, p.Symbols)
	}
	for _, t := range tables {
		if la, ok := addressOf(t, text); ok {
			return la, false, nil
		}
	}
	if la, err = strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64); err == nil {
		return la, false, nil
	}
	return 0, false, fmt.Errorf("%q is neither a hexadecimal address nor a symbol of the kernel or of the running program; “cow:main” names one of another", text)
}

func addressOf(symbols []view.Symbol, name string) (uint64, bool) {
	for _, s := range symbols {
		if s.Name == name {
			return s.Addr, true
		}
	}
	return 0, false
}

// askAim answers {kind: "aim", text} with nothing when a run can be aimed so, else with why not.
func askAim(s *Session, _ *job, raw []byte) (any, error) {
	var q struct{ Text string }
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, errQuestion
	}
	_, err := s.aim(q.Text)
	return struct{}{}, err
}
