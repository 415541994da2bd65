package exec

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// Creds are the rights of the caller, and in a Result those of the new program.
type Creds struct {
	UID, EUID, GID, EGID uint32
	NoNewPrivs           bool // prctl(2), PR_SET_NO_NEW_PRIVS
	Secure               bool // AT_SECURE: the program acts for another than who started it
	Dumpable             bool // core dumps are allowed, and its files in /proc are its own
}

// SetID is whose rights a file gives.
type SetID struct {
	User, Group bool
	UID, GID    uint32
}

// perClearOnSetID are the parts of a personality that could weaken a program that gains rights.
// Linux include/uapi/linux/personality.h:PER_CLEAR_ON_SETID
const perClearOnSetID = abi.READ_IMPLIES_EXEC | abi.ADDR_NO_RANDOMIZE | abi.ADDR_COMPAT_LAYOUT | abi.MMAP_PAGE_ZERO

// credsFromFile gives the program the rights of the file that is executed in the end: of a script that is the
// interpreter. Linux fs/exec.c:bprm_creds_from_file, security/commoncap.c:cap_bprm_creds_from_file
func (l *Loader) credsFromFile(b *binprm) {
	c := &b.req.Creds
	file := b.file
	if b.execFDCreds {
		file = b.res.ExecFile
	}
	if !c.NoNewPrivs {
		id := l.files.SetID(file)
		if id.User {
			c.EUID = id.UID
		}
		if id.Group {
			c.EGID = id.GID
		}
		if id.User || id.Group {
			b.req.Personality &^= perClearOnSetID
		}
	}
	setID := c.EUID != c.UID || c.EGID != c.GID
	c.Secure = setID
	c.Dumpable = !setID && !b.unreadable
	if c.Secure {
		b.req.Limits.Stack = min(b.req.Limits.Stack, mm.DefaultStack)
	}
	if b.req.Personality&abi.ADDR_NO_RANDOMIZE != 0 {
		b.req.Layout.Level = 0
	}
}
