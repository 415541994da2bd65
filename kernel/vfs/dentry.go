package vfs

import (
	"sort"

	"vitrine/kernel/abi"
)

// maxDentries is how many names are kept before unused ones are forgotten.
const maxDentries = 4096

// Dentry returns a dentry for reading (diagrams, /proc), nil when d names none.
func (v *VFS) Dentry(d DentryID) *Dentry { return v.S.Dentries.Get(d) }

// InodeDentry is a name that an inode has, 0 when it has none.
func (v *VFS) InodeDentry(in InodeID) DentryID {
	for d := DentryID(1); in != 0 && int(d) <= v.S.Dentries.Len(); d++ {
		if de := v.S.Dentries.Get(d); de != nil && de.Inode == in {
			return d
		}
	}
	return 0
}

func (v *VFS) dentry(d DentryID) *Dentry { return v.S.Dentries.Get(d) }

// inodeOf is the inode a dentry names.
func (v *VFS) inodeOf(d DentryID) *Inode { return v.inode(v.dentry(d).Inode) }

// DGet takes a reference of a dentry.
func (v *VFS) DGet(d DentryID) DentryID {
	v.dentry(d).Refs++
	return d
}

// DPut drops one. A dentry that is still in its directory stays cached without references, unless its directory
// may change behind our back. Linux fs/dcache.c:dput
func (v *VFS) DPut(d DentryID) {
	de := v.dentry(d)
	if de.Refs--; de.Refs > 0 {
		return
	}
	if de.Unhashed || de.Fleeting {
		v.dfree(d)
	}
}

// dfree forgets a dentry without references.
func (v *VFS) dfree(d DentryID) {
	de := v.dentry(d)
	if !de.Unhashed {
		v.unhash(d)
	}
	parent, inode := de.Parent, de.Inode
	v.S.Dentries.Free(d)
	if len(v.S.Watches) > 0 && v.inode(inode).Nlink == 0 {
		v.forgetWatches(inode, abi.IN_DELETE_SELF)
	}
	v.iput(inode)
	if parent != 0 {
		v.DPut(parent)
	}
}

// kidAt finds a name among the cached names of a directory.
func (v *VFS) kidAt(parent DentryID, name string) (int, bool) {
	kids := v.dentry(parent).Kids
	i := sort.Search(len(kids), func(i int) bool { return v.dentry(kids[i]).Name >= name })
	return i, i < len(kids) && v.dentry(kids[i]).Name == name
}

// hash puts a dentry into its directory.
func (v *VFS) hash(d DentryID) {
	de := v.dentry(d)
	at, _ := v.kidAt(de.Parent, de.Name)
	p := v.dentry(de.Parent)
	p.Kids = append(p.Kids, 0)
	copy(p.Kids[at+1:], p.Kids[at:])
	p.Kids[at] = d
	de.Unhashed = false
}

// unhash takes a dentry out of its directory; it keeps its name and parent for /proc/PID/fd.
func (v *VFS) unhash(d DentryID) {
	de := v.dentry(d)
	if de.Unhashed {
		return
	}
	de.Unhashed = true
	if de.Parent == 0 {
		return
	}
	at, found := v.kidAt(de.Parent, de.Name)
	if !found {
		panic("BUG: vfs: dentry not among its parent's kids")
	}
	p := v.dentry(de.Parent)
	p.Kids = append(p.Kids[:at], p.Kids[at+1:]...)
}

// dalloc makes a name for an inode, taking over the caller's reference of the inode; it has one reference itself.
func (v *VFS) dalloc(parent DentryID, name string, inode InodeID, fleeting bool) DentryID {
	if v.S.Dentries.Live >= maxDentries {
		v.prune()
	}
	d, de := v.S.Dentries.Alloc()
	*de = Dentry{Name: name, Parent: parent, Inode: inode, SB: v.inode(inode).SB, Refs: 1, Fleeting: fleeting}
	if parent == 0 {
		return d
	}
	v.DGet(parent)
	v.hash(d)
	return d
}

// prune forgets every name nobody uses. Linux fs/dcache.c:shrink_dcache_sb
func (v *VFS) prune() {
	for d := DentryID(v.S.Dentries.Len()); d > 0; d-- {
		de := v.dentry(d)
		if de != nil && de.Refs == 0 {
			v.dfree(d)
		}
	}
}

// lookup finds a name in a directory, in the cache or by asking the file system, and crosses into what is mounted
// there. The result has one more reference. Linux fs/namei.c:lookup_slow, __follow_mount_rcu
func (v *VFS) lookup(dir DentryID, name string) (DentryID, abi.Errno) {
	if len(name) > nameMax {
		return 0, abi.ENAMETOOLONG
	}
	d, err := v.lookupHere(dir, name)
	if err != abi.OK {
		return 0, err
	}
	for v.dentry(d).Mounted != 0 {
		root := v.DGet(v.S.Supers.Get(v.dentry(d).Mounted).Root)
		v.DPut(d)
		d = root
	}
	return d, abi.OK
}

// lookupHere is lookup without crossing mounts.
func (v *VFS) lookupHere(dir DentryID, name string) (DentryID, abi.Errno) {
	at, cached := v.kidAt(dir, name)
	in := v.inodeOf(dir)
	fs, sb := v.driver(in), in.SB
	if cached {
		d := v.dentry(dir).Kids[at]
		if !v.dentry(d).Fleeting || v.stillThere(dir, d) {
			return v.DGet(d), abi.OK
		}
	}
	ino, err := fs.Lookup(v, in, name)
	if err != abi.OK {
		return 0, err
	}
	fleeting := !fs.Stable(v, in)
	id, err := v.iget(sb, ino)
	if err != abi.OK {
		return 0, err
	}
	return v.dalloc(dir, name, id, fleeting), abi.OK
}

// stillThere asks the file system whether a name of a changing directory still means the same inode; when not, the
// cached name is dropped. Linux d_revalidate
func (v *VFS) stillThere(dir, d DentryID) bool {
	in := v.inodeOf(dir)
	ino, err := v.driver(in).Lookup(v, in, v.dentry(d).Name)
	if err == abi.OK && ino == v.inodeOf(d).Ino {
		return true
	}
	v.unhash(d)
	return false
}

// up is the directory above d, staying inside root; it crosses mounts. The result has one more reference.
func (v *VFS) up(d, root DentryID) DentryID {
	for d != root && v.dentry(d).Parent == 0 {
		covered := v.S.Supers.Get(v.dentry(d).SB).Covered
		if covered == 0 {
			return v.DGet(d)
		}
		d = covered
	}
	if d == root {
		return v.DGet(d)
	}
	return v.DGet(v.dentry(d).Parent)
}

// Path names a dentry as seen from root (0: the real root), " (deleted)" appended when unlinked. Linux fs/d_path.c
func (v *VFS) Path(d, root DentryID) string {
	de := v.dentry(d)
	if v.S.Supers.Get(de.SB).Kind.Hidden() {
		return de.Name
	}
	gone, path := "", ""
	if de.Unhashed {
		gone = " (deleted)"
	}
	if root == 0 {
		root = v.S.Root
	}
	for d != root {
		de = v.dentry(d)
		if de.Parent != 0 {
			path = "/" + de.Name + path
			d = de.Parent
			continue
		}
		covered := v.S.Supers.Get(de.SB).Covered
		if covered == 0 {
			break
		}
		d = covered
	}
	if path == "" {
		path = "/"
	}
	return path + gone
}
