package vfs

import (
	"strings"

	"vitrine/kernel/abi"
)

// Attributes is what a FileSystem may also be: it keeps extended attributes. Their names have their prefix. xattr(7)
type Attributes interface {
	// Xattrs lists an inode's attributes.
	Xattrs(v *VFS, in *Inode) ([]Xattr, abi.Errno)
	// SetXattrs stores what an inode is to have instead; ENOSPC when it does not fit.
	SetXattrs(v *VFS, in *Inode, list []Xattr) abi.Errno
}

// Xattr is one extended attribute.
type Xattr struct {
	Name  string
	Value []byte
}

// Limits and flags of extended attributes. Linux include/uapi/linux/limits.h, xattr.h
const (
	XattrNameMax = 255
	XattrSizeMax = 65536
	XattrListMax = 65536
	XattrCreate  = 1
	XattrReplace = 2
)

// xattrSpaces are the name spaces that there are: without access control lists, nothing of "system." is.
var xattrSpaces = []string{"user.", "trusted.", "security."}

// attributes is the file system of an inode as a keeper of attributes; EOPNOTSUPP when it or the name space is none.
// Linux fs/xattr.c:xattr_resolve_name
func (v *VFS) attributes(in *Inode, name string) (Attributes, abi.Errno) {
	a, ok := v.driver(in).(Attributes)
	if !ok {
		return nil, abi.EOPNOTSUPP
	}
	for _, space := range xattrSpaces {
		if rest, ok := strings.CutPrefix(name, space); ok {
			if rest == "" {
				return nil, abi.EINVAL
			}
			return a, abi.OK
		}
	}
	return nil, abi.EOPNOTSUPP
}

// mayXattr checks who may read or write which name. Linux fs/xattr.c:xattr_permission
func (v *VFS) mayXattr(c *Ctx, in *Inode, name string, write bool) abi.Errno {
	refused := abi.Errno(abi.ENODATA)
	if write {
		refused = abi.EPERM
		if err := v.writable(in); err != abi.OK {
			return err
		}
	}
	switch {
	case strings.HasPrefix(name, "security."):
		if write && !c.can(abi.CAP_SYS_ADMIN) {
			return abi.EPERM
		}
		return abi.OK
	case strings.HasPrefix(name, "trusted."):
		if !c.can(abi.CAP_SYS_ADMIN) {
			return refused
		}
		return abi.OK
	case strings.HasPrefix(name, "user."):
		if !in.IsReg() && !in.IsDir() {
			return refused
		}
		if write && in.IsDir() && in.Mode&abi.S_ISVTX != 0 && !c.owns(in) {
			return abi.EPERM
		}
	}
	want := uint32(mayRead)
	if write {
		want = mayWrite
	}
	return v.may(c, in, want)
}

// findXattr is the place of a name in a list.
func findXattr(list []Xattr, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}

// GetXattr reads an attribute of a dentry's inode. getxattr(2)
func (v *VFS) GetXattr(c *Ctx, d DentryID, name string) ([]byte, abi.Errno) {
	in := v.inodeOf(d)
	if err := v.mayXattr(c, in, name, false); err != abi.OK {
		return nil, err
	}
	a, err := v.attributes(in, name)
	if err != abi.OK {
		return nil, err
	}
	list, err := a.Xattrs(v, in)
	if err != abi.OK {
		return nil, err
	}
	i := findXattr(list, name)
	if i < 0 {
		return nil, abi.ENODATA
	}
	return list[i].Value, abi.OK
}

// SetXattr makes or changes an attribute. setxattr(2)
func (v *VFS) SetXattr(c *Ctx, d DentryID, name string, value []byte, flags uint32) abi.Errno {
	return v.changeXattr(c, d, name, func(list []Xattr, i int) ([]Xattr, abi.Errno) {
		switch {
		case i >= 0 && flags&XattrCreate != 0:
			return nil, abi.EEXIST
		case i < 0 && flags&XattrReplace != 0:
			return nil, abi.ENODATA
		case i < 0:
			return append(list, Xattr{name, value}), abi.OK
		}
		list[i].Value = value
		return list, abi.OK
	})
}

// RemoveXattr takes an attribute away. removexattr(2)
func (v *VFS) RemoveXattr(c *Ctx, d DentryID, name string) abi.Errno {
	return v.changeXattr(c, d, name, func(list []Xattr, i int) ([]Xattr, abi.Errno) {
		if i < 0 {
			return nil, abi.ENODATA
		}
		return append(list[:i], list[i+1:]...), abi.OK
	})
}

// changeXattr lets change make a new list of a copy of the old one, in which the name is at i or not (-1).
func (v *VFS) changeXattr(c *Ctx, d DentryID, name string, change func(list []Xattr, i int) ([]Xattr, abi.Errno)) abi.Errno {
	in := v.inodeOf(d)
	if err := v.mayXattr(c, in, name, true); err != abi.OK {
		return err
	}
	a, err := v.attributes(in, name)
	if err != abi.OK {
		return err
	}
	old, err := a.Xattrs(v, in)
	if err != abi.OK {
		return err
	}
	list, err := change(append([]Xattr(nil), old...), findXattr(old, name))
	if err != abi.OK {
		return err
	}
	if err := a.SetXattrs(v, in, list); err != abi.OK {
		return err
	}
	v.touch(in, touchC)
	v.notify(d, abi.IN_ATTRIB)
	return abi.OK
}

// ListXattr lists the names that the caller may know of. listxattr(2)
func (v *VFS) ListXattr(c *Ctx, d DentryID) ([]string, abi.Errno) {
	in := v.inodeOf(d)
	a, ok := v.driver(in).(Attributes)
	if !ok {
		return nil, abi.EOPNOTSUPP
	}
	list, err := a.Xattrs(v, in)
	var names []string
	for _, x := range list {
		if c.can(abi.CAP_SYS_ADMIN) || !strings.HasPrefix(x.Name, "trusted.") {
			names = append(names, x.Name)
		}
	}
	return names, err
}

// XattrFile is the dentry of an open file.
func (v *VFS) XattrFile(f FileID) DentryID { return v.S.Files.Get(f).Dentry }
