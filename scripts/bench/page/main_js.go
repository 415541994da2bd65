// Command page is the benchmark inside a Web Worker.
package main

import (
	"encoding/json"
	"syscall/js"

	"vitrine/scripts/bench/measure"
)

func main() {
	global := js.Global()
	from := global.Get("image")
	image := make([]byte, from.Length())
	js.CopyBytesToGo(image, from)
	clock := func() float64 { return global.Get("performance").Call("now").Float() }

	run := measure.All
	if global.Get("bare").Truthy() { // the image is a kernel of its own, for the comparison with v86
		run = measure.Bare
	}
	err := run(image, clock, func(r measure.Result) {
		line, _ := json.Marshal(r)
		global.Call("postMessage", string(line))
	})
	last := "done"
	if err != nil {
		last = "failed: " + err.Error()
	}
	global.Call("postMessage", last)
}
