package main

import (
	"vitrine/kernel/boot"
)

// Somebody else's kernel tells nobody when one of its programs waits for input, and a tick wakes it all the time. So a
// file or a pipe on stdin is looked at every tenth of a second of guest time, on the stroke: when the guest was idle
// for most of it and listens to its serial port, it gets the next line. When there is none any more, and the guest
// stays idle and silent for some time, the session ends.

const (
	look      = 100 * slice // units of guest time between two looks at the console
	idleEnd   = 100         // so many idle looks in a row after the end of stdin end the session
	idleShare = 90          // percent
)

// nextLook is when the console is looked at next.
func (c *console) nextLook(now uint64) uint64 { return (now/look + 1) * look }

// foreign is what a console remembers of somebody else's kernel.
type foreign struct {
	looked uint64 // when
	idled  uint64 // until then
	quiet  int    // idle looks since the end of stdin
	wrote  bool   // the guest wrote something since the last look
}

// pollForeign types the next line when it is time; false when there is none and nothing happens any more.
func (c *console) pollForeign(vm *boot.Computer) bool {
	f, now := &c.foreign, vm.M.Now()
	if now%look != 0 || now == f.looked {
		return true
	}
	idled := vm.M.CPU.S.Idled - f.idled
	idle := idled*100 >= (now-f.looked)*idleShare && vm.WantsInput() || vm.M.UART.Polled()
	silent := !f.wrote
	f.looked, f.idled, f.wrote = now, vm.M.CPU.S.Idled, false
	if !idle || !silent {
		f.quiet = 0
		return true
	}
	if f.quiet > 0 || !c.feed(vm) {
		f.quiet++
	}
	return f.quiet < idleEnd
}
