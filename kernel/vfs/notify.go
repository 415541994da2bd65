package vfs

import (
	"bytes"
	"encoding/binary"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Watch is an inode that an inotify instance wants to hear of. Linux struct inotify_inode_mark
type Watch struct {
	File  FileID  // the instance: its Data is the queue of events as they are read, its Seq the last number given
	WD    int32   // the watch's number there
	Inode InodeID // a reference
	Mask  uint32  // IN_*
}

// Limits of queues and watches. Linux fs.inotify.max_queued_events, max_user_watches
const (
	maxNotifyBytes = 16384 * notifyHead
	maxWatches     = 8192
)

// notifyHead is sizeof(struct inotify_event), and what names are padded to.
const notifyHead = 16

// watchBits are the events and flags that a watch keeps.
const watchBits = abi.IN_ALL_EVENTS | abi.IN_EXCL_UNLINK | abi.IN_ONESHOT

// childEvents are told to the watchers of the directory too, with the name.
const childEvents = abi.IN_ACCESS | abi.IN_MODIFY | abi.IN_ATTRIB | abi.IN_CLOSE_WRITE | abi.IN_CLOSE_NOWRITE | abi.IN_OPEN

// AddWatch makes a watch or changes the one there is, and returns its number. inotify_add_watch(2)
func (v *VFS) AddWatch(c *Ctx, f FileID, path string, mask uint32) (int32, abi.Errno) {
	flags := uint32(0)
	if mask&abi.IN_DONT_FOLLOW != 0 {
		flags = abi.AT_SYMLINK_NOFOLLOW
	}
	d, err := v.Lookup(c, abi.AT_FDCWD, path, flags)
	if err != abi.OK {
		return 0, err
	}
	defer v.DPut(d)
	in := v.inodeOf(d)
	if mask&abi.IN_ONLYDIR != 0 && !in.IsDir() {
		return 0, abi.ENOTDIR
	}
	if err := v.may(c, in, mayRead); err != abi.OK {
		return 0, err
	}
	id := v.dentry(d).Inode
	for i := range v.S.Watches {
		if w := &v.S.Watches[i]; w.File == f && w.Inode == id {
			return w.change(mask)
		}
	}
	if len(v.S.Watches) >= maxWatches {
		return 0, abi.ENOSPC
	}
	file := v.S.Files.Get(f)
	file.Seq++
	in.Refs++
	v.S.Watches = append(v.S.Watches, Watch{File: f, WD: int32(file.Seq), Inode: id, Mask: mask & watchBits})
	return int32(file.Seq), abi.OK
}

func (w *Watch) change(mask uint32) (int32, abi.Errno) {
	switch {
	case mask&abi.IN_MASK_CREATE != 0:
		return 0, abi.EEXIST
	case mask&abi.IN_MASK_ADD != 0:
		w.Mask |= mask & watchBits
	default:
		w.Mask = mask & watchBits
	}
	return w.WD, abi.OK
}

// RemoveWatch ends a watch, which the queue tells. inotify_rm_watch(2)
func (v *VFS) RemoveWatch(f FileID, wd int32) abi.Errno {
	for i := range v.S.Watches {
		if w := v.S.Watches[i]; w.File == f && w.WD == wd {
			v.dropWatch(i)
			return abi.OK
		}
	}
	return abi.EINVAL
}

// dropWatch removes the i-th watch.
func (v *VFS) dropWatch(i int) {
	w := v.S.Watches[i]
	v.S.Watches = append(v.S.Watches[:i], v.S.Watches[i+1:]...)
	v.enqueue(&w, abi.IN_IGNORED, 0, "")
	v.iput(w.Inode)
}

// ReleaseWatches forgets an instance's watches when it is closed.
func (v *VFS) ReleaseWatches(f FileID) {
	kept := v.S.Watches[:0]
	var gone []InodeID
	for _, w := range v.S.Watches {
		if w.File == f {
			gone = append(gone, w.Inode)
			continue
		}
		kept = append(kept, w)
	}
	v.S.Watches = kept
	for _, id := range gone {
		v.iput(id)
	}
}

// watched is how many watches an inode has: references that keep nobody from unmounting.
func (v *VFS) watched(id InodeID) int32 {
	n := int32(0)
	for i := range v.S.Watches {
		if v.S.Watches[i].Inode == id {
			n++
		}
	}
	return n
}

// enqueue puts an event into an instance's queue, unless the last one there says the same. Linux
// fs/notify/inotify/inotify_fsnotify.c:inotify_handle_inode_event
func (v *VFS) enqueue(w *Watch, mask, cookie uint32, name string) {
	file := v.S.Files.Get(w.File)
	e := packEvent(w.WD, mask, cookie, name)
	if len(file.Data)+len(e) > maxNotifyBytes {
		e = packEvent(-1, abi.IN_Q_OVERFLOW, 0, "")
	}
	if len(file.Data) > 0 && bytes.Equal(file.Data[file.Last:], e) {
		return
	}
	file.Last = int32(len(file.Data))
	file.Data = append(file.Data, e...)
	v.host.Wake(notifyKey(v.inode(file.Inode)))
}

func notifyKey(in *Inode) wait.Key { return wait.Key{Kind: wait.EventFile, ID: in.Ino} }

// packEvent lays out struct inotify_event.
func packEvent(wd int32, mask, cookie uint32, name string) []byte {
	size := 0
	if name != "" {
		size = (len(name) + notifyHead) / notifyHead * notifyHead
	}
	le := binary.LittleEndian
	b := le.AppendUint32(nil, uint32(wd))
	b = le.AppendUint32(b, mask)
	b = le.AppendUint32(b, cookie)
	b = le.AppendUint32(b, uint32(size))
	b = append(b, name...)
	return append(b, make([]byte, size-len(name))...)
}

// eventSize is how long the first event of a queue is.
func eventSize(b []byte) int { return notifyHead + int(binary.LittleEndian.Uint32(b[12:])) }

// ReadEvents takes as many whole events off a queue as fit; EINVAL when not even the first does.
func (f *File) ReadEvents(p []byte) (int, abi.Errno) {
	n := 0
	for n < len(f.Data) {
		size := eventSize(f.Data[n:])
		if n+size > len(p) {
			break
		}
		n += size
	}
	switch {
	case len(f.Data) == 0:
		return 0, abi.EAGAIN
	case n == 0:
		return 0, abi.EINVAL
	}
	copy(p, f.Data[:n])
	f.Data = append(f.Data[:0], f.Data[n:]...)
	f.Last = max(f.Last-int32(n), 0)
	return n, abi.OK
}

// tell tells who watches an inode. A watch that is to strike once ends.
func (v *VFS) tell(id InodeID, mask, cookie uint32, name string, unlinked bool) {
	for i := 0; i < len(v.S.Watches); i++ {
		w := &v.S.Watches[i]
		if w.Inode != id || w.Mask&mask&abi.IN_ALL_EVENTS == 0 || unlinked && w.Mask&abi.IN_EXCL_UNLINK != 0 {
			continue
		}
		v.enqueue(w, mask, cookie, name)
		if w.Mask&abi.IN_ONESHOT != 0 {
			v.dropWatch(i)
			i--
		}
	}
}

// notify tells of an event of what a dentry names: to the directory's watchers with the name, and to its own.
// Linux include/linux/fsnotify.h:fsnotify_dentry
func (v *VFS) notify(d DentryID, mask uint32) {
	if len(v.S.Watches) == 0 {
		return
	}
	de := v.dentry(d)
	if v.inode(de.Inode).IsDir() {
		mask |= abi.IN_ISDIR
	}
	inode, name, gone := de.Inode, de.Name, de.Unhashed
	if de.Parent != 0 && mask&childEvents != 0 {
		v.tell(v.dentry(de.Parent).Inode, mask, 0, name, gone)
	}
	v.tell(inode, mask, 0, "", false)
}

// notifyName tells a directory's watchers what happened to a name; isDir says what it named. fsnotify_name
func (v *VFS) notifyName(dir DentryID, mask, cookie uint32, name string, isDir bool) {
	if len(v.S.Watches) == 0 {
		return
	}
	if isDir {
		mask |= abi.IN_ISDIR
	}
	v.tell(v.dentry(dir).Inode, mask, cookie, name, false)
}

// notifySelf tells only an inode's own watchers. fsnotify_inode
func (v *VFS) notifySelf(id InodeID, mask uint32) {
	if len(v.S.Watches) == 0 {
		return
	}
	if v.inode(id).IsDir() && mask&childEvents != 0 {
		mask |= abi.IN_ISDIR
	}
	v.tell(id, mask, 0, "", false)
}

// notifyMove tells of a rename. Linux include/linux/fsnotify.h:fsnotify_move
func (v *VFS) notifyMove(r *renaming, from InodeID, isDir bool) {
	if len(v.S.Watches) == 0 {
		return
	}
	v.S.Cookie++
	v.notifyName(r.oldDir, abi.IN_MOVED_FROM, v.S.Cookie, r.oldName, isDir)
	v.notifyName(r.newDir, abi.IN_MOVED_TO, v.S.Cookie, r.newName, isDir)
	if r.to != 0 && !r.exchange {
		v.notifySelf(v.dentry(r.to).Inode, abi.IN_ATTRIB)
	}
	v.notifySelf(from, abi.IN_MOVE_SELF)
}

// forgetWatches ends all watches of an inode, after a last event.
func (v *VFS) forgetWatches(id InodeID, mask uint32) {
	for i := 0; i < len(v.S.Watches); i++ {
		w := &v.S.Watches[i]
		if w.Inode != id {
			continue
		}
		if mask == abi.IN_UNMOUNT || w.Mask&mask != 0 {
			v.enqueue(w, mask, 0, "")
		}
		v.dropWatch(i)
		i--
	}
}
