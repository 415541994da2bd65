package web

import (
	"fmt"
	"os"
	"testing"

	"vitrine/scripts/browser"
)

// axe is the checker, fetched by scripts/axe.
const axe = "../build/axe/node_modules/axe-core/axe.min.js"

// checked lets the checker look at the page as it is now. Its rules are those of WCAG 2.0 to 2.2, levels A and AA, and its best practices.
func checked(t *testing.T, tab *browser.Tab, what string) {
	t.Helper()
	source, err := os.ReadFile(axe)
	must(t, err)
	script(t, tab, fmt.Sprintf(`(window.axe || (0, eval)(%q), window.axeSaid = "", axe.run(document, {iframes: false}).then((r) => {
		window.axeSaid = "checked " + r.passes.length + "\n" + r.violations.map((v) => v.id + ": " + v.help + "\n" + v.nodes.slice(0, 6).map((n) => "    " + n.html.slice(0, 160) + "  " + n.failureSummary.split("\n").slice(1).join(" ").slice(0, 200)).join("\n")).join("\n"); }, (e) => { window.axeSaid = "failed " + e; }))`, source))
	until(t, tab, "window.axeSaid")
	var passed int
	said := eval[string](t, tab, "window.axeSaid")
	if n, _ := fmt.Sscanf(said, "checked %d\n", &passed); n != 1 || passed < 15 {
		t.Fatalf("%s: the checker says %q", what, said)
	}
	if want := fmt.Sprintf("checked %d\n", passed); said != want {
		t.Errorf("%s: %s", what, said[len(want):])
	}
}

// TestAxe: an automatic checker of accessibility finds nothing in any page or dialog, light and dark, wide and on a phone.
func TestAxe(t *testing.T) {
	needPage(t)
	if _, err := os.Stat(axe); err != nil {
		t.Skip("needs axe-core: scripts/axe build/axe")
	}
	for _, scheme := range []string{"light", "dark"} {
		tab := open(t, 1440, 900, 1, "#theme="+scheme)
		wait(t, tab, "console-text", "~ #")
		live(t, tab)
		checked(t, tab, scheme+", the page")
		for open, close := range map[string]string{"help": "help", "settings-open": "settings-open", "list-open": "", "share-open": "share-close"} {
			script(t, tab, fmt.Sprintf(`$(%q).click()`, open))
			until(t, tab, `!document.querySelector("dialog:not([open]) [aria-busy=true]")`)
			checked(t, tab, scheme+", behind "+open)
			if close == "" {
				script(t, tab, `document.querySelector("dialog[open]").close()`)
			} else {
				script(t, tab, fmt.Sprintf(`$(%q).click()`, close))
			}
		}
		must(t, tab.Resize(390, 844, 1))
		checked(t, tab, scheme+", on a phone")
		must(t, tab.Go("embed.html"))
		until(t, tab, `document.readyState === "complete"`)
		checked(t, tab, scheme+", the lesson")
		tab.Close()
	}
}
