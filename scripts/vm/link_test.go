//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

var linkLine = regexp.MustCompile(`(?m)^#r=\S+$`)

// linked runs with -link and -record and returns what the program said, the link and the file.
func linked(t *testing.T, s spec) (r result, text, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "run.vitrine")
	s.flags = append([]string{"-link", "-record", file}, s.flags...)
	r = guest(t, s)
	if text = linkLine.FindString(r.err); text == "" {
		t.Fatalf("status %d, no link:\n%s", r.status, r.err)
	}
	return r, text, file
}

// TestLinks: the link and the file of a run lead to the same state, natively and in Node, and the same is printed on the way.
func TestLinks(t *testing.T) {
	needImage(t)
	command, nodeErr := "", error(nil)
	if _, err := exec.LookPath("node"); err == nil {
		command, nodeErr = node()
	} else if os.Getenv("VITRINE_PAGE") != "" {
		t.Fatal(err)
	}
	if nodeErr != nil {
		t.Fatal(nodeErr)
	}
	more := []spec{{flags: []string{"-limit", "200000"}, argv: []string{"/bin/spin"}}, {flags: []string{"-boot", "init=/nope", "-swap", "8M"}}}
	for i, s := range append(more, runs...) {
		t.Run(string(rune('A'+i)), func(t *testing.T) {
			t.Parallel()
			r, text, file := linked(t, s)
			if _, again, _ := linked(t, s); again != text {
				t.Errorf("the same run has two links:\n%s\n%s", text, again)
			}
			t.Logf("%d characters", len(text))
			for _, vm := range []string{vmPath(), command} {
				if vm == "" {
					continue
				}
				for _, what := range []string{"https://example.org/vitrine/" + text, file} {
					got := run1(t, "", "not read", vm, "-disk", diskImage, "-replay", what)
					if got.status != 0 || got.out != r.out || !strings.Contains(got.err, "verified: ") {
						t.Errorf("%s: status %d, %q, want %q\n%s", vm, got.status, got.out, r.out, got.err)
					}
				}
			}
		})
	}
}

// TestLinkStatus: -replay says what it has found or what is wrong, and its status says so, too.
func TestLinkStatus(t *testing.T) {
	needImage(t)
	_, text, file := linked(t, spec{stdin: "spin 60\necho $((6*7))\n"})
	l, _, err := link.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := link.Load(whole)
	if err != nil || len(recorded.Checkpoints) == 0 {
		t.Fatal(len(recorded.Checkpoints), err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed := func(name string, l link.Link, fn func(*link.Link)) string {
		fn(&l)
		b, err := link.Save(&l)
		if err != nil {
			t.Fatal(err)
		}
		return write(name, b)
	}
	wrong := changed("wrong", *l, func(l *link.Link) { l.Moment.Hash++ })
	parts := changed("parts", *recorded, func(l *link.Link) { l.Setup.Cmdline = "hz=100" })
	other := changed("other", *l, func(l *link.Link) { l.Engine = boot.Version + 1 })
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"verified", []string{text}, 0, "verified: "},
		{"as a file", []string{write("link.txt", []byte(text+"\n"))}, 0, "verified: "},
		{"wrong", []string{wrong}, 3, "differs: the link says "},
		{"parts", []string{parts}, 3, "they part between 0 and "},
		{"other engine", []string{other}, 2, fmt.Sprintf("made by engine %d, this is engine %d; -anyway plays it", boot.Version+1, boot.Version)},
		{"other engine anyway", []string{other, "-anyway"}, 0, "verified: "},
		{"limit", []string{text, "-limit", "1000"}, 124, ""},
		{"other disk", []string{text, "-disk", vmPath()}, 2, "made with another root disk"},
		{"no disk", []string{text, "-disk", "/nope"}, 2, "no such file"},
		{"cut", []string{text[:len(text)-5]}, 2, "incomplete"},
		{"no link", []string{"#r="}, 2, "no such file"},
		{"no file", []string{"/nope"}, 2, "no such file"},
		{"another file", []string{vmPath()}, 2, "not a .vitrine file"},
		{"half a file", []string{write("half", whole[:len(whole)/2])}, 2, "incomplete"},
		{"options", []string{text, "-boot", "quiet"}, 2, "-boot is in what -replay plays"},
		{"program", []string{text, "--", "ls"}, 2, "the program is in what -replay plays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run1(t, "", "", vmPath(), append([]string{"-disk", diskImage, "-replay"}, c.args...)...)
			if got.status != c.status || !strings.Contains(got.err, c.says) {
				t.Errorf("status %d, want %d; stderr should say %q:\n%s", got.status, c.status, c.says, got.err)
			}
		})
	}
}

// TestLinkCarries: files that were added, a swap disk's content and another kernel travel inside, up to a limit in a link.
func TestLinkCarries(t *testing.T) {
	needImage(t)
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small"), filepath.Join(dir, "large")
	noise, err := os.ReadFile(vmPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(small, []byte("carried\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(large, noise[:100_000], 0o644); err != nil {
		t.Fatal(err)
	}
	_, text, _ := linked(t, spec{flags: []string{"-add", small + ":/root/x"}, argv: []string{"cat", "/root/x"}})
	if err := os.Remove(small); err != nil {
		t.Fatal(err)
	}
	run1(t, "", "", vmPath(), "-disk", diskImage, "-replay", text).want(t, 0, "carried\n")
	file := filepath.Join(dir, "run.vitrine")
	r := guest(t, spec{flags: []string{"-add", large + ":/root/x", "-record", file}, argv: []string{"md5sum", "/root/x"}})
	run1(t, "", "", vmPath(), "-disk", diskImage, "-replay", file).want(t, 0, r.out)
	if r := guest(t, spec{flags: []string{"-add", large + ":/root/x", "-link"}, argv: []string{"true"}}); r.status != 2 || !strings.Contains(r.err, "too large for a link") {
		t.Errorf("status %d: %s", r.status, r.err)
	}
	echo := filepath.Join(dir, "echo")
	for _, args := range [][]string{
		{"gcc", "-m32", "-c", "-o", echo + ".o", root + "/kernel/boot/testdata/echo.S"},
		{"ld", "-m", "elf_i386", "-n", "-Ttext=0x101000", "-o", echo, echo + ".o"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	r = run1(t, "", "ab\nc.\n", vmPath(), "-kernel", echo, "-append", "p", "-link")
	text = linkLine.FindString(r.err)
	if got := run1(t, dir, "", vmPath(), "-replay", text); got.status != 0 || got.out != r.out || got.out == "" {
		t.Errorf("status %d: %q, want %q\n%s", got.status, got.out, r.out, got.err)
	}
}

// TestTypedLink sits at a terminal, types and leaves; the link that is printed then is short and leads to the same state.
func TestTypedLink(t *testing.T) {
	t.Parallel()
	p := newPTY(t, 33, 99)
	cmd := p.start(t, "-link", "-boot", "quiet")
	p.wait(t, 0, "~ # ")
	for _, key := range "ls -l /usr/src; echo $((6*7)); stty size" {
		p.say(t, string(key), "")
		time.Sleep(20 * time.Millisecond)
	}
	p.say(t, "\r", "33 99\r\n")
	p.resize(t, 40, 120)
	p.say(t, "sleep 1; stty size\r", "40 120\r\n")
	p.say(t, string(rune(leaveKey)), "#r=")
	cmd.Wait()
	at := strings.LastIndex(p.seen(), "#r=")
	text := strings.Fields(p.seen()[at:])[0]
	l, _, err := link.Parse(text)
	if err != nil || len(text) > 500 || len(l.Tape.Entries) < 30 {
		t.Errorf("%d characters, %v: %s", len(text), err, text)
	}
	t.Logf("%d inputs, %d characters", len(l.Tape.Entries), len(text))
	if got := run1(t, "", "", vmPath(), "-disk", diskImage, "-replay", text); got.status != 0 || !strings.Contains(got.out, "\r\n42\r\n") {
		t.Errorf("status %d: %s\n%s", got.status, got.err, got.out)
	}
}

// TestGoldenInNode replays the golden links of this version of the engine in Node.
func TestGoldenInNode(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("VITRINE_PAGE") != "" {
			t.Fatal(err)
		}
		t.Skip("the host has no Node")
	}
	command, err := node()
	if err != nil {
		t.Fatal(err)
	}
	im, err := image.New(2 << 20) // as in kernel/boot
	if err != nil {
		t.Fatal(err)
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(file, disk, 0o644); err != nil {
		t.Fatal(err)
	}
	links, err := filepath.Glob(fmt.Sprintf("%s/kernel/boot/testdata/links/%d-*.txt", root, boot.Version))
	if err != nil || len(links) < 3 {
		t.Fatal(links, err)
	}
	for _, path := range links {
		if got := run1(t, "", "", command, "-disk", file, "-replay", path); got.status != 0 || !strings.Contains(got.err, "verified: ") {
			t.Errorf("%s: status %d: %s", path, got.status, got.err)
		}
	}
}
