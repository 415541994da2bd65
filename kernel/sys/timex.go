package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// The clock of the machine does not drift, and nothing disciplines it: adjtimex(2) tells what Linux tells before NTP has
// been heard of, and changes nothing. Linux kernel/time/ntp.c
const (
	sizeofTimex    = 208
	timexTick      = 88 // offset of tick
	adjTick        = 0x4000
	adjSingleshot  = 0x8000 // adjtime(3)
	adjReadOnly    = 0x2000
	staUnsync      = 0x40
	timeError      = 5        // the clock is not synchronised
	ntpPhaseLimit  = 16000000 // µs
	ntpMaxFreq     = 32768000 // 500 ppm with 16 bits of fraction
	usecPerTick    = 10000    // USER_HZ = 100
	mostTickChange = usecPerTick / 10
)

var _ = define(kernel.Syscall{Nr: 159, Name: "adjtimex", Man: "adjtimex(2); kernel/time/ntp.c:__do_adjtimex", Missing: "setting anything",
	Args: args(pPtr("buf")), Fn: adjtimex})

func adjtimex(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return doAdjtimex(k, t, a[0])
}

var _ = define(kernel.Syscall{Nr: 305, Name: "clock_adjtime", Man: "clock_adjtime(2); kernel/time/posix-timers.c:do_clock_adjtime", Missing: "setting anything",
	Args: args(pFlags("clockid", "clock"), pPtr("buf")), Fn: clockAdjtime})

func clockAdjtime(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	var b [sizeofTimex]byte
	if e := k.CopyIn(t, a[1], b[:]); e != abi.OK {
		return 0, e
	}
	if a.Int(0) == abi.CLOCK_REALTIME {
		return doAdjtimex(k, t, a[1])
	}
	if _, e := k.ClockNow(t, a.Int(0)); e != abi.OK {
		return 0, e
	}
	return 0, abi.EOPNOTSUPP
}

func doAdjtimex(k *kernel.Kernel, t *kernel.Task, addr uint64) (int64, abi.Errno) {
	b := make([]byte, sizeofTimex)
	if e := k.CopyIn(t, addr, b); e != abi.OK {
		return 0, e
	}
	if e := checkTimex(t, b); e != abi.OK {
		return 0, e
	}
	sec, nsec := k.TimeOfDay()
	var p packer
	p.b = append(p.b, b[:8]...) // modes
	for _, v := range []int64{0, 0, ntpPhaseLimit, ntpPhaseLimit, staUnsync, 2, 1, ntpMaxFreq, sec, int64(nsec / 1000), usecPerTick} {
		p.i64(v)
	}
	p.pad(sizeofTimex - len(p.b))
	return timeError, k.CopyOut(t, addr, p.b)
}

// checkTimex refuses changes: those that Linux refuses with its errors, all others as something that is not here.
func checkTimex(t *kernel.Task, b []byte) abi.Errno {
	modes, tick := binary.LittleEndian.Uint32(b), int64(binary.LittleEndian.Uint64(b[timexTick:]))
	if modes == 0 || modes&(adjSingleshot|adjReadOnly) == adjSingleshot|adjReadOnly {
		return abi.OK
	}
	switch {
	case !t.Capable(abi.CAP_SYS_TIME):
		return abi.EPERM
	case modes&adjTick != 0 && (tick < usecPerTick-mostTickChange || tick > usecPerTick+mostTickChange):
		return abi.EINVAL
	}
	return abi.EOPNOTSUPP
}
