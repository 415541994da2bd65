// Package fs is the file systems besides ext2, which has a package of its own: tmpfs and devtmpfs, procfs, and the
// memory devices. Drivers keep their data in State and otherwise only behaviour.
package fs

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/fs/ext2"
	"vitrine/kernel/vfs"
)

// BlockDevice is a disk: see package blk.
type BlockDevice = blk.Device

// World is what the file systems ask of the kernel.
type World interface {
	// Random fills p from the pool behind /dev/random.
	Random(p []byte)
	// Log writes a line to the kernel's log.
	Log(text string)
	// KernelLog is that log.
	KernelLog() Log
	Facts
}

// State is the drivers' plain data.
type State struct {
	Ext2 ext2.State
	Tmp  TmpState
}

// Set is all file systems, registered with a file layer.
type Set struct {
	S      State
	v      *vfs.VFS
	root   BlockDevice // the partition
	drive  BlockDevice // nil when not known
	second BlockDevice // nil when not known
}

// Register makes the file systems and the memory devices known to v. The root file system is on disk.
func Register(v *vfs.VFS, disk BlockDevice, w World) *Set {
	s := &Set{v: v, root: disk}
	root := ext2.New(disk)
	root.State = &s.S.Ext2
	root.Log = w.Log
	root.Find = s.other
	v.Register(vfs.Ext2, root)
	v.Register(vfs.Proc, &procFS{facts: w, v: v})
	v.Register(vfs.Sysfs, &sysFS{facts: w, tree: newSysTree()})
	v.Register(vfs.Tmpfs, &tmpFS{name: "tmpfs", state: &s.S.Tmp})
	v.Register(vfs.Devtmpfs, &tmpFS{name: "devtmpfs", state: &s.S.Tmp, initial: devices})
	v.RegisterChar(majorMem, memDevice{w})
	v.RegisterBlock(majorSD, blockDevice{s})
	return s
}

// other is a disk that is not the root file system's, nil when the number is no other's.
func (s *Set) other(dev uint64) BlockDevice {
	if dev == vfs.MakeDev(majorSD, minorSDB) {
		return s.second
	}
	return nil
}

// MountRoot mounts the disk as root, and on it devtmpfs, procfs, sysfs, binfmt_misc and devpts where there are directories for them.
func (s *Set) MountRoot(readOnly bool) abi.Errno {
	if err := s.v.MountRoot(vfs.Ext2, "/dev/root", readOnly); err != abi.OK {
		return err
	}
	c := &vfs.Ctx{FSID: s.v.NewFS(), Files: s.v.NewTable(), Caps: abi.CAP_ALL, NoFile: vfs.DefaultNoFile, FSize: vfs.NoLimit}
	defer s.v.PutFS(c.FSID)
	defer s.v.PutTable(c.Files)
	for _, m := range [...]struct{ source, target, kind, data string }{{"devtmpfs", "/dev", "devtmpfs", ""}, {"proc", "/proc", "proc", ""},
		{"sysfs", "/sys", "sysfs", ""},
		{"binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", ""}, {"devpts", "/dev/pts", "devpts", "gid=5,mode=620,ptmxmode=000"}} {
		err := s.v.Mount(c, m.source, m.target, m.kind, 0, m.data)
		if err != abi.OK && err != abi.ENOENT && err != abi.ENOTDIR && err != abi.ENODEV {
			return err
		}
	}
	return abi.OK
}
