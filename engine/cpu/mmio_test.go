package cpu

import (
	"fmt"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// mmioBase is the window of the tests' device, outside RAM, and mmioVA where it is mapped.
const (
	mmioBase = 0xfee00000
	mmioVA   = pageVA + 0x3000
)

// mmioDevice notes every access, and has as many bytes of memory as its page.
type mmioDevice struct {
	base uint64
	log  []string
	data [mem.FrameSize]byte
}

func (d *mmioDevice) Mapped(pa uint64) bool { return pa&^mem.FrameMask == d.base&^mem.FrameMask }

func (d *mmioDevice) Load(now, pa uint64, size uint8) (v uint64) {
	for i := range uint64(size) {
		v |= uint64(d.data[pa&mem.FrameMask+i]) << (8 * i)
	}
	d.log = append(d.log, fmt.Sprintf("%d: load %d at %#x: %#x", now, size, pa&mem.FrameMask, v))
	return v
}

func (d *mmioDevice) Store(now, pa uint64, size uint8, v uint64) {
	for i := range uint64(size) {
		d.data[pa&mem.FrameMask+i] = byte(v >> (8 * i))
	}
	d.log = append(d.log, fmt.Sprintf("%d: store %d at %#x: %#x", now, size, pa&mem.FrameMask, v))
}

func (d *mmioDevice) Base() uint64            { return d.base }
func (d *mmioDevice) SetBase(v uint64)        { d.base = v }
func (d *mmioDevice) TaskPriority() uint8     { return d.data[0x80] >> 4 }
func (d *mmioDevice) SetTaskPriority(v uint8) { d.data[0x80] = v << 4 }

// newMMIO is a paging bench with a device mapped at mmioVA, and RAM on both sides of it.
func newMMIO() (*bench, *mmioDevice) {
	b := newPaging(pageFrame | mmu.P | mmu.W | mmu.U)
	for i, pa := range []uint64{pageFrame + 0x2000, mmioBase, pageFrame + 0x4000} {
		b.ram.Write64(pagePT+8*uint64(2+i), pa|mmu.P|mmu.W|mmu.U)
	}
	d := &mmioDevice{base: mmioBase | apicBaseEnable | apicBaseBSP}
	b.c.Connect(d, d)
	return b, d
}

// mmioProgram touches the device from the middle of blocks by all kinds of instructions.
var mmioProgram = []byte{
	0xff, 0xc0, // inc %eax
	0x89, 0x43, 0x10, // mov %eax, 0x10(%rbx)
	0xff, 0xc0, // inc %eax
	0x83, 0x43, 0x10, 0x05, // addl $5, 0x10(%rbx)
	0x8b, 0x4b, 0x10, // mov 0x10(%rbx), %ecx
	0x48, 0x89, 0x53, 0xfc, // mov %rdx, -4(%rbx): half RAM, half device
	0x48, 0x8b, 0x7b, 0xfc, // mov -4(%rbx), %rdi
	0x0f, 0x11, 0x43, 0x20, // movups %xmm0, 0x20(%rbx)
	0x0f, 0x10, 0x4b, 0x20, // movups 0x20(%rbx), %xmm1
	0xff, 0x73, 0x10, // push 0x10(%rbx)
	0x48, 0x8d, 0x73, 0x20, // lea 0x20(%rbx), %rsi
	0x48, 0x8d, 0x7b, 0x40, // lea 0x40(%rbx), %rdi
	0xb9, 3, 0, 0, 0, // mov $3, %ecx
	0xf3, 0xa5, // rep movsl
	0xf4,
}

func runMMIO(t *testing.T, prepare func(b *bench), step uint64) (*bench, *mmioDevice) {
	t.Helper()
	b, d := newMMIO()
	b.enter(false, mmioProgram...)
	s := &b.c.S
	s.R[RBX], s.R[RDX], s.X[0] = mmioVA, 0x1122334455667788, [2]uint64{0xaaaaaaaabbbbbbbb, 0xccccccccdddddddd}
	prepare(b)
	again := 0
	for {
		switch e := b.c.Run(step); e {
		case ExitHalt:
			if again == 0 && step > 100 {
				t.Error("nobody looked at deadlines after an access to the device")
			}
			return b, d
		case ExitAgain:
			again++
		case ExitBudget:
		default:
			t.Fatalf("exit %d at %#x", e, s.RIP)
		}
	}
}

// TestMMIO: each access reaches the device once, at the time of its instruction, however the run is cut and watched.
func TestMMIO(t *testing.T) {
	b, d := runMMIO(t, func(*bench) {}, 1000)
	want := []string{
		"2: store 4 at 0x10: 0x1", "4: load 4 at 0x10: 0x1", "4: store 4 at 0x10: 0x6", "5: load 4 at 0x10: 0x6",
		"6: store 4 at 0x0: 0x11223344", "7: load 4 at 0x0: 0x11223344",
		"8: store 8 at 0x20: 0xaaaaaaaabbbbbbbb", "8: store 8 at 0x28: 0xccccccccdddddddd",
		"9: load 8 at 0x20: 0xaaaaaaaabbbbbbbb", "9: load 8 at 0x28: 0xccccccccdddddddd", "10: load 8 at 0x10: 0x6",
		"14: load 4 at 0x20: 0xbbbbbbbb", "14: store 4 at 0x40: 0xbbbbbbbb",
		"15: load 4 at 0x24: 0xaaaaaaaa", "15: store 4 at 0x44: 0xaaaaaaaa",
		"16: load 4 at 0x28: 0xdddddddd", "16: store 4 at 0x48: 0xdddddddd",
	}
	if got := fmt.Sprint(d.log); got != fmt.Sprint(want) {
		t.Errorf("accesses\n%s\nwant\n%s", got, fmt.Sprint(want))
	}
	if s := &b.c.S; s.X[1] != s.X[0] || b.ram.Read32(pageFrame+0x2ffc) != 0x55667788 {
		t.Errorf("XMM1 %#x, RAM before the page %#x", s.X[1], b.ram.Read32(pageFrame+0x2ffc))
	}
	for _, other := range []struct {
		step    uint64
		prepare func(b *bench)
	}{
		{1, func(*bench) {}}, {3, func(*bench) {}},
		{1000, func(b *bench) { b.c.trace.Mask = trace.MaskOf(trace.Instr) }},
	} {
		o, od := runMMIO(t, other.prepare, other.step)
		if o.c.S != b.c.S || fmt.Sprint(od.log) != fmt.Sprint(d.log) {
			t.Errorf("in steps of %d: %s\n%v", other.step, stateDiff(&o.c.S, &b.c.S), od.log)
		}
	}
}

// TestMMIOFault: an access across a device and an absent page faults for that page, and the device sees nothing.
func TestMMIOFault(t *testing.T) {
	for _, code := range [][]byte{{0x48, 0x89, 0x03}, {0x48, 0x8b, 0x03}, {0x48, 0x01, 0x03}} {
		b, d := newMMIO()
		b.ram.Write64(pagePT+8*4, 0)
		b.enter(false, append(code, 0xf4)...)
		b.c.S.R[RBX] = mmioVA + 0xffc
		v, _ := b.trapped(t)
		if v != VecPF || b.c.S.CR2 != mmioVA+0x1000 || len(d.log) != 0 {
			t.Errorf("% x: vector %d CR2 %#x, the device saw %v", code, v, b.c.S.CR2, d.log)
		}
	}
}

// TestMMIOOverRAM moves the window in front of RAM that is cached for reading, writing and as code, and back.
func TestMMIOOverRAM(t *testing.T) {
	b, d := newMMIO()
	b.ram.Write32(pageFrame+0x10, 7)
	// mov (%rbx),%esi; wrmsr; mov (%rbx),%edi; mov %edx,(%rbx); mov %r8d,%eax; wrmsr; mov (%rbx),%ebp; hlt
	b.enter(false, 0x8b, 0x33, 0x0f, 0x30, 0x8b, 0x3b, 0x89, 0x13, 0x44, 0x89, 0xc0, 0x0f, 0x30, 0x8b, 0x2b, 0xf4)
	s := &b.c.S
	s.R[RBX], s.R[RCX], s.R[RAX], s.R[RDX], s.R[R8] = pageVA+0x10, msrAPICBase, pageFrame|apicBaseEnable, 0, mmioBase|apicBaseEnable
	d.data[0x10] = 9
	for e := ExitNone; e != ExitHalt; {
		e = b.c.Run(100)
	}
	if s.R[RSI] != 7 || s.R[RDI] != 9 || s.R[RBP] != 7 || d.data[0x10] != 0 || len(d.log) != 2 {
		t.Errorf("read %d, %d, %d; %v", s.R[RSI], s.R[RDI], s.R[RBP], d.log)
	}
}

// TestAPICBase: reserved bits of the MSR are refused, and CPUID reports the APIC while it is enabled.
func TestAPICBase(t *testing.T) {
	for _, c := range []struct {
		v  uint64
		ok bool
	}{{mmioBase | 0x900, true}, {0, true}, {mmioBase | 0xd00, false}, {mmioBase | 0x901, false}, {1<<40 | 0x900, false}} {
		b, d := newMMIO()
		b.enter(false, 0x0f, 0x30, 0xb8, 1, 0, 0, 0, 0x0f, 0xa2, 0xf4) // wrmsr; mov $1, %eax; cpuid; hlt
		s := &b.c.S
		s.R[RCX], s.R[RAX], s.R[RDX] = msrAPICBase, c.v&0xffffffff, c.v>>32
		e := b.c.Run(1)
		for range 10 {
			e = b.c.Run(100)
			if e == ExitHalt {
				break
			}
		}
		faulted := s.RIP-1 >= benchHandlers && s.RIP-1 < benchHandlers+32
		if faulted == c.ok || c.ok && (d.base != c.v || s.R[RDX]>>9&1 != c.v>>11&1) {
			t.Errorf("%#x: faulted %v, base %#x, CPUID EDX %#x", c.v, faulted, d.base, s.R[RDX])
		}
	}
}

// TestCR8 is the task priority; more than 15 is #GP.
func TestCR8(t *testing.T) {
	b, d := newMMIO()
	b.enter(false, 0x44, 0x0f, 0x22, 0xc0, 0x44, 0x0f, 0x20, 0xc1, 0x48, 0x83, 0xc0, 0x0b, 0x44, 0x0f, 0x22, 0xc0, 0xf4)
	b.c.S.R[RAX] = 5
	for b.c.Run(100) != ExitHalt {
	}
	if s := &b.c.S; d.data[0x80] != 0x50 || s.R[RCX] != 5 || s.RIP-1 != benchHandlers+VecGP {
		t.Errorf("TPR %#x, CR8 %d, RIP %#x", d.data[0x80], s.R[RCX], s.RIP)
	}
}
