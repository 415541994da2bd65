// Package tty is terminals: what Linux calls the line discipline n_tty, with the terminal side of sessions and job
// control. Bytes from the line go in at Receive; what programs write, and the echo of what was typed, leave on the line
// again: the serial one, or a pseudo-terminal's, whose other end is its master. It knows neither tasks nor files:
// package sys asks it on behalf of a task.
//
// What it promises:
//   - State is plain data; World is wiring.
//   - It behaves as drivers/tty/n_tty.c of Linux 6.x does, byte for byte, on input, echo and output. The tests
//     drive a pseudo-terminal of the host with the same bytes and compare.
//   - Nothing blocks here: Ready, Writable and the wake-ups tell when to call again.
//
// Read in this order: tty.go, input.go, erase.go, echo.go, output.go, line.go, read.go, termios.go, jobs.go, then set.go and pty.go.
package tty
