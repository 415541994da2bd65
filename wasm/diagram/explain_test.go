package diagram

import (
	"testing"

	"vitrine/wasm/view"
)

// TestExplain compares explanations with what the manuals say about the same numbers.
func TestExplain(t *testing.T) {
	m := NewModel()
	for _, c := range []struct{ got, want string }{
		{registerTip(m, "cr0", 0x80000011), "CR0 = 0x80000011: PE protected mode, ET, PG paging"},
		{registerTip(m, "rax", ^uint64(0)), "rax = 0xffffffffffffffff = 18 446 744 073 709 551 615 (signed −1)"},
		{selectorTip("CS", 0x33), "CS = 0x0033: entry 6 of the GDT, asked for with privilege 3, which is the ring that the CPU is in"},
		{selectorTip("DS", 0x0f), "DS = 0x000f: entry 1 of the LDT, asked for with privilege 3"},
		{partTip(view.PartModRM, []byte{0xc3}), "ModRM c3: mod 3 (a register), reg 0, r/m 3"},
		{partTip(view.PartREX, []byte{0x48}), "REX 48: W 64-bit operands"},
		{partTip(view.PartSIB, []byte{0x8c}), "SIB 8c: index × 4, index register 1, base register 4"},
		{partTip(view.PartDisp, []byte{0xf8}), "displacement, the lowest byte first: 0xf8 = −8"},
		{partTip(view.PartImm, []byte{0xe8, 3, 0, 0}), "immediate value, the lowest byte first: 0x3e8 = 1 000"},
		{entryFlags(0x8000000000200067), "writable, user, accessed, dirty, no execute"},
		{setBits(7, faultBits), "the page was present, a write, from ring 3"},
		{short(999), "999"}, {short(12_345), "12.3 k"}, {short(2_100_000), "2.1 M"}, {short(345_000_000), "345 M"},
	} {
		if c.got != c.want {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
}
