package kernel

import (
	"fmt"
	"math/bits"
	"slices"

	"vitrine/engine/state"
)

// index finds tasks without looking at all of them: by number, by process, by parent, by what they sleep on and until
// when. It is made from State and says nothing that State does not.
type index struct {
	byPID   []TaskID  // by thread number, those already dead too, until they are released
	named   []uint16  // how many tasks have a number as their group's, and as their session's
	threads []taskSet // by process
	kids    []taskSet // by the parent's process: every thread of the children
	parent  []ProcID  // by task: in whose kids it is
	sleep   sleepers
	alarms  alarms
	timers  int64 // no interval timer goes off before (ns)
	load    load
}

// taskSet is a set of tasks. It is gone through in the order of their IDs.
type taskSet [MaxTasks / 64]uint64

func (s *taskSet) add(id TaskID)    { s[(id-1)/64] |= 1 << ((id - 1) % 64) }
func (s *taskSet) remove(id TaskID) { s[(id-1)/64] &^= 1 << ((id - 1) % 64) }

// each calls fn for each task of the set as it is now, until fn returns false.
func (k *Kernel) each(s taskSet, fn func(t *Task) bool) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			t := k.Task(TaskID(i*64 + bits.TrailingZeros64(word) + 1))
			if t != nil && !fn(t) {
				return
			}
		}
	}
}

// empty is an index of no tasks. It has 3 MB: those of the old one serve again, since a computer may be restored many times a second.
func (i *index) empty() index {
	if i.byPID == nil {
		return index{
			byPID: make([]TaskID, MaxPID), named: make([]uint16, MaxPID),
			threads: make([]taskSet, MaxTasks+1), kids: make([]taskSet, MaxTasks+1), parent: make([]ProcID, MaxTasks+1),
			sleep: newSleepers(),
		}
	}
	clear(i.byPID)
	clear(i.named)
	clear(i.threads)
	clear(i.kids)
	clear(i.parent)
	i.sleep.clear()
	return index{byPID: i.byPID, named: i.named, threads: i.threads, kids: i.kids, parent: i.parent, sleep: i.sleep}
}

// reindex makes the index anew.
func (k *Kernel) reindex() {
	k.index = k.index.empty()
	var asleep []*Task
	k.ForEachTask(func(t *Task) bool {
		k.indexTask(t)
		if t.Run == Sleep {
			asleep = append(asleep, t)
		}
		return true
	})
	k.ForEachTask(func(t *Task) bool { // now that every parent can be found
		k.adopt(t, t.PPID)
		return true
	})
	slices.SortFunc(asleep, func(a, b *Task) int { return int(a.Wait.Seq) - int(b.Wait.Seq) })
	for _, t := range asleep {
		k.indexSleep(t)
	}
}

// indexTask takes a new task in.
func (k *Kernel) indexTask(t *Task) {
	k.index.byPID[t.PID] = t.ID
	k.index.named[t.PGID]++
	k.index.named[t.SID]++
	k.index.threads[t.Proc].add(t.ID)
	k.adopt(t, t.PPID)
}

// unindexTask forgets a task that is about to be freed.
func (k *Kernel) unindexTask(t *Task) {
	k.index.byPID[t.PID] = 0
	k.index.named[t.PGID]--
	k.index.named[t.SID]--
	k.index.threads[t.Proc].remove(t.ID)
	k.index.kids[k.index.parent[t.ID]].remove(t.ID)
	k.index.parent[t.ID] = 0
}

// adopt makes t a child of the process with number ppid.
func (k *Kernel) adopt(t *Task, ppid int32) {
	k.index.kids[k.index.parent[t.ID]].remove(t.ID)
	t.PPID = ppid
	k.index.parent[t.ID] = 0
	if p := k.parent(t); p != nil {
		k.index.parent[t.ID] = p.Proc
		k.index.kids[p.Proc].add(t.ID)
	}
}

// swapPIDs gives two threads each other's number.
func (k *Kernel) swapPIDs(a, b *Task) {
	a.PID, b.PID = b.PID, a.PID
	k.index.byPID[a.PID], k.index.byPID[b.PID] = a.ID, b.ID
}

// SetGroup moves every thread of p's process into a process group and a session.
func (k *Kernel) SetGroup(p *Task, pgid, sid int32) {
	k.each(k.index.threads[p.Proc], func(o *Task) bool {
		k.index.named[o.PGID]--
		k.index.named[o.SID]--
		o.PGID, o.SID = pgid, sid
		k.index.named[pgid]++
		k.index.named[sid]++
		return true
	})
}

// NamesGroup tells whether a number is some task's process group or session.
func (k *Kernel) NamesGroup(pgid int32) bool {
	return pgid >= 0 && pgid < MaxPID && k.index.named[pgid] != 0
}

// CheckIndex compares the index with one made anew. For tests.
func (k *Kernel) CheckIndex() error {
	kept := k.index
	defer func() { k.index = kept }()
	k.index = index{}
	k.reindex()
	now := &k.index
	switch {
	case !slices.Equal(kept.byPID, now.byPID):
		return fmt.Errorf("the index by PID is wrong")
	case !slices.Equal(kept.named, now.named):
		return fmt.Errorf("the index of groups and sessions is wrong")
	case !slices.Equal(kept.threads, now.threads):
		return fmt.Errorf("the index of threads is wrong")
	case !slices.Equal(kept.kids, now.kids):
		return fmt.Errorf("the index of children is wrong")
	case !slices.Equal(kept.sleep.all(), now.sleep.all()):
		return fmt.Errorf("the index of sleepers is wrong: %v, should be %v", kept.sleep.all(), now.sleep.all())
	}
	var err error
	k.ForEachTask(func(t *Task) bool {
		if t.Run == Sleep && !slices.ContainsFunc(append(kept.alarms, alarm{Deadline: never}), func(a alarm) bool { return a.rings(t) }) {
			err = fmt.Errorf("pid %d sleeps until %d and has no alarm", t.PID, t.Wait.Deadline)
		}
		return err == nil
	})
	return err
}

// reserve makes room for every record that there can be, so that pointers to records stay valid.
func reserve[T any](a *state.Arena[T], n int) {
	if cap(a.Slots) < n {
		a.Slots = append(make([]state.Slot[T], 0, n), a.Slots...)
	}
}

// pinArenas must follow every change of State as a whole: at the start and after a restore.
func (k *Kernel) pinArenas() {
	reserve(&k.State.Tasks, MaxTasks)
	reserve(&k.State.Hands, MaxTasks)
	reserve(&k.State.Procs, MaxTasks)
	k.reindex()
}
