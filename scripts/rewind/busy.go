//go:build !js

package main

import "syscall"

// busy is the processor's time that this process has had, in milliseconds: whatever else the machine does is not in it.
func busy() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e6
}
