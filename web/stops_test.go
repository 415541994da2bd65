package web

import (
	"strconv"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// told waits for the message about the machine's end, and starts the next one, as the fragment next says, with the
// message's button.
func told(t *testing.T, tab *browser.Tab, title, text, shot, next string) {
	t.Helper()
	wait(t, tab, "message-title", title)
	wait(t, tab, "message-text", text)
	shown, err := browser.Eval[bool](tab, `$("message").offsetHeight > 0 && document.activeElement === $("message-restart")`)
	must(t, err)
	if !shown {
		t.Errorf("%s: the message is not shown, or its button does not have the focus", title)
	}
	must(t, tab.Shot(shots+"stop-"+shot+".png"))
	script(t, tab, "(window.before = state.worker, location.hash = "+strconv.Quote(next)+")")
	must(t, tab.Click("message-restart"))
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) { // the old machine's console stays until then
		if another, _ := browser.Eval[bool](tab, "state.worker && state.worker !== before"); another {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: no machine comes", title)
		}
	}
	hidden, err := browser.Eval[bool](tab, `$("message").hidden`)
	must(t, err)
	if !hidden {
		t.Errorf("%s: the message stays", title)
	}
}

// Every way in which the guest's kernel ends is told of, and the machine can be started again.
func TestStops(t *testing.T) {
	tab := open(t, 1100, 760, 1, "#boot=init%3D/nope")
	told(t, tab, "panicked", "Requested init /nope failed", "no-init", "boot=init%3D/bin/false")
	told(t, tab, "panicked", "Attempted to kill init! exitcode=0x00000100", "kill-init", "")
	for _, end := range []struct{ command, title, text, shot string }{
		{"reboot -f", "restart", "switched off and on again", "restart"},
		{"halt -f", "halted", "with the power on", "halt"},
		{"poweroff -f", "off", "switched itself off", "poweroff"},
	} {
		wait(t, tab, "console-text", "~ #")
		script(t, tab, `type("`+end.command+`\r")`)
		told(t, tab, end.title, end.text, end.shot, "")
	}
	wait(t, tab, "console-text", "~ #")
	size, err := browser.Eval[string](tab, "`\n${state.grid.rows} ${state.grid.cols}\n`")
	must(t, err)
	script(t, tab, `type("stty size\r")`) // the terminal fits the picture after a restart too
	wait(t, tab, "console-text", size)
}
