//go:build linux

package sys_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
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

// needCompiler skips a test where test programs cannot be compiled.
func needCompiler(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("no musl-gcc here")
	}
}

// compiled is a test program that can be run.
type compiled struct{ name, path string }

// builtSuite compiles the suite once, into a directory that TestMain removes.
var builtSuite = sync.OnceValues(func() ([]compiled, error) {
	dir, err := os.MkdirTemp("", "suite")
	if err != nil {
		return nil, err
	}
	suiteDir = dir
	sources, _ := filepath.Glob("testdata/*.c")
	var all []compiled
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		if !asked(name) {
			continue
		}
		p := compiled{name, filepath.Join(dir, name)}
		if err := compileTo(source, p.path); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
})

// asked tells whether -run may mean a program: TestAgainstHost/NAME need not compile the others.
func asked(name string) bool {
	parts := strings.Split(flag.Lookup("test.run").Value.String(), "/")
	if len(parts) < 2 {
		return true
	}
	want, err := regexp.Compile(parts[1])
	return err != nil || want.MatchString(name)
}

var suiteDir string

func TestMain(m *testing.M) {
	status := m.Run()
	if suiteDir != "" {
		os.RemoveAll(suiteDir)
	}
	os.Exit(status)
}

func compiledSuite(t *testing.T) []compiled {
	t.Helper()
	needCompiler(t)
	all, err := builtSuite()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// compileTo makes a static program with musl.
func compileTo(source, to string) error {
	cmd := exec.Command("musl-gcc", "-static", "-Os", "-s", "-w", "-fno-toplevel-reorder", "-D_GNU_SOURCE", "-o", to, source, "-lpthread")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %v\n%s", source, err, out)
	}
	return nil
}
