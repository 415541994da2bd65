package cpu

import (
	_ "embed"
	"testing"
	"time"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

//go:embed testdata/kernels.bin
var kernels []byte

const kernelsAt = 0x400000

// newKernels is a bench with paging on and the kernels ready to run the given rounds.
func newKernels(rounds uint64) *bench {
	b := newBench()
	b.longMode()
	copy(b.ram.Bytes[kernelsAt:], kernels)
	b.ram.Touch(mem.FrameOf(kernelsAt))
	s := &b.c.S
	s.RIP, s.RFLAGS = kernelsAt, 2
	s.R[RSP], s.R[RDI] = 0x800000, rounds
	return b
}

// checksum of three rounds, as gcc's native code computes it.
const checksum3 = 0x7f2f327b02d9f1b2

func TestKernels(t *testing.T) {
	b := newKernels(3)
	if e := b.c.Run(1 << 40); e != ExitHalt || b.c.S.R[RAX] != checksum3 {
		t.Fatalf("exit %d at %#x, checksum %#x", e, b.c.S.RIP, b.c.S.R[RAX])
	}
}

// TestObservedIsTheSame runs the same program in one go, observed, and cut into pieces: every state on the way must agree.
func TestObservedIsTheSame(t *testing.T) {
	fast, watched, cut := newKernels(1), newKernels(1), newKernels(1)
	watched.c.trace.Mask = trace.MaskOf(trace.Instr)
	n := uint64(50_021)
	for {
		a, b := fast.c.Run(n), watched.c.Run(n)
		left := n
		var c Exit
		for c = ExitNone; left > 0 && c != ExitHalt; {
			step := min(left, 1+left%97)
			c = cut.c.Run(step)
			left -= step
		}
		if a != b || fast.c.S != watched.c.S {
			t.Fatalf("at %d: exits %d %d, RIP %#x %#x", fast.c.S.Retired, a, b, fast.c.S.RIP, watched.c.S.RIP)
		}
		if fast.c.S != cut.c.S {
			t.Fatalf("cut at %d: RIP %#x %#x", fast.c.S.Retired, fast.c.S.RIP, cut.c.S.RIP)
		}
		if a == ExitHalt {
			break
		}
	}
	if watched.c.trace.Count() != fast.c.S.Retired {
		t.Errorf("%d events for %d instructions", watched.c.trace.Count(), fast.c.S.Retired)
	}
}

// roundLength is how many instructions a round has: all rounds are the same.
func roundLength() uint64 {
	one, two := newKernels(1), newKernels(2)
	one.c.Run(1 << 40)
	two.c.Run(1 << 40)
	return two.c.S.Retired - one.c.S.Retired
}

// BenchmarkKernels reports the mean, and what a busy machine can show: a round is cut into pieces, and the best time of
// each piece counts.
func BenchmarkKernels(b *testing.B) {
	const pieces = 16
	length := roundLength()
	k := newKernels(1 << 40)
	k.c.Run(4 * length)
	var best [pieces]time.Duration
	start := k.c.S.Retired
	b.ResetTimer()
	for range b.N {
		for i := range uint64(pieces) {
			at := time.Now()
			k.c.Run(length*(i+1)/pieces - length*i/pieces)
			if d := time.Since(at); best[i] == 0 || d < best[i] {
				best[i] = d
			}
		}
	}
	sum := time.Duration(0)
	for _, d := range best {
		sum += d
	}
	b.ReportMetric(float64(k.c.S.Retired-start)/1e6/b.Elapsed().Seconds(), "MIPS")
	b.ReportMetric(float64(length)/1e6/sum.Seconds(), "best-MIPS")
}
