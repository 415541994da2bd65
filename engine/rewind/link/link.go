// Package link is the form in which a run travels: what was loaded, how the machine was switched on, what came from outside,
// the moment, and a digest of the state there. A link carries it in the fragment of an address, a .vitrine file carries more
// of the same.
//
// The bytes are those of one state: nothing of them says when or where the link was made, and equal runs have equal links.
package link

import (
	"errors"

	"vitrine/engine/rewind"
)

// Link is a moment of a run, and all that is needed to come there.
type Link struct {
	Engine      uint64 // number of the machine's behaviour that it was made by: kernel/boot.Version
	Setup       Setup
	Loaded      []Item // in order of their roles, each role at most once
	Files       []File // put into the root disk, in this order, before power-on
	Tape        rewind.Tape
	Moment      Moment
	Checkpoints []Checkpoint // in order of time, before the moment
}

// Setup are the boot options. 0 and "" mean what they mean in kernel/boot.Options.
type Setup struct {
	Cmdline    string // of our kernel
	Append     string // of another kernel
	RAM        uint64 // bytes
	Swap       uint64 // bytes of an empty second disk
	Seed       uint64
	Date       int64 // Unix seconds at power-on
	Rows, Cols uint16
	TermRaw    bool
	TermNoEcho bool
	BIOS       bool
}

// Role says what a loaded thing is for.
type Role uint8

// The roles. Their numbers are part of links.
const (
	Disk   Role = 1 // the root disk, before Files were put into it
	Swap   Role = 2 // the second disk
	Kernel Role = 3 // somebody else's kernel
	Initrd Role = 4
)

var roleNames = [...]string{Disk: "root disk", Swap: "second disk", Kernel: "kernel", Initrd: "initrd"}

func (r Role) String() string {
	if r == 0 || int(r) >= len(roleNames) {
		return "thing of an unknown kind"
	}
	return roleNames[r]
}

// Item is something loaded: by its content's hash alone, or with the content.
type Item struct {
	Role   Role
	Size   uint64 // bytes
	Sum    uint64 // DiskSum of a disk, Sum of another thing
	Inside bool   // the content travels inside
	Data   []byte // of an item inside, without the zero bytes at its end
}

// File is one file, folder or symbolic link of the guest, by its mode as inode(7) has it. Data of a symbolic link is where
// it leads.
type File struct {
	Path string
	Mode uint32
	Data []byte
}

// Types of a file in its mode. inode(7)
const (
	TypeMask    = 0o170000
	TypeFolder  = 0o040000
	TypeRegular = 0o100000
	TypeSymlink = 0o120000
)

// Moment is an instant of a run, and the state's digest there; 0 when it is not known, as on the way to a crash.
type Moment struct{ Now, Retired, Hash uint64 }

// Checkpoint is the digest at an earlier instant: where two runs part can be told from them.
type Checkpoint struct{ Now, Hash uint64 }

// What is wrong with a link. Nothing of what a link contains is repeated in a message, but numbers.
var (
	ErrNone     = errors.New("link: there is no link here: it has #r= and letters behind it")
	ErrLetters  = errors.New("link: there are characters in it that no link has")
	ErrCut      = errors.New("link: the link is incomplete: part of it was lost when it was copied")
	ErrDamaged  = errors.New("link: the link is damaged: its checksum is wrong")
	ErrNewer    = errors.New("link: the link has a form that this version does not know; a newer version of the page may open it")
	ErrContent  = errors.New("link: what is in the link makes no sense")
	ErrTooLarge = errors.New("link: this is too large for a link: save it as a file")
	ErrHuge     = errors.New("link: this is larger than any link or file can be")
	ErrNoFile   = errors.New("link: this is not a .vitrine file")
)
