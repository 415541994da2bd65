package abi

// Timespec is struct timespec.
type Timespec struct{ Sec, Nsec int64 }

// Timeval is struct timeval.
type Timeval struct{ Sec, Usec int64 }

// Itimerval is struct itimerval. setitimer(2)
type Itimerval struct{ Interval, Value Timeval }

// Itimerspec is struct itimerspec. timerfd_settime(2)
type Itimerspec struct{ Interval, Value Timespec }

// Timezone is struct timezone. gettimeofday(2)
type Timezone struct{ MinutesWest, DstTime int32 }

// Tms is struct tms, in clock ticks of 1/100 s. times(2)
type Tms struct{ Utime, Stime, Cutime, Cstime int64 }

// Rusage is struct rusage. getrusage(2)
type Rusage struct {
	Utime, Stime                            Timeval
	MaxRSS                                  int64 // KiB
	Ixrss, Idrss, Isrss                     int64
	MinFlt, MajFlt, Nswap                   int64
	Inblock, Oublock                        int64
	Msgsnd, Msgrcv, Nsignals, Nvcsw, Nivcsw int64
}

// TimespecOf splits nanoseconds.
func TimespecOf(ns int64) Timespec {
	s := ns / 1e9
	if ns%1e9 < 0 {
		s--
	}
	return Timespec{s, ns - s*1e9}
}

// TimevalOf splits nanoseconds into seconds and microseconds.
func TimevalOf(ns int64) Timeval {
	t := TimespecOf(ns)
	return Timeval{t.Sec, t.Nsec / 1000}
}

// Nanoseconds joins seconds and nanoseconds; the largest value stands for whatever is too large.
// Linux include/linux/ktime.h:ktime_set
func (t Timespec) Nanoseconds() int64 {
	const most = 1<<63 - 1
	if t.Sec >= most/1_000_000_000 {
		return most
	}
	return t.Sec*1e9 + t.Nsec
}

// Valid tells whether t may be a time to wait. Linux include/linux/time64.h:timespec64_valid
func (t Timespec) Valid() bool { return t.Sec >= 0 && t.Nsec >= 0 && t.Nsec < 1e9 }
