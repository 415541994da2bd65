// Package view is the picture of the computer as plain data, in the words of the diagrams: what the machine worker
// sends and everything that draws or tells (canvas, text twin, embed API, tests) receives. It imports neither
// Ebitengine nor syscall/js, so all of it can be tested headless.
package view

import "math"

// Frame is one picture of the machine, read from its state between two instructions.
// Numbers are the machine's own; nothing in a Frame is invented for the drawing.
type Frame struct {
	Seq     uint64 // counts frames
	Now     uint64 // virtual clock: instructions + charged kernel work + idle; 10 ns each
	Retired uint64 // instructions executed since reset
	Idle    uint64 // part of Now that was skipped because nothing could run
	Running bool   // play, or pause
	Speed   uint64 // wanted instructions per second; 0 = full speed
	Rate    uint64 // instructions per second really executed lately (host time)
	Held    bool   // at full speed, but held a moment ago at an event that matters
	Stop    string // why it is not running: "", "paused", "step", "waiting for input", "power off", "restart", "system halted", "panic: …"
	Chapter string // boot stage or "running"
	Story   string // one or two plain sentences: what is happening now

	Timeline Timeline
	Job      Job

	CPU    CPU
	Code   Code
	Micro  Micro
	Timer  Timer
	Kernel Kernel
	Rings  Rings
	Walk   Walk
	TLB    TLB
	RAM    RAM
	Memory Memory
	Cow    Cow
	Exec   Exec
	Disk   Disk
	UART   UART
	Boot   []BootStage
	Start  Startup
	Procs  Processes
	Term   Term
	Stats  Stats
}

// CPU is what the registers hold, and what they held before the last instruction when stepping.
type CPU struct {
	R, PrevR           [16]uint64 // RAX RCX RDX RBX RSP RBP RSI RDI R8 … R15
	RIP, PrevRIP       uint64
	RFLAGS, PrevRFLAGS uint64
	CR0, CR2, CR3, CR4 uint64
	IDT, GDT, TSS      uint64 // bases: virtual addresses in IDTR, GDTR, TR
	IDTFrame           uint32 // frame that holds the first entries of the IDT, 0 when not known
	IPFrame            uint32 // frame that the next instruction is fetched from, 0 when there is none
	EFER               uint64
	Sel                [6]uint16 // ES CS SS DS FS GS
	FSBase, GSBase     uint64
	CSBase             uint64        // what RIP is counted from outside long mode
	X, PrevX           [16][2]uint64 // XMM0 to XMM15, low half first
	MXCSR              uint32
	FPU                []Float // the x87 registers in use, the top of the stack first
	Mode               string  // "real", "protected", "long"
	Paging             bool
	Ring               uint8
	Halted, IF         bool
}

// Float is a number of 80 bits as the x87 has it (SDM 1 "Double Extended-Precision Format").
type Float struct {
	Name string // "st0"
	Sig  uint64 // the significand, with its integer bit
	SE   uint16 // sign and exponent, which is biased by 16383
}

// Value is the number as nearly as 64 bits hold it.
func (f Float) Value() float64 {
	exp := int(f.SE & 0x7fff)
	v := math.Ldexp(float64(f.Sig), exp-16383-63)
	switch {
	case exp == 0x7fff && f.Sig<<1 == 0:
		v = math.Inf(1)
	case exp == 0x7fff:
		return math.NaN()
	}
	if f.SE>>15 != 0 {
		v = -v
	}
	return v
}

// Code is a listing around the instruction pointer.
type Code struct {
	Bits     int    // how instructions are read: 16, 32 or 64
	Where    string // program and function, e.g. "cow: main", "kernel: common_entry", "ROM"
	Lines    []Line
	Current  int          // index into Lines of the instruction at RIP, -1 if unreadable
	Operands []Operand    // of the current instruction, resolved against the registers
	Source   []SourceLine // around the current instruction, when the program's source is known
	Calls    []string     // the functions that a program is in, the outermost first; the last is the one at RIP
	Loops    uint64       // how often RIP was here lately, 0 unknown
}

// Line is one instruction of the listing.
type Line struct {
	Addr   uint64
	Bytes  []byte
	Parts  []Part // how the bytes divide
	Symbol string // label at this address, "" if none
	Intel  string
	GNU    string
	Target uint64 // of a direct jump or call, 0 if none
	Taken  bool   // the current instruction's jump will be taken
}

// PartKind names a field of an instruction's encoding (SDM 2A "Instruction Format").
type PartKind uint8

// The parts of an instruction in their order.
const (
	PartPrefix PartKind = iota
	PartREX
	PartOpcode
	PartModRM
	PartSIB
	PartDisp
	PartImm
)

// Part is a run of an instruction's bytes.
type Part struct {
	Kind PartKind
	Len  uint8
}

// Operand of the current instruction: "[rbp-8]" → address → value.
type Operand struct {
	Text  string
	Mem   bool
	Addr  uint64 // when Mem
	Value uint64
	Size  uint8
	Known bool // false when the memory could not be read without a fault
	Write bool // the instruction writes it
}

// SourceLine is a line of the program's source.
type SourceLine struct {
	File    string
	N       int
	Text    string
	Current bool
}

// Timer is the 8254, the 8259 pair and the CPU's pin.
type Timer struct {
	Mode          uint8
	Reload        uint32
	Count         uint32 // of channel 0 now
	HZ            uint32
	Ticks         uint64 // jiffies
	IRR, IMR, ISR [2]uint8
	Base          [2]uint8 // first vector of each 8259
	INTR          bool
	NextAt        uint64 // Now of the next tick
	Period        uint64 // in units of Now
}

// Kernel is the scheduler's view.
type Kernel struct {
	Booted  bool
	Foreign string // "Linux" or "multiboot": somebody else's kernel, of which nothing but the machine is known
	Policy  string // rr, latency, fair, cooperative
	Slice   uint64 // in units of Now; 0 without preemption
	Current int    // PID
	Tasks   []Task // by PID
	Queue   []int  // PIDs, next first
	HZ      uint32
	LoadAvg string

	Latency, MinGran uint64 // of latency and fair, in units of Now
	MinVTime         int64  // of fair, ns: no ready task's virtual time is less
}

// Task is one process or thread.
type Task struct {
	PID, PPID, TGID int
	Comm            string
	State           string // running, ready, sleeping, stopped, zombie
	Reason          string // what it waits for: "wait4: a child", "read: console"
	Syscall         string // the call it is in, "" in user mode
	Used            uint64 // of the current slice
	Slice           uint64 // 0 without a limit
	Nice, Weight    int
	Priority        int   // of a real-time task, 1–99
	VTime           int64 // virtual time in ns (fair)
	Voluntary       uint64
	Involuntary     uint64 // switches away from it
	Waited, MaxWait uint64 // ready but not on the CPU: in all, and the longest
	User, System    uint64 // units of Now
	CR3             uint64
	KStack          uint64   // virtual address of its kernel stack's top
	Frame           []uint64 // the saved pt_regs on the kernel stack, but in ring 3, where there are none
	RSS             int      // frames
	VMAs            []VMA
}

// VMA is a line of /proc/PID/maps.
type VMA struct {
	Start, End uint64
	Prot       string // rwxp
	Name       string
}

// Walk is a page walk on a real address: the last one the CPU did, or the one the viewer asked for.
type Walk struct {
	Valid   bool
	VA      uint64
	Why     string // fetch, read, write
	CR3     uint64
	Plan    []WalkLevel // all levels of the paging mode from the root down
	Bits    uint8       // of a linear address: 32, 48 or 57
	Entry   uint8       // bytes of a table's entry
	Levels  []Level     // those that were read
	Page    uint64      // page size in bytes, 0 when the walk failed
	Phys    uint64
	Fault   string // the bit that stopped it, in words; "" when it went through
	Hit     bool   // the TLB holds it
	Bytes   []byte // 64 bytes around the physical address
	BytesAt uint64
}

// WalkLevel is how a level of a paging mode takes its index from an address.
type WalkLevel struct {
	Name  string // PML4 PDPT PD PT
	Bits  uint8  // of the index
	Shift uint8  // where they lie
}

// Level is one table of a walk with the neighbours of the chosen entry.
type Level struct {
	Name  string // PML4 PDPT PD PT
	Table uint64 // physical address of the table
	Index int
	Entry uint64
	First int      // index of Near[0]
	Near  []uint64 // 7 entries around Index
	Used  int      // entries present in this table
	Reg   bool     // not a table in memory: four registers that CR3 was loaded with (PAE)
}

// TLB shows translations the CPU remembers.
type TLB struct {
	Entries      []TLBEntry // the most recently filled first, at most 16
	Hits, Misses uint64
}

// TLBEntry is one remembered translation.
type TLBEntry struct {
	VPN, PFN                       uint64
	Write, User, NX, Global, Dirty bool
	Large                          bool
}

// Use of a frame.
type Use uint8

// Uses of frames in the order of the legend.
const (
	UseFree Use = iota
	UseReserved
	UseKernel
	UseKernelInit
	UsePageTable
	UseKernelStack
	UsePageCache
	UseAnon
	UseShared // anonymous and shared on purpose
	UseCow    // anonymous, shared until someone writes
	UseBoot   // written to; no kernel says what for

	// What the machine can tell when no kernel keeps records that are known.
	UseUntouched // not written to since power-on
	UseZero      // written to, and holds zeros alone
	UseCode      // instructions of it have been run
	UseUser      // a page that ring 3 may reach
	UseROM
	NumUses
)

// UseNames are the legend's words.
var UseNames = [NumUses]string{"free", "reserved", "kernel", "kernel init", "page tables", "kernel stacks", "page cache", "anonymous", "shared", "shared until written", "written to",
	"never written", "zeros", "code", "pages of ring 3", "ROM"}

// RAM is the mosaic of frames.
type RAM struct {
	Frames int
	Uses   []uint8 // one Use per frame
	Counts [NumUses]uint32
	Hot    []uint32 // frames touched since the last frame, newest last, at most 64

	Facts   bool     // Uses are what the machine can tell, not a kernel's records
	Written []uint64 // one bit per frame: written since the last picture; empty when none was
	Code    []uint64 // one bit per frame: the CPU keeps decoded instructions of it
	Chosen  Frame4K
}

// Frame4K is one frame of memory: the one that the reader chose, else the one written last.
type Frame4K struct {
	Valid, Asked bool
	Frame        uint32
	Use          Use
	Table, Code  bool
	Written      bool // since power-on
	Zero         bool
	Known        bool   // the kernel's records are known: Refs and Owner say something
	Refs         int32  // how many refer to it
	Owner        string // whose it is
	At           uint64 // Now when it was last seen written
	Writer       uint64 // the instruction that wrote it, 0 when several ran since the last picture
	WriterName   string
	PID          int       // who had the CPU then
	Maps         []Mapping // where it is mapped: by the present tables, and by other processes
	More         int       // further places in the present tables
	Bytes        []byte    // its first ones
}

// Mapping is a page that is in a frame.
type Mapping struct {
	VA    uint64
	Entry uint64 // of the page
	Perm  uint64 // what all levels together grant
	Page  uint64 // its size
	PID   int    // of another process; 0: by CR3
}

// Cow is two address spaces side by side.
type Cow struct {
	Valid              bool
	Parent, Child      CowSide
	Rows               []CowRow
	Copies             uint64 // pages copied on write since boot
	Shared             int    // frames with more than one owner among the rows' spaces
	Total              int
	Active             int    // row being written now, -1 none
	OldFrame, NewFrame uint32 // of the last copy
	CopiedBy           int    // PID
}

// CowSide heads a column.
type CowSide struct {
	PID   int
	Comm  string
	State string
	CR3   uint64
}

// CowRow is one page that at least one of the two has mapped.
type CowRow struct {
	VA   uint64
	Name string  // text, rodata, data, heap, stack, mmap
	A, B CowPage // in the parent, in the child
}

// CowPage is the page in one space.
type CowPage struct {
	Present bool
	PTE     uint64
	Frame   uint32
	Refs    int32
	Use     Use
	Cow     bool
}

// Disk is the ATA drive.
type Disk struct {
	Sectors       uint64
	Reads, Writes uint64 // sectors
	LBA           uint64 // of the last command
	Status        uint8
	Busy          bool
}

// UART is the console's chip.
type UART struct {
	TX, RX uint64 // bytes so far
	IRQ    bool
}

// BootStage is a chapter of the boot.
type BootStage struct {
	Name string // reset vector, ROM, boot sector, protected mode, long mode, start_kernel, init
	At   uint64 // Now when reached; 0 and !Done when not yet
	Done bool
	Now  bool
	Text string

	Bits      int    // how instructions were read when it was reached: 16, 32 or 64
	CR0, EFER uint64 // as the CPU had them then
	Code      string // the label of its first code, "" for a program
	Addr      uint64 // where that code lies, as the CPU addresses it then
	Sectors   uint64 // read from the disk by then
}

// Cell attributes.
const (
	AttrBold = 1 << iota
	AttrDim
	AttrUnderline
	AttrReverse
	AttrItalic
	AttrWide     // first cell of a double-width character
	AttrWideTail // second cell
)

// Cell is one place of the terminal. FG and BG: 0 default, 1–256 palette index + 1, above 0x1000000 = RGB.
type Cell struct {
	Rune   int32
	FG, BG uint32
	Attr   uint16
	At     uint32 // which byte of all that the console sent ended this character, the first is 1; 0: nothing was printed here
}

// Term is the console's screen.
type Term struct {
	Rows, Cols int
	Cells      []Cell // Rows × Cols
	CurX, CurY int
	CurOn      bool
	Title      string
	Scrolled   int  // lines above the screen
	Wants      bool // a program waits for input
}

// Stats are counts since boot.
type Stats struct {
	Syscalls, PageFaults, CowFaults, Switches, TimerIRQs uint64
	Events, Lost                                         uint64
}
