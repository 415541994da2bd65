// mappings that grow down: the stack and MAP_GROWSDOWN, the gap below them, and what stops them
#include "t.h"
#include <setjmp.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define BASE ((char *)0x10000000)

static sigjmp_buf back;
static volatile int code;
static void *volatile where;
static void on(int sig, siginfo_t *si, void *u) { code = sig * 100 + si->si_code; where = si->si_addr; siglongjmp(back, 1); }
static void catch(void)
{
	static char alt[65536];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt };
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}
static int touch(volatile char *p)
{
	code = 0;
	if (sigsetjmp(back, 1)) return where == p ? code : -code;
	*p = 1;
	return 0;
}
static char *at(int page, int pages, int prot, int flags) { return mmap(BASE + page * PAGE, pages * PAGE, prot, flags | MAP_FIXED, -1, 0); }
static void maps(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof line, f)) {
		unsigned long start, end;
		char prot[8];
		sscanf(line, "%lx-%lx %s", &start, &end, prot);
		if (start < (unsigned long)BASE + 2000 * PAGE && end > (unsigned long)BASE - 2000 * PAGE)
			printf(" %ld-%ld %s", (long)(start - (unsigned long)BASE) / PAGE, (long)(end - (unsigned long)BASE) / PAGE, prot);
	}
	printf("\n");
	fclose(f);
}

CASE(grows_page_by_page) { catch(); at(600, 2, RW, ANON | MAP_GROWSDOWN); R(touch(BASE + 599 * PAGE)); maps(); R(touch(BASE + 500 * PAGE)); maps(); }
CASE(others_do_not_grow) { catch(); at(600, 2, RW, ANON); R(touch(BASE + 599 * PAGE)); R(touch(BASE + 602 * PAGE)); maps(); }
CASE(stops_before_a_mapping) { catch(); at(0, 1, RW, ANON); at(600, 1, RW, ANON | MAP_GROWSDOWN); R(touch(BASE + 257 * PAGE)); R(touch(BASE + 256 * PAGE)); R(touch(BASE + 10 * PAGE)); maps(); }
CASE(no_gap_above_no_access) { catch(); at(0, 1, PROT_NONE, ANON); at(600, 1, RW, ANON | MAP_GROWSDOWN); R(touch(BASE + 256 * PAGE)); R(touch(BASE + 1 * PAGE)); R(touch(BASE)); maps(); }
CASE(not_past_the_limit) { catch(); struct rlimit r = { 100 * PAGE, 100 * PAGE }; at(600, 10, RW, ANON | MAP_GROWSDOWN); setrlimit(RLIMIT_STACK, &r); R(touch(BASE + 510 * PAGE)); R(touch(BASE + 509 * PAGE)); maps(); }
CASE(read_only_grows_too) { catch(); at(600, 2, PROT_READ, ANON | MAP_GROWSDOWN); R(touch(BASE + 599 * PAGE)); code = 0; if (!sigsetjmp(back, 1)) R(*(volatile char *)(BASE + 598 * PAGE)); else R(code); maps(); }
CASE(kernel_lets_it_grow) { int fd = open("f", O_RDWR | O_CREAT, 0600); write(fd, "hello", 5); at(600, 2, RW, ANON | MAP_GROWSDOWN); R(pread(fd, BASE + 580 * PAGE, 5, 0)); R(BASE[580 * PAGE]); maps(); }
CASE(protect_with_what_has_grown) { at(600, 4, RW, ANON | MAP_GROWSDOWN); R(mprotect(BASE + 602 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN)); maps(); at(0, 4, RW, ANON); R(mprotect(BASE + PAGE, PAGE, PROT_READ | PROT_GROWSDOWN)); R(mprotect(BASE + PAGE, PAGE, PROT_READ | PROT_GROWSUP)); R(mprotect(BASE + PAGE, PAGE, PROT_READ | PROT_GROWSUP | PROT_GROWSDOWN)); }
CASE(room_is_left_below) { at(600, 1, RW, ANON | MAP_GROWSDOWN); R(mmap(BASE + 500 * PAGE, PAGE, RW, ANON, -1, 0) == BASE + 500 * PAGE); R(mmap(BASE + 343 * PAGE, PAGE, RW, ANON, -1, 0) == BASE + 343 * PAGE); R((long)mmap(BASE + 599 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0)); maps(); }
CASE(files_do_not_grow) { int fd = open("f", O_RDWR | O_CREAT, 0600); ftruncate(fd, 8 * PAGE); R((long)mmap(BASE, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0)); }
static int deep(int n)
{
	volatile char pad[4000];
	pad[0] = n;
	return n ? deep(n - 1) + pad[0] - n : 0;
}
CASE(stack_overflow) { catch(); code = 0; if (!sigsetjmp(back, 1)) deep(4000); R(code); R(deep(500)); }
CASE(stack_grows_in_a_child) { if (fork() == 0) { R(deep(800)); fflush(stdout); _exit(0); } wait(NULL); R(deep(900)); }
CASES
