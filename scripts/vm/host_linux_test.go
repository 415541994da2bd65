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

// noCore forbids this process and its children to leave core files.
func noCore() error { return syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
