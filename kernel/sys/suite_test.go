package sys_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// minCases is how many cases the suite has at least.
const minCases = 300

var caseLine = regexp.MustCompile(`(?m)^CASE\((\w+)\)`)

// topic is one test program and the names of its cases; one without names is a single story.
type topic struct {
	name, text string
	cases      []string
}

// suite is all test programs that run on the host and in the guest.
func suite(t *testing.T) []topic {
	t.Helper()
	sources, _ := filepath.Glob("testdata/*.c")
	var all []topic
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		one := topic{name: strings.TrimSuffix(filepath.Base(source), ".c"), text: string(text)}
		for _, m := range caseLine.FindAllStringSubmatch(one.text, -1) {
			one.cases = append(one.cases, m[1])
		}
		if len(one.cases) == 0 {
			one.cases = []string{"all"}
		}
		all = append(all, one)
	}
	return all
}

// TestSuiteSize counts the cases of each topic.
func TestSuiteSize(t *testing.T) {
	n := 0
	for _, one := range suite(t) {
		seen := map[string]bool{}
		for _, c := range one.cases {
			if seen[c] {
				t.Errorf("%s has two cases %s", one.name, c)
			}
			seen[c] = true
		}
		t.Logf("%4d %s", len(one.cases), one.name)
		n += len(one.cases)
	}
	t.Logf("%4d cases", n)
	if n < minCases {
		t.Errorf("%d cases, want %d", n, minCases)
	}
}
