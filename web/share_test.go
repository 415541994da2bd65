package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// until waits until an expression is true.
func until(t *testing.T, tab *browser.Tab, js string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if ok, _ := browser.Eval[bool](tab, "!!("+js+")"); ok {
			return
		}
	}
	text, _ := tab.Text("share-said")
	t.Fatalf("never: %s\n%s", js, text)
}

func eval[T any](t *testing.T, tab *browser.Tab, js string) T {
	t.Helper()
	v, err := browser.Eval[T](tab, js)
	must(t, err)
	return v
}

// TestShare: the dialog gives a link that a second machine has found to lead here, and leaves keyboard and machine as they were.
func TestShare(t *testing.T) {
	tab := open(t, 1280, 800, 1, "#run=cow&stage=cow")
	wait(t, tab, "console-text", "still reads A")
	script(t, tab, `(window.copied = [], navigator.clipboard.writeText = async (text) => { copied.push(text); })`)
	must(t, tab.Click("share-open"))
	wait(t, tab, "share-checked", "verified: a second machine")
	must(t, tab.Shot(shots+"share-link.png"))
	link := eval[string](t, tab, `document.getElementById("share-address").value`)
	if !strings.Contains(link, "/some/course/#r=") || !strings.HasSuffix(link, "&stage=cow") || len(link) > 300+len(tab.URL) {
		t.Errorf("the link is %q", link)
	}
	if text, _ := tab.Text("share-length"); text != fmt.Sprint(len(link), " characters") {
		t.Errorf("%d characters: %q", len(link), text)
	}
	must(t, tab.Click("share-theme"))
	script(t, tab, `document.querySelector('#share-link .share-copy').click()`)
	wait(t, tab, "share-said", "Copied")
	if got := eval[string](t, tab, `copied.join()`); got != link+"&theme=light" {
		t.Errorf("copied %q", got)
	}
	script(t, tab, `document.querySelector('input[value="start"]').click()`)
	if got := eval[string](t, tab, `document.getElementById("share-address").value`); !strings.HasSuffix(got, "/some/course/#run=cow&stage=cow&theme=light") {
		t.Errorf("the start is at %q", got)
	}
	script(t, tab, `document.getElementById("share-tab-link").focus()`)
	must(t, tab.Type("\u0303")) // arrow to the right
	until(t, tab, `document.activeElement.id === "share-tab-embed" && !document.getElementById("share-embed").hidden`)
	must(t, tab.Type("\u001b"))
	until(t, tab, `!document.getElementById("share").open && document.activeElement.id === "share-open" && !sharing.trial && !document.querySelector("#share iframe")`)
}

// TestEmbedLine: the dialog's line is one element whose attributes are what was chosen, whatever the words in it.
func TestEmbedLine(t *testing.T) {
	tab := open(t, 1280, 800, 1, "#run=true")
	wait(t, tab, "console-text", "~ #")
	must(t, tab.Click("share-open"))
	wait(t, tab, "share-length", "characters")
	must(t, tab.Click("share-tab-embed"))
	script(t, tab, `(document.getElementById("embed-what").value = "M38", document.getElementById("embed-lock").checked = true,
		document.getElementById("embed-width").value = '"><script>', document.getElementById("embed-theme").value = "dark",
		document.getElementById("embed-end").value = "300000", document.getElementById("share-embed").dispatchEvent(new Event("input")))`)
	for _, id := range []string{"embed-iframe", "embed-element"} {
		line := eval[string](t, tab, fmt.Sprintf(`document.getElementById(%q).value`, id))
		for _, want := range []string{"theme", "dark", "end", "300000", "lock", "panels", "canvas,transport,narration", "Copy on write", "100%"} {
			if !strings.Contains(line, want) {
				t.Errorf("%s lacks %s: %s", id, want, line)
			}
		}
	}
	got := eval[string](t, tab, `(() => {
		const hostile = "\"><img src=x onerror=alert(1)>'</script><!--&quot;&\n\u0000`+"`"+`\u2028 javascript:";
		const params = [["r", hostile], ["run", hostile], [hostile, hostile]], c = { title: hostile, width: hostile, height: hostile };
		const parsed = new DOMParser().parseFromString(iframeLine("https://example.org/a/", params, c), "text/html").body;
		const frame = parsed.firstElementChild, src = new URL(frame.getAttribute("src"));
		const back = [...new URLSearchParams(src.hash.slice(1))];
		const wrong = [];
		if (parsed.querySelectorAll("*").length !== 1 || frame.tagName !== "IFRAME" || parsed.textContent) wrong.push(parsed.innerHTML);
		if (frame.title !== hostile.replace("\0", "\ufffd") || frame.width !== "100%" || frame.height !== "560") wrong.push(frame.title, frame.width, frame.height);
		if (src.origin !== "https://example.org" || JSON.stringify(back) !== JSON.stringify([["embed", "1"], ...params])) wrong.push(src.href);
		const page = new DOMParser().parseFromString(elementLine("https://example.org/a/", params, c), "text/html");
		const element = page.querySelector("vitrine-machine");
		if (page.querySelectorAll("img").length || element.attributes.length !== 5 || !element.getAttribute("link").startsWith("#r=\"><img")) wrong.push(element.outerHTML);
		return wrong.join("\n");
	})()`)
	if got != "" {
		t.Error(got)
	}
}

// TestSharePhone: on a phone the dialog is a sheet of the window's size, in which nothing leaves the edge.
func TestSharePhone(t *testing.T) {
	tab := open(t, 360, 740, 2, "#run=true")
	wait(t, tab, "console-text", "~ #")
	script(t, tab, `theme("dark")`)
	must(t, tab.Click("menu"))
	must(t, tab.Click("share-open"))
	wait(t, tab, "share-checked", "verified")
	for _, name := range []string{"link", "file", "embed"} {
		must(t, tab.Click("share-tab-"+name))
		time.Sleep(300 * time.Millisecond) // the picture below fades
		must(t, tab.Shot(shots+"share-phone-"+name+".png"))
		if wide := eval[string](t, tab, `[...document.querySelectorAll("#share, #share *:not(iframe)")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 60)).join()`); wide != "" {
			t.Errorf("%s leaves the window: %s", name, wide)
		}
	}
	if size := eval[string](t, tab, `(() => { const r = document.getElementById("share").getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join() })()`); size != "0,0,360,740" {
		t.Errorf("the sheet is %s", size)
	}
}
