//go:build linux

package sys_test

import (
	"strings"
	"testing"
)

// A test program's output is that of its cases, each after a line "== NAME". What comes before the first has no name.
type testCase struct{ name, out string }

// notHere ends what a case prints that may not do what it tests.
const notHere = "not here\n"

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

// named returns what case i of a run printed, when that case is called name.
func named(run []testCase, i int, name string) (string, bool) {
	if i >= len(run) || run[i].name != name {
		return "", false
	}
	return run[i].out, true
}

// agrees tells whether each case of the guest's run is equal to that of one of the host's.
func agrees(hosts []result, guest result) bool {
	g := cases(guest.out)
	for i, c := range cases(hosts[0].out) {
		out, ok := named(g, i, c.name)
		if !ok || !strings.HasSuffix(c.out, notHere) && !someEqual(hosts, i, c.name, out) {
			return false
		}
	}
	return hosts[len(hosts)-1].status == guest.status
}

func someEqual(hosts []result, i int, name, out string) bool {
	for _, host := range hosts {
		if h, ok := named(cases(host.out), i, name); ok && h == out {
			return true
		}
	}
	return false
}

// compareCases compares runs of one program, case by case. Where the host's own runs differ, one of them is enough.
func compareCases(t *testing.T, hosts []result, guest result) {
	t.Helper()
	g, last := cases(guest.out), hosts[len(hosts)-1]
	if last.status != guest.status {
		t.Errorf("exit status: host %d, guest %d", last.status, guest.status)
	}
	h := cases(last.out)
	for i, c := range h {
		t.Run(c.name, func(t *testing.T) {
			out, ok := named(g, i, c.name)
			if !ok {
				t.Fatal("the guest did not come to it")
			}
			if strings.HasSuffix(c.out, notHere) {
				t.Skip("the host does not allow it")
			}
			if !someEqual(hosts, i, c.name, out) {
				t.Errorf("output differs:\n%s", firstDifference(c.out, out))
			}
		})
	}
	if len(g) > len(h) {
		t.Errorf("the guest went on to %s", g[len(h)].name)
	}
}
