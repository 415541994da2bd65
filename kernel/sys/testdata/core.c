// core: core files, the flag in the wait status, and what prevents both
#include "t.h"
#include <elf.h>
#include <sys/prctl.h>

static char *volatile bad = (char *)0x1238;
static int *mapped;

static void segv(void) { *bad = 1; }
static void aborted(void) { abort(); }
static void quit(void) { raise(SIGQUIT); }
static void term(void) { raise(SIGTERM); }
static void killed(void) { raise(SIGKILL); }
static void trap(void) { __asm__ volatile("int3"); }
static void ill(void) { __asm__ volatile("ud2"); }
static void xcpu(void) { raise(SIGXCPU); }
static void usr(void) { raise(SIGUSR1); }
static void undumpable(void) { prctl(PR_SET_DUMPABLE, 0); segv(); }
static void changed(void) { syscall(SYS_setresuid, 1000, 1000, 1000); segv(); }
static void fsize(void)
{
	struct rlimit r = { 8192, 8192 };
	setrlimit(RLIMIT_FSIZE, &r);
	signal(SIGXFSZ, SIG_IGN);
	segv();
}

// look says what kind of file core is: the notes and what memory is in it.
static void look(void)
{
	static unsigned char b[1 << 20];
	int fd = open("core", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, b, sizeof b);
	struct stat st;
	if (n < (ssize_t)sizeof(Elf64_Ehdr) || fstat(fd, &st)) {
		printf("  no core\n");
		close(fd);
		return;
	}
	Elf64_Ehdr *h = (void *)b;
	Elf64_Phdr *p = (void *)(b + h->e_phoff);
	printf("  core %o links %d type %d machine %d phentsize %d", st.st_mode, (int)st.st_nlink, h->e_type, h->e_machine, h->e_phentsize);
	uint64_t end = 0, stack = 0;
	for (int i = 0; i < h->e_phnum; i++) {
		if (p[i].p_offset + p[i].p_filesz > end)
			end = p[i].p_offset + p[i].p_filesz;
		if (p[i].p_type == PT_LOAD && p[i].p_vaddr == (uint64_t)mapped) {
			int v[2] = { 0 };
			pread(fd, v, sizeof v, p[i].p_offset + 8);
			printf(" shared %x %x flags %d size %d of %d", v[0], v[1], p[i].p_flags, (int)p[i].p_filesz, (int)p[i].p_memsz);
		}
		if (p[i].p_type == PT_LOAD && p[i].p_vaddr <= (uint64_t)&end && (uint64_t)&end < p[i].p_vaddr + p[i].p_memsz)
			stack = p[i].p_filesz == p[i].p_memsz;
	}
	printf(" stack %d size %s\n", (int)stack, end == (uint64_t)st.st_size ? "fits" : "wrong");
	if (p->p_type != PT_NOTE)
		return;
	for (unsigned char *n = b + p->p_offset, *e = n + p->p_filesz; n < e;) {
		Elf64_Nhdr *nh = (void *)n;
		unsigned char *d = n + 12 + ((nh->n_namesz + 3) & ~3);
		uint64_t *r = (void *)(d + 112);
		int *w = (void *)d;
		switch (nh->n_type) {
		case NT_PRSTATUS:
			printf("  prstatus %d: signal %d code %d current %d cs %llx ss %llx fpvalid %d flags %d\n", nh->n_descsz, w[0], w[1], *(short *)(d + 12),
				(long long)r[17], (long long)r[20], *(int *)(d + 328), (int)(r[18] & 0x200));
			break;
		case NT_PRPSINFO:
			printf("  prpsinfo %d: [%.16s] [%.80s] uid %d\n", nh->n_descsz, d + 40, strstr((char *)d + 56, "args"), w[4]);
			break;
		case NT_SIGINFO:
			printf("  siginfo %d: %d %d\n", nh->n_descsz, w[0], w[2]);
			break;
		case NT_AUXV:
			printf("  auxv %s\n", nh->n_descsz % 16 ? "odd" : "even");
			break;
		case NT_FPREGSET:
			printf("  fpregs %d: control %x mxcsr %x\n", nh->n_descsz, *(unsigned short *)d, *(unsigned *)(d + 24));
			break;
		}
		n = d + ((nh->n_descsz + 3) & ~3);
	}
	close(fd);
}

static void run(const char *what, rlim_t limit, void (*how)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct rlimit r = { limit, limit };
		setrlimit(RLIMIT_CORE, &r);
		how();
		exit(0);
	}
	siginfo_t si;
	memset(&si, 0, sizeof si);
	waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	int st;
	waitpid(pid, &st, 0);
	printf("%s: status %#x code %d status %d\n", what, st, si.si_code, si.si_status);
	look();
	unlink("core");
}

static const rlim_t all = RLIM_INFINITY;

static void setup(void)
{
	char pattern[8] = "", pid[2] = "0";
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY);
	read(fd, pattern, sizeof pattern - 1);
	close(fd);
	fd = open("/proc/sys/kernel/core_uses_pid", O_RDONLY);
	read(fd, pid, 1);
	close(fd);
	if (strcmp(pattern, "core\n") || pid[0] != '0' || getuid())
		exit(CANNOT);
	chmod(".", 0777);
	mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mapped[2] = 0x12345678;
	mapped[3] = 0x9abcdef0;
}

CASE(signals_that_dump)
{
	setup();
	run("segv", all, segv);
	run("abort", all, aborted);
	run("quit", all, quit);
	run("trap", all, trap);
	run("ill", all, ill);
	run("xcpu", all, xcpu);
}

CASE(signals_that_do_not)
{
	setup();
	run("term", all, term);
	run("kill", all, killed);
	run("usr1", all, usr);
}

CASE(rlimit_core)
{
	setup();
	run("limit 0", 0, segv);
	run("limit 4095", 4095, segv);
	run("limit 4096", 4096, segv);
}

CASE(who_may_not_dump)
{
	setup();
	run("undumpable", all, undumpable);
	run("other user", all, changed);
}

CASE(rlimit_fsize)
{
	setup();
	run("file size", all, fsize);
}

CASE(core_exists_already)
{
	setup();
	put("core", "old contents");
	run("old file, everybody's", all, segv);
	put("core", "old contents");
	chmod("core", 0600);
	run("old file", all, segv);
}

CASE(core_has_two_names_or_is_a_link)
{
	setup();
	put("core", "old contents");
	chmod("core", 0600);
	link("core", "more");
	run("two names", all, segv);
	unlink("more");
	symlink("elsewhere", "core");
	run("link", all, segv);
}

CASE(core_is_a_directory)
{
	setup();
	mkdir("core", 0755);
	run("directory", all, segv);
	rmdir("core");
}

// again starts the program once more, with arguments that are the same everywhere: prpsinfo shows them.
static int again(int argc, char **argv)
{
	if (argc > 3)
		return -1;
	char *args[] = { "prog", argv[1], argc > 2 ? argv[2] : "", "args a b", NULL }, *env[] = { NULL };
	execve("/proc/self/exe", args, env);
	return 99;
}

CASES_UNLESS(again)
