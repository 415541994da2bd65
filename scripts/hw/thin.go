package main

import (
	"slices"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/cases"
	"vitrine/scripts/hw/sample"
	"vitrine/scripts/hw/silicon"
)

// register finds one register of a case, in what it begins with and in what it ends with.
type register struct {
	begin func(*silicon.Case) []uint64
	end   func(*silicon.End) []uint64
}

// registers are those of which most instructions use few.
func registers() (list []register) {
	for i := range 16 {
		list = append(list, register{func(c *silicon.Case) []uint64 { return c.GPR[i : i+1] }, func(e *silicon.End) []uint64 { return e.GPR[i : i+1] }})
		list = append(list, register{func(c *silicon.Case) []uint64 { return c.X[i][:] }, func(e *silicon.End) []uint64 { return e.X[i][:] }})
	}
	for i := range 8 {
		list = append(list, register{func(c *silicon.Case) []uint64 { return c.ST[i][:] }, func(e *silicon.End) []uint64 { return e.ST[i][:] }})
	}
	return list
}

// thin gives each register that makes no difference to silicon its plain value, so that the recording takes little room.
func thin(host *silicon.Host, entries []sample.Entry) error {
	for _, r := range registers() {
		if err := r.thin(host, entries); err != nil {
			return err
		}
	}
	return nil
}

// thin tries all cases with the register plain.
func (r register) thin(host *silicon.Host, entries []sample.Entry) error {
	var tried []int
	var list []silicon.Case
	for i := range entries {
		c, plain := entries[i].Case, cases.Plain(entries[i].Mode())
		if slices.Equal(r.begin(&c), r.begin(&plain)) {
			continue
		}
		copy(r.begin(&c), r.begin(&plain))
		tried, list = append(tried, i), append(list, c)
	}
	ends, err := host.Run(list)
	if err != nil {
		return err
	}
	for j, i := range tried {
		tidyEnd(&ends[j])
		if e := &entries[i]; r.idle(&e.Case, &e.End, &list[j], &ends[j]) {
			e.Case, e.End = list[j], ends[j]
		}
	}
	return nil
}

// idle tells whether two cases that differ in the register alone end alike, and leave it as it was if they do not.
func (r register) idle(c *silicon.Case, end *silicon.End, plain *silicon.Case, plainEnd *silicon.End) bool {
	a, b := *end, *plainEnd
	if slices.Equal(r.begin(c), r.end(&a)) && slices.Equal(r.begin(plain), r.end(&b)) {
		copy(r.end(&a), r.end(&b))
	}
	return a.Outcome == b.Outcome && slices.Equal(a.Words, b.Words)
}

// tidyEnd drops what an end says of earlier cases.
func tidyEnd(e *silicon.End) {
	e.Err &= 0xffff
	if e.Vector != cpu.VecPF {
		e.CR2 = 0
	}
}
