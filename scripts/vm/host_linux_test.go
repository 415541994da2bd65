package main

import (
	"os"
	"syscall"
)

// signalOf is the number of the signal that killed a process, or 0.
func signalOf(p *os.ProcessState) int {
	if ws := p.Sys().(syscall.WaitStatus); ws.Signaled() {
		return int(ws.Signal())
	}
	return 0
}
