package mm

import "vitrine/kernel/abi"

// Bits of VMA.Flags. Linux include/linux/mm.h
const (
	VM_READ        = 0x1
	VM_WRITE       = 0x2
	VM_EXEC        = 0x4
	VM_SHARED      = 0x8
	VM_MAYREAD     = 0x10
	VM_MAYWRITE    = 0x20
	VM_MAYEXEC     = 0x40
	VM_MAYSHARE    = 0x80
	VM_GROWSDOWN   = 0x100
	VM_LOCKED      = 0x2000
	VM_SEQ_READ    = 0x8000
	VM_RAND_READ   = 0x10000
	VM_DONTCOPY    = 0x20000
	VM_DONTEXPAND  = 0x40000
	VM_LOCKONFAULT = 0x80000
	VM_ACCOUNT     = 0x100000
	VM_NORESERVE   = 0x200000
	VM_WIPEONFORK  = 0x2000000
	VM_DONTDUMP    = 0x4000000
	VM_HUGEPAGE    = 0x20000000
	VM_NOHUGEPAGE  = 0x40000000

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
	case as.VDSO != 0 && v.Start == as.VDSO:
		return "[vdso]"
	}
	return ""
}

// Find returns the VMA that holds va, or nil.
func (as *AddressSpace) Find(va uint64) *VMA {
	v := as.VMAs.at(as.VMAs.find(va))
	if v == nil || va < v.Start {
		return nil
	}
	return v
}

// split cuts VMA v at va, which lies inside it. A huge page there becomes small ones. Linux mm/vma.c:__split_vma
func (m *Manager) split(as *AddressSpace, v *VMA, va uint64) {
	upper := *v
	if upper.Object != 0 {
		upper.Off += va - upper.Start
	}
	upper.Start = va
	v.End = va
	as.VMAs.insert(upper)
	m.objGet(upper.Object)
	m.splitHugeAt(as, va)
}

// splitRange cuts at both ends of [start, end), so that VMAs lie inside or outside. Linux mm/vma.c:split_vma
func (m *Manager) splitRange(as *AddressSpace, start, end uint64) abi.Errno {
	for _, va := range [2]uint64{start, end} {
		if v := as.Find(va); v != nil && v.Start < va {
			if as.VMAs.Len() >= MaxMapCount {
				return abi.ENOMEM
			}
			m.split(as, v, va)
		}
	}
	return abi.OK
}

// splitForUnmap is splitRange for a range that will be free: only a hole inside one VMA makes them more.
// Linux mm/vma.c:vms_gather_munmap_vmas
func (m *Manager) splitForUnmap(as *AddressSpace, start, end uint64) abi.Errno {
	if v := as.Find(start); v != nil && v.Start < start && end < v.End && as.VMAs.Len() >= MaxMapCount {
		return abi.ENOMEM
	}
	for _, va := range [2]uint64{start, end} {
		if v := as.Find(va); v != nil && v.Start < va {
			m.split(as, v, va)
		}
	}
	return abi.OK
}

// insert puts a new mapping in its place and joins it with its neighbours. Linux mm/vma.c:vma_link, vma_merge
func (m *Manager) insert(as *AddressSpace, v VMA) {
	m.count(as, v.Flags, int64(v.Len()>>pageShift))
	as.VMAs.insert(v)
	m.mergeAround(as, v.Start, v.End)
}

// resize moves the ends of the VMA at p.
func (m *Manager) resize(as *AddressSpace, p vmaPos, start, end uint64) {
	v := as.VMAs.at(p)
	m.count(as, v.Flags, int64(end-start)>>pageShift-int64(v.Len()>>pageShift))
	v.Start, v.End = start, end
	as.VMAs.resized(p.b)
}

// setFlags gives a VMA other flags.
func (m *Manager) setFlags(as *AddressSpace, v *VMA, flags uint32) {
	n := int64(v.Len() >> pageShift)
	m.count(as, v.Flags, -n)
	v.Flags = flags
	m.count(as, flags, n)
}

// mergeAround joins what can be one among the VMAs of [start, end) and their neighbours.
func (m *Manager) mergeAround(as *AddressSpace, start, end uint64) {
	l := &as.VMAs
	p := l.find(start)
	if q, ok := l.prev(p); ok {
		p = q
	}
	for a := l.at(p); a != nil; a = l.at(p) {
		next := l.next(p)
		b := l.at(next)
		if b == nil || b.Start > end {
			return
		}
		if !a.follows(b) {
			p = next
			continue
		}
		m.objPut(b.Object)
		at := a.Start
		a.End, a.HasAnon = b.End, a.HasAnon || b.HasAnon
		l.remove(next)
		p = l.find(at)
	}
}
