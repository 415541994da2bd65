package web

import (
	"fmt"
	"strings"
	"testing"

	"vitrine/scripts/browser"
)

// Every machine of the lesson comes to life when it is scrolled to, its buttons and its table work, it changes its colours,
// and the browser has nothing to complain of.
func TestLesson(t *testing.T) {
	needPage(t)
	tab, err := browser.Open(dist, 800, 600, 1) // software draws the pictures
	must(t, err)
	t.Cleanup(tab.Close)
	said := heard(tab)
	must(t, tab.Go("embed.html"))
	if n, err := browser.Eval[int](tab, `document.querySelectorAll("iframe").length`); err != nil || n > 1 {
		t.Errorf("%d machines are there before anybody scrolls (%v)", n, err)
	}
	for _, id := range strings.Fields("boot cow walk time console locked driven telling left right narrow") {
		script(t, tab, fmt.Sprintf(`document.getElementById(%q).scrollIntoView({ block: "center" })`, id))
		ready := asked(t, tab, fmt.Sprintf(`$(%q).ready`, id))
		if ready["running"] != true || ready["locked"] != (id == "locked") {
			t.Errorf("%s: %v", id, ready)
		}
		switch id {
		case "driven":
			driven(t, tab)
		case "telling":
			wait(t, tab, "happened", "copied on write")
			if markup, err := browser.Eval[int](tab, `$("happened").querySelectorAll("td > *").length`); err != nil || markup != 0 {
				t.Errorf("the table holds %d elements of somebody's making (%v)", markup, err)
			}
		default: // it does something by itself, or stands at its link's moment
			asked(t, tab, fmt.Sprintf(`(async () => { while (!($(%[1]q).state?.instruction > 0)) await new Promise((on) => setTimeout(on, 30)); })()`, id))
		}
	}
	line, err := browser.Eval[string](tab, `$("narrow").closest("figure").querySelector(".line").textContent`)
	must(t, err)
	if !strings.HasPrefix(line, `<vitrine-machine stage="instructions" run="hello"`) {
		t.Errorf("the line below it is %s", line)
	}
	script(t, tab, `$("theme").click()`)
	if theme, err := browser.Eval[string](tab, `document.documentElement.dataset.theme + $("narrow").theme`); err != nil || theme != "darkdark" {
		t.Errorf("the colours are %s (%v)", theme, err)
	}
	if text := said(); text != "" {
		t.Errorf("the browser's console says:\n%s", text)
	}
}

// driven goes through the buttons that drive a machine, to and fro.
func driven(t *testing.T, tab *browser.Tab) {
	t.Helper()
	said := ""
	for _, step := range []struct{ button, want string }{{"copy-back", "copied frame"}, {"copy-on", "copied frame"}, {"one-back", "Instruction"}, {"one-on", "Instruction"}} {
		script(t, tab, `$("told").textContent = ""`)
		script(t, tab, fmt.Sprintf(`$(%q).click()`, step.button))
		told := wait(t, tab, "told", step.want)
		_, where, _ := strings.Cut(told, "Instruction")
		if step.button == "one-on" && where != said {
			t.Errorf("one instruction back and on leads from%s to%s", said, where)
		}
		if step.button == "copy-on" {
			said = where
		}
	}
}
