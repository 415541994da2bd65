package exec

import (
	"math/rand"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// TestRandomLayout: whatever the numbers are, a program starts, its parts lie where they may, and the level says
// which of them move.
func TestRandomLayout(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := range 60 {
		lay := Layout{Level: int32(i % 3)}
		for j := range lay.Random {
			switch i / 3 {
			case 0:
			case 1:
				lay.Random[j] = ^uint64(0)
			default:
				lay.Random[j] = r.Uint64()
			}
		}
		w := newWorld(t)
		req := request(w.add("/x", makeELF(abi.ET_DYN, 0x100, 0x2000,
			seg{typ: abi.PT_LOAD, flags: rx, filesz: 0x1800, memsz: 0x1800})), "/x", "x")
		req.Layout = lay
		res, e := w.run(t, req)
		if e != abi.OK {
			t.Fatalf("%+v: %s", lay, e.Name())
		}
		as := w.m.AS(res.Space)
		top := uint64(0)
		for v := range as.VMAs.All() {
			top = v.End
		}
		moved := []bool{top != mm.TaskSize, as.MmapBase != mm.MmapBase(mm.TaskSize, mm.DefaultStack, 0, 0), as.StartBrk != x8664.etDyn}
		for j, want := range []bool{lay.Level > 0, lay.Level > 0, lay.Level > 1} {
			if moved[j] != want && lay.Random != [5]uint64{} {
				t.Errorf("%+v: part %d moved %v", lay, j, moved[j])
			}
		}
		if res.SP >= top || top > mm.TaskSize || as.MmapBase+minStackGap > top || as.StartBrk < x8664.etDyn || as.StartBrk > x8664.etDyn+x8664.heapPages*pageSize {
			t.Errorf("%+v: stack %#x to %#x, mappings below %#x, heap %#x", lay, res.SP, top, as.MmapBase, as.StartBrk)
		}
		w.end(t, res)
	}
}

const minStackGap = 64 << 20
