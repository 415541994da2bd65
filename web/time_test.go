package web

import (
	"fmt"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// saidOf asks the page's machine a question and returns what an expression makes of the answer a.
func saidOf(t *testing.T, tab *browser.Tab, question, expression string) string {
	t.Helper()
	script(t, tab, fmt.Sprintf(`(window.heard = undefined, ask(%s).then((a) => { window.heard = String(%s); }, (e) => { window.heard = "refused: " + e.message; }))`, question, expression))
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if there, _ := browser.Eval[bool](tab, "window.heard !== undefined"); there {
			text, err := browser.Eval[string](tab, "window.heard")
			must(t, err)
			return text
		}
	}
	t.Fatalf("no answer to %s", question)
	return ""
}

// The page's machine goes back, comes to the same state again, and what is typed in the past begins another future.
func TestTimeInThePage(t *testing.T) {
	tab := open(t, 800, 600, 1, "#text=1&date=1&stage=frames")
	wait(t, tab, "console-text", "~ #")
	wait(t, tab, "pages", "page cache")
	if is, _ := browser.Eval[string](tab, "state.stage"); is != "memory" {
		t.Errorf("stage=frames of older addresses opens %q", is)
	}
	command(t, tab, "seq 1 3000 | md5sum", "-\n")
	script(t, tab, `command({ kind: "pause" })`)
	end, hash := saidOf(t, tab, `{ kind: "state" }`, "a.timeline.retired"), saidOf(t, tab, `{ kind: "hash" }`, "a")
	for _, part := range []string{"0.1", "0.9", "0.5"} {
		script(t, tab, fmt.Sprintf(`command({ kind: "seekretired", n: Math.round(%s * %s) })`, end, part))
		script(t, tab, `command({ kind: "back", n: 1 })`)
		if past := saidOf(t, tab, `{ kind: "state" }`, "a.timeline.past && a.timeline.retired < a.timeline.endRetired"); past != "true" {
			t.Fatalf("at %s of the way it is not in the past", part)
		}
		script(t, tab, `command({ kind: "end" })`)
		if again := saidOf(t, tab, `{ kind: "hash" }`, "a"); again != hash {
			t.Fatalf("the hash at the end is %s, it was %s", again, hash)
		}
	}
	script(t, tab, fmt.Sprintf(`command({ kind: "seekretired", n: Math.round(%s * 0.5) })`, end))
	script(t, tab, `command({ kind: "play" })`)
	script(t, tab, `command({ kind: "input", text: "x" })`)
	if n := saidOf(t, tab, `{ kind: "state" }`, "a.timeline.branches.length"); n != "2" {
		t.Errorf("%s branches", n)
	}
	script(t, tab, `command({ kind: "branch", n: 0 })`)
	if again := saidOf(t, tab, `{ kind: "hash" }`, "a"); again != hash {
		t.Errorf("the first future's hash is %s, it was %s", again, hash)
	}
	if answer := saidOf(t, tab, `{ kind: "nonsense" }`, "a"); answer != "refused: there is no such question" {
		t.Errorf("a question that there is not: %s", answer)
	}
}
