package kernel

import "vitrine/kernel/abi"

// Caps are a task's sets of capabilities, bit n for capability n. No file carries any here: programs get theirs from the
// user that runs them. capabilities(7)
type Caps struct {
	Effective, Permitted, Inheritable, Bounding, Ambient uint64

	Secure uint32 // SECURE_*
}

// allCaps are init's.
func allCaps() Caps {
	return Caps{Effective: abi.CAP_ALL, Permitted: abi.CAP_ALL, Bounding: abi.CAP_ALL}
}

// Capable tells whether t may do what needs a capability. Linux kernel/capability.c:capable
func (t *Task) Capable(capability uint) bool { return t.Cred.Caps.Effective>>capability&1 != 0 }

// FixCaps follows a change of user IDs from old: who is root no more has no capabilities, who becomes it uses them.
// Linux security/commoncap.c:cap_emulate_setxuid
func (c *Cred) FixCaps(old *Cred) {
	k := &c.Caps
	if k.Secure&abi.SECURE_NO_SETUID_FIXUP != 0 {
		return
	}
	was, is := old.UID == 0 || old.EUID == 0 || old.SUID == 0, c.UID == 0 || c.EUID == 0 || c.SUID == 0
	if was && !is {
		if k.Secure&abi.SECURE_KEEP_CAPS == 0 {
			k.Permitted, k.Effective = 0, 0
		}
		k.Ambient = 0
	}
	switch {
	case old.EUID == 0 && c.EUID != 0:
		k.Effective = 0
	case old.EUID != 0 && c.EUID == 0:
		k.Effective = k.Permitted
	}
}

// FixFSCaps follows a change of the file system user ID. Linux security/commoncap.c:cap_task_fix_setuid
func (c *Cred) FixFSCaps(old uint32) {
	k := &c.Caps
	switch {
	case k.Secure&abi.SECURE_NO_SETUID_FIXUP != 0:
	case old == 0 && c.FSUID != 0:
		k.Effective &^= abi.CAP_FS_SET
	case old != 0 && c.FSUID == 0:
		k.Effective |= k.Permitted & abi.CAP_FS_SET
	}
}

// execCaps is what a new program has: root's everything that the bounding set leaves, others' the ambient ones.
// Linux security/commoncap.c:cap_bprm_creds_from_file
func (c *Cred) execCaps(setID bool) {
	k := &c.Caps
	if setID {
		k.Ambient = 0
	}
	k.Permitted, k.Effective = k.Ambient, k.Ambient
	if k.Secure&abi.SECURE_NOROOT == 0 && (c.UID == 0 || c.EUID == 0) {
		k.Permitted |= k.Bounding | k.Inheritable
		if c.EUID == 0 {
			k.Effective = k.Permitted
		}
	}
	k.Secure &^= abi.SECURE_KEEP_CAPS
}
