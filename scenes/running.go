package scenes

import "vitrine/wasm/view"

// running are the scenes of chapter 3, M16–M21.
var running = []Scene{{
	ID: "M16", Title: "Becoming another program", Chapter: 3, Stage: "exec", Parts: []string{"instructions", "processes"}, Slow: "exec",
	Brief: "`execve` replaces the program that calls it. The process stays, everything in it goes.",
	Text: "A process starts another program by becoming it: the kernel throws the old memory away, puts the new program in its place, and begins at its first instruction. " +
		"What the new one is told as its own name is up to the caller: here `args` is told that it is called \"anything\", and the caller never even names the file.",
	Deep: "`execve(path, argv, envp)` is `execveat(AT_FDCWD, …, 0)`; both go to `do_execveat_common`, which counts and copies the strings into a new `mm`, then `bprm_execve`, `exec_binprm`, `search_binary_handler` and, for ELF, `load_elf_binary`. " +
		"`begin_new_exec` in there is the point of no return. `byhandle` opens /bin/args with O_PATH and calls `execveat(3, \"\", {\"anything\", …}, …, AT_EMPTY_PATH)`; `bprm->filename` is then \"/dev/fd/3\", and so the task's name is \"3\" (since 6.14 Linux takes the file's own). " +
		"An empty `argv` gets one empty string since 5.18.",
	Why: "Unix parts making a process (`fork`) from choosing its program (`execve`). Between the two the child can arrange its files and rights with ordinary calls, and no single call needs an option for each.",
	Alt: "The chain of the kernel's functions for execve, the first bytes of the file, and the new program's memory.",
	Moments: []Moment{
		{Name: "A file, not a name", Text: "`byhandle` has opened the file and calls with an empty path. RDI is 322, execveat's number; RSI, RDX, RCX are its first arguments.", Stage: "instructions",
			Goal: view.Goal{Run: "byhandle", At: "byhandle:syscall", In: "byhandle"}},
		{Name: "Another program", Text: "Same PID, other memory. The file was an ELF file, and its handler has taken it.", Goal: view.Goal{Stop: "exec"}},
		{Name: "It speaks", Text: "The new program asks to have written what it was told. argv[0] is only a convention: nobody has checked it.", Stage: "rings", Goal: view.Goal{Call: "write", In: "3"}},
		{Name: "What it was told", Text: "The name and the arguments that the caller made up. The file is called `args`.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-call", Text: "The new program begins. What does it ask the kernel for first?"},
}, {
	ID: "M17", Title: "The first 256 bytes", Chapter: 3, Stage: "exec", Parts: []string{"memory", "instructions"}, Slow: "exec",
	Brief: "What kind of file is it? The kernel reads 256 bytes and looks.",
	Text: "The kernel does not go by the file's name. It reads the first 256 bytes into a buffer and shows them to each of its handlers. `7f 45 4c 46`, which is DEL and \"ELF\", means a compiled program; " +
		"`#!` means a script. If nobody knows the beginning, the file is no program.",
	Deep: "`struct linux_binprm` holds what is known of an exec on its way: `filename`, `interp` (which file is being looked at), `argc`, `envc`, `p` (the top of the new stack), and `buf[BINPRM_BUF_SIZE]`, 256 bytes since 5.1, 128 before. " +
		"`prepare_binprm` fills it by `kernel_read`; what the file does not have is zero. `load_elf_binary` looks at the 64 bytes of the ELF header in it and reads the program headers itself; `load_script` looks at nothing else but the buffer.",
	Why: "A name can lie and can be changed by anybody; a compiler cannot forget to write the first bytes. 256 bytes are enough for any header and for a line with a path, and one read gets them for all handlers.",
	Alt: "A buffer of 256 bytes as a grid, the bytes at which a handler looked marked.",
	Moments: []Moment{
		{Name: "An ELF file", Text: "7f 45 4c 46. `binfmt_elf` looks at the header: 64 bits, little-endian, for x86-64, and knows enough.", Goal: view.Goal{Run: "hello", Stop: "exec", In: "hello"}},
		{Name: "A script", Text: "23 21 is `#!`. Up to the end of the line the bytes name the program that is to read this file.", Goal: view.Goal{Run: "./script B C", Stop: "exec", In: "script"}},
		{Name: "Neither", Text: "This text begins with `# `, without `!`. All handlers have looked, and none wants it: ENOEXEC.", Goal: view.Goal{Run: "./plain", Call: "execve", In: "sh"}},
	},
	Ask: &Ask{Moment: 0, Kind: "next-call", Text: "The program has been loaded and begins. It has no C library. What does it ask the kernel for first?"},
}, {
	ID: "M18", Title: "Who can run this?", Chapter: 3, Stage: "exec", Parts: []string{"processes", "instructions"}, Slow: "exec",
	Brief: "The kernel asks one handler after the other. One may answer: run this other file instead.",
	Text: "There is a list of handlers, one for each kind of program. The first one that says \"mine\" has it. A script's handler says: mine, but another program must be run. Then everything begins anew with that one. " +
		"Here a script's interpreter is itself a script; and then there is one that is its own.",
	Deep: "`search_binary_handler` walks the list `formats`: binfmt_misc (put at the head), binfmt_script, binfmt_elf, compat_binfmt_elf. ENOEXEC means the next one is asked, anything else ends the search. A handler that wants another file sets `bprm->interpreter`; " +
		"`exec_binprm` swaps the files and loops. `if (depth > 5) return -ELOOP`: so five interpreters may follow one another.",
	Why:   "A list can grow: a new kind of program needs one more handler, in the kernel or as a module, and nothing else changes. The limit is there since a loop would otherwise never end.",
	Loose: "Until 5.8 each handler called `search_binary_handler` itself, a true recursion. Since then it is a loop in `exec_binprm`; the limit stayed.",
	Alt:   "Three files one below the other, each with the handlers that were asked, and who said mine.",
	Moments: []Moment{
		{Name: "Script, script, program", Text: "Three files: `outer` names `inner`, `inner` names `/bin/args`, and that is ELF. Each level was asked anew.",
			Goal: view.Goal{Run: "./outer x", Stop: "exec", In: "outer"}},
		{Name: "Arguments grow", Text: "Each script has put its interpreter, its one argument and its own path in front.", Stage: "console", Goal: view.Goal{Rest: true}},
		{Name: "Its own interpreter", Text: "`loop` begins with `#!/root/loop`. After five times the kernel has had enough: ELOOP.", Goal: view.Goal{Run: "./loop", Call: "execve", In: "sh"}},
		{Name: "The error's words", Text: "ELOOP was made for symbolic links, and its text says so.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
}, {
	ID: "M19", Title: "The line with #!", Chapter: 3, Stage: "exec", Parts: []string{"memory", "instructions"}, Slow: "exec",
	Brief: "A script's first line becomes a command: interpreter, one argument, and the script itself.",
	Text: "`./script B C` turns into another command, because its first line begins with `#!`. The kernel puts the interpreter's path, one argument and the script's path where argv[0] was. " +
		"It sees 256 bytes and no more: an argument that goes on behind them is cut, a path that does is refused.",
	Deep: "`load_script` wants `#!`, then blanks or tabs, a path, and everything up to the end of the line, without trailing blanks, as one argument, blanks in its middle included. `remove_arg_zero` drops argv[0], then `bprm->interp`, the argument and the interpreter's path are pushed in front. " +
		"If there is no newline in the buffer, a path that no blank or NUL ends gives ENOEXEC. The interpreter opens the script anew and skips the line, as `#` begins a comment in its language.",
	Why:   "With this a script is a program like any other: it can be called by name, by other programs and with any interpreter, and the caller need not know that it is a script.",
	Loose: "Since 5.1 an over-long interpreter path is refused with ENOEXEC and not run cut short. Over-long arguments are cut, still.",
	Alt:   "argv before and after: the script's name gives way to the interpreter, its argument and the script's path; the end of a long line is grey.",
	Moments: []Moment{
		{Name: "One line, two words", Text: "The buffer begins `#!/bin/args --experimental-module`. argv is longer by two than what was typed.",
			Goal: view.Goal{Run: "./script B C", Stop: "exec", In: "script"}},
		{Name: "What the interpreter gets", Text: "Its own path, the argument, the script's path, and the rest as typed. argv[0] of the caller is gone.", Stage: "console", Goal: view.Goal{Rest: true}},
		{Name: "An argument that is cut", Text: "The line has 324 letters, the buffer 256. What does not fit is not there for the interpreter.",
			Goal: view.Goal{Run: "./long-argument", Stop: "exec", In: "long-argument"}},
		{Name: "A path that is cut", Text: "Here it is the path that does not end. Half a path is the path of something else, so the kernel declines: ENOEXEC.",
			Goal: view.Goal{Run: "./long-path", Call: "execve", In: "sh"}},
		{Name: "Refused, and yet run", Text: "The alphabet ends at `i`. And the refused one ran after all: the shell did that, without the kernel's help.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
}, {
	ID: "M20", Title: "Teaching the kernel a format", Chapter: 3, Stage: "exec", Parts: []string{"processes", "memory"}, Slow: "exec",
	Brief: "A line written to a file, and the kernel runs Java classes. Or anything else.",
	Text: "The administrator can add formats while the system runs: \"files that begin with `ca fe ba be` are to be started by this program\". From then on `./Hello.class` works as a command. " +
		"There is no Java on this disk; `args` stands in for it and shows how it is called.",
	Deep: "A registration is `:name:type:offset:magic:mask:interpreter:flags`, written to /proc/sys/fs/binfmt_misc/register; `M` compares bytes of the 256 under a mask, `E` the file's extension. `load_misc_binary` gives the interpreter its own path and the file's, with no further argument. " +
		"Flags: `P` keeps the caller's argv[0] besides, `O` opens the file for the interpreter (AT_EXECFD), `C` takes the file's set-user-ID bits (and implies `O`), `F` opens the interpreter at registration, so that it works in containers. " +
		"It is asked before scripts and ELF, the newest entry first: that is how QEMU runs programs for other processors.",
	Why: "The kernel should not have to know every language. Magic numbers and a path are all it needs; the rest is a program like any other.",
	Alt: "The chain of handlers with binfmt_misc first; it compares the magic number ca fe ba be and says mine.",
	Moments: []Moment{
		{Name: "Before", Text: "Nobody knows this file: `ca fe ba be`, and then nothing that the kernel could run.", Goal: view.Goal{Run: "./Hello.class", Call: "execve", In: "sh"}},
		{Name: "Registered", Text: "The shell has written the line to `register`; the kernel has made an entry of it.", Stage: "console",
			Goal: view.Goal{Run: `echo ':java:M::\xca\xfe\xba\xbe::/bin/args:' >/proc/sys/fs/binfmt_misc/register; cat /proc/sys/fs/binfmt_misc/java`, Rest: true}},
		{Name: "Mine, says misc", Text: "The same file again. binfmt_misc is asked first, the four bytes fit, and `args` is run.", Goal: view.Goal{Run: "./Hello.class one", Stop: "exec", In: "Hello.class"}},
		{Name: "By its name", Text: "Another entry goes by the extension `.pyc` and looks at no byte at all.",
			Goal: view.Goal{Run: `echo ':python:E::pyc::/bin/args:' >/proc/sys/fs/binfmt_misc/register; ./lesson.pyc two`, Stop: "exec", In: "lesson.pyc"}},
		{Name: "How it was called", Text: "The interpreter, the file, the arguments. There is no room for options of the interpreter.", Stage: "console", Goal: view.Goal{Rest: true}},
	},
}, {
	ID: "M21", Title: "A script without #!", Chapter: 3, Stage: "exec", Parts: []string{"processes", "instructions"}, Slow: "exec",
	Brief: "The kernel refuses a plain text file. The shell runs it all the same.",
	Text: "`plain` is a text without `#!`. The kernel has no handler for it and says so. But shells are older than `#!`: when they get that answer, they take the file for a script of their own and read it themselves. " +
		"So it works from a shell, and not from most other programs.",
	Deep: "The shell forks; the child calls `execve`, which returns -1 with ENOEXEC after all formats have declined. POSIX (\"Command Search and Execution\") has the shell then execute the file as if it were called with the path as its argument. busybox's shell executes itself for that, " +
		"`execve(\"/proc/self/exe\", {\"ash\", \"./plain\"})`; dash and bash go on in the forked child. `execvp(3)` in C does it too, with /bin/sh. Exit status 127 means not found, 126 found but not executable.",
	Why: "The shell's convention came first, in the 1970s; `#!` came with 4BSD around 1980. Scripts without it were there to stay, so the shell does still what the kernel does not.",
	Alt: "Every handler declines; after that the same process runs the shell once more, with the script as its argument.",
	Moments: []Moment{
		{Name: "The shell forks", Text: "A child, to become the program. It is a copy of the shell, and that will be of use.", Stage: "processes", Goal: view.Goal{Run: "./plain", Stop: "fork", In: "sh"}},
		{Name: "The kernel declines", Text: "misc, script, ELF: each has looked at the first bytes, none wants them. ENOEXEC.", Goal: view.Goal{Call: "execve", In: "sh"}},
		{Name: "The shell tries again", Text: "The child has become a new shell that is to read `./plain`.", Goal: view.Goal{Stop: "exec"}},
		{Name: "It has been run", Text: "The script's own words: its process number, and its name.", Stage: "console", Goal: view.Goal{Rest: true}},
		{Name: "127 and 126", Text: "No such command: 127. A folder, which may not be executed: 126. The shell's answers, not the kernel's.", Stage: "console",
			Goal: view.Goal{Run: "nothing; echo $?; /root; echo $?", Rest: true}},
	},
	Ask: &Ask{Moment: 1, Kind: "next-call", Text: "The kernel has refused the file. What does the shell's child ask for next?"},
}}
