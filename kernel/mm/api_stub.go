package mm

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// Use says what a frame is for.
type Use uint8

const (
	Free Use = iota
	Reserved
	Kernel
	KernelInit
	PageTable
	KernelStack
	PageCache
	Anonymous
	SharedMemory
	Zero
	NumUses
)

type Frames struct {
	Ref   []int32
	Use   []Use
	Owner []uint32
	Index []uint64
	Low   uint32
	NFree uint32
	Count [NumUses]uint32
}

type FrameInfo struct {
	Ref   int32
	Use   Use
	Owner uint32
	Index uint64
}

type Shmem struct{ Refs int32 }

// Range reserves frames at boot.
type Range struct {
	Start, End uint64 // physical addresses, widened to whole frames
	Use        Use
}

type VMA struct {
	Start, End uint64
	Flags      uint32 // VM_*
	Object     uint32 // 0: private anonymous
	Off        uint64 // byte offset of Start in the object
	Name       Name   // [heap] [stack] …
	HasAnon    bool   // Linux: anon_vma != NULL, it has pages of its own
}

type Name uint8

const (
	NameNone Name = iota
	NameHeap
	NameStack
)

const (
	VM_READ       = 0x1
	VM_WRITE      = 0x2
	VM_EXEC       = 0x4
	VM_SHARED     = 0x8
	VM_MAYREAD    = 0x10
	VM_MAYWRITE   = 0x20
	VM_MAYEXEC    = 0x40
	VM_MAYSHARE   = 0x80
	VM_GROWSDOWN  = 0x100
	VM_LOCKED     = 0x2000
	VM_DONTCOPY   = 0x20000
	VM_DONTEXPAND = 0x40000
	VM_NORESERVE  = 0x200000
	VM_WIPEONFORK = 0x2000000
)

// Limits are the RLIMIT_* that concern an address space; the kernel copies them in.
type Limits struct{ AS, Data, Stack uint64 }

type AddressSpace struct {
	Root                                     mem.Frame
	Users                                    int32 // mm_users
	VMAs                                     []VMA
	StartCode, EndCode, StartData, EndData   uint64
	StartBrk, Brk                            uint64
	StackTop, MmapBase                       uint64
	ArgStart, ArgEnd, EnvStart, EnvEnd       uint64
	ExeObject                                uint32
	RSSAnon, RSSFile, RSSShmem, PTEs, Locked int64
	Limits                                   Limits
}

type FaultKind uint8

const (
	FaultNone FaultKind = iota
	Spurious
	AnonZero
	AnonPage
	ReadFault
	CowFault
	SharedFault
	WPReuse
	WPCopy
	WPShared
	Blocked
	SegvMap
	SegvAcc
	Bus
	OOM
)

// Outcome says how a page fault ended.
type Outcome struct {
	Kind   FaultKind
	Grown  bool  // the stack grew first
	Major  bool  // a page was read in
	Signal int32 // 0 when the access may be tried again
	Code   int32 // si_code
}

func (m *Manager) InitFrames(reserved []Range) { panic("BUG: stub") }
func (m *Manager) ReserveRange(r Range)        { panic("BUG: stub") }
func (m *Manager) FreeUse(u Use) int           { panic("BUG: stub") }
func (m *Manager) AllocFrame(u Use, owner uint32, index uint64) (f mem.Frame, ok bool) {
	panic("BUG: stub")
}
func (m *Manager) AllocFrames(n int, u Use, owner uint32) (f mem.Frame, ok bool) { panic("BUG: stub") }
func (m *Manager) GetFrame(f mem.Frame)                                          { panic("BUG: stub") }
func (m *Manager) PutFrame(f mem.Frame)                                          { panic("BUG: stub") }
func (m *Manager) FrameInfo(f mem.Frame) FrameInfo                               { panic("BUG: stub") }

// InitKernel takes over the boot page tables, builds the direct map at PageOffset, allocates the zero page.
func (m *Manager) InitKernel(bootRoot mem.Frame) abi.Errno { panic("BUG: stub") }

// DropLowHalf removes the boot identity map.
func (m *Manager) DropLowHalf() { panic("BUG: stub") }

// Activate makes id current and returns the value for CR3; the caller loads it.
func (m *Manager) Activate(id ASID) (cr3 uint64) { panic("BUG: stub") }

func (m *Manager) NewAS(limits Limits) (ASID, abi.Errno) { panic("BUG: stub") }
func (m *Manager) Hold(id ASID)                          { panic("BUG: stub") }
func (m *Manager) Free(id ASID)                          { panic("BUG: stub") } // one user fewer; the last frees everything. Never call it on the Current one's last user: Activate(0) first
func (m *Manager) Fork(src ASID) (ASID, abi.Errno)       { panic("BUG: stub") }
func (m *Manager) AS(id ASID) *AddressSpace              { panic("BUG: stub") }

func (m *Manager) Map(id ASID, addr, length uint64, prot, flags uint32, obj uint32, off uint64) (uint64, abi.Errno) {
	panic("BUG: stub")
}
func (m *Manager) Unmap(id ASID, addr, length uint64) abi.Errno                { panic("BUG: stub") }
func (m *Manager) Protect(id ASID, addr, length uint64, prot uint32) abi.Errno { panic("BUG: stub") }
func (m *Manager) Remap(id ASID, addr, oldLen, newLen uint64, flags uint32, newAddr uint64) (uint64, abi.Errno) {
	panic("BUG: stub")
}
func (m *Manager) Brk(id ASID, brk uint64) uint64                            { panic("BUG: stub") }
func (m *Manager) Advise(id ASID, addr, length uint64, advice int) abi.Errno { panic("BUG: stub") }
func (m *Manager) Incore(id ASID, addr, length uint64) ([]byte, abi.Errno)   { panic("BUG: stub") }
func (m *Manager) Sync(id ASID, addr, length uint64, flags uint32) abi.Errno { panic("BUG: stub") }

// Fault is handle_mm_fault with the hardware's error code (P=1 W=2 U=4 RSVD=8 I=16).
func (m *Manager) Fault(id ASID, va uint64, code uint32) Outcome { panic("BUG: stub") }

// Copies: EFAULT when any byte is out of reach.
func (m *Manager) CopyIn(id ASID, dst []byte, va uint64) abi.Errno                { panic("BUG: stub") }
func (m *Manager) CopyOut(id ASID, va uint64, src []byte) abi.Errno               { panic("BUG: stub") }
func (m *Manager) CopyString(id ASID, va uint64, max int) ([]byte, abi.Errno)     { panic("BUG: stub") } // without NUL; ENAMETOOLONG when none in max bytes
func (m *Manager) Prefault(id ASID, va, n uint64, write bool) (uint64, abi.Errno) { panic("BUG: stub") } // bytes in reach from va on; EFAULT when 0 of n>0
func (m *Manager) Read32(id ASID, va uint64) (uint32, abi.Errno)                  { panic("BUG: stub") }
func (m *Manager) Read64(id ASID, va uint64) (uint64, abi.Errno)                  { panic("BUG: stub") }
func (m *Manager) Write32(id ASID, va uint64, v uint32) abi.Errno                 { panic("BUG: stub") }
func (m *Manager) Write64(id ASID, va uint64, v uint64) abi.Errno                 { panic("BUG: stub") }

// ZapObject unmaps pages ≥ first of obj everywhere (truncate); CleanObject write-protects shared mappings after writeback.
func (m *Manager) ZapObject(obj uint32, first uint64) { panic("BUG: stub") }
func (m *Manager) CleanObject(obj uint32)             { panic("BUG: stub") }

// FutexKey names the word: (object, offset) when shared, (as, va) when private.
type FutexKey struct {
	Object uint32
	Space  ASID
	Off    uint64
}

func (m *Manager) FutexKey(id ASID, va uint64, private bool) (FutexKey, abi.Errno) {
	panic("BUG: stub")
}

const (
	PageOffset = 0xffff888000000000 // direct map of all RAM
	TaskSize   = 0x7ffffffff000
)
const ShmemBit = 1 << 31
