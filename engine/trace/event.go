package trace

// Event is one thing that happened, 32 bytes and free of pointers so that a ring of them is one flat allocation
// and a batch of them crosses the worker boundary as bytes.
type Event struct {
	At   uint64 // virtual clock, in instructions (engine.Machine.Now)
	A, B uint64 // fields; their meaning is in the Kind's row of Kinds
	Flow uint32 // joins the steps of one way through the kernel (a fault, its copy, its return); 0 outside, or when the doors are not listened to
	Task uint16 // PID of the task on the CPU, 0 before the first task and when idle
	Kind Kind
	Ring uint8 // CPL when it happened
}

// Mask is a set of kinds; bit k stands for Kind k.
type Mask uint64

// MaskOf returns the set of the given kinds.
func MaskOf(kinds ...Kind) Mask {
	var m Mask
	for _, k := range kinds {
		m |= 1 << k
	}
	return m
}

// Hub is where components emit and where one listener (the page, the -trace flag, a test) collects.
// It is never part of state or hash: listening changes nothing in the guest.
type Hub struct {
	Mask Mask   // demanded kinds; 0 when nobody looks
	Seen Mask   // kinds emitted since the listener last cleared it
	Stop Mask   // kinds behind which the machine returns to its caller
	Now  uint64 // set by the machine before it emits or calls a component
	Task uint16 // set by the kernel at a context switch
	Ring uint8  // set by the CPU when it emits

	flow uint32 // the story that goes on, 0 when none
	next uint32 // the last story begun
	ring []Event
	head uint64 // events ever emitted
	tail uint64 // events ever drained or dropped
	Lost uint64 // events dropped because the ring was full
}

// A story begins where the CPU enters the kernel and ends where it leaves it.
const (
	doorsIn  = 1<<Exception | 1<<Interrupt | 1<<SoftInt | 1<<SyscallIn | 1<<Sysenter | 1<<FarIn
	doorsOut = 1<<Iret | 1<<SyscallOut | 1<<Sysexit | 1<<FarOut
)

// RingSize is how many undrained events a Hub keeps; older ones are dropped and counted in Lost.
const RingSize = 1 << 14

// Has tells whether anybody listens to k. Callers test it before they compute arguments.
func (h *Hub) Has(k Kind) bool { return h.Mask>>k&1 != 0 }

// Emit records an event of kind k with its two fields.
func (h *Hub) Emit(k Kind, a, b uint64) {
	if h.Mask>>k&1 == 0 {
		return
	}
	if h.ring == nil {
		h.ring = make([]Event, RingSize)
	}
	if h.head-h.tail == RingSize {
		h.tail++
		h.Lost++
	}
	h.Seen |= 1 << k
	if doorsIn>>k&1 != 0 {
		h.next++
		h.flow = h.next
	}
	h.ring[h.head%RingSize] = Event{At: h.Now, A: a, B: b, Flow: h.flow, Task: h.Task, Kind: k, Ring: h.Ring}
	h.head++
	if doorsOut>>k&1 != 0 {
		h.flow = 0
	}
}

// Flow is where the numbering of stories is.
type Flow struct{ flow, next uint32 }

// Flow and SetFlow let an onlooker who goes back see the same stories again.
func (h *Hub) Flow() Flow { return Flow{h.flow, h.next} }

// SetFlow goes back to where the numbering was.
func (h *Hub) SetFlow(f Flow) { h.flow, h.next = f.flow, f.next }

// Count returns how many events were ever emitted.
func (h *Hub) Count() uint64 { return h.head }

// Drain appends all collected events to dst, oldest first, and forgets them.
func (h *Hub) Drain(dst []Event) []Event {
	for ; h.tail < h.head; h.tail++ {
		dst = append(dst, h.ring[h.tail%RingSize])
	}
	return dst
}
