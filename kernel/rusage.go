package kernel

// Usage is what a thread, a process or its children have used: getrusage(2). Linux struct rusage
type Usage struct {
	UTime, STime   uint64 // clock units in ring 3 and in the kernel
	MinFlt, MajFlt uint64
	NVCsw, NIvCsw  uint64 // voluntary and involuntary context switches
	MaxRSS         uint64 // KiB; of children that of the largest
}

func (u *Usage) add(o Usage) {
	u.UTime += o.UTime
	u.STime += o.STime
	u.MinFlt += o.MinFlt
	u.MajFlt += o.MajFlt
	u.NVCsw += o.NVCsw
	u.NIvCsw += o.NIvCsw
	u.MaxRSS = max(u.MaxRSS, o.MaxRSS)
}

// ThreadUsage is what t itself has used: RUSAGE_THREAD.
func (k *Kernel) ThreadUsage(t *Task) Usage {
	k.notePeak(t)
	return Usage{t.UTime, t.STime, t.MinFlt, t.MajFlt, t.NVCsw, t.NIvCsw, k.Process(t).MaxRSS}
}

// ProcessUsage sums the threads of t's process, those that ended too: RUSAGE_SELF.
// Linux kernel/sched/cputime.c:thread_group_cputime
func (k *Kernel) ProcessUsage(t *Task) Usage {
	u := k.Process(t).Ended
	k.forEachThread(t, func(o *Task) {
		if o.Run != Zombie {
			u.add(k.ThreadUsage(o))
		}
	})
	return u
}

// notePeak keeps the most memory that t's process has had, in all its address spaces. It is looked at before one is
// given back and when somebody asks. Linux include/linux/mm.h:update_hiwater_rss
func (k *Kernel) notePeak(t *Task) {
	if as := k.MM.AS(t.ASID); as != nil {
		p := k.Process(t)
		p.MaxRSS = max(p.MaxRSS, uint64(as.PeakRSS)*4)
	}
}
