package trace

// Event is one thing that happened, 32 bytes and free of pointers so that a ring of them is one flat allocation
// and a batch of them crosses the worker boundary as bytes.
type Event struct {
	At   uint64 // virtual clock, in instructions (engine.Machine.Now)
	A, B uint64 // fields; their meaning is in the Kind's row of Kinds
	Flow uint32 // joins the steps of one story (a fault, its walk, its copy, its return); 0 = none
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
	Now  uint64 // set by the machine before it emits or calls a component
	Task uint16 // set by the kernel at a context switch
	Ring uint8  // set by the CPU when it emits
	Flow uint32 // current story, 0 when none

	ring []Event
	head uint64 // events ever emitted
	tail uint64 // events ever drained or dropped
	Lost uint64 // events dropped because the ring was full
	next uint32 // last flow handed out
}

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
	h.ring[h.head%RingSize] = Event{At: h.Now, A: a, B: b, Flow: h.Flow, Task: h.Task, Kind: k, Ring: h.Ring}
	h.head++
}

// BeginFlow starts a new story and returns its number; events emitted until EndFlow carry it.
func (h *Hub) BeginFlow() uint32 {
	h.next++
	h.Flow = h.next
	return h.next
}

// EndFlow ends the current story.
func (h *Hub) EndFlow() { h.Flow = 0 }

// Count returns how many events were ever emitted.
func (h *Hub) Count() uint64 { return h.head }

// Drain appends all collected events to dst, oldest first, and forgets them.
func (h *Hub) Drain(dst []Event) []Event {
	for ; h.tail < h.head; h.tail++ {
		dst = append(dst, h.ring[h.tail%RingSize])
	}
	return dst
}
