package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
	"vitrine/engine/mem"
)

// translateBlock makes a block of the code at linear address la, physical pa.
func (c *CPU) translateBlock(la, pa uint64, ctx uint32) (uint32, bool) {
	k := &c.code
	if len(k.blocks) >= maxBlocks || len(k.uops) >= maxUops {
		k.reset()
		c.bump()
	}
	t := translator{c: c, ctx: ctx, mode: 16 << (ctx & ctxMode), rip: c.S.RIP}
	b := block{rip: t.rip, pa: pa, ctx: ctx, frame2: noFrame, first: uint32(len(k.uops))}
	limit := blockLimit
	if ctx&ctxSingle != 0 {
		limit = 1
	}
	if !c.ram.Has(pa, 1) || pa&^mem.FrameMask == c.apicPage {
		t.emitTrap(VecUD)
	} else if !t.page(&b, la, limit) {
		return 0, false
	}
	t.finish()
	k.uops = append(k.uops, t.uops...)
	b.n = uint16(t.n)
	b.next = t.rip
	b.taken = t.taken
	c.claim(pa, t.bytes+decode.MaxLen)
	if b.frame2 != noFrame {
		c.claim(b.frame2.Addr(), decode.MaxLen)
	}
	return k.enter(b), true
}

// finish ends the block with a uop that leaves it.
func (t *translator) finish() {
	dropFlags(t.uops)
	t.joinLoop()
	if !t.end {
		t.uops = append(t.uops, Uop{Kind: kindNext})
	}
}

// claim notes that the n bytes at pa, up to the frame's end, are code.
func (c *CPU) claim(pa, n uint64) {
	f := mem.FrameOf(pa)
	if int(f) >= len(c.ram.Marks) {
		return
	}
	c.code.lines[f] |= linesOf(pa, n)
	if c.ram.Marks[f]&mem.MarkCode == 0 {
		c.ram.Marks[f] |= mem.MarkCode
		c.protectCode(f)
	}
}

// translator makes the uops of one block.
type translator struct {
	c     *CPU
	ctx   uint32
	mode  int
	rip   uint64 // of the next instruction
	taken uint64
	n     int
	bytes uint64 // of instructions that are translated; an undecodable one after them may be longer
	uops  []Uop
	end   bool
	cut   bool // the code segment ends before the page does, or with it
}

// page translates instructions to the end of the block or of the page. ok is false when a fetch faults.
func (t *translator) page(b *block, la uint64, limit int) (ok bool) {
	c := t.c
	bytes := t.inSegment(c.mem[b.pa : b.pa|mem.FrameMask+1])
	for len(bytes) > 0 && t.n < limit && !t.end {
		if t.n > 0 && (c.points.code != 0 || len(c.breaks) != 0) && c.blockEnds(c.fetchAddr(t.rip)) {
			return true
		}
		inst, err := decode.Decode(bytes, t.mode)
		if err == decode.ErrTruncated {
			if t.n > 0 {
				return true // the instruction across the page boundary is a block of its own
			}
			if t.cut {
				return c.raise(VecGP, 0)
			}
			inst, b.frame2, ok = t.across(bytes, c.last(la&^mem.FrameMask, mem.FrameSize+1))
			if !ok {
				return false
			}
			t.instruction(&inst)
			return true
		}
		t.decoded(&inst, err)
		bytes = bytes[min(inst.Len, len(bytes)):]
		t.bytes += uint64(inst.Len)
	}
	return true
}

// fetchByte reads a byte of code; devices hold none.
func (c *CPU) fetchByte(pa uint64) byte {
	if c.ram.Has(pa, 1) && pa&^mem.FrameMask != c.apicPage {
		return c.mem[pa]
	}
	return 0xff
}

// inSegment cuts the bytes at RIP to those inside the code segment.
func (t *translator) inSegment(bytes []byte) []byte {
	if left := t.c.codeEnd() - t.rip; left < uint64(len(bytes)) {
		t.cut = true
		return bytes[:left+1]
	}
	return bytes
}

// across decodes an instruction whose bytes go on at linear address la2.
func (t *translator) across(head []byte, la2 uint64) (inst decode.Inst, f mem.Frame, ok bool) {
	pa2, ok := t.c.translate(la2, accessFetch)
	if !ok {
		return inst, noFrame, false
	}
	var buf [decode.MaxLen]byte
	n := copy(buf[:], head)
	for i := n; i < len(buf); i++ {
		buf[i] = t.c.fetchByte(pa2 + uint64(i-n))
	}
	f = mem.FrameOf(pa2)
	inst, err := decode.Decode(t.inSegment(buf[:]), t.mode)
	if err == decode.ErrTruncated {
		return inst, noFrame, t.c.raise(VecGP, 0)
	}
	if err != nil {
		t.decoded(&inst, err)
	}
	return inst, f, true
}

// decoded translates an instruction, or what stands for one that cannot be decoded.
func (t *translator) decoded(inst *decode.Inst, err error) {
	switch err {
	case nil:
		t.instruction(inst)
	case decode.ErrTooLong:
		t.emitTrap(VecGP)
	default:
		t.emitTrap(VecUD)
	}
}

// emitTrap emits an instruction that only raises an exception; with length 0, as it never retires.
func (t *translator) emitTrap(vector uint8) {
	t.uops = append(t.uops, Uop{Kind: KindTrap, Dst: vector})
	t.n++
	t.end = true
}

// instruction translates a decoded instruction.
func (t *translator) instruction(inst *decode.Inst) {
	if t.end {
		return
	}
	fn := uint16(0)
	if int(inst.Op) < len(defOf) {
		fn = defOf[inst.Op]
	}
	d := &defs[fn]
	if v := t.refused(d, inst); v != 0 {
		t.emitTrap(v - 1)
		return
	}
	start := t.rip
	t.rip += uint64(inst.Len)
	if t.ctx&ctxMode != Mode64 {
		t.rip = uint64(uint32(t.rip))
	}
	u := Uop{Kind: KindFamily, Fn: fn, Len: uint8(inst.Len)}
	t.operands(&u, inst)
	if d.Traits&NeedX87 != 0 {
		u.locate(inst, start)
	}
	t.n++
	t.end = d.Traits&End != 0 || u.endsBlock(inst.Op)
	if t.hot(&u, inst.Op) {
		if t.fuse(&u) {
			return
		}
	} else if t.end {
		u.Kind = KindFamilyEnd
	}
	t.uops = append(t.uops, u)
}

// endsBlock tells of instructions that end a block only in some forms.
func (u *Uop) endsBlock(op x86asm.Op) bool {
	return (op == x86asm.MOV || op == x86asm.POP) && u.Form&(FormSeg|FormCtl) != 0 && u.Form&FormMem0 == 0
}

// refused gives vector+1 of the exception that an instruction raises before it is looked at further, or 0.
func (t *translator) refused(d *Def, inst *decode.Inst) uint8 {
	switch {
	case d.Fn == nil:
		return VecUD + 1
	case d.Traits&NeedSSE != 0 && t.ctx&ctxNoSSE != 0 && (t.ctx&ctxNoMMX != 0 || !mmxOnly(inst)):
		return VecUD + 1
	case d.Traits&NeedSSE != 0 && t.ctx&ctxTS != 0:
		return VecNM + 1
	case d.Traits&NeedX87 != 0 && t.ctx&ctxEM != 0:
		return VecNM + 1
	case d.Traits&NeedWait != 0 && t.ctx&ctxWait != 0:
		return VecNM + 1
	case d.Traits&Ring0 != 0 && t.ctx&ctxUser != 0:
		return VecGP + 1
	case t.mode == 64 && d.Traits&Not64 != 0:
		return VecUD + 1
	}
	return 0
}
