package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"vitrine/scripts/bench/measure"
	"vitrine/scripts/browser"
)

// machine is one of those compared: a page of the served folder.
type machine struct{ name, page string }

// rounds are the results of one start of one machine: by kernel, its runs in order. The first is cold.
type rounds map[string][]measure.Result

// inTurns starts each machine in turn, again and again, each time in a fresh page of the same browser. The answer is by
// machine and turn.
func inTurns(folder string, machines []machine, turns int) ([][]rounds, error) {
	tab, err := browser.Open(folder, 400, 300, 1)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	runs := make([][]rounds, len(machines))
	for turn := range turns {
		for i, m := range machines {
			fmt.Fprintf(os.Stderr, "\rturn %d of %d: %-14s", turn+1, turns, m.name)
			r, err := once(tab, m)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			runs[i] = append(runs[i], r)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%-40s\r", "")
	return runs, nil
}

// once opens the machine's page, waits until it has run everything, and leaves it.
func once(tab *browser.Tab, m machine) (rounds, error) {
	if err := tab.Go("wasm_exec.js"); err != nil {
		return nil, err
	}
	if err := tab.Go(m.page); err != nil {
		return nil, err
	}
	text, err := tab.WaitFor("results", 10*time.Minute, func(s string) bool {
		return strings.Contains(s, "done") || strings.Contains(s, "failed")
	})
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text string) (rounds, error) {
	r := rounds{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "done" {
			return r, nil
		}
		var one measure.Result
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return nil, errors.New(line)
		}
		r[one.Kernel] = append(r[one.Kernel], one)
	}
	return nil, errors.New("it did not end")
}

// cold is the first run of a kernel in milliseconds, warm the fastest of the others: whatever else the host does only
// makes a run slower.
func (r rounds) cold(kernel string) float64 { return r[kernel][0].Ms }

func (r rounds) warm(kernel string) float64 {
	best := r[kernel][1].Ms
	for _, one := range r[kernel][2:] {
		best = min(best, one.Ms)
	}
	return best
}
