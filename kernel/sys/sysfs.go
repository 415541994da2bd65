package sys

import (
	"fmt"
	"path"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// What files below /sys say that is not always the same.

// diskOf is the disk that a directory of /sys is about, nil when it is none's.
func diskOf(dir string) *disk {
	for i := range disks {
		if disks[i].name == path.Base(dir) {
			return &disks[i]
		}
	}
	return nil
}

// HasDisk tells whether a disk is there.
func (f facts) HasDisk(name string) bool { return diskOf(name).sectors(f.k) > 0 }

// SysText is the content of a file.
func (f facts) SysText(file string) string {
	dir, name := path.Split(file)
	if d := diskOf(strings.TrimSuffix(dir, "/")); d != nil {
		return d.sysText(f.k, name)
	}
	if name == "enabled" {
		return hugeText(f.k.MM.State.Huge)
	}
	return ""
}

// sysText is a file in a disk's directory. Linux Documentation/ABI/stable/sysfs-block
func (d *disk) sysText(k *kernel.Kernel, name string) string {
	switch name {
	case "size":
		return fmt.Sprintln(d.sectors(k))
	case "start":
		return fmt.Sprintln(k.BlockDevice(vfs.MakeDev(8, 0)).Blocks() - uint32(d.sectors(k)))
	case "stat":
		s := &k.State.Disks[max(d.stats, kernel.DiskA)]
		r, w := ms(s.ReadTime), ms(s.WriteTime)
		return fmt.Sprintf("%8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d %8d\n", s.Reads, 0, s.ReadSectors, r, s.Writes, 0,
			s.WroteSectors, w, 0, r+w, r+w, 0, 0, 0, 0, 0, 0)
	}
	return ""
}

// hugeOrder is the order in which Linux lists the modes of huge pages. Linux mm/huge_memory.c:enabled_show
var hugeOrder = []mm.HugeMode{mm.HugeAlways, mm.HugeMadvise, mm.HugeNever}

// hugeText marks the mode that is on.
func hugeText(on mm.HugeMode) string {
	var words []string
	for _, m := range hugeOrder {
		word := mm.HugeModeNames[m]
		if m == on {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ") + "\n"
}

// SetSysText changes what can be changed.
func (f facts) SetSysText(file, text string) abi.Errno {
	if path.Base(file) == "enabled" && f.k.MM.SetHugeMode(strings.TrimSpace(text)) {
		return abi.OK
	}
	return abi.EINVAL
}
