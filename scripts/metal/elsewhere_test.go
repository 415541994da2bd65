package metal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
	"vitrine/scripts/metal/guest"
)

// lines are what page/main_js.go says natively.
func lines(t *testing.T) []string {
	var list []string
	for _, im := range built(t) {
		list = append(list, im.Name+": "+guest.Run(machine(t, im), nil).String())
	}
	return list
}

// wasm builds the runner for WebAssembly into a folder, with Go's glue.
func wasm(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("../build-wasm", filepath.Join(dir, "page.wasm"), "./scripts/metal/page")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm")
	for _, from := range []string{glue + "/wasm_exec.js", glue + "/wasm_exec_node.js", "page/index.html", "page/worker.js"} {
		copyFile(t, from, filepath.Join(dir, filepath.Base(from)))
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// agree compares what was said elsewhere with what is said natively.
func agree(t *testing.T, where, text string) {
	t.Helper()
	got := strings.Split(strings.TrimSpace(text), "\n")
	for i, want := range lines(t) {
		if i >= len(got) || got[i] != want {
			t.Errorf("natively %s\nin %s:\n%s", want, where, text)
			return
		}
	}
}

// TestNode: in Node, as WebAssembly, every image ends in the same state.
func TestNode(t *testing.T) {
	_, err := exec.LookPath("node")
	needed(t, "node", err)
	dir := wasm(t)
	args := []string{"--stack-size=8192", filepath.Join(dir, "wasm_exec_node.js"), filepath.Join(dir, "page.wasm")}
	for _, im := range built(t) {
		args = append(args, im.Path)
	}
	out, err := exec.Command("node", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	agree(t, "Node", string(out))
}

// TestChromium: in a worker of Chromium, every image ends in the same state.
func TestChromium(t *testing.T) {
	path := os.Getenv("CHROMIUM")
	if path == "" {
		path = "chromium"
	}
	_, err := exec.LookPath(path)
	needed(t, path, err)
	dir := wasm(t)
	var names []string
	for _, im := range built(t) {
		copyFile(t, im.Path, filepath.Join(dir, im.Name))
		names = append(names, im.Name)
	}
	if err := os.WriteFile(filepath.Join(dir, "images.txt"), []byte(strings.Join(names, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	tab, err := browser.Open(dir, 400, 300, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	if err := tab.Go("index.html"); err != nil {
		t.Fatal(err)
	}
	text, err := tab.WaitFor("results", 3*time.Minute, func(s string) bool {
		return strings.Contains(s, "done") || strings.Contains(s, "failed:")
	})
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "Chromium", text)
}

// TestQEMU: the images agree with a third party, but for what they say it does otherwise (written against QEMU 7.2). It is
// for make metal: QEMU's clock is the host's, so that a busy host can fail it.
func TestQEMU(t *testing.T) {
	const qemu = "qemu-system-x86_64"
	if os.Getenv("VITRINE_QEMU") == "" {
		t.Skip("make metal runs it")
	}
	if _, err := exec.LookPath(qemu); err != nil {
		t.Skip("the host has no QEMU")
	}
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(disk, make([]byte, guest.Disk), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, im := range built(t) {
		t.Run(im.Name, func(t *testing.T) {
			out, err := exec.Command("timeout", "60", qemu, "-accel", "tcg", "-cpu", "max,vendor=GenuineIntel", "-m", "64", "-display", "none", "-no-reboot",
				"-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "stdio", "-kernel", im.Path, "-drive", "format=raw,if=ide,file="+disk).CombinedOutput()
			t.Log(err, endLine.FindString(string(out)))
			for _, line := range strings.Split(string(out), "\n") {
				if strings.HasPrefix(line, "FAIL") {
					t.Error(line)
				}
			}
			if !strings.HasPrefix(im.Name, "triple") && !endLine.Match(out) {
				t.Errorf("it did not end: %s", out)
			}
		})
	}
}
