package sys

import (
	"strconv"
	"strings"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/tty"
)

// tunable is a number in /proc/sys with its limits. Linux kernel/sysctl.c:proc_dointvec_minmax
type tunable struct {
	node     fs.Node
	low, top int64
	get      func(p *kernel.Policy) int64
	set      func(k *kernel.Kernel, v int64)
}

// tunables are the scheduler's. The names are those that Linux has or had; hz and sched_slice_ns are ours.
var tunables = []tunable{
	{fs.ProcHZ, kernel.MinHZ, kernel.MaxHZ, func(p *kernel.Policy) int64 { return int64(p.HZ) },
		func(k *kernel.Kernel, v int64) { k.SetHZ(uint64(v)) }},
	{fs.ProcSchedSlice, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) int64 { return int64(p.SliceNS) },
		func(k *kernel.Kernel, v int64) { k.SetSlice(uint64(v)) }},
	{fs.ProcSchedLatency, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) int64 { return int64(p.LatencyNS) },
		func(k *kernel.Kernel, v int64) { k.State.Sched.LatencyNS = uint64(v) }},
	{fs.ProcSchedMinGran, kernel.MinSliceNS, kernel.MaxSliceNS, func(p *kernel.Policy) int64 { return int64(p.MinGranNS) },
		func(k *kernel.Kernel, v int64) { k.State.Sched.MinGranNS = uint64(v) }},
	{fs.ProcSchedWakeGran, 0, kernel.MaxSliceNS, func(p *kernel.Policy) int64 { return int64(p.WakeGranNS) },
		func(k *kernel.Kernel, v int64) { k.State.Sched.WakeGranNS = uint64(v) }},
	{fs.ProcSchedRRSlice, 1, 1000, func(p *kernel.Policy) int64 { return int64(p.RTSliceNS / 1e6) },
		func(k *kernel.Kernel, v int64) { k.State.Sched.RTSliceNS = uint64(v) * 1e6 }},
	{fs.ProcSchedRTPeriod, 1000, 1e9, func(p *kernel.Policy) int64 { return p.RT.PeriodUS },
		func(k *kernel.Kernel, v int64) { k.SetRealtime(v, k.State.Sched.RT.RuntimeUS) }},
	{fs.ProcSchedRTRuntime, -1, 1e9, func(p *kernel.Policy) int64 { return p.RT.RuntimeUS },
		func(k *kernel.Kernel, v int64) { k.SetRealtime(k.State.Sched.RT.PeriodUS, v) }},
}

// sysctlText is the content of a file of the scheduler's or the pseudo-terminals' in /proc/sys/kernel.
func sysctlText(k *kernel.Kernel, n fs.Node) (string, bool) {
	switch n {
	case fs.ProcSched:
		return k.State.Sched.Kind.String() + "\n", true
	case fs.ProcPtyMax:
		return strconv.Itoa(tty.MaxPtys) + "\n", true
	case fs.ProcPtyNr:
		return strconv.Itoa(int(k.Terms.State.Ptys.Live)) + "\n", true
	}
	for i := range tunables {
		if t := &tunables[i]; t.node == n {
			return strconv.FormatInt(t.get(&k.State.Sched), 10) + "\n", true
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
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v < t.low || v > t.top || n == fs.ProcSchedRTPeriod && v < k.State.Sched.RT.RuntimeUS ||
			n == fs.ProcSchedRTRuntime && v > k.State.Sched.RT.PeriodUS {
			return abi.EINVAL, true
		}
		t.set(k, v)
		return abi.OK, true
	}
	return abi.OK, false
}
