// memory WHAT: makes something to look at in memory, says "ready ADDRESS" and waits for a byte; then goes on.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static void ready(const char *how, volatile void *at)
{
	char c;
	printf("%s %p\n", how, at);
	fflush(stdout);
	read(0, &c, 1);
}

// huge: 4 MiB that want huge pages, one byte of each written
static volatile char *huge(void)
{
	char *p = mmap(NULL, 8 << 20, RW, ANON, -1, 0);
	p = (char *)(((unsigned long)p + 0x1fffff) & ~0x1ffffful);
	madvise(p, 4 << 20, MADV_HUGEPAGE);
	p[5] = 'a';
	p[0x200005] = 'b';
	return p;
}

static void do_huge(void)
{
	volatile char *p = huge();
	ready("ready", p);
	munmap((char *)p + 0x3000, 0x1000);
	ready("split", p);
	if (fork() == 0) {
		p[0x200006] = 'c';
		ready("child", p);
		_exit(0);
	}
	wait(NULL);
	printf("%c%c%d\n", p[5], p[0x200005], p[0x200006]);
}

// high: one mapping where the kernel likes, one where only 57 bits reach
static void do_high(void)
{
	char *low = mmap(NULL, 4096, RW, ANON, -1, 0);
	char *high = mmap((void *)(1ul << 50), 4096, RW, ANON, -1, 0);
	char *top = mmap((void *)-1ul, 4096, RW, ANON, -1, 0);
	*low = 1;
	*high = 2;
	*top = 3;
	printf("%d %d %d\n", (unsigned long)low >> 47 == 0, (unsigned long)high == 1ul << 50, (unsigned long)top >> 47 != 0);
	ready("ready", high);
	if (fork() == 0)
		_exit(*high + ++*top);
	int st;
	wait(&st);
	printf("%d %d\n", WEXITSTATUS(st), *top);
	munmap(high, 4096);
	*high = 1;
}

// zero: page 0 as personality(MMAP_PAGE_ZERO) leaves it for the next program
static void do_zero(void)
{
	personality(MMAP_PAGE_ZERO);
	execl("/bin/memory", "memory", "null", NULL);
}

static void do_null(void)
{
	volatile char *null = NULL;
	__asm__("" : "+r"(null));
	printf("%d\n", null[8]);
	ready("ready", null);
	*null = 1;
}

static void do_locked(void)
{
	char *p = mmap(NULL, 64 << 12, RW, ANON, -1, 0);
	mlock(p, 16 << 12);
	ready("ready", p);
}

// stack: the stack grows page by page into what is left above the gap
static void do_stack(void)
{
	volatile char *sp = __builtin_frame_address(0);
	sp -= 3 << 20;
	*sp = 1;
	ready("ready", sp);
	char *wall = (char *)((unsigned long)sp & ~4095ul) - (257 << 12);
	mmap(wall, 4096, RW, ANON | MAP_FIXED, -1, 0);
	sp = wall + (257 << 12);
	*sp = 2;
	ready("edge", sp);
	sp -= 8; // within 256 pages of the mapping
	*sp = 3;
}

// eat: writes every page of more memory than there is
static void do_eat(void)
{
	for (;;) {
		char *p = mmap(NULL, 1 << 20, RW, ANON, -1, 0);
		for (int i = 0; i < 1 << 20; i += 4096)
			p[i] = 1;
	}
}

// promise: as many mappings of 1 MiB as are allowed, none of them touched; then as many read-only ones as asked
static void do_promise(void)
{
	int n = 0;
	while (n < 1000 && mmap(NULL, 1 << 20, RW, ANON, -1, 0) != MAP_FAILED)
		n++;
	printf("%d %d %d\n", n, mmap(NULL, 1 << 30, PROT_READ, ANON, -1, 0) != MAP_FAILED, mmap(NULL, 1 << 20, RW, ANON | MAP_NORESERVE, -1, 0) != MAP_FAILED);
	ready("ready", NULL);
}

// pair: parent and child with one page shared, one private and written by both
static volatile long mine = 1;

static void do_pair(void)
{
	volatile char *page = mmap(NULL, 4096, RW, ANON, -1, 0);
	volatile char *shared = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	page[0] = 'p';
	shared[0] = 'p';
	if (fork() == 0) {
		mine = 2;
		page[0] = shared[0] = 'c';
		printf("%p %p\n", page, shared);
		ready("ready", &mine);
		_exit(0);
	}
	wait(NULL);
}

// fault N: does what is forbidden and waits in the handler
static void handler(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	ready("ready", si->si_addr);
	_exit(0);
}

static void fault(int n)
{
	static char data[8192];
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	data[4096] = (char)0xc3;
	switch (n) {
	case 0: *(volatile char *)0x123; break;
	case 1: *(volatile char *)0xffff888000100000; break;
	case 2: *(volatile char *)handler = 1; break;
	case 3: ((void (*)(void))(data + 4096))(); break;
	case 4: *(volatile char *)0x0001000000000000 = 1; break;
	case 5: *(volatile char *)0x456789 = 1; break;
	}
}

// demand: the program's own file, mapped, and its third page touched
static void do_demand(void)
{
	int fd = open("/bin/memory", O_RDONLY);
	volatile char *p = mmap(NULL, 8 << 12, PROT_READ, MAP_PRIVATE, fd, 0);
	ready("ready", p);
	char c = p[2 << 12];
	ready("touched", p);
	exit(c == 0x7f);
}

// out: eight pages, sent to swap
static void do_out(void)
{
	char *p = mmap(NULL, 8 << 12, RW, ANON, -1, 0);
	for (int i = 0; i < 8; i++)
		memset(p + (i << 12), 'a' + i, 4096);
	madvise(p, 8 << 12, MADV_PAGEOUT);
	ready("ready", p);
	volatile char c = p[3 << 12];
	ready("back", p);
	exit(c != 'd');
}

// file: four times the memory there is in a file that lives in memory, read back twice, once by a mapping
static void do_file(void)
{
	enum { PAGES = 6000 };
	char page[4096];
	int fd = memfd_create("big", 0), wrong = 0;
	for (int i = 0; i < PAGES; i++) {
		memset(page, i, sizeof page);
		memcpy(page, &i, sizeof i);
		wrong += pwrite(fd, page, sizeof page, (off_t)i << 12) != sizeof page;
	}
	ready("ready", NULL);
	for (int i = 0; i < PAGES; i += 7) {
		pread(fd, page, sizeof page, (off_t)i << 12);
		wrong += memcmp(page, &i, sizeof i) != 0 || page[4095] != (char)i;
	}
	char *p = mmap(NULL, (size_t)PAGES << 12, RW, MAP_SHARED, fd, 0);
	for (int i = 0; i < PAGES; i += 5) {
		wrong += memcmp(p + ((size_t)i << 12), &i, sizeof i) != 0;
		p[((size_t)i << 12) + 100] = 'm';
	}
	for (int i = 0; i < PAGES; i += 5) {
		pread(fd, page, sizeof page, (off_t)i << 12);
		wrong += page[100] != 'm' || page[4095] != (char)i;
	}
	printf("%d wrong, hole at %ld\n", wrong, lseek(fd, 0, SEEK_HOLE));
	munmap(p, (size_t)PAGES << 12);
	ftruncate(fd, 10 << 12);
	ready("cut", NULL);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } all[] = {
		{ "huge", do_huge }, { "high", do_high }, { "zero", do_zero }, { "null", do_null }, { "locked", do_locked },
		{ "stack", do_stack }, { "eat", do_eat }, { "promise", do_promise }, { "pair", do_pair }, { "demand", do_demand },
		{ "out", do_out }, { "file", do_file },
	};
	if (argc > 2)
		fault(atoi(argv[2]));
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (argc > 1 && !strcmp(argv[1], all[i].name))
			all[i].run();
	return 0;
}
