package web

import (
	"fmt"
	"strings"
	"testing"

	"vitrine/scripts/browser"
)

// place is a point of the page.
type place struct{ X, Y float64 }

// characterAt scrolls to a character of the console's text and returns where it is: of the last occurrence of text, the character n.
func characterAt(t *testing.T, tab *browser.Tab, text string, n int) place {
	t.Helper()
	at, err := browser.Eval[place](tab, fmt.Sprintf(`(() => {
		const log = $("console-text"), node = log.firstChild, i = node.data.lastIndexOf(%q) + %d, range = document.createRange();
		log.scrollIntoView({ block: "center" }); log.scrollTop = log.scrollHeight;
		range.setStart(node, i); range.setEnd(node, i + 1);
		const box = range.getBoundingClientRect();
		return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
	})()`, text, n))
	must(t, err)
	return at
}

// TestWhoPrinted clicks a character of a program's output in the console's text and in the canvas, goes to where it was printed,
// and asks on from there.
func TestWhoPrinted(t *testing.T) {
	tab := open(t, 1200, 900, 1, "")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	command(t, tab, "cow", "still reads A")
	at := characterAt(t, tab, "still reads", 2)
	must(t, tab.ClickAt(at.X, at.Y))
	title := wait(t, tab, "answer-title", "printed by")
	if !strings.HasPrefix(title, "The character ‘i’ was printed by cow, pid ") {
		t.Errorf("the title says %q", title)
	}
	facts := wait(t, tab, "answer-facts", "syscall")
	if !strings.Contains(facts, "writev(1, ") || !strings.Contains(facts, "port 0x3f8") || !strings.Contains(facts, "i at 0x") {
		t.Errorf("the facts are\n%s", facts)
	}
	must(t, tab.Shot(shots+"who-printed.png"))

	press(t, tab, "Who put it in memory?")
	text := wait(t, tab, "answer-text", "‘i’")
	if !strings.Contains(wait(t, tab, "answer-facts", "cow"), "ring") {
		t.Errorf("who put it there: %s", text)
	}
	press(t, tab, "Go there")
	wait(t, tab, "registers", "ring 3")
	until(t, tab, `state.twin.timeline.past`)
	want := eval[string](t, tab, `[...$("answer-facts").querySelectorAll("dd")][2].textContent.split(" ")[0]`)
	if registers := wait(t, tab, "registers", "rip"); !strings.Contains(registers, strings.TrimPrefix(want, "0x")) {
		t.Errorf("the instruction is at %s; the machine is at\n%s", want, registers)
	}
	script(t, tab, `command({ kind: "end" })`)
	until(t, tab, `!state.twin.timeline.past`)

	script(t, tab, `(setStage("console"), scrollTo({ top: 0 }))`)
	script(t, tab, `setText("answer-title", "")`)
	clickConsole(t, tab)
	wait(t, tab, "answer-title", "was printed by ")
	must(t, tab.Shot(shots+"who-canvas-brief.png"))
	must(t, tab.Click("answer-more"))
	must(t, tab.Shot(shots+"who-canvas.png"))
	must(t, tab.Click("answer-close"))
	clickRegister(t, tab)
	wait(t, tab, "answer-title", "was written by ")
	must(t, tab.Shot(shots+"who-register.png"))
}

// press clicks one of the answer's buttons.
func press(t *testing.T, tab *browser.Tab, words string) {
	t.Helper()
	script(t, tab, fmt.Sprintf(`[...$("answer-buttons").children].find((b) => b.textContent === %q).click()`, words))
}

// clickConsole clicks about in the canvas's console until it hits a character.
func clickConsole(t *testing.T, tab *browser.Tab) {
	t.Helper()
	for y := 190.0; y < 560; y += 13 {
		must(t, tab.ClickAt(90, y))
		if eval[string](t, tab, `$("answer-title").textContent`) != "" {
			return
		}
	}
}

// clickRegister clicks down the column of registers beside the listing until it hits one.
func clickRegister(t *testing.T, tab *browser.Tab) {
	t.Helper()
	script(t, tab, `(setStage("instructions"), $("answer").hidden = true, setText("answer-title", ""))`)
	for y := 200.0; y < 600; y += 9 {
		must(t, tab.ClickAt(registersX, y))
		if eval[string](t, tab, `$("answer-title").textContent`) != "" {
			return
		}
	}
}

// registersX is where the names of the registers are on the stage of the instructions, at 1200 pixels.
const registersX = 560

// TestCompareAndInspect marks a moment, goes on, compares, and asks about a register and about an entry by typing.
func TestCompareAndInspect(t *testing.T) {
	tab := open(t, 390, 844, 2, "#text=1")
	wait(t, tab, "console-text", "~ #")
	script(t, tab, `$("mark").click()`)
	wait(t, tab, "marked", "A is at instruction")
	script(t, tab, `type("cow\r")`)
	wait(t, tab, "console-text", "still reads A")
	script(t, tab, `$("compare").click()`)
	wait(t, tab, "answer-title", "What differs")
	if tables := wait(t, tab, "answer-tables", "Memory"); !strings.Contains(tables, "Registers and flags") || !strings.Contains(tables, "anonymous") {
		t.Errorf("the comparison says\n%s", tables)
	}
	script(t, tab, `$("answer").scrollIntoView()`)
	must(t, tab.Shot(shots+"compare-phone.png"))
	for _, q := range []struct{ fill, title string }{
		{`($("ask-kind").value = "register", $("ask-register").value = "cr3")`, "cr3 was written by"},
		{`($("ask-kind").value = "byte", $("ask-addr").value = "0x400000", $("ask-pid").value = "1")`, "The byte at 0x400000 of pid 1 was written by the kernel"},
		{`($("ask-kind").value = "entry", $("ask-addr").value = "400000", $("ask-pid").value = "1")`, "The page-table entry for 400000, level 1 of pid 1, was written by"},
		{`($("ask-kind").value = "frame", $("ask-addr").value = "<img src=x>")`, "This cannot be answered"},
		{`($("ask-kind").value = "printed", $("ask-addr").value = "reads A")`, "The character ‘r’ was printed by cow"},
	} {
		script(t, tab, `(`+q.fill+`, inspectorKind(), $("ask-form").requestSubmit())`)
		wait(t, tab, "answer-title", q.title)
	}
	script(t, tab, `(document.documentElement.dataset.theme = "dark", $("answer").scrollIntoView())`)
	must(t, tab.Shot(shots+"who-phone-dark.png"))
	script(t, tab, `$("ask-form").scrollIntoView()`)
	must(t, tab.Shot(shots+"inspector-phone-dark.png"))
	if wide := eval[float64](t, tab, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("the page is %v wide on a phone", wide)
	}
}
