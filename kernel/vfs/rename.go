package vfs

import "vitrine/kernel/abi"

// renaming is one rename(2): two directories, two names, what they mean now.
type renaming struct {
	oldDir, newDir   DentryID
	oldName, newName string
	from, to         DentryID // to is 0 when the new name is free
	exchange         bool
}

// Rename moves a name, replacing what has the new one; RENAME_NOREPLACE and RENAME_EXCHANGE of renameat2(2).
// Linux fs/namei.c:do_renameat2
func (v *VFS) Rename(c *Ctx, oldfd int32, old string, newfd int32, new string, flags uint32) abi.Errno {
	both := uint32(abi.RENAME_NOREPLACE | abi.RENAME_EXCHANGE)
	if flags&^both != 0 || flags&both == both {
		return abi.EINVAL
	}
	w1, l1, err := v.victim(c, oldfd, old)
	if err != abi.OK {
		return err
	}
	defer w1.end()
	w2, l2, err := v.victim(c, newfd, new)
	if err != abi.OK {
		return err
	}
	defer w2.end()
	switch {
	case v.dentry(w1.at).SB != v.dentry(w2.at).SB:
		return abi.EXDEV
	case !l1.plain():
		return abi.EBUSY
	case !l2.plain() && flags&abi.RENAME_NOREPLACE != 0:
		return abi.EEXIST
	case !l2.plain():
		return abi.EBUSY
	case v.writable(v.inodeOf(w1.at)) != abi.OK:
		return abi.EROFS
	}
	r := renaming{oldDir: w1.at, newDir: w2.at, oldName: l1.name, newName: l2.name, exchange: flags&abi.RENAME_EXCHANGE != 0}
	if r.from, err = v.lookupHere(w1.at, l1.name); err != abi.OK {
		return err
	}
	defer v.DPut(r.from)
	r.to, err = v.lookupHere(w2.at, l2.name)
	switch {
	case err == abi.OK:
		defer v.DPut(r.to)
	case err != abi.ENOENT || r.exchange:
		return err
	}
	if r.to != 0 && flags&abi.RENAME_NOREPLACE != 0 {
		return abi.EEXIST
	}
	if err := v.makesSense(&r, l1.slash, l2.slash); err != abi.OK {
		return err
	}
	if r.to != 0 && v.dentry(r.from).Inode == v.dentry(r.to).Inode {
		return abi.OK // two names of one file: nothing happens
	}
	if err := v.mayRename(c, &r); err != abi.OK {
		return err
	}
	if r.exchange {
		return v.exchange(&r)
	}
	return v.move(&r)
}

// makesSense checks what does not depend on who asks: slashes after names that are no directories, and a directory
// becoming a part of itself. Linux fs/namei.c:do_renameat2
func (v *VFS) makesSense(r *renaming, slash1, slash2 bool) abi.Errno {
	from := v.inodeOf(r.from)
	becomes := from // what a slash after the new name says is a directory
	if r.exchange {
		becomes = v.inodeOf(r.to)
	}
	if slash1 && !from.IsDir() || slash2 && !becomes.IsDir() {
		return abi.ENOTDIR
	}
	if v.above(r.from, r.newDir) {
		return abi.EINVAL
	}
	if r.to != 0 && v.above(r.to, r.oldDir) {
		if r.exchange {
			return abi.EINVAL
		}
		return abi.ENOTEMPTY
	}
	return abi.OK
}

// mayRename makes the other checks. Linux fs/namei.c:vfs_rename
func (v *VFS) mayRename(c *Ctx, r *renaming) abi.Errno {
	from, oldDir, newDir := v.inodeOf(r.from), v.inodeOf(r.oldDir), v.inodeOf(r.newDir)
	if err := v.mayDelete(c, oldDir, from); err != abi.OK {
		return err
	}
	if r.to == 0 {
		if err := v.mayCreate(c, r.newDir); err != abi.OK {
			return err
		}
	} else if err := v.mayReplace(c, r); err != abi.OK {
		return err
	}
	if from.IsDir() && r.oldDir != r.newDir {
		if err := v.may(c, from, mayWrite); err != abi.OK { // its ".." changes
			return err
		}
		if r.to == 0 && newDir.Nlink >= maxNlink {
			return abi.EMLINK
		}
	}
	if v.dentry(r.from).Mounted != 0 || r.to != 0 && v.dentry(r.to).Mounted != 0 {
		return abi.EBUSY
	}
	return abi.OK
}

// mayReplace checks that the new name's present meaning may go: kinds must agree, a directory must be empty.
func (v *VFS) mayReplace(c *Ctx, r *renaming) abi.Errno {
	from, to := v.inodeOf(r.from), v.inodeOf(r.to)
	if err := v.mayDelete(c, v.inodeOf(r.newDir), to); err != abi.OK {
		return err
	}
	switch {
	case r.exchange:
		return abi.OK
	case from.IsDir() && !to.IsDir():
		return abi.ENOTDIR
	case !from.IsDir() && to.IsDir():
		return abi.EISDIR
	case to.IsDir():
		return v.removable(r.to)
	}
	return abi.OK
}

// above tells whether d is at or above under in the tree of one mount.
func (v *VFS) above(d, under DentryID) bool {
	for under != 0 && under != d {
		under = v.dentry(under).Parent
	}
	return under == d
}

// move makes the new name, then removes the old one: a crash between leaves two names rather than none.
func (v *VFS) move(r *renaming) abi.Errno {
	oldDir, newDir, from := v.inodeOf(r.oldDir), v.inodeOf(r.newDir), v.inodeOf(r.from)
	fs := v.driver(from)
	err := abi.OK
	if r.to != 0 {
		err = fs.Replace(v, newDir, r.newName, from)
	} else {
		err = fs.Link(v, newDir, r.newName, from)
	}
	if err != abi.OK {
		return err
	}
	if err := fs.Unlink(v, oldDir, r.oldName, from); err != abi.OK {
		return err
	}
	if r.to != 0 {
		v.replaced(r)
	}
	if from.IsDir() && r.oldDir != r.newDir {
		if err := fs.Reparent(v, from, newDir); err != abi.OK {
			return err
		}
		oldDir.Nlink--
		newDir.Nlink++
	}
	v.touch(from, touchC)
	v.touch(oldDir, touchM|touchC)
	v.touch(newDir, touchM|touchC)
	v.rehash(r.from, r.newDir, r.newName)
	v.notifyMove(r, v.dentry(r.from).Inode, from.IsDir())
	return abi.OK
}

// replaced takes the link off the inode that lost its name.
func (v *VFS) replaced(r *renaming) {
	to := v.inodeOf(r.to)
	if to.IsDir() {
		to.Nlink = 0
		v.inodeOf(r.newDir).Nlink--
	} else {
		to.Nlink--
	}
	v.touch(to, touchC)
	v.unhash(r.to)
}

// rehash moves a dentry to another directory and name. Linux fs/dcache.c:d_move
func (v *VFS) rehash(d, dir DentryID, name string) {
	v.unhash(d)
	old := v.dentry(d).Parent
	v.DGet(dir)
	de := v.dentry(d)
	de.Parent, de.Name = dir, name
	v.hash(d)
	v.DPut(old)
}

// exchange swaps what two names mean.
func (v *VFS) exchange(r *renaming) abi.Errno {
	oldDir, newDir, from, to := v.inodeOf(r.oldDir), v.inodeOf(r.newDir), v.inodeOf(r.from), v.inodeOf(r.to)
	fs := v.driver(from)
	if err := fs.Replace(v, newDir, r.newName, from); err != abi.OK {
		return err
	}
	if err := fs.Replace(v, oldDir, r.oldName, to); err != abi.OK {
		return err
	}
	if r.oldDir != r.newDir {
		if err := v.crossed(from, oldDir, newDir); err != abi.OK {
			return err
		}
		if err := v.crossed(to, newDir, oldDir); err != abi.OK {
			return err
		}
	}
	v.touch(from, touchC)
	v.touch(to, touchC)
	v.touch(oldDir, touchM|touchC)
	v.touch(newDir, touchM|touchC)
	v.unhash(r.to)
	v.rehash(r.from, r.newDir, r.newName)
	v.rehash(r.to, r.oldDir, r.oldName)
	v.notifyMove(r, v.dentry(r.from).Inode, from.IsDir())
	back := renaming{oldDir: r.newDir, newDir: r.oldDir, oldName: r.newName, newName: r.oldName}
	v.notifyMove(&back, v.dentry(r.to).Inode, to.IsDir())
	return abi.OK
}

// crossed notes that in moved from one directory to another: a directory's ".." follows.
func (v *VFS) crossed(in, from, to *Inode) abi.Errno {
	if !in.IsDir() {
		return abi.OK
	}
	from.Nlink--
	to.Nlink++
	return v.driver(in).Reparent(v, in, to)
}
