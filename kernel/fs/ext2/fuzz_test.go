package ext2

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
)

// victim is a small disk with one of everything.
func victim(t testing.TB, bs int) blk.Bytes {
	disk := make(blk.Bytes, max(256<<10, 100*bs))
	must(t, "mkfs", Mkfs(disk, Format{BlockSize: uint32(bs), BytesPerInode: 2048, Time: 1700000000}))
	v, c, _ := mountTest(t, disk, 200)
	for _, dir := range []string{"/d", "/d/e", "/x"} {
		must(t, dir, v.Mkdir(c, abi.AT_FDCWD, dir, 0o755))
	}
	writeFile(t, v, c, "/d/file", bytes.Repeat([]byte("contents"), 3000))
	must(t, "symlink", v.Symlink(c, "file", abi.AT_FDCWD, "/d/fast"))
	must(t, "symlink", v.Symlink(c, strings.Repeat("y", 100), abi.AT_FDCWD, "/d/slow"))
	must(t, "mknod", v.Mknod(c, abi.AT_FDCWD, "/d/dev", abi.S_IFCHR|0o666, 0x103))
	must(t, "link", v.Link(c, abi.AT_FDCWD, "/d/file", abi.AT_FDCWD, "/x/other", 0))
	for i := range 20 {
		writeFile(t, v, c, fmt.Sprintf("/d/e/name-%d", i), []byte("x"))
	}
	must(t, "shutdown", v.Shutdown())
	return disk
}

// use does everything to a disk that a program could. Only errors may come of it.
func use(disk blk.Bytes) {
	ram := mem.New(150 * mem.FrameSize)
	v := vfs.New(ram, vfs.NewFrames(ram), &host{})
	v.Register(vfs.Ext2, New(disk))
	if v.MountRoot(vfs.Ext2, "disk", false) != abi.OK {
		return
	}
	c := &vfs.Ctx{FSID: v.NewFS(), Files: v.NewTable(), Caps: abi.CAP_ALL, NoFile: 64, FSize: 1 << 20}
	const cwd = abi.AT_FDCWD
	buf := make([]byte, 5000)
	for _, path := range []string{"/", "/d", "/d/e", "/x", "/d/file", "/d/fast", "/d/slow", "/d/dev", "/x/other", "/lost+found", "/d/e/name-3/../../e"} {
		v.Stat(c, cwd, path, 0)
		v.Readlink(c, cwd, path)
		f, err := v.OpenFile(c, path, abi.O_RDONLY, 0)
		if err != abi.OK {
			continue
		}
		for range 30 {
			v.Read(f, buf)
			v.Getdents64(f, buf[:500])
		}
		v.Lseek(f, 1<<33, abi.SEEK_SET)
		v.Read(f, buf)
		v.PutFile(f)
	}
	for i := range 30 {
		if f, err := v.OpenFile(c, fmt.Sprintf("/d/new-%d", i), abi.O_RDWR|abi.O_CREAT, 0o644); err == abi.OK {
			v.Pwrite(c, f, buf, int64(i*20000))
			v.PutFile(f)
		}
	}
	v.Mkdir(c, cwd, "/d/sub", 0o755)
	v.Rename(c, cwd, "/d/e", cwd, "/x/e", 0)
	v.Rename(c, cwd, "/x", cwd, "/d/file", abi.RENAME_EXCHANGE)
	v.Symlink(c, strings.Repeat("z", 300), cwd, "/d/link")
	v.Truncate(c, "/d/file", 5000)
	v.Truncate(c, "/x/other", 500000)
	for i := range 20 {
		v.Unlink(c, cwd, fmt.Sprintf("/d/e/name-%d", i))
		v.Unlink(c, cwd, fmt.Sprintf("/x/e/name-%d", i))
	}
	v.Unlink(c, cwd, "/x/other")
	v.Unlink(c, cwd, "/d/file")
	v.Rmdir(c, cwd, "/d/e")
	v.Rmdir(c, cwd, "/x")
	v.Statfs(c, "/")
	v.Sync()
	v.Shutdown()
}

// damage overwrites bytes as told: three bytes of place and one of value each.
func damage(disk blk.Bytes, orders []byte) {
	for ; len(orders) >= 4; orders = orders[4:] {
		at := int(orders[0])<<16 | int(orders[1])<<8 | int(orders[2])
		disk[at%len(disk)] = orders[3]
	}
}

func FuzzDamagedDisk(f *testing.F) {
	disks := []blk.Bytes{victim(f, 1024), victim(f, 4096)}
	f.Add(false, []byte{})
	f.Add(true, []byte{0, 4, 20, 0xff, 0, 4, 24, 7})
	f.Fuzz(func(t *testing.T, large bool, orders []byte) {
		disk := disks[0]
		if large {
			disk = disks[1]
		}
		disk = bytes.Clone(disk)
		damage(disk, orders)
		use(disk)
	})
}

// A quick run of the same with damage where it hurts: super block, descriptors, bitmaps, inodes, directories.
func TestDamagedDisk(t *testing.T) {
	for _, bs := range []int{1024, 4096} {
		whole := victim(t, bs)
		var metadata []int
		for i, b := range whole {
			if b != 0 && i >= 1024 {
				metadata = append(metadata, i)
			}
		}
		for seed := range int64(500) {
			r := rand.New(rand.NewSource(seed))
			disk := bytes.Clone(whole)
			for range 1 + r.Intn(8) {
				at := metadata[r.Intn(len(metadata))]
				disk[at] = []byte{0, 1, 0xff, 0x80, byte(r.Intn(256)), disk[at] + 1}[r.Intn(6)]
			}
			use(disk)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(victim(f, 1024)[1024:2048]))
	f.Fuzz(func(t *testing.T, s []byte) {
		m, err := parse(s, 1<<20)
		if err == abi.OK && (m.Groups == 0 || m.BlockSize > vfs.PageSize || m.InodeSize > m.BlockSize) {
			t.Errorf("accepted %+v", m)
		}
		for at := uint32(0); int(at) < len(s); at += 4 {
			m.parseEntry(s, at)
		}
	})
}
