package main

import "vitrine/engine/cpu"

// before is what the CPU was before an instruction, as far as pictures compare.
type before struct {
	R            [16]uint64
	X            [16][2]uint64
	RIP, RFLAGS  uint64
	Now, Retired uint64
}

func (b *before) take(s *cpu.State) {
	b.R, b.X, b.RIP, b.RFLAGS, b.Now, b.Retired = s.R, s.X, s.RIP, s.RFLAGS, s.Retired+s.Charged, s.Retired
}

// rateMeter measures instructions per second of host time over about half a second.
type rateMeter struct {
	ms      float64
	retired uint64
	rate    float64
}

func (r *rateMeter) note(ms float64, retired uint64) {
	if ms-r.ms < 500 {
		return
	}
	if r.ms > 0 && retired >= r.retired {
		r.rate = float64(retired-r.retired) / (ms - r.ms) * 1000
	}
	r.ms, r.retired = ms, retired
}
