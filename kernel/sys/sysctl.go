package sys

import (
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
)

// tunable is a number in /proc/sys with its limits. Linux kernel/sysctl.c:proc_dointvec_minmax
type tunable struct {
	node     fs.Node
	low, top uint64
	get      func(p *kernel.Policy) uint64
	set      func(k *kernel.Kernel, v uint64)
}

// tunables are the scheduler's. The names are those that Linux has or had; hz and sched_slice_ns are ours.
var tunables = []tunable{
	{fs.ProcHZ, kernel.MinHZ, kernel.MaxHZ, func(p *kernel.Policy) uint64 { return p.HZ }, (*kernel.Kernel).SetHZ},
	{fs.ProcSchedSlice, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) uint64 { return p.SliceNS }, (*kernel.Kernel).SetSlice},
	{fs.ProcSchedLatency, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) uint64 { return p.LatencyNS },
		func(k *kernel.Kernel, v uint64) { k.State.Sched.LatencyNS = v }},
	{fs.ProcSchedMinGran, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) uint64 { return p.MinGranNS },
		func(k *kernel.Kernel, v uint64) { k.State.Sched.MinGranNS = v }},
	{fs.ProcSchedWakeGran, 0, kernel.MaxSliceNS, func(p *kernel.Policy) uint64 { return p.WakeGranNS },
		func(k *kernel.Kernel, v uint64) { k.State.Sched.WakeGranNS = v }},
	{fs.ProcSchedRRSlice, 1, 1000, func(p *kernel.Policy) uint64 { return p.RTSliceNS / 1e6 },
		func(k *kernel.Kernel, v uint64) { k.State.Sched.RTSliceNS = v * 1e6 }},
}

// sysctlText is the content of a scheduler's file in /proc/sys/kernel.
func sysctlText(k *kernel.Kernel, n fs.Node) (string, bool) {
	if n == fs.ProcSched {
		return k.State.Sched.Kind.String() + "\n", true
	}
	for i := range tunables {
		if t := &tunables[i]; t.node == n {
			return strconv.FormatUint(t.get(&k.State.Sched), 10) + "\n", true
		}
	}
	return "", false
}

// setSysctl changes it; what is not a number within the limits is refused.
func setSysctl(k *kernel.Kernel, n fs.Node, text string) (abi.Errno, bool) {
	text = strings.TrimSpace(text)
	if n == fs.ProcSched {
		kind, ok := kernel.PolicyByName(text)
		if !ok {
			return abi.EINVAL, true
		}
		k.SetPolicy(kind)
		return abi.OK, true
	}
	for i := range tunables {
		t := &tunables[i]
		if t.node != n {
			continue
		}
		v, err := strconv.ParseUint(text, 10, 64)
		if err != nil || v < t.low || v > t.top {
			return abi.EINVAL, true
		}
		t.set(k, v)
		return abi.OK, true
	}
	return abi.OK, false
}
