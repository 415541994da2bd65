// execve: scripts, refusals, what survives, what the new program finds
#include "t.h"
#include <sys/auxv.h>

static void make(const char *path, const char *text, int mode)
{
	put(path, text);
	chmod(path, mode);
}

// run starts argv[0] as path in a child and says how that ended.
static void run(const char *path, char *const argv[], char *const envp[])
{
	fflush(stdout);
	if (fork() == 0) {
		execve(path, argv, envp);
		printf("%s: %s\n", path, errname(errno));
		exit(77);
	}
	int st;
	wait(&st);
	status(path, st);
}

// copy makes the file dst from the program itself with one byte changed; at < 0 changes none.
static void copy(const char *self, const char *dst, int at, int byte)
{
	char buf[4096];
	ssize_t n;
	int in = open(self, O_RDONLY), out = open(dst, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	while ((n = read(in, buf, sizeof buf)) > 0)
		if (write(out, buf, n) != n)
			exit(98);
	if (at >= 0) {
		char b = byte;
		pwrite(out, &b, 1, at);
	}
	close(in);
	close(out);
}

static int child(int argc, char **argv)
{
	extern char **environ;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("argc %d:", argc);
	for (int i = 0; i < argc; i++)
		printf(" [%s]", argv[i]);
	printf("\nenv:");
	for (char **e = environ; *e; e++)
		printf(" [%s]", *e);
	printf("\npage %lu clock %lu secure %lu execfn %s platform %s phent %lu base %lu\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK),
		getauxval(AT_SECURE), (char *)getauxval(AT_EXECFN), (char *)getauxval(AT_PLATFORM), getauxval(AT_PHENT), getauxval(AT_BASE));
	printf("fd 20 %s, fd 21 %s\n", fcntl(20, F_GETFD) < 0 ? "closed" : "open", fcntl(21, F_GETFD) < 0 ? "closed" : "open");
	struct sigaction sa;
	sigaction(SIGUSR1, 0, &sa);
	printf("USR1 %s, ", sa.sa_handler == SIG_IGN ? "ignored" : sa.sa_handler == SIG_DFL ? "default" : "handled");
	sigaction(SIGUSR2, 0, &sa);
	printf("USR2 %s\n", sa.sa_handler == SIG_IGN ? "ignored" : sa.sa_handler == SIG_DFL ? "default" : "handled");
	return argc;
}

static void handler(int sig) { (void)sig; }

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (argc > 1 && strchr(argv[argc - 1], '='))
		return child(argc, argv);
	return -1;
}

static char self[PATH_MAX];
static char *envp[] = { "A=1", "B=two", NULL }, *none[] = { NULL };
static char *plain[] = { "anything", "x=y", NULL };

static void setup(void)
{
	readlink("/proc/self/exe", self, sizeof self - 1);
	copy(self, "prog", -1, 0);
	open("/dev/null", O_RDONLY);
	dup2(1, 20);
	dup3(1, 21, O_CLOEXEC);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, handler);
}

CASE(what_a_program_inherits)
{
	setup();
	run("./prog", plain, envp);
	run("prog", plain, none);
}

CASE(scripts_with_arguments)
{
	setup();
	make("script", "#!./prog -o one two \nrest\n", 0755);
	run("./script", plain, envp);
	make("bare", "#! \t./prog\n", 0755);
	run("./bare", plain, none);
}

CASE(scripts_of_scripts)
{
	setup(); make("script", "#!./prog -o one two \nrest\n", 0755);
	make("outer", "#!./script  with  spaces\t\n", 0755);
	run("./outer", plain, none);
	make("self", "#!./self\n", 0755);
	run("./self", plain, none);
}

CASE(scripts_that_lead_nowhere)
{
	setup();
	make("text", "echo hello\n", 0755);
	run("./text", plain, none);
	make("empty", "", 0755);
	run("./empty", plain, none);
	make("nointerp", "#!\n", 0755);
	run("./nointerp", plain, none);
	make("missing", "#!/no/such/interpreter\n", 0755);
	run("./missing", plain, none);
	make("noexec", "#!./prog\n", 0644);
	run("./noexec", plain, none);
	make("dirinterp", "#!/tmp\n", 0755);
	run("./dirinterp", plain, none);
}

CASE(paths_that_lead_nowhere)
{
	setup();
	run("/tmp", plain, none);
	run("nothing", plain, none);
	run("", plain, none);
	run("prog/x", plain, none);
}

CASE(headers_of_other_machines)
{
	setup();
	copy(self, "rel", 16, 1);
	run("./rel", plain, none);
	copy(self, "i386", 18, 3);
	run("./i386", plain, none);
	copy(self, "phentsize", 54, 1);
	run("./phentsize", plain, none);
	copy(self, "nophdr", 56, 0);
	run("./nophdr", plain, none);
	copy(self, "shdrs", 40, 0x77);
	run("./shdrs", plain, none);
}

CASE(open_for_writing)
{
	setup();
	int fd = open("prog", O_RDWR);
	run("./prog", plain, none);
	close(fd);
}

CASE(the_longest_argument)
{
	setup();
	char *big = malloc(200000);
	memset(big, 'b', 200000);
	big[131071] = 0;
	char *longest[] = { "p", big, "x=y", NULL };
	fflush(stdout);
	if (fork() == 0) {
		dup2(open("/dev/null", O_WRONLY), 1);
		execve("./prog", longest, none);
		exit(77);
	}
	int st;
	wait(&st);
	status("longest argument", st);
	big[131071] = 'b';
	big[131072] = 0;
	run("./prog", longest, none);
}

CASE(bad_pointers)
{
	setup();
	char *volatile bad = (char *)8;
	R(execve("./prog", (char **)bad, none));
	R(execve(bad, plain, none));
}

CASES_UNLESS(started)
