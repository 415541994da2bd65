package kernel

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/exec"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// What mm, vfs, tty and exec ask of each other goes through here: none of them knows the others.

// pager is the page cache as mm sees it.
type pager struct{ k *Kernel }

func (p *pager) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	return p.k.VFS.PageIn(obj, index)
}
func (p *pager) ObjGet(obj uint32)              { p.k.VFS.ObjGet(obj) }
func (p *pager) ObjPut(obj uint32)              { p.k.VFS.ObjPut(obj) }
func (p *pager) Size(obj uint32) uint64         { return p.k.VFS.Size(obj) }
func (p *pager) Dirty(obj uint32, index uint64) { p.k.VFS.Dirty(obj, index) }
func (p *pager) Cached(obj uint32, index uint64) bool {
	return p.k.VFS.Cached(obj, index)
}
func (p *pager) Evictable(obj uint32) bool { return p.k.VFS.Evictable(obj) }
func (p *pager) Evict(obj uint32, index uint64) bool {
	return p.k.VFS.Evict(obj, index)
}

func (p *pager) EachSwapped(fn func(obj uint32, index uint64, place mm.SwapEntry)) {
	p.k.VFS.EachSwapped(func(obj uint32, index uint64, place uint32) { fn(obj, index, mm.SwapEntry(place)) })
}
func (p *pager) PayReclaim(looked, left uint64) { p.k.Charge(looked*costLook + left*costEvict) }

func (p *pager) SwapRead(a *mm.SwapArea, page uint32, b []byte) abi.Errno {
	return p.k.swapIO(a, page, b, false)
}
func (p *pager) SwapWrite(a *mm.SwapArea, page uint32, b []byte) abi.Errno {
	return p.k.swapIO(a, page, b, true)
}

// frames are guest frames as the page cache sees them.
type frames struct{ k *Kernel }

func (f frames) AllocPageCache(obj uint32, index uint64) (mem.Frame, bool) {
	return f.k.MM.AllocFrame(mm.PageCache, obj, index)
}
func (f frames) GetFrame(fr mem.Frame)       { f.k.MM.GetFrame(fr) }
func (f frames) PutFrame(fr mem.Frame)       { f.k.MM.PutFrame(fr) }
func (f frames) RefCount(fr mem.Frame) int32 { return f.k.MM.FrameInfo(fr).Ref }
func (f frames) MarkAccessed(fr mem.Frame)   { f.k.MM.MarkAccessed(fr) }

func (f frames) Swapping() bool { return f.k.MM.Swapping() }
func (f frames) SwapOut(fr mem.Frame) (uint32, bool) {
	place, ok := f.k.MM.SwapOutPage(fr)
	return uint32(place), ok
}
func (f frames) SwapIn(fr mem.Frame, place uint32) abi.Errno {
	return f.k.MM.SwapInPage(fr, mm.SwapEntry(place))
}
func (f frames) SwapFree(place uint32) { f.k.MM.SwapFree(mm.SwapEntry(place)) }

// host is the rest of the kernel as the file layer sees it.
type host struct{ k *Kernel }

// Now is the time of day.
func (h host) Now() vfs.Time {
	sec, nsec := h.k.TimeOfDay()
	return vfs.Time{Sec: sec, Nsec: nsec}
}
func (h host) Wake(key wait.Key) { h.k.Wake(key, -1) }

// Privileged tells whether the task on the CPU is root's. Linux capable(CAP_SYS_RESOURCE)
func (h host) Privileged() bool {
	t := h.k.Current()
	return t == nil || t.Cred.FSUID == 0
}

func (h host) Unmap(obj uint32, first uint64) { h.k.MM.ZapObject(obj, first) }

// Caller is the task that makes the system call, as its messages tell.
func (h host) Caller() (pid int32, uid, gid, euid, egid uint32) {
	t := h.k.Current()
	return t.TGID, t.Cred.UID, t.Cred.GID, t.Cred.EUID, t.Cred.EGID
}

// TimeOfDay is the time since 1970.
func (k *Kernel) TimeOfDay() (sec int64, nsec uint32) {
	now := k.State.BootTime + int64(k.Now())
	return now / 1e9, uint32(now % 1e9)
}

// console is the serial line and the rest of the kernel as the terminals see them.
type console struct{ k *Kernel }

func (c console) Put(b byte)        { c.k.serialPut(b) }
func (c console) Wake(key wait.Key) { c.k.Wake(key, -1) }
func (c console) SignalGroup(pgrp int32, sig int) {
	c.k.SendSignalGroup(pgrp, Siginfo{Signo: int32(sig), Code: abi.SI_KERNEL})
}

// programs are files as exec sees them, with the rights of the task that calls execve.
type programs struct{ k *Kernel }

func (p programs) OpenExec(path string) (exec.FileRef, abi.Errno) {
	f, e := p.k.VFS.OpenExec(p.k.Ctx(p.k.Current()), abi.AT_FDCWD, path, 0)
	return exec.FileRef(f), e
}
func (p programs) Close(f exec.FileRef) { p.k.VFS.PutFile(vfs.FileID(f)) }
func (p programs) ReadAt(f exec.FileRef, b []byte, off uint64) (int, abi.Errno) {
	return p.k.VFS.Pread(vfs.FileID(f), b, int64(off))
}
func (p programs) Object(f exec.FileRef) uint32 {
	obj, _ := p.k.VFS.Object(vfs.FileID(f))
	return obj
}
func (p programs) Reopen(f exec.FileRef) exec.FileRef {
	return exec.FileRef(p.k.VFS.ReopenExec(vfs.FileID(f)))
}
func (p programs) SetID(f exec.FileRef) (id exec.SetID) {
	id.User, id.UID, id.Group, id.GID = p.k.VFS.SetID(vfs.FileID(f))
	return id
}
func (p programs) Readable(f exec.FileRef) bool {
	return p.k.VFS.Readable(p.k.Ctx(p.k.Current()), vfs.FileID(f))
}
func (p programs) FreeFD() (int32, abi.Errno) {
	return p.k.VFS.FreeAfterExec(p.k.Ctx(p.k.Current()))
}
func (p programs) Allow(f exec.FileRef) { p.k.VFS.AllowExec(vfs.FileID(f)) }
