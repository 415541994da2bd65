package sys

import (
	"strconv"
	"strings"

	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// devpts is the file system of pseudo-terminals' slaves: a name for each whose master is open, and ptmx. The numbers
// of all mounts come from one row. Linux fs/devpts/inode.c
type devpts struct {
	vfs.ReadOnly
	k *kernel.Kernel
}

// Inode numbers: the root, ptmx, and 3 + N for N.
const (
	ptsRoot = 1 + iota
	ptsPtmx
	ptsFirst
)

// ptsOptions are those of mount(2).
type ptsOptions struct {
	uid, gid       uint32
	setUID, setGID bool
	mode, ptmxMode uint32
	max            uint32
}

// parseDevpts reads mount options; unknown ones are refused. Linux fs/devpts/inode.c:parse_mount_options
func parseDevpts(data string) (ptsOptions, abi.Errno) {
	o := ptsOptions{mode: 0o600, max: tty.MaxPtys}
	for _, word := range strings.Split(data, ",") {
		name, value, has := strings.Cut(word, "=")
		base := 10
		if strings.HasSuffix(name, "mode") {
			base = 8
		}
		n, err := strconv.ParseUint(value, base, 32)
		v := uint32(n)
		switch {
		case word == "" || word == "newinstance":
			continue
		case !has || err != nil:
			return o, abi.EINVAL
		case name == "uid":
			o.uid, o.setUID = v, true
		case name == "gid":
			o.gid, o.setGID = v, true
		case name == "mode":
			o.mode = v & 0o7777
		case name == "ptmxmode":
			o.ptmxMode = v & 0o7777
		case name == "max" && n <= tty.MaxPtys:
			o.max = v
		default:
			return o, abi.EINVAL
		}
	}
	return o, abi.OK
}

func (devpts) Name() string { return "devpts" }
func (devpts) NoDev() bool  { return true }

// Mount checks the options.
func (devpts) Mount(v *vfs.VFS, sb *vfs.SuperBlock) (uint64, abi.Errno) {
	_, e := parseDevpts(sb.Data)
	return ptsRoot, e
}

// Options is what /proc/mounts shows. Linux fs/devpts/inode.c:devpts_show_options
func (devpts) Options(sb *vfs.SuperBlock) string {
	o, _ := parseDevpts(sb.Data)
	text := ""
	if o.setUID {
		text += ",uid=" + strconv.Itoa(int(o.uid))
	}
	if o.setGID {
		text += ",gid=" + strconv.Itoa(int(o.gid))
	}
	octal := func(n uint32) string {
		return strings.Repeat("0", max(0, 3-len(strconv.FormatUint(uint64(n), 8)))) + strconv.FormatUint(uint64(n), 8)
	}
	text += ",mode=" + octal(o.mode) + ",ptmxmode=" + octal(o.ptmxMode)
	if o.max < tty.MaxPtys {
		text += ",max=" + strconv.Itoa(int(o.max))
	}
	return text
}

// pty is the pair that a name of a mount stands for, nil when there is none any more.
func (d devpts) pty(sb vfs.FSID, n uint64) *tty.Pty {
	p := d.k.Terms.State.Ptys.Get(state.ID(n + 1))
	if p == nil || !p.MasterOpen || p.Instance != uint32(sb) {
		return nil
	}
	return p
}

// Stable is false: names come and go with their masters.
func (devpts) Stable(v *vfs.VFS, dir *vfs.Inode) bool { return false }

// ReadInode makes the inode from its number.
func (d devpts) ReadInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	in.Nlink = 1
	in.Atime = v.Now()
	in.Mtime, in.Ctime = in.Atime, in.Atime
	switch in.Ino {
	case ptsRoot:
		in.Mode, in.Nlink = abi.S_IFDIR|0o755, 2
		return abi.OK
	case ptsPtmx:
		o, _ := parseDevpts(v.S.Supers.Get(in.SB).Data)
		in.Mode, in.Rdev = abi.S_IFCHR|o.ptmxMode, vfs.MakeDev(tty.MajorTTYAux, tty.MinorPtmx)
		return abi.OK
	}
	p := d.pty(in.SB, in.Ino-ptsFirst)
	if p == nil {
		return abi.EIO
	}
	in.Mode, in.UID, in.GID, in.Rdev = p.Mode, p.UID, p.GID, vfs.MakeDev(tty.MajorSlave, uint32(in.Ino-ptsFirst))
	in.Ctime = vfs.Time{Sec: p.Sec, Nsec: p.Nsec}
	in.Atime, in.Mtime = in.Ctime, in.Ctime
	return abi.OK
}

// WriteInode keeps a slave's owner and mode as long as there is a master.
func (d devpts) WriteInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	if in.Ino < ptsFirst {
		return abi.OK
	}
	if p := d.pty(in.SB, in.Ino-ptsFirst); p != nil {
		p.Mode, p.UID, p.GID = in.Mode, in.UID, in.GID
		p.Sec, p.Nsec = in.Ctime.Sec, in.Ctime.Nsec
	}
	return abi.OK
}

// Lookup finds ptmx, or a number.
func (d devpts) Lookup(v *vfs.VFS, dir *vfs.Inode, name string) (uint64, abi.Errno) {
	if name == "ptmx" {
		return ptsPtmx, abi.OK
	}
	n, err := strconv.ParseUint(name, 10, 16)
	if err != nil || strconv.FormatUint(n, 10) != name || d.pty(dir.SB, n) == nil {
		return 0, abi.ENOENT
	}
	return ptsFirst + n, abi.OK
}

// Readdir lists ".", "..", ptmx, then the slaves; a position is an inode number.
func (d devpts) Readdir(v *vfs.VFS, dir *vfs.Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	fixed := [...]struct {
		name string
		ino  uint64
		kind uint8
	}{{".", ptsRoot, abi.DT_DIR}, {"..", ptsRoot, abi.DT_DIR}, {"ptmx", ptsPtmx, abi.DT_CHR}}
	for at := max(pos, 0); at < int64(len(fixed)+d.k.Terms.State.Ptys.Len()); at++ {
		if at < int64(len(fixed)) {
			if e := fixed[at]; !emit(e.name, e.ino, e.kind, at+1) {
				return abi.OK
			}
			continue
		}
		n := uint64(at) - uint64(len(fixed))
		if d.pty(dir.SB, n) != nil && !emit(strconv.FormatUint(n, 10), ptsFirst+n, abi.DT_CHR, at+1) {
			return abi.OK
		}
	}
	return abi.OK
}

// Statfs says DEVPTS_SUPER_MAGIC. statfs(2)
func (devpts) Statfs(v *vfs.VFS, sb *vfs.SuperBlock, st *vfs.Statfs) abi.Errno {
	*st = vfs.Statfs{Type: 0x1cd1, Bsize: vfs.PageSize, Frsize: vfs.PageSize, Namelen: 255}
	return abi.OK
}
