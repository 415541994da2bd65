// Package web tests the built page as a person uses it: in a browser, with mouse and keyboard.
package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/browser"
)

const (
	dist  = "../build/dist"
	shots = "../build/shots/"
)

// openAt opens a page from a folder of its own.
func openAt(t *testing.T, folder string) *browser.Tab {
	t.Helper()
	tab, err := browser.Open(folder, 1024, 768, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	must(t, tab.Go("index.html"))
	return tab
}

// needPage passes the test over where the page is not built. `make test` builds it and sets VITRINE_PAGE, so that there
// it cannot be passed over.
func needPage(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(dist + "/index.html"); err != nil {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the page is not built: make build")
		}
		t.Fatal(err)
	}
}

// open opens the page.
func open(t *testing.T, width, height int, scale float64, fragment string) *browser.Tab {
	t.Helper()
	needPage(t)
	tab, err := browser.Open(dist, width, height, scale)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	must(t, tab.Go("index.html"+fragment))
	return tab
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is how long a test waits for what must come: a slow machine with one core to spare takes long.
const patience = 2 * time.Minute

func wait(t *testing.T, tab *browser.Tab, id, want string) string {
	t.Helper()
	text, err := tab.WaitText(id, want, patience)
	must(t, err)
	return text
}

func script(t *testing.T, tab *browser.Tab, js string) {
	t.Helper()
	_, err := browser.Eval[bool](tab, "("+js+", true)")
	must(t, err)
}

// command types a line at the prompt and waits for what it prints.
func command(t *testing.T, tab *browser.Tab, line, want string) string {
	t.Helper()
	for range 20 {
		script(t, tab, `document.getElementById("typed").focus()`)
		time.Sleep(200 * time.Millisecond) // the browser routes keys to the new focus a moment later
		stays, err := browser.Eval[bool](tab, `document.activeElement === document.getElementById("typed")`)
		must(t, err)
		if stays { // a picture that has just come may take it once
			break
		}
	}
	must(t, tab.Type(line+"\r"))
	return wait(t, tab, "console-text", want)
}

// counted reads the number of instructions from the transport.
func counted(t *testing.T, tab *browser.Tab) int {
	t.Helper()
	text, err := tab.Text("count")
	must(t, err)
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	n, err := strconv.Atoi(digits)
	must(t, err)
	return n
}

func live(t *testing.T, tab *browser.Tab) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if ok, _ := browser.Eval[bool](tab, "state.live && document.getElementById('poster').hidden"); ok {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the canvas never became live")
}

func TestBootTypeStep(t *testing.T) {
	tab := open(t, 1440, 900, 1, "")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)

	command(t, tab, "echo glass$((40+2))", "glass42")
	command(t, tab, "hello", "Hello from ring 3!")
	command(t, tab, "segv; echo status $?", "status 139")

	must(t, tab.Click("play"))
	wait(t, tab, "rate", "paused")
	before := counted(t, tab)
	command2 := func() { script(t, tab, `document.getElementById("step").click()`) }
	command2()
	deadline := time.Now().Add(10 * time.Second)
	for counted(t, tab) == before && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	// At the prompt the CPU is halted, so a step may first have to wait for a key.
	script(t, tab, `type("cow\r")`)
	for i := 0; i < 3; i++ {
		at := counted(t, tab)
		command2()
		for deadline := time.Now().Add(10 * time.Second); counted(t, tab) == at && time.Now().Before(deadline); {
			time.Sleep(20 * time.Millisecond)
		}
		if got := counted(t, tab); got != at+1 {
			t.Fatalf("one step went from instruction %d to %d", at, got)
		}
	}
	script(t, tab, `document.getElementById("kinds").value = "cow"`)
	must(t, tab.Click("event"))
	text := wait(t, tab, "story", "copied frame")
	t.Log(text)
	events, err := tab.Text("events")
	must(t, err)
	if !strings.Contains(events, "copied on write") {
		t.Errorf("the event log does not tell of the copy:\n%s", events)
	}
	photograph(t, tab, "", "machine", "instructions", "rings", "time", "walk", "memory", "cow")

	must(t, tab.Click("play"))
	wait(t, tab, "console-text", "still reads A")
}

// photograph takes a picture of each stage.
func photograph(t *testing.T, tab *browser.Tab, suffix string, stages ...string) {
	t.Helper()
	for _, stage := range stages {
		script(t, tab, fmt.Sprintf("setStage(%q)", stage))
		time.Sleep(1500 * time.Millisecond) // let the drawing settle
		must(t, tab.Shot(shots+stage+suffix+".png"))
	}
}

func TestSpeed(t *testing.T) {
	tab := open(t, 1024, 768, 1, "")
	wait(t, tab, "console-text", "~ #")
	script(t, tab, `type("spin 1000\r")`)
	script(t, tab, `(document.getElementById("speed").value = 50, document.getElementById("speed").dispatchEvent(new Event("input")))`)
	_, err := tab.WaitFor("rate", 30*time.Second, func(s string) bool {
		n, err := strconv.ParseFloat(strings.Fields(strings.TrimPrefix(s, "≈ ") + " x")[0], 64)
		return err == nil && strings.Contains(s, "k instr/s") && n > 1 && n < 12
	})
	must(t, err) // 10^3.6 ≈ 4.0 k instructions a second
	live(t, tab)
	photograph(t, tab, "-1024", "machine", "time")
}

func TestPhoneAndDark(t *testing.T) {
	tab := open(t, 390, 844, 2, "#stage=walk")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	script(t, tab, `theme("dark")`)
	photograph(t, tab, "-phone-dark", "walk", "machine", "rings", "memory")
}

// A worker that is lost is missed, and can be replaced.
func TestLostWorker(t *testing.T) {
	tab := open(t, 1024, 768, 1, "")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	script(t, tab, `state.worker.postMessage({kind: "command", command: 7})`)
	script(t, tab, `state.worker.postMessage("nonsense")`)
	script(t, tab, `command({kind: "no such thing", n: "x", text: {}, rows: 1e99})`)
	command(t, tab, "echo alive", "\nalive")
	script(t, tab, `state.worker.terminate()`)
	wait(t, tab, "message-title", "does not answer")
	must(t, tab.Click("message-restart"))
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "echo back$((1+1))", "back2")
}

func TestBadOptions(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#mem=lots")
	wait(t, tab, "message-text", "is not a size")
}

// The state in the page is, at each of several instruction counts, the state of the same computer run natively.
func TestHashEqualsNative(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#paused=1&text=1&date=1767225600")
	wait(t, tab, "count", "instruction 0")
	image, err := os.ReadFile("../build/disk.img")
	must(t, err)
	native, err := boot.New(boot.Options{RAM: 16 << 20, Disk: dev.Image(image), Seed: 1, Date: 1767225600, Rows: 24, Cols: 80})
	must(t, err)
	for _, n := range []int{1, 1000, 29_000, 60_000, 100_000, 150_000} {
		script(t, tab, fmt.Sprintf(`command({kind: "step", n: %d})`, n-counted(t, tab)))
		_, err := tab.WaitFor("count", patience, func(string) bool { return counted(t, tab) >= n })
		must(t, err)
		script(t, tab, `(state.hash = "", state.worker.postMessage({kind: "hash"}))`)
		hash := ""
		for deadline := time.Now().Add(30 * time.Second); hash == "" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			hash, err = browser.Eval[string](tab, "state.hash")
			must(t, err)
		}
		native.Run(boot.NoLimit, uint64(n))
		if want := fmt.Sprintf("%x", native.Hash()); hash != want {
			t.Fatalf("after %d instructions the page's state is %s, the native one %s", n, hash, want)
		}
	}
}

// withMachine copies the built page and puts another file in the machine's place.
func withMachine(t *testing.T, packed []byte) string {
	t.Helper()
	folder := t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS(dist)))
	found, err := filepath.Glob(filepath.Join(folder, "machine.*.wasm.gz"))
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("the page has %d machines", len(found))
	}
	must(t, os.WriteFile(found[0], packed, 0o644))
	return folder
}

// A panic in the machine's own program shows a message with its text.
func TestMachinePanics(t *testing.T) {
	needPage(t)
	crash := filepath.Join(t.TempDir(), "crash.wasm")
	build := exec.Command("go", "build", "-o", crash, "./testdata/crash")
	build.Env = append(build.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(crash)
	must(t, err)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err = zip.Write(program)
	must(t, err)
	must(t, zip.Close())
	tab := openAt(t, withMachine(t, packed.Bytes()))
	wait(t, tab, "message-title", "program has")
	wait(t, tab, "message-text", "a panic for the test")
	must(t, tab.Shot(shots+"machine-panic.png"))
}

// A download that is cut off shows a message.
func TestMachineCutOff(t *testing.T) {
	needPage(t)
	tab := openAt(t, withMachine(t, []byte("\x1f\x8b\x08 cut off")))
	wait(t, tab, "message-title", "could not be fetched")
}
