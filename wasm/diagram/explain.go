package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// bitName is a bit of a register by its name.
type bitName struct {
	bit  uint
	name string
}

// Bits of the control registers, of EFER, RFLAGS and of an error code. SDM 3A "Control Registers", "Page-Fault Exceptions"; SDM 1 "EFLAGS".
var (
	cr0Bits    = []bitName{{0, "PE protected mode"}, {1, "MP"}, {2, "EM"}, {3, "TS"}, {4, "ET"}, {5, "NE"}, {16, "WP ring 0 may not write read-only pages"}, {18, "AM"}, {31, "PG paging"}}
	cr4Bits    = []bitName{{4, "PSE large pages"}, {5, "PAE"}, {6, "MCE"}, {7, "PGE global pages"}, {9, "OSFXSR"}, {10, "OSXMMEXCPT"}, {12, "LA57 five levels"}, {16, "FSGSBASE"}, {17, "PCIDE"}, {18, "OSXSAVE"}, {20, "SMEP"}, {21, "SMAP"}}
	eferBits   = []bitName{{0, "SCE SYSCALL"}, {8, "LME long mode wanted"}, {10, "LMA long mode active"}, {11, "NXE"}}
	rflagsBits = []bitName{{0, "CF"}, {2, "PF"}, {4, "AF"}, {6, "ZF"}, {7, "SF"}, {8, "TF"}, {9, "IF"}, {10, "DF"}, {11, "OF"}, {14, "NT"}, {16, "RF"}, {18, "AC"}, {21, "ID"}}
	faultBits  = []bitName{{0, "the page was present"}, {1, "a write"}, {2, "from ring 3"}, {3, "a reserved bit was set"}, {4, "a fetch"}}
)

// setBits lists the bits that are set by name.
func setBits(v uint64, names []bitName) string {
	var set []string
	for _, b := range names {
		if v>>b.bit&1 != 0 {
			set = append(set, b.name)
		}
	}
	if len(set) == 0 {
		return "no bit is set"
	}
	return strings.Join(set, ", ")
}

// number tells a value in hex and decimal.
func number(v uint64) string {
	s := "0x" + hex(v, 1) + " = " + group(v)
	if int64(v) < 0 {
		s += " (signed " + signed(v) + ")"
	}
	return s
}

// registerTip tells what a register holds and what that means.
func registerTip(m *Model, name string, v uint64) string {
	short := strings.TrimLeft(name, "re")
	switch {
	case name == "cr0":
		return "CR0 = 0x" + hex(v, 8) + ": " + setBits(v, cr0Bits)
	case name == "cr4":
		return "CR4 = 0x" + hex(v, 8) + ": " + setBits(v, cr4Bits)
	case name == "cr3":
		return "CR3 = 0x" + hex(v, 9) + ": the walk begins with the table in frame " + hex(v&frameMask>>12, 5)
	case name == "cr2":
		return "CR2 = 0x" + hex(v, 1) + ": the address of the last page fault" + pointsTo(m, v)
	case short == "flags" || short == "lags":
		return "flags = 0x" + hex(v, 1) + ": " + setBits(v, rflagsBits)
	}
	return name + " = " + number(v) + pointsTo(m, v)
}

// pointsTo says what lies at an address, where something does. The highest 4096 values are errors, not addresses.
func pointsTo(m *Model, v uint64) string {
	if r := region(m, v); r != "" && v <= 1<<64-4096 {
		return "; points into " + strings.TrimPrefix(r, "→ ")
	}
	return ""
}

// selectorTip takes a segment selector apart. SDM 3A "Segment Selectors"
func selectorTip(name string, sel uint16) string {
	table := "GDT"
	if sel&4 != 0 {
		table = "LDT"
	}
	s := name + " = 0x" + hex(uint64(sel), 4) + ": entry " + itoa(int(sel>>3)) + " of the " + table + ", asked for with privilege " + itoa(int(sel&3))
	if name == "CS" {
		s += ", which is the ring that the CPU is in"
	}
	return s
}

// modRM takes the byte that names operands apart. SDM 2A "ModR/M and SIB Bytes"
func modRM(b byte) string {
	mod, reg, rm := int(b>>6), int(b>>3&7), int(b&7)
	what := "memory"
	if mod == 3 {
		what = "a register"
	}
	return "ModRM " + hex(uint64(b), 2) + ": mod " + itoa(mod) + " (" + what + "), reg " + itoa(reg) + ", r/m " + itoa(rm)
}

// rexTip takes a REX prefix apart. SDM 2A "REX Prefixes"
func rexTip(b byte) string {
	return "REX " + hex(uint64(b), 2) + ": " + setBits(uint64(b&15), []bitName{{3, "W 64-bit operands"}, {2, "R reg is one of r8–r15"}, {1, "X index is one of r8–r15"}, {0, "B r/m is one of r8–r15"}})
}

// partTip explains a field of an instruction's encoding.
func partTip(kind view.PartKind, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	var v uint64
	for i := min(len(b), 8) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	signedValue := int64(v) << (64 - 8*min(len(b), 8)) >> (64 - 8*min(len(b), 8))
	plain := number(v)
	if signedValue < 0 {
		plain = "0x" + hex(v, 2*len(b)) + " = " + signed(uint64(signedValue))
	}
	switch kind {
	case view.PartPrefix:
		return "prefix " + hexBytes(b) + ": changes how the rest is read or done"
	case view.PartREX:
		return rexTip(b[0])
	case view.PartOpcode:
		return "opcode " + hexBytes(b) + ": what is to be done"
	case view.PartModRM:
		return modRM(b[0])
	case view.PartSIB:
		return "SIB " + hex(uint64(b[0]), 2) + ": index × " + itoa(1<<(b[0]>>6)) + ", index register " + itoa(int(b[0]>>3&7)) + ", base register " + itoa(int(b[0]&7))
	case view.PartDisp:
		return "displacement, the lowest byte first: " + plain
	}
	return "immediate value, the lowest byte first: " + plain
}

// nearTip explains any entry of a table of the walk.
func nearTip(w *view.Walk, l *view.Level, index int, e uint64) string {
	s := l.Name + "E " + itoa(index) + " = " + entryHex(w, e)
	if e&bitP == 0 {
		if e == 0 {
			return s + ": empty"
		}
		return s + ": not present; the rest is the kernel's own note"
	}
	return s + ": frame " + hex(e&frameMask>>12, 5) + ", " + entryFlags(e)
}

// entryFlags lists the flags of a present entry in words.
func entryFlags(e uint64) string {
	return setBits(e, []bitName{{1, "writable"}, {2, "user"}, {5, "accessed"}, {6, "dirty"}, {7, "PS"}, {8, "global"}, {9, "copy on write"}, {63, "no execute"}})
}

// toFrame has the memory diagram show a frame and its owners when r is clicked.
func toFrame(c *ui.Context, r ui.Rect, frame uint64, tip string) {
	if _, clicked := c.Click(r, tip+" · click: the frame and its owners"); clicked {
		c.Act(ui.Action{Kind: "frame", N: float64(frame)})
		c.Act(ui.Action{Kind: "stage", Text: IDMemory})
	}
}

// toWalk has the walk of an address shown when r is clicked; pid 0: by the present tables.
func toWalk(c *ui.Context, r ui.Rect, va uint64, pid int, tip string) {
	if _, clicked := c.Click(r, tip+" · click: its page walk"); clicked {
		c.Act(ui.Action{Kind: "walk", Addr: va, N: float64(pid)})
		c.Act(ui.Action{Kind: "stage", Text: IDWalk})
	}
}

// toMomentAt goes to a moment of the run when r is clicked.
func toMomentAt(c *ui.Context, r ui.Rect, at uint64, tip string) {
	if tip != "" {
		tip += " · click: go to this moment"
	}
	if _, clicked := c.Click(r, tip); clicked {
		c.Act(ui.Action{Kind: "seek", N: float64(at)})
	}
}

// toSpace has the address space of a task shown when r is clicked.
func toSpace(c *ui.Context, r ui.Rect, m *Model, task *view.Task) bool {
	hover, clicked := c.Click(r, taskTip(m, task)+" · click: its memory")
	if clicked {
		toMemory(c, task.PID)
	}
	return hover
}
