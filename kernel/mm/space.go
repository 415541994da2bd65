package mm

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// Limits are the RLIMIT_* that concern an address space; the kernel copies them in.
type Limits struct{ AS, Data, Stack, Memlock uint64 }

// DefaultLimits are those of the first process.
func DefaultLimits() Limits {
	return Limits{AS: abi.RLIM_INFINITY, Data: abi.RLIM_INFINITY, Stack: DefaultStack, Memlock: DefaultMemlock}
}

// AddressSpace is Linux's struct mm_struct.
type AddressSpace struct {
	ID    ASID
	Users int32     // mm_users: tasks that run in it
	Root  mem.Frame // the PML4: CR3 without flags
	VMAs  VMAList

	TaskSize uint64 // end of user space: 47 bits, or 56 with five levels of tables

	// Sums of the mappings' lengths, in pages. Linux: total_vm, data_vm, exec_vm, stack_vm, locked_vm
	Total, Data, Exec, Stack, Locked uint64
	PeakTotal                        uint64 // the most that Total was

	StartCode, EndCode uint64
	StartData, EndData uint64
	StartBrk, Brk      uint64
	StartStack         uint64 // RSP at the program's first instruction
	VDSO               uint64 // where the vDSO is, 0 without one
	MmapBase           uint64
	ArgStart, ArgEnd   uint64
	EnvStart, EnvEnd   uint64
	ExeObject          uint32   // what /proc/PID/exe points to
	Auxv               []uint64 // saved_auxv, for /proc/PID/auxv

	RSSAnon, RSSFile, RSSShmem int32       // pages mapped, by kind
	PeakRSS                    int32       // the most that were
	Swapped                    int32       // page-table entries that name a place in swap
	Tables                     int32       // page-table frames below the root
	Huge                       int32       // huge pages mapped
	Deposits                   []mem.Frame // the page tables that they will be split by, one for each
	Limits                     Limits
	Dumpable                   bool   // prctl(2), PR_SET_DUMPABLE
	Caps                       uint64 // capabilities of the task that works on it: CAP_SYS_RAWIO, CAP_IPC_LOCK and CAP_SYS_ADMIN count here
	NoHuge                     bool   // prctl(2), PR_SET_THP_DISABLE
	ReadImpliesExec            bool   // personality(2): what may be read may be executed
	DefFlags                   uint32 // VM_LOCKED and VM_LOCKONFAULT for new mappings: mlockall(2), MCL_FUTURE
}

// capable tells whether the task that works on the space has a capability.
func (as *AddressSpace) capable(capability uint) bool { return as.Caps>>capability&1 != 0 }

// AS returns the address space, or nil. The pointer is good until the next NewAS or Fork.
func (m *Manager) AS(id ASID) *AddressSpace { return m.State.Spaces.Get(id) }

// NewAS makes an empty address space with one user. Linux kernel/fork.c:mm_init
func (m *Manager) NewAS(limits Limits) (ASID, abi.Errno) {
	id, as := m.State.Spaces.Alloc()
	root, ok := m.newTable(id, int(m.State.Levels), 0)
	if !ok {
		m.State.Spaces.Free(id)
		return 0, abi.ENOMEM
	}
	m.shareKernelHalf(root)
	*as = AddressSpace{ID: id, Users: 1, Root: root, Limits: limits, MmapBase: MmapBase(TaskSize, limits.Stack, 0, 0), TaskSize: m.TaskSizeMax()}
	return id, abi.OK
}

// Hold adds a user: a task that shares the address space (CLONE_VM).
func (m *Manager) Hold(id ASID) { m.AS(id).Users++ }

// Free drops a user. The last one takes all frames and tables with it, and must have been switched away from.
// Linux kernel/fork.c:mmput, mm/mmap.c:exit_mmap
func (m *Manager) Free(id ASID) {
	as := m.AS(id)
	if as.Users--; as.Users > 0 {
		return
	}
	if m.State.Current == id {
		panic("BUG: mm: CR3 points to the address space being freed")
	}
	for v := range as.VMAs.All() {
		m.zap(as, v.Start, v.End)
		m.objPut(v.Object)
		m.count(as, v.Flags, -int64(v.Len()>>pageShift))
	}
	m.freeTables(as, 0, m.userHalf())
	m.PutFrame(as.Root)
	m.State.Spaces.Free(id)
}

// Activate makes id current (0: the kernel's tables) and returns what to load in CR3, which flushes the TLB.
// Linux arch/x86/mm/tlb.c:switch_mm
func (m *Manager) Activate(id ASID) (cr3 uint64) {
	m.State.Current = id
	if id == 0 {
		return m.State.KernelRoot.Addr()
	}
	return m.AS(id).Root.Addr()
}

// rss is the counter that a page of the given use belongs to.
func (as *AddressSpace) rss(u Use) *int32 {
	switch u {
	case PageCache:
		return &as.RSSFile
	case SharedMemory:
		return &as.RSSShmem
	}
	return &as.RSSAnon
}

// RSS is how many pages are mapped. The zero page does not count.
func (as *AddressSpace) RSS() int32 { return as.RSSAnon + as.RSSFile + as.RSSShmem }

// account adds n to the counter of the page in f.
func (m *Manager) account(as *AddressSpace, f mem.Frame, n int32) {
	*as.rss(m.State.Frames.Use[f]) += n
	as.notePeak()
}

// notePeak keeps the largest RSS there was. Linux hiwater_rss
func (as *AddressSpace) notePeak() { as.PeakRSS = max(as.PeakRSS, as.RSS()) }

// drop forgets that as maps f by the entry at pa.
func (m *Manager) drop(as *AddressSpace, f mem.Frame, pa uint64) {
	if f == m.State.ZeroPage {
		return
	}
	m.account(as, f, -1)
	m.rmapDel(f, pa)
	m.unneeded(f)
	m.PutFrame(f)
}

// zap unmaps the pages of [start, end). Linux mm/memory.c:zap_page_range
func (m *Manager) zap(as *AddressSpace, start, end uint64) {
	n := 0
	m.eachLeaf(as, start, end, func(_, pa, e, size uint64) {
		n++
		if size == hugeSize {
			m.zapHuge(as, pa, e)
			return
		}
		m.ram.Write64(pa, 0)
		if IsSwap(e) {
			m.swapFree(SwapOf(e))
			as.Swapped--
			return
		}
		m.drop(as, pteFrame(e), pa)
	})
	if n > 0 {
		m.flush(as.ID, start, end)
	}
}
