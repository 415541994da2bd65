package mm

// swapAreas begins the count of what names a slot, and counts the references of the swap cache.
func (c *checker) swapAreas() {
	for i := range c.m.State.Swap {
		a := &c.m.State.Swap[i]
		c.named[i] = make([]uint32, len(a.Count))
		for n, f := range a.Cache {
			if f == 0 {
				continue
			}
			c.refs[f]++
			if s := c.m.State.Frames.Swap[f]; s != swapEntry(i, uint32(n)) {
				c.fail("swap %d: slot %d is cached in frame %#x, which has %#x", i, n, f, s)
			}
		}
	}
	for f, s := range c.m.State.Frames.Swap {
		if s == 0 {
			continue
		}
		if a, n := c.m.swapArea(s); !a.On || int(a.Cache[n]) != f {
			c.fail("frame %#x: slot %#x does not know it", f, s)
		}
	}
}

// slot counts one name of a slot.
func (c *checker) slot(s SwapEntry) {
	named := c.named[s.Area()]
	if int(s.Page()) >= len(named) {
		c.fail("there is no swap slot %#x", s)
		return
	}
	named[s.Page()]++
}

// slots compares the counts.
func (c *checker) slots() {
	for i := range c.m.State.Swap {
		a := &c.m.State.Swap[i]
		used := uint32(0)
		for n, found := range c.named[i] {
			if a.Count[n] == swapBad && found == 0 {
				continue
			}
			if a.Count[n] != found {
				c.fail("swap %d: slot %d has %d names, found %d", i, n, a.Count[n], found)
			}
			if a.busy(uint32(n)) {
				used++
			}
		}
		if used != a.Used {
			c.fail("swap %d: %d slots in use, found %d", i, a.Used, used)
		}
	}
}
