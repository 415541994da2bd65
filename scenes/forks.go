package scenes

import "vitrine/wasm/view"

// forks are the scenes of chapter 6, M37–M43.
var forks = []Scene{{
	ID: "M38", Title: "Copy on write", Chapter: 6, Stage: "cow", Parts: []string{"walk", "rings"}, Slow: "cow",
	Brief: "After fork, parent and child share every page. The first write to one makes the copy.",
	Text: "Forking a program copies none of its memory: parent and child look at the same frames, and neither may write. When one of them does, the " +
		"processor faults, and the kernel copies exactly that page. Then the same instruction runs again, as if nothing had happened.",
	Deep: "`fork` runs `dup_mmap`: every private writable PTE loses its R/W bit in both processes, and the frame's reference count goes up. A write raises " +
		"`#PF` with error code 7 (present, write, user); `handle_mm_fault` finds a VMA that allows writing, so `do_wp_page` allocates a frame, copies 4 KiB, points " +
		"the PTE to it with R/W set, and flushes the TLB entry. `iretq` returns to the faulting instruction. The last owner of a frame gets R/W back without a copy.",
	Why: "Most children call `exec` at once, and all that was copied would be thrown away. Copying late costs one fault for a page that is really written, " +
		"and nothing for the others.",
	Key: 3,
	Alt: "The pages of a parent and of its child side by side, joined by lines to shared frames; one page has got a frame of its own.",
	Moments: []Moment{
		{Name: "Before the fork", Text: "One process, one address space. `cow` is about to call fork.", Goal: view.Goal{Run: "cow", Stop: "exec", In: "cow"}},
		{Name: "After the fork", Text: "Two processes, the same frames: every line meets another one. No page may be written by either.",
			Goal: view.Goal{Stop: "fork", In: "cow"}},
		{Name: "The write is refused", Text: "A write to a shared page: the walk ends at an entry without R/W, and the processor faults.",
			Stage: "walk", Goal: view.Goal{Stop: "exception", In: "cow"}},
		{Name: "The copy", Text: "The kernel has copied the page to a new frame: the line has snapped.", Goal: view.Goal{Stop: "cow", In: "cow"}},
		{Name: "Each its own", Text: "After some more writes: what was written is separate, what was not is still shared.",
			Goal: view.Goal{Stop: "cow", In: "cow", Times: 2}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "One of the two will write. Which page faults next?"},
}}
