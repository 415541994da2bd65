package fs

import (
	"strings"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

func FuzzTmpOptions(f *testing.F) {
	for _, s := range []string{"", "size=64k,mode=755", "size=50%,nr_inodes=1k,uid=1,gid=2", "nr_blocks=7", "size=", "k", "mode=9", "huge=never,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseTmpOptions(s, TmpMount{MaxPages: 100, MaxInodes: 100, Mode: 0o1777})
		if err == abi.OK && (m.Mode > 0o7777 || m.MaxPages > 1<<50) {
			t.Errorf("%q: %+v", s, m)
		}
	})
}

// FuzzKmsg: whatever is written to the log comes out as one record a line.
func FuzzKmsg(f *testing.F) {
	f.Add("[    0.000305] Linux version", uint64(0))
	f.Add("no time", uint64(7))
	f.Add("[] ", uint64(1))
	f.Fuzz(func(t *testing.T, line string, n uint64) {
		if strings.Contains(line, "\n") {
			return
		}
		if got := kmsgRecord(line, n); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "6,") {
			t.Errorf("%q: %q", line, got)
		}
	})
}

// A file system that is full to the last page gives back what a failed write took.
func TestTmpfsFull(t *testing.T) {
	v, c, _ := newTree(t, nobody{})
	v.Mkdir(c, abi.AT_FDCWD, "/small", 0o755)
	if err := v.Mount(c, "tmpfs", "/small", "tmpfs", 0, "size=8k"); err != abi.OK {
		t.Fatal(err)
	}
	file, err := v.OpenFile(c, "/small/f", abi.O_RDWR|abi.O_CREAT, 0o644)
	if err != abi.OK {
		t.Fatal(err)
	}
	defer v.PutFile(file)
	if n, err := v.Write(c, file, make([]byte, 3*vfs.PageSize)); n != 2*vfs.PageSize || err != abi.OK {
		t.Fatalf("%d %v", n, err)
	}
	cached := v.S.Cached
	if _, err := v.Pwrite(c, file, []byte("x"), 100*vfs.PageSize); err != abi.ENOSPC {
		t.Errorf("%v", err)
	}
	if v.S.Cached != cached {
		t.Errorf("%d pages in the cache, %d before", v.S.Cached, cached)
	}
}
