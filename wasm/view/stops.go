package view

import "vitrine/engine/trace"

// Stop is what the event button can go to: the page lists the stops, the machine runs until one of the kinds happens.
type Stop struct {
	ID, Title string
	Mask      Mask
}

// Stops are the choices, the first one first.
var Stops = []Stop{
	{"any", "any kind", MaskOf(trace.Syscall, trace.Interrupt, trace.Exception, trace.Switch, trace.COW, trace.Fork, trace.Exec,
		trace.Exit, trace.Signal, trace.BootStep, trace.Mode, trace.DiskRead)},
	{"syscall", "system call", MaskOf(trace.Syscall)},
	{"interrupt", "interrupt", MaskOf(trace.Interrupt)},
	{"page-fault", "page fault", MaskOf(trace.PageFault)},
	{"cow", "copy on write", MaskOf(trace.COW)},
	{"fork", "fork", MaskOf(trace.Fork)},
	{"signal", "signal", MaskOf(trace.Signal)},
	{"switch", "context switch", MaskOf(trace.Switch)},
	{"walk", "page walk", MaskOf(trace.Walk)},
	{"boot", "boot step", MaskOf(trace.BootStep, trace.Mode)},
	{"exec", "new program", MaskOf(trace.Exec)},
	{"exit", "end of a task", MaskOf(trace.Exit)},
	{"exception", "exception", MaskOf(trace.Exception)},
	{"mode", "change of mode", MaskOf(trace.Mode)},
	{"disk", "disk", MaskOf(trace.DiskRead, trace.DiskWrite)},
	{"swap-out", "page to swap", MaskOf(trace.SwapOut)},
	{"swap-in", "page from swap", MaskOf(trace.SwapIn)},
}

// KnownStop returns the stop with that ID, or the one of a single kind of event with that name.
func KnownStop(id string) (Stop, bool) {
	for _, s := range Stops {
		if s.ID == id {
			return s, true
		}
	}
	k, ok := trace.ByName(id)
	return Stop{id, id, MaskOf(k)}, ok
}

// StopByID returns that stop, or the first.
func StopByID(id string) Stop {
	if s, ok := KnownStop(id); ok {
		return s
	}
	return Stops[0]
}
