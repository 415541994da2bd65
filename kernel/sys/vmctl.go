package sys

import (
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/mm"
)

// vmTunable is a number in /proc/sys/vm. proc_sys_vm(5)
type vmTunable struct {
	node fs.Node
	top  uint64
	get  func(s *mm.State) uint64
	set  func(s *mm.State, v uint64)
}

var vmTunables = []vmTunable{
	{fs.ProcOvercommit, uint64(mm.NumOvercommit) - 1, func(s *mm.State) uint64 { return uint64(s.Commit.Mode) },
		func(s *mm.State, v uint64) { s.Commit.Mode = mm.Overcommit(v) }},
	{fs.ProcOvercommitRatio, 1<<31 - 1, func(s *mm.State) uint64 { return uint64(s.Commit.Ratio) },
		func(s *mm.State, v uint64) { s.Commit.Ratio = uint32(v) }},
}

// vmctlText is the content of a file in /proc/sys/vm.
func vmctlText(k *kernel.Kernel, n fs.Node) (string, bool) {
	for i := range vmTunables {
		if t := &vmTunables[i]; t.node == n {
			return strconv.FormatUint(t.get(&k.MM.State), 10) + "\n", true
		}
	}
	return "", false
}

// setVMctl changes it; what is no number within the limits is refused.
func setVMctl(k *kernel.Kernel, n fs.Node, text string) (abi.Errno, bool) {
	for i := range vmTunables {
		t := &vmTunables[i]
		if t.node != n {
			continue
		}
		v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
		if err != nil || v > t.top {
			return abi.EINVAL, true
		}
		t.set(&k.MM.State, v)
		return abi.OK, true
	}
	return abi.OK, false
}
