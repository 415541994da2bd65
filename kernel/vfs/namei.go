package vfs

import (
	"strings"

	"vitrine/kernel/abi"
)

// Limits of names. path_resolution(7)
const (
	PathMax  = 4096
	nameMax  = 255
	maxLinks = 40
)

// walker resolves a path: where it stands and what is still to walk. Linux struct nameidata
type walker struct {
	v     *VFS
	c     *Ctx
	root  DentryID
	at    DentryID // holds a reference
	rest  string
	links int // symbolic links followed so far
}

// begin starts a walk at the root, the working directory or the directory dirfd.
func (v *VFS) begin(c *Ctx, dirfd int32, path string) (walker, abi.Errno) {
	fs := v.S.FS.Get(c.FSID)
	w := walker{v: v, c: c, root: fs.Root, rest: path}
	if path == "" {
		return w, abi.ENOENT
	}
	if len(path) >= PathMax {
		return w, abi.ENAMETOOLONG
	}
	absolute := path[0] == '/'
	switch {
	case absolute && c.Resolve&RESOLVE_IN_ROOT == 0:
		w.at = v.DGet(fs.Root)
	case dirfd == abi.AT_FDCWD:
		w.at = v.DGet(fs.Cwd)
	default:
		f, err := v.GetAny(c, dirfd)
		if err != abi.OK {
			return w, err
		}
		d := v.S.Files.Get(f).Dentry
		if !v.inodeOf(d).IsDir() {
			return w, abi.ENOTDIR
		}
		w.at = v.DGet(d)
	}
	if err := w.restrict(absolute); err != abi.OK {
		w.end()
		return w, err
	}
	return w, abi.OK
}

// end gives up where the walk stands.
func (w *walker) end() {
	if w.at != 0 {
		w.v.DPut(w.at)
		w.at = 0
	}
}

// stand moves the walk to d, taking over its reference.
func (w *walker) stand(d DentryID) {
	w.v.DPut(w.at)
	w.at = d
}

// component cuts the next name off the path. It is "" when only slashes are left; slash tells whether one follows.
func (w *walker) component() (name string, slash, last bool) {
	path := strings.TrimLeft(w.rest, "/")
	i := strings.IndexByte(path, '/')
	if i < 0 {
		w.rest = ""
		return path, false, true
	}
	w.rest = path[i:]
	return path[:i], true, strings.Trim(w.rest, "/") == ""
}

// searchable checks that names can be looked up where the walk stands.
func (w *walker) searchable() abi.Errno {
	in := w.v.inodeOf(w.at)
	if !in.IsDir() {
		return abi.ENOTDIR
	}
	return w.v.may(w.c, in, mayExec)
}

// step walks one name; links met on the way are followed when follow is set.
func (w *walker) step(name string, follow bool) abi.Errno {
	if err := w.searchable(); err != abi.OK {
		return err
	}
	switch name {
	case ".":
		return abi.OK
	case "..":
		return w.upwards()
	}
	d, err := w.v.lookup(w.at, name)
	if err != abi.OK {
		return err
	}
	if !follow || !w.v.inodeOf(d).IsLnk() {
		return w.moveTo(d)
	}
	return w.follow(d)
}

// follow puts the target of link d, whose reference it takes over, in front of the rest of the path.
// Linux fs/namei.c:pick_link
func (w *walker) follow(d DentryID) abi.Errno {
	v := w.v
	defer v.DPut(d)
	if w.links++; w.links > maxLinks {
		return abi.ELOOP
	}
	in := v.inodeOf(d)
	if j, ok := v.driver(in).(Jumper); ok {
		if to := j.Jump(v, in); to != 0 {
			if err := w.mayFollow(true); err != abi.OK {
				return err
			}
			return w.moveTo(v.DGet(to))
		}
	}
	if err := w.mayFollow(false); err != abi.OK {
		return err
	}
	target, err := v.target(in)
	if err != abi.OK {
		return err
	}
	if target == "" {
		return abi.ENOENT
	}
	if target[0] == '/' {
		if err := w.toRoot(); err != abi.OK {
			return err
		}
	}
	w.rest = target + w.rest
	return abi.OK
}

// Jumper is a file system with links that lead to a dentry whatever it is called: /proc/PID/exe, cwd, fd/N.
type Jumper interface {
	// Jump returns the dentry, 0 when the link is an ordinary one. No reference is taken.
	Jump(v *VFS, in *Inode) DentryID
}

// target reads a symbolic link.
func (v *VFS) target(in *Inode) (string, abi.Errno) {
	if in.Target != "" {
		return in.Target, abi.OK
	}
	return v.driver(in).Readlink(v, in)
}

// all walks to the end of the path; the last name's link is followed only when follow is set or a slash comes after.
func (w *walker) all(follow bool) abi.Errno {
	for {
		name, slash, last := w.component()
		if name == "" {
			return abi.OK
		}
		if err := w.step(name, follow || slash || !last); err != abi.OK {
			return err
		}
		if slash && last && w.rest != "" && strings.Trim(w.rest, "/") == "" && !w.v.inodeOf(w.at).IsDir() {
			return abi.ENOTDIR
		}
	}
}

// last is where a path that names something to be made or removed leads: its directory and last name.
type last struct {
	name  string
	slash bool // a slash follows the name
}

// plain tells whether the last name is one that can be made or removed.
func (l last) plain() bool { return l.name != "" && l.name != "." && l.name != ".." }

// parent walks to the directory of the last name. The name is "" when the path is only slashes.
func (w *walker) parent() (last, abi.Errno) {
	for {
		name, slash, isLast := w.component()
		if isLast {
			w.rest = ""
			if len(name) > nameMax {
				return last{}, abi.ENAMETOOLONG
			}
			return last{name, slash}, w.searchable()
		}
		if err := w.step(name, true); err != abi.OK {
			return last{}, err
		}
	}
}

// resolve walks a whole path and returns its dentry with a reference.
func (v *VFS) resolve(c *Ctx, dirfd int32, path string, follow bool) (DentryID, abi.Errno) {
	w, err := v.begin(c, dirfd, path)
	if err != abi.OK {
		return 0, err
	}
	if err := w.all(follow); err != abi.OK {
		w.end()
		return 0, err
	}
	return w.at, abi.OK
}

// resolveAt is resolve with the AT_* flags of the *at system calls: an empty path may mean dirfd itself.
func (v *VFS) resolveAt(c *Ctx, dirfd int32, path string, flags uint32) (DentryID, abi.Errno) {
	if path != "" || flags&abi.AT_EMPTY_PATH == 0 {
		return v.resolve(c, dirfd, path, flags&abi.AT_SYMLINK_NOFOLLOW == 0)
	}
	if dirfd == abi.AT_FDCWD {
		return v.DGet(v.S.FS.Get(c.FSID).Cwd), abi.OK
	}
	f, err := v.GetAny(c, dirfd)
	if err != abi.OK {
		return 0, err
	}
	return v.DGet(v.S.Files.Get(f).Dentry), abi.OK
}

// Lookup resolves a path to a dentry, with a reference to be given back with DPut.
func (v *VFS) Lookup(c *Ctx, dirfd int32, path string, flags uint32) (DentryID, abi.Errno) {
	return v.resolveAt(c, dirfd, path, flags)
}
