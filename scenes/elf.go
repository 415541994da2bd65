package scenes

import "vitrine/wasm/view"

// elf are the scenes of chapter 4, M22–M26.
var elf = []Scene{{
	ID: "M22", Title: "What the kernel reads of a program", Chapter: 4, Stage: "exec", Parts: []string{"instructions", "memory"}, Slow: "exec",
	Brief: "An ELF file of 188 bytes: the kernel reads its header and one program header, and asks for nothing else.",
	Text: "An executable file begins with a header: sixty-four bytes that say for which processor it is, where its first instruction lies, and where " +
		"the table is that says what to load. `tiny` has that header, a table with one entry, and some code. It has no section headers, and it runs. " +
		"`arm` is the same file with one number changed: its header says that it is for another processor. The kernel refuses it before it has loaded a byte.",
	Deep: "`load_elf_binary` looks at the first four bytes (`\\x7fELF`), at `e_type` (`ET_EXEC` or `ET_DYN`) and at `e_machine` (62, `EM_X86_64`). Not even " +
		"`EI_CLASS` is asked: `e_phentsize` must be 56, the size of an `Elf64_Phdr`. Then `load_elf_phdrs` reads `e_phnum` program headers from `e_phoff` on. " +
		"`e_shoff` is 0 here, and nobody looks. For `e_machine` 183 (`EM_AARCH64`) the handler answers `-ENOEXEC`, the next format is tried, none is " +
		"left, and `execve` returns -8.",
	Why: "Sections are for whoever builds and debugs: they name functions, strings, line numbers. To run a program you need to know which bytes go where, with " +
		"which rights, and that is what program headers say. So one file has two tables, for two readers.",
	Alt: "The bytes of a very small file, divided into the ELF header, one program header and code, beside the list of handlers that looked at it.",
	Key: 1,
	Moments: []Moment{
		{Name: "The shell asks", Text: "`execve` has been entered: the shell's child wants to become `/bin/tiny`. Nothing of the file has been judged yet.",
			Stage: "rings", Goal: view.Goal{Run: "tiny; arm", Stop: "syscall-insn", Call: "execve"}},
		{Name: "Accepted", Text: "Header and program header are 120 bytes, and they were enough. The first instruction will be at `0x400078`, right behind them in the file.",
			Goal: view.Goal{Stop: "exec", In: "tiny"}},
		{Name: "It runs", Text: "The page that holds everything has been brought. This is the first instruction, and all registers but RSP are 0.", Stage: "instructions",
			Goal: view.Goal{Stop: "iret", In: "tiny", Times: 2}},
		{Name: "Another machine", Text: "The bytes at offset 18 say `b7 00`, 183: an ARM. Every handler has declined, and `execve` returns ENOEXEC.",
			Goal: view.Goal{Stop: "syscall-ret", Call: "execve"}},
		{Name: "What the shell makes of it", Text: "A file that is no program may be a script without a first line, so the shell tries to read it as one. It makes no sense.",
			Stage: "console", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-fault", Text: "Nothing of `tiny` is in its memory yet. Which page will fault first?"},
}, {
	ID: "M23", Title: "Segments land in memory", Chapter: 4, Stage: "exec", Parts: []string{"memory", "walk"}, Slow: "page-fault",
	Brief: "Four segments of a file become four stretches of memory, each with its own rights. Zeros take no room.",
	Text: "A segment is a line in the program's table: so many bytes of the file, to this address, with these rights. Code may be read and executed, " +
		"constants may only be read, variables may be written. The last segment asks for more memory than the file has bytes for. The rest, `.bss`, is zero, " +
		"and takes no room in the file at all.",
	Deep: "Each `PT_LOAD` becomes a `MAP_PRIVATE` mapping by `elf_map`, in whole pages: `p_offset` and `p_vaddr` are equal modulo 4096. Where `p_memsz` exceeds " +
		"`p_filesz`, `padzero` clears the rest of the last file page, and `vm_brk_flags` maps anonymous pages behind it. `PT_GNU_STACK` without `PF_X` " +
		"makes the stack non-executable; `PT_GNU_RELRO` and `PT_NOTE` are nothing to load. Reading `.bss` maps the one zero page, read-only, " +
		"five times; the first write to a page of it gets a frame (`do_wp_page`, then `wp_page_copy`).",
	Why: "Rights belong to pages, so what has different rights must lie in different pages. And twenty thousand zeros on the disk would tell nobody anything: " +
		"their number is enough.",
	Alt: "A file as a strip with four loadable segments, and lines from each to its place in the address space; a hatched tail is filled with zeros.",
	Moments: []Moment{
		{Name: "The segments are mapped", Text: "Four `PT_LOAD` entries, four mappings, and `.bss` behind them. The kernel has touched one page only, where variables and zeros meet: it had to clear the rest.",
			Goal: view.Goal{Run: "segments", Stop: "exec", In: "segments"}},
		{Name: "The first instruction", Text: "The mapping is a promise. The first fetch faults, and the frame from the page cache is entered, to read and to execute.",
			Stage: "walk", Goal: view.Goal{Stop: "page-fault", In: "segments"}},
		{Name: "Where things lie", Text: "The program prints its addresses: code, a constant, a variable, zeros, each in a segment of its own kind.",
			Stage: "memory", Goal: view.Goal{Call: "writev", In: "segments", Times: 3}},
		{Name: "Zeros cost nothing", Text: "It has read 20480 zeros. Five pages were touched, and all five entries lead to the same frame: the zero page.",
			Stage: "memory", Goal: view.Goal{Call: "writev", In: "segments"}},
		{Name: "Written", Text: "One of the zeros is overwritten. Now that page has a frame of its own.", Stage: "walk",
			Goal: view.Goal{Stop: "page-fault", In: "segments"}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-fault", Text: "Everything is mapped, nothing is in memory. Which page will fault first?"},
}, {
	ID: "M24", Title: "The dynamic linker runs first", Chapter: 4, Stage: "exec", Parts: []string{"instructions", "memory"}, Slow: "page-fault",
	Brief: "The program names another one. The kernel maps both and starts the other, which joins the pieces.",
	Text: "`dynamic` calls `printf` but does not contain it. Its file names a helper, `/lib/ld-musl-x86_64.so.1`, and the kernel maps that as well and starts it " +
		"instead. The helper reads the program's tables, looks up each missing name in the library, and writes the address it found into a table of " +
		"the program. Then it jumps to where the program begins. The kernel has no part in this: it is ordinary work in ring 3.",
	Deep: "`PT_INTERP` gives the path; `load_elf_interp` maps it, and `start_thread` gets its entry point. `AT_BASE` in the auxiliary vector says where it " +
		"lies, `AT_PHDR` and `AT_ENTRY` where the program does. With musl the linker and the C library are one file. It applies `R_X86_64_GLOB_DAT` and " +
		"`R_X86_64_JUMP_SLOT` relocations to the GOT at `0x403fc0` and `0x404000`, all before `_start`: musl does not bind lazily. A call goes through the PLT: " +
		"`jmp [rip+…]`, by way of that slot.",
	Why: "One library on the disk and in memory serves every program, and can be repaired for all of them at once. The price is paid at each start: here " +
		"it is some sixty page faults where `tiny` has one.",
	Alt: "Two files beside an address space: the program low, the dynamic linker high; the instruction pointer is in the linker.",
	Moments: []Moment{
		{Name: "Two files are mapped", Text: "Program and interpreter both lie in the address space. The entry that the kernel will return to belongs to the interpreter.",
			Goal: view.Goal{Run: "dynamic", Stop: "exec", In: "dynamic"}},
		{Name: "The linker's first fetch", Text: "The address begins with `7f`: high up, where mappings go. This is the linker, not the program at `0x400000`.",
			Stage: "walk", Goal: view.Goal{Stop: "page-fault", In: "dynamic"}},
		{Name: "It writes into the program", Text: "The linker has written into the page that holds the program's tables. The page came from the file and is private: a write copies it.",
			Stage: "walk", Goal: view.Goal{Stop: "cow", In: "dynamic", Times: 2}},
		{Name: "The program's own code", Text: "Everything is joined. The linker has jumped to `_start`, the address in the file's header; this is the function that it calls first.", Stage: "instructions",
			Goal: view.Goal{At: "dynamic:_start_c"}},
		{Name: "From main into the library", Text: "`main` begins. Its calls go by way of the table: the slots hold addresses in the library now.", Stage: "instructions",
			Goal: view.Goal{At: "dynamic:main"}},
		{Name: "Inside the library", Text: "`main` has called `getpid`, and it was the library that executed `syscall`. RIP is high up again.", Stage: "instructions",
			Goal: view.Goal{Stop: "sysret-insn", In: "dynamic"}},
	},
	Ask: &Ask{Moment: 0, Kind: "user-rip", Text: "The file's header says `0x401080`. Will RIP be there?"},
}, {
	ID: "M25", Title: "One library, many processes", Chapter: 4, Stage: "memory", Parts: []string{"walk", "exec"}, Slow: "page-fault",
	Brief: "Two processes run the same library. Its code is in memory once; its data is there for each.",
	Text: "Two copies of `dynamic` sleep side by side. Each has mapped the library at an address of its own choosing, and both print a different place for " +
		"`printf`. Yet the frames behind those addresses are the same: code is only read, so one copy does for everybody. What each " +
		"has written, its variables and its table of addresses, lies in frames of its own.",
	Deep: "The library's text is mapped `MAP_PRIVATE`, `r-x`, from the page cache. A read fault (`do_read_fault`) enters the cache's frame in the PTE, " +
		"R/W clear, and raises its map count. The second process finds the page in the cache: its faults are minor ones. Only pages that are written (`.data`, " +
		"GOT) become anonymous copies. The addresses differ by ASLR (`mmap_base` is random for each exec), so position-independent code is what makes sharing possible.",
	Why: "If the code held absolute addresses, each process would have to patch it, and so would need a copy. Code that finds its data relative to RIP is the " +
		"same, bit for bit, wherever it lies.",
	Alt: "A mosaic of frames: those of the library's code are marked as shared by two processes, the pages beside them belong to one each.",
	Key: 3,
	Moments: []Moment{
		{Name: "The first one loads", Text: "The library's pages come from the disk into the page cache, each when it is first touched.",
			Goal: view.Goal{Run: "dynamic 2 & dynamic 2", Call: "writev", In: "dynamic"}},
		{Name: "The second one begins", Text: "A new process, and the same file is mapped once more. No frame has been taken for its code.",
			Goal: view.Goal{Stop: "exec", In: "dynamic"}},
		{Name: "Found in the cache", Text: "The second one touches a page of the library. The frame is there already: its entry is pointed at it, and nothing is read.",
			Stage: "walk", Goal: view.Goal{Stop: "page-fault", In: "dynamic"}},
		{Name: "Two owners", Text: "Both sleep. This frame holds a page of the library's code: two lines lead to it, one from each process. Choose an anonymous one: it has a single owner.",
			Goal: view.Goal{Call: "nanosleep", Look: view.LookFile + "ld-musl-x86_64.so.1"}},
	},
}, {
	ID: "M26", Title: "What a new program finds", Chapter: 4, Stage: "exec", Parts: []string{"instructions", "walk"}, Slow: "exec",
	Brief: "Before its first instruction a program has a stack: arguments, environment, and notes from the kernel.",
	Text: "A program does not begin with nothing. On its stack lie, from the top down, the strings of its arguments and its environment, then a list of notes " +
		"from the kernel, then pointers to those strings, and at the very bottom, where RSP points, the number of arguments. All other registers are zero. " +
		"What a C program knows as `argc` and `argv` is read from here by the few instructions in front of `main`.",
	Deep: "`bprm_execve` copies the strings to the top of the new stack (`copy_strings`); `create_elf_tables` puts 16 random bytes, the platform string, the auxiliary vector, " +
		"`envp`, `argv` and `argc` below, and aligns RSP to 16 bytes as the x86-64 ABI wants. In the vector: `AT_PHDR`, `AT_PHNUM`, `AT_ENTRY`, `AT_BASE`, " +
		"`AT_RANDOM`, `AT_EXECFN`, `AT_PAGESZ` and others, up to `AT_NULL`. `ELF_PLAT_INIT` clears the registers, `start_thread` sets RIP and RSP, and `iretq` " +
		"or `sysretq` goes there.",
	Why: "The kernel and the program have never met; a fixed layout in memory is the only language they share. Zeroed registers keep what the program before " +
		"had in them from leaking into the next.",
	Alt: "A new stack, listed from the stack pointer up: the count, the arguments, the environment, the auxiliary vector; beside it the program's segments.",
	Key: 1,
	Moments: []Moment{
		{Name: "The caller's lists", Text: "The shell's child calls `execve` with a path and two lists of pointers, all in its own memory, which is about to go.",
			Stage: "rings", Goal: view.Goal{Run: "GREETING=hi hello-c one two", Stop: "syscall-insn", Call: "execve"}},
		{Name: "The stack is built", Text: "The old address space is gone, and what was said has been copied to the top of the new stack.",
			Goal: view.Goal{Stop: "exec", In: "hello-c"}},
		{Name: "The first instruction", Text: "RIP is at the entry point. RSP points to argc, which is 3. The other general registers are 0.", Stage: "instructions",
			Goal: view.Goal{Stop: "iret", In: "hello-c", Times: 2}},
		{Name: "As C sees it", Text: "`main` begins: RDI is argc and RSI is argv, as the calling convention says. The first instructions of the C library took them from the stack.",
			Stage: "instructions", Goal: view.Goal{At: "hello-c:main"}},
	},
	Ask: &Ask{Moment: 1, Kind: "user-rip", Text: "The stack is ready. At which address will the new program begin?"},
}}
