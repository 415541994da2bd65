package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// stops are what the Tab key should come to, in this order: whatever can be operated and is seen. Of radio buttons it comes to one
// of a group.
const stops = `(window.stopName = (e) => e.id || e.tagName + ":" + (e.getAttribute("aria-label") || e.textContent).trim().slice(0, 40),
	[...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex]")].filter((e) =>
		!e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }) && (e.type !== "radio" || e.checked)).map(stopName))`

// stop is where the keyboard is, and what is wrong with how it is shown there: no ring, or out of sight.
const stop = `((e) => {
	if (!e || e === document.body) return ["", ""];
	const s = getComputedStyle(e), r = e.getBoundingClientRect(), hidden = e.matches("#typed, #canvas"); // these show it in the picture
	const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || e.closest("label, .file") && getComputedStyle(e.closest(".file") || e).outlineStyle !== "none";
	const seen = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
	return [stopName(e), hidden ? "" : (ring ? "" : "has no ring") + (seen ? "" : " is out of sight: " + JSON.stringify(r))];
})(document.activeElement)`

// walked presses Tab until the keyboard has come around, or out of the document, and returns where it was. The machine's own
// places keep the key: Escape leaves them.
func walked(t *testing.T, keys, tab *browser.Tab) (way []string) {
	t.Helper()
	for range 300 {
		at := eval[[]string](t, tab, stop)
		for deadline := time.Now().Add(patience / 10); at[1] != "" && time.Now().Before(deadline); at = eval[[]string](t, tab, stop) {
			time.Sleep(20 * time.Millisecond) // a page that grows meanwhile scrolls a moment later
		}
		if at[1] != "" {
			t.Errorf("%s %s", at[0], at[1])
		}
		if at[0] != "" && slices.Contains(way, at[0]) && at[0] != way[len(way)-1] {
			return way
		}
		if at[0] == "typed" || at[0] == "canvas" {
			must(t, keys.Type("\x1b"))
			until(t, tab, `document.activeElement === document.body`)
		}
		if at[0] != "" {
			way = append(way, at[0])
		} else if keys != tab && len(way) > 0 {
			return way
		}
		must(t, keys.Type("\t"))
	}
	t.Fatalf("Tab comes to no end: %s", strings.Join(way, " "))
	return nil
}

// tabTo presses Tab until an element has the keyboard.
func tabTo(t *testing.T, tab *browser.Tab, element string) {
	t.Helper()
	for range 60 {
		must(t, tab.Type("\t"))
		if eval[bool](t, tab, fmt.Sprintf(`document.activeElement.matches(%q)`, element)) {
			return
		}
	}
	t.Fatalf("Tab does not come to %s", element)
}

// The keyboard comes to everything on the page, in the order in which it is read, is seen wherever it is, and leaves again; with it
// alone the page is used: the menus and dialogs of the header, a scene's question, and on.
func TestKeyboardWalk(t *testing.T) {
	tab := open(t, 1280, 800, 1, "")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	want := eval[[]string](t, tab, stops)
	if len(want) < 60 {
		t.Fatalf("there are only %d places: %v", len(want), want)
	}
	script(t, tab, `focusConsole()`)
	way := walked(t, tab, tab)
	start := slices.Index(want, "typed")
	if around := slices.Concat(want[start:], want[:start]); !slices.Equal(way, around) {
		t.Errorf("Tab goes\n%s\nnot\n%s", strings.Join(way, " "), strings.Join(around, " "))
	}

	script(t, tab, `document.querySelector(".skip").focus()`)
	esc := func(closed, back string) {
		t.Helper()
		must(t, tab.Type("\x1b"))
		until(t, tab, fmt.Sprintf(`%s && document.activeElement.id === %q`, closed, back))
	}
	tabTo(t, tab, "#stage-open")
	must(t, tab.Type("\r"))
	until(t, tab, `!$("stages").hidden && document.activeElement.dataset.stage === "machine"`)
	esc(`$("stages").hidden`, "stage-open")
	tabTo(t, tab, "#list-open")
	must(t, tab.Type(" "))
	until(t, tab, `$("list").open && document.activeElement.matches(".list-entry")`)
	esc(`!$("list").open`, "list-open")
	tabTo(t, tab, "#share-open")
	must(t, tab.Type("\r"))
	until(t, tab, `$("share").open && document.activeElement.closest("#share")`)
	tabTo(t, tab, `[role=tab]`)
	must(t, tab.Hold("ArrowRight", false, 1, 0))
	until(t, tab, `!$("share-embed").hidden && document.activeElement.id === "share-tab-embed"`)
	esc(`!$("share").open`, "share-open")
	tabTo(t, tab, "#settings-open")
	must(t, tab.Type(" "))
	tabTo(t, tab, "#show-lanes")
	must(t, tab.Type(" "))
	until(t, tab, `document.documentElement.hasAttribute("data-no-lanes")`)
	must(t, tab.Type(" "))
	esc(`$("settings").hidden`, "settings-open")

	script(t, tab, `chooseScene("M38", 2)`)
	here(t, tab, 1)
	until(t, tab, `!$("predict").hidden`)
	script(t, tab, `$("lesson-close").focus()`)
	tabTo(t, tab, "#predict-choices button")
	must(t, tab.Type(" "))
	until(t, tab, `$("predict-said").textContent !== "" && document.activeElement.id === "step-after"`)
	until(t, tab, `!travel.busy && state.timeline.now >= prediction.question.reveal.n`)
	at := eval[int](t, tab, `story.at`)
	must(t, tab.Type("\r"))
	here(t, tab, at+1)
	must(t, tab.Type("p"))
	here(t, tab, at)
}

// A scene in an embed is told there without its being asked for, its picture keeps most of the room, and its embedder's keyboard
// comes through all of it and out again.
func TestEmbeddedScene(t *testing.T) {
	tab := embedded(t, 720, 480, "scene=M38&moment=2")
	f := frame(t, tab, 0)
	here(t, f, 1)
	live(t, f)
	for _, size := range []string{"720px,480px", "390px,500px"} {
		width, height, _ := strings.Cut(size, ",")
		script(t, tab, fmt.Sprintf(`Object.assign(document.querySelector("iframe").style, { width: %q, height: %q })`, width, height))
		until(t, f, fmt.Sprintf(`innerWidth === %s && !$("lesson").hidden && !$("predict").hidden`, strings.TrimSuffix(width, "px")))
		wrong := eval[string](t, f, `(() => {
			const lesson = $("lesson").getBoundingClientRect(), now = $("lesson-now"), dock = document.querySelector(".dock").getBoundingClientRect();
			return [lesson.height > innerHeight * .45 && "the text takes " + lesson.height, now.scrollHeight > now.clientHeight + 2 && "the question is cut off",
				$("machine").offsetHeight < lesson.height && "the picture is lower than the text", lesson.bottom > dock.top + 1 && "the text lies under the transport",
				parseFloat(getComputedStyle($("predict-text")).fontSize) < 13 && "too small"].filter(Boolean).join(); })()`)
		if wrong != "" {
			t.Errorf("%s: %s", size, wrong)
		}
		must(t, tab.Shot(fmt.Sprintf("%sembed-scene-%s.png", shots, width)))
	}
	want := eval[[]string](t, f, stops)
	script(t, tab, `focus()`)
	must(t, tab.Type("\t"))
	if way := walked(t, tab, f); !slices.Equal(way, want) {
		t.Errorf("in the embed Tab goes %v, not %v", way, want)
	}
	script(t, f, `$("step-after").focus()`)
	must(t, tab.Type("\r"))
	here(t, f, 2)
	script(t, f, `$("step-before").focus()`)
	must(t, tab.Type(" "))
	here(t, f, 1)
}
