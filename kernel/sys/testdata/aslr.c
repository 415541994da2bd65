// aslr: where things are, with and without randomisation
#include "t.h"
#include <sys/auxv.h>
#include <sys/personality.h>

enum { STACK, TOP, MMAP, HEAP, OFFSET, PARTS, RUNS = 8 };
static const char *const names[] = { "stack", "top", "mmap", "heap", "offset" };

// tell writes where this process has its parts.
static void tell(void)
{
	uint64_t at[PARTS];
	char *name = (char *)getauxval(AT_EXECFN);
	uint64_t end = (uint64_t)name + strlen(name) + 1 + 8;
	at[STACK] = (uint64_t)__builtin_frame_address(0) & ~0xfffull;
	at[TOP] = end;
	at[MMAP] = (uint64_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	at[HEAP] = syscall(SYS_brk, 0);
	at[OFFSET] = getauxval(AT_RANDOM) & 0xff0; // below the strings, which end at a page
	write(1, at, sizeof at);
}

static void ask(int persona, uint64_t at[PARTS])
{
	int p[2], st;
	pipe(p);
	if (fork() == 0) {
		if (persona)
			personality(persona);
		dup2(p[1], 1);
		char *argv[] = { "x", "tell", NULL }, *envp[] = { NULL };
		execve("prog", argv, envp);
		exit(1);
	}
	close(p[1]);
	read(p[0], at, PARTS * sizeof *at);
	close(p[0]);
	wait(&st);
	if (st)
		printf("status %#x\n", st);
}

static void look(const char *what, int persona)
{
	uint64_t at[RUNS][PARTS];
	for (int i = 0; i < RUNS; i++)
		ask(persona, at[i]);
	for (int p = 0; p < PARTS; p++) {
		int same = 0, high = 1, pages = 1;
		for (int i = 0; i < RUNS; i++) {
			for (int j = 0; j < i; j++)
				same += at[i][p] == at[j][p];
			high &= at[i][p] > 0x7e0000000000;
			pages &= (at[i][p] & 0xfff) == 0;
		}
		// a small number may come twice by chance
		printf("%s %s: %s, %s, %s\n", what, names[p], same == RUNS * (RUNS - 1) / 2 ? "always the same" : same < 3 ? "different" : "partly",
			high ? "high" : "low", pages ? "pages" : "bytes");
	}
	if (persona) {
		printf("top %llx mmap in %llx heap %llx\n", (long long)at[0][TOP], (long long)at[0][MMAP] >> 20, (long long)at[0][HEAP] >> 30);
		return;
	}
	for (int i = 0; i < RUNS; i++)
		if (at[i][TOP] > 0x7ffffffff000 || at[i][TOP] < 0x7ffffffff000 - (1ull << 34) || at[i][MMAP] > at[i][STACK] - (128 << 20) ||
		    at[i][MMAP] < 0x7ffffffff000 - (1ull << 40) - (1ull << 35) || at[i][HEAP] > (1ull << 30) + (16 << 20))
			printf("out of range: %llx %llx %llx\n", (long long)at[i][TOP], (long long)at[i][MMAP], (long long)at[i][HEAP]);
}

// told is what this program does when a case has started it again.
static int told(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "tell")) {
		tell();
		return 0;
	}
	return -1;
}

static void setup(void)
{
	char self[PATH_MAX] = { 0 }, level = 0;
	readlink("/proc/self/exe", self, sizeof self - 1);
	symlink(self, "prog");
	int fd = open("/proc/sys/kernel/randomize_va_space", O_RDONLY);
	if (read(fd, &level, 1) != 1 || level != '2')
		exit(CANNOT);
}

CASE(randomised)
{
	setup();
	look("randomised", 0);
}

CASE(fixed)
{
	setup();
	look("fixed", ADDR_NO_RANDOMIZE);
	printf("%x\n", personality(0xffffffff));
}

CASES_UNLESS(told)
