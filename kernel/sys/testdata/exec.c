// execve, execveat, scripts, close-on-exec, what survives
#include "t.h"

extern char **environ;

static void run(const char *what, const char *path, char *const av[], char *const ev[])
{
	int s;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execve(path, av, ev);
		printf("%s: %s\n", what, errname(errno));
		_exit(126);
	}
	waitpid(pid, &s, 0);
	status(what, s);
}

static void script(const char *name, const char *text, int mode)
{
	unlink(name);
	put(name, text);
	chmod(name, mode);
}

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[2], "child")) {
		printf("child:");
		for (int i = 2; i < argc; i++)
			printf(" %s", argv[i]);
		printf(" | %s | env", argv[0]);
		for (char **e = environ; *e; e++)
			printf(" %s", *e);
		sigset_t m;
		sigprocmask(SIG_SETMASK, NULL, &m);
		struct sigaction a;
		sigaction(SIGUSR1, NULL, &a);
		int ign = a.sa_handler == SIG_IGN;
		sigaction(SIGUSR2, NULL, &a);
		printf(" | blocked %d ignored %d default %d | fd20 %d fd21 %d\n", sigismember(&m, SIGTERM), ign, a.sa_handler == SIG_DFL,
		       fcntl(20, F_GETFD) >= 0, fcntl(21, F_GETFD) >= 0);
		return 33;
	}
	if (argc > 2 && argv[1][0] != '/') { // as an interpreter of a script
		printf("interpreter:");
		for (int i = 1; i < argc; i++)
			printf(" [%s]", argv[i]);
		printf("\n");
		return 5;
	}
	if (argc > 1 && argv[1][0] == '-') {
		printf("interpreter: [%s]\n", argv[1]);
		return 6;
	}
	return -1;
}

static char self[4096];
static char *none[] = { NULL }, *sargs[] = { "argv0", "one", "two", NULL };
static char *child[] = { "name-of-its-own", "/", "child", "x", "", "last one", NULL };
static char *env[] = { "A=1", "B=", NULL };

static void setup(void)
{
	readlink("/proc/self/exe", self, sizeof self - 1);
	symlink(self, "interp");
}

CASE(arguments_and_environment)
{
	setup();
	run("child", self, child, env);
}

CASE(what_survives)
{
	setup();
	dup2(1, 20); dup2(1, 21); fcntl(21, F_SETFD, FD_CLOEXEC);
	sigset_t m; sigemptyset(&m); sigaddset(&m, SIGTERM); sigprocmask(SIG_BLOCK, &m, NULL);
	signal(SIGUSR1, SIG_IGN); signal(SIGUSR2, abort);
	run("inherited", self, child, env);
	run("no env", self, child, none);
	run("null env", self, child, NULL);
}

CASE(what_is_no_program)
{
	setup();
	run("missing", "none", child, env);
	run("empty", "", child, env);
	run("dir", ".", child, env);
	put("text", "just text\n");
	run("not executable", "text", child, env);
	chmod("text", 0755);
	run("no format", "text", child, env);
	script("empty-file", "", 0755);
	run("empty file", "empty-file", child, env);
	script("elf", "\177ELF\2\1\1 garbage that is no program at all ...........................................", 0755);
	run("bad elf", "elf", child, env);
	run("through file", "text/x", child, env);
}

CASE(bad_pointers)
{
	setup();
	run("bad path", (char *)8, child, env);
	run("bad argv", self, (char **)8, env);
	run("bad envp", self, child, (char **)8);
	char *badstr[] = { "x", (char *)8, NULL };
	run("bad string", self, badstr, env);
}

CASE(scripts)
{
	setup();
	char text[8192];
	script("s1", "#!interp\n", 0755);
	run("script", "./s1", sargs, env);
	script("s2", "#! interp  -opt with spaces  \nrest\n", 0755);
	run("script with argument", "s2", sargs, env);
	script("s3", "#!interp", 0755);
	run("script without newline", "s3", sargs, env);
	script("s4", "#!\n", 0755);
	run("script without interpreter", "s4", sargs, env);
	script("s5", "#!  \t \n", 0755);
	run("blank interpreter", "s5", sargs, env);
	script("s6", "#!/no/such/file\n", 0755);
	run("missing interpreter", "s6", sargs, env);
}

CASE(scripts_of_scripts)
{
	setup(); script("s1", "#!interp\n", 0755);
	script("s7", "#!s1\n", 0755);
	run("script of a script", "./s7", sargs, env);
	script("l1", "#!l2\n", 0755); script("l2", "#!l3\n", 0755); script("l3", "#!l4\n", 0755); script("l4", "#!l5\n", 0755);
	script("l5", "#!l6\n", 0755); script("l6", "#!interp\n", 0755);
	run("too deep", "l1", sargs, env);
	run("deep enough", "l3", sargs, env);
	script("loop", "#!loop\n", 0755);
	run("loop", "loop", sargs, env);
}

CASE(lines_too_long)
{
	setup(); char text[8192];
	strcpy(text, "#!interp ");
	for (int i = strlen(text); i < 400; i++) text[i] = 'a' + i % 26;
	strcpy(text + 400, "\n");
	script("long", text, 0755);
	run("long line", "long", sargs, env);
	strcpy(text, "#!");
	for (int i = 2; i < 400; i++) text[i] = 'i';
	script("longi", text, 0755);
	run("long interpreter", "longi", sargs, env);
}

CASE(odd_interpreters)
{
	setup(); put("text", "just text\n"); chmod("text", 0755);
	script("s8", "#!text\n", 0755);
	run("interpreter without format", "s8", sargs, env);
	script("s9", "#!interp\r\n", 0755);
	run("carriage return", "s9", sargs, env);
}

CASE(execveat_by_descriptor)
{
	setup();
	int fd = open(self, O_RDONLY), d = open(".", O_RDONLY);
	int s;
	pid_t pid = fork();
	if (pid == 0) { syscall(SYS_execveat, fd, "", child, env, AT_EMPTY_PATH); printf("%s\n", errname(errno)); _exit(1); }
	waitpid(pid, &s, 0); status("execveat", s);
	pid = fork();
	if (pid == 0) { syscall(SYS_execveat, d, "interp", child, env, 0); printf("%s\n", errname(errno)); _exit(1); }
	waitpid(pid, &s, 0); status("execveat dir", s);
	pid = fork();
	if (pid == 0) { syscall(SYS_execveat, d, "interp", child, env, AT_SYMLINK_NOFOLLOW); printf("%s\n", errname(errno)); _exit(1); }
	waitpid(pid, &s, 0); status("execveat nofollow", s);
	R(syscall(SYS_execveat, fd, "", child, env, 0));
	R(syscall(SYS_execveat, 99, "x", child, env, 0));
	R(syscall(SYS_execveat, fd, "", child, env, 77));
}

CASE(busy_files)
{
	setup(); script("s1", "#!interp\n", 0755);
	// a file open for writing is not executed, one being executed is not opened for writing
	int w = open("s1", O_WRONLY);
	run("open for writing", "s1", sargs, env);
	close(w);
	R(open(self, O_WRONLY));
	R(truncate(self, 10));
}

CASE(big_arguments)
{
	setup(); pid_t pid; int s;
	// big arguments
	static char big[200000];
	memset(big, 'b', sizeof big - 1);
	char *bigargs[] = { "x", big, NULL };
	run("argument too long", self, bigargs, env);
	big[120000] = 0;
	char *ok[] = { "x", "/", "child", "fine", NULL };
	char *bigenv[] = { big, NULL };
	pid = fork();
	if (pid == 0) { close(1); open("/dev/null", O_WRONLY); execve(self, ok, bigenv); _exit(errno); }
	waitpid(pid, &s, 0); status("big env", s);
}

CASES_UNLESS(started)
