package scenes

import "vitrine/wasm/view"

// forks are the scenes of chapter 6, M37–M43.
var forks = []Scene{{
	ID: "M37", Title: "One process becomes two", Chapter: 6, Stage: "processes", Parts: []string{"instructions", "cow"}, Slow: "fork",
	Brief: "Fork makes a second process out of the first. Both come back from the same call, with different answers.",
	Text: "There is one way to make a process: an existing one calls `fork` and is doubled. The copy has the same memory, the same open files, and stands at the same " +
		"instruction. The only difference is what the call returns: the parent is told the child's number, the child is told 0. A shell starts a program so: " +
		"it forks, and the child calls `execve` and becomes something else.",
	Deep: "musl's `fork` is system call 57; glibc's is `clone` with `SIGCHLD`; both come to `kernel_clone`. `copy_process` makes the `task_struct` and a kernel stack, copies or shares files, signals and memory " +
		"(`copy_mm`, `dup_mmap`), and `copy_thread` copies `pt_regs` and writes 0 to the child's saved `ax`. `alloc_pid` gives the next free number, `wake_up_new_task` puts it into the run " +
		"queue. `vfork` and `CLONE_VM` share the address space instead; `wait4` collects the child's status and lets its entry go.",
	Why: "Between fork and exec the child is still the old program, so it can prepare the ground: redirect files, change the directory, drop rights. No other call needs to know " +
		"how to do that for somebody else.",
	Alt: "A tree of processes in a row: init, the shell, a program, its child and its grandchild; fork has returned 6 in one and 0 in the other.",
	Key: 3,
	Moments: []Moment{
		{Name: "The shell forks", Text: "You typed a command. First the shell doubles itself: for a moment there are two shells.",
			Goal: view.Goal{Run: "forks 2", Stop: "fork", In: "sh"}},
		{Name: "One becomes forks", Text: "The child has called `execve`. The number stays, the program is another.", Goal: view.Goal{Stop: "exec", In: "forks"}},
		{Name: "Fork itself", Text: "`forks` has called fork. Two processes, one instruction pointer value, and RAX will be the only difference.",
			Goal: view.Goal{Stop: "fork", In: "forks"}},
		{Name: "A grandchild", Text: "The child forks in turn. Whoever is waiting says for whom.", Goal: view.Goal{Stop: "fork", In: "forks"}},
		{Name: "Ended, and waited for", Text: "The youngest has ended. Its parent was waiting, took the status, and the number is free again. Had nobody waited, a zombie would stay: a number and a status.",
			Goal: view.Goal{Stop: "exit"}},
		{Name: "The whole tree was here", Text: "Each line on the console was printed by another process. All have ended and been collected.", Stage: "console",
			Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 2, Kind: "fork-return", Text: "What will fork return?"},
}, {
	ID: "M38", Title: "Copy on write", Chapter: 6, Stage: "cow", Parts: []string{"walk", "rings"}, Slow: "cow",
	Brief: "After fork, parent and child share every page. The first write to one makes the copy.",
	Text: "Forking a program copies none of its memory: parent and child look at the same frames, and neither may write. When one of them does, the " +
		"processor faults, and the kernel copies exactly that page. Then the same instruction runs again, as if nothing had happened.",
	Deep: "`fork` runs `dup_mmap`: every private writable PTE loses its R/W bit in both processes, and the frame's reference count goes up. A write raises " +
		"`#PF` with error code 7 (present, write, user); `handle_mm_fault` finds a VMA that allows writing, so `do_wp_page` allocates a frame, copies 4 KiB, points " +
		"the PTE to it with R/W set, and flushes the TLB entry. `iretq` returns to the faulting instruction. The last owner of a frame gets R/W back without a copy.",
	Why: "Most children call `exec` at once, and all that was copied would be thrown away. Copying late costs one fault for a page that is really written, " +
		"and nothing for the others.",
	Alt: "The pages of a parent and of its child side by side, joined by lines to shared frames; one page has got a frame of its own.",
	Key: 3,
	Moments: []Moment{
		{Name: "Before the fork", Text: "One process, one address space. `cow` is about to call fork.", Stage: "processes",
			Goal: view.Goal{Run: "cow", Call: "writev", In: "cow"}},
		{Name: "After the fork", Text: "Two processes, the same frames: every line meets another one. No page may be written by either.",
			Goal: view.Goal{Stop: "fork", In: "cow"}},
		{Name: "The write is refused", Text: "A write to a shared page: the walk ends at an entry without R/W, and the processor faults.",
			Stage: "walk", Goal: view.Goal{Stop: "exception", In: "cow"}},
		{Name: "The copy", Text: "The kernel has copied the page to a new frame: the line has snapped.", Goal: view.Goal{Stop: "cow", In: "cow"}},
		{Name: "Each its own", Text: "After some more writes: what was written is separate, what was not is still shared.",
			Goal: view.Goal{Stop: "cow", In: "cow", Times: 4}},
		{Name: "The parent never noticed", Text: "The child wrote B, and the parent still reads A.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "One of the two will write. Which page faults next?"},
}, {
	ID: "M39", Title: "The first process", Chapter: 6, Boot: Boot{Append: "init=/bin/orphan"}, Stage: "processes", Parts: []string{"instructions", "memory"}, Slow: "exit",
	Brief: "PID 1 adopts those whose parents have ended. It cannot be killed, and if it ends, the machine does.",
	Text: "The kernel starts one program itself; every other process is a descendant of that one. Here it is `orphan`, so that you can watch what init must do. " +
		"A child forks a grandchild and ends first: the grandchild's new parent is PID 1. The grandchild tries to kill PID 1, and nothing happens. Then PID 1 " +
		"simply returns from main, and the kernel has nobody left to hand the machine to. It panics.",
	Deep: "`forget_original_parent` looks for a reaper: a thread of the same group, then the nearest ancestor with `PR_SET_CHILD_SUBREAPER`, else the namespace's `child_reaper`, PID 1. Init's " +
		"signals are `SIGNAL_UNKILLABLE`: what it has no handler for is dropped by `sig_task_ignored`, even SIGKILL; `kill` returns 0 all the same. When the last thread of the global init is in " +
		"`do_exit`: `panic(\"Attempted to kill init! exitcode=0x%08x\\n\")`. The code is in the form of `wait`: 0 for a return of 0.",
	Why: "Somebody has to collect the status of each process that ends, or its number is never free again. A tree has one root, so the root does it for all who have nobody else.",
	Alt: "A small tree of processes: the one in the middle has ended and is dashed, and its child hangs directly below PID 1 now.",
	Key: 2,
	Moments: []Moment{
		{Name: "The kernel starts PID 1", Text: "The only process that was not forked from another program. Ring 3 begins here.",
			Goal: view.Goal{Power: true, Stop: "exec"}},
		{Name: "Three generations", Text: "1 has forked 2, and 2 has forked 3.", Goal: view.Goal{Stop: "fork", In: "orphan", Times: 2}},
		{Name: "The middle one ends", Text: "PID 2 has ended; only its status is left, until PID 1 asks for it. PID 3 hangs below PID 1 now, which never heard of it.", Goal: view.Goal{Stop: "exit"}},
		{Name: "SIGKILL for init", Text: "PID 3 has sent signal 9 to PID 1. The call succeeded, and PID 1 is as alive as before.", Goal: view.Goal{Call: "kill"}},
		{Name: "Init ends", Text: "PID 1 has returned from main. There is nothing that could run: the kernel panics, and the machine stands still.", Stage: "console",
			Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-task", Text: "Three processes want the CPU. Who has it next?"},
}, {
	ID: "M40", Title: "From the reset to the first program", Chapter: 6, Stage: "boot", Parts: []string{"instructions", "memory"}, Slow: "boot",
	Brief: "Firmware, boot loader, kernel, init: four programs, each of which loads the next.",
	Text: "When power comes on, the processor begins at a fixed address, in a chip on the board. That program reads one sector from the disk and jumps to it. " +
		"The sector's 446 bytes of code read the kernel and switch to 32 bits. The kernel builds page tables and switches to 64 bits. " +
		"At last it starts the first program in ring 3. Everything up to here is real machine code, and you can step through all of it.",
	Deep: "After RESET, CS has base `0xffff0000` and IP is `0xfff0`: the first fetch is from `0xfffffff0`. The ROM sets up serial port, 8259 and 8254 and reads LBA 0 to `0x7c00`. The boot sector reads the kernel to `0x10000`, opens A20, loads a GDT, sets " +
		"`CR0.PE` and copies the image to 1 MiB. `startup_32` builds tables and enters long mode (M28); `start_kernel` runs its steps (M41), and `kernel_init` executes `/sbin/init` (M42). " +
		"A PC of today starts in UEFI firmware, mostly in long mode already, and loads the kernel as an EFI program; the handing on from one to the next is the same.",
	Why: "Each stage knows just enough to find the next. The chip cannot know which system is on the disk, and 512 bytes cannot hold a kernel; so a small program fetches a larger one, twice.",
	Alt: "The stages of a boot from the reset vector to init, with the processor's mode at each, a map of memory and the kernel's log.",
	Key: 5,
	Moments: []Moment{
		{Name: "The first instruction", Text: "Real mode, 16 bits. One instruction has been executed: a jump, from 16 bytes below 4 GiB to the beginning of the ROM.",
			Goal: view.Goal{Power: true, At: "post"}},
		{Name: "The boot sector", Text: "The ROM has read 512 bytes to `0x7c00` and jumped there. The next program begins.", Goal: view.Goal{At: "boot_sector"}},
		{Name: "Protected mode", Text: "`CR0.PE` is set: 32-bit code from here on. The kernel was read to 64 KiB, where real mode can reach; now it is copied to 1 MiB.", Goal: view.Goal{At: "protected_mode"}},
		{Name: "The kernel's first code", Text: "The image is in memory, and the boot sector has jumped into it. Paging is still off.", Goal: view.Goal{At: "startup_32"}},
		{Name: "64 bits", Text: "Long mode, page tables, the upper half: `start_kernel`.", Goal: view.Goal{At: "start_kernel"}},
		{Name: "Ring 3", Text: "The kernel has executed `/sbin/init`. From now on it only answers.", Goal: view.Goal{Stop: "exec"}},
	},
	Ask: &Ask{Moment: 3, Kind: "next-rip", Text: "The kernel's code begins. Where is the next instruction?"},
}, {
	ID: "M41", Title: "start_kernel, step by step", Chapter: 6, Stage: "boot", Parts: []string{"instructions", "memory"}, Slow: "boot",
	Brief: "The kernel sets itself up in a fixed order, makes PID 1, gives back what only the boot needed.",
	Text: "`start_kernel` calls one step after the other: the table for interrupts, the memory, the scheduler, the interrupt controller, the timer, the console. Each can only " +
		"use what the ones before have set up. Then it makes PID 1 and becomes the task that runs when nobody else wants to. PID 1 mounts the disk, and gives the pages with the boot's " +
		"own code back.",
	Deep: "Here, with Linux's names: `setup_arch`, `trap_init` (IDT, TSS, the `syscall` MSRs), `mm_init` (all frames, the direct map), `sched_init` (PID 0, `swapper`), `init_IRQ` (8259, vectors 32 to 47), " +
		"`time_init` (8254 channel 0), `console_init`, `vfs_caches_init`, `rest_init`. That makes PID 1 (`kernel_init`), and PID 0 goes to `cpu_idle`. PID 1: `mount_root`, `free_initmem`, `run_init_process`. Linux has many more steps, and " +
		"`rest_init` starts a second kernel thread, `kthreadd`; this kernel has none.",
	Why: "Before the tables for exceptions are there, any mistake resets the machine; before memory is known, nothing can be allocated. The order is that of what needs what. And what is needed only once is " +
		"kept together, so that it can be freed together.",
	Alt: "The steps of start_kernel with the time of each, beside the stages of the boot; the pages of the boot's own code have just been freed.",
	Key: 4,
	Moments: []Moment{
		{Name: "start_kernel", Text: "In the upper half, with a stack and nothing else. Interrupts are off.", Goal: view.Goal{Power: true, At: "start_kernel"}},
		{Name: "Traps and memory", Text: "The IDT is written and each frame has its record. From now on a mistake can be reported.", Goal: view.Goal{At: "sched_init"}},
		{Name: "The hardware", Text: "The 8259 has its vectors, and the 8254 counts down to the first tick.", Goal: view.Goal{At: "console_init"}},
		{Name: "rest_init", Text: "PID 1 has been made and is at its first instruction. PID 0, which has done all this, is the idle task now.", Stage: "processes", Goal: view.Goal{At: "kernel_init"}},
		{Name: "Pages given back", Text: "The pages of `startup_32` and the other code that runs once are free frames now. The log says how many.",
			Goal: view.Goal{At: "run_init_process"}},
		{Name: "The first program", Text: "`run_init_process`: the kernel's own thread becomes `/sbin/init`.", Goal: view.Goal{Stop: "exec"}},
	},
	Ask: &Ask{Moment: 4, Kind: "init", Text: "Everything is ready. Which file will become the first program?"},
}, {
	ID: "M42", Title: "Looking for init", Chapter: 6, Stage: "boot", Parts: []string{"processes", "exec"}, Slow: "boot",
	Boot: Boot{Files: []view.File{
		{Path: "/sbin/init", Link: "/gone"},
		{Path: "/etc/init", Text: "This is only a text.\n", Mode: 0o644},
		{Path: "/bin/init", Text: "\x01\x02\x03\x04 and this is no program\n", Mode: 0o755},
		{Path: "/bin/sh", Link: "/gone"},
	}},
	Brief: "The kernel tries four places for a first program. On this disk none of them works.",
	Text: "The kernel knows four names by heart. If the command line has no `init=`, it tries `/sbin/init`, `/etc/init`, `/bin/init`, and as a last hope a shell. On this disk each of them has been spoilt in another way: " +
		"one leads nowhere, one may not be executed, one is no program, the shell leads nowhere as well. The kernel says what it thinks of each and gives up.",
	Deep: "`kernel_init` calls `run_init_process` for a requested path first, and a failure of that one is final: “Requested init … failed (error …).” Else `try_to_run_init_process` goes through the four. It is silent about `-ENOENT` (-2) and " +
		"reports others: `-EACCES` (-13) for a file without x, `-ENOEXEC` (-8) for one that no binary format knows. When all have failed: `panic(\"No working init found. …\")`. " +
		"A kernel with an initramfs tries `/init` there first (`rdinit=`); this one has none.",
	Why: "A kernel without a program has nothing to do. The list is short and old so that even a broken system can be entered: with a shell as PID 1 one can repair the rest.",
	Alt: "The boot's stages and steps; at the last step four attempts to run an init process, each with its error, and in the log a kernel panic.",
	Key: 2,
	Moments: []Moment{
		{Name: "A healthy kernel", Text: "Everything is set up, PID 1 exists, as a thread of the kernel's. It needs a program.", Stage: "processes", Goal: view.Goal{Power: true, At: "kernel_init"}},
		{Name: "The disk is mounted", Text: "The root file system is there. All that follows is looked up on it.", Goal: view.Goal{At: "run_init_process"}},
		{Name: "Four times no", Text: "Not there, not executable, not a program, not there. Nothing is left to try: panic.", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "init", Text: "Four places are tried. Which file will become the first program?"},
}, {
	ID: "M43", Title: "Shared memory stays shared", Chapter: 6, Stage: "cow", Parts: []string{"walk", "memory"}, Slow: "cow",
	Brief: "Two pages at fork: a private one is copied when it is written, a shared one stays one for both.",
	Text: "`shared` has two pages with the same words in them. One was mapped as private, the other as shared. After a fork the child writes to both. The private page is copied, as always. The " +
		"shared page is not: it was meant to be seen by both, so it kept its right to be written. The parent reads the child's words in it.",
	Deep: "At fork `copy_present_pte` asks `is_cow_mapping`: may the mapping be written (`VM_MAYWRITE`), and is it not shared (no `VM_SHARED`)? Only then is the PTE write-protected in both processes. `MAP_SHARED | MAP_ANONYMOUS` is a file of " +
		"`shmem` behind the scenes (`shmem_zero_setup`), and its frames belong to that file, not to a process; the child's entries may even be left out at fork and be filled in by a fault (`vma_needs_copy`).",
	Why: "Copying is a saving that nobody is meant to notice. With memory that two processes have agreed to share, a copy would be noticed at once: it would be a message that never arrives.",
	Alt: "Parent and child side by side: one page of each leads to the same frame, writable in both; the private page beside it has two frames.",
	Key: 2,
	Moments: []Moment{
		{Name: "Two pages, one process", Text: "Both hold the same words, each in a frame of its own. They differ in one flag of their mappings.", Stage: "memory",
			Goal: view.Goal{Run: "shared", Stop: "syscall-insn", Call: "fork", In: "shared"}},
		{Name: "After the fork", Text: "The private page has lost W in both processes. The shared one has kept it; the child's entry for it will come with its first touch.", Goal: view.Goal{Stop: "fork", In: "shared"}},
		{Name: "The child has written", Text: "The private page was copied: two frames. The shared page was written in place: one frame, seen by both.",
			Goal: view.Goal{Call: "writev", In: "shared"}},
		{Name: "What the parent reads", Text: "In the shared page the child's words, in the private one its own.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "The child will write to both pages. Which page faults next?"},
}}
