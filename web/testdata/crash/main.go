//go:build js

// Crash stands in for the machine in a test: it panics in its third slice.
package main

import "syscall/js"

func main() {
	slices := 0
	js.Global().Set("vitrineMachine", map[string]any{
		"boot":    js.FuncOf(func(js.Value, []js.Value) any { return "" }),
		"command": js.FuncOf(func(js.Value, []js.Value) any { return nil }),
		"frame":   js.FuncOf(func(js.Value, []js.Value) any { return nil }),
		"ask":     js.FuncOf(func(js.Value, []js.Value) any { return nil }),
		"slice": js.FuncOf(func(js.Value, []js.Value) any {
			slices++
			if slices == 3 {
				panic("BUG: a panic for the test")
			}
			return map[string]any{"wait": 0, "chunk": -1}
		}),
	})
	select {}
}
