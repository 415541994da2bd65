package mm

import (
	"slices"
	"sort"

	"vitrine/kernel/abi"
)

// Bits of VMA.Flags. Linux include/linux/mm.h
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
	VM_SEQ_READ   = 0x8000
	VM_RAND_READ  = 0x10000
	VM_DONTCOPY   = 0x20000
	VM_DONTEXPAND = 0x40000
	VM_NORESERVE  = 0x200000
	VM_WIPEONFORK = 0x2000000
	VM_DONTDUMP   = 0x4000000
	VM_HUGEPAGE   = 0x20000000
	VM_NOHUGEPAGE = 0x40000000

	vmAccess = VM_READ | VM_WRITE | VM_EXEC
	vmMay    = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC
)

// VMA is one mapping: [Start, End) with one protection and one thing behind it (Linux: struct vm_area_struct).
type VMA struct {
	Start, End uint64
	Off        uint64 // byte offset of Start in the object
	Flags      uint32 // VM_*
	Object     uint32 // 0: private anonymous
	HasAnon    bool   // Linux: anon_vma is set, pages of its own are or were mapped here
}

// Len is the mapping's length in bytes.
func (v *VMA) Len() uint64 { return v.End - v.Start }

// Perms is the protection as /proc/PID/maps shows it: rwxp, or s where pages are shared.
func (v *VMA) Perms() string {
	p := []byte("---p")
	for i, c := range "rwx" {
		if v.Flags>>i&1 != 0 {
			p[i] = byte(c)
		}
	}
	if v.Flags&VM_MAYSHARE != 0 {
		p[3] = 's'
	}
	return string(p)
}

// IsCOW says that the mapping's pages are copied on write. Linux include/linux/mm.h:is_cow_mapping
func (v *VMA) IsCOW() bool { return v.Flags&(VM_SHARED|VM_MAYWRITE) == VM_MAYWRITE }

// Index is the page of the object at va.
func (v *VMA) Index(va uint64) uint64 { return (v.Off + va - v.Start) >> pageShift }

// guardStart is where the mapping begins with the gap below a stack. Linux include/linux/mm.h:vm_start_gap
func (v *VMA) guardStart() uint64 {
	if v.Flags&VM_GROWSDOWN == 0 {
		return v.Start
	}
	if v.Start < StackGuardGap {
		return 0
	}
	return v.Start - StackGuardGap
}

// follows says that w continues v so that both can be one. Linux mm/vma.c:can_vma_merge_after
func (v *VMA) follows(w *VMA) bool {
	if v.End != w.Start || v.Flags != w.Flags || v.Object != w.Object {
		return false
	}
	return v.Object == 0 || v.Off+v.Len() == w.Off
}

// Name is what /proc/PID/maps calls a mapping without a file. Linux fs/proc/task_mmu.c:get_vma_name
func (as *AddressSpace) Name(v *VMA) string {
	switch {
	case v.Object != 0:
		return ""
	case v.Start < as.Brk && v.End > as.StartBrk:
		return "[heap]"
	case v.Start <= as.StartStack && v.End >= as.StartStack:
		return "[stack]"
	}
	return ""
}

// find returns the index of the first VMA that ends above va, len(VMAs) when there is none. Linux: find_vma
func (as *AddressSpace) find(va uint64) int {
	return sort.Search(len(as.VMAs), func(i int) bool { return va < as.VMAs[i].End })
}

// Find returns the VMA that holds va, or nil.
func (as *AddressSpace) Find(va uint64) *VMA {
	i := as.find(va)
	if i == len(as.VMAs) || va < as.VMAs[i].Start {
		return nil
	}
	return &as.VMAs[i]
}

// split cuts VMA i at va, which lies inside it; the upper part becomes VMA i+1. Linux mm/vma.c:__split_vma
func (m *Manager) split(as *AddressSpace, i int, va uint64) abi.Errno {
	if len(as.VMAs) >= MaxMapCount {
		return abi.ENOMEM
	}
	upper := as.VMAs[i]
	if upper.Object != 0 {
		upper.Off += va - upper.Start
	}
	upper.Start = va
	as.VMAs[i].End = va
	as.VMAs = slices.Insert(as.VMAs, i+1, upper)
	m.objGet(upper.Object)
	return abi.OK
}

// splitRange cuts at both ends of [start, end) and returns the VMAs inside: VMAs[i:j].
func (m *Manager) splitRange(as *AddressSpace, start, end uint64) (i, j int, e abi.Errno) {
	i = as.find(start)
	if i < len(as.VMAs) && as.VMAs[i].Start < start {
		if e = m.split(as, i, start); e != abi.OK {
			return i, i, e
		}
		i++
	}
	for j = i; j < len(as.VMAs) && as.VMAs[j].Start < end; j++ {
		if as.VMAs[j].End <= end {
			continue
		}
		if e = m.split(as, j, end); e != abi.OK {
			return i, i, e
		}
	}
	return i, j, abi.OK
}

// insert puts v in its place and joins it with its neighbours. Linux mm/vma.c:vma_link, vma_merge
func (m *Manager) insert(as *AddressSpace, v VMA) {
	i := as.find(v.Start)
	as.VMAs = slices.Insert(as.VMAs, i, v)
	m.mergeAround(as, i, i+1)
}

// mergeAround joins what can be one among VMAs[i:j] and their neighbours.
func (m *Manager) mergeAround(as *AddressSpace, i, j int) {
	i, j = max(i-1, 0), min(j, len(as.VMAs)-1)
	for k := j; k > i; k-- {
		a, b := &as.VMAs[k-1], &as.VMAs[k]
		if !a.follows(b) {
			continue
		}
		a.End = b.End
		a.HasAnon = a.HasAnon || b.HasAnon
		m.objPut(b.Object)
		as.VMAs = slices.Delete(as.VMAs, k, k+1)
	}
}

// pages is the sum of the mappings' lengths, in pages (Linux: mm->total_vm).
func (as *AddressSpace) pages() uint64 {
	n := uint64(0)
	for i := range as.VMAs {
		n += as.VMAs[i].Len() >> pageShift
	}
	return n
}

// dataPages counts private writable pages that are not stack (Linux: mm->data_vm).
func (as *AddressSpace) dataPages() uint64 {
	n := uint64(0)
	for i := range as.VMAs {
		if as.VMAs[i].Flags&(VM_WRITE|VM_SHARED|VM_GROWSDOWN) == VM_WRITE {
			n += as.VMAs[i].Len() >> pageShift
		}
	}
	return n
}
