package vfs

import "vitrine/kernel/abi"

// Restrictions of a walk. openat2(2)
const (
	RESOLVE_NO_XDEV       = 1
	RESOLVE_NO_MAGICLINKS = 2
	RESOLVE_NO_SYMLINKS   = 4
	RESOLVE_BENEATH       = 8
	RESOLVE_IN_ROOT       = 16
	RESOLVE_CACHED        = 32
	ResolveMask           = 63
)

// scoped tells whether the walk must stay below where it began.
func (w *walker) scoped() bool { return w.c.Resolve&(RESOLVE_BENEATH|RESOLVE_IN_ROOT) != 0 }

// restrict is the beginning of a restricted walk: its first directory is its root where it must stay below.
// Linux fs/namei.c:path_init
func (w *walker) restrict(absolute bool) abi.Errno {
	switch {
	case !w.scoped():
		return abi.OK
	case absolute && w.c.Resolve&RESOLVE_BENEATH != 0:
		return abi.EXDEV
	}
	w.root = w.at
	return abi.OK
}

// toRoot moves the walk to its root, as an absolute path or link does. Linux fs/namei.c:nd_jump_root
func (w *walker) toRoot() abi.Errno {
	v, resolve := w.v, w.c.Resolve
	if resolve&RESOLVE_BENEATH != 0 || resolve&RESOLVE_NO_XDEV != 0 && v.dentry(w.root).SB != v.dentry(w.at).SB {
		return abi.EXDEV
	}
	w.stand(v.DGet(w.root))
	return abi.OK
}

// upwards is "..".
func (w *walker) upwards() abi.Errno {
	v := w.v
	if w.c.Resolve&RESOLVE_BENEATH != 0 && w.at == w.root {
		return abi.EXDEV
	}
	return w.moveTo(v.up(w.at, w.root))
}

// moveTo stands on a neighbour of where the walk stands, taking over its reference, if that is no other file system or
// others are allowed.
func (w *walker) moveTo(d DentryID) abi.Errno {
	if w.c.Resolve&RESOLVE_NO_XDEV != 0 && w.v.dentry(d).SB != w.v.dentry(w.at).SB {
		w.v.DPut(d)
		return abi.EXDEV
	}
	w.stand(d)
	return abi.OK
}

// mayFollow tells whether links may be followed, and magic ones, which jump. Linux fs/namei.c:pick_link, nd_jump_link
func (w *walker) mayFollow(magic bool) abi.Errno {
	switch resolve := w.c.Resolve; {
	case resolve&RESOLVE_NO_SYMLINKS != 0, magic && resolve&RESOLVE_NO_MAGICLINKS != 0:
		return abi.ELOOP
	case magic && w.scoped():
		return abi.EXDEV
	}
	return abi.OK
}
