package view

// Processes is the tree of processes with what connects them, read from our kernel's records.
type Processes struct {
	Known      bool
	List       []Process // by PID
	More       int       // tasks that List has no room for
	Links      []Link
	Foreground int // the process group that the console's keys reach: Ctrl-C, Ctrl-Z; 0 none
	Session    int // whose the console is
	Fork       ForkSeen
	Signal     SignalSeen
	Told       SignalSeen // the last one that is not SIGCHLD, which follows every end
	Gone       []Ended    // the tasks that ended last, oldest first
}

// Process is one task as ps lists it: a process, or a thread of one.
type Process struct {
	PID, PPID, TGID int
	PGID, SID       int
	UID             uint32
	Comm            string
	Letter          string // R S D T Z: the state as ps and /proc/PID/stat write it
	OnCPU           bool
	Kernel          bool   // works in the kernel, for a system call
	Call            string // that call
	Waits           string // what it sleeps on, in words; "" when it does not
	Channel         string // the same as /proc/PID/wchan
	Link            int    // index into Links of what it waits for, -1 none
	Status          string // of a zombie, as its parent will be told: "exit 3", "killed by SIGSEGV"
	Pending         []string
	Born            int    // the parent that made it, when that has ended and another process has taken its place; else 0
	Vfork           bool   // its parent waits until it lets go of the memory they share
	RIP, RAX        uint64 // where it goes on in ring 3, and RAX there; 0 when that is not known
	Space           int    // tasks with the same number share an address space; 0 none
	Table           int    // likewise the table of open files
	FDs             []FD
	MoreFDs         int
}

// Thread tells whether it is a further thread of a process.
func (p *Process) Thread() bool { return p.PID != p.TGID }

// FD is an open file.
type FD struct {
	N     int
	Name  string // as /proc/PID/fd has it
	Read  bool
	Write bool
	Link  int // index into Links, -1 when it leads to no other process
}

// Link is a pipe, a FIFO or a pair of connected sockets.
type Link struct {
	Kind        string // "pipe", "fifo" or "socket"
	Name        string // pipe:[N], as in /proc/PID/fd
	Bytes, Size uint64 // written and not yet read, and how much there is room for
	Ends        []End
	Lost        bool // nobody has its other end: a reader finds the end, a writer gets SIGPIPE
}

// End is a descriptor that leads to a Link.
type End struct {
	PID, FD     int
	Read, Write bool
	Side        int // of a pair of sockets: 0 or 1
}

// ForkSeen is the last fork.
type ForkSeen struct {
	At            uint64 // 0: none yet
	Parent, Child int
	Call          string // fork, vfork, clone
	Returned      bool   // to the parent
	Value         int64  // what it returned there; in the child it returns 0
}

// SignalSeen is the last signal.
type SignalSeen struct {
	Sent, At  uint64 // Now when it was sent and when it was delivered; 0 not yet
	From, To  int    // From 0: the kernel
	Number    int
	Name      string
	Action    string // what becomes of it
	Delivered bool
}

// Ended is a task that ended.
type Ended struct {
	PID    int
	At     uint64
	Status string
}
