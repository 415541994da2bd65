package kernel

import (
	"vitrine/kernel/wait"
)

// sleepers are lists of the tasks that sleep on a key, who slept first in front: a list for each hash of keys, one for
// those who wait for any file. Linux struct wait_queue_head, kernel/futex/core.c:hash_futex
type sleepers struct {
	first, last []sleeper // by hash
	next, prev  []sleeper // by sleeper
}

// sleeper is one of the keys of a task's sleep; 0 is none.
type sleeper uint32

const sleepLists = 1024

func newSleepers() sleepers {
	const n = (MaxTasks + 1) * wait.MaxKeys
	return sleepers{make([]sleeper, sleepLists), make([]sleeper, sleepLists), make([]sleeper, n), make([]sleeper, n)}
}

func (s *sleepers) clear() {
	clear(s.first)
	clear(s.last)
	clear(s.next)
	clear(s.prev)
}

func sleeperOf(id TaskID, i int) sleeper { return sleeper(int(id)*wait.MaxKeys + i) }

func (s sleeper) task() TaskID { return TaskID(s / wait.MaxKeys) }
func (s sleeper) key() int     { return int(s % wait.MaxKeys) }

// listOf is the list of a key; those who wait for any file have the first one to themselves.
func listOf(key wait.Key) int {
	if key.Kind == wait.AnyIO {
		return 0
	}
	h := (key.ID ^ uint64(key.Kind)<<56) * 0x9e3779b97f4a7c15
	return 1 + int(h>>32%(sleepLists-1))
}

// add appends to a list: sleeps begin in the order of their numbers.
func (l *sleepers) add(at int, s sleeper) {
	l.next[s], l.prev[s] = 0, l.last[at]
	if l.last[at] != 0 {
		l.next[l.last[at]] = s
	} else {
		l.first[at] = s
	}
	l.last[at] = s
}

func (l *sleepers) remove(at int, s sleeper) {
	next, prev := l.next[s], l.prev[s]
	if next != 0 {
		l.prev[next] = prev
	} else {
		l.last[at] = prev
	}
	if prev != 0 {
		l.next[prev] = next
	} else {
		l.first[at] = next
	}
	l.next[s], l.prev[s] = 0, 0
}

// all is every list, for the check.
func (l *sleepers) all() []sleeper {
	var all []sleeper
	for at, s := range l.first {
		for ; s != 0; s = l.next[s] {
			all = append(all, s, sleeper(at))
		}
	}
	return all
}

// indexSleep puts t, which has just fallen asleep, where its wakers look.
func (k *Kernel) indexSleep(t *Task) {
	for i, key := range t.Wait.Keys[:t.Wait.N] {
		k.index.sleep.add(listOf(key), sleeperOf(t.ID, i))
	}
	if t.Wait.Deadline != wait.Never {
		k.setAlarm(t)
	}
}

// unindexSleep must come before the end of t's sleep, whatever ends it.
func (k *Kernel) unindexSleep(t *Task) {
	for i, key := range t.Wait.Keys[:t.Wait.N] {
		k.index.sleep.remove(listOf(key), sleeperOf(t.ID, i))
	}
}

// FirstSleeper is the task that has slept longest on key, of those that are meant; nil for none, and meant nil means all.
func (k *Kernel) FirstSleeper(key wait.Key, meant func(t *Task) bool) *Task {
	first := k.firstIn(listOf(key), key, meant)
	if !key.Kind.IsFile() {
		return first
	}
	if other := k.firstIn(0, wait.Any, meant); first == nil || other != nil && other.Wait.Seq < first.Wait.Seq {
		first = other
	}
	return first
}

// firstIn looks in one list.
func (k *Kernel) firstIn(at int, key wait.Key, meant func(t *Task) bool) *Task {
	for s := k.index.sleep.first[at]; s != 0; s = k.index.sleep.next[s] {
		if t := k.Task(s.task()); t.Wait.Keys[s.key()] == key && (meant == nil || meant(t)) {
			return t
		}
	}
	return nil
}

// MoveSleeper has t sleep on another key instead of its first. Its place among who sleeps there is by when it fell asleep.
// Linux kernel/futex/requeue.c:requeue_futex
func (k *Kernel) MoveSleeper(t *Task, key wait.Key) {
	k.unindexSleep(t)
	t.Wait.Keys[0] = key
	for i, key := range t.Wait.Keys[:t.Wait.N] {
		k.index.sleep.insert(k, listOf(key), sleeperOf(t.ID, i), t.Wait.Seq)
	}
}

// insert puts a sleeper where its number belongs, from behind: it is among the last.
func (l *sleepers) insert(k *Kernel, at int, s sleeper, seq uint64) {
	var behind []sleeper
	for o := l.last[at]; o != 0 && k.Task(o.task()).Wait.Seq > seq; o = l.last[at] {
		l.remove(at, o)
		behind = append(behind, o)
	}
	l.add(at, s)
	for i := len(behind) - 1; i >= 0; i-- {
		l.add(at, behind[i])
	}
}
