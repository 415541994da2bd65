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

	err := measure.All(image, clock, func(r measure.Result) {
		line, _ := json.Marshal(r)
		global.Call("postMessage", string(line))
	})
	last := "done"
	if err != nil {
		last = "failed: " + err.Error()
	}
	global.Call("postMessage", last)
}
