package vfs

// AnonKind says what a nameless file is that is neither a pipe nor memory. Linux fs/anon_inodes.c
type AnonKind uint32

// The kinds. Their behaviour is registered by package sys, beside the system calls that make them.
const (
	NoAnon AnonKind = iota
	AnonEvent
	AnonEpoll
	AnonSignal
	AnonTimer
	AnonPID
	AnonInotify
	numAnonKinds
)

var anonNames = [numAnonKinds]string{AnonEvent: "anon_inode:[eventfd]", AnonEpoll: "anon_inode:[eventpoll]",
	AnonSignal: "anon_inode:[signalfd]", AnonTimer: "anon_inode:[timerfd]", AnonPID: "anon_inode:[pidfd]", AnonInotify: "anon_inode:inotify"}

// RegisterAnon gives the files of a kind their behaviour.
func (v *VFS) RegisterAnon(kind AnonKind, ops FileOps) { v.anons[kind] = ops }

// NewAnonFile makes a nameless file, open with flags.
func (v *VFS) NewAnonFile(kind AnonKind, flags uint32) FileID {
	id := v.newAnon(0o600)
	v.inode(id).Flags = uint32(kind)
	d := v.dalloc(0, anonNames[kind], id, false)
	v.dentry(d).Unhashed = true
	return v.newFile(d, flags)
}

// Anon tells what kind of nameless file f is, NoAnon when it is another sort of file.
func (v *VFS) Anon(f FileID) AnonKind {
	in := v.inode(v.S.Files.Get(f).Inode)
	if v.S.Supers.Get(in.SB).Kind != Anon || in.Mode&0o170000 != 0 {
		return NoAnon
	}
	return AnonKind(in.Flags)
}
