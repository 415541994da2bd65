package main

import "syscall/js"

// busy is the processor's time that Node has had, in milliseconds, its compilers included.
func busy() float64 {
	u := js.Global().Get("process").Call("cpuUsage")
	return (u.Get("user").Float() + u.Get("system").Float()) / 1000
}
