package view

import (
	"fmt"
	"strings"
)

// framesText counts memory by use and tells of the frame that was written last, or chosen.
func framesText(f *Frame) string {
	r := &f.RAM
	var b strings.Builder
	fmt.Fprintf(&b, "%d frames of 4 KiB", r.Frames)
	if r.Facts {
		b.WriteString(", as far as the machine can tell")
	}
	b.WriteByte('\n')
	for u, n := range r.Counts {
		if n > 0 {
			fmt.Fprintf(&b, "%8d %s\n", n, UseNames[u])
		}
	}
	v := &r.Chosen
	if !v.Valid {
		return b.String()
	}
	fmt.Fprintf(&b, "frame %x at %x: %s", v.Frame, uint64(v.Frame)<<12, UseNames[min(v.Use, NumUses-1)])
	if v.Known {
		fmt.Fprintf(&b, ", %d references %s", v.Refs, v.Owner)
	}
	b.WriteByte('\n')
	for _, m := range v.Maps {
		fmt.Fprintf(&b, "  mapped at %x, entry %x", m.VA, m.Entry)
		if m.PID != 0 {
			fmt.Fprintf(&b, ", by pid %d", m.PID)
		}
		b.WriteByte('\n')
	}
	if v.Writer != 0 {
		fmt.Fprintf(&b, "  written by the instruction at %x %s\n", v.Writer, v.WriterName)
	}
	for i := 0; i+16 <= len(v.Bytes); i += 16 {
		fmt.Fprintf(&b, "  %03x  % x\n", i, v.Bytes[i:i+16])
	}
	return b.String()
}
