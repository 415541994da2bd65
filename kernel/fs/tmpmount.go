package fs

import (
	"fmt"
	"strconv"
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// TmpMount is what a mounted tmpfs may have, and has. tmpfs(5); Linux include/linux/shmem_fs.h:struct shmem_sb_info
type TmpMount struct {
	MaxPages, MaxInodes uint64 // 0 is no limit
	Pages, Inodes       uint64
	Mode, UID, GID      uint32 // of its root
	Default             uint64 // what the limits are when nothing is said
}

// defaultTmpMount is half of memory, and as many inodes as pages.
func defaultTmpMount(v *vfs.VFS, mode uint32) TmpMount {
	half := v.MemoryPages() / 2
	return TmpMount{MaxPages: half, MaxInodes: half, Mode: mode, Default: half}
}

// mount is the record of an inode's file system.
func (t *tmpFS) mount(v *vfs.VFS, in *vfs.Inode) *TmpMount {
	return t.state.Mounts.Get(v.Super(in.SB).Private)
}

// newInode counts one more. Linux mm/shmem.c:shmem_reserve_inode
func (t *tmpFS) newInode(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	m := t.mount(v, in)
	if m.MaxInodes != 0 && m.Inodes >= m.MaxInodes {
		return abi.ENOSPC
	}
	m.Inodes++
	return abi.OK
}

// count brings the record up to date with the pages an inode has in the cache; ENOSPC when they are more than may be, and
// then they are not counted: the caller gives them back. Linux mm/shmem.c:shmem_inode_acct_block
func (t *tmpFS) count(v *vfs.VFS, in *vfs.Inode) abi.Errno {
	const sectors = vfs.PageSize / 512
	m := t.mount(v, in)
	if m == nil {
		return abi.OK
	}
	old, now := in.Sects/sectors, uint64(len(in.Pages))
	if now > old && m.MaxPages != 0 && m.Pages+now-old > m.MaxPages {
		return abi.ENOSPC
	}
	m.Pages, in.Sects = m.Pages+now-old, now*sectors
	return abi.OK
}

// parseTmpOptions reads the options of mount(2)'s data into m. Linux mm/shmem.c:shmem_parse_one
func parseTmpOptions(data string, m TmpMount) (TmpMount, abi.Errno) {
	for _, option := range strings.Split(data, ",") {
		name, value, _ := strings.Cut(option, "=")
		n, ok := uint64(0), true
		switch name {
		case "", "huge", "mpol":
			continue // pages are small, and all memory is one node
		case "size":
			n, ok = parseSize(value, m.MaxPages*2*vfs.PageSize)
			m.MaxPages = (n + vfs.PageSize - 1) / vfs.PageSize
		case "nr_blocks":
			m.MaxPages, ok = parseSize(value, 0)
		case "nr_inodes":
			m.MaxInodes, ok = parseSize(value, 0)
		case "mode":
			n, ok = parseNumber(value, 8)
			m.Mode = uint32(n) & 0o7777
		case "uid":
			n, ok = parseNumber(value, 10)
			m.UID = uint32(n)
		case "gid":
			n, ok = parseNumber(value, 10)
			m.GID = uint32(n)
		default:
			ok = false
		}
		if !ok {
			return m, abi.EINVAL
		}
	}
	return m, abi.OK
}

// parseSize reads a number with k, m or g behind it, or with % of whole. Linux lib/cmdline.c:memparse
func parseSize(s string, whole uint64) (uint64, bool) {
	if percent, ok := strings.CutSuffix(s, "%"); ok && whole > 0 {
		n, ok := parseNumber(percent, 10)
		return whole / 100 * n, ok
	}
	shift := 0
	if i := strings.IndexAny(s, "kKmMgG"); i == len(s)-1 && i > 0 {
		shift = map[byte]int{'k': 10, 'K': 10, 'm': 20, 'M': 20, 'g': 30, 'G': 30}[s[i]]
		s = s[:i]
	}
	n, ok := parseNumber(s, 0)
	return n << shift, ok && n <= 1<<40
}

func parseNumber(s string, base int) (uint64, bool) {
	n, err := strconv.ParseUint(s, base, 48)
	return n, err == nil
}

// Options are those that are not the usual ones. Linux mm/shmem.c:shmem_show_options
func (t *tmpFS) Options(sb *vfs.SuperBlock) string {
	m := t.state.Mounts.Get(sb.Private)
	if m == nil {
		return ""
	}
	text := ""
	if m.MaxPages != m.Default {
		text += fmt.Sprintf(",size=%dk", m.MaxPages*(vfs.PageSize>>10))
	}
	if m.MaxInodes != m.Default {
		text += fmt.Sprintf(",nr_inodes=%d", m.MaxInodes)
	}
	if m.Mode != 0o1777 {
		text += fmt.Sprintf(",mode=%03o", m.Mode)
	}
	if m.UID != 0 {
		text += fmt.Sprintf(",uid=%d", m.UID)
	}
	if m.GID != 0 {
		text += fmt.Sprintf(",gid=%d", m.GID)
	}
	return text
}

// Remount changes the limits, but not to less than is there. Linux mm/shmem.c:shmem_reconfigure
func (t *tmpFS) Remount(v *vfs.VFS, sb *vfs.SuperBlock, data string) abi.Errno {
	m := t.state.Mounts.Get(sb.Private)
	to, err := parseTmpOptions(data, *m)
	switch {
	case err != abi.OK:
		return err
	case to.MaxPages != 0 && to.MaxPages < m.Pages, to.MaxInodes != 0 && to.MaxInodes < m.Inodes:
		return abi.EINVAL
	}
	*m = to
	return abi.OK
}
