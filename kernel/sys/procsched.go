package sys

import (
	"fmt"
	"strings"

	"vitrine/kernel"
)

// taskSched is what the scheduler knows of a task, under Linux's names for it. Linux kernel/sched/debug.c:proc_sched_show_task
func taskSched(k *kernel.Kernel, t *kernel.Task) string {
	var b strings.Builder
	title := fmt.Sprintf("%s (%d, #threads: %d)\n", t.Name(), t.PID, threads(k, t))
	b.WriteString(title + strings.Repeat("-", 67) + "\n")
	number := func(name string, v int64) { fmt.Fprintf(&b, "%-45s:%21d\n", name, v) }
	ms := func(name string, ns int64) {
		fmt.Fprintf(&b, "%-45s:%14s%d.%06d\n", name, minusSign(ns), abs(ns)/1e6, abs(ns)%1e6)
	}
	s := &t.Sched
	ms("se.exec_start", int64(s.ExecStart*kernel.UnitNS))
	ms("se.vruntime", s.VTime)
	ms("se.sum_exec_runtime", int64(s.Exec*kernel.UnitNS))
	ms("se.statistics.wait_max", int64(s.MaxWait*kernel.UnitNS))
	ms("se.statistics.wait_sum", int64(s.Waited*kernel.UnitNS))
	number("se.statistics.wait_count", int64(s.Turns))
	ms("se.slice", int64(k.SliceOf(t)))
	number("nr_switches", int64(t.NVCsw+t.NIvCsw))
	number("nr_voluntary_switches", int64(t.NVCsw))
	number("nr_involuntary_switches", int64(t.NIvCsw))
	number("se.load.weight", int64(t.Weight())<<10)
	number("policy", int64(s.Class))
	number("prio", int64(priority(t))+100)
	return b.String()
}

func minusSign(v int64) string {
	if v < 0 {
		return "-"
	}
	return ""
}

func abs(v int64) int64 { return max(v, -v) }

// priority is the number in /proc/PID/stat: 20 and the nice value, or less than 0 in real time. proc_pid_stat(5)
func priority(t *kernel.Task) int {
	if realtime(int32(t.Sched.Class)) {
		return -1 - int(t.Sched.Priority)
	}
	return 20 + int(t.Nice)
}

// schedstat is time on the CPU, time waiting for it, and turns. Linux Documentation/scheduler/sched-stats.rst
func schedstat(t *kernel.Task) string {
	s := &t.Sched
	return fmt.Sprintf("%d %d %d\n", s.Exec*kernel.UnitNS, s.Waited*kernel.UnitNS, s.Turns)
}
