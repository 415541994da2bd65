package web

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/browser"
)

// pageLink makes a link natively, of the machine that the page has: lines are typed at the prompt.
func pageLink(t *testing.T, lines ...string) *link.Link {
	t.Helper()
	needPage(t)
	image, err := os.ReadFile("../build/disk.img")
	must(t, err)
	o := boot.Options{RAM: 16 << 20, Disk: dev.Image(image), Seed: 1, Date: 1767225600, Rows: 30, Cols: 90}
	c, err := boot.New(o)
	must(t, err)
	c.Run(boot.NoLimit, 1<<32)
	points := boot.Recorder{Every: 1 << 18}
	for _, line := range lines {
		c.Type([]byte(line + "\r"))
		for c.Run(points.Next(), 1<<32).Reason == boot.Budget {
			points.Look(c)
		}
	}
	l := c.Link()
	l.Setup, l.Loaded = boot.Describe(&o, 0)
	points.Mark(l)
	return l
}

// fragment is a link as text, changed before.
func fragment(t *testing.T, l *link.Link, change func(*link.Link)) string {
	t.Helper()
	c := *l
	c.Checkpoints, c.Loaded = nil, slices.Clone(l.Loaded)
	if change != nil {
		change(&c)
	}
	text, err := link.Fragment(&c, link.View{})
	must(t, err)
	return text
}

// vitrineFile is a link as a file, changed before.
func vitrineFile(t *testing.T, l *link.Link, change func(*link.Link)) string {
	t.Helper()
	c := *l
	if change != nil {
		change(&c)
	}
	b, err := link.Save(&c)
	must(t, err)
	path := filepath.Join(t.TempDir(), "moment.vitrine")
	must(t, os.WriteFile(path, b, 0o644))
	return path
}

// pressNote presses a button of the line about the moment.
func pressNote(t *testing.T, tab *browser.Tab, label string) {
	t.Helper()
	script(t, tab, fmt.Sprintf(`[...document.querySelectorAll("#note button")].find((b) => b.textContent === %q).click()`, label))
}

// TestOpenLink: a link that was made natively is verified in the page, whatever way it comes in; the reader is at its moment, with
// the past live, and goes on from there.
func TestOpenLink(t *testing.T) {
	l := pageLink(t, "x=from-the-link; echo $x", "stty size")
	hash := fmt.Sprintf("%016x", l.Moment.Hash)
	tab := open(t, 1440, 900, 1, fragment(t, l, nil)+"&view=walk&theme=dark")
	wait(t, tab, "note-text", "Verified: the same computer, bit for bit · "+hash)
	wait(t, tab, "console-text", "30 90")
	live(t, tab)
	time.Sleep(time.Second) // let the drawing settle
	must(t, tab.Shot(shots+"link-verified.png"))
	if n := counted(t, tab); uint64(n) != l.Moment.Retired {
		t.Errorf("at instruction %d, the link's is %d", n, l.Moment.Retired)
	}
	if stage, err := browser.Eval[string](tab, "state.stage"); err != nil || stage != "walk" {
		t.Errorf("stage %q, %v", stage, err)
	}
	if got := "0000000000000000" + pageHash(t, tab); !strings.HasSuffix(got, strings.TrimLeft(hash, "0")) {
		t.Errorf("a moment that is only looked at has become %s", got)
	}
	script(t, tab, `command({kind: "back", n: 1})`)
	_, err := tab.WaitFor("count", patience, func(string) bool { return uint64(counted(t, tab)) == l.Moment.Retired-1 })
	must(t, err)
	script(t, tab, `command({kind: "end"})`)
	_, err = tab.WaitFor("count", patience, func(string) bool { return uint64(counted(t, tab)) == l.Moment.Retired })
	must(t, err)
	script(t, tab, `command({kind: "play"})`)
	command(t, tab, "echo on $x", "on from-the-link")

	// As a file; the machine that runs goes on until the new one has come to its moment.
	drop(t, tab, vitrineFile(t, pageLink(t, "echo from-a-file"), nil))
	wait(t, tab, "console-text", "from-a-file")
	wait(t, tab, "note-text", "Verified")
	// In the address of a page that is open.
	script(t, tab, fmt.Sprintf("location.hash = %q", fragment(t, l, nil)))
	wait(t, tab, "console-text", "from-the-link")
	wait(t, tab, "note-text", hash)

	// Differences.
	drop(t, tab, vitrineFile(t, l, func(l *link.Link) { l.Setup.Cmdline = "hz=100" }))
	wait(t, tab, "note-text", "it says "+hash+", here it is ")
	wait(t, tab, "note-details", "they part between 0 and ")
	script(t, tab, `document.getElementById("note-more").click()`)
	must(t, tab.Shot(shots+"link-differs.png"))

	// Another engine.
	script(t, tab, fmt.Sprintf("location.hash = %q", fragment(t, l, func(l *link.Link) { l.Engine += 7 })))
	wait(t, tab, "note-text", fmt.Sprintf("made by engine %d; this is engine %d", boot.Version+7, boot.Version))
	must(t, tab.Shot(shots+"link-engine.png"))
	pressNote(t, tab, "Play it anyway")
	wait(t, tab, "note-text", "Verified")

	// Very large.
	script(t, tab, fmt.Sprintf("location.hash = %q", fragment(t, l, func(l *link.Link) { l.Setup.RAM = 1 << 30 })))
	wait(t, tab, "note-text", "takes 1024 MiB of memory")
	pressNote(t, tab, "No")
	script(t, tab, `command({kind: "play"})`)
	command(t, tab, "echo still $x", "still from-the-link")
}

// TestBadLinks: what is wrong with a link or a file is said, none of it becomes markup, and the machine that runs goes on.
func TestBadLinks(t *testing.T) {
	l := pageLink(t, "echo x")
	good := fragment(t, l, nil)
	tab := open(t, 1024, 768, 1, "#text=1&r="+strings.Repeat("A", 200)+"&scene=<img src=x onerror=alert(1)>")
	wait(t, tab, "note-text", "link")
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "x=before", "x=before")
	bad := "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"
	for _, c := range []struct{ hash, says string }{
		{good[:len(good)-5], "incomplete"},
		{good[:30] + "AAAA" + good[34:], "damaged"},
		{"#r=" + bad, "characters in it that no link has"},
		{"#r=CQAAAAAAAAAA", "a newer version"},
		{"#r=" + strings.Repeat("A", link.MaxFragment+1), "larger than any link"},
		{fragment(t, l, func(l *link.Link) { l.Setup.RAM = 1 << 39 }), "no page has that"},
		{fragment(t, l, func(l *link.Link) { l.Loaded[0].Sum++ }), "disk (hash"},
		{fragment(t, l, func(l *link.Link) { l.Files = []link.File{{Path: "/etc/passwd/x", Mode: link.TypeRegular | 0o644}} }), "Not a directory"},
		{fragment(t, l, func(l *link.Link) { l.Setup.Cmdline = "init=" + bad }), "This is not the moment"},
	} {
		script(t, tab, `setText("note-text", "")`)
		script(t, tab, fmt.Sprintf("location.hash = %q", c.hash))
		wait(t, tab, "note-text", c.says)
		if c.says == "This is not the moment" { // it was played: the one before is no more
			break
		}
		command(t, tab, "echo $x", "before")
	}
	for name, text := range map[string]string{"cut.vitrine": "vitrine\n\x02", "x.exe": "MZ" + bad, "<b>x</b>.txt": bad, "big": "vitrine\n" + strings.Repeat("A", 1<<20)} {
		script(t, tab, `setText("note-text", "")`)
		path := filepath.Join(t.TempDir(), strings.ReplaceAll(name, "/", "_"))
		must(t, os.WriteFile(path, []byte(text), 0o644))
		drop(t, tab, path)
		_, err := tab.WaitFor("note-text", patience, func(s string) bool { return s != "" && !strings.HasSuffix(s, "…") })
		must(t, err)
	}
	if hurt, err := browser.Eval[bool](tab, `window.hurt === 1 || document.querySelector("img, b b, #note script") !== null`); err != nil || hurt {
		t.Error("text of a link has become markup")
	}
}

// TestOwnProgram: what is dropped runs on a fresh machine, and its link carries it; what cannot run is told.
func TestOwnProgram(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1")
	wait(t, tab, "console-text", "~ #")
	path := filepath.Join(t.TempDir(), "my own.sh")
	must(t, os.WriteFile(path, []byte("#!/bin/sh\necho carried $((6*7))\n"), 0o644))
	drop(t, tab, path)
	wait(t, tab, "console-text", "carried 42")
	wait(t, tab, "note-text", "my own.sh is on the disk")
	script(t, tab, `ask({kind: "link", view: {}}).then((a) => { document.getElementById("story").dataset.link = a.fragment; })`)
	fragment := ""
	for deadline := time.Now().Add(patience); fragment == "" && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		fragment, _ = browser.Eval[string](tab, `document.getElementById("story").dataset.link || ""`)
	}
	l, _, err := link.Parse(fragment)
	must(t, err)
	if len(l.Files) != 1 || l.Files[0].Path != "/root/my_own.sh" {
		t.Errorf("%+v", l.Files)
	}
	script(t, tab, `startAnew()`)
	_, err = tab.WaitFor("console-text", patience, func(s string) bool { return !strings.Contains(s, "carried") && strings.Contains(s, "~ #") })
	must(t, err)
	script(t, tab, fmt.Sprintf("location.hash = %q", fragment))
	wait(t, tab, "note-text", "Verified")
	wait(t, tab, "console-text", "carried 42")
	exe := filepath.Join(t.TempDir(), "setup.exe")
	must(t, os.WriteFile(exe, []byte("MZ\x90\x00"), 0o644))
	drop(t, tab, exe)
	wait(t, tab, "note-text", "setup.exe: this is a program for Windows")
}

// TestOlderEngine: a link of another engine that the site still has opens there.
func TestOlderEngine(t *testing.T) {
	l := pageLink(t, "echo older")
	folder := t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS(dist)))
	other := fmt.Sprint(boot.Version + 7)
	must(t, os.CopyFS(filepath.Join(folder, "engines", other), os.DirFS(filepath.Join(dist, "engines", fmt.Sprint(boot.Version)))))
	must(t, os.WriteFile(folder+"/engines/versions.json", fmt.Appendf(nil, "[%d,%s]", boot.Version, other), 0o644))
	tab, err := browser.Open(folder, 1024, 768, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	text := fragment(t, l, func(l *link.Link) { l.Engine += 7 })
	must(t, tab.Go("index.html#text=1&"+text[1:]))
	wait(t, tab, "note-actions", "Open with engine "+other)
	pressNote(t, tab, "Open with engine "+other)
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		at, err := browser.Eval[string](tab, "location.pathname + location.hash")
		if err == nil && strings.Contains(at, "/engines/"+other+"/") && strings.HasSuffix(at, text) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the page is at %s, %v", at, err)
		}
	}
	wait(t, tab, "note-text", "made by engine "+other) // the copy is of this engine and says so
	pressNote(t, tab, "Play it anyway")
	wait(t, tab, "note-text", "Verified")
}

// TestLongLink: a thousand keys, about five a second, make a link of at most 2,500 characters that the page verifies.
func TestLongLink(t *testing.T) {
	needPage(t)
	image, err := os.ReadFile("../build/disk.img")
	must(t, err)
	o := boot.Options{RAM: 16 << 20, Disk: dev.Image(image), Seed: 1, Date: 1767225600, Rows: 24, Cols: 80}
	c, err := boot.New(o)
	must(t, err)
	c.Run(boot.NoLimit, 1<<32)
	random := rand.New(rand.NewPCG(5, 6))
	keys := strings.Repeat("ls -l /\rcat /etc/passwd | wc\recho hello; ps\rspin 5 &\rls /bin | sort | head -n 3\r", 20)[:1000]
	for _, key := range keys {
		c.Run(c.M.Now()+uint64(20e6*math.Exp(0.6*random.NormFloat64())), boot.NoLimit)
		c.Type([]byte{byte(key)})
	}
	c.Run(boot.NoLimit, 1<<33)
	l := c.Link()
	l.Setup, l.Loaded = boot.Describe(&o, 0)
	text := fragment(t, l, nil)
	begin := time.Now()
	tab := open(t, 1024, 768, 1, "#text=1&"+text[1:])
	wait(t, tab, "note-text", fmt.Sprintf("Verified: the same computer, bit for bit · %016x", l.Moment.Hash))
	t.Logf("1,000 keys: %d characters; %d instructions, %d inputs, verified %.1f s after the page was opened", len(text), l.Moment.Retired, len(l.Tape.Entries), time.Since(begin).Seconds())
	if len(text) > 2500 {
		t.Errorf("%d characters", len(text))
	}
}
