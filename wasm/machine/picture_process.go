package main

import (
	"slices"
	"strconv"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
	"vitrine/wasm/view"
)

// maxProcesses and maxFDs bound what is told of a system with very many tasks and open files.
const (
	maxProcesses = 256
	maxFDs       = 16
)

// processes reads the tree of processes from the kernel's records.
func (p *picture) processes(v *view.Processes) {
	k := p.comp.K
	if k == nil {
		return
	}
	v.Known = true
	v.Foreground, v.Session = int(k.TTY.State.PGrp), int(k.TTY.State.Session)
	tasks := make([]*kernel.Task, 0, k.State.Tasks.Live)
	k.ForEachTask(func(t *kernel.Task) bool {
		if t.Run != kernel.Dead && t.PID != 0 {
			tasks = append(tasks, t)
		}
		return true
	})
	slices.SortFunc(tasks, func(a, b *kernel.Task) int { return int(a.PID - b.PID) })
	v.More = max(0, len(tasks)-maxProcesses)
	tasks = tasks[:len(tasks)-v.More]
	l := links{k: k, v: v, of: map[linkKey]int{}}
	for _, t := range tasks {
		v.List = append(v.List, p.process(t))
		l.files(t, &v.List[len(v.List)-1])
	}
	for i, t := range tasks {
		v.List[i].Link = l.waits(t)
	}
	v.Fork, v.Gone = p.births.fork, slices.Clone(p.births.gone)
	v.Signal, v.Told = p.signal(p.births.signal), p.signal(p.births.sent)
}

func (p *picture) process(t *kernel.Task) view.Process {
	k := p.comp.K
	v := view.Process{PID: int(t.PID), PPID: int(t.PPID), TGID: int(t.TGID), PGID: int(t.PGID), SID: int(t.SID), UID: t.Cred.EUID,
		Comm: t.Name(), Letter: letters[t.Run], OnCPU: t.ID == k.State.Current, Vfork: t.Vfork != 0, Space: int(t.ASID), Table: int(t.Files)}
	if t.Run == kernel.Sleep {
		v.Waits, v.Channel = reasons[t.Wait.Reason], t.Wait.Reason.String()
		if t.Sys.Deaf {
			v.Letter = "D"
		}
	}
	if t.Sys.Active {
		v.Kernel = true
		if call := k.Syscall(uint64(t.Sys.Nr)); call != nil {
			v.Call = call.Name
		}
	}
	if t.Run == kernel.Zombie {
		v.Status = waitText(t.ExitStatus)
	}
	if k.State.Stop == kernel.Panicked && t.PID == 1 {
		v.Status = p.births.status(1)
	}
	v.RIP, v.RAX = p.userAt(t)
	v.Pending = p.pendingOf(t)
	if made := p.births.parent(t.PID); made != 0 && made != t.PPID {
		if m := k.FindTask(made); m == nil || m.Run == kernel.Zombie {
			v.Born = int(made)
		}
	}
	return v
}

// userAt is where a task goes on in ring 3: in the CPU while it is there, else as saved on its kernel stack, if it has been already.
func (p *picture) userAt(t *kernel.Task) (rip, rax uint64) {
	k, s := p.comp.K, &p.comp.M.CPU.S
	switch {
	case t.ASID == 0 || t.Stack == 0:
		return 0, 0
	case t.ID == k.State.Current && s.CPL() == 3:
		return s.RIP, s.R[cpu.RAX]
	case t.ID == k.State.Current:
		top := mm.PageOffset + t.Stack.Addr() + mem.FrameSize
		if rsp := s.R[cpu.RSP]; rsp < top-mem.FrameSize || rsp > top-(boot.PtSize-boot.PtRIP) {
			return 0, 0
		}
	}
	r := k.Regs(t)
	return r.RIP, r.RAX
}

// letters are the states as ps writes them. proc_pid_stat(5)
var letters = [...]string{kernel.User: "R", kernel.Invoke: "R", kernel.Sleep: "S", kernel.Stopped: "T", kernel.Zombie: "Z", kernel.Dead: "X"}

// pendingOf names the signals that wait for a task or its process.
func (p *picture) pendingOf(t *kernel.Task) (names []string) {
	set := t.Sig.Pending
	if g := p.comp.K.Process(t); g != nil {
		set |= g.Pending
	}
	for n := 1; set != 0 && n <= kernel.NumSigs; n++ {
		if set>>(n-1)&1 != 0 {
			names = append(names, abi.SignalName(n))
			set &^= 1 << (n - 1)
		}
	}
	return names
}

// links finds which tasks have ends of the same pipe or pair of sockets open.
type links struct {
	k  *kernel.Kernel
	v  *view.Processes
	of map[linkKey]int
}

// linkKey is a pipe by its inode, or a pair of sockets by the lower of their two numbers.
type linkKey struct {
	socket bool
	id     state.ID
}

// files lists what a task has open. Threads that share their leader's table have it listed there.
func (l *links) files(t *kernel.Task, v *view.Process) {
	table := l.k.VFS.S.Tables.Get(t.Files)
	if table == nil || t.PID != t.TGID && l.shares(t) {
		return
	}
	for n, fd := range table.FDs {
		f := l.k.VFS.S.Files.Get(fd.File)
		if fd.File == 0 || f == nil {
			continue
		}
		if len(v.FDs) == maxFDs {
			v.MoreFDs++
			continue
		}
		mode := f.Flags & abi.O_ACCMODE
		d := view.FD{N: n, Name: l.k.VFS.FilePath(fd.File, 0), Read: mode != abi.O_WRONLY, Write: mode != abi.O_RDONLY, Link: -1}
		if link, side := l.link(fd.File, f, d.Name); link >= 0 {
			d.Link = link
			l.v.Links[link].Ends = append(l.v.Links[link].Ends, view.End{PID: int(t.PID), FD: n, Read: d.Read, Write: d.Write, Side: side})
		}
		v.FDs = append(v.FDs, d)
	}
}

func (l *links) shares(t *kernel.Task) bool {
	leader := l.k.FindTask(t.TGID)
	return leader != nil && leader.Files == t.Files
}

// link returns the index of what a file leads to, and which side of it the file is; -1 when it leads nowhere.
func (l *links) link(id vfs.FileID, f *vfs.File, name string) (index, side int) {
	in := l.k.VFS.S.Inodes.Get(f.Inode)
	if in == nil {
		return -1, 0
	}
	if in.Pipe != 0 {
		return l.pipe(f, in, name), 0
	}
	if in.Mode&abi.S_IFMT != abi.S_IFSOCK {
		return -1, 0
	}
	sock, e := l.k.Unix.Of(id)
	if e != abi.OK {
		return -1, 0
	}
	return l.socket(sock, name)
}

func (l *links) pipe(f *vfs.File, in *vfs.Inode, name string) int {
	key := linkKey{false, f.Inode}
	if i, ok := l.of[key]; ok {
		return i
	}
	pipe := l.k.VFS.S.Pipes.Get(in.Pipe)
	v := view.Link{Kind: "pipe", Name: name, Lost: pipe.Readers == 0 || pipe.Writers == 0, Size: uint64(pipe.Slots) * pipePage}
	if name[0] == '/' {
		v.Kind = "fifo"
	}
	for i := range pipe.Bufs {
		v.Bytes += uint64(pipe.Bufs[i].Len)
	}
	return l.add(key, v)
}

// pipePage is how much one slot of a pipe takes at most. pipe(7)
const pipePage = 4096

func (l *links) add(key linkKey, v view.Link) int {
	l.of[key] = len(l.v.Links)
	l.v.Links = append(l.v.Links, v)
	return len(l.v.Links) - 1
}

// socket finds the link of a socket. Two that are connected to each other have one of their own; one that others send to without
// being connected itself, as syslogd's, has one with all of them.
func (l *links) socket(id state.ID, name string) (index, side int) {
	key, other := l.pair(id)
	if other == 0 {
		return -1, 0
	}
	if id != key.id {
		side = 1
	}
	if i, ok := l.of[key]; ok {
		return i, side
	}
	s, peer := l.k.Unix.Sock(id), l.k.Unix.Sock(other)
	v := view.Link{Kind: "socket", Name: name, Lost: peer == nil || peer.Dead, Bytes: uint64(l.k.Unix.Pending(id)), Size: uint64(s.RcvBuf)}
	if peer != nil && !peer.Dead {
		v.Bytes += uint64(l.k.Unix.Pending(other))
	}
	return l.add(key, v), side
}

// pair names what joins a socket to others, and one of them; 0 when there is none.
func (l *links) pair(id state.ID) (linkKey, state.ID) {
	s := l.k.Unix.Sock(id)
	if s == nil {
		return linkKey{}, 0
	}
	if peer := l.k.Unix.Sock(s.Peer); s.Peer != 0 {
		if peer != nil && peer.Peer != id && !peer.Dead {
			return linkKey{true, s.Peer}, s.Peer
		}
		return linkKey{true, min(id, s.Peer)}, s.Peer
	}
	socks := l.k.Unix.State.Socks.Slots
	for i := range socks {
		if socks[i].Used && socks[i].V.Peer == id {
			return linkKey{true, id}, state.ID(i + 1)
		}
	}
	return linkKey{}, 0
}

// waits returns the index of the pipe or pair of sockets that a task sleeps on, -1 when it sleeps on none.
func (l *links) waits(t *kernel.Task) int {
	if t.Run != kernel.Sleep {
		return -1
	}
	for _, key := range t.Wait.Keys[:min(int(t.Wait.N), wait.MaxKeys)] {
		var of linkKey
		switch key.Kind {
		case wait.PipeRead, wait.PipeWrite, wait.PipeOpen:
			pipe := l.k.VFS.S.Pipes.Get(state.ID(key.ID))
			if pipe == nil {
				continue
			}
			of = linkKey{false, pipe.Inode}
		case wait.SocketRead, wait.SocketWrite:
			of, _ = l.pair(state.ID(key.ID))
		}
		if i, ok := l.of[of]; ok {
			return i
		}
	}
	return -1
}

// signal says what has become of a signal.
func (p *picture) signal(v view.SignalSeen) view.SignalSeen {
	if v.Number != 0 {
		v.Name = abi.SignalName(v.Number)
		v.Action = p.action(&v)
	}
	return v
}

func (p *picture) action(v *view.SignalSeen) string {
	k, bit := p.comp.K, uint64(1)<<(v.Number-1)
	t := k.FindTask(int32(v.To))
	if t == nil || t.Run == kernel.Zombie {
		if status := p.births.status(v.To); status != "" {
			return status
		}
		return "it has ended"
	}
	hand := k.Sighand(t)
	switch {
	case hand == nil:
		return ""
	case !v.Delivered && t.Sig.Blocked&bit != 0:
		return "blocked: it waits"
	case !v.Delivered:
		return "pending: delivered on the way back to ring 3"
	case t.Run == kernel.Stopped:
		return "stopped"
	}
	switch h := hand.Action[v.Number].Handler; h {
	case abi.SIG_DFL:
		return "the default: nothing, or its end"
	case abi.SIG_IGN:
		return "ignored"
	default:
		return "its handler at " + strconv.FormatUint(h, 16) + " runs"
	}
}
