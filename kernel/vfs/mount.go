package vfs

import "vitrine/kernel/abi"

// Flags of mount(2).
const (
	MS_RDONLY     = 1
	MS_NOSUID     = 2
	MS_NODEV      = 4
	MS_NOEXEC     = 8
	MS_REMOUNT    = 32
	MS_NOATIME    = 1 << 10
	MS_BIND       = 1 << 12
	MS_MOVE       = 1 << 13
	MS_REC        = 1 << 14
	MS_SILENT     = 1 << 15
	MS_UNBINDABLE = 1 << 17
	MS_PRIVATE    = 1 << 18
	MS_SLAVE      = 1 << 19
	MS_SHARED     = 1 << 20

	msPropagation = MS_UNBINDABLE | MS_PRIVATE | MS_SLAVE | MS_SHARED
)

// MountRoot mounts the first file system; its root becomes the tree's. Linux init/do_mounts.c:mount_root
func (v *VFS) MountRoot(kind FSKind, source string, readOnly bool) abi.Errno {
	flags := uint64(0)
	if readOnly {
		flags = MS_RDONLY
	}
	id, err := v.mountType(kind, source, flags, "", rootDev)
	if err != abi.OK {
		return err
	}
	v.S.Root = v.S.Supers.Get(id).Root
	return abi.OK
}

// rootDev is /dev/sda1, where the root file system is.
var rootDev = MakeDev(8, 1)

// mountType makes a super block and its root dentry, mounted nowhere yet.
func (v *VFS) mountType(kind FSKind, source string, flags uint64, data string, dev uint64) (FSID, abi.Errno) {
	id, sb := v.S.Supers.Alloc()
	*sb = SuperBlock{ID: id, Kind: kind, Flags: flags, ReadOnly: flags&MS_RDONLY != 0, Source: source, Data: data, BlockSize: PageSize, Dev: MakeDev(0, uint32(id))}
	if sb.Bdev = v.newBdev(id); sb.Bdev != 0 {
		sb.Dev = dev
	}
	root, err := v.types[kind].Mount(v, v.S.Supers.Get(id))
	if err != abi.OK {
		v.abandon(id)
		return 0, err
	}
	inode, err := v.iget(id, root)
	if err != abi.OK {
		v.abandon(id)
		return 0, err
	}
	if !v.inode(inode).IsDir() {
		v.iput(inode)
		v.abandon(id)
		return 0, abi.EUCLEAN
	}
	d := v.dalloc(0, "/", inode, false)
	v.S.Supers.Get(id).Root = d
	return id, abi.OK
}

// newBdev makes the inode whose pages are the blocks of the device under a super block.
func (v *VFS) newBdev(sb FSID) InodeID {
	if v.types[v.S.Supers.Get(sb).Kind].NoDev() {
		return 0
	}
	id, in := v.S.Inodes.Alloc()
	*in = Inode{SB: sb, Mode: abi.S_IFBLK, Nlink: 1, Refs: 1}
	return id
}

// abandon gives up a super block whose mount failed or that was unmounted.
func (v *VFS) abandon(id FSID) {
	if bdev := v.S.Supers.Get(id).Bdev; bdev != 0 {
		v.dropPages(bdev, 0)
		v.S.Inodes.Free(bdev)
	}
	v.S.Supers.Free(id)
}

// kindOf finds a registered type by its name.
func (v *VFS) kindOf(name string) (FSKind, bool) {
	for kind, fs := range v.types {
		if fs != nil && fs.Name() == name && !FSKind(kind).Hidden() {
			return FSKind(kind), true
		}
	}
	return NoFS, false
}

// Mount mounts a file system on a directory, or changes the flags of one that is mounted; data is the file system's own
// options. mount(2)
func (v *VFS) Mount(c *Ctx, source, target, fstype string, flags uint64, data string) abi.Errno {
	d, err := v.resolve(c, abi.AT_FDCWD, target, true)
	if err != abi.OK {
		return err
	}
	err = v.mountOn(c, d, source, fstype, flags, data)
	if err != abi.OK {
		v.DPut(d)
	}
	return err
}

// mountOn mounts on a dentry, whose reference it keeps on success.
func (v *VFS) mountOn(c *Ctx, d DentryID, source, fstype string, flags uint64, data string) abi.Errno {
	if !c.can(abi.CAP_SYS_ADMIN) {
		return abi.EPERM
	}
	switch {
	case flags&MS_REMOUNT != 0:
		return v.remount(d, flags, data)
	case flags&msPropagation != 0:
		return v.setPropagation(d, flags)
	case flags&(MS_BIND|MS_MOVE) != 0:
		return abi.EINVAL
	}
	kind, ok := v.kindOf(fstype)
	switch {
	case !ok:
		return abi.ENODEV
	case !v.inodeOf(d).IsDir():
		return abi.ENOTDIR
	}
	dev := uint64(0)
	if !v.types[kind].NoDev() {
		var err abi.Errno
		if dev, err = v.mountable(c, source); err != abi.OK {
			return err
		}
	}
	id, err := v.mountType(kind, source, flags, data, dev)
	if err != abi.OK {
		return err
	}
	v.S.Supers.Get(id).Covered = d
	v.dentry(d).Mounted = id
	return abi.OK
}

// mountable is the device number of a block device that can be mounted: it is there, and not mounted already.
// Linux fs/super.c:get_tree_bdev
func (v *VFS) mountable(c *Ctx, source string) (uint64, abi.Errno) {
	d, err := v.resolve(c, abi.AT_FDCWD, source, true)
	if err != abi.OK {
		return 0, err
	}
	in := v.inodeOf(d)
	defer v.DPut(d)
	ops, _ := v.ops(in).(Sized)
	switch {
	case in.Mode&abi.S_IFMT != abi.S_IFBLK:
		return 0, abi.ENOTBLK
	case ops == nil || ops.DeviceSize(in) <= 0:
		return 0, abi.ENXIO
	case v.MountedFrom(in.Rdev):
		return 0, abi.EBUSY
	}
	return in.Rdev, abi.OK
}

// MountedFrom tells whether a file system on a block device is mounted.
func (v *VFS) MountedFrom(dev uint64) bool {
	for id := FSID(1); int(id) <= v.S.Supers.Len(); id++ {
		if sb := v.S.Supers.Get(id); sb != nil && sb.Bdev != 0 && sb.Dev == dev {
			return true
		}
	}
	return false
}

// setPropagation is what mount(2) does with MS_PRIVATE and its like: there is one name space, so all mounts are private,
// and no others can be had. Linux fs/namespace.c:do_change_type
func (v *VFS) setPropagation(d DentryID, flags uint64) abi.Errno {
	if flags&msPropagation&^MS_PRIVATE != 0 || flags&^(msPropagation|MS_REC|MS_SILENT) != 0 || v.S.Supers.Get(v.dentry(d).SB).Root != d {
		return abi.EINVAL
	}
	v.DPut(d)
	return abi.OK
}

// remount changes a mounted file system between read-only and read-write.
func (v *VFS) remount(d DentryID, flags uint64, data string) abi.Errno {
	id := v.dentry(d).SB
	sb := v.S.Supers.Get(id)
	if sb.Root != d {
		return abi.EINVAL
	}
	if flags&MS_RDONLY != 0 && !sb.ReadOnly && v.writers(id) {
		return abi.EBUSY
	}
	if r, ok := v.types[sb.Kind].(Remounter); ok {
		if err := r.Remount(v, sb, data); err != abi.OK {
			return err
		}
	}
	v.DPut(d)
	if flags&MS_RDONLY != 0 && !sb.ReadOnly {
		v.Sync()
	}
	sb = v.S.Supers.Get(id)
	sb.ReadOnly = flags&MS_RDONLY != 0
	sb.Flags = flags &^ MS_REMOUNT
	return abi.OK
}

// writers tells whether a file of a file system is open for writing.
func (v *VFS) writers(id FSID) bool {
	for i := InodeID(1); int(i) <= v.S.Inodes.Len(); i++ {
		if in := v.inode(i); in != nil && in.SB == id && in.Writers > 0 {
			return true
		}
	}
	return false
}

// Flags of umount2(2). A mount that is in use is not taken away from its users.
const (
	MNT_FORCE       = 1
	MNT_DETACH      = 2
	UMOUNT_NOFOLLOW = 8
)

// Umount takes a file system out of the tree. umount2(2)
func (v *VFS) Umount(c *Ctx, target string, flags int) abi.Errno {
	if flags&^(MNT_FORCE|MNT_DETACH|UMOUNT_NOFOLLOW) != 0 {
		return abi.EINVAL
	}
	d, err := v.resolve(c, abi.AT_FDCWD, target, flags&UMOUNT_NOFOLLOW == 0)
	if err != abi.OK {
		return err
	}
	id := v.dentry(d).SB
	err = v.mayUmount(c, v.S.Supers.Get(id), d)
	v.DPut(d)
	if err != abi.OK {
		return err
	}
	v.prune()
	if v.dentry(d).Refs > 1 || v.inUse(id, v.dentry(d).Inode) {
		return abi.EBUSY
	}
	v.detach(id)
	return abi.OK
}

// mayUmount tells whether d is the root of what can be taken out of the tree.
func (v *VFS) mayUmount(c *Ctx, sb *SuperBlock, d DentryID) abi.Errno {
	switch {
	case !c.can(abi.CAP_SYS_ADMIN):
		return abi.EPERM
	case sb.Root != d || sb.Kind.Hidden():
		return abi.EINVAL
	case sb.Covered == 0:
		return abi.EBUSY
	}
	return abi.OK
}

// inUse tells whether any inode but the root is in use.
func (v *VFS) inUse(id FSID, root InodeID) bool {
	bdev := v.S.Supers.Get(id).Bdev
	for i := InodeID(1); int(i) <= v.S.Inodes.Len(); i++ {
		if in := v.inode(i); in != nil && in.SB == id && in.Refs > v.watched(i) && i != root && i != bdev {
			return true
		}
	}
	return false
}

// detach stores a file system and forgets it.
func (v *VFS) detach(id FSID) {
	for i := 0; i < len(v.S.Watches); i++ {
		if w := &v.S.Watches[i]; v.inode(w.Inode).SB == id {
			v.forgetWatches(w.Inode, abi.IN_UNMOUNT)
			i = -1
		}
	}
	v.Sync()
	v.unmount(id)
	sb := v.S.Supers.Get(id)
	covered := sb.Covered
	v.dentry(sb.Root).Unhashed = true
	v.DPut(sb.Root)
	for i := InodeID(1); int(i) <= v.S.Inodes.Len(); i++ { // those that exist only in memory
		if in := v.inode(i); in != nil && in.SB == id && i != sb.Bdev {
			v.dropPages(i, 0)
			v.forgetInode(i)
		}
	}
	v.abandon(id)
	v.dentry(covered).Mounted = 0
	v.DPut(covered)
}

// Shutdown writes everything and closes the file systems, before the power goes off.
func (v *VFS) Shutdown() abi.Errno {
	err := v.Sync()
	for id := FSID(1); int(id) <= v.S.Supers.Len(); id++ {
		if sb := v.S.Supers.Get(id); sb != nil && !sb.ReadOnly {
			err = firstError(err, v.unmount(id))
		}
	}
	return err
}

// unmount lets the driver store that the file system was left in order.
func (v *VFS) unmount(id FSID) abi.Errno {
	sb := v.S.Supers.Get(id)
	v.types[sb.Kind].Unmount(v, sb)
	if sb.Bdev == 0 {
		return abi.OK
	}
	return v.flushPages(v.inode(sb.Bdev))
}

// MountsText is the content of /proc/mounts. proc_pid_mounts(5)
func (v *VFS) MountsText(dst []byte) []byte {
	for id := FSID(1); int(id) <= v.S.Supers.Len(); id++ {
		sb := v.S.Supers.Get(id)
		if sb == nil || sb.Kind.Hidden() {
			continue
		}
		where := "/"
		if sb.Covered != 0 {
			where = v.Path(sb.Covered, 0)
		}
		mode := v.MountFlags(sb) + v.SuperOptions(sb)
		dst = append(dst, sb.Source+" "+where+" "+v.types[sb.Kind].Name()+" "+mode+" 0 0\n"...)
	}
	return dst
}

// MountFlags are the words for a mount's flags, as in /proc/mounts. Linux fs/proc_namespace.c:show_mnt_opts
func (v *VFS) MountFlags(sb *SuperBlock) string {
	words := "rw"
	if sb.ReadOnly {
		words = "ro"
	}
	for _, o := range [...]struct {
		flag uint64
		name string
	}{{MS_NOSUID, ",nosuid"}, {MS_NODEV, ",nodev"}, {MS_NOEXEC, ",noexec"}} {
		if sb.Flags&o.flag != 0 {
			words += o.name
		}
	}
	if sb.Flags&MS_NOATIME != 0 {
		words += ",noatime"
	} else {
		words += ",relatime"
	}
	return words
}

// SuperOptions are the file system's own, each after a comma.
func (v *VFS) SuperOptions(sb *SuperBlock) string {
	if o, ok := v.types[sb.Kind].(Optioned); ok {
		return o.Options(sb)
	}
	return ""
}
