package boot

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/vfs"
)

// Differences are what is not alike at two moments, A and B. What is only at A has no B, and the other way round.
type Differences struct {
	A, B      Instant
	Registers []Pair // by name; values are hexadecimal
	Tasks     []TaskDifference
	Spaces    []SpaceDifference
	Frames    []FrameDifference // by number
	Files     []FileDifference
}

// Instant is a moment in numbers.
type Instant struct{ Now, Retired, Hash uint64 }

// Pair is something that has two values.
type Pair struct{ Name, A, B string }

// TaskDifference is a task that is new at B, or gone, or in another state.
type TaskDifference struct {
	PID     int32
	Comm    string // at B, of one that is gone at A
	New     bool
	Gone    bool
	Changes []Pair
}

// SpaceDifference is an address space of which entries differ.
type SpaceDifference struct {
	PID     int32 // of a task in it; 0: the one that CR3 names, where no tasks are known
	Comm    string
	Entries []EntryDifference
	More    int // further ones
}

// EntryDifference is an entry of a page table that differs; 0: not present.
type EntryDifference struct {
	VA    uint64
	Level int
	A, B  uint64
}

// FrameDifference is a frame whose bytes differ, and what it is for, as far as the kernel's records say.
type FrameDifference struct {
	Frame mem.Frame
	A, B  string
}

// FileDifference is a descriptor that stands for another file.
type FileDifference struct {
	PID  int32
	FD   int
	A, B string
}

// maxEntryDifferences bounds what is listed of a space.
const maxEntryDifferences = 256

// Compare compares the moment a with the present one, B.
func (h *History) Compare(a uint64, p Progress) (*Differences, error) {
	out := &Differences{}
	now := h.c.M.Now()
	if a > h.End() {
		return nil, ErrTarget
	}
	err := h.aside(func() error {
		h.Seek(now)
		b := h.c.aspects()
		if p != nil && !p(1, 3) {
			return ErrCancelled
		}
		h.Seek(a)
		if p != nil && !p(2, 3) {
			return ErrCancelled
		}
		out.compare(h.c.aspects(), b)
		return nil
	})
	return out, err
}

// FrameAt is what frame f holds at another moment.
func (h *History) FrameAt(now uint64, f mem.Frame) (page []byte, err error) {
	if int(f) >= h.c.M.RAM.Frames() || now > h.End() {
		return nil, ErrTarget
	}
	err = h.aside(func() error {
		h.Seek(now)
		page = bytes.Clone(h.c.M.RAM.Page(f))
		return nil
	})
	return page, err
}

// aspects is a moment as Compare looks at it, with a sum for each frame of memory.
type aspects struct {
	Instant
	registers []string
	tasks     []taskAspect
	spaces    []spaceAspect
	files     []fileAspect
	frames    []frameAspect
}

type frameAspect struct {
	sum uint64
	use string
}

type taskAspect struct {
	pid    int32
	comm   string
	values []Pair // A is the value
}

type spaceAspect struct {
	pid     int32
	comm    string
	entries []EntryDifference // A is the entry
}

type fileAspect struct {
	pid  int32
	fd   int
	path string
}

// maxCompared bounds the entries of page tables that are read of one space.
const maxCompared = 1 << 20

func (c *Computer) aspects() *aspects {
	s := &c.M.CPU.S
	a := &aspects{Instant: Instant{c.M.Now(), s.Retired, c.Hash()}}
	for i := range registers {
		b := make([]byte, registers[i].size)
		registers[i].read(s, b)
		slices.Reverse(b)
		a.registers = append(a.registers, fmt.Sprintf("%x", b))
	}
	for f := range mem.Frame(c.M.RAM.Frames()) {
		use, known := c.useOf(f)
		about := frameAspect{sum: state.Sum(c.M.RAM.Page(f))}
		if known {
			about.use = use.String()
		}
		a.frames = append(a.frames, about)
	}
	if c.K == nil {
		a.spaces = append(a.spaces, spaceAspect{entries: c.entries(s.Root())})
		return a
	}
	seen := map[uint32]bool{}
	c.K.ForEachTask(func(t *kernel.Task) bool {
		if t.Run == kernel.Dead || t.PID == 0 {
			return true
		}
		a.tasks = append(a.tasks, c.taskAspect(t))
		if as := c.K.MM.AS(t.ASID); t.ASID != 0 && as != nil && !seen[uint32(t.ASID)] {
			seen[uint32(t.ASID)] = true
			root := s.Root()
			root.CR3 = as.Root.Addr()
			a.spaces = append(a.spaces, spaceAspect{t.PID, t.Name(), c.entries(root)})
		}
		if t.PID == t.TGID {
			a.files = append(a.files, c.openFiles(t)...)
		}
		return true
	})
	slices.SortFunc(a.tasks, func(a, b taskAspect) int { return cmp.Compare(a.pid, b.pid) })
	slices.SortFunc(a.spaces, func(a, b spaceAspect) int { return cmp.Compare(a.pid, b.pid) })
	return a
}

// runStates are the words for the run states, in their order.
var runStates = [...]string{kernel.User: "ready", kernel.Invoke: "ready", kernel.Sleep: "sleeping", kernel.Stopped: "stopped", kernel.Zombie: "zombie", kernel.Dead: "dead"}

func (c *Computer) taskAspect(t *kernel.Task) taskAspect {
	call := ""
	if s := c.K.Syscall(uint64(t.Sys.Nr)); t.Sys.Active && s != nil {
		call = s.Name
	}
	run := runStates[t.Run]
	if t == c.K.Current() && run == "ready" {
		run = "running"
	}
	rip := c.K.Regs(t).RIP
	if t == c.K.Current() && c.M.CPU.S.CPL() == 3 {
		rip = c.M.CPU.S.RIP
	}
	return taskAspect{t.PID, t.Name(), []Pair{{Name: "name", A: t.Name()}, {Name: "state", A: run}, {Name: "system call", A: call}, {Name: "parent", A: fmt.Sprint(t.PPID)},
		{Name: "rip in ring 3", A: fmt.Sprintf("%#x", rip)}, {Name: "signals pending", A: fmt.Sprintf("%#x", t.Sig.Pending)}}}
}

// entries are the present entries of a space's tables, by address and from the root down.
func (c *Computer) entries(root mmu.Root) (list []EntryDifference) {
	mmu.Tree(c.M.RAM, root, maxCompared, func(n mmu.Node) {
		if n.Entry == 0 {
			return
		}
		level := n.Level
		if n.Table {
			level++ // the entry that names a table lies in the one above
		}
		list = append(list, EntryDifference{VA: n.VA, Level: level, A: n.Entry})
	})
	return list
}

// openFiles are the descriptors of a process.
func (c *Computer) openFiles(t *kernel.Task) (list []fileAspect) {
	table := c.K.VFS.Table(t.Files)
	if t.Files == 0 || table == nil {
		return nil
	}
	for fd, f := range table.FDs {
		if f.File != 0 {
			list = append(list, fileAspect{t.PID, fd, c.K.VFS.FilePath(vfs.FileID(f.File), 0)})
		}
	}
	return list
}

// merge goes through two lists that are in order, pair by pair.
func merge[T any](a, b []T, order func(x, y *T) int, each func(x, y *T)) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && order(&a[0], &b[0]) < 0:
			each(&a[0], nil)
			a = a[1:]
		case len(a) == 0 || order(&a[0], &b[0]) > 0:
			each(nil, &b[0])
			b = b[1:]
		default:
			each(&a[0], &b[0])
			a, b = a[1:], b[1:]
		}
	}
}

func (d *Differences) compare(a, b *aspects) {
	d.A, d.B = a.Instant, b.Instant
	for i := range registers {
		if a.registers[i] != b.registers[i] {
			d.Registers = append(d.Registers, Pair{registers[i].name, a.registers[i], b.registers[i]})
		}
	}
	for f := range a.frames {
		d.frame(f, a.frames[f], b.frames[f])
	}
	merge(a.tasks, b.tasks, func(x, y *taskAspect) int { return cmp.Compare(x.pid, y.pid) }, d.task)
	merge(a.spaces, b.spaces, func(x, y *spaceAspect) int { return cmp.Compare(x.pid, y.pid) }, d.space)
	merge(a.files, b.files, func(x, y *fileAspect) int { return cmp.Or(cmp.Compare(x.pid, y.pid), cmp.Compare(x.fd, y.fd)) }, d.file)
}

func (d *Differences) frame(f int, x, y frameAspect) {
	if x.sum != y.sum {
		d.Frames = append(d.Frames, FrameDifference{mem.Frame(f), x.use, y.use})
	}
}

func (d *Differences) task(x, y *taskAspect) {
	switch {
	case x == nil:
		d.Tasks = append(d.Tasks, TaskDifference{PID: y.pid, Comm: y.comm, New: true})
		return
	case y == nil:
		d.Tasks = append(d.Tasks, TaskDifference{PID: x.pid, Comm: x.comm, Gone: true})
		return
	}
	out := TaskDifference{PID: x.pid, Comm: y.comm}
	for i := range x.values {
		if v := (Pair{x.values[i].Name, x.values[i].A, y.values[i].A}); v.A != v.B {
			out.Changes = append(out.Changes, v)
		}
	}
	if len(out.Changes) > 0 {
		d.Tasks = append(d.Tasks, out)
	}
}

func (d *Differences) space(x, y *spaceAspect) {
	none := &spaceAspect{}
	out := SpaceDifference{}
	if x != nil {
		out.PID, out.Comm = x.pid, x.comm
	} else {
		x = none
	}
	if y != nil {
		out.PID, out.Comm = y.pid, y.comm
	} else {
		y = none
	}
	order := func(p, q *EntryDifference) int { return cmp.Or(cmp.Compare(p.VA, q.VA), cmp.Compare(q.Level, p.Level)) }
	merge(x.entries, y.entries, order, func(p, q *EntryDifference) {
		e := EntryDifference{}
		if p != nil {
			e.VA, e.Level, e.A = p.VA, p.Level, p.A
		}
		if q != nil {
			e.VA, e.Level, e.B = q.VA, q.Level, q.A
		}
		switch {
		case e.A == e.B:
		case len(out.Entries) < maxEntryDifferences:
			out.Entries = append(out.Entries, e)
		default:
			out.More++
		}
	})
	if len(out.Entries) > 0 {
		d.Spaces = append(d.Spaces, out)
	}
}

func (d *Differences) file(x, y *fileAspect) {
	switch {
	case x == nil:
		d.Files = append(d.Files, FileDifference{y.pid, y.fd, "", y.path})
	case y == nil:
		d.Files = append(d.Files, FileDifference{x.pid, x.fd, x.path, ""})
	case x.path != y.path:
		d.Files = append(d.Files, FileDifference{x.pid, x.fd, x.path, y.path})
	}
}

// Same tells whether nothing differs.
func (d *Differences) Same() bool {
	return d.A.Hash == d.B.Hash && len(d.Registers)+len(d.Tasks)+len(d.Spaces)+len(d.Frames)+len(d.Files) == 0
}
