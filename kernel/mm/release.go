package mm

// releasePiece is how much of an address space Release empties at once: what one page table covers.
const releasePiece = 2 << 20

// Release unmaps the pages of the first piece at or above from, which nobody will touch again, and returns how many and
// where the next piece begins; 0 when there is none. Linux mm/mmap.c:exit_mmap, in pieces
func (m *Manager) Release(id ASID, from uint64) (pages int32, next uint64) {
	as := m.AS(id)
	for v := range as.VMAs.All() {
		if v.End <= from {
			continue
		}
		start := max(v.Start, from)
		end := min(v.End, start&^(releasePiece-1)+releasePiece)
		before := as.RSS()
		m.zap(as, start, end)
		return before - as.RSS(), end
	}
	return 0, 0
}
