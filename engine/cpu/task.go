package cpu

// Task management outside long mode (SDM 3A "Task Management").

// taskCause tells how a task is switched to.
type taskCause uint8

const (
	taskJump taskCause = iota
	taskCall           // CALL, an interrupt or an exception: the new task is nested
	taskIret           // back from a nested one
)

// farTask is a far jump or call through a task gate that names the TSS sel.
func (c *CPU) farTask(g Segment, sel uint16, call bool) bool {
	if g.dpl() < c.cpl() || g.dpl() < uint8(g.Sel&3) {
		return c.refuse(VecGP, g.Sel)
	}
	if g.Attr&attrP == 0 {
		return c.refuse(VecNP, g.Sel)
	}
	s, ok := c.freeTSS(sel)
	if !ok {
		return false
	}
	if call {
		return c.switchTask(s, taskCall)
	}
	return c.switchTask(s, taskJump)
}

// farTSS is a far jump or call to a TSS.
func (c *CPU) farTSS(s Segment, call bool) bool {
	if s.dpl() < c.cpl() || s.dpl() < uint8(s.Sel&3) {
		return c.refuse(VecGP, s.Sel)
	}
	s, ok := c.freeTSS(s.Sel)
	if !ok {
		return false
	}
	if call {
		return c.switchTask(s, taskCall)
	}
	return c.switchTask(s, taskJump)
}

// freeTSS reads the descriptor of a TSS that must be in the GDT, available and present.
func (c *CPU) freeTSS(sel uint16) (s Segment, ok bool) {
	if sel&4 != 0 {
		return s, c.refuse(VecGP, sel)
	}
	d, ok := c.descriptor(sel, VecGP)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	if s.Attr&(attrS|attrType)&^typeWide != typeTSS16 {
		return s, c.refuse(VecGP, sel)
	}
	if s.Attr&attrP == 0 {
		return s, c.refuse(VecNP, sel)
	}
	return s, true
}

// taskReturn is IRET with NT set: back to the task that the present TSS links to.
func (c *CPU) taskReturn() bool {
	v, ok := c.sysLoad(c.S.TR.Base, 2)
	if !ok {
		return false
	}
	sel := uint16(v)
	if sel&4 != 0 || sel&^3 == 0 {
		return c.refuse(VecTS, sel)
	}
	d, ok := c.descriptor(sel, VecTS)
	if !ok {
		return false
	}
	s := parseDescriptor(sel, d)
	if s.Attr&(attrS|attrType)&^typeWide != typeTSS16|attrBusy {
		return c.refuse(VecTS, sel)
	}
	if s.Attr&attrP == 0 {
		return c.refuse(VecNP, sel)
	}
	return c.switchTask(s, taskIret)
}

// A tss is what a task-state segment holds of a task, in either format.
type tss struct {
	cr3, eip, eflags uint32
	r                [8]uint32
	seg              [6]uint16
	ldt, trap        uint16
}

// tssFormat is where the fields of a TSS lie (SDM 3A "32-Bit Task-State Segment", "16-Bit Task-State Segment").
type tssFormat struct {
	size     uint8  // of EIP, EFLAGS and the registers
	eip      uint64 // then EFLAGS and the registers; then the segment registers, in as many bytes each
	segs     int
	ldt      uint64
	smallest uint32 // the limit must not be less
}

func formatOf(s *Segment) tssFormat {
	if s.Attr&typeWide != 0 {
		return tssFormat{size: 4, eip: 0x20, segs: 6, ldt: 0x60, smallest: 0x67}
	}
	return tssFormat{size: 2, eip: 0x0e, segs: 4, ldt: 0x2a, smallest: 0x2b}
}

// readTSS reads a whole TSS; nothing is changed when that faults.
func (c *CPU) readTSS(base uint64, f tssFormat) (t tss, ok bool) {
	var words [17]uint32
	n := 10 + f.segs
	for i := range n + 1 {
		at := f.eip + uint64(i)*uint64(f.size)
		if i == n {
			at = f.ldt
		}
		v, ok := c.sysLoad(uint64(uint32(base+at)), f.size)
		if !ok {
			return t, false
		}
		words[i] = uint32(v)
	}
	t.eip, t.eflags = words[0], words[1]
	for i := range t.r {
		t.r[i] = words[2+i]
		if f.size == 2 {
			t.r[i] |= 0xffff0000
		}
	}
	for i := range f.segs {
		t.seg[i] = uint16(words[10+i])
	}
	t.ldt = uint16(words[n])
	if f.size == 4 {
		v, ok := c.sysLoad(uint64(uint32(base+0x1c)), 4)
		if !ok {
			return t, false
		}
		w, ok := c.sysLoad(uint64(uint32(base+0x64)), 2)
		if !ok {
			return t, false
		}
		t.cr3, t.trap = uint32(v), uint16(w)
	}
	return t, true
}

// saveTSS writes the present state into the present TSS.
func (c *CPU) saveTSS(f tssFormat, eflags uint64) {
	base, size := c.S.TR.Base+f.eip, uint64(f.size)
	put := func(i int, v uint64) { c.sysStore(uint64(uint32(base+uint64(i)*size)), f.size, v) }
	put(0, c.S.RIP)
	put(1, eflags)
	for i := range 8 {
		put(2+i, c.S.R[i])
	}
	for i := range f.segs {
		c.sysStore(uint64(uint32(base+uint64(10+i)*size)), 2, uint64(c.S.Seg[i].Sel))
	}
}

// switchTask changes to the task of TSS s. S.RIP is where the old task goes on. What is wrong with the new task is found
// after the old one was left: the exception is then the new task's.
func (c *CPU) switchTask(s Segment, how taskCause) bool {
	f, old := formatOf(&s), formatOf(&c.S.TR)
	if s.Limit < f.smallest {
		return c.refuse(VecTS, s.Sel)
	}
	smc := c.smc
	c.smc = true
	defer func() { c.smc = smc }()
	next, ok := c.readTSS(s.Base, f)
	if !ok || !c.taskTables(&s, old, how) {
		return false
	}
	c.commitTask(&s, old, how, &next)
	if !c.enterTask(&next) {
		c.trap.Late = true
		return false
	}
	if next.trap&1 != 0 {
		c.S.Held |= dr6BT
		c.out = ExitAgain
	}
	return true
}

// taskTables checks that what a task switch writes can be written.
func (c *CPU) taskTables(s *Segment, old tssFormat, how taskCause) bool {
	if how == taskCall && !c.sysProbe(s.Base, 2) {
		return false
	}
	at, _ := c.descriptorAt(s.Sel, 8)
	now, ok := c.descriptorAt(c.S.TR.Sel, 8)
	if !ok {
		return c.refuse(VecTS, c.S.TR.Sel)
	}
	return c.sysProbe(c.S.TR.Base+old.eip, uint64(old.size)*uint64(10+old.segs)) && c.sysProbe(at+5, 1) && c.sysProbe(now+5, 1)
}

// commitTask leaves the old task and loads all of the new one that cannot fail.
func (c *CPU) commitTask(s *Segment, old tssFormat, how taskCause, t *tss) {
	r := &c.S
	c.settleRF()
	eflags := c.flags()
	if how == taskIret {
		eflags &^= FlagNT
	}
	if how != taskCall {
		c.setType(r.TR.Sel, r.TR.Attr&^attrBusy)
	}
	c.saveTSS(old, eflags)
	if how == taskCall {
		c.sysStore(s.Base, 2, uint64(r.TR.Sel))
		t.eflags |= FlagNT
	}
	s.Attr |= attrBusy
	c.setType(s.Sel, s.Attr)
	r.TR = *s
	r.CR0 |= CR0TS
	r.DR[7] &^= 0x55 // local breakpoints are the old task's
	r.RIP, r.RFLAGS = uint64(t.eip), uint64(t.eflags)&taskFlags|2
	c.fop, c.rfAt = flagsReal, r.Retired
	for i, v := range t.r {
		r.R[i] = uint64(v)
	}
	for i := range r.Seg {
		r.Seg[i] = Segment{Sel: t.seg[i]}
	}
	r.Seg[SS].Attr = t.seg[CS] & 3 << 5 // the new CPL
	r.LDTR = Segment{Sel: t.ldt}
	c.debugChanged()
	c.modeChanged()
}

// taskFlags are the bits of EFLAGS that a TSS holds.
const taskFlags = arith | FlagTF | FlagIF | FlagDF | FlagIOPL | FlagNT | FlagRF | FlagVM | FlagAC | FlagID

// enterTask loads page tables, LDT and segments of the new task.
func (c *CPU) enterTask(t *tss) bool {
	if c.S.TR.Attr&typeWide != 0 && c.S.CR0&CR0PG != 0 && !c.writeCR3(uint64(t.cr3)) {
		return false
	}
	if t.ldt&^3 != 0 {
		s, ok := c.systemSegment(t.ldt, 1<<typeLDT, VecTS)
		if !ok {
			return false
		}
		c.S.LDTR = s
	}
	if c.S.RFLAGS&FlagVM != 0 {
		for n := range c.S.Seg {
			c.realSegment(uint8(n), t.seg[n])
		}
		c.setCS(c.S.Seg[CS])
		return c.taskTarget()
	}
	cs, ok := c.taskCode(t.seg[CS])
	if !ok {
		return false
	}
	c.setCS(cs)
	for _, n := range [5]uint8{SS, ES, DS, FS, GS} {
		s, ok := c.dataSegment(n, t.seg[n], VecTS)
		if !ok {
			return false
		}
		c.S.Seg[n] = s
	}
	return c.taskTarget()
}

// taskTarget checks EIP against the new code segment.
func (c *CPU) taskTarget() bool {
	c.bump()
	if c.S.RIP > c.codeEnd() {
		return c.raise(VecGP, c.ext)
	}
	return true
}

// taskCode reads and checks the code segment of a new task.
func (c *CPU) taskCode(sel uint16) (s Segment, ok bool) {
	if sel&^3 == 0 {
		return s, c.refuse(VecTS, sel)
	}
	d, ok := c.descriptor(sel, VecTS)
	if !ok {
		return s, false
	}
	s = parseDescriptor(sel, d)
	rpl := uint8(sel & 3)
	if !s.code() || s.conforming() && s.dpl() > rpl || !s.conforming() && s.dpl() != rpl {
		return s, c.refuse(VecTS, sel)
	}
	if s.Attr&attrP == 0 {
		return s, c.refuse(VecNP, sel)
	}
	return s, c.setAccessed(&s)
}
