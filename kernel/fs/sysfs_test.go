package fs

import (
	"path"
	"strings"
	"testing"

	"vitrine/kernel/abi"
)

// Every link of /sys leads somewhere, every node has its directory, and no file is empty that does not ask the kernel.
func TestSysTree(t *testing.T) {
	tree := newSysTree()
	for i, n := range tree {
		if tree.find(n.path) != uint64(i)+1 {
			t.Errorf("%s is not found", n.path)
		}
		if dir := path.Dir(n.path); n.path != "" && dir != "." && (tree.find(dir) == 0 || tree[tree.find(dir)-1].mode != sysDir) {
			t.Errorf("%s has no directory", n.path)
		}
		if n.mode == sysLink && tree.find(path.Join(path.Dir(n.path), n.target)) == 0 {
			t.Errorf("%s leads nowhere: %s", n.path, n.target)
		}
	}
}

func TestSysfs(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	v.Mkdir(c, abi.AT_FDCWD, "/sys", 0o755)
	if err := v.Mount(c, "sysfs", "/sys", "sysfs", 0, ""); err != abi.OK {
		t.Fatal(err)
	}
	if got := text(t, v, c, "/sys/devices/system/cpu/online"); got != "0\n" {
		t.Errorf("online: %q", got)
	}
	if got := text(t, v, c, "/sys/class/tty/ttyS0/dev"); got != "4:64\n" {
		t.Errorf("through a link: %q", got)
	}
	g := &guest{v, c}
	fd, _ := g.open("/sys/block", abi.O_RDONLY, 0)
	if got, _ := g.list(fd); strings.TrimSpace(got) != "sda" {
		t.Errorf("a disk that is not there: %q", got)
	}
	g.close(fd)
	for _, p := range []string{"/sys/block/sdb", "/sys/class/block/sdb/size", "/sys/dev/block/8:16", "/sys/none"} {
		if _, err := g.open(p, abi.O_RDONLY, 0); err != abi.ENOENT {
			t.Errorf("%s: %v", p, err)
		}
	}
	if _, err := g.open("/sys/new", abi.O_WRONLY|abi.O_CREAT, 0o644); err == abi.OK {
		t.Error("a file was made")
	}
}
