package view

import (
	"fmt"
	"strings"
)

// NumPhases is how many phases an instruction has.
const NumPhases = 5

// PhaseNames are the phases of an instruction.
var PhaseNames = [NumPhases]string{"fetch", "decode", "translate", "execute", "retire"}

// Micro is an instruction taken apart into its phases, while micro-steps are made.
type Micro struct {
	Phase  uint8  // the one that is lit, from 1 on; 0: none is shown. 5: it has retired, or its exception has been delivered
	Last   uint8  // the phase that it ends in: 5, or earlier where an exception arises
	Text   string // the instruction, or what happens in its place
	Phases [NumPhases][]string
}

// microText tells of the phase that is lit.
func microText(m *Micro) string {
	if m.Phase == 0 {
		return ""
	}
	var b strings.Builder
	for i, name := range PhaseNames {
		if i > 0 {
			b.WriteString(" · ")
		}
		if i+1 == int(m.Phase) {
			name = "[" + name + "]"
		}
		b.WriteString(name)
	}
	fmt.Fprintf(&b, "  %s\n", m.Text)
	for _, line := range m.Phases[m.Phase-1] {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}
