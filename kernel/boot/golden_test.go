package boot_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// emptyDisk is a disk with our kernel and nothing else: what golden links have below their files.
func emptyDisk(t *testing.T) dev.Image {
	t.Helper()
	im, err := image.New(2 << 20)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// furnish puts a link's files on a disk.
func furnish(t *testing.T, disk dev.Backing, files []link.File) dev.Backing {
	t.Helper()
	if len(files) == 0 {
		return disk
	}
	im, err := image.Open(append([]byte(nil), disk.(dev.Image)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := im.Put(f); err != nil {
			t.Fatal(err)
		}
	}
	done, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return dev.Image(done)
}

// open plays a link as far as it goes.
func open(t *testing.T, l *link.Link) (boot.Verdict, error) {
	t.Helper()
	o, err := boot.Equip(l, &boot.Options{Disk: emptyDisk(t)})
	if err != nil {
		return boot.Verdict{}, err
	}
	o.Disk = furnish(t, o.Disk, l.Files)
	c, err := boot.New(*o)
	if err != nil {
		return boot.Verdict{}, err
	}
	r, err := boot.NewReplay(c, l)
	if err != nil {
		return boot.Verdict{}, err
	}
	r.Run(boot.NoLimit, boot.NoLimit)
	return r.Verdict(), nil
}

// TestGoldenLinks opens a link of each kind that each version of the engine made. Those of this version are verified: when
// one is not, the engine does something else than it did, and boot.Version has to go up; then -update writes new ones
// beside the old, which stay for ever.
func TestGoldenLinks(t *testing.T) {
	if flag.Lookup("update").Value.String() == "true" {
		writeGolden(t)
	}
	paths, err := filepath.Glob("testdata/links/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	verified := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, v, err := link.Parse(string(text))
		if err != nil {
			t.Errorf("%s cannot be read any more: %v", path, err)
			continue
		}
		again, err := link.Fragment(l, v)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if l2, v2, err := link.Parse(again); err != nil || !reflect.DeepEqual(l, l2) || v != v2 {
			t.Errorf("%s is another link when it is written again: %v", path, err)
		}
		if want := fmt.Sprintf("testdata/links/%d-", l.Engine); !strings.HasPrefix(path, want) {
			t.Errorf("%s was made by engine %d", path, l.Engine)
		}
		verdict, err := open(t, l)
		if l.Engine != boot.Version {
			continue // it came to its end, with whatever verdict
		}
		if err == nil && !verdict.Verified() {
			err = errors.New(verdict.String())
		}
		if err != nil {
			t.Errorf("%s: %v: raise boot.Version and run this test with -update", path, err)
		}
		verified++
	}
	if verified < 3 {
		t.Errorf("%d links of this version: run this test with -update", verified)
	}
}

// writeGolden makes the links of this version that are missing.
func writeGolden(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"gcc", "-c", "../../engine/testdata/bios.S", "-o", at("bios.o")},
		{"ld", "-Ttext=0x7c00", "--oformat=binary", "-nostdlib", "-o", at("bios"), at("bios.o")},
		{"gcc", "-c", "testdata/golden.S", "-o", at("golden.o")},
		{"ld", "-n", "-s", "-o", at("golden"), at("golden.o")},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	disk := make(dev.Image, 1<<20)
	copy(disk, read("bios"))
	golden("bios", t, boot.Options{BIOS: true, Disk: disk, RAM: 16 << 20, Date: 1795441830}, nil, "a\rq")
	golden("multiboot", t, boot.Options{Kernel: assemble(t, "testdata/echo.S"), Append: "p"}, nil, "typed to it.")
	files := []link.File{{Path: "/dev", Mode: link.TypeFolder | 0o755}, {Path: "/proc", Mode: link.TypeFolder | 0o755},
		{Path: "/sbin/init", Mode: link.TypeRegular | 0o755, Data: read("golden")}}
	golden("kernel", t, boot.Options{Disk: emptyDisk(t), Seed: 5, Date: 1767225600, Cmdline: "sched=fair"}, files, "and then\n")
}

// golden runs a computer, types keys on it one after the other, and writes the link of where it comes to.
func golden(name string, t *testing.T, o boot.Options, files []link.File, keys string) {
	path := fmt.Sprintf("testdata/links/%d-%s.txt", boot.Version, name)
	if _, err := os.Stat(path); err == nil {
		return
	}
	setup, loaded := boot.Describe(&o, 1<<20)
	if o.Disk != nil {
		o.Disk = furnish(t, o.Disk, files)
	}
	c, err := boot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.Run(20_000_000, boot.NoLimit)
	for _, key := range []byte(keys) {
		c.Type([]byte{key})
		c.Run(c.M.Now()+3_000_000, boot.NoLimit)
	}
	stop := c.Run(c.M.Now()+10_000_000, boot.NoLimit)
	l := c.Link()
	l.Setup, l.Loaded, l.Files = setup, loaded, files
	text, err := link.Fragment(l, link.View{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %v, %d instructions, %d characters; it says\n%s", name, stop.Reason, l.Moment.Retired, len(text), c.Output())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
