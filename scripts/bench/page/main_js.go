// Command page is the benchmark inside a Web Worker.
package main

import (
	"encoding/json"
	"syscall/js"

	"vitrine/kernel/boot"
	"vitrine/scripts/bench/measure"
)

func main() {
	global := js.Global()
	from := global.Get("image")
	image := make([]byte, from.Length())
	js.CopyBytesToGo(image, from)
	clock := func() float64 { return global.Get("performance").Call("now").Float() }

	if global.Get("location").Get("search").String() == "?costs" {
		finish(global, measure.Costs(image, clock, func(c measure.Cost) { post(global, c) }))
		return
	}
	if global.Get("location").Get("search").String() == "?rewind" {
		o := measure.Rewinding{Instructions: 100e6, Budget: boot.DefaultBudget, Interval: boot.DefaultInterval, Work: measure.Mixed, Times: 60, Runs: 1}
		finish(global, measure.Rewind(image, o, clock, func(line string) { post(global, line) }))
		return
	}
	run := measure.All
	if global.Get("bare").Truthy() { // the image is a kernel of its own, for the comparison with v86
		run = measure.Bare
	}
	finish(global, run(image, clock, func(r measure.Result) { post(global, r) }))
}

// post sends a line of results to the page.
func post(global js.Value, result any) {
	line, _ := json.Marshal(result)
	global.Call("postMessage", string(line))
}

func finish(global js.Value, err error) {
	last := "done"
	if err != nil {
		last = "failed: " + err.Error()
	}
	global.Call("postMessage", last)
}
