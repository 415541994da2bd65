// address: what a program may do with its address space.

#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };
static sigjmp_buf back;
static void fault(int sig) { siglongjmp(back, sig); }

static const char *touch(volatile char *p, int write)
{
	int sig = sigsetjmp(back, 1);
	if (sig)
		return sig == SIGSEGV ? "SIGSEGV" : "SIGBUS";
	if (write)
		*p = 1;
	else
		(void)*p;
	return "ok";
}

static int grow(int depth)
{
	volatile char space[PAGE];
	space[0] = depth;
	return depth == 0 ? 0 : 1 + grow(depth - 1) + space[0] - depth % 256 - (space[0] < 0 ? -256 : 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGSEGV, fault);
	signal(SIGBUS, fault);

	char *p = mmap(NULL, 10 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(p, 7, 10 * PAGE);
	mprotect(p + 3 * PAGE, 2 * PAGE, PROT_READ);
	mprotect(p + 5 * PAGE, PAGE, PROT_NONE);
	munmap(p + 7 * PAGE, PAGE);
	for (int i = 0; i < 10; i++)
		printf("page %d: read %s, write %s\n", i, touch(p + i * PAGE, 0), touch(p + i * PAGE, 1));
	mprotect(p + 5 * PAGE, PAGE, PROT_READ);
	printf("kept %d\n", p[5 * PAGE]);
	char *fixed = mmap(p + 7 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("fixed %d %d\n", fixed == p + 7 * PAGE, *fixed);
	char *grown = mremap(p, 2 * PAGE, 200 * PAGE, MREMAP_MAYMOVE);
	printf("moved %d, %d %d %d, left behind %s\n", grown != p, grown[0], grown[2 * PAGE - 1], grown[199 * PAGE], touch(p, 0));
	printf("misaligned: %s\n", munmap(grown + 1, PAGE) ? strerror(errno) : "ok");
	printf("bad protection: %s\n", mprotect((void *)(PAGE * 4), PAGE, PROT_READ) ? strerror(errno) : "ok");
	printf("huge: %s\n", mmap(NULL, 1ul << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? strerror(errno) : "ok");

	long start = syscall(SYS_brk, 0), end = syscall(SYS_brk, start + 100000); // musl refuses sbrk
	printf("brk %ld, zeroed %d", end - start, *(char *)(end - 1));
	printf(", back %d\n", syscall(SYS_brk, start) == start);

	printf("stack %d\n", grow(1500));
	// Code written at run time.
	unsigned char *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 3; i++) {
		unsigned char bytes[] = { 0xb8, 40 + i, 0, 0, 0, 0xc3 }; // mov eax, 40+i; ret
		memcpy(code, bytes, sizeof bytes);
		printf("made %d\n", ((int (*)(void))(uintptr_t)code)());
	}
	mprotect(code, PAGE, PROT_READ | PROT_WRITE);
	int sig = sigsetjmp(back, 1);
	if (!sig)
		((int (*)(void))(uintptr_t)code)();
	printf("not executable: %s\n", strsignal(sig));

	int *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *own = malloc(sizeof *own);
	*shared = *own = 1;
	fflush(stdout);
	if (fork() == 0) {
		*shared = *own = 2;
		_exit(0);
	}
	wait(NULL);
	printf("shared %d, own %d\n", *shared, *own);
	return 0;
}
