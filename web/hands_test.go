package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// hands are the reader's on time: a page whose machine has run a program and waits at its prompt.
type hands struct {
	t   *testing.T
	tab *browser.Tab
}

func newHands(t *testing.T, width, height int) *hands {
	h := &hands{t, open(t, width, height, 1, "#text=1&date=1767225600&run=hello%3B%20cow")}
	wait(t, h.tab, "console-text", "still reads A")
	h.until("the machine rests at its prompt", `state.twin.console.trimEnd().endsWith("~ #") && !travel.busy && scrubber.lanes && !scrubber.asking && scrubber.lanes.at.at(-1) === state.timeline.end`)
	return h
}

// until waits until a condition in JavaScript holds.
func (h *hands) until(what, condition string) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if ok, _ := browser.Eval[bool](h.tab, "!!("+condition+")"); ok {
			return
		}
		if time.Now().After(deadline) {
			state, _ := browser.Eval[string](h.tab, `JSON.stringify([state.timeline, state.twin.stop, travel.busy, $("where").textContent])`)
			h.t.Fatalf("in vain: %s; %s", what, state)
		}
	}
}

// still waits until no movement is under way.
func (h *hands) still() { h.t.Helper(); h.until("nothing moves", `!travel.busy && !scrubber.dragging`) }

// moment is where the machine is.
type moment struct {
	Now, Retired, End, EndRetired float64
	Past                          bool
	Branch                        int
	Hash                          string
}

// now asks the machine itself.
func (h *hands) now() (m moment) {
	h.t.Helper()
	h.still()
	script(h.t, h.tab, `(window.told = "", Promise.all([ask({kind: "timeline"}), ask({kind: "hash"})]).then(([t, hash]) => { window.told = JSON.stringify({...t, hash}); }))`)
	h.until("an answer", `window.told`)
	text, err := browser.Eval[string](h.tab, "window.told")
	must(h.t, err)
	must(h.t, json.Unmarshal([]byte(text), &m))
	return m
}

// at is the place of the window that is part x of the scrubber's axis.
func (h *hands) at(x float64) (px, py float64) {
	h.t.Helper()
	box, err := browser.Eval[[]float64](h.tab, fmt.Sprintf(`(() => { const b = $("lanes").getBoundingClientRect(), s = laneSpace(b.width, b.height); return [b.left + s.label + %v * (b.width - s.label - s.right), b.top + b.height / 2]; })()`, x))
	must(h.t, err)
	return box[0], box[1]
}

func (h *hands) focus(id string) { h.t.Helper(); script(h.t, h.tab, fmt.Sprintf(`$(%q).focus()`, id)) }

func (h *hands) where(want string) { h.t.Helper(); wait(h.t, h.tab, "where", want) }

// Dragging goes where the mouse is; from there each gear comes back to where it was, to the bit.
func TestHandsOnTime(t *testing.T) {
	h := newHands(t, 1100, 760)
	end := h.now()
	h.where("the present")

	x0, y := h.at(0.2)
	x1, _ := h.at(0.7)
	must(t, h.tab.Slide(x0, x1, y, 25))
	there := h.now()
	wanted, err := browser.Eval[[]float64](h.tab, `[along(scrubber.lanes.at, 0.69), along(scrubber.lanes.at, 0.71)]`)
	must(t, err)
	if !there.Past || there.Now < wanted[0] || there.Now > wanted[1] || there.End != end.End {
		t.Fatalf("dragged to %+v, wanted between %.0f and %.0f", there, wanted[0], wanted[1])
	}
	h.where("before the present")
	must(t, h.tab.Shot(shots+"hands-past.png"))

	must(t, h.tab.Click("step")) // from here on whole instructions: the drag may have ended between two
	from := h.now()
	for _, gear := range []struct{ on, back string }{{"step", "back"}, {"event", "event-back"}, {"micro-on", "micro-back"}} {
		for range 3 {
			must(t, h.tab.Click(gear.on))
			h.still()
		}
		if on := h.now(); on.Hash == from.Hash && gear.on != "micro-on" {
			t.Errorf("%s leads nowhere: %+v", gear.on, on)
		}
		before := h.now()
		must(t, h.tab.Click(gear.back))
		h.still()
		must(t, h.tab.Click(gear.on))
		if again := h.now(); again.Hash != before.Hash {
			t.Errorf("%s and %s lead from %+v to %+v", gear.back, gear.on, before, again)
		}
	}

	must(t, h.tab.Click("step"))
	h.still()
	h.focus("step")
	held := h.now()
	must(t, h.tab.Hold("ArrowLeft", false, 40, 15*time.Millisecond))
	back := h.now()
	time.Sleep(200 * time.Millisecond)
	if later := h.now(); later.Retired != back.Retired || back.Retired >= held.Retired || back.Retired < held.Retired-40 {
		t.Errorf("a key held down went from %.0f to %.0f, and then to %.0f", held.Retired, back.Retired, later.Retired)
	}
	t.Logf("40 repeats of a key went %.0f instructions back", held.Retired-back.Retired)
	for n := held.Retired - back.Retired; n > 0; n-- {
		must(t, h.tab.Hold("F11", false, 1, 0))
		h.still()
	}
	if again := h.now(); again.Hash != held.Hash {
		t.Errorf("back and on again from %+v to %+v", held, again)
	}

	must(t, h.tab.Click("now"))
	if again := h.now(); again.Hash != end.Hash || again.Past {
		t.Errorf("the present was %+v, and is %+v", end, again)
	}
}

// The scrubber is a slider: it has its keys, zooms under the wheel when it has the focus, and says what lies under the mouse.
func TestScrubber(t *testing.T) {
	h := newHands(t, 1280, 720)
	end := h.now()
	h.focus("track")
	must(t, h.tab.Hold("PageUp", false, 1, 0)) // at the end there is nothing further
	if m := h.now(); m.Past {
		t.Errorf("behind the present: %+v", m)
	}
	must(t, h.tab.Hold("PageDown", false, 1, 0))
	tenth := h.now()
	left := tenth
	for i := 0; i < 10 && left.Now == tenth.Now; i++ { // what the kernel does in one piece may be long
		must(t, h.tab.Hold("ArrowLeft", false, 1, 0))
		left = h.now()
	}
	must(t, h.tab.Hold("Home", false, 1, 0))
	home := h.now()
	if !(home.Retired == 0 && home.Now < left.Now && left.Now < tenth.Now && tenth.Now < end.Now) {
		t.Errorf("Home %+v, ArrowLeft %+v, PageDown %+v, the end %+v", home, left, tenth, end)
	}
	must(t, h.tab.Hold("End", false, 1, 0))
	if m := h.now(); m.Hash != end.Hash {
		t.Errorf("the end is %+v, was %+v", m, end)
	}
	text, err := browser.Eval[string](h.tab, `["aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"].map((a) => $("track").getAttribute(a)).join(" | ")`)
	must(t, err)
	if want := fmt.Sprintf("0 | %.0f | %.0f | instruction %.0f of %.0f", end.Now, end.Now, end.Retired, end.Retired); !strings.HasPrefix(text, want) {
		t.Errorf("a reader is told %q, want %q…", text, want)
	}

	x, y := h.at(0.5)
	must(t, h.tab.Hover(x, y))
	wait(t, h.tab, "hint", "ring 0")
	must(t, h.tab.Wheel(x, y, -300))
	h.until("zoomed in", `scrubber.window && scrubber.lanes.to < scrubber.lanes.total && scrubber.lanes.from > 0 && !$("whole").hidden`)
	middle, err := browser.Eval[float64](h.tab, `(scrubber.window.from + scrubber.window.to) / 2 / scrubber.lanes.total`)
	must(t, err)
	if middle < 0.48 || middle > 0.52 {
		t.Errorf("the wheel zooms about %.2f, the mouse is at 0.50", middle)
	}
	must(t, h.tab.Shot(shots+"hands-zoomed.png"))
	must(t, h.tab.Click("whole"))
	h.until("the whole run", `!scrubber.window && scrubber.lanes.to === scrubber.lanes.total`)
	script(t, h.tab, `(document.activeElement.blur(), scrollTo(0, 0))`)
	must(t, h.tab.Wheel(x, y, 300))
	h.until("the page scrolls", `scrollY > 50 && !scrubber.window`)

	table, err := h.tab.Text("lanes-text")
	must(t, err)
	for _, want := range []string{"ring 3", "ring 0", "idle", "2 sh", "system calls", "faults", "the present"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table does not tell of %q:\n%s", want, table)
		}
	}
}

// Typing in the past begins a branch; the old future is listed, can be renamed and gone back to.
func TestBranches(t *testing.T) {
	h := newHands(t, 390, 844)
	end := h.now()
	x, y := h.at(0.8)
	must(t, h.tab.ClickAt(x, y))
	past := h.now()
	if !past.Past || past.Branch != 0 {
		t.Fatalf("clicked to %+v", past)
	}
	script(t, h.tab, `type("echo other\r")`)
	h.where("A new branch begins here; the old future is kept.")
	wait(t, h.tab, "branches-open", "2 branches")
	script(t, h.tab, `play()`)
	wait(t, h.tab, "console-text", "\nother")
	must(t, h.tab.Click("branches-open"))
	script(t, h.tab, `(() => { const name = $("branch-list").querySelector("input"); name.value = "<b>first</b>"; name.dispatchEvent(new Event("change")); })()`)
	h.until("the new name", `state.timeline.branches[0].name === "<b>first</b>"`)
	must(t, h.tab.Shot(shots+"hands-branches-phone.png"))
	script(t, h.tab, `[...$("branch-list").querySelectorAll("button")].find((b) => b.title.startsWith("Go to")).click()`)
	h.until("the old future", `state.timeline.branch === 0 && !state.timeline.past`)
	if again := h.now(); again.Hash != end.Hash {
		t.Errorf("the old future ended at %+v, and is now %+v", end, again)
	}
	table, err := h.tab.Text("lanes-text")
	must(t, err)
	if !strings.Contains(table, "> <b>first</b>, from power-on") {
		t.Errorf("the table of branches:\n%s", table)
	}
	script(t, h.tab, `[...$("branch-list").querySelectorAll("button")].find((b) => b.title === "Forget branch 1").click()`)
	h.until("the branch is forgotten", `state.timeline.branches.length === 1 && $("branches-open").hidden`)
}

// A run is aimed at a function, backwards.
func TestBackUntilInThePage(t *testing.T) {
	h := newHands(t, 1100, 760)
	must(t, h.tab.Click("until-open"))
	must(t, h.tab.Type("nothing at all"))
	must(t, h.tab.Click("until-back"))
	wait(t, h.tab, "until-problem", "neither a hexadecimal address nor a symbol")
	must(t, h.tab.Shot(shots+"hands-until.png"))
	script(t, h.tab, `($("until-what").value = "cow:main")`)
	must(t, h.tab.Click("until-back"))
	wait(t, h.tab, "code", "cow: main")
	if m := h.now(); !m.Past {
		t.Errorf("at %+v", m)
	}
}
