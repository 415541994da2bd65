package kernel

import "vitrine/kernel/abi"

// ClockNow reads a clock, in ns. Linux kernel/time/posix-timers.c:clockid_to_kclock
func (k *Kernel) ClockNow(t *Task, clock int32) (int64, abi.Errno) {
	switch clock {
	case abi.CLOCK_REALTIME, abi.CLOCK_REALTIME_COARSE, abi.CLOCK_TAI:
		return k.State.BootTime + int64(k.Now()), abi.OK
	case abi.CLOCK_MONOTONIC, abi.CLOCK_MONOTONIC_RAW, abi.CLOCK_MONOTONIC_COARSE, abi.CLOCK_BOOTTIME:
		return int64(k.Now()), abi.OK
	}
	c, e := k.CPUClock(t, clock)
	if e != abi.OK {
		return 0, e
	}
	return k.cpuClockNow(c), abi.OK
}

// Clocks of CPU time, as the low bits of a clockid_t say. Linux include/linux/posix-timers_types.h
const (
	cpuClockProf   = 0 // user and system time
	cpuClockVirt   = 1 // user time
	cpuClockSched  = 2 // time on the CPU: here it is the same as the first
	cpuClockWhich  = 3
	cpuClockThread = 4 // of a thread, not of its process
)

// CPUClock names a clock of CPU time whole: whoever's it is, the answer says which task, and is negative. t is who asks;
// of threads only those of its process can be named. Linux kernel/time/posix-cpu-timers.c:pid_for_clock
func (k *Kernel) CPUClock(t *Task, clock int32) (int32, abi.Errno) {
	switch {
	case clock == abi.CLOCK_PROCESS_CPUTIME_ID:
		return cpuClockOf(t.TGID, cpuClockSched), abi.OK
	case clock == abi.CLOCK_THREAD_CPUTIME_ID:
		return cpuClockOf(t.PID, cpuClockSched|cpuClockThread), abi.OK
	case clock >= 0 || clock&cpuClockWhich == cpuClockWhich: // the last kind is a device's
		return 0, abi.EINVAL
	}
	pid, kind := ^(clock >> 3), clock&(cpuClockThread|cpuClockWhich)
	if pid == 0 {
		if pid = t.TGID; kind&cpuClockThread != 0 {
			pid = t.PID
		}
	}
	o := k.FindTask(pid)
	if o == nil || kind&cpuClockThread != 0 && o.TGID != t.TGID || kind&cpuClockThread == 0 && !o.Leader() {
		return 0, abi.EINVAL
	}
	return cpuClockOf(pid, kind), abi.OK
}

func cpuClockOf(pid, kind int32) int32 { return ^pid<<3 | kind }

// cpuClockNow reads a clock that CPUClock named; 0 when its task is gone.
func (k *Kernel) cpuClockNow(clock int32) int64 {
	o := k.FindTask(^(clock >> 3))
	if o == nil || k.Process(o) == nil {
		return 0
	}
	u := Usage{UTime: o.UTime, STime: o.STime}
	if clock&cpuClockThread == 0 {
		u = k.ProcessUsage(o)
	}
	if clock&cpuClockWhich == cpuClockVirt {
		u.STime = 0
	}
	return int64(u.UTime+u.STime) * UnitNS
}
