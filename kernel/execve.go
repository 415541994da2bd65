package kernel

import (
	"strconv"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/exec"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// Execve replaces t's program: execve(2), execveat(2). On success the saved registers are the new program's and the
// system call is over. Linux fs/exec.c:do_execveat_common
func (k *Kernel) Execve(t *Task, dirfd int32, path string, argv, envp [][]byte, flags uint32) (int64, abi.Errno) {
	if t.NProcExceeded && k.overUserLimit(t, 0) {
		return 0, abi.EAGAIN
	}
	t.NProcExceeded = false
	file, e := k.VFS.OpenExec(k.Ctx(t), dirfd, path, flags)
	if e != abi.OK {
		return 0, e
	}
	req := exec.Request{File: exec.FileRef(file), Filename: path, Argv: argv, Envp: envp, Limits: k.MemoryLimits(t)}
	if dirfd != abi.AT_FDCWD && (path == "" || path[0] != '/') {
		req.Filename = "/dev/fd/" + strconv.Itoa(int(dirfd))
		if path != "" {
			req.Filename += "/" + path
		}
		req.PathInaccessible, _ = k.VFS.Cloexec(k.Ctx(t), dirfd)
	}
	c := &t.Cred
	req.Creds = exec.Creds{UID: c.UID, EUID: c.EUID, GID: c.GID, EGID: c.EGID, NoNewPrivs: t.NoNewPrivs}
	req.HWCap, req.MinSigStack = cpu.FeatureEDX, minSigStack
	req.VDSO32, req.Sysinfo = boot.VDSO(), boot.VDSOVsyscall
	req.Personality = k.Process(t).Personality
	k.Random(req.Random[:])
	req.Layout = k.randomLayout()
	k.Charge(costExec)
	res, e := k.Exec.Exec(req)
	if k.OnExec != nil {
		k.OnExec(t, &res)
	}
	if e != abi.OK {
		k.VFS.PutFile(file)
		if res.PointOfNoReturn {
			k.forceFatal(t)
		}
		return 0, e
	}
	program := vfs.FileID(res.File)
	binary := vfs.FileID(res.ExecFile)
	if binary == file {
		k.VFS.GetFile(file)
	}
	k.beginNewExec(t, &res, program)
	if binary != 0 {
		if fd, e := k.VFS.Install(k.Ctx(t), binary, 0, false); e != abi.OK || fd != res.ExecFD {
			panic("BUG: execve: AT_EXECFD names another descriptor")
		}
	}
	if program != file {
		k.VFS.PutFile(program)
	}
	k.VFS.PutFile(file)
	return 0, abi.OK
}

// randomLayout draws numbers for a new address space, none when no address space is to be randomised.
// Linux fs/binfmt_elf.c:load_elf_binary, PF_RANDOMIZE
func (k *Kernel) randomLayout() exec.Layout {
	l := exec.Layout{Level: k.State.RandomizeVA}
	if l.Level != 0 {
		for i := range l.Random {
			l.Random[i] = k.randomWord()
		}
	}
	return l
}

// forceFatal kills a task whose old program Linux would have torn down before it saw that the new one cannot be
// mapped. Linux fs/exec.c:bprm_execve
func (k *Kernel) forceFatal(t *Task) {
	k.Sighand(t).Action[abi.SIGSEGV] = SigAction{}
	k.ForceSignal(t, Siginfo{Signo: abi.SIGSEGV, Code: abi.SI_KERNEL})
}

// MemoryLimits are the resource limits that concern an address space.
func (k *Kernel) MemoryLimits(t *Task) mm.Limits {
	r := &k.Process(t).Rlimits
	return mm.Limits{AS: r[abi.RLIMIT_AS].Cur, Data: r[abi.RLIMIT_DATA].Cur, Stack: r[abi.RLIMIT_STACK].Cur, Memlock: r[abi.RLIMIT_MEMLOCK].Cur}
}

// beginNewExec is the point of no return: the task lets go of its old program. Linux fs/exec.c:begin_new_exec
func (k *Kernel) beginNewExec(t *Task, res *exec.Result, file vfs.FileID) {
	k.killOthers(t, 0)
	k.becomeLeader(t)
	old := t.ASID
	if old != 0 {
		k.releaseMM(t)
		k.notePeak(t)
	}
	t.ASID = res.Space
	k.switchMM(t)
	if old != 0 {
		k.MM.AS(t.ASID).NoHuge = k.MM.AS(old).NoHuge
		k.MM.Free(old)
	}
	k.completeVfork(t)
	k.unshareHandlers(t)
	k.unshareFiles(t)
	k.VFS.CloseOnExec(t.Files)
	k.commitCreds(t, res)
	t.Sig.AltStack, t.Sig.AltSize, t.Sig.AltFlags = 0, 0, abi.SS_DISABLE
	t.Fault = FaultRecord{}
	t.SetName(res.Comm)
	p := k.Process(t)
	p.DidExec = true
	p.Timers, p.Membarrier = nil, 0
	p.ExePath = k.VFS.FilePath(file, 0)
	k.setExe(p, uint32(k.VFS.File(file).Inode))
	k.startThread(t, res.Entry, res.SP)
	k.ForgetSyscall(t)
	if k.Trace.Has(trace.Exec) {
		k.Trace.Emit(trace.Exec, uint64(t.PID), res.Entry)
	}
}

// commitCreds gives t the rights of its new program. Linux fs/exec.c:begin_new_exec, kernel/cred.c:commit_creds
func (k *Kernel) commitCreds(t *Task, res *exec.Result) {
	c, p := &t.Cred, k.Process(t)
	if c.EUID != res.Creds.EUID || c.EGID != res.Creds.EGID || res.Creds.Secure {
		t.PDeathSig = 0 // who started it must not choose signals for it
	}
	c.EUID, c.SUID, c.FSUID = res.Creds.EUID, res.Creds.EUID, res.Creds.EUID
	c.EGID, c.SGID, c.FSGID = res.Creds.EGID, res.Creds.EGID, res.Creds.EGID
	c.execCaps(res.Creds.EUID != res.Creds.UID || res.Creds.EGID != res.Creds.GID)
	k.MM.AS(t.ASID).Dumpable = res.Creds.Dumpable
	p.Personality = res.Personality
	if stack := &p.Rlimits[abi.RLIMIT_STACK]; res.Creds.Secure {
		stack.Cur = min(stack.Cur, mm.DefaultStack)
	}
}

// setExe notes which file a process executes, 0 none; nobody can write to it meanwhile. Linux kernel/fork.c:set_mm_exe_file
func (k *Kernel) setExe(p *Process, object uint32) {
	old := p.Exe
	if p.Exe = object; object != 0 {
		k.VFS.DenyWrite(object)
	}
	if old != 0 {
		k.VFS.AllowWrite(old)
	}
}

// becomeLeader: a program has one thread and the process's number, whichever thread called execve.
// Linux fs/exec.c:de_thread
func (k *Kernel) becomeLeader(t *Task) {
	if t.Leader() {
		return
	}
	l := k.leader(t)
	t.ExitSignal, t.PPID, t.ParentTID, t.Start = l.ExitSignal, l.PPID, l.ParentTID, l.Start
	k.forEachChild(t, func(c *Task) bool {
		if c.ParentTID == t.PID {
			c.ParentTID = l.PID
		}
		return true
	})
	k.swapPIDs(l, t)
	l.ExitSignal = -1
	k.reap(l)
}

// unshareHandlers gives t a table of its own, in which only ignored signals keep their action. Linux kernel/signal.c:flush_signal_handlers
func (k *Kernel) unshareHandlers(t *Task) {
	if h := k.Sighand(t); h.Refs > 1 {
		h.Refs--
		id, own := k.State.Hands.Alloc()
		*own = *h
		own.Refs = 1
		t.Hand = id
	}
	k.Sighand(t).resetHandlers()
}

func (h *Sighand) resetHandlers() {
	for i := range h.Action {
		a := &h.Action[i]
		keep := a.Handler == abi.SIG_IGN
		*a = SigAction{}
		if keep {
			a.Handler = abi.SIG_IGN
		}
	}
}

// startThread sets the registers that a new program begins with: all zero but RIP, RSP and the segments that count.
// Linux arch/x86/kernel/process_64.c:start_thread, compat_start_thread
func (k *Kernel) startThread(t *Task, entry, sp uint64) {
	r := PtRegs{RIP: entry, RSP: sp, CS: boot.UserCS, SS: boot.UserDS, RFLAGS: cpu.FlagIF | 2}
	t.Segs, t.TLS = [4]cpu.Segment{}, [tlsEntries]uint64{}
	if k.Is32(t) {
		r.CS = boot.User32CS
		t.Segs[0], t.Segs[1] = userData, userData
	}
	k.SetRegs(t, &r)
	var f FPU
	initFPU(&f)
	s := &k.M.CPU.S
	loadFPU(s, &f)
	t.FSBase, t.GSBase = 0, 0
	k.loadSegments(t)
}
