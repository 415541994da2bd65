package main

import (
	"slices"
	"syscall/js"

	"vitrine/wasm/view"
)

// cost measures what pictures cost this program, without what Ebitengine does with their triangles. While somebody measures, the
// work is done three times over and the fastest counts: whatever else the computer does meanwhile only makes one slower.
type cost struct {
	asked bool
	ms    []float64 // of the last pictures, the newest last
	whole []float64 // the first time that each was done, whatever else went on
	extra float64   // decoding since the last picture
	first float64   // and the first time
}

// keptCosts are the pictures of ten seconds, again the times that work is done over.
const (
	keptCosts = 600
	again     = 2
)

// decoded takes in what it took to take in a batch.
func (k *cost) decoded(p []byte, ms float64) {
	k.first += ms
	for i := 0; k.asked && i < again; i++ {
		began := now()
		var b view.Batch
		if b.Decode(p) != nil {
			return
		}
		ms = min(ms, now()-began)
	}
	k.extra += ms
}

// measured takes in what the picture took that was composed just now.
func (g *game) measured(ms float64) {
	k := &g.cost
	whole := ms + k.first
	actions := slices.Clone(g.picture.C.Actions) // what was asked for is asked for once
	for i := 0; k.asked && i < again; i++ {
		began := now()
		g.compose()
		ms = min(ms, now()-began)
	}
	g.picture.C.Actions = append(g.picture.C.Actions[:0], actions...)
	if len(k.ms) >= keptCosts {
		k.ms, k.whole = k.ms[1:], k.whole[1:]
	}
	k.ms, k.whole = append(k.ms, ms+k.extra), append(k.whole, whole)
	k.extra, k.first = 0, 0
}

// costs() returns {ms, whole}: the milliseconds of each picture since it was last called, at most the newest 600, and begins to
// measure.
func (g *game) costs(js.Value, []js.Value) any {
	k := &g.cost
	k.asked = true
	list := func(of []float64) []any {
		out := make([]any, len(of))
		for i, ms := range of {
			out[i] = ms
		}
		return out
	}
	answer := map[string]any{"ms": list(k.ms), "whole": list(k.whole)}
	k.ms, k.whole = k.ms[:0], k.whole[:0]
	return answer
}
