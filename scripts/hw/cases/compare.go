package cases

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/silicon"
)

// compared are the flags that are looked at: arithmetic, TF, IF, DF, IOPL, NT, RF, AC, ID.
const compared = cpu.FlagCF | cpu.FlagPF | cpu.FlagAF | cpu.FlagZF | cpu.FlagSF | cpu.FlagOF | cpu.FlagTF | cpu.FlagIF | cpu.FlagDF |
	cpu.FlagIOPL | cpu.FlagNT | cpu.FlagRF | cpu.FlagAC | cpu.FlagID

// registers that an exception or HLT leaves undefined in the upper half outside 64-bit mode are compared all the same: silicon
// keeps or clears them, and so does the engine.

// difference collects what differs.
type difference struct{ strings.Builder }

func (d *difference) add(name string, got, want uint64) {
	if got != want {
		fmt.Fprintf(d, " %s %#x, silicon %#x;", name, got, want)
	}
}

var gprNames = [16]string{"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"}
var segNames = [6]string{"ES", "CS", "SS", "DS", "FS", "GS"}

// Compare says how the engine's end differs from silicon's, "" when it does not.
func (t *Test) Compare(got, want *silicon.End) string {
	if want.Vector == silicon.Escaped || got.Vector == silicon.Timeout && want.Vector == silicon.Timeout {
		return "" // a system call; an endless loop stops anywhere
	}
	if t.Family == "random" && t.unknown(got, want) {
		return ""
	}
	if !t.Alike && t.faulted(got) && t.faulted(want) && got.RIP == want.RIP {
		return "" // what that leaves is each processor's own
	}
	var d difference
	t.trap(&d, got, want)
	for i := range got.GPR {
		d.add(gprNames[i], got.GPR[i], want.GPR[i])
	}
	d.add("RFLAGS", got.Flags&compared&^t.Undef, want.Flags&compared&^t.Undef)
	for i := range got.Seg {
		g, w := got.Seg[i], want.Seg[i]
		if g < 4 && w < 4 {
			continue // the host's kernel returns to its handler by IRET, which clears the RPL of null selectors
		}
		d.add(segNames[i], uint64(g), uint64(w))
	}
	if t.Seg[silicon.CS] == silicon.User64 {
		d.add("FS.base", got.FSBase, want.FSBase)
		d.add("GS.base", got.GSBase, want.GSBase)
	}
	t.floats(&d, got, want)
	t.memory(&d, got, want)
	return strings.TrimSpace(d.String())
}

// unknown tells of random code that only one of the two processors has an instruction for, or that does not end.
func (t *Test) unknown(got, want *silicon.End) bool {
	if got.Vector == silicon.Timeout || want.Vector == silicon.Timeout {
		return true
	}
	at := got.RIP - t.RIP
	return got.Vector == cpu.VecUD && want.Vector != cpu.VecUD && (at >= uint64(t.Len) || beyondAt(t.Code()[at:], t.Mode()))
}

// faults are the exceptions of memory accesses.
const faults = 1<<cpu.VecSS | 1<<cpu.VecGP | 1<<cpu.VecPF | 1<<cpu.VecAC

// faulted tells that an access to memory ended the case, and not the HLT behind its code.
func (t *Test) faulted(e *silicon.End) bool {
	return e.Vector < 32 && faults>>e.Vector&1 != 0 && e.RIP-t.RIP < uint64(t.Len)
}

// trap compares the exception with its error code and address.
func (t *Test) trap(d *difference, got, want *silicon.End) {
	d.add("vector", uint64(got.Vector), uint64(want.Vector))
	d.add("RIP", got.RIP, want.RIP)
	if got.Vector != want.Vector {
		return
	}
	mask := uint32(0xffff)
	if want.Vector == cpu.VecPF {
		within := uint64(0)
		if t.Op == x86asm.MASKMOVDQU || t.Op == x86asm.MASKMOVQ {
			within = 15 // which of the bytes faults first is each processor's own
		}
		d.add("CR2", got.CR2&^within, want.CR2&^within)
		if want.CR2 >= 0x7ffffffff000 {
			mask &^= 1 // Linux does not tell whether an address of its own is mapped
		}
	}
	d.add("error code", uint64(got.Err&mask), uint64(want.Err&mask))
}

func (t *Test) floats(d *difference, got, want *silicon.End) {
	status := uint16(0xffff)
	if t.Loose == cpu.Ulp {
		status &^= 1<<9 | 1<<5 // C1, PE
	}
	d.add("FCW", uint64(got.FCW), uint64(want.FCW))
	d.add("FSW", uint64(got.FSW&status), uint64(want.FSW&status))
	d.add("FTW", uint64(got.FTW), uint64(want.FTW))
	if t.Alike {
		d.add("FIP", got.FIP, want.FIP)
		d.add("FDP", got.FDP, want.FDP)
		d.add("FOP", uint64(got.FOP), uint64(want.FOP))
	}
	for i := range got.ST {
		g, w := got.ST[i], want.ST[i]
		w[1] &= 0xffff
		if g != w && !(t.Loose == cpu.Ulp && nearExtended(g, w)) {
			fmt.Fprintf(d, " ST(%d) %04x:%016x, silicon %04x:%016x;", i, g[1], g[0], w[1], w[0])
		}
	}
	d.add("MXCSR", uint64(got.MXCSR), uint64(want.MXCSR))
	for i := range got.X {
		g, w := got.X[i], want.X[i]
		if g != w && !(t.Loose == cpu.Approximation && nearSingles(g, w)) {
			fmt.Fprintf(d, " XMM%d %016x%016x, silicon %016x%016x;", i, g[1], g[0], w[1], w[0])
		}
	}
}

// nearExtended allows one unit in the last place.
func nearExtended(a, b [2]uint64) bool {
	if a[1]+1 == b[1] { // across a power of two
		a, b = b, a
	}
	if a[1] == b[1]+1 {
		return a[0] == 1<<63 && b[0] == 1<<64-1
	}
	return a[1] == b[1] && a[0]-b[0]+1 <= 2
}

// nearSingles compares four approximations, each within 1.5·2^-12 of the true value.
func nearSingles(a, b [2]uint64) bool {
	near := func(a, b uint32) bool {
		x, y := float64(math.Float32frombits(a)), float64(math.Float32frombits(b))
		return a == b || math.Abs(x-y) <= 3.0/4096*math.Abs(y)
	}
	for i := range a {
		if !near(uint32(a[i]), uint32(b[i])) || !near(uint32(a[i]>>32), uint32(b[i]>>32)) {
			return false
		}
	}
	return true
}

func (t *Test) memory(d *difference, got, want *silicon.End) {
	g, w := got.Words, want.Words
	for len(g) > 0 || len(w) > 0 {
		switch {
		case len(w) == 0 || len(g) > 0 && g[0].Addr < w[0].Addr:
			fmt.Fprintf(d, " [%#x] %#x, silicon unchanged;", g[0].Addr, g[0].Value)
			g = g[1:]
		case len(g) == 0 || w[0].Addr < g[0].Addr:
			fmt.Fprintf(d, " [%#x] unchanged, silicon %#x;", w[0].Addr, w[0].Value)
			w = w[1:]
		default:
			d.add(fmt.Sprintf("[%#x]", g[0].Addr), g[0].Value, w[0].Value)
			g, w = g[1:], w[1:]
		}
		if d.Len() > 1000 {
			d.WriteString(" …")
			return
		}
	}
}
