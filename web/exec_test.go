package web

import (
	"strings"
	"testing"
)

// TestExecOnStage: in the page, too, the file's headers are shown, and its sections, which are read from the chunks of the disk
// that have come.
func TestExecOnStage(t *testing.T) {
	tab := open(t, 1200, 800, 1, "#stage=exec&run=hello-c%20one")
	text := wait(t, tab, "exec", "/bin/hello-c")
	for _, want := range []string{"LOAD", ".text", `argv[1] "one"`, "AT_ENTRY", "elf looked at 64 bytes: mine"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s:\n%s", want, text)
		}
	}
}
