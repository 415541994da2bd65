package view

// Goal is a moment of a run that can be described in advance: what is typed, and what happens then. It leads to the same
// instant each time, since the machine does. It is sought from the goal before on, the first one from the prompt.
type Goal struct {
	Power bool   // the first one only: from power-on, not from the prompt
	Run   string // typed at the prompt, or as soon as somebody reads the console; "": nothing is typed. "\x03" is Ctrl-C
	Stop  string // what happens: the ID of a Stop, or the name of any kind of trace event
	In    string // in which program; "": in any
	Call  string // and it is this system call, by name; alone it means that one is entered
	At    string // or: the instruction there is about to run. "cow:main" of a program, a symbol of the kernel, a hexadecimal address
	Times int    // how often, at least once
	Step  int    // and so many instructions further
	Rest  bool   // or: until the machine waits for somebody to type, or has stopped for good. So also when nothing else is said
	Look  string // what is chosen there, as if the reader had: see Look
}

// Looks at a moment, by meaning: the frame and the process themselves are found in the machine.
const (
	LookFault  = "fault" // the page of the last page fault: its frame, and the process that touched it
	LookFile   = "file " // and a file's name: the frame of its page that most processes have, rather one that ran
	LookMemory = "of "   // and a program's name: the memory of the youngest process that runs it
)

// Run is a machine that is made, and the moments that its run goes to, one after the other.
type Run struct {
	Boot  string // kernel command line
	Mem   uint64 // bytes of RAM, 0: as many as the page's machine has
	Swap  uint64 // bytes of a second disk to swap to, 0: there is none
	Files []File // put on the disk before power-on
	Goals []Goal
	Asks  []Asked // in the order of their moments
}

// Asked is a question about what comes next, asked once the whole run has been made, of a moment.
type Asked struct {
	Moment int // an index into Goals
	Kind   string
}

// File is one that is put on the disk: a link when Link is not empty, else with that text and mode.
type File struct {
	Path, Link, Text string
	Mode             uint32
}

// Reached is the answer to a Run.
type Reached struct {
	Link    string // of the last moment: its fragment from '#' on
	Moments []Instant
	Answers []*Prediction // to what was asked
	Error   string        // why it could not be made, "" when it could
}

// Instant is a moment that was reached.
type Instant struct {
	Count   uint64 // instructions executed
	Now     uint64 // virtual clock
	Hash    uint64 // of the computer's state
	Program string // what has the CPU
	Event   string // what happened there, as the log says it; "" when none was sought
	Story   string
	Look    []Command // what a page commands there to choose what the goal looks at
	Batches [][]byte  // what a page would have received on the way from the moment before, at least the last of it
}
