package fs

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/fs/ext2"
	"vitrine/kernel/vfs"
)

// small is a tree in little memory, whose frames can be looked at.
type small struct {
	v      *vfs.VFS
	c      *vfs.Ctx
	g      *guest
	ram    *mem.RAM
	frames *vfs.Frames
	disk   blk.Bytes
}

func newSmall(t testing.TB, frames int) *small {
	t.Helper()
	s := &small{disk: make(blk.Bytes, 8<<20), ram: mem.New(uint64(frames) * mem.FrameSize)}
	if err := ext2.Mkfs(s.disk, ext2.Format{Time: 1}); err != abi.OK {
		t.Fatal(err)
	}
	s.frames = vfs.NewFrames(s.ram)
	s.v = vfs.New(s.ram, s.frames, &clock{})
	if err := Register(s.v, s.disk, nobody{}).MountRoot(false); err != abi.OK {
		t.Fatal(err)
	}
	s.c = &vfs.Ctx{FSID: s.v.NewFS(), Files: s.v.NewTable(), Caps: abi.CAP_ALL, NoFile: 100, FSize: vfs.NoLimit}
	s.g = &guest{s.v, s.c}
	return s
}

func (s *small) file(t testing.TB, path, data string) (fd int, obj uint32) {
	t.Helper()
	fd, err := s.g.open(path, abi.O_RDWR|abi.O_CREAT, 0o644)
	if err != abi.OK {
		t.Fatal(err)
	}
	s.g.write(fd, data)
	f, _ := s.v.Get(s.c, int32(fd))
	obj, err = s.v.Object(f)
	if err != abi.OK {
		t.Fatal(err)
	}
	return fd, obj
}

// What a program writes through a shared mapping is what read(2) sees, and what is on the disk after a sync.
func TestSharedMapping(t *testing.T) {
	s := newSmall(t, 200)
	fd, obj := s.file(t, "/f", strings.Repeat("x", 10000))
	s.v.ObjGet(obj)
	frame, err := s.v.PageIn(obj, 1)
	if err != abi.OK {
		t.Fatal(err)
	}
	s.v.Sync()
	s.v.Dirty(obj, 1)
	s.ram.WriteAt([]byte("mapped"), frame.Addr()+10)
	s.g.seek(fd, 4096+10, 0)
	if got, _ := s.g.read(fd, 6); got != "mapped" {
		t.Errorf("read: %q", got)
	}
	s.v.Sync()
	s.ram.WriteAt([]byte("again!"), frame.Addr()+10) // the cache is not told of later writes
	s.v.Sync()
	if !bytes.Contains(s.disk, []byte("again!")) {
		t.Error("a write through the mapping was lost")
	}
	if _, err := s.v.PageIn(obj, 3); err != abi.EFAULT {
		t.Errorf("past the end: %v", err)
	}
	s.frames.PutFrame(frame)
	s.v.ObjPut(obj)
	s.g.close(fd)
}

// A mapped file that is unlinked and closed lives until the mapping goes; then everything comes back.
func TestMappedUnlinkedFile(t *testing.T) {
	s := newSmall(t, 200)
	before, _ := s.v.Statfs(s.c, "/")
	fd, obj := s.file(t, "/f", strings.Repeat("y", 9000))
	s.v.ObjGet(obj)
	s.g.do("unlink", "/f", "", 0)
	s.g.close(fd)
	frame, err := s.v.PageIn(obj, 2)
	if err != abi.OK || s.ram.Page(frame)[100] != 'y' {
		t.Errorf("page of an unlinked file: %v", err)
	}
	s.frames.PutFrame(frame)
	s.v.ObjPut(obj)
	if after, _ := s.v.Statfs(s.c, "/"); after != before {
		t.Errorf("blocks lost: %+v, before %+v", after, before)
	}
	s.v.Shutdown()
	check(t, s.disk)
}

func TestTruncatedMapping(t *testing.T) {
	s := newSmall(t, 200)
	fd, obj := s.file(t, "/f", strings.Repeat("z", 9000))
	frame, _ := s.v.PageIn(obj, 2)
	s.g.ftruncate(fd, 100)
	if s.frames.RefCount(frame) != 1 {
		t.Errorf("%d references: the cache still holds the page", s.frames.RefCount(frame))
	}
	s.g.ftruncate(fd, 9000)
	s.g.seek(fd, 0, 0)
	if got, _ := s.g.read(fd, 9000); got != strings.Repeat("z", 100)+strings.Repeat("\x00", 8900) {
		t.Error("old bytes came back")
	}
}

// Files many times larger than memory are written and read back, mapped pages stay where they are.
func TestMemoryPressure(t *testing.T) {
	s := newSmall(t, 64)
	_, obj := s.file(t, "/held", "held")
	frame, _ := s.v.PageIn(obj, 0)
	for i := range 12 {
		fd, _ := s.file(t, fmt.Sprintf("/f%d", i), strings.Repeat(string(rune('a'+i)), 300000))
		s.g.close(fd)
	}
	for i := range 12 {
		fd, _ := s.g.open(fmt.Sprintf("/f%d", i), abi.O_RDONLY, 0)
		if got, err := s.g.read(fd, 400000); got != strings.Repeat(string(rune('a'+i)), 300000) {
			t.Fatalf("file %d: %d bytes, %v", i, len(got), err)
		}
		s.g.close(fd)
	}
	if string(s.ram.Page(frame)[:4]) != "held" {
		t.Error("a mapped page was taken")
	}
	s.v.Shutdown()
	check(t, s.disk)
}

// A file layer decoded from its own snapshot goes on where it was.
func TestSnapshot(t *testing.T) {
	s := newSmall(t, 200)
	fd, _ := s.file(t, "/f", "before ")
	s.g.do("mkdir", "/d", "", 0o755)
	var copied vfs.State
	if err := state.Decode(state.Encode(&s.v.S), &copied); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(state.Hash(&s.v.S), state.Hash(&copied)) {
		t.Error("hash differs")
	}
	s.v.S = copied
	s.g.write(fd, "after")
	s.g.seek(fd, 0, 0)
	if got, _ := s.g.read(fd, 100); got != "before after" {
		t.Errorf("read %q", got)
	}
}

// Using a tree leaves nothing behind: no inode, file, dentry reference or page more than its names need.
func TestNothingLeaks(t *testing.T) {
	s := newSmall(t, 400)
	round := func() {
		for i := range 20 {
			fd, _ := s.file(t, fmt.Sprintf("/f%d", i), "data")
			s.g.do("link", fmt.Sprintf("/f%d", i), "/other", 0)
			s.g.do("rename", "/other", "/again", 0)
			s.g.do("unlink", "/again", "", 0)
			s.g.do("unlink", fmt.Sprintf("/f%d", i), "", 0)
			s.g.do("symlink", "/nowhere", "/link", 0)
			s.g.open("/link/x", abi.O_RDONLY, 0)
			s.g.do("unlink", "/link", "", 0)
			s.g.do("mkdir", "/dir", "", 0o755)
			s.g.do("rmdir", "/dir", "", 0)
			s.g.close(fd)
		}
	}
	round()
	before := [...]int32{s.v.S.Inodes.Live, s.v.S.Dentries.Live, s.v.S.Files.Live, int32(s.v.S.Cached), int32(len(s.v.S.Hashed))}
	round()
	after := [...]int32{s.v.S.Inodes.Live, s.v.S.Dentries.Live, s.v.S.Files.Live, int32(s.v.S.Cached), int32(len(s.v.S.Hashed))}
	if before != after {
		t.Errorf("before %v, after %v", before, after)
	}
	root := s.v.Dentry(s.v.S.Root)
	if root.Refs != 1+2+int32(len(root.Kids)) { // the mount, fs_struct's root and cwd
		t.Errorf("root has %d references and %d kids", root.Refs, len(root.Kids))
	}
}
