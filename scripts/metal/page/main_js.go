// Command page runs the test images compiled to WebAssembly: those named as arguments, in Node, or those that a worker has
// put into the global variable images, in a browser. It tells how each ended in one line.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall/js"

	"vitrine/scripts/metal/guest"
)

func main() {
	images := js.Global().Get("images")
	if images.IsUndefined() {
		for _, path := range os.Args[1:] {
			data, err := os.ReadFile(path)
			if err != nil {
				fmt.Println("failed:", err)
				return
			}
			fmt.Println(line(filepath.Base(path), data))
		}
		return
	}
	for i := range images.Length() {
		im := images.Index(i)
		data := make([]byte, im.Get("data").Length())
		js.CopyBytesToGo(data, im.Get("data"))
		js.Global().Call("postMessage", line(im.Get("name").String(), data))
	}
	js.Global().Call("postMessage", "done")
}

func line(name string, image []byte) string {
	m, err := guest.New(image)
	if err != nil {
		return "failed: " + err.Error()
	}
	return name + ": " + guest.Run(m, nil).String()
}
