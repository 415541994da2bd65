package boot_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMechanismsHaveTests: every mechanism is in the list with tests that exist.
func TestMechanismsHaveTests(t *testing.T) {
	text, err := os.ReadFile("../../assets/docs/MECHANISMS.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| (M\d\d) \|[^|]*\|(.*)\|$`)
	named := regexp.MustCompile("`([^`]+)`")
	rows := row.FindAllStringSubmatch(string(text), -1)
	for i, m := range rows {
		if m[1] != fmt.Sprintf("M%02d", i+1) {
			t.Errorf("row %d is %s", i+1, m[1])
		}
		tests := named.FindAllStringSubmatch(m[2], -1)
		if len(tests) == 0 {
			t.Errorf("%s has no test", m[1])
		}
		for _, test := range tests {
			if !exists(test[1]) {
				t.Errorf("%s: there is no %s", m[1], test[1])
			}
		}
	}
	if len(rows) != 43 {
		t.Errorf("%d rows", len(rows))
	}
}

// exists tells whether there is such a test: "package TestName", or the name of a test program.
func exists(test string) bool {
	dir, name, isTest := strings.Cut(test, " ")
	if !isTest {
		found, _ := filepath.Glob("../../*/*/testdata/" + test)
		metal, _ := filepath.Glob("../../assets/metal/" + test)
		return len(found)+len(metal) > 0
	}
	files, _ := filepath.Glob("../../" + dir + "/*_test.go")
	for _, file := range files {
		if source, err := os.ReadFile(file); err == nil && strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
