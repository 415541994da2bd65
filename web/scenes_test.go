package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// cowMoment is a moment of the scene as the site's file has it, found by the machine that was built for this computer.
type cowMoment struct {
	Name, Text, Stage, Hash string
	Now                     float64
}

// here waits until the machine stands at a moment of the scene.
func here(t *testing.T, tab *browser.Tab, n int) {
	t.Helper()
	until(t, tab, fmt.Sprintf(`story.there && story.exact && story.at === %d && !travel.busy`, n))
}

// crowded lists what of a scene's text does not lie where it belongs, in any window: in its panel, beside each other, apart from
// the picture's frame where the panel is a band, inside the place that the picture leaves where it is a card.
const crowded = `(() => {
	const box = (e) => e.getBoundingClientRect(), wrong = [], lesson = $("lesson"), frame = box($("canvas"));
	const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
	const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
	if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is " + document.documentElement.scrollWidth + " wide");
	if ($("theater").hasAttribute("data-placed")) { if (!within(box(lesson), frame)) wrong.push("the card leaves the picture"); }
	else if (!apart(box(lesson), frame) || box(lesson).bottom > box(document.querySelector(".dock")).top) wrong.push("the band is not above picture and dock");
	const parts = [...lesson.children].filter((e) => !e.matches(".unseen") && e.offsetHeight && e.offsetWidth);
	for (const a of parts) {
		if (!within({ ...box(a).toJSON(), left: Math.max(box(a).left, box(lesson).left), right: Math.min(box(a).right, box(lesson).right) }, box(lesson))) wrong.push((a.id || a.className) + " leaves the panel");
		for (const b of parts) if (a !== b && !apart(box(a), box(b))) wrong.push((a.id || a.className) + " overlaps " + (b.id || b.className));
	}
	for (const b of [$("step-before"), $("step-after")]) if (innerWidth < 700 && box(b).height < 40) wrong.push(b.id + " is too low for a finger");
	if (box($("step-text")).height && box($("lesson-now")).height < 40) wrong.push("the moment's text is squeezed");
	return wrong.join("\n");
})()`

// A scene is opened by its address; its moments are gone through with the buttons, forwards and back, and with keys: each is the very
// state that the site's build came to. In no window does anything lie on anything else.
func TestScene(t *testing.T) {
	tab := open(t, 1440, 900, 1, "#scene=M38")
	said := heard(tab)
	live(t, tab)
	here(t, tab, 0)
	moments := eval[[]cowMoment](t, tab, `story.scene.moments`)
	if len(moments) < 3 {
		t.Fatalf("the scene has %d moments", len(moments))
	}
	if got := eval[string](t, tab, `[document.title, $("crumb-scene").textContent, $("lesson-title").textContent, $("note").hidden].join()`); got != "Copy on write · Vitrine,Copy on write,Copy on write,true" {
		t.Errorf("the scene is shown as %s", got)
	}
	for i, m := range moments {
		here(t, tab, i)
		got := eval[string](t, tab, `[$("step-name").textContent, $("step-text").textContent, state.stage].join("|")`)
		if want := strings.Join([]string{m.Name, strings.ReplaceAll(m.Text, "`", ""), m.Stage}, "|"); got != want {
			t.Errorf("moment %d shows %q, want %q", i, got, want)
		}
		if hash := awaited(t, tab, `ask({ kind: "hash" })`); hash != strings.TrimLeft(m.Hash, "0") {
			t.Errorf("moment %d has the state %s, the build came to %s", i, hash, m.Hash)
		}
		if i+1 < len(moments) {
			must(t, tab.Click("step-after"))
		}
	}
	if address := eval[string](t, tab, `location.hash`); address != fmt.Sprintf("#scene=M38&moment=%d", len(moments)) {
		t.Errorf("the address of the last moment is %s", address)
	}
	must(t, tab.Click("step-before"))
	here(t, tab, len(moments)-2)
	script(t, tab, `$("lesson-body").focus()`)
	must(t, tab.Type("p"))
	here(t, tab, len(moments)-3)
	predictBoth(t, tab)

	for _, size := range [][2]int{{1280, 720}, {1024, 768}, {360, 740}} {
		must(t, tab.Resize(size[0], size[1], 1))
		for _, n := range []int{0, 1} { // at the second one a question is asked
			script(t, tab, fmt.Sprintf(`goMoment(%d)`, n))
			here(t, tab, n)
			until(t, tab, fmt.Sprintf(`$("predict").hidden === %v`, n == 0))
			wrong := ""
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) { // the picture follows later
				if wrong = eval[string](t, tab, crowded); wrong == "" {
					break
				}
			}
			if wrong != "" {
				t.Errorf("%v, moment %d:\n%s", size, n, wrong)
			}
			must(t, tab.Shot(fmt.Sprintf("%sscene-%dx%d-%d.png", shots, size[0], size[1], n)))
		}
	}
	if text := said(); text != "" {
		t.Errorf("the browser's console says:\n%s", text)
	}
}

// A scene that ends in a panic tells of it itself: no message lies on the picture, neither there nor further back. One that the reader
// brings about is told of, until the reader goes back.
func TestSceneEnds(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1&scene=M42")
	here(t, tab, 0)
	script(t, tab, `goMoment(story.scene.moments.length - 1)`)
	until(t, tab, `state.twin.stop.startsWith("panic") && story.at === story.scene.moments.length - 1`)
	if eval[bool](t, tab, `!$("message").hidden`) {
		t.Error("the scene's panic is told of in a message")
	}
	script(t, tab, `chooseScene("M38")`)
	until(t, tab, `story.there && story.scene.id === "M38" && story.exact`)
	script(t, tab, `goMoment(story.scene.moments.length - 1)`)
	until(t, tab, `story.at === story.scene.moments.length - 1 && !travel.busy`)
	script(t, tab, `(command({ kind: "play" }), type("poweroff -f\r"))`)
	wait(t, tab, "message-title", "off")
	until(t, tab, `!$("message").hidden`)
	script(t, tab, `goMoment(0)`)
	here(t, tab, 0)
	until(t, tab, `$("message").hidden`)
}

// awaited awaits a promise.
func awaited(t *testing.T, tab *browser.Tab, js string) string {
	t.Helper()
	script(t, tab, `(window.came = "", `+js+`.then((v) => { window.came = String(v) }))`)
	until(t, tab, `window.came`)
	return eval[string](t, tab, `window.came`)
}

// predictBoth answers the scene's question wrongly, goes back, and answers it rightly. The machine comes to where the answer is seen.
func predictBoth(t *testing.T, tab *browser.Tab) {
	t.Helper()
	for _, right := range []bool{false, true} {
		script(t, tab, `goMoment(story.scene.ask.moment)`)
		until(t, tab, `!$("predict").hidden && prediction.question && !prediction.chosen`)
		before := eval[float64](t, tab, `state.timeline.now`)
		script(t, tab, fmt.Sprintf(`[...$("predict-choices").children].find((b) => (b.dataset.choice === prediction.question.answer) === %v).click()`, right))
		until(t, tab, fmt.Sprintf(`!travel.busy && state.timeline.now > %f && state.timeline.now >= prediction.question.reveal.n`, before))
		want := "Not this time"
		if right {
			want = "Yes"
		}
		if text := wait(t, tab, "predict-said", want); eval[string](t, tab, `$("predict-choices").querySelector("[data-is=answer]").textContent`) == "" {
			t.Errorf("the answer is not marked: %s", text)
		}
	}
}

// The list is used with the keyboard alone; a scene that does not exist is said not to; what the reader has chosen is remembered.
func TestSceneList(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1&scene=M99")
	wait(t, tab, "note-text", "no scene “M99”")
	wait(t, tab, "console-text", "~ #")
	script(t, tab, `$("list-open").focus()`)
	must(t, tab.Type("\r"))
	until(t, tab, `$("list").open && document.activeElement.matches(".list-entry")`)
	first := eval[string](t, tab, `document.activeElement.textContent`)
	must(t, tab.Hold("ArrowDown", false, 1, 0))
	until(t, tab, fmt.Sprintf(`document.activeElement.matches(".list-entry") && document.activeElement.textContent !== %q`, first))
	until(t, tab, `document.activeElement.querySelector("img").naturalWidth === 680`)
	id := eval[string](t, tab, `document.activeElement.hash.slice("#scene=".length)`)
	must(t, tab.Type("\r"))
	here(t, tab, 0)
	if got := eval[string](t, tab, `[story.scene.id, $("list").open, asked().get("scene")].join()`); got != id+",false,"+id {
		t.Errorf("the list opened %s, want %s", got, id)
	}

	brief := eval[string](t, tab, `(setDepth(1), $("lesson-text").textContent)`)
	script(t, tab, `$("depths").lastElementChild.click()`)
	deep := eval[string](t, tab, `$("lesson-text").textContent`)
	script(t, tab, `($("slow").click(), $("theme-choice").value = "dark", $("theme-choice").dispatchEvent(new Event("change")), goMoment(1))`)
	here(t, tab, 1)
	must(t, tab.Go("index.html?again#text=1&scene="+id))
	here(t, tab, 0)
	got := eval[string](t, tab, `[$("lesson-text").textContent, $("slow").checked, document.documentElement.dataset.theme].join("|")`)
	if got != deep+"|false|dark" || brief == deep {
		t.Errorf("after the next visit: %s", got)
	}

	// On to the next scene and, by the browser's own button, back.
	script(t, tab, `goMoment(story.scene.moments.length - 1)`)
	until(t, tab, `story.at === story.scene.moments.length - 1`)
	next := eval[string](t, tab, `(neighbour(story.scene.id, 1) || { title: "" }).title`)
	if next == "" {
		t.Fatal("the first scene is the last one")
	}
	wait(t, tab, "step-after", "Next scene: "+next)
	script(t, tab, `$("step-after").click()`)
	wait(t, tab, "crumb-scene", next)
	here(t, tab, 0)
	script(t, tab, `history.back()`)
	until(t, tab, fmt.Sprintf(`story.there && story.scene.id === %q`, id))
	script(t, tab, `chooseScene("machine")`)
	wait(t, tab, "console-text", "~ #")
	if eval[bool](t, tab, `!$("lesson").hidden || story.scene !== null`) {
		t.Error("just the machine is narrated")
	}
}

// reload loads the page anew when the machine has told where it is.
func reload(t *testing.T, tab *browser.Tab) {
	t.Helper()
	until(t, tab, `hereNow && hereNow.retired === state.timeline.retired`)
	script(t, tab, `(window.before = true, location.reload())`)
	until(t, tab, `!window.before && typeof story === "object"`)
}

// A reload finds the scene again, at an instruction between two moments, and with what the reader has added behind the last one.
func TestSceneReload(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1&scene=M38")
	here(t, tab, 0)
	script(t, tab, `gears.step.on()`)
	until(t, tab, `!story.exact && !travel.busy`)
	now := eval[float64](t, tab, `state.timeline.now`)
	reload(t, tab)
	until(t, tab, fmt.Sprintf(`story.there && state.timeline && state.timeline.now === %f`, now))
	if got := eval[string](t, tab, `[story.at, story.exact, $("step-name").textContent].join()`); got != "0,false,After: Before the fork" {
		t.Errorf("after the reload: %s", got)
	}

	last := eval[int](t, tab, `story.scene.moments.length`) - 1
	script(t, tab, fmt.Sprintf(`goMoment(%d)`, last))
	here(t, tab, last)
	script(t, tab, `(command({ kind: "play" }), type("echo $((6*7))more\r"))`)
	wait(t, tab, "console-text", "42more")
	reload(t, tab)
	wait(t, tab, "console-text", "42more")
	until(t, tab, fmt.Sprintf(`story.there && story.at === %d && !story.exact`, last))
	script(t, tab, `goMoment(1)`)
	here(t, tab, 1)

	script(t, tab, `restart()`)
	until(t, tab, `story.scene === null && $("lesson").hidden === !introWanted() && state.timeline.end > 0`)
}
