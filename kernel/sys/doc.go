// Package sys is the system calls: one definition beside each handler, a file per topic. Dispatch, strace and the
// list in /proc are derived from the definitions.
//
// The contract of a handler:
//   - It may be called again, with the same Args and its SysState, any number of times. Wake-ups may be spurious.
//   - Probe, then commit: nothing observable happens before the last point at which it can block.
//   - What must survive between calls is in SysState: Done (progress of a transfer), Deadline (absolute, computed
//     once), Phase (a step number), Scratch.
//   - When the event itself was consumed by the waker (a futex), Wait.Outcome is read instead of looking again.
//   - After a partial transfer a signal yields the partial count: Done.
//
// Read in this order: define.go, user.go, rw.go, poll.go, tty.go, then any topic.
package sys
