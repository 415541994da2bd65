//go:build linux

package sys_test

import (
	"os"
	"syscall"
)

// exitStatus is what init makes of a status word, as shells do.
func exitStatus(p *os.ProcessState) int {
	ws := p.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}
