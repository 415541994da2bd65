package web

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/scripts/browser"
)

// hostile is what nobody should ever get into the document as markup.
const hostile = `"><img src=x onerror="window.taken=1"><svg onload=window.taken=1></svg><script>window.taken=1</script>`

// watch has a document collect what its policy reports.
const watch = `(window.violations = [], document.addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample)))`

// unharmed checks that nothing of the hostile text has become an element, that no script of it has run, and that the policy
// has reported nothing: had it, something would have been markup and only the policy stopped it.
func unharmed(t *testing.T, tab *browser.Tab, where string) {
	t.Helper()
	if n := eval[float64](t, tab, `document.querySelectorAll("img[src=x], svg[onload], [onerror], iframe[src^=javascript]").length + (window.taken ? 1000 : 0)`); n != 0 {
		t.Errorf("%s: the document holds %v elements that strangers wrote", where, n)
	}
	if v := eval[string](t, tab, `violations.join("\n")`); v != "" {
		t.Errorf("%s: the policy reports\n%s", where, v)
	}
}

// Hostile text in every field of the fragment, in a file's name, typed, printed, and as the name of a program and of a task.
func TestHostileText(t *testing.T) {
	bad := url.QueryEscape(hostile)
	var all strings.Builder
	for _, name := range []string{"r", "scene", "at", "speed", "stage", "theme", "disk", "mem", "boot", "run", "date", "panels", "controls", "autoplay", "lock", "start", "end", "markers", "narration", "origin", "unknown"} {
		fmt.Fprintf(&all, "%s=%s&", name, bad)
	}
	tab := open(t, 1024, 768, 1, "#"+all.String())
	script(t, tab, watch)
	until(t, tab, `!$("message").hidden`)
	unharmed(t, tab, "every field")
	for _, fragment := range []string{"r=" + bad, "boot=" + bad, "mem=" + bad, "disk=debian" + bad, bad, "scene=" + bad} {
		script(t, tab, fmt.Sprintf(`location.hash = %q`, fragment))
		script(t, tab, `restart()`)
		until(t, tab, `state.ready || !$("message").hidden`)
		unharmed(t, tab, fragment[:4])
	}

	script(t, tab, `(location.hash = "", restart())`)
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	command(t, tab, `h='`+hostile+`'; echo "$h"`, "</script>\n")
	command(t, tab, `printf '\033]0;%s\007' "$h"; cp /bin/hello "/tmp/<img src=x onerror=taken=1>"; "/tmp/<img src=x onerror=taken=1>"`, "Hello from ring 3!")
	command(t, tab, `(exec -a '<svg onload=taken=1>' sleep 1 & wait); mkdir "/tmp/<b>"; cat "/tmp/<b>"`, "directory")
	for _, stage := range []string{"machine", "cow", "instructions", "memory"} {
		script(t, tab, fmt.Sprintf(`setStage(%q)`, stage))
	}
	unharmed(t, tab, "the console")

	file := filepath.Join(t.TempDir(), "<img src=x onerror=taken=1>.img")
	must(t, os.WriteFile(file, []byte(hostile), 0o644))
	must(t, tab.Click("settings-open"))
	must(t, tab.Click("kernel-open"))
	must(t, tab.Upload("kernel-file", file))
	wait(t, tab, "kernel-name", "onerror")
	must(t, tab.Click("kernel-start"))
	wait(t, tab, "kernel-problem", "neither")
	unharmed(t, tab, "a file's name")

	// Had one of them become markup, the policy would have kept its script from running, and said so.
	script(t, tab, `document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.taken=1'>")`)
	until(t, tab, `violations.some((v) => v.startsWith("script-src"))`)
	if eval[bool](t, tab, `!!window.taken`) {
		t.Error("an inline script runs")
	}
}
