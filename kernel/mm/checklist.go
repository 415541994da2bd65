package mm

// list compares the list's own records and the space's sums with the VMAs.
func (c *checker) list(as *AddressSpace) {
	sum := &AddressSpace{}
	l := &as.VMAs
	n, gaps := 0, VMAList{Blocks: append([]VMABlock(nil), l.Blocks...)}
	for b := range l.Blocks {
		if len(l.Blocks[b].VMAs) == 0 || len(l.Blocks[b].VMAs) > vmaBlock {
			c.fail("space %d: block %d has %d VMAs", as.ID, b, len(l.Blocks[b].VMAs))
			return
		}
		n += len(l.Blocks[b].VMAs)
		if gaps.resized(b); gaps.Blocks[b].Gap != l.Blocks[b].Gap {
			c.fail("space %d: block %d has a gap of %#x, found %#x", as.ID, b, l.Blocks[b].Gap, gaps.Blocks[b].Gap)
		}
	}
	if n != l.Len() {
		c.fail("space %d: %d VMAs, found %d", as.ID, l.Len(), n)
	}
	for v := range l.All() {
		add := func(total *uint64, is bool) {
			if is {
				*total += v.Len() >> pageShift
			}
		}
		stack := v.Flags&VM_GROWSDOWN != 0
		add(&sum.Total, true)
		add(&sum.Stack, stack)
		add(&sum.Data, !stack && v.Flags&(VM_WRITE|VM_SHARED) == VM_WRITE)
		add(&sum.Exec, !stack && v.Flags&(VM_WRITE|VM_EXEC) == VM_EXEC)
		add(&sum.Locked, v.Flags&VM_LOCKED != 0)
		if v.Flags&VM_ACCOUNT != 0 {
			c.promised += int64(v.Len() >> pageShift)
		}
	}
	if sum.Total != as.Total || sum.Stack != as.Stack || sum.Data != as.Data || sum.Exec != as.Exec || sum.Locked != as.Locked {
		c.fail("space %d: sums %d %d %d %d %d, found %d %d %d %d %d", as.ID, as.Total, as.Stack, as.Data, as.Exec, as.Locked,
			sum.Total, sum.Stack, sum.Data, sum.Exec, sum.Locked)
	}
}
