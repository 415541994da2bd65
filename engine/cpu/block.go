package cpu

import (
	"vitrine/engine/mem"
)

// block is a straight run of instructions in one physical page (or one instruction across two), translated for one
// address and mode. Blocks lie in one slice, named by index; 0 is none.
type block struct {
	rip    uint64    // of the first instruction
	next   uint64    // RIP after the last instruction
	taken  uint64    // where a direct branch at the end goes
	pa     uint64    // physical address of the first byte
	frame2 mem.Frame // of the last byte when that is on another page, else noFrame
	ctx    uint32
	first  uint32 // index of the first uop
	n      uint16 // instructions
	chain  uint32 // next block in the same hash bucket
	page   uint32 // next block made from the same frame
	page2  uint32 // for a block across two frames: next block of the second
}

// noFrame is a frame that does not exist.
const noFrame = ^mem.Frame(0)

const (
	maxBlocks  = 1 << 16
	maxUops    = 1 << 19
	blockLimit = 32 // instructions in a block
	hashSize   = 1 << 14
	jumpSize   = 1 << 12
)

// jump is an entry of the jump cache.
type jump struct {
	rip   uint64
	key   uint64
	block uint32
	_     [3]uint32
}

// codeCache holds all translated code. It is a cache: it may be emptied at any time between blocks.
type codeCache struct {
	uops   []Uop
	blocks []block
	hash   [hashSize]uint32
	jumps  [jumpSize]jump
	heads  []uint32 // by frame: first block made from it
	lines  []uint64 // by frame: which of its 64 lines of 64 bytes blocks were made from
	epoch  uint64   // jumps of another epoch are void: see CPU.bump
	now    uint32   // the block that runs
}

func (k *codeCache) init(frames int) {
	k.heads = make([]uint32, frames)
	k.lines = make([]uint64, frames)
	k.reset()
}

func (k *codeCache) reset() {
	if cap(k.uops) == 0 {
		k.uops = make([]Uop, 0, 1<<12)
		k.blocks = make([]block, 0, 1<<9)
	}
	k.uops = k.uops[:0]
	k.blocks = append(k.blocks[:0], block{})
	k.hash = [hashSize]uint32{}
	clear(k.heads)
	clear(k.lines)
	k.now = 0
}

func hashOf(pa, rip uint64, ctx uint32) uint32 {
	h := pa ^ pa>>14 ^ rip>>12 ^ uint64(ctx)<<7
	return uint32(h) & (hashSize - 1)
}

// running tells whether the running block was made from frame f.
func (k *codeCache) running(f mem.Frame) bool {
	b := &k.blocks[k.now]
	return k.now != 0 && (mem.FrameOf(b.pa) == f || b.frame2 == f)
}

// drop kills all blocks made from frame f; the caller bumps the epoch.
func (k *codeCache) drop(f mem.Frame) {
	for i := k.heads[f]; i != 0; {
		b := &k.blocks[i]
		k.unlink(i)
		if mem.FrameOf(b.pa) == f {
			i = b.page
		} else {
			i = b.page2
		}
	}
	k.heads[f], k.lines[f] = 0, 0
}

// linesOf has a bit for each line of a frame that the n > 0 bytes at pa, up to the frame's end, touch.
func linesOf(pa, n uint64) uint64 {
	first := pa & mem.FrameMask
	last := min(first+n, mem.FrameSize) - 1
	return ^uint64(0) << (first >> lineShift) & (^uint64(0) >> (63 - last>>lineShift))
}

const lineShift = mem.FrameShift - 6

// unlink takes block i out of its hash bucket.
func (k *codeCache) unlink(i uint32) {
	b := &k.blocks[i]
	for p := &k.hash[hashOf(b.pa, b.rip, b.ctx)]; *p != 0; p = &k.blocks[*p].chain {
		if *p == i {
			*p = b.chain
			return
		}
	}
}

// enter puts a new block into the tables.
func (k *codeCache) enter(b block) uint32 {
	i := uint32(len(k.blocks))
	h := hashOf(b.pa, b.rip, b.ctx)
	b.chain = k.hash[h]
	k.hash[h] = i
	f := mem.FrameOf(b.pa)
	if int(f) < len(k.heads) {
		b.page = k.heads[f]
		k.heads[f] = i
	}
	if int(b.frame2) < len(k.heads) && b.frame2 != f {
		b.page2 = k.heads[b.frame2]
		k.heads[b.frame2] = i
	}
	k.blocks = append(k.blocks, b)
	return i
}

// What cached code depends on besides its bytes and address: bits of ctx.
const (
	ctxMode   = 3       // Mode16, Mode32, Mode64
	ctxUser   = 1 << 2  // CPL 3
	ctxNoSSE  = 1 << 3  // SSE raises #UD
	ctxTS     = 1 << 4  // SSE and x87 raise #NM
	ctxEM     = 1 << 5  // x87 raises #NM
	ctxWait   = 1 << 6  // WAIT raises #NM
	ctxSingle = 1 << 7  // one instruction per block
	ctxTF     = 1 << 8  // single-step trap after each instruction
	ctxNoMMX  = 1 << 9  // MMX raises #UD
	ctxAlign  = 1 << 10 // unaligned accesses are #AC
	ctxSteps  = ctxTF | ctxAlign
)

// modeChanged recomputes what depends on CPL, code size and control registers.
func (c *CPU) modeChanged() {
	s := &c.S
	ctx := uint32(Mode16)
	switch cs := s.Seg[CS].Attr; {
	case s.EFER&EFERLMA != 0 && cs&attrL != 0:
		ctx = Mode64
	case cs&attrDB != 0 && s.RFLAGS&FlagVM == 0:
		ctx = Mode32
	}
	c.user = c.supervisor()
	if s.CPL() == 3 {
		ctx |= ctxUser
		c.user = fastUser
	}
	if s.CR0&CR0EM != 0 || s.CR4&CR4OSFXSR == 0 {
		ctx |= ctxNoSSE
	}
	if s.CR0&CR0EM != 0 {
		ctx |= ctxNoMMX
	}
	if s.CR0&CR0TS != 0 {
		ctx |= ctxTS
	}
	if s.CR0&(CR0EM|CR0TS) != 0 {
		ctx |= ctxEM
	}
	if s.CR0&(CR0MP|CR0TS) == CR0MP|CR0TS {
		ctx |= ctxWait
	}
	if s.RFLAGS&FlagTF != 0 {
		ctx |= ctxSingle | ctxTF
	}
	ctx |= c.alignment()
	c.ctx = ctx
	c.rekey()
}

// bump voids the jump cache.
func (c *CPU) bump() {
	c.code.epoch++
	c.rekey()
}

// fetchAddr is the linear address of an instruction.
func (c *CPU) fetchAddr(rip uint64) uint64 {
	if c.mode64() {
		return rip
	}
	return uint64(uint32(rip + c.S.Seg[CS].Base))
}

// find puts the block at RIP into the jump cache, translating it when there is none. It returns false when the fetch
// faults.
func (c *CPU) find() bool {
	if c.S.Retired == c.stop {
		c.trap.Vector = vecStop
		return false
	}
	c.code.now = 0
	c.syncStale()
	ctx := c.ctx | c.single
	rip := c.S.RIP
	if rip > c.codeEnd() {
		return c.raise(VecGP, 0)
	}
	la := c.fetchAddr(rip)
	key := c.key
	if len(c.breaks) != 0 && c.breakAt(la) {
		if c.metBreak(la) {
			return false
		}
		key = 0 // asked again each time
	}
	if c.points.code != 0 && c.breaksAt(la) {
		if c.breakpointAt(la) {
			return false
		}
		key = 0 // asked again each time
	}
	pa, ok := c.translate(la, accessFetch)
	if !ok {
		return false
	}
	i, ok := c.known(la, pa, ctx)
	if !ok {
		return false
	}
	if i == 0 {
		if i, ok = c.translateBlock(la, pa, ctx); !ok {
			return false
		}
	}
	if key != 0 {
		key = c.key // translating may have changed the epoch
	}
	*c.code.jump(rip) = jump{rip: rip, key: key, block: i}
	return true
}

// known looks a block up; 0 when there is none. ok is false when the fetch of its second page faults.
func (c *CPU) known(la, pa uint64, ctx uint32) (i uint32, ok bool) {
	k := &c.code
	for i = k.hash[hashOf(pa, c.S.RIP, ctx)]; i != 0; i = k.blocks[i].chain {
		b := &k.blocks[i]
		if b.pa != pa || b.rip != c.S.RIP || b.ctx != ctx || b.next != b.rip && uint64(b.next-1) > c.codeEnd() {
			continue
		}
		if b.frame2 == noFrame {
			return i, true
		}
		pa2, ok := c.translate(c.last(la&^mem.FrameMask, mem.FrameSize+1), accessFetch)
		if !ok {
			return 0, false
		}
		if mem.FrameOf(pa2) == b.frame2 {
			return i, true
		}
	}
	return 0, true
}

// syncStale drops code made from frames that were written behind the CPU's back.
func (c *CPU) syncStale() {
	if len(c.ram.Stale) == 0 {
		return
	}
	for _, f := range c.ram.Stale {
		c.code.drop(f)
	}
	c.ram.Stale = c.ram.Stale[:0]
	c.bump()
}

// DropCode forgets all translated code; results are the same without.
func (c *CPU) DropCode() {
	c.code.reset()
	c.bump()
}
