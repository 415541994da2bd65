package exec

import (
	"slices"
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// MiscState is the formats that were registered while the system runs, newest first: so they are asked.
type MiscState struct {
	Disabled bool
	LastIno  uint64 // inode number of the newest entry, 0 before the first
	Entries  []MiscEntry
}

// MiscEntry is one registered format. Linux fs/binfmt_misc.c:Node
type MiscEntry struct {
	Ino         uint64
	Name        string
	Disabled    bool
	ByExtension bool // Magic is what follows the last dot of the name
	Offset      uint32
	Magic, Mask []byte // no mask: all bits count
	Interpreter string
	Flags       MiscFlags
	File        vfs.FileID // the interpreter, open since it was registered; 0 without flag F
}

// MiscFlags are the letters at the end of a registration. Linux Documentation/admin-guide/binfmt-misc.rst
type MiscFlags uint8

// The flags, in the order in which an entry lists them.
const (
	MiscPreserveArgv0 MiscFlags = 1 << iota // P: argv[0] stays, after the interpreter and the file
	MiscOpenBinary                          // O: the file is open in the interpreter, AT_EXECFD says where
	MiscCredentials                         // C: the file's set-user-ID counts, not the interpreter's; includes O
	MiscFixBinary                           // F: the interpreter is opened now, not when it is needed
)

// loadMisc runs a registered interpreter: argv gets its path and the file's in front; there are no other arguments.
// Linux fs/binfmt_misc.c:load_misc_binary
func loadMisc(l *Loader, b *binprm) abi.Errno {
	if l.misc.Disabled {
		return b.notMine("binfmt_misc is disabled")
	}
	m := l.misc.match(b)
	if m == nil {
		return b.notMine("no registered magic or extension")
	}
	if b.req.PathInaccessible {
		return b.refuse(abi.ENOENT, "the interpreter could not open the file: its descriptor is close-on-exec")
	}
	if m.Flags&MiscPreserveArgv0 != 0 {
		b.preserveArgv0 = true
	} else {
		b.removeArgZero()
	}
	if m.Flags&MiscOpenBinary != 0 {
		b.haveExecFD = true
	}
	for _, s := range []string{b.Interp, m.Interpreter} {
		if e := b.pushArg([]byte(s)); e != abi.OK {
			return b.refuse(e, "no room for the interpreter's arguments")
		}
	}
	b.Interp = m.Interpreter
	f, e := l.openMisc(m)
	if e != abi.OK {
		return b.refuse(e, "interpreter "+m.Interpreter)
	}
	b.interpreter = f
	if m.Flags&MiscCredentials != 0 {
		b.execFDCreds = true
	}
	b.note = "mine: " + m.Name + ", run " + m.Interpreter
	return abi.OK
}

// openMisc opens an entry's interpreter, or takes the file that has been open since it was registered.
func (l *Loader) openMisc(m *MiscEntry) (FileRef, abi.Errno) {
	if m.Flags&MiscFixBinary != 0 {
		return l.files.Reopen(FileRef(m.File)), abi.OK
	}
	return l.openExec(m.Interpreter)
}

// match finds the first entry that the file's first bytes or its name fit. Linux fs/binfmt_misc.c:check_file
func (s *MiscState) match(b *binprm) *MiscEntry {
	extension, dotted := "", false
	if i := strings.LastIndexByte(b.Interp, '.'); i >= 0 {
		extension, dotted = b.Interp[i+1:], true
	}
	for i := range s.Entries {
		m := &s.Entries[i]
		switch {
		case m.Disabled:
		case m.ByExtension:
			fits := dotted && extension == string(m.Magic)
			b.tried = append(b.tried, Tried{Name: m.Name, Extension: string(m.Magic), Fits: fits})
			if fits {
				return m
			}
		default:
			b.looked = max(b.looked, int(m.Offset)+len(m.Magic))
			fits := m.fits(b.Buf[m.Offset:])
			b.tried = append(b.tried, Tried{Name: m.Name, Offset: int(m.Offset), Magic: slices.Clone(m.Magic), Fits: fits})
			if fits {
				return m
			}
		}
	}
	return nil
}

// fits compares the bytes at the entry's offset.
func (m *MiscEntry) fits(at []byte) bool {
	for i, c := range m.Magic {
		mask := byte(0xff)
		if m.Mask != nil {
			mask = m.Mask[i]
		}
		if (at[i]^c)&mask != 0 {
			return false
		}
	}
	return true
}

// find returns the entry with an inode number, nil when it was removed.
func (s *MiscState) find(ino uint64) *MiscEntry {
	for i := range s.Entries {
		if s.Entries[i].Ino == ino {
			return &s.Entries[i]
		}
	}
	return nil
}

// register adds a format. Linux fs/binfmt_misc.c:bm_register_write
func (l *Loader) register(line []byte) abi.Errno {
	m, e := parseMisc(line)
	if e != abi.OK {
		return e
	}
	if m.Flags&MiscFixBinary != 0 {
		f, e := l.openExec(m.Interpreter)
		if e != abi.OK {
			return e
		}
		m.File = vfs.FileID(f)
	}
	e = abi.OK
	switch {
	case len(m.Name) > nameMax:
		e = abi.ENAMETOOLONG
	case l.misc.inodeOf(m.Name) != 0:
		e = abi.EEXIST
	}
	if e != abi.OK {
		l.closeMisc(&m)
		return e
	}
	l.misc.LastIno = max(l.misc.LastIno, miscRegister) + 1
	m.Ino = l.misc.LastIno
	l.misc.Entries = slices.Insert(l.misc.Entries, 0, m)
	return abi.OK
}

// remove takes away the entries for which which says so.
func (l *Loader) remove(which func(m *MiscEntry) bool) {
	l.misc.Entries = slices.DeleteFunc(l.misc.Entries, func(m MiscEntry) bool {
		gone := which(&m)
		if gone {
			l.closeMisc(&m)
		}
		return gone
	})
}

func (l *Loader) closeMisc(m *MiscEntry) {
	if m.File != 0 {
		l.files.Close(FileRef(m.File))
	}
}
