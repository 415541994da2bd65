package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// Pager stands behind mappings of objects (files). Object numbers are below ShmemBit.
type Pager interface {
	// PageIn returns the frame that holds page index of the object, with one more reference for the caller.
	PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno)
	// ObjGet notes one more mapping of the object, ObjPut one fewer.
	ObjGet(obj uint32)
	ObjPut(obj uint32)
	// Size is the object's size in bytes: touching pages past it is SIGBUS.
	Size(obj uint32) uint64
	// Dirty notes that the page was made writable by a shared mapping.
	Dirty(obj uint32, index uint64)
}

// Reclaimer is what a Pager may also be: it lets pages leave memory that it can get again.
type Reclaimer interface {
	// Evictable tells whether pages of the object can be had again.
	Evictable(obj uint32) bool
	// Evict drops a page that no page table maps, written back first when it is dirty. It tells whether it did.
	Evict(obj uint32, index uint64) bool
}

// Cacher is what a Pager may also be: it tells whether a page is in memory already.
type Cacher interface {
	Cached(obj uint32, index uint64) bool
}

// SwapHolder is what a Pager may also be: pages of files may be in swap.
type SwapHolder interface {
	// EachSwapped calls fn for every such page.
	EachSwapped(fn func(obj uint32, index uint64, place SwapEntry))
}

// Payer is what a Pager may also be: the search for pages that can leave memory costs time.
type Payer interface {
	// PayReclaim is told how many frames were looked at and how many pages left.
	PayReclaim(looked, left uint64)
}

// TLB is the translation cache to keep true; it is told only about the current address space.
type TLB interface {
	InvalidatePage(va uint64)
	FlushTLB()
}

// ASID names an address space (Linux: struct mm_struct); 0 is the kernel's own, without a user half.
type ASID = state.ID

// State is all of memory management as plain data; page tables and page contents are in guest RAM.
type State struct {
	Frames     Frames
	KernelRoot mem.Frame // swapper_pg_dir: its upper half is shared by all
	ZeroPage   mem.Frame // empty_zero_page, mapped for reads of untouched anonymous memory
	Levels     uint8     // 4, or 5 with CR4.LA57
	Current    ASID      // whose tables CR3 points to
	Spaces     state.Arena[AddressSpace]
	Shmem      state.Arena[Shmem]
	Rmaps      state.Arena[Rmap]
	Swap       [MaxSwap]SwapArea
	Reclaim    Reclaim
	Commit     Commit
	Huge       HugeMode
	Counters   Counters
}

// Counters count since boot.
type Counters struct {
	Faults                             uint64 // resolved page faults
	Major                              uint64 // of them, those that had to read a disk
	Refused                            uint64 // faults that became a signal
	COWCopied                          uint64 // do_wp_page copied
	COWReused                          uint64 // do_wp_page found itself the only owner
	Zeroed                             uint64 // frames cleared for anonymous memory
	PTECopied                          uint64 // entries copied by fork
	TableAlloc                         uint64 // page-table frames taken
	SwapIn                             uint64 // pages read from swap
	SwapOut                            uint64 // pages written to swap
	Reclaimed                          uint64 // pages that left memory, of files too
	HugeFault, HugeFallback, HugeSplit uint64 // huge pages given, not to be had, and split
}

// Manager is the memory manager: State and what it is wired to.
type Manager struct {
	State State

	ram   *mem.RAM
	tr    *trace.Hub
	pager Pager
	tlb   TLB

	watching bool // within Watch only

	// Within one call of Shrink only.
	reclaiming bool   // no page leaves for the sake of another that is leaving
	noSwap     bool   // anonymous pages have nowhere to go
	looked     uint64 // frames looked at
}

// New returns a manager of ram with no frame handed out and nothing reserved; call InitFrames next.
func New(ram *mem.RAM, tr *trace.Hub, pager Pager, tlb TLB) *Manager {
	return &Manager{ram: ram, tr: tr, pager: pager, tlb: tlb, State: State{Levels: 4, Commit: Commit{Ratio: defaultRatio}}}
}
