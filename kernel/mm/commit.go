package mm

import "vitrine/kernel/abi"

// Overcommit says how much memory may be promised. proc_sys_vm(5), overcommit_memory
type Overcommit uint8

// The modes.
const (
	OvercommitGuess  Overcommit = iota // refuse only what could never be there: more than RAM and swap at once
	OvercommitAlways                   // promise everything
	OvercommitNever                    // promise no more than CommitLimit
	NumOvercommit
)

// Commit is what has been promised to programs, whether they have touched it or not.
type Commit struct {
	Mode  Overcommit
	Ratio uint32 // percent of RAM that mode 2 counts on. vm.overcommit_ratio
	Pages int64  // promised: Committed_AS
}

const defaultRatio = 50

// CommitLimit is how many pages mode 2 promises at most. Linux mm/util.c:vm_commit_limit
func (m *Manager) CommitLimit() uint64 {
	swap, _ := m.SwapSize()
	return m.TotalFrames()*uint64(m.State.Commit.Ratio)/100 + swap
}

// TotalFrames is how many frames there are besides those of the kernel (Linux: totalram_pages).
func (m *Manager) TotalFrames() uint64 {
	c := &m.State.Frames.Count
	return uint64(len(m.State.Frames.Use)) - uint64(c[Reserved]) - uint64(c[Kernel])
}

// reserve is what mode 2 keeps back for one who wants to end the programs that took all, of so many pages: a 32nd of memory,
// 8 MiB at most. Linux mm/mmap.c:init_admin_reserve, init_user_reserve
func (m *Manager) reserve(most uint64) uint64 { return min(m.TotalFrames()/32, most) }

const (
	adminReserve = 8 << 20 >> pageShift
	userReserve  = 128 << 20 >> pageShift
)

// enough tells whether n more pages may be promised to the space. Linux mm/util.c:__vm_enough_memory
func (m *Manager) enough(as *AddressSpace, n uint64) bool {
	swap, _ := m.SwapSize()
	switch m.State.Commit.Mode {
	case OvercommitAlways:
		return true
	case OvercommitGuess:
		return n <= m.TotalFrames()+swap
	}
	limit := int64(m.CommitLimit())
	if !as.capable(abi.CAP_SYS_ADMIN) {
		limit -= int64(m.reserve(adminReserve))
	}
	limit -= int64(min(as.Total/32, m.reserve(userReserve)))
	return m.State.Commit.Pages+int64(n) < limit
}

// accountable tells whether pages of a mapping with these flags may become the space's own, so that they are promised.
// Linux mm/vma.c:accountable_mapping
func accountable(vm uint32) bool { return vm&(VM_NORESERVE|VM_SHARED|VM_WRITE) == VM_WRITE }

// charge marks a new mapping's flags when its pages are promised; ENOMEM when they cannot be.
func (m *Manager) charge(as *AddressSpace, vm uint32, n uint64) (uint32, abi.Errno) {
	if !accountable(vm) {
		return vm, abi.OK
	}
	if !m.enough(as, n) {
		return vm, abi.ENOMEM
	}
	return vm | VM_ACCOUNT, abi.OK
}

// count adds n pages to the sums of mappings with the given flags. Linux mm/vma.c:vm_stat_account
func (m *Manager) count(as *AddressSpace, vm uint32, n int64) {
	add := func(sum *uint64) { *sum = uint64(int64(*sum) + n) }
	add(&as.Total)
	as.PeakTotal = max(as.PeakTotal, as.Total)
	switch {
	case vm&(VM_EXEC|VM_WRITE|VM_GROWSDOWN) == VM_EXEC:
		add(&as.Exec)
	case vm&VM_GROWSDOWN != 0:
		add(&as.Stack)
	case dataMapping(vm):
		add(&as.Data)
	}
	if vm&VM_LOCKED != 0 {
		add(&as.Locked)
	}
	if vm&VM_ACCOUNT != 0 {
		m.State.Commit.Pages += n
	}
}

// dataMapping: private, writable and no stack. Linux mm/internal.h:is_data_mapping
func dataMapping(vm uint32) bool { return vm&(VM_WRITE|VM_SHARED|VM_GROWSDOWN) == VM_WRITE }

// mayExpand checks RLIMIT_AS and RLIMIT_DATA for size more bytes of which gone replace existing ones.
// Linux mm/mmap.c:may_expand_vm
func (as *AddressSpace) mayExpand(size, gone uint64, vm uint32) abi.Errno {
	if as.Total<<pageShift-gone+size > as.Limits.AS {
		return abi.ENOMEM
	}
	if dataMapping(vm) && as.Data<<pageShift+size > as.Limits.Data {
		return abi.ENOMEM
	}
	return abi.OK
}

// mayLock tells whether size more bytes may be locked. Linux mm/mmap.c:mlock_future_ok
func (as *AddressSpace) mayLock(size uint64, vm uint32) bool {
	return vm&VM_LOCKED == 0 || as.capable(abi.CAP_IPC_LOCK) || as.Locked<<pageShift+size <= as.Limits.Memlock
}
