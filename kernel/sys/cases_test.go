//go:build linux

package sys_test

import (
	"strings"
	"testing"
)

// A test program's output is that of its cases, each after a line "== NAME". What comes before the first has no name.
type testCase struct{ name, out string }

func cases(out string) []testCase {
	all := []testCase{{name: "all"}}
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			all = append(all, testCase{name: strings.TrimSpace(name)})
			continue
		}
		all[len(all)-1].out += line
	}
	if all[0].out == "" {
		all = all[1:]
	}
	return all
}

// compareCases compares two runs of one program, case by case.
func compareCases(t *testing.T, host, guest string) {
	t.Helper()
	h, g := cases(host), cases(guest)
	for i, c := range h {
		t.Run(c.name, func(t *testing.T) {
			if i >= len(g) || g[i].name != c.name {
				t.Fatal("the guest did not come to it")
			}
			if c.out != g[i].out {
				t.Errorf("output differs:\n%s", firstDifference(c.out, g[i].out))
			}
		})
	}
	if len(g) > len(h) {
		t.Errorf("the guest went on to %s", g[len(h)].name)
	}
}
