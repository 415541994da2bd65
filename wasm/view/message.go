package view

import "vitrine/engine/trace"

// Batch is what the worker posts: a frame, and the events since the previous one.
type Batch struct {
	Frame  Frame
	Events []trace.Event
	// Jumped: the machine has not run here from the previous frame on. The events are those from time From on.
	Jumped bool
	From   uint64
	Calls  []Call // names of the system calls among the events that were not named before
}

// Call names a system call.
type Call struct {
	NR   uint32
	Name string
}

// Command is what the page asks of the worker. Kind says which fields count.
type Command struct {
	// play, pause, step, event, speed, slow, marks, input, resize, walk, frame, space, mask, stage, tell; to other moments: back, backevent,
	// micro, chapter, seek, seekretired, end, until, backuntil, cancel; futures: branch, rename, forget
	Kind       string
	N          float64 // step, back: instructions; micro, chapter: 1 or -1; seek: Now; seekretired: instructions; until: bytes; branch: its index; speed: instructions per second, 0 full; frame: its number; space, walk: a PID, 0 whose turn it is
	Mask       uint64  // event: kinds to stop at; mask: kinds wanted
	Text       string  // input; frame: "follow" goes back to the one written last; stage: "cow,memory|time": the diagrams on stage and on cards, and those with a badge; "" all
	Rows, Cols int
	Addr       uint64 // walk
}
