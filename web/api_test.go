package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// host is the script of a page that embeds another: ask(n, method, params) promises the answer of embed n, heard are its events.
const host = `
	window.events = [];
	window.answers = new Map();
	addEventListener("message", ({ source, data }) => {
		const n = [...document.querySelectorAll("iframe")].findIndex((f) => f.contentWindow === source);
		if (data.event) events.push({ n, ...data });
		else if (answers.has(data.id)) { answers.get(data.id)(data); answers.delete(data.id); }
		else events.push({ n, stray: data });
	});
	window.post = (n, message) => document.querySelectorAll("iframe")[n].contentWindow.postMessage(message, "*");
	window.next = 1;
	window.ask = (n, method, params) => new Promise((done) => { const id = next++; answers.set(id, done); post(n, { vitrine: 1, id, method, params }); });
	window.greet = async (n) => { for (;;) { const answer = await Promise.race([ask(n, "hello"), new Promise((no) => setTimeout(no, 300))]); if (answer) return answer; } };
	window.told = async (name, ok = () => true) => { for (;;) { const e = events.find((e) => e.event === name && ok(e.data)); if (e) return e.data; await new Promise((on) => setTimeout(on, 20)); } };
	true`

// guests opens a page of another origin with small sandboxed machines in it, all of them in view.
func guests(t *testing.T, fragments ...string) *browser.Tab {
	t.Helper()
	needPage(t)
	tab, err := browser.Open(dist, 960, 400, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	html := "<!doctype html><title>A lesson</title>"
	for _, fragment := range fragments {
		html += fmt.Sprintf(`<iframe sandbox="allow-scripts" src="%sindex.html#embed=1&%s" width="300" height="300"></iframe>`, tab.URL, fragment)
	}
	must(t, tab.Host(html))
	_, err = browser.Eval[bool](tab, host)
	must(t, err)
	return tab
}

// asked runs an expression in the host's page and returns what its promise gives, as JSON knows it.
func asked(t *testing.T, tab *browser.Tab, expression string) map[string]any {
	t.Helper()
	script(t, tab, fmt.Sprintf(`(window.outcome = "", Promise.resolve(%s).then((r) => { outcome = JSON.stringify(r) ?? "{}"; }, (e) => { outcome = JSON.stringify({ error: e.message }); }))`, expression))
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := browser.Eval[string](tab, "outcome")
		must(t, err)
		if text == "" {
			continue
		}
		var out map[string]any
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatalf("%s gave %s", expression, text)
		}
		return out
	}
	t.Fatalf("%s: waited in vain", expression)
	return nil
}

// result is the result of a method of embed 0.
func result(t *testing.T, tab *browser.Tab, method, params string) map[string]any {
	t.Helper()
	answer := asked(t, tab, fmt.Sprintf("ask(0, %q, %s)", method, params))
	out, ok := answer["result"].(map[string]any)
	if !ok {
		t.Fatalf("%s(%s): %v", method, params, answer)
	}
	return out
}

// A host drives a sandboxed machine with messages alone.
func TestAPI(t *testing.T) {
	tab := guests(t, "text=1&run=cow&date=1767225600")
	greeted := asked(t, tab, "greet(0)")
	hello, ok := greeted["result"].(map[string]any)
	if !ok {
		t.Fatal(greeted)
	}
	if hello["version"] != 1.0 || hello["locked"] != false || len(hello["methods"].([]any)) < 15 {
		t.Errorf("hello: %v", hello)
	}
	asked(t, tab, `told("ready")`)
	if n, err := browser.Eval[int](tab, `events.filter((e) => e.event === "ready").length`); err != nil || n != 1 {
		t.Errorf("ready is told %d times (%v)", n, err)
	}
	result(t, tab, "pause", "{}")
	result(t, tab, "subscribe", `{events: ["state", "moment"], kinds: ["cow", "fork"]}`)
	result(t, tab, "step", "{n: 3000}") // so much has been run, however late it was paused
	if at := result(t, tab, "seek", "{instruction: 1000}"); at["instruction"] != 1000.0 || at["past"] != true {
		t.Errorf("seek to instruction 1000 leads to %v", at)
	}
	before := result(t, tab, "step", "{n: 7}")
	after := result(t, tab, "step", "undefined")
	if after["instruction"] != before["instruction"].(float64)+1 {
		t.Errorf("one step led from %v to %v", before["instruction"], after["instruction"])
	}
	back := result(t, tab, "back", "{}")
	if fmt.Sprint(back["registers"]) != fmt.Sprint(before["registers"]) || back["instruction"] != before["instruction"] {
		t.Errorf("back leads to %v, not to %v", back, before)
	}
	copied := result(t, tab, "stepEvent", `{kind: "cow"}`)
	if !strings.Contains(copied["story"].(string), "cop") {
		t.Errorf("at the copy: %v", copied)
	}
	event := asked(t, tab, `told("event", (e) => e.kind === "cow")`)
	if data := event["data"].(map[string]any); data["from"] == "" || data["from"] == data["to"] {
		t.Errorf("the copy: %v", event)
	}
	link := result(t, tab, "getLink", "{}")
	if fragment := link["fragment"].(string); !strings.HasPrefix(fragment, "#r=") || link["length"] != float64(len(fragment)) || !strings.HasSuffix(link["url"].(string), "/some/course/"+fragment) {
		t.Errorf("the link: %v", link)
	}
	result(t, tab, "play", "{}")
	asked(t, tab, `told("moment", (s) => s.stop === "waiting for input")`)
	if text := result(t, tab, "getConsole", "{}")["text"].(string); !strings.Contains(text, "still reads A") {
		t.Errorf("the console shows %s", text)
	}
	result(t, tab, "subscribe", `{events: ["end", "verdict"]}`)
	again := result(t, tab, "load", fmt.Sprintf("{link: %q}", strings.Replace(link["url"].(string), "view=machine", "view=console", 1)))
	if fragment := result(t, tab, "getLink", "{}")["fragment"].(string); !strings.Contains(fragment, "view=console") {
		t.Errorf("the link of a console shows %s", fragment)
	}
	if fmt.Sprint(again["registers"]) != fmt.Sprint(copied["registers"]) || again["now"] != copied["now"] || again["running"] != false {
		t.Errorf("the link leads to %v, not to %v", again, copied)
	}
	if verdict := asked(t, tab, `told("verdict")`); verdict["verdict"] != "verified" {
		t.Errorf("%v", verdict)
	}
	if refused := asked(t, tab, `ask(0, "load", { link: "#r=AAAA" })`); refused["error"] == nil {
		t.Errorf("a damaged link is loaded: %v", refused)
	}
	if fresh := result(t, tab, "load", `{run: "echo glass$((6*7))", mem: "24M"}`); fresh["instruction"].(float64) > again["instruction"].(float64) {
		t.Errorf("a fresh machine: %v", fresh)
	}
	result(t, tab, "play", "{}")
	asked(t, tab, `(async () => { for (;;) { const { result } = await ask(0, "getConsole"); if (result.text.includes("glass42")) return; await new Promise((on) => setTimeout(on, 50)); } })()`)
	result(t, tab, "type", `{text: "poweroff -f\r"}`)
	if end := asked(t, tab, `told("end")`); end["why"] != "power off" {
		t.Errorf("%v", end)
	}
}

// A teacher's page leads through a scene.
func TestAPIMoments(t *testing.T) {
	tab := guests(t, "text=1&scene=M38&moment=2")
	asked(t, tab, "greet(0)")
	asked(t, tab, `told("ready")`)
	for _, way := range []struct {
		params string
		want   float64
	}{{`{n: 2}`, 2}, {`{go: "next"}`, 3}, {`{go: "next"}`, 4}, {`{go: "previous"}`, 3}, {`{n: 1}`, 1}} {
		if at := result(t, tab, "toMoment", way.params); at["scene"] != "M38" || at["moment"] != way.want {
			t.Errorf("%s leads to moment %v of %v", way.params, at["moment"], at["scene"])
		}
	}
	for _, wild := range []string{`{go: "previous"}`, `{n: 99}`, `{n: 0}`, `{go: "up"}`, `{}`} {
		if answer := asked(t, tab, `ask(0, "toMoment", `+wild+`)`); answer["error"] == nil {
			t.Errorf("%s: %v", wild, answer)
		}
	}
}

// Nobody is sent anything before hello, and what is wild is refused in words or ignored.
func TestWildMessages(t *testing.T) {
	tab := guests(t, "text=1&paused=1", "text=1&paused=1&lock=1", "text=1&paused=1&origin=https://elsewhere.example")
	f, err := tab.Frame("#embed=1&text=1&paused=1", patience)
	must(t, err)
	wait(t, f, "count", "instruction 0")
	script(t, tab, `[0, 1, 2].forEach((n) => { for (const wild of [null, 7, "hello", [], {}, { vitrine: 1 }, { vitrine: 1, id: 1 }, { vitrine: 1, id: 1, method: "play" },
		{ vitrine: 1, id: 1, method: "subscribe", params: { events: ["state"] } }, { vitrine: 2, id: 1, method: "hello" }, { vitrine: 1, id: {}, method: "hello" },
		{ vitrine: 1, id: "x".repeat(65), method: "hello" }, { vitrine: 1, id: 1, method: "hello", params: { a: 1 } }, { vitrine: 1, id: 1, method: "hello", params: [] }]) post(n, wild); })`)
	asked(t, tab, "greet(0)")
	asked(t, tab, `told("ready")`)
	if stray, err := browser.Eval[string](tab, `JSON.stringify(events.filter((e) => e.stray))`); err != nil || stray != "[]" {
		t.Errorf("before hello came %s (%v)", stray, err)
	}
	hostile := "<img src=x onerror=alert(1)>"
	for _, wild := range []struct{ call, want string }{
		{`"` + hostile + `"`, "no such method"},
		{`"constructor"`, "no such method"}, {`{}`, "no such method"}, {`null`, "no such method"},
		{`"step", null`, "plain object"}, {`"step", 5`, "plain object"}, {`"step", [5]`, "plain object"}, {`"step", new Map()`, "plain object"},
		{`"step", { n: "5" }`, "a whole number"}, {`"step", { n: 1.5 }`, "a whole number"}, {`"step", { n: NaN }`, "a whole number"}, {`"step", { n: 0 }`, "from 1 to"},
		{`"step", { n: -1 }`, "from 1 to"}, {`"step", { n: 1e10 }`, "from 1 to"}, {`"step", { n: 5n }`, "a whole number"}, {`"step", { N: 5 }`, "no parameter"},
		{`"step", { "` + hostile + `": 5 }`, "no parameter"}, {`"step", { ["__proto__"]: 5 }`, "no parameter"},
		{`"seek"`, "takes one of"}, {`"seek", { now: 1, instruction: 1 }`, "takes one of"}, {`"seek", { now: Infinity }`, "a whole number"},
		{`"stepEvent", { kind: "` + hostile + `" }`, "one of any"}, {`"stepEvent", { kind: ["any"] }`, "one of any"}, {`"setStage", { stage: "constructor" }`, "one of machine"},
		{`"setSpeed", { speed: -1 }`, "from 0"}, {`"setSpeed"`, "needs speed"}, {`"setTheme", { theme: "url(x)" }`, "one of auto"},
		{`"type", { text: "" }`, "1 to 4096"}, {`"type", { text: "x".repeat(4097) }`, "1 to 4096"}, {`"type", { text: ["x"] }`, "a string"},
		{`"load", { link: "x", mem: "16M" }`, "or options"}, {`"load", { file: "x" }`, "an ArrayBuffer"}, {`"load", { disk: "` + hostile + `" }`, "no such disk"},
		{`"load", { link: "x".repeat(1e5) }`, "characters"},
		{`"subscribe", { events: "state" }`, "an array"}, {`"subscribe", { events: ["state", "x"] }`, "an array"}, {`"subscribe", { kinds: Array(100).fill("cow") }`, "an array"},
		{`"subscribe", { kinds: ["instr"] }`, "an array"},
	} {
		answer := asked(t, tab, "ask(0, "+wild.call+")")
		if text, _ := answer["error"].(string); !strings.Contains(text, wild.want) {
			t.Errorf("%s: %v", wild.call, answer)
		}
	}
	if s := result(t, tab, "getState", "{}"); s["instruction"] != 0.0 || s["running"] != false {
		t.Errorf("after all that: %v", s)
	}
	flood := asked(t, tab, `Promise.all(Array.from({ length: 2000 }, () => ask(0, "getState"))).then((all) => ({ refused: all.filter((a) => a.error).length }))`)
	if n := flood["refused"].(float64); n < 1 || n >= 2000 {
		t.Errorf("of 2,000 messages at once %v were refused", n)
	}
	asked(t, tab, "greet(1)")
	for _, call := range []string{`"type", { text: "x" }`, `"load", { mem: "16M" }`} {
		if answer := asked(t, tab, "ask(1, "+call+")"); !strings.Contains(fmt.Sprint(answer["error"]), "locked") {
			t.Errorf("locked, %s: %v", call, answer)
		}
	}
	if answer := asked(t, tab, `ask(1, "step", { n: 3 })`); answer["error"] != nil {
		t.Errorf("a locked machine does not step: %v", answer)
	}
	if none := asked(t, tab, `Promise.race([greet(2), new Promise((no) => setTimeout(no, 1500))])`); len(none) != 0 {
		t.Errorf("a page of another origin is answered %v", none)
	}
}

// fuzz asks the page's check about a hundred thousand messages made by chance: it never throws, and what it accepts is of the
// form that is written down here once more.
const fuzz = `(() => {
	let seed = 20260101;
	const chance = (n) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor(seed / 2 ** 32 * n); };
	const words = ["", "any", "cow", "state", "walk", "dark", "constructor", "__proto__", "<script>", "x".repeat(5000), "\u0000"];
	const atoms = [() => words[chance(words.length)], () => chance(100) - 50, () => 2 ** chance(70), () => -0.5, () => NaN, () => 1 / 0, () => null, () => undefined, () => true,
		() => 5n, () => Symbol("s"), () => () => 1, () => new Date(0), () => new Uint8Array(chance(3)), () => new ArrayBuffer(1), () => Object.create(null), () => /x/];
	const value = (deep) => chance(4) ? atoms[chance(atoms.length)]() : deep > 3 ? [] : Array.from({ length: chance(4) }, () => value(deep + 1));
	const fit = {
		step: (p) => p.n === undefined || Number.isInteger(p.n) && p.n > 0, back: (p) => p.n === undefined || Number.isInteger(p.n) && p.n > 0,
		stepEvent: (p) => p.kind === undefined || typeof p.kind === "string", backEvent: (p) => p.kind === undefined || typeof p.kind === "string",
		seek: (p) => [p.now, p.instruction].filter((v) => Number.isInteger(v) && v >= 0).length === 1, setSpeed: (p) => p.speed >= 0 && p.speed <= 1e9,
		setStage: (p) => stages.some((s) => s.id === p.stage), setTheme: (p) => ["auto", "light", "dark"].includes(p.theme), type: (p) => typeof p.text === "string" && p.text !== "" && p.text.length <= 4096,
		load: (p) => Object.entries(p).every(([name, v]) => name === "file" ? v.byteLength > 0 : typeof v === "string"),
		subscribe: (p) => Object.values(p).every((v) => Array.isArray(v) && v.every((w) => typeof w === "string")),
	};
	fit.unsubscribe = fit.subscribe;
	const wrong = [];
	let taken = 0;
	for (let i = 0; i < 1e5; i++) {
		const method = api.methods[chance(api.methods.length)];
		const names = [...method.params.map((p) => p.name), ...words];
		let params = value(0);
		if (chance(5)) { params = {}; for (let n = chance(3); n >= 0; n--) if (chance(4)) params[names[chance(chance(3) ? method.params.length || 1 : names.length)]] = value(0); }
		try {
			if (wrongWith(method, params) !== "") continue;
			taken++;
			if (Object.keys(params).length > method.params.length || !(fit[method.name] || (() => true))(params)) wrong.push(method.name);
		} catch (error) { wrong.push(method.name + ": " + error.message); }
	}
	return JSON.stringify({ taken, wrong: wrong.slice(0, 5) });
})()`

func TestCheckFuzzed(t *testing.T) {
	tab := open(t, 800, 600, 1, "#text=1&paused=1")
	found := asked(t, tab, "JSON.parse("+fuzz+")")
	if len(found["wrong"].([]any)) != 0 || found["taken"].(float64) < 5000 {
		t.Errorf("of 100,000 messages %v were taken, wrongly: %v", found["taken"], found["wrong"])
	}
}
