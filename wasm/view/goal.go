package view

// Goal is a moment of a run that can be described in advance: what is typed at the first prompt, and what happens then. It
// leads to the same instant each time, since the machine does.
type Goal struct {
	Run   string // typed at the prompt; "": the goal is sought from power-on
	Stop  string // what happens, the ID of a Stop; "": the machine waits for somebody to type
	In    string // in which program; "": in any
	Times int    // how often, at least once
}

// Reached is the answer to a Goal.
type Reached struct {
	Link    string   // of the moment: its fragment from '#' on
	Batches [][]byte // what a page would have received on the way, at least the last of it
	Count   uint64   // instructions executed
}
