package film

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scenes"
	"vitrine/scripts/picture"
)

func builtDisk(t *testing.T) dev.Image {
	t.Helper()
	disk, err := os.ReadFile("../../build/disk.img")
	if err == nil {
		_, err = os.Stat("../../build/programs.bin")
	}
	if err != nil {
		if os.Getenv("VITRINE_PAGE") == "" {
			t.Skip("the disk is not built: make build")
		}
		t.Fatal(err)
	}
	return disk
}

// TestScenes: every scene's moments come, one after the other, and a plain computer that plays the link, with neither page nor
// history, has their hashes at their times. (The run itself has gone back from the last to the first and found them again.) The
// pictures of all moments are those that were looked at.
func TestScenes(t *testing.T) {
	disk := builtDisk(t)
	faces, err := picture.LoadFaces("../../build/fonts")
	if err != nil {
		t.Fatal(err)
	}
	sum := boot.DiskSum(disk)
	shown := 0
	err = Shoot(scenes.All(), func(f *Film) error {
		shown++
		t.Run(f.Scene.ID, func(t *testing.T) {
			again(t, known{disk, sum}, f)
			compare(t, faces, f)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(slices.DeleteFunc(scenes.All(), func(s scenes.Scene) bool { return s.Missing != "" })); shown != want {
		t.Errorf("%d of %d scenes", shown, want)
	}
}

// known is a disk whose hash was computed before.
type known struct {
	dev.Image
	sum uint64
}

// Sum is what boot.DiskSum asks for.
func (k known) Sum() uint64 { return k.sum }

// again plays a film's link.
func again(t *testing.T, disk dev.Backing, f *Film) {
	l, _, err := link.Parse("#" + f.Link)
	if err != nil {
		t.Fatal(err)
	}
	o, err := boot.Equip(l, &boot.Options{Disk: disk})
	if err != nil {
		t.Fatal(err)
	}
	if o.Disk, err = boot.PutFiles(o.Disk, l.Files); err != nil {
		t.Fatal(err)
	}
	c, err := boot.New(*o)
	if err != nil {
		t.Fatal(err)
	}
	replay, err := boot.NewReplay(c, l)
	if err != nil {
		t.Fatal(err)
	}
	before := uint64(0)
	for i, m := range f.Moments {
		replay.Run(m.Now, boot.NoLimit)
		if c.M.Now() != m.Now || c.Hash() != m.Hash || c.M.CPU.S.Retired != m.Count || m.Now <= before && i > 0 {
			t.Errorf("moment %d at %d behind %d: here %d, %016x after %d instructions; there %016x after %d", i+1, m.Now, before, c.M.Now(), c.Hash(), c.M.CPU.S.Retired, m.Hash, m.Count)
		}
		before = m.Now
	}
	replay.Run(boot.NoLimit, boot.NoLimit)
	if v := replay.Verdict(); !v.Verified() {
		t.Error(v.String())
	}
	if a := f.Scene.Ask; (a != nil) != (f.Answer != nil) {
		t.Error("a question without an answer")
	}
	if len(f.Link) > 400 {
		t.Errorf("the link has %d letters", len(f.Link))
	}
}

func TestRoot(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "scripts", "film", "film_test.go")); err != nil {
		t.Error(err)
	}
	t.Chdir("/")
	if root, err = Root(); err == nil {
		t.Errorf("%q", root)
	}
}
