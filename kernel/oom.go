package kernel

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// OutOfMemory ends the process whose end gives back most memory and tells whether it is worth trying again; not when
// it is t's own, which is killed on its way out of the kernel. Linux mm/oom_kill.c:out_of_memory
func (k *Kernel) OutOfMemory(t *Task) bool {
	victim := k.oomVictim()
	if victim == nil {
		k.Panic("System is deadlocked on memory")
		return false
	}
	as := k.MM.AS(victim.ASID)
	kb := func(pages int32) int64 { return int64(pages) * (mem.FrameSize >> 10) }
	k.Printk("Out of memory: Killed process %d (%s) anon-rss:%dkB, file-rss:%dkB, shmem-rss:%dkB, UID:%d pgtables:%dkB oom_score_adj:%d",
		victim.TGID, victim.Name(), kb(as.RSSAnon), kb(as.RSSFile), kb(as.RSSShmem), victim.Cred.UID, kb(as.Tables), k.Process(victim).OOMAdj)
	if victim.Proc == t.Proc {
		k.ForceSignal(t, Siginfo{Signo: abi.SIGKILL, Code: abi.SI_KERNEL})
		return false
	}
	k.dequeue(victim)
	k.ExitGroup(victim, abi.SIGKILL)
	return true
}

// oomVictim is a thread of the process with the most points, nil when none may be killed: init is not.
// Linux mm/oom_kill.c:select_bad_process
func (k *Kernel) oomVictim() (victim *Task) {
	most := int64(0)
	k.ForEachTask(func(t *Task) bool {
		if t.ASID == 0 || t.TGID <= 1 || t.Run == Zombie || t.Run == Dead {
			return true
		}
		if points := k.oomBadness(t); points > most {
			victim, most = t, points
		}
		return true
	})
	return victim
}

// OOMScore is how likely a process is to be chosen, from 0 to 2000. Linux fs/proc/base.c:proc_oom_score
func (k *Kernel) OOMScore(t *Task) int64 {
	if t.ASID == 0 || k.Process(t).OOMAdj == abi.OOM_SCORE_ADJ_MIN {
		return 0
	}
	return (1000 + k.oomBadness(t)*1000/int64(k.M.RAM.Frames())) * 2 / 3
}

// oomBadness counts the pages that a process holds, and what oom_score_adj adds; 0 protects it.
// Linux mm/oom_kill.c:oom_badness
func (k *Kernel) oomBadness(t *Task) int64 {
	adj := int64(k.Process(t).OOMAdj)
	if adj == abi.OOM_SCORE_ADJ_MIN {
		return 0
	}
	as := k.MM.AS(t.ASID)
	points := int64(as.RSS()) + int64(as.Swapped) + int64(as.Tables)
	return max(points+adj*int64(k.M.RAM.Frames())/1000, 1)
}
