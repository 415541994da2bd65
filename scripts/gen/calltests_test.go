package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/kernel/sys"
)

// untested are calls that no test program makes by name, and why.
var untested = map[string]string{
	"rseq":       "answered with ENOSYS, which musl and glibc expect",
	"pkey_alloc": "answered with ENOSYS, as by processors without protection keys",

	"set_thread_area": "int80/thread_areas makes it by its i386 number",
	"get_thread_area": "int80/thread_areas makes it by its i386 number",
}

// TestEveryCallIsTested: each system call that is here occurs in at least one of the programs that tests run.
func TestEveryCallIsTested(t *testing.T) {
	t.Chdir("../..")
	var all []testCase
	err := filepath.WalkDir("kernel", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".c" {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(all, testCase{path, cComment.ReplaceAllString(string(b), "")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	uses := make([]map[string]bool, len(all))
	for i := range all {
		uses[i] = all[i].uses()
	}
	var missing []string
	for _, s := range sys.Table() {
		if s.Fn == nil {
			continue
		}
		used := testsOf(s.Name, all, uses) != ""
		switch why := untested[s.Name]; {
		case !used && why == "":
			missing = append(missing, s.Name)
		case used && why != "":
			t.Errorf("%s is tested now", s.Name)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no test program calls %s", strings.Join(missing, ", "))
	}
}
