package main

import "syscall/js"

// cost measures what pictures cost this program, without what Ebitengine does with their triangles.
type cost struct {
	ms    []float64 // of the last pictures, the newest last
	extra float64   // decoding since the last picture
}

// keptCosts are the pictures of ten seconds.
const keptCosts = 600

func (k *cost) picture(ms float64) {
	if len(k.ms) >= keptCosts {
		k.ms = k.ms[1:]
	}
	k.ms = append(k.ms, ms+k.extra)
	k.extra = 0
}

// costs() returns the milliseconds of each picture since it was last called, at most the newest 600.
func (g *game) costs(js.Value, []js.Value) any {
	list := make([]any, len(g.cost.ms))
	for i, ms := range g.cost.ms {
		list[i] = ms
	}
	g.cost.ms = g.cost.ms[:0]
	return list
}
