package fs

import (
	"sort"
	"strings"

	"vitrine/kernel/abi"
)

// sysNode is one file, directory or link below /sys. Files with text always say the same; those without ask the kernel.
type sysNode struct {
	path   string // below /sys
	mode   uint32
	text   string
	target string // of a link
}

// A sysTree is all nodes in order of their paths; a node's number is its place, from 1 on.
type sysTree []sysNode

const (
	sysDir  = abi.S_IFDIR | 0o755
	sysRead = abi.S_IFREG | 0o444
	sysTune = abi.S_IFREG | 0o644
	sysLink = abi.S_IFLNK | 0o777
)

// The machine has no bus that could be searched: its devices are the platform's, at the addresses that they always had.
const (
	sysCPU   = "devices/system/cpu/"
	sysCPU0  = sysCPU + "cpu0/"
	sysTTYS  = "devices/platform/serial8250/tty/ttyS0/"
	sysDiskA = "devices/platform/pata_legacy.0/block/sda/"
	sysDiskB = "devices/platform/pata_legacy.1/block/sdb/"
	sysTHP   = "kernel/mm/transparent_hugepage/"
)

// newSysTree lists the files; directories are made of their paths. sysfs(5); Linux Documentation/ABI/testing
func newSysTree() sysTree {
	t := sysTree{{path: "bus", mode: sysDir}, {path: "firmware", mode: sysDir}, {path: "fs", mode: sysDir}, {path: "module", mode: sysDir}}
	fixed := func(prefix string, pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			t = append(t, sysNode{path: prefix + pairs[i], mode: sysRead, text: pairs[i+1] + "\n"})
		}
	}
	asked := func(mode uint32, prefix string, names ...string) {
		for _, name := range names {
			t = append(t, sysNode{path: prefix + name, mode: mode})
		}
	}
	fixed(sysCPU, "online", "0", "possible", "0", "present", "0", "offline", "", "isolated", "", "kernel_max", "0")
	fixed(sysCPU0+"topology/", "core_id", "0", "physical_package_id", "0", "die_id", "0", "thread_siblings", "1", "thread_siblings_list", "0",
		"core_cpus", "1", "core_cpus_list", "0", "core_siblings", "1", "core_siblings_list", "0", "package_cpus", "1", "package_cpus_list", "0")
	fixed("kernel/", "fscaps", "1", "uevent_seqnum", "0")
	t = append(t, sysNode{path: "power/state", mode: sysTune, text: "\n"})
	asked(sysTune, sysTHP, "enabled")
	fixed(sysTHP, "hpage_pmd_size", "2097152", "use_zero_page", "0")
	t.ttys(fixed)
	t.memory(fixed)
	for _, d := range []struct{ path, name, dev string }{{sysDiskA, "sda", "8:0"}, {sysDiskB, "sdb", "8:16"}} {
		fixed(d.path, "dev", d.dev, "ro", "0", "removable", "0", "range", "16", "hidden", "0", "uevent", uevent(d.dev, d.name, "DEVTYPE=disk"))
		fixed(d.path+"queue/", "logical_block_size", "512", "physical_block_size", "512", "hw_sector_size", "512", "minimum_io_size", "512",
			"rotational", "0", "scheduler", "none", "max_sectors_kb", "64", "read_ahead_kb", "0", "discard_granularity", "0")
		asked(sysRead, d.path, "size", "stat")
		t.link("block/"+d.name, d.path)
		t.link("class/block/"+d.name, d.path)
		t.link("dev/block/"+d.dev, d.path)
	}
	fixed(sysDiskA+"sda1/", "dev", "8:1", "ro", "0", "partition", "1", "uevent", uevent("8:1", "sda1", "DEVTYPE=partition\nPARTN=1"))
	asked(sysRead, sysDiskA+"sda1/", "size", "start", "stat")
	t.link("class/block/sda1", sysDiskA+"sda1/")
	t.link("dev/block/8:1", sysDiskA+"sda1/")
	return t.complete()
}

// uevent is what a device says of itself.
func uevent(dev, name, more string) string {
	major, minor, _ := strings.Cut(dev, ":")
	text := "MAJOR=" + major + "\nMINOR=" + minor + "\nDEVNAME=" + name
	if more != "" {
		text += "\n" + more
	}
	return text
}

// device adds a device with its links.
func (t *sysTree) device(fixed func(string, ...string), path, class, name, dev, devname string) {
	fixed(path, "dev", dev, "uevent", uevent(dev, devname, ""))
	t.link("class/"+class+"/"+name, path)
	t.link("dev/char/"+dev, path)
}

// ttys are the terminals.
func (t *sysTree) ttys(fixed func(string, ...string)) {
	t.device(fixed, "devices/virtual/tty/tty/", "tty", "tty", "5:0", "tty")
	t.device(fixed, "devices/virtual/tty/console/", "tty", "console", "5:1", "console")
	t.device(fixed, "devices/virtual/tty/ptmx/", "tty", "ptmx", "5:2", "ptmx")
	t.device(fixed, sysTTYS, "tty", "ttyS0", "4:64", "ttyS0")
	fixed("devices/virtual/tty/console/", "active", "ttyS0")
	fixed(sysTTYS, "type", "4", "line", "0", "port", "0x3F8", "irq", "4", "uartclk", "1843200", "xmit_fifo_size", "16")
}

// memory are the memory devices.
func (t *sysTree) memory(fixed func(string, ...string)) {
	for _, d := range []struct{ name, dev string }{{"null", "1:3"}, {"zero", "1:5"}, {"full", "1:7"}, {"random", "1:8"}, {"urandom", "1:9"}, {"kmsg", "1:11"}} {
		t.device(fixed, "devices/virtual/mem/"+d.name+"/", "mem", d.name, d.dev, d.name)
	}
}

// link adds a symbolic link to a directory, relative as sysfs has them.
func (t *sysTree) link(path, to string) {
	up := strings.Repeat("../", strings.Count(path, "/"))
	*t = append(*t, sysNode{path: path, mode: sysLink, target: up + strings.TrimSuffix(to, "/")})
}

// complete adds the root and the directories on the way to every node, and sorts.
func (t sysTree) complete() sysTree {
	have := map[string]bool{"": true}
	all := sysTree{{mode: sysDir}}
	for _, n := range t {
		for i := range n.path {
			if dir := n.path[:i]; n.path[i] == '/' && !have[dir] {
				have[dir] = true
				all = append(all, sysNode{path: dir, mode: sysDir})
			}
		}
		if !have[n.path] {
			have[n.path] = true
			all = append(all, n)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].path < all[j].path })
	return all
}

// find is the number of a path, 0 when there is none.
func (t sysTree) find(path string) uint64 {
	i := sort.Search(len(t), func(i int) bool { return t[i].path >= path })
	if i == len(t) || t[i].path != path {
		return 0
	}
	return uint64(i) + 1
}

// children calls fn for the nodes in a directory from number from on, with their names, until it returns false.
func (t sysTree) children(dir string, from int, fn func(i int, name string) bool) {
	prefix := dir + "/"
	if dir == "" {
		prefix = ""
	}
	for i := from; i < len(t); i++ {
		name, below := strings.CutPrefix(t[i].path, prefix)
		if below && name != "" && !strings.Contains(name, "/") && !fn(i, name) {
			return
		}
	}
}
