package web

import (
	"os"
	"path/filepath"
	"testing"

	"vitrine/scripts/browser"
)

// linuxFile is a file of Debian's kernel, which make has fetched.
func linuxFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../build/linux", name))
	must(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skip("Debian's kernel has not been fetched: make linux")
	}
	return path
}

// What cannot be started is told of, and the machine that runs goes on.
func TestKernelRefused(t *testing.T) {
	tab := open(t, 1024, 768, 1, "")
	wait(t, tab, "console-text", "~ #")
	command(t, tab, "x=before", "~ #")
	must(t, tab.Click("settings-open"))
	must(t, tab.Click("kernel-open"))
	readme, err := filepath.Abs("../README.md")
	must(t, err)
	must(t, tab.Upload("kernel-file", readme))
	wait(t, tab, "kernel-name", "README.md")
	must(t, tab.Click("kernel-start"))
	wait(t, tab, "kernel-problem", "neither a multiboot image nor a bzImage")
	must(t, tab.Shot(shots+"kernel-refused.png"))
	must(t, tab.Click("kernel-close"))
	command(t, tab, "echo $x and after", "before and after")
}

// An unmodified Debian kernel, dropped on the page, boots to its shell; afterwards our own comes back.
func TestDropLinux(t *testing.T) {
	kernel, initrd := linuxFile(t, "vmlinuz"), linuxFile(t, "initrd.gz")
	tab := open(t, 1440, 900, 1, "#text=1")
	wait(t, tab, "console-text", "~ #")
	drop(t, tab, kernel, initrd)
	wait(t, tab, "kernel-name", "Linux")
	wait(t, tab, "initrd-name", "initrd.gz")
	must(t, tab.Click("kernel-start"))
	if _, err := tab.WaitText("chapter", "Linux", patience); err != nil {
		t.Fatal(err)
	}
	if _, err := tab.WaitText("console-text", "/ #", 2*patience); err != nil {
		t.Fatal(err)
	}
	command(t, tab, "uname -v", "Debian")
	must(t, tab.Click("settings-open"))
	must(t, tab.Click("kernel-open"))
	must(t, tab.Click("kernel-own"))
	command(t, tab, "uname -v", "Vitrine")
}

// drop does what dragging files over the page and letting go of them does. The browser has the files from an input, as a script
// cannot name files of the host.
func drop(t *testing.T, tab *browser.Tab, paths ...string) {
	t.Helper()
	script(t, tab, `document.body.append(Object.assign(document.createElement("input"), {type: "file", id: "hand", multiple: true}))`)
	must(t, tab.Upload("hand", paths...))
	script(t, tab, `(window.hand = new DataTransfer(), [...document.getElementById("hand").files].forEach((f) => hand.items.add(f)),
		document.getElementById("hand").remove(), document.body.dispatchEvent(new DragEvent("dragenter", {bubbles: true, dataTransfer: hand})))`)
	hidden, err := browser.Eval[bool](tab, `document.getElementById("drop").hidden`)
	must(t, err)
	if hidden {
		t.Error("while files are dragged nothing says where to drop them")
	}
	script(t, tab, `document.getElementById("drop").dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: hand}))`)
	hidden, err = browser.Eval[bool](tab, `document.getElementById("drop").hidden`)
	must(t, err)
	if !hidden {
		t.Error("the shield stays")
	}
}

// TestKernelPictures draws every engine-level diagram of a kernel that is not ours.
func TestKernelPictures(t *testing.T) {
	kernel, initrd := linuxFile(t, "vmlinuz"), linuxFile(t, "initrd.gz")
	tab := open(t, 1440, 900, 1, "#stage=frames")
	wait(t, tab, "console-text", "~ #")
	live(t, tab)
	must(t, tab.Click("settings-open"))
	must(t, tab.Click("kernel-open"))
	must(t, tab.Upload("kernel-file", kernel))
	wait(t, tab, "kernel-name", "Linux")
	must(t, tab.Upload("initrd-file", initrd))
	wait(t, tab, "initrd-name", "initrd.gz")
	must(t, tab.Shot(shots+"kernel-chosen.png"))
	must(t, tab.Click("kernel-start"))
	wait(t, tab, "chapter", "Linux")
	photograph(t, tab, "-linux", "memory", "machine", "instructions", "rings", "time", "walk")
}
