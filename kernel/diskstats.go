package kernel

// DiskStats count a disk's transfers since boot. Linux block/genhd.c:diskstats_show
type DiskStats struct {
	Reads, ReadSectors   uint64
	Writes, WroteSectors uint64
	ReadTime, WriteTime  uint64 // clock units
}

// Disks that are counted: the drive with the root file system, and the second one.
const (
	DiskA = iota
	DiskB
	NumDisks
)

// TransferDisk counts a transfer of n bytes and lets it take its time; the process on the CPU is who caused it.
func (k *Kernel) TransferDisk(disk, n int, write bool) {
	s := &k.State.Disks[disk]
	before := k.M.Now()
	k.ChargeDisk(n)
	took := k.M.Now() - before
	count, sectors, time := &s.Reads, &s.ReadSectors, &s.ReadTime
	if write {
		count, sectors, time = &s.Writes, &s.WroteSectors, &s.WriteTime
	}
	*count, *sectors, *time = *count+1, *sectors+uint64(n)/512, *time+took
	t := k.Current()
	if t == nil || t.Proc == 0 {
		return
	}
	if p := k.Process(t); write {
		p.IO.WriteBytes += uint64(n)
	} else {
		p.IO.ReadBytes += uint64(n)
	}
}

// IOCount is what a process has read and written. proc_pid_io(5)
type IOCount struct {
	RChar, WChar          uint64 // bytes of read(2), write(2) and their like
	SyscR, SyscW          uint64 // how many of them
	ReadBytes, WriteBytes uint64 // from and to disks
}
