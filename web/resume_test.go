package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/browser"
	"vitrine/scripts/image"
)

// settled waits until the tab has written down where it is, with a console that shows this.
func settled(t *testing.T, tab *browser.Tab, instruction int) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		script(t, tab, `keepPosition()`)
		if n, err := browser.Eval[int](tab, `hereNow ? hereNow.retired : 0`); err == nil && n >= instruction {
			return
		}
	}
	t.Fatal("the page does not know where it is")
}

// TestResume: after a reload the tab is where it was, and can begin anew; a lost machine comes back, too.
func TestResume(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1")
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "x=kept; echo before-$x", "before-kept")
	settled(t, tab, counted(t, tab))
	script(t, tab, `location.reload()`)
	wait(t, tab, "note-text", "You are where you were.")
	wait(t, tab, "console-text", "before-kept")
	command(t, tab, "echo after-$x", "after-kept")

	settled(t, tab, counted(t, tab))
	script(t, tab, `state.worker.terminate()`)
	wait(t, tab, "message-title", "does not answer")
	must(t, tab.Click("message-back"))
	wait(t, tab, "note-text", "You are where you were.")
	command(t, tab, "echo again-$x", "again-kept")

	pressNote(t, tab, "Start anew")
	_, err := tab.WaitFor("console-text", patience, func(s string) bool { return strings.Contains(s, "~ #") && !strings.Contains(s, "kept") })
	must(t, err)
	command(t, tab, "echo x$x.", "\nx.")
}

// TestNoStorage: a page that may keep nothing works without.
func TestNoStorage(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1")
	script(t, tab, `Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError"); } })`)
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "echo fine", "\nfine")
	script(t, tab, `(keepPosition(), forgetPosition())`)
	if kept, err := browser.Eval[bool](tab, `keptPosition() === null`); err != nil || !kept {
		t.Error("it has kept something, ", err)
	}
}

// TestLostContext: the canvas begins anew when the browser takes its context away; the machine goes on meanwhile.
func TestLostContext(t *testing.T) {
	tab := open(t, 1024, 768, 1, "")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	command(t, tab, "x=going; spin 1000000 &", "going; spin")
	before := counted(t, tab)
	script(t, tab, `window.first = $("canvas").contentDocument`)
	script(t, tab, `$("canvas").contentDocument.querySelector("canvas").getContext("webgl2").getExtension("WEBGL_lose_context").loseContext()`)
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		fresh, err := browser.Eval[bool](tab, `$("canvas").contentDocument !== window.first && state.canvas !== null && !$("canvas").hidden && !!$("canvas").contentDocument.querySelector("canvas")`)
		if err == nil && fresh {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the canvas does not come back")
		}
	}
	command(t, tab, "echo still $x", "still going")
	if after := counted(t, tab); after <= before {
		t.Errorf("the machine stood still at %d", after)
	}
	time.Sleep(time.Second)
	must(t, tab.Shot(shots+"canvas-again.png"))
	if ink := firstInk(t, shots+"canvas-again.png", 512, 64); ink > 100 {
		t.Errorf("nothing is drawn in the first %d pixels", ink)
	}
}

// TestCrashLink: a crash of the machine's own program is told with a link, which leads into the same crash.
func TestCrashLink(t *testing.T) {
	needPage(t)
	crash := filepath.Join(t.TempDir(), "crash.wasm")
	build := exec.Command("go", "build", "-tags", "provoke", "-o", crash, "../wasm/machine")
	build.Env = append(build.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(crash)
	must(t, err)
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	must(t, err)
	_, err = zip.Write(program)
	must(t, err)
	must(t, zip.Close())
	folder := withMachine(t, packed.Bytes())
	tab := openAt(t, folder)
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "x=our; echo fine", "\nfine")
	must(t, tab.Type("echo a crash of $x own\r"))
	wait(t, tab, "message-title", "program has crashed")
	wait(t, tab, "message-text", "BUG: provoked")
	href := func() string {
		text, err := browser.Eval[string](tab, `$("message-way").hidden ? "" : $("message-link").getAttribute("href")`)
		must(t, err)
		return text
	}
	first := href()
	l, _, err := link.Parse(first)
	if err != nil || l.Moment.Hash != 0 || len(l.Tape.Entries) < 10 {
		t.Fatalf("%v: %s", err, first)
	}
	must(t, tab.Shot(shots+"crash-link.png"))
	script(t, tab, `($("message-text").textContent = "", $("message-link").click())`) // so that the second crash is told from the first
	_, err = tab.WaitFor("message-text", patience, func(s string) bool {
		hidden, err := browser.Eval[bool](tab, `$("message").hidden`)
		return err == nil && !hidden && strings.Contains(s, "BUG: provoked") && href() == first
	})
	must(t, err)
	must(t, tab.Click("message-restart"))
	until(t, tab, `state.ready`) // the old machine's text stays until then
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "echo alive", "\nalive")
}

// TestGoldenInChromium: the golden links of this version of the engine come to their moment in the page, as they do natively and in
// Node. The site has the disk that they were made with.
func TestGoldenInChromium(t *testing.T) {
	needPage(t)
	im, err := image.New(2 << 20)
	must(t, err)
	disk, err := im.Close()
	must(t, err)
	folder := t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS(dist)))
	addTestDisk(t, folder, disk)
	links, err := filepath.Glob(fmt.Sprintf("../kernel/boot/testdata/links/%d-*.txt", boot.Version))
	if err != nil || len(links) < 3 {
		t.Fatal(links, err)
	}
	tab, err := browser.Open(folder, 1024, 768, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	must(t, tab.Go("index.html#text=1"))
	wait(t, tab, "console-text", "~ #")
	for _, path := range links {
		text, err := os.ReadFile(path)
		must(t, err)
		l, _, err := link.Parse(string(text))
		must(t, err)
		script(t, tab, fmt.Sprintf("(hush(), openLink({link: %q}))", regexp.MustCompile(`#r=\S+`).FindString(string(text))))
		wait(t, tab, "note-text", fmt.Sprintf("Verified: the same computer, bit for bit · %016x", l.Moment.Hash))
	}
}

// addTestDisk puts another disk into a copy of the page.
func addTestDisk(t *testing.T, folder string, disk []byte) {
	t.Helper()
	pack := func(path string, b []byte) {
		var out bytes.Buffer
		zip := gzip.NewWriter(&out)
		_, err := zip.Write(b)
		must(t, err)
		must(t, zip.Close())
		must(t, os.WriteFile(filepath.Join(folder, path), out.Bytes(), 0o644))
	}
	var sums []string
	for at := 0; at < len(disk); at += link.ChunkSize {
		chunk := disk[at:min(at+link.ChunkSize, len(disk))]
		sum := ""
		if bytes.Trim(chunk, "\x00") != nil {
			sum = fmt.Sprintf("%016x", link.Sum(chunk))
			pack("chunks/"+sum+".gz", chunk)
		}
		sums = append(sums, fmt.Sprintf("%q", sum))
	}
	pack("golden.json.gz", fmt.Appendf(nil, `{"sectors":%d,"chunk":%d,"sums":[%s],"boot":[],"runs":[]}`, len(disk)/dev.SectorSize, link.ChunkSize, strings.Join(sums, ",")))
	page, err := os.ReadFile(folder + "/index.html")
	must(t, err)
	const files = `<script type="application/json" id="files">{`
	entry := fmt.Sprintf(`%s"disk-golden":{"url":"golden.json.gz","size":1,"wire":1,"sum":"%016x"},`, files, boot.DiskSum(dev.Image(disk)))
	if !bytes.Contains(page, []byte(files)) {
		t.Fatal("the page lists its files elsewhere")
	}
	must(t, os.WriteFile(folder+"/index.html", bytes.Replace(page, []byte(files), []byte(entry), 1), 0o644))
}
