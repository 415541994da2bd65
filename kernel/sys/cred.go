package sys

import (
	"slices"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// same is the argument -1 of the set*id calls: leave it.
const same = ^uint32(0)

// credGetter defines a call that reads one ID.
func credGetter(nr uint16, name string, get func(c *kernel.Cred) uint32) bool {
	return define(kernel.Syscall{Nr: nr, Name: name, Man: name + "(2); kernel/sys.c",
		Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
			return int64(get(&t.Cred)), abi.OK
		}})
}

var (
	_ = credGetter(102, "getuid", func(c *kernel.Cred) uint32 { return c.UID })
	_ = credGetter(104, "getgid", func(c *kernel.Cred) uint32 { return c.GID })
	_ = credGetter(107, "geteuid", func(c *kernel.Cred) uint32 { return c.EUID })
	_ = credGetter(108, "getegid", func(c *kernel.Cred) uint32 { return c.EGID })
)

// ids are the four IDs of a kind, user or group.
type ids struct{ real, eff, saved, fs *uint32 }

func userIDs(c *kernel.Cred) ids  { return ids{&c.UID, &c.EUID, &c.SUID, &c.FSUID} }
func groupIDs(c *kernel.Cred) ids { return ids{&c.GID, &c.EGID, &c.SGID, &c.FSGID} }

// set changes all that are not "same"; the file system ID follows the effective one.
func (s ids) set(real, eff, saved uint32) {
	for _, v := range []struct {
		at  *uint32
		new uint32
	}{{s.real, real}, {s.eff, eff}, {s.saved, saved}} {
		if v.new != same {
			*v.at = v.new
		}
	}
	*s.fs = *s.eff
}

// among tells whether an ID is one of those that an unprivileged process may choose.
func among(id uint32, choice ...uint32) bool {
	if id == same {
		return true
	}
	for _, c := range choice {
		if id == c {
			return true
		}
	}
	return false
}

// setID is setuid(2) and setgid(2).
func setID(s ids, id uint32, root bool) abi.Errno {
	if id == same {
		return abi.EINVAL
	}
	if root {
		s.set(id, id, id)
		return abi.OK
	}
	if !among(id, *s.real, *s.saved) {
		return abi.EPERM
	}
	s.set(same, id, same)
	return abi.OK
}

// setREID is setreuid(2) and setregid(2).
func setREID(s ids, real, eff uint32, root bool) abi.Errno {
	if !root && (!among(real, *s.real, *s.eff) || !among(eff, *s.real, *s.eff, *s.saved)) {
		return abi.EPERM
	}
	saved := same
	if real != same || eff != same && eff != *s.real {
		saved = *s.eff
		if eff != same {
			saved = eff
		}
	}
	s.set(real, eff, saved)
	return abi.OK
}

// setRESID is setresuid(2) and setresgid(2).
func setRESID(s ids, real, eff, saved uint32, root bool) abi.Errno {
	if !root {
		for _, id := range []uint32{real, eff, saved} {
			if !among(id, *s.real, *s.eff, *s.saved) {
				return abi.EPERM
			}
		}
	}
	s.set(real, eff, saved)
	return abi.OK
}

// sameUser tells whether o is wholly of t's user and group, or t has a capability that makes this unnecessary.
// Linux kernel/sys.c:check_prlimit_permission
func sameUser(t, o *kernel.Task, or uint) bool {
	u, g, c := t.Cred.UID, t.Cred.GID, &o.Cred
	return t.Capable(or) || o.TGID == t.TGID || u == c.UID && u == c.EUID && u == c.SUID && g == c.GID && g == c.EGID && g == c.SGID
}

// mayTrace tells whether t may look into o, which without a capability must not hide its memory either.
// Linux kernel/ptrace.c:__ptrace_may_access
func mayTrace(k *kernel.Kernel, t, o *kernel.Task) bool {
	as := k.MM.AS(o.ASID)
	return sameUser(t, o, abi.CAP_SYS_PTRACE) && (t.Capable(abi.CAP_SYS_PTRACE) || o.TGID == t.TGID || as == nil || as.Dumpable)
}

// setFSID is setfsuid(2) and setfsgid(2): it answers the old one whether it changes or not.
func setFSID(s ids, id uint32, root bool) int64 {
	old := *s.fs
	if id != same && (root || among(id, *s.real, *s.eff, *s.saved, *s.fs)) {
		*s.fs = id
	}
	return int64(old)
}

// credSetter defines a call that changes IDs.
func credSetter(nr uint16, name string, capability uint, arguments []kernel.Arg, set func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno) bool {
	return define(kernel.Syscall{Nr: nr, Name: name, Man: name + "(2); kernel/sys.c", Args: arguments,
		Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
			old := t.Cred
			e := set(&t.Cred, a, t.Capable(capability))
			t.Cred.FixCaps(&old)
			if t.Cred.UID != old.UID {
				k.NoteUserLimit(t)
			}
			if t.Cred.EUID != old.EUID || t.Cred.EGID != old.EGID { // Linux kernel/cred.c:commit_creds
				k.MM.AS(t.ASID).Dumpable, t.PDeathSig = false, 0
			}
			return done(e)
		}})
}

var (
	_ = credSetter(105, "setuid", abi.CAP_SETUID, args(pInt("uid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setID(userIDs(c), a.Uint(0), root)
	})
	_ = credSetter(106, "setgid", abi.CAP_SETGID, args(pInt("gid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setID(groupIDs(c), a.Uint(0), root)
	})
	_ = credSetter(113, "setreuid", abi.CAP_SETUID, args(pInt("ruid"), pInt("euid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setREID(userIDs(c), a.Uint(0), a.Uint(1), root)
	})
	_ = credSetter(114, "setregid", abi.CAP_SETGID, args(pInt("rgid"), pInt("egid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setREID(groupIDs(c), a.Uint(0), a.Uint(1), root)
	})
	_ = credSetter(117, "setresuid", abi.CAP_SETUID, args(pInt("ruid"), pInt("euid"), pInt("suid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setRESID(userIDs(c), a.Uint(0), a.Uint(1), a.Uint(2), root)
	})
	_ = credSetter(119, "setresgid", abi.CAP_SETGID, args(pInt("rgid"), pInt("egid"), pInt("sgid")), func(c *kernel.Cred, a *kernel.Args, root bool) abi.Errno {
		return setRESID(groupIDs(c), a.Uint(0), a.Uint(1), a.Uint(2), root)
	})
)

var _ = define(kernel.Syscall{Nr: 122, Name: "setfsuid", Man: "setfsuid(2); kernel/sys.c", Args: args(pInt("fsuid")),
	Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		old := t.Cred.FSUID
		setFSID(userIDs(&t.Cred), a.Uint(0), t.Capable(abi.CAP_SETUID))
		t.Cred.FixFSCaps(old)
		return int64(old), abi.OK
	}})

var _ = define(kernel.Syscall{Nr: 123, Name: "setfsgid", Man: "setfsgid(2); kernel/sys.c", Args: args(pInt("fsgid")),
	Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		return setFSID(groupIDs(&t.Cred), a.Uint(0), t.Capable(abi.CAP_SETGID)), abi.OK
	}})

var _ = define(kernel.Syscall{Nr: 118, Name: "getresuid", Man: "getresuid(2); kernel/sys.c",
	Args: args(pPtr("ruid"), pPtr("euid"), pPtr("suid")),
	Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		return getThree(k, t, a, userIDs(&t.Cred))
	}})

var _ = define(kernel.Syscall{Nr: 120, Name: "getresgid", Man: "getresgid(2); kernel/sys.c",
	Args: args(pPtr("rgid"), pPtr("egid"), pPtr("sgid")),
	Fn: func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		return getThree(k, t, a, groupIDs(&t.Cred))
	}})

func getThree(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, s ids) (int64, abi.Errno) {
	for i, id := range []*uint32{s.real, s.eff, s.saved} {
		if e := k.WriteU32(t, a[i], *id); e != abi.OK {
			return 0, e
		}
	}
	return 0, abi.OK
}

var _ = define(kernel.Syscall{Nr: 115, Name: "getgroups", Man: "getgroups(2); kernel/groups.c",
	Args: args(pInt("size"), pPtr("list")), Fn: getgroups})

func getgroups(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	size, groups := a.Int(0), t.Cred.Groups
	if size < 0 || size != 0 && int(size) < len(groups) {
		return 0, abi.EINVAL
	}
	if size == 0 {
		return int64(len(groups)), abi.OK
	}
	var p packer
	for _, g := range groups {
		p.u32(g)
	}
	return int64(len(groups)), k.CopyOut(t, a[1], p.b)
}

// maxGroups is NGROUPS_MAX.
const maxGroups = 65536

var _ = define(kernel.Syscall{Nr: 116, Name: "setgroups", Man: "setgroups(2); kernel/groups.c",
	Args: args(pInt("size"), pPtr("list")), Fn: setgroups})

func setgroups(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if !t.Capable(abi.CAP_SETGID) {
		return 0, abi.EPERM
	}
	n := a.Uint(0)
	if n > maxGroups {
		return 0, abi.EINVAL
	}
	groups := make([]uint32, n)
	for i := range groups {
		g, e := k.ReadU32(t, a[1]+4*uint64(i))
		if e != abi.OK {
			return 0, e
		}
		groups[i] = g
	}
	slices.Sort(groups) // Linux kernel/groups.c:groups_sort
	t.Cred.Groups = groups
	return 0, abi.OK
}
