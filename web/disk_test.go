package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/browser"
)

// needDebian passes a test over where the second disk is not built.
func needDebian(t *testing.T) dev.Image {
	t.Helper()
	needPage(t)
	found, _ := filepath.Glob(dist + "/disk-debian.*.json.gz")
	image, err := os.ReadFile("../build/disk-debian.img")
	if err != nil || len(found) == 0 {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the second disk is not built: make dist")
		}
		t.Fatal("the second disk is not built or not in the page: ", err)
	}
	return image
}

// pageHash asks the machine for its digest.
func pageHash(t *testing.T, tab *browser.Tab) string {
	t.Helper()
	script(t, tab, `(state.hash = "", state.worker.postMessage({kind: "hash"}))`)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		hash, err := browser.Eval[string](tab, "state.hash")
		must(t, err)
		if hash != "" {
			return hash
		}
	}
	t.Fatal("no hash comes")
	return ""
}

// TestDebianDisk: the programs of the second disk, and the state of the same computer run natively, whose disk was there.
func TestDebianDisk(t *testing.T) {
	native, err := boot.New(boot.Options{RAM: 64 << 20, Disk: needDebian(t), Seed: 1, Date: 1767225600, Rows: 24, Cols: 80})
	must(t, err)
	tab := open(t, 1024, 768, 1, "#disk=debian&text=1&date=1767225600")
	wait(t, tab, "console-text", "~ #")
	for _, line := range []struct{ command, want string }{
		{"echo $BASH_VERSION", "\n5."}, {"lua -e 'print(6*7)'", "\n42\n"}, {"python3 -c 'import json; print(json.dumps([1, 2]))'", "\n[1, 2]\n"},
	} {
		native.Run(boot.NoLimit, boot.NoLimit)
		native.Type([]byte(line.command + "\r"))                   // as the page does at full speed
		script(t, tab, fmt.Sprintf("type(%q)", line.command+"\r")) // at once, as it is natively
		wait(t, tab, "console-text", line.want)
		_, err := tab.WaitFor("console-text", 30*time.Second, func(s string) bool { return strings.HasSuffix(strings.TrimSpace(s), "~ #") })
		must(t, err)
	}
	stop := native.Run(boot.NoLimit, boot.NoLimit)
	time.Sleep(200 * time.Millisecond) // it comes to rest behind its prompt
	if got, want := pageHash(t, tab), fmt.Sprintf("%x", native.Hash()); got != want {
		t.Errorf("the page's state is %s, the native one %s (%v)", got, want, stop)
	}
}

// TestChooseDisk: by the page's control, and the link tells of it then.
func TestChooseDisk(t *testing.T) {
	needDebian(t)
	tab := open(t, 1440, 900, 1, "#stage=console")
	wait(t, tab, "console-text", "behind the glass. Try:")
	live(t, tab)
	script(t, tab, `(document.getElementById("disk").value = "debian", document.getElementById("disk").dispatchEvent(new Event("change")))`)
	wait(t, tab, "console-text", "sqlite3")
	command(t, tab, "cd samples; ls", "threads.py")
	command(t, tab, "lua primes.lua 60", "53 59")
	command(t, tab, "python3 threads.py", `"496": 496`)
	command(t, tab, "tcc -run hello.c", "hello.c: process")
	must(t, tab.Shot(shots+"debian.png"))
	if hash, err := browser.Eval[string](tab, "location.hash"); err != nil || !strings.Contains(hash, "disk=debian") {
		t.Errorf("the link is %q, %v", hash, err)
	}
}

func TestUnknownDisk(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#disk=floppy")
	wait(t, tab, "message-text", "no disk “floppy”")
}

// lastOfBoot is a copy of the page without the piece that has all of the boot, and the file of the chunk that the boot reads last.
func lastOfBoot(t *testing.T) (folder, chunk string) {
	t.Helper()
	needPage(t)
	folder = t.TempDir()
	must(t, os.CopyFS(folder, os.DirFS(dist)))
	found, err := filepath.Glob(folder + "/disk.*.json.gz")
	must(t, err)
	packed, err := os.ReadFile(found[0])
	must(t, err)
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	must(t, err)
	text, err := io.ReadAll(zip)
	must(t, err)
	var index struct {
		Sums  []string
		Boot  []int
		First struct{ Sum string }
	}
	must(t, json.Unmarshal(text, &index))
	must(t, os.Remove(filepath.Join(folder, "chunks", index.First.Sum+".gz")))
	return folder, filepath.Join(folder, "chunks", index.Sums[index.Boot[len(index.Boot)-1]]+".gz")
}

// TestDiskMissing: what the host does not give is told and tried again; when it comes the machine goes on.
func TestDiskMissing(t *testing.T) {
	folder, chunk := lastOfBoot(t)
	good, err := os.ReadFile(chunk)
	must(t, err)
	must(t, os.Remove(chunk))
	tab := openAt(t, folder)
	wait(t, tab, "message-text", "404")
	must(t, tab.Shot(shots+"disk-missing.png"))
	other, err := filepath.Glob(folder + "/chunks/*.gz")
	must(t, err)
	wrong, err := os.ReadFile(other[0])
	must(t, err)
	must(t, os.WriteFile(chunk, wrong, 0o644))
	wait(t, tab, "message-text", "not what its name says")
	must(t, os.WriteFile(chunk, good, 0o644))
	wait(t, tab, "console-text", "~ #")
	if hidden, err := browser.Eval[bool](tab, `document.getElementById("message").hidden`); err != nil || !hidden {
		t.Errorf("the message stays: %v", err)
	}
	command(t, tab, "echo alive", "\nalive")
}
