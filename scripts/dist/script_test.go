package main

import (
	"os"
	"regexp"
	"testing"
)

// TestNames: the page's files share one scope; a name that two of them declare is one too many.
func TestNames(t *testing.T) {
	where := map[string]string{}
	for _, name := range script {
		text, err := os.ReadFile("../../web/page/" + name + ".js")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:async )?(?:function\*?|const|let|class) ([A-Za-z_$][\w$]*)`).FindAllSubmatch(text, -1) {
			if first, twice := where[string(m[1])]; twice {
				t.Errorf("%s is declared in %s.js and in %s.js", m[1], first, name)
			}
			where[string(m[1])] = name
		}
	}
	if len(where) < 100 {
		t.Errorf("only %d names", len(where))
	}
}
