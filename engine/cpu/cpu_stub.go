package cpu

// CPU is the processor: its architectural state and what the interpreter caches about it.
type CPU struct{ S State }

// FlushTLB drops all translations, InvalidatePage one, LoadCR3 switches tables.
func (c *CPU) FlushTLB()                { panic("BUG: stub") }
func (c *CPU) InvalidatePage(va uint64) { panic("BUG: stub") }
func (c *CPU) LoadCR3(v uint64)         { panic("BUG: stub") }
