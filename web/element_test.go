package web

import (
	"fmt"
	"strings"
	"testing"

	"vitrine/scripts/browser"
)

// strict is a course platform's page of another origin, which allows neither inline styles nor any script but Vitrine's,
// and holds what is given. Its script comes as a classic one or as a module.
func strict(t *testing.T, module bool, body string) (tab *browser.Tab, said func() string) {
	t.Helper()
	needPage(t)
	tab, err := browser.Open(dist, 900, 700, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	site := strings.TrimSuffix(tab.URL, "/some/course/")
	kind := ""
	if module {
		kind = ` type="module"`
	}
	said = heard(tab)
	must(t, tab.Host(fmt.Sprintf(`<!doctype html><meta charset="utf-8"><title>A lesson</title>
		<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %[1]s; frame-src %[1]s">
		<script%[3]s src="%[2]sembed.js"></script>%[4]s`, site, tab.URL, kind, body)))
	return tab, said
}

const spacer = `<svg width="10" height="3000"></svg>`

// The element makes its frame when it is about to be seen, drives it, takes it along and begins anew where it must, in a page
// with a strict policy.
func TestElement(t *testing.T) {
	tab, said := strict(t, false, `<div id="here"><vitrine-machine id="a" text="1" paused title="First"><a href="/">no script</a></vitrine-machine></div><div id="there"></div>`+
		spacer+`<vitrine-machine id="b" text="1" paused lock aspect="2/1" width="300"></vitrine-machine>`)
	script(t, tab, `(window.a = document.getElementById("a"), window.b = document.getElementById("b"), window.seen = [],
		["ready", "moment", "event"].forEach((name) => a.addEventListener(name, (e) => seen.push(name + (e.detail.kind || "")))))`)
	state := asked(t, tab, `a.step(5)`)
	if state["instruction"] != 5.0 {
		t.Errorf("five steps: %v", state)
	}
	asked(t, tab, `(async () => { while (a.state?.instruction !== 5) await new Promise((on) => setTimeout(on, 20)); })()`)
	for name, want := range map[string]string{
		"frames":                   `[...document.querySelectorAll("vitrine-machine")].map((m) => m.querySelectorAll("iframe").length).join() === "1,0"`,
		"lazy, far below":          `b.children.length === 0`,
		"sandbox":                  `a.firstChild.getAttribute("sandbox") === "allow-scripts" && a.children.length === 1`,
		"title":                    `a.firstChild.title === "First"`,
		"address":                  `a.src.startsWith(` + fmt.Sprintf("%q", tab.URL) + ` + "index.html#embed=1&") && new URLSearchParams(new URL(a.src).hash.slice(1)).get("origin") === origin`,
		"switches":                 `/&paused=1&text=1&/.test(a.src) && /&lock=1&/.test(b.src)`,
		"size":                     `a.offsetHeight === 560 && a.firstChild.offsetHeight === 560 && b.offsetWidth === 300 && b.offsetHeight === 150`,
		"properties":               `(a.narration = 2, a.getAttribute("narration") === "2" && (a.narration = null, !a.hasAttribute("narration")))`,
		"nothing of it is global":  `typeof methods === "undefined" && typeof words === "undefined"`,
		"no second one is defined": `customElements.get("vitrine-machine") === a.constructor`,
	} {
		if ok, err := browser.Eval[bool](tab, want); err != nil || !ok {
			t.Errorf("%s: %v %v", name, ok, err)
		}
	}
	asked(t, tab, `a.ready`) // narration began it anew
	if wrong := asked(t, tab, `a.step({ n: "<b>" })`); !strings.Contains(fmt.Sprint(wrong["error"]), "whole number") {
		t.Errorf("a wild step: %v", wrong)
	}
	asked(t, tab, `a.subscribe({ kinds: ["mode"] })`)
	state = asked(t, tab, `(async () => { const gone = a.seek(1).catch((e) => e); document.getElementById("there").append(a);
		const why = await gone; await a.ready; return { ...(await a.stepEvent("boot")), why: why.message, frames: a.querySelectorAll("iframe").length }; })()`)
	if state["frames"] != 1.0 || !strings.Contains(fmt.Sprint(state["why"]), "taken out") || state["instruction"] == 0.0 {
		t.Errorf("moved: %v", state)
	}
	asked(t, tab, `(async () => { while (!seen.includes("eventmode") || !seen.includes("moment")) await new Promise((on) => setTimeout(on, 20)); })()`)
	if ok, err := browser.Eval[bool](tab, `(a.remove(), a.children.length === 1 && a.firstChild.href !== undefined && a.state === null)`); err != nil || !ok {
		t.Errorf("removed: %v %v", ok, err)
	}
	if answer := asked(t, tab, `b.type("x")`); !strings.Contains(fmt.Sprint(answer["error"]), "locked") {
		t.Errorf("asking makes the frame come, locked: %v", answer)
	}
	if text := said(); text != "" {
		t.Errorf("the browser's console says:\n%s", text)
	}
}

// As a module the script finds where it came from as well.
func TestElementAsModule(t *testing.T) {
	tab, said := strict(t, true, `<vitrine-machine id="a" text="1" paused></vitrine-machine>`)
	if state := asked(t, tab, `customElements.whenDefined("vitrine-machine").then(() => document.getElementById("a").getState())`); state["instruction"] != 0.0 {
		t.Errorf("%v", state)
	}
	if text := said(); text != "" {
		t.Errorf("the browser's console says:\n%s", text)
	}
}
