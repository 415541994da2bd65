package scenes

import "vitrine/wasm/view"

// paging are the scenes of chapter 5, M27–M36.
var paging = []Scene{{
	ID: "M27", Title: "From an address to a frame", Chapter: 5, Stage: "walk", Parts: []string{"instructions", "memory"}, Slow: "walk",
	Brief: "An address is four indexes and an offset. The processor looks each up in a table that lies in memory.",
	Text: "A program's addresses are not those of the memory chips. For each access the processor cuts the address into pieces: nine bits choose one of " +
		"512 entries in the first table, that entry leads to the second table, and so on, four times. The last entry names a frame, and the twelve bits " +
		"that are left say which byte of it. What it found it remembers in the TLB, so the next access to the page needs no table.",
	Deep: "Bits 47:39, 38:30, 29:21 and 20:12 index the PML4, the PDPT, the page directory and the page table, 8 bytes an entry; CR3 names the first one. An entry has P, R/W, " +
		"U/S, A, D and, in bit 63, NX; bits 51:12 are the next frame. With PS set in the page directory the walk ends there: a page of 2 MiB, offset " +
		"bits 20:0. (In the PDPT it would be 1 GiB; this kernel makes none.) `huge` asks with `madvise(MADV_HUGEPAGE)`, and `do_huge_pmd_anonymous_page` answers one fault " +
		"with 512 frames in a row.",
	Why: "A table of one level would need an entry for each page that could exist: 512 GiB of table for each process. A tree has only the branches that are in use. A " +
		"larger page saves a level and, in the TLB of a real processor, hundreds of entries.",
	Loose: "On x86-64 it is bits 51:12 of CR3 that hold the frame of the first table; “the upper 20 bits” is true of 32-bit x86. And the larger pages are of 2 MiB and 1 GiB, not 4 GB.",
	Alt:   "An address in binary, cut into four indexes of nine bits and an offset of twelve; each index points at an entry of a table, the last entry at a frame.",
	Key:   2,
	Moments: []Moment{
		{Name: "A page that is not there", Text: "`huge` is about to write one byte. The first table leads on to the second, and there the entry is empty: the walk is over.",
			Goal: view.Goal{Run: "huge", At: "huge:touch"}},
		{Name: "The kernel fills it in", Text: "The processor has faulted. The kernel has made the two missing tables and found a frame; the fourth entry has P, R/W and U, and the frame's number.",
			Goal: view.Goal{Stop: "page-fault", In: "huge"}},
		{Name: "The same instruction again", Text: "The kernel has returned to the very same instruction. This time every entry leads on, and the TLB will remember where to.",
			Goal: view.Goal{Stop: "iret", In: "huge"}},
		{Name: "A large page is wanted", Text: "Another address, with 2 MiB of its own. The page directory's entry is empty, so there is not even a fourth table.",
			Goal: view.Goal{At: "huge:touch"}},
		{Name: "Three tables are enough", Text: "One fault, 2 MiB. The entry in the page directory has PS set: the walk ends here, and 21 bits are the offset.",
			Goal: view.Goal{Stop: "page-fault", In: "huge"}},
		{Name: "A megabyte further", Text: "Still the same page: another offset, the same three entries. There is no fault this time.",
			Goal: view.Goal{At: "huge:touch"}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-fault", Text: "The program goes on. Which page faults next?"},
}, {
	ID: "M28", Title: "The moment addresses change meaning", Chapter: 5, Stage: "walk", Parts: []string{"boot", "instructions"}, Slow: "mode",
	Brief: "One instruction turns paging on. Before it an address is a place in memory; after it, a question to a table.",
	Text: "At power-on there are no page tables. The kernel's first code, still in 32-bit mode, writes some into memory, tells the processor where " +
		"they are, and sets one bit. From the next instruction on every address is translated, even that of the instruction itself. So the " +
		"tables begin with a page that translates to itself; else the processor would lose the thread in mid-step.",
	Deep: "In the order that the SDM wants for IA-32e mode: `CR4.PAE`, `CR3`, `EFER.LME` (with NXE and SCE), then `CR0.PG`. With PG the processor sets `EFER.LMA`: long mode, still in " +
		"32-bit compatibility code. `ljmp` to a code segment with L = 1 makes it 64-bit code. The early tables show the first 16 MiB twice, in eight pages of 2 MiB: at 0, the identity, and at " +
		"`0xffffffff80000000`, where the kernel is linked. A jump to the upper view, and the lower one is dropped in `mm_init`.",
	Why: "The instruction pointer does not stop for the change. Whatever it points at must be the same byte before and after, and an identity mapping is " +
		"the simplest way to promise that.",
	Alt: "A page walk just after paging was switched on: three tables, a page of 2 MiB, and behind it the very same address.",
	Key: 3,
	Moments: []Moment{
		{Name: "No tables yet", Text: "32-bit protected mode. The address in EIP is the place in memory, and nothing stands between.", Stage: "instructions",
			Goal: view.Goal{Power: true, At: "build_page_tables"}},
		{Name: "The tables are written", Text: "A few stores later there is a tree in memory. CR3 gets its address; nobody follows it yet.", Stage: "instructions",
			Goal: view.Goal{At: "load_cr3", Step: 1}},
		{Name: "One instruction before", Text: "The next instruction writes CR0, with bit 31, PG, set.", Stage: "instructions",
			Goal: view.Goal{At: "enable_paging", Step: 1}},
		{Name: "One instruction after", Text: "Now the address goes through tables. They lead to where it would have been anyway: the identity page.",
			Goal: view.Goal{Stop: "mode"}},
		{Name: "In the upper half", Text: "The kernel has jumped to where it is linked. A new address, the same frame, by another branch of the tree.",
			Goal: view.Goal{At: "higher_half", Step: 1}},
		{Name: "The lower half is free", Text: "`mm_init` is done: all memory is mapped in the upper half, and the identity view is gone. The lower half will belong to programs.",
			Stage: "boot", Goal: view.Goal{Stop: "boot", Times: 3}},
	},
	Ask: &Ask{Moment: 2, Kind: "next-rip", Text: "Paging comes on with this instruction. What will the instruction pointer be?"},
}, {
	ID: "M29", Title: "One address, two memories", Chapter: 5, Stage: "walk", Parts: []string{"memory", "processes"}, Slow: "switch",
	Brief: "Two processes use the same address at the same time, and do not meet: each has tables of its own.",
	Text: "`same left` and `same right` run side by side. Both keep a word at the very same address. One reads left, the other reads right, and neither ever " +
		"sees the other's. The address is only a question; each process has its own tables to answer it, and they lead to different frames.",
	Deep: "Each `mm_struct` has a PML4 of its own, and `switch_mm` writes its frame to CR3; with that the TLB forgets all entries that are not global. The upper 256 entries of every PML4 are the " +
		"same, so the kernel is at the same place in each. The two processes came from the same file: their page of `.data` was first one frame of the page cache, and " +
		"`do_cow_fault` gave each its copy.",
	Why: "Without tables every program would have to know where all the others are, and trust them. With tables there is no address by which one could even name another's memory.",
	Alt: "The walk of one address through the tables of one process, ending at a frame; the console shows two processes printing different words from the same address.",
	Key: 2,
	Moments: []Moment{
		{Name: "Left writes", Text: "The first process has written its word and prints the address.", Stage: "memory",
			Goal: view.Goal{Run: "same left & same right", Call: "writev", In: "same"}},
		{Name: "Right writes there, too", Text: "The second one prints the same address and another word.", Stage: "memory",
			Goal: view.Goal{Call: "writev", In: "same"}},
		{Name: "Left looks again", Text: "A second later it reads its word. Follow the address: CR3, four tables, a frame.",
			Goal: view.Goal{At: "same:look"}},
		{Name: "The switch", Text: "Another process has the CPU, and CR3 another value. Every address below the middle means something else now.", Stage: "machine",
			Goal: view.Goal{Stop: "switch", In: "same"}},
		{Name: "Right looks again", Text: "The same address, the same four indexes. The tables are others, and so is the frame.",
			Goal: view.Goal{At: "same:look"}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-task", Text: "Both have printed, and both want to sleep. Who has the CPU next?"},
}, {
	ID: "M30", Title: "Page zero", Chapter: 5, Stage: "walk", Parts: []string{"instructions", "memory"}, Slow: "signal",
	Brief: "A null pointer leads nowhere because the kernel keeps page zero empty. It can be asked not to.",
	Text: "Address 0 is an address like any other. That reading it ends a program is a decision: the kernel never puts anything there, so that a forgotten pointer " +
		"is noticed at once. `segv` shows the ordinary case. `pagezero` asks for the old custom of some Unix systems, where the first page could be read and was full of zeros, and " +
		"gets it. Writing there is refused even so.",
	Deep: "`mmap_min_addr` (65536) keeps mappings away from the bottom, and `do_user_addr_fault` finds no VMA at 0: `SIGSEGV` with `SEGV_MAPERR`. With " +
		"`personality(MMAP_PAGE_ZERO)` the next `execve` ends, in `load_elf_binary`, with `vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_FIXED | MAP_PRIVATE, 0)`; its comment recalls that SVr4 " +
		"binaries may depend on it. The second fault, a write, finds a VMA without `VM_WRITE`: `SEGV_ACCERR`.",
	Why: "Mistakes with pointers are so often mistakes with null that one page of addresses is a small price for finding them. It is the same page that keeps " +
		"the kernel's own null pointers from being of use to anybody.",
	Alt: "The walk of address zero: it ends at an empty entry of the page directory, and there is no frame.",
	Moments: []Moment{
		{Name: "Null leads nowhere", Text: "`segv` has read address 0. The walk ended at an entry without P, and the processor faulted.",
			Goal: view.Goal{Run: "segv; pagezero", Stop: "exception", In: "segv", Times: 6}},
		{Name: "The answer is a signal", Text: "The kernel found no mapping for that address. It sends SIGSEGV, and the program dies of it.",
			Stage: "console", Goal: view.Goal{Stop: "signal"}},
		{Name: "Asking for the page", Text: "`pagezero` sets a flag of its personality. It will count at the next `execve`.", Stage: "rings",
			Goal: view.Goal{Stop: "syscall-insn", Call: "personality"}},
		{Name: "Null leads somewhere", Text: "Address 0 was read, and the kernel found a mapping: one page, to read and to execute. The entry leads to the page of zeros.",
			Goal: view.Goal{Stop: "page-fault", In: "pagezero", Times: 7}},
		{Name: "But not for writing", Text: "Reading was allowed, writing is not. Here the mapping exists, and forbids it.",
			Goal: view.Goal{Stop: "exception", In: "pagezero", Times: 4}},
	},
	Ask: &Ask{Moment: 0, Kind: "signal", Text: "The processor has reported a fault at address 0. What will the kernel do about it?"},
}, {
	ID: "M31", Title: "The bits that say no", Chapter: 5, Stage: "walk", Parts: []string{"instructions", "rings"}, Slow: "exception",
	Brief: "U/S, R/W and NX: three bits in each entry decide who may do what, and the processor checks them all.",
	Text: "An entry that is present can still refuse. One bit says whether ring 3 may use the page at all: the kernel lies in the upper half of every process, and " +
		"that bit keeps programs out. One says whether it may be written. One says that it must not be executed. `forbidden` tries each, and each " +
		"time a child of it dies.",
	Deep: "The rights of all levels count together: U/S and R/W must be 1, and XD 0, in each entry of the walk. The kernel's half has U/S 0 from the PML4 entry on. The error code tells what was tried: " +
		"bit 0 P (the page was present), bit 1 W/R, bit 2 U/S, bit 4 I/D. Here: 5 for reading the direct map at `0xffff888000100000`, 7 for the write to text, 0x15 for the fetch from `.data`. " +
		"`do_user_addr_fault` compares with the VMA (`access_error`) and sends `SIGSEGV`, `SEGV_ACCERR`; for an address of the kernel `SEGV_MAPERR`. The fourth try, an address that is not canonical, is `#GP`.",
	Why: "The kernel lies in every address space so that a system call need not change CR3; that is only safe if ring 3 cannot look. And code that cannot be " +
		"written, with data that cannot be executed, leaves an attacker's bytes nowhere to run.",
	Alt: "A page walk that reaches its last entry and stops there: one of the entry's bits is marked as the one that refused the access.",
	Key: 2,
	Moments: []Moment{
		{Name: "The kernel's half", Text: "A child reads an address of the kernel's. The walk comes to its end, but U is 0 from the PML4 entry on: for ring 0 only.",
			Goal: view.Goal{Run: "forbidden", At: "forbidden:read_kernel"}},
		{Name: "Refused", Text: "Error code 5: the page is present, the access came from ring 3, it was a read.", Stage: "rings",
			Goal: view.Goal{Stop: "exception", In: "forbidden"}},
		{Name: "A write to code", Text: "This page may be read and executed. R/W is 0, and the instruction wants to write over itself.",
			Goal: view.Goal{At: "forbidden:write_code"}},
		{Name: "Executing data", Text: "The bytes are a valid instruction, but their page has NX set. The fetch is refused.",
			Goal: view.Goal{At: "forbidden:execute_data", Step: 3}},
		{Name: "The kernel's answer", Text: "Whatever the bit was, the program hears the same word: SIGSEGV.", Stage: "console",
			Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 0, Kind: "walk-stop", Text: "The child is about to read. At which bit will it end?"},
}, {
	ID: "M32", Title: "A tree with few branches", Chapter: 5, Stage: "walk", Parts: []string{"instructions", "memory"}, Slow: "page-fault",
	Brief: "Of 256 TiB of addresses a program uses little; what it does not use has no tables, only an empty entry.",
	Text: "`sparse` touches single bytes that are very far apart. Each new place needs a branch of its own: up to three frames for tables, and one for the byte. What lies between " +
		"costs nothing: an empty entry near the root stands for half a terabyte that is not there, and the walk ends at it. Some " +
		"addresses cannot be at all: bits 63 to 48 must repeat bit 47, or the processor refuses without looking at any table.",
	Deep: "An empty PML4 entry covers 512 GiB, an empty PDPT entry 1 GiB, an empty PD entry 2 MiB. A flat table for 48 bits would have 2^36 entries, 512 GiB for each process; " +
		"`sparse` prints the frames that it has (`VmPTE`). Canonical addresses are 0 to `0x00007fffffffffff` and `0xffff800000000000` to the end; an access to " +
		"any other raises `#GP`, not `#PF`, and CR2 does not tell it. User space ends a page before the lower half does: `TASK_SIZE_MAX` is `0x7ffffffff000`.",
	Why:   "The rule about the upper bits keeps programs from hiding data in them, so that a later processor can give those bits a meaning. With five levels, one has.",
	Loose: "The space of 48 bits is not one stretch: it has two halves of 128 TiB each, at the bottom and at the top of the 64-bit range, and a gap between them in which no address is canonical.",
	Alt:   "A page walk that ends at the first table: its entry is empty, and the tables that would follow are missing.",
	Key:   2,
	Moments: []Moment{
		{Name: "Near the program", Text: "256 MiB up. The first two tables are those of the program itself; the walk ends in the third.",
			Goal: view.Goal{Run: "sparse; forbidden", At: "sparse:touch"}},
		{Name: "256 GiB up", Text: "The same entry of the first table, another of the second: the walk ends there.",
			Goal: view.Goal{At: "sparse:touch"}},
		{Name: "96 TiB up", Text: "Nothing of this region exists. The very first entry is empty, and the walk is over after one look.",
			Goal: view.Goal{At: "sparse:touch"}},
		{Name: "A branch has grown", Text: "One byte was written there, and it cost four frames: three for tables, one for the page.",
			Goal: view.Goal{Stop: "page-fault", In: "sparse"}},
		{Name: "No address at all", Text: "Bit 47 is 1 and bit 48 is 0. No table is asked: the processor raises #GP.",
			Goal: view.Goal{At: "forbidden:no_address"}},
		{Name: "General protection", Text: "Vector 13, not 14, and CR2 still holds an older address.", Stage: "rings",
			Goal: view.Goal{Stop: "exception", In: "forbidden"}},
	},
	Ask: &Ask{Moment: 2, Kind: "walk-stop", Text: "96 TiB up, where nothing is. How far will the walk get?"},
}, {
	ID: "M33", Title: "Five levels", Chapter: 5, Boot: Boot{Append: "la57"}, Stage: "walk", Parts: []string{"instructions", "memory"}, Slow: "walk",
	Brief: "One more table in front of the four: nine more bits, and 128 PiB of addresses in place of 256 TiB.",
	Text: "This machine was booted with `la57`. The address has 57 bits that count, and a fifth table stands in front of the four. A program does not notice, unless it asks: " +
		"only one that names a place beyond the old end is given one there. `sparse` asks for such a place with its last byte.",
	Deep: "`CR4.LA57` can only be set while paging is off, so the boot code decides, as Linux's `pgtable_64.c` does. The PML5 is indexed by bits 56:48; an address is canonical if bits 63:57 repeat " +
		"bit 56. `TASK_SIZE_MAX` becomes 2^56 - 4096. `mmap` stays below 47 bits (`DEFAULT_MAP_WINDOW`) unless its hint is above, because programs exist that keep things in upper bits. " +
		"Linux moves its direct map to `0xff11000000000000` then; this kernel leaves it at `0xffff888000000000`.",
	Why: "A machine with more than 64 TiB of memory could not map all of it in half of 48 bits. Nine more bits cost one more look in a table for each walk, which is why nobody turns it on who need not.",
	Alt: "A page walk with five tables: the address is cut into five indexes of nine bits and an offset.",
	Key: 2,
	Moments: []Moment{
		{Name: "The usual addresses", Text: "Five tables are walked now, and for an ordinary address the first index is 0.",
			Goal: view.Goal{Run: "sparse", At: "sparse:touch"}},
		{Name: "Beyond 48 bits", Text: "`0x4000000000000` has bit 50 set. With four levels no such address could be used.",
			Goal: view.Goal{At: "sparse:touch", Times: 3}},
		{Name: "Four new tables", Text: "Entry 4 of the first table was empty. The fault has made four tables and a page.",
			Goal: view.Goal{Stop: "page-fault", In: "sparse"}},
		{Name: "Five looks, one byte", Text: "The instruction runs again, and the processor goes through all five.", Goal: view.Goal{Stop: "walk", In: "sparse"}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "The program writes beyond 48 bits. Which page faults?"},
}, {
	ID: "M34", Title: "From page fault to Segmentation fault", Chapter: 5, Stage: "rings", Parts: []string{"walk", "processes"}, Slow: "exception",
	Brief: "The processor reports a page fault. That it becomes a segmentation fault is the kernel's decision.",
	Text: "`segv` reads address 0. The processor finds an empty entry, and does what it does for every page that is missing: it stops the instruction and calls the kernel. " +
		"Mostly the kernel brings the page. Here it looks at its list of what this process may use, finds nothing, and sends a signal. The program has no answer to " +
		"that signal, so it ends. The shell, which waited, reads why, and prints the words that everybody knows.",
	Deep: "`#PF` is vector 14; CR2 holds the address and the error code is 4: not present, read, user. `exc_page_fault` comes to `do_user_addr_fault`; `lock_mm_and_find_vma` finds no VMA, " +
		"and `bad_area_nosemaphore` sends `SIGSEGV` with `si_code` `SEGV_MAPERR`. On the way back to ring 3 `get_signal` finds the default action, dump core, and calls `do_group_exit`. " +
		"`wait4` gives the shell status 0x8b if a core was written, 0x0b if not (the limit for cores is 0 here, so the shell leaves “(core dumped)” out); it makes 128 + 11 = 139 of it.",
	Why:   "The hardware knows tables, and only the kernel knows intentions: the same empty entry may be a page on the disk, one never used, or a mistake. So the processor asks each time.",
	Loose: "What the hardware raises is a page fault. “Segmentation fault” is the name of the signal SIGSEGV, which the kernel sends; segments have nothing to do with it on this machine.",
	Alt:   "The way of a page fault: from a load in ring 3 through entry 14 of the interrupt descriptor table into the kernel, which sends a signal.",
	Key:   1,
	Moments: []Moment{
		{Name: "An ordinary fault", Text: "The program's first instruction faults as well. A mapping allows it, so the page is brought, and nobody is hurt.",
			Goal: view.Goal{Run: "segv; echo $?", Stop: "page-fault", In: "segv", Times: 2}},
		{Name: "The other fault", Text: "The same vector, 14. But CR2 is 0, and for that address there is no mapping.",
			Goal: view.Goal{Stop: "exception", In: "segv", Times: 5}},
		{Name: "SIGSEGV", Text: "The kernel has refused and sent a signal. There is no handler, so the default: the process is over, and its parent is told.", Stage: "processes",
			Goal: view.Goal{Stop: "signal"}},
		{Name: "The shell's words", Text: "“Segmentation fault” is printed by the shell, from the status it was given. `$?` is 128 + 11.", Stage: "console",
			Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "signal", Text: "The processor has reported the fault. What will the kernel send?"},
}, {
	ID: "M35", Title: "Nothing is loaded until it is touched", Chapter: 5, Stage: "memory", Parts: []string{"walk", "instructions"}, Slow: "page-fault",
	Brief: "Memory that is asked for is only a note. A frame comes with the first touch of each page, by a fault.",
	Text: "`touch-pages` asks for 64 pages and gets none; then it touches them, and each touch is a fault that brings one frame. `mapfile` maps a whole file and reads a byte here and " +
		"there: only those pages are read from the disk. Run again, it waits for no disk: the frames are still in the page cache, and the process is " +
		"given the very same ones.",
	Deep: "`mmap` makes a `vm_area_struct` and no PTE. A write to an untouched anonymous page comes to `do_anonymous_page`: a cleared frame, R/W and D set. For a file it is `do_read_fault`, by way of " +
		"`filemap_fault`: a page that is not in the cache is read first, which counts as a major fault; one that is there counts as minor. (Linux lets others run while the disk works, " +
		"maps up to 15 neighbours that are cached, `do_fault_around`, and reads ahead. This kernel waits, and maps one page for one fault, so each can be seen.)",
	Why: "Programs ask for more than they use, and use less of their files than one would think. Paying at the first touch means paying for what is needed, and starting at once.",
	Alt: "A mosaic of frames filling with the colour of anonymous memory while a program touches its pages one after the other.",
	Key: 1,
	Moments: []Moment{
		{Name: "A promise", Text: "`mmap` has returned an address. The list of mappings has a new line of 64 pages, and the mosaic has not changed.",
			Goal: view.Goal{Run: "touch-pages; mapfile; mapfile", Stop: "syscall-ret", Call: "mmap", In: "touch-pages"}},
		{Name: "Half way", Text: "Some 32 touches, as many faults, and as many frames more in the colour of anonymous memory.",
			Goal: view.Goal{Stop: "page-fault", In: "touch-pages", Times: 33}},
		{Name: "One fault, closely", Text: "Touch, fault, frame, once more. Here the walk has just been completed by the kernel.", Stage: "walk",
			Goal: view.Goal{Stop: "page-fault", In: "touch-pages"}},
		{Name: "A file, piece by piece", Text: "`mapfile` has touched a page of the file. It is not in memory: the disk is asked, and the process waits for it.",
			Stage: "machine", Goal: view.Goal{Stop: "disk-read", Times: 14}},
		{Name: "The second time", Text: "The same file, mapped by a new process. Its frames are there already, and the faults wait for nothing.",
			Goal: view.Goal{Call: "writev", In: "mapfile", Times: 2, Look: view.LookFile + "ld-musl-x86_64.so.1"}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "The program goes from page to page. Which one faults next?"},
}, {
	ID: "M36", Title: "More memory than there is", Chapter: 5, Boot: Boot{MemMiB: 8, SwapMiB: 16}, Stage: "memory", Parts: []string{"walk", "time"}, Slow: "swap-out",
	Brief: "With 8 MiB of memory a program uses 8 MiB. Pages go to the disk and come back, each with a fault.",
	Text: "This machine has little memory, and a second disk for what does not fit. `eat` fills more pages than there are frames left. When few are free, the kernel's hand goes round " +
		"the frames: one that was used since it last came by is spared, one that was not has to go. Its bytes are written to the disk, and its entry keeps a note of " +
		"where. A touch of such a page is a fault like any other, only slow.",
	Deep: "Below a watermark of free frames the kernel reclaims (`try_to_free_pages`). The default policy here is the clock: `A` set, clear it and go on; `A` clear, evict " +
		"(`try_to_unmap`, `swap_writepage`). The PTE gets P = 0 and holds a swap entry: the area, and the slot in it. `do_swap_page` reads the slot back and counts a major fault. " +
		"(Linux itself has had lists of active and inactive pages, and since 6.1 generations, MGLRU; `replacement=` on the command line chooses among clock, lru and fifo here.) " +
		"In round 1 every page that is needed has just been thrown out: a loop over a little more than memory is the worst case for each of the three.",
	Why: "Not all pages are in use at once, so a disk can stand in for memory, as long as the right ones are thrown out. When nearly every touch misses, the machine does little but move pages: thrashing.",
	Alt: "A full mosaic of frames with a hand pointing at one of them, and beside it the slots of the swap device filling.",
	Key: 1,
	Moments: []Moment{
		{Name: "Memory runs out", Text: "Hardly a frame is free. The first page has to leave for the disk.",
			Goal: view.Goal{Run: "eat 8 1", Stop: "swap-out"}},
		{Name: "The hand goes round", Text: "Hundreds of pages later. Each has left a note in its entry; the frames have new owners.",
			Goal: view.Goal{Stop: "swap-out", Times: 100}},
		{Name: "One comes back", Text: "Round 1 touches a page that was thrown out. The entry says where it is, and the kernel reads it in again.", Stage: "walk",
			Goal: view.Goal{Stop: "swap-in", In: "eat"}},
		{Name: "Thrashing", Text: "For every page that comes in, another goes out, and it is one that will be wanted soon.",
			Goal: view.Goal{Stop: "swap-in", In: "eat", Times: 200}},
		{Name: "Added up", Text: "The program says how many pages came back from the disk in each round: nearly all of them.", Stage: "console",
			Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "victim", Text: "Another frame is needed. Which page has to leave?"},
}}
