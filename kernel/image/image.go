// Package image makes and changes disks while no machine runs: it mounts them with the kernel's own file system code, so what it
// writes is what the guest will read.
package image

import (
	"fmt"
	"path"

	boot "vitrine/assets/boot"
	"vitrine/engine/mem"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/fs/ext2"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Date is the time of every file that this package makes (2026-01-01 UTC), so that equal contents give equal images.
const Date = 1767225600

// CacheSize is memory for the page cache that is enough for any image.
const CacheSize = 64 << 20

// bytesPerInode is what mke2fs takes for small disks: room for many small files.
const bytesPerInode = 4096

const head = boot.PartitionLBA * blk.SectorSize

// host stands for the kernel around the file layer: its clock stands still and nobody sleeps.
type host struct{}

func (host) Now() vfs.Time        { return vfs.Time{Sec: Date} }
func (host) Wake(wait.Key)        {}
func (host) Unmap(uint32, uint64) {}

// Image is a disk whose root file system is mounted.
type Image struct {
	v   *vfs.VFS
	ctx *vfs.Ctx
}

// Format makes a disk of the given size: boot sector, kernel, and an empty root file system.
func Format(size int) (blk.Bytes, error) {
	size &^= 4095
	if size < head+1<<20 {
		return nil, fmt.Errorf("a disk of %d bytes is too small", size)
	}
	disk := make([]byte, size)
	copy(disk, boot.DiskHead(uint32(size-head)/blk.SectorSize))
	uuid := [16]byte([]byte("vitrine root fs."))
	if err := ext2.Mkfs(blk.Bytes(disk[head:]), ext2.Format{UUID: uuid, Label: "root", Time: Date, BytesPerInode: bytesPerInode}); err != abi.OK {
		return nil, fmt.Errorf("formatting: %v", err)
	}
	return disk, nil
}

// Mount mounts a disk for changes, with so many bytes for the page cache.
func Mount(disk blk.Device, cache uint64) (*Image, error) {
	part, err := blk.Partition(disk, 1)
	if err != abi.OK {
		return nil, fmt.Errorf("no root partition: %v", err)
	}
	ram := mem.New(cache)
	v := vfs.New(ram, vfs.NewFrames(ram), host{})
	v.Register(vfs.Ext2, ext2.New(part))
	if err := v.MountRoot(vfs.Ext2, "/dev/sda1", false); err != abi.OK {
		return nil, fmt.Errorf("mounting: %v", err)
	}
	ctx := &vfs.Ctx{FSID: v.NewFS(), Files: v.NewTable(), Caps: abi.CAP_ALL, NoFile: 16, FSize: abi.RLIM_INFINITY}
	return &Image{v: v, ctx: ctx}, nil
}

// Unmount writes back what is not yet on the disk.
func (im *Image) Unmount() error {
	im.v.PutTable(im.ctx.Files)
	im.v.PutFS(im.ctx.FSID)
	if err := im.v.Shutdown(); err != abi.OK {
		return fmt.Errorf("writing back: %v", err)
	}
	return nil
}

// Put makes a file, folder or symbolic link, and the folders on the way there.
func (im *Image) Put(f link.File) error {
	if err := im.mkdirs(path.Dir(f.Path)); err != nil {
		return err
	}
	switch f.Mode & link.TypeMask {
	case link.TypeFolder:
		return im.Mkdir(f.Path, f.Mode&^link.TypeMask)
	case link.TypeSymlink:
		return im.Symlink(string(f.Data), f.Path)
	}
	return im.WriteFile(f.Path, f.Data, f.Mode&^link.TypeMask)
}

func (im *Image) mkdirs(dir string) error {
	if dir == "/" {
		return nil
	}
	if err := im.mkdirs(path.Dir(dir)); err != nil {
		return err
	}
	if im.exists(dir) {
		return nil
	}
	return im.Mkdir(dir, 0o755)
}

// fail turns an errno into an error that names the file.
func fail(path string, err abi.Errno) error {
	if err == abi.OK {
		return nil
	}
	return fmt.Errorf("%s: %v", path, err)
}

// Mkdir makes a directory; one that is there already only gets the mode.
func (im *Image) Mkdir(path string, mode uint32) error {
	if err := im.v.Mkdir(im.ctx, abi.AT_FDCWD, path, mode); err != abi.OK && err != abi.EEXIST {
		return fail(path, err)
	}
	return fail(path, im.v.Chmod(im.ctx, abi.AT_FDCWD, path, mode, 0))
}

// Symlink makes a symbolic link, in place of a file with that name.
func (im *Image) Symlink(target, path string) error {
	if err := im.v.Unlink(im.ctx, abi.AT_FDCWD, path); err != abi.OK && err != abi.ENOENT {
		return fail(path, err)
	}
	return fail(path, im.v.Symlink(im.ctx, target, abi.AT_FDCWD, path))
}

// WriteFile makes a file, in place of one with that name.
func (im *Image) WriteFile(path string, data []byte, mode uint32) error {
	if err := im.v.Unlink(im.ctx, abi.AT_FDCWD, path); err != abi.OK && err != abi.ENOENT {
		return fail(path, err)
	}
	f, err := im.v.OpenFile(im.ctx, path, abi.O_WRONLY|abi.O_CREAT|abi.O_EXCL, mode)
	if err != abi.OK {
		return fail(path, err)
	}
	defer im.v.PutFile(f)
	for len(data) > 0 {
		n, err := im.v.Write(im.ctx, f, data)
		if err != abi.OK {
			return fail(path, err)
		}
		data = data[n:]
	}
	return fail(path, im.v.Chmod(im.ctx, abi.AT_FDCWD, path, mode, 0))
}

// ReadFile returns a file's contents.
func (im *Image) ReadFile(path string) ([]byte, error) {
	f, err := im.v.OpenFile(im.ctx, path, abi.O_RDONLY, 0)
	if err != abi.OK {
		return nil, fail(path, err)
	}
	defer im.v.PutFile(f)
	var all []byte
	p := make([]byte, 1<<16)
	for {
		n, err := im.v.Read(f, p)
		if err != abi.OK {
			return nil, fail(path, err)
		}
		if n == 0 {
			return all, nil
		}
		all = append(all, p[:n]...)
	}
}

func (im *Image) exists(path string) bool {
	return im.v.Access(im.ctx, abi.AT_FDCWD, path, 0, 0) == abi.OK
}
