package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/scripts/browser"
)

// maxOneFile is how large a moment of the small disk may be as one file, in bytes.
const maxOneFile = 12 << 20

// fromFile opens a file of this computer's in a browser of its own, and checks at the end that it asked the network for nothing.
func fromFile(t *testing.T, path, fragment string) *browser.Tab {
	t.Helper()
	tab, err := browser.Open(t.TempDir(), 1280, 800, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	must(t, tab.Visit("file://"+path+fragment))
	return tab
}

// alone checks that a page has fetched nothing but what is in it.
func alone(t *testing.T, tab *browser.Tab) {
	t.Helper()
	if got := eval[string](t, tab, `performance.getEntriesByType("resource").map((e) => e.name.slice(0, 80)).filter((n) => !/^(blob|data):/.test(n)).join()`); got != "" {
		t.Errorf("it fetched %s", got)
	}
}

// TestOneFile: the share dialog's file opens from a disk without a network, at the moment, verified, with its picture.
func TestOneFile(t *testing.T) {
	tab := open(t, 1280, 800, 1, "#run=cow&stage=cow")
	wait(t, tab, "console-text", "still reads A")
	must(t, tab.Click("share-open"))
	wait(t, tab, "share-checked", "verified")
	script(t, tab, `(saveFile = (name, file) => { window.saved = file; })`)
	must(t, tab.Click("share-tab-file"))
	must(t, tab.Click("save-html"))
	size := wait(t, tab, "save-html-size", "MB")
	until(t, tab, `saved.text().then((text) => { window.savedText = text; }) && window.savedText`)
	path := filepath.Join(t.TempDir(), "lesson.html")
	must(t, os.WriteFile(path, []byte(eval[string](t, tab, "savedText")), 0o644))
	info, err := os.Stat(path)
	must(t, err)
	t.Log(size, info.Size())
	if info.Size() > maxOneFile {
		t.Errorf("%d bytes, at most %d", info.Size(), maxOneFile)
	}
	tab.Close()

	lesson := fromFile(t, path, "")
	live(t, lesson)
	wait(t, lesson, "note-text", "Verified")
	wait(t, lesson, "console-text", "still reads A")
	must(t, lesson.Shot(shots+"onefile.png"))
	alone(t, lesson)
}

// TestExport: scripts/export makes the same of a scene, and refuses what is none.
func TestExport(t *testing.T) {
	needPage(t)
	path := filepath.Join(t.TempDir(), "lesson.html")
	run := func(args ...string) (string, error) {
		out, err := exec.Command("go", append([]string{"run", "-trimpath", "../scripts/export", "-dist", dist, "-o", path}, args...)...).CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{nil, {"-scene", "nothing"}, {"-link", "#r=AAAA"}, {"-scene", "M38", "-dist", t.TempDir()}} {
		if out, err := run(args...); err == nil {
			t.Errorf("%q: %s", args, out)
		}
	}
	out, err := run("-scene", "M38")
	if err != nil || !strings.Contains(out, "verified: ") {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Size() > maxOneFile {
		t.Errorf("%d bytes, at most %d", info.Size(), maxOneFile)
	}
	lesson := fromFile(t, path, "")
	until(t, lesson, `document.querySelector("#poster img")`)
	live(t, lesson)
	until(t, lesson, `story.there && story.exact && story.scene.id === "M38"`)
	alone(t, lesson)
}
