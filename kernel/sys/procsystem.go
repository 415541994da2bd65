package sys

import (
	"fmt"
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// softirqs is proc_softirqs(5): all work is done where it arises, none is put off.
const softirqs = "                    CPU0       \n" +
	"          HI:          0\n       TIMER:          0\n      NET_TX:          0\n      NET_RX:          0\n       BLOCK:          0\n" +
	"    IRQ_POLL:          0\n     TASKLET:          0\n       SCHED:          0\n     HRTIMER:          0\n         RCU:          0\n"

// disk is a block device as the lists of them show it.
type disk struct {
	name  string
	rdev  uint64
	stats int // whose transfers are counted as its, -1 for a partition
}

var disks = []disk{
	{"sda", vfs.MakeDev(8, 0), kernel.DiskA},
	{"sda1", vfs.MakeDev(8, 1), -1},
	{"sdb", vfs.MakeDev(8, 16), kernel.DiskB},
}

// sectors is the size of a disk, 0 when it is not there.
func (d disk) sectors(k *kernel.Kernel) uint64 {
	if k.BlockDevice == nil {
		return 0
	}
	if dev := k.BlockDevice(d.rdev); dev != nil {
		return uint64(dev.Blocks())
	}
	return 0
}

// partitions is proc_partitions(5).
func partitions(k *kernel.Kernel) string {
	var b strings.Builder
	b.WriteString("major minor  #blocks  name\n\n")
	for _, d := range disks {
		if n := d.sectors(k); n > 0 {
			fmt.Fprintf(&b, "%4d  %7d %10d %s\n", vfs.Major(d.rdev), vfs.Minor(d.rdev), n>>1, d.name)
		}
	}
	return b.String()
}

// diskstats is proc_diskstats(5): transfers are synchronous, so none is merged or in flight. The root file system's are
// those of its drive.
func diskstats(k *kernel.Kernel) string {
	var b strings.Builder
	for _, d := range disks {
		if d.sectors(k) == 0 {
			continue
		}
		s := &k.State.Disks[max(d.stats, kernel.DiskA)]
		r, w := ms(s.ReadTime), ms(s.WriteTime)
		fmt.Fprintf(&b, "%4d %7d %s %d 0 %d %d %d 0 %d %d 0 %d %d 0 0 0 0 0 0\n", vfs.Major(d.rdev), vfs.Minor(d.rdev), d.name,
			s.Reads, s.ReadSectors, r, s.Writes, s.WroteSectors, w, r+w, r+w)
	}
	return b.String()
}

// ms turns clock units into milliseconds.
func ms(units uint64) uint64 { return units * kernel.UnitNS / 1e6 }

// locksText is proc_locks(5).
func locksText(k *kernel.Kernel) string {
	var b strings.Builder
	for i := range k.VFS.S.Locks {
		b.WriteString(lockLine(k, i+1, &k.VFS.S.Locks[i]))
	}
	return b.String()
}

// lockLine is one line of /proc/locks. Linux fs/locks.c:lock_get_status
func lockLine(k *kernel.Kernel, n int, l *vfs.Lock) string {
	kind, access, end := "POSIX ", "READ ", "EOF"
	switch l.Owner.Kind {
	case vfs.OwnerFile:
		kind = "OFDLCK"
	case vfs.OwnerFlock:
		kind = "FLOCK "
	}
	if l.Exclusive {
		access = "WRITE"
	}
	if l.End != vfs.LockEnd {
		end = strconv.FormatUint(l.End, 10)
	}
	in := k.VFS.Inode(l.Inode)
	dev := k.VFS.Super(in.SB).Dev
	return fmt.Sprintf("%d: %s ADVISORY  %s %d %02x:%02x:%d %d %s\n", n, kind, access, l.PID, vfs.Major(dev), vfs.Minor(dev), in.Ino, l.Start, end)
}

// uuid makes 16 random bytes one of version 4. Linux drivers/char/random.c:proc_do_uuid
func uuid(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x\n", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// dropCaches forgets clean pages and unused names. Linux fs/drop_caches.c
func (f facts) dropCaches(text string) abi.Errno {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 0, 32)
	if err != nil || n < 1 || n > 4 {
		return abi.EINVAL
	}
	f.k.VFS.DropCaches(n&1 != 0, n&2 != 0)
	return abi.OK
}

// The old scale of oom_adj, from -17 to 15. Linux fs/proc/base.c:oom_adj_read, oom_adj_write
const (
	oomAdjMin     = -16
	oomAdjMax     = 15
	oomAdjDisable = -17
)

func oldOOMAdj(adj int16) int {
	if adj == abi.OOM_SCORE_ADJ_MAX {
		return oomAdjMax
	}
	return int(adj) * -oomAdjDisable / abi.OOM_SCORE_ADJ_MAX
}

func (f facts) setOldOOMAdj(pid uint32, text string) abi.Errno {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 0, 32)
	if err != nil || (n < oomAdjMin || n > oomAdjMax) && n != oomAdjDisable {
		return abi.EINVAL
	}
	adj := n * abi.OOM_SCORE_ADJ_MAX / -oomAdjDisable
	if n == oomAdjMax {
		adj = abi.OOM_SCORE_ADJ_MAX
	}
	return f.setOOMAdj(pid, strconv.FormatInt(adj, 10))
}

// setCoreFilter is what was written to coredump_filter. Linux fs/proc/base.c:proc_coredump_filter_write
func (f facts) setCoreFilter(pid uint32, text string) abi.Errno {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 0, 32)
	if err != nil {
		return abi.EINVAL
	}
	t := f.k.FindTask(int32(pid))
	if t == nil {
		return abi.ESRCH
	}
	f.k.SetCoreFilter(t, uint32(n))
	return abi.OK
}
