package view

// Startup is how the machine came from its first instruction to a prompt, beyond the stages of Frame.Boot.
type Startup struct {
	Known  bool       // the kernel is ours; of another only the machine is known
	Steps  []BootStep // of start_kernel and kernel_init, in their order
	Log    []LogLine  // what was printed on the way: by the ROM and the boot sector, then by the kernel
	Memory []Area     // what lies where at this moment, by address
	Inits  []InitTry  // the search for the first program
	Panic  string     // why the kernel gave up, "" when it did not

	Paging   []Line // the code that turns paging on, as it lies in memory; empty when it does not
	PagingAt int    // index into Paging of the instruction that sets CR0.PG
	PagingIn bool   // and the CPU is there now

	Sectors uint64 // sectors of the kernel's image on the disk
	Loaded  uint64 // of them read so far
}

// BootStep is one of the named steps that the kernel begins with.
type BootStep struct {
	Name string // Linux's function
	What string // what it does here
	At   uint64 // Now when it began; counts only when Done or Now
	Done bool
	Now  bool
}

// LogLine is a line of the console or of the kernel's log.
type LogLine struct {
	At    uint64 // Now, to a microsecond; 0 for what was printed before the kernel kept time
	Timed bool
	Text  string
}

// Area is a stretch of physical memory.
type Area struct {
	Start, End uint64
	Name       string
	Use        Use
	Means      string // a sentence
}

// InitTry is one attempt to run the first program.
type InitTry struct {
	Path   string
	Errno  string // "ENOENT"; "" when it runs
	Means  string // what the error means here
	Trying bool
}
