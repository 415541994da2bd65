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

// hugeModes is the modes of huge pages with the one that is set in brackets, as
// /sys/kernel/mm/transparent_hugepage/enabled shows it.
func hugeModes(k *kernel.Kernel) string {
	var words []string
	for _, mode := range [...]mm.HugeMode{mm.HugeAlways, mm.HugeMadvise, mm.HugeNever} {
		word := mm.HugeModeNames[mode]
		if mode == k.MM.State.Huge {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ") + "\n"
}

// vmctlText is the content of a file in /proc/sys/vm.
func vmctlText(k *kernel.Kernel, n fs.Node) (string, bool) {
	if n == fs.ProcHugePage {
		return hugeModes(k), true
	}
	for i := range vmTunables {
		if t := &vmTunables[i]; t.node == n {
			return strconv.FormatUint(t.get(&k.MM.State), 10) + "\n", true
		}
	}
	return "", false
}

// setVMctl changes it; what is no number within the limits is refused.
func setVMctl(k *kernel.Kernel, n fs.Node, text string) (abi.Errno, bool) {
	if n == fs.ProcHugePage {
		if !k.MM.SetHugeMode(strings.TrimSpace(text)) {
			return abi.EINVAL, true
		}
		return abi.OK, true
	}
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
