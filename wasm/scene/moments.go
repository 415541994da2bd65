package scene

import (
	"vitrine/wasm/diagram"
	"vitrine/wasm/view"
)

// Moment is a moment that the site ships: everything else (its link, its page for other sites, its preview image, the choice
// in the share dialog) is made from this by scripts/dist.
type Moment struct {
	ID          string // in addresses: lower-case letters, digits, hyphens
	Title       string
	Description string // a sentence or two
	Stage       string // the diagram on stage
	Goal        view.Goal
}

// Moments are what the site ships, in the order in which they are offered.
var Moments = []Moment{{
	ID: "machine", Title: "A computer behind glass",
	Description: "A whole PC in your browser: processor, memory, timer, interrupt controller and disk at work, booted to a shell where you can type.",
	Stage:       diagram.IDMachine,
}, {
	ID: "boot", Title: "The first instruction in 64 bits",
	Description: "The processor starts in the mode of 1978. This is the moment when the boot code switches it to long mode, page tables and all.",
	Stage:       diagram.IDInstructions,
	Goal:        view.Goal{Power: true, Stop: "boot", Times: 5},
}, {
	ID: "hello", Title: "How hello, world gets out",
	Description: "A program of a few instructions asks the kernel to write: one SYSCALL instruction, and the door to ring 0 opens.",
	Stage:       diagram.IDRings,
	Goal:        view.Goal{Run: "hello", Stop: "syscall", In: "hello", Times: 2},
}, {
	ID: "cow", Title: "Copy on write",
	Description: "After fork, parent and child share every page. One of them writes, the processor faults, and the kernel copies exactly that page.",
	Stage:       diagram.IDCow,
	Goal:        view.Goal{Run: "cow", Stop: "cow", In: "cow", Times: 3},
}, {
	ID: "spin", Title: "The timer takes the CPU away",
	Description: "Two programs count and never ask the kernel for anything. The timer's interrupt ends each one's turn; see who runs, who waits, and what was saved.",
	Stage:       diagram.IDTime,
	Goal:        view.Goal{Run: "spin & spin", Stop: "switch", In: "spin", Times: 4},
}, {
	ID: "fault", Title: "Memory comes when it is touched",
	Description: "A program asked for 64 pages and got none. Now it touches one: the page walk fails, the kernel finds a frame, and the same instruction runs again.",
	Stage:       diagram.IDWalk,
	Goal:        view.Goal{Run: "touch-pages", Stop: "page-fault", In: "touch-pages", Times: 30},
}, {
	ID: "privileged", Title: "What ring 3 may not do",
	Description: "A program tries to switch interrupts off. The processor refuses with a general protection fault, and the kernel takes over.",
	Stage:       diagram.IDRings,
	Goal:        view.Goal{Run: "privileged", Stop: "signal", In: "privileged"},
}, {
	ID: "int80", Title: "The old door: int 0x80",
	Description: "A 32-bit program on the 64-bit machine calls the kernel as in 1991: through gate 0x80 of the interrupt descriptor table.",
	Stage:       diagram.IDRings,
	Goal:        view.Goal{Run: "hello32", Stop: "syscall", In: "hello32", Times: 2},
}, {
	ID: "forks", Title: "Where processes come from",
	Description: "A program calls fork again and again: whose child is whose, what each costs in frames of memory, and who gets the CPU.",
	Stage:       diagram.IDFrames,
	Goal:        view.Goal{Run: "forks", Stop: "fork", In: "forks", Times: 3},
}, {
	ID: "pipe", Title: "Two programs and a pipe",
	Description: "ls writes, wc reads: the kernel puts one to sleep until the other has done its part. The lanes show who waits for whom.",
	Stage:       diagram.IDTime,
	Goal:        view.Goal{Run: "ls -l /bin | wc", Stop: "switch", In: "wc", Times: 2},
}}

// MomentByID returns the moment with that ID.
func MomentByID(id string) (Moment, bool) {
	for _, m := range Moments {
		if m.ID == id {
			return m, true
		}
	}
	return Moment{}, false
}
