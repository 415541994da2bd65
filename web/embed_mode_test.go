package web

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// embedEvery is how far apart, in CSS pixels, the embeds of a lesson lie: in its window there is room for one.
const embedEvery = 700

// embedded opens a page of another origin that embeds this one, sandboxed, once for each fragment.
func embedded(t *testing.T, width, height int, fragments ...string) *browser.Tab {
	t.Helper()
	needPage(t)
	tab, err := browser.Open(dist, width+100, embedEvery, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	var html strings.Builder
	html.WriteString("<!doctype html><meta charset=utf-8><title>A lesson</title><body style='margin:0;height:9000px'><script>addEventListener('keydown', (e) => { window.lastKey = e.key })</script>")
	for i, fragment := range fragments {
		fmt.Fprintf(&html, "<iframe sandbox=allow-scripts src='%sindex.html#embed=1&n=%d&%s' width=%d height=%d style='border:0;position:absolute;left:0;top:%dpx'></iframe>",
			tab.URL, i, fragment, width, height, i*embedEvery)
	}
	must(t, tab.Host(html.String()))
	return tab
}

// frame returns the document of an embed.
func frame(t *testing.T, tab *browser.Tab, n int) *browser.Tab {
	t.Helper()
	f, err := tab.Frame(fmt.Sprintf("embed=1&n=%d&", n), patience)
	must(t, err)
	return f
}

// heard collects what a document writes to the browser's console; what the graphics driver says is left out.
func heard(tab *browser.Tab) func() string {
	var mu sync.Mutex
	var lines []string
	tab.Listen(func(line string) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.Contains(line, "GL Driver Message") {
			lines = append(lines, line)
		}
	})
	return func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(lines, "\n") }
}

// A lesson with two embeds in a sandbox: keys, wheel and fingers are the lesson's until the reader clicks into one, and again
// after Esc; only what is seen runs.
func TestSandboxed(t *testing.T) {
	tab := embedded(t, 800, 500, "stage=time", "panels=console")
	f := frame(t, tab, 0)
	said := heard(f)
	wait(t, f, "console-text", "~ #")
	live(t, f)
	if origin := eval[string](t, f, `origin`); origin != "null" {
		t.Fatalf("the embed's origin is %q: it is not sandboxed", origin)
	}
	second := frame(t, tab, 1)
	if eval[bool](t, second, `state.worker !== null || state.ready`) {
		t.Error("the second embed runs before it has been seen")
	}

	// Nothing is taken from the lesson.
	scrolled := func(by string) { t.Helper(); until(t, tab, "scrollY "+by) }
	must(t, tab.Type("x"))
	if key := eval[string](t, tab, `String(window.lastKey)`); key != "x" {
		t.Errorf("the lesson got the key %q", key)
	}
	must(t, tab.Wheel(400, 400, 60)) // over the lanes of time, where the wheel zooms
	scrolled("== 60")
	for deadline := time.Now().Add(20 * time.Second); eval[float64](t, tab, `scrollY`) <= 100; time.Sleep(200 * time.Millisecond) { // a finger may find the page busy
		must(t, tab.Drag(400, 300, -100))
		if time.Now().After(deadline) {
			t.Fatal("a finger over the picture does not scroll the lesson")
		}
	}
	until(t, tab, `scrollTo(0, 0), scrollY === 0`)

	// A click into the picture: keys and wheel are the machine's.
	must(t, tab.ClickAt(400, 30))
	until(t, f, `document.documentElement.dataset.keyboard === "keys"`)
	until(t, f, `$("keyboard").textContent.includes("esc leaves")`)
	before := counted(t, f)
	must(t, tab.Type(" "))
	until(t, f, `!state.running`)
	must(t, tab.Wheel(400, 400, -60))
	time.Sleep(300 * time.Millisecond)
	if y := eval[float64](t, tab, `scrollY`); y != 0 {
		t.Errorf("the wheel scrolled the lesson by %v while the machine had it", y)
	}
	must(t, tab.Type("\x1b"))
	until(t, f, `document.documentElement.dataset.keyboard === ""`)
	for deadline := time.Now().Add(20 * time.Second); eval[float64](t, tab, `scrollY`) == 0; time.Sleep(200 * time.Millisecond) { // the canvas hears of it a moment later
		must(t, tab.Wheel(400, 400, 60))
		if time.Now().After(deadline) {
			t.Fatal("after Esc the wheel does not scroll the lesson")
		}
	}
	must(t, tab.Type(" "))
	time.Sleep(300 * time.Millisecond)
	if eval[bool](t, f, `state.running`) || counted(t, f) < before {
		t.Error("a key went to the machine after Esc")
	}

	// The other one comes into sight: it starts, and the first one rests.
	script(t, tab, fmt.Sprintf(`scrollTo(0, %d)`, embedEvery))
	must(t, tab.Shot(shots+"embed-second.png"))
	wait(t, second, "console-text", "~ #")
	until(t, f, `state.resting`)
	if eval[bool](t, second, `state.canvas !== null || !!$("canvas").getAttribute("src")`) {
		t.Error("the picture is fetched for a console alone")
	}
	must(t, tab.ClickAt(400, 100))
	until(t, second, `document.documentElement.dataset.keyboard === "typing"`)
	must(t, tab.Type("echo glass$((40+2))\r"))
	wait(t, second, "console-text", "glass42")
	must(t, tab.Shot(shots+"embed-console.png"))

	// This sandbox lets no page be opened: the mark gives the address of the moment.
	script(t, second, `$("open-page").click()`)
	until(t, second, `!$("address-box").hidden && /#r=./.test($("address").value) && !/embed=/.test($("address").value)`)
	if again := eval[string](t, f, `[...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i).join()`); again != "" {
		t.Errorf("two elements have the same id: %s", again)
	}
	if problems := said(); problems != "" {
		t.Errorf("the embed complains:\n%s", problems)
	}
}

// A locked span of a run: it begins and ends where it was asked to, can be played but not typed into or left; its theme follows
// the reader's.
func TestLockedSpan(t *testing.T) {
	tab := embedded(t, 640, 400, "lock=1&start=60000&end=61000&panels=console,transport&theme=auto&wild=1&narration=77&speed=-1")
	f := frame(t, tab, 0)
	until(t, f, `state.twin && state.twin.stop === "end"`)
	if n := counted(t, f); n != 61000 {
		t.Errorf("it ended at instruction %d", n)
	}
	script(t, f, `(setStage("cow"), focusConsole(), type("echo no"), command({kind: "step", n: 5}))`)
	time.Sleep(300 * time.Millisecond)
	if left := eval[string](t, f, `[state.stage, document.activeElement.id, $("line-form").hidden, $("open-page").hidden, state.twin.timeline.retired].join()`); left != "machine,,true,true,61000" {
		t.Errorf("the locked machine is at %s", left)
	}
	for _, scheme := range []string{"dark", "light"} {
		must(t, f.Scheme(scheme))
		until(t, f, fmt.Sprintf(`document.documentElement.dataset.theme === %q`, scheme))
	}
}
