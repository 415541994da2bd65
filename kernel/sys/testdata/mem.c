// mmap, munmap, mprotect, mremap, brk, madvise, mincore, mlock, shared and private, copy on write
#include "t.h"
#include <setjmp.h>

static sigjmp_buf env;
static volatile int code;
static void on(int sig, siginfo_t *si, void *u) { code = sig * 10 + si->si_code; siglongjmp(env, 1); }
static int touch(volatile char *p, int write)
{
	if (sigsetjmp(env, 1)) return code;
	if (write) *p = 1; else (void)*p;
	return 0;
}
#define MAP(len, prot, flags) mmap(NULL, len, prot, flags, -1, 0)

static const int RW = PROT_READ | PROT_WRITE, PA = MAP_PRIVATE | MAP_ANONYMOUS;
static void setup(void)
{
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

CASE(mprotect_and_munmap)
{
	setup();
	char *p = MAP(16384, RW, PA);
	R(p[0] + p[16383]);
	R(touch(p + 5000, 1));
	R(mprotect(p, 4096, PROT_READ)); R(touch(p, 0)); R(touch(p, 1)); R(touch(p + 4096, 1));
	R(mprotect(p + 4096, 4096, PROT_NONE)); R(touch(p + 4096, 0)); R(touch(p + 4096, 1));
	R(mprotect(p, 8192, RW)); R(touch(p, 1)); printf("%d\n", p[5000]);
	R(mprotect(p + 1, 4096, RW)); R(mprotect((void *)0x1000, 4096, RW)); R(mprotect(p, 0, RW)); R(mprotect(p, 4096, 0x100));
}

CASE(munmap_in_the_middle)
{
	setup(); char *p = MAP(16384, RW, PA);
	R(munmap(p + 4096, 4096)); R(touch(p + 4096, 0)); R(touch(p, 1)); R(touch(p + 8192, 1));
	R(mprotect(p, 16384, PROT_READ)); R(munmap(p, 16384)); R(munmap(p, 16384)); R(munmap(p + 1, 4096)); R(munmap(p, 0));
	R(munmap((void *)0x800000000000, 4096));
}

CASE(mmap_refuses)
{
	setup();
	R((long)MAP(0, RW, PA)); R((long)MAP(4096, RW, MAP_ANONYMOUS)); R((long)MAP(-1, RW, PA)); R((long)mmap(NULL, 4096, RW, MAP_PRIVATE, 99, 0)); R((long)mmap(NULL, 4096, RW, MAP_PRIVATE, 0, 1));
	{ void *h = mmap(NULL, 1ul << 46, RW, PA | MAP_NORESERVE, -1, 0); R(h != MAP_FAILED); R(munmap(h, 1ul << 46)); }
}

CASE(mmap_at_an_address)
{
	setup();
	R((long)mmap((void *)0x10000000, 4096, RW, PA | MAP_FIXED, -1, 0));
	R((long)mmap((void *)0x10000000, 4096, RW, PA | MAP_FIXED_NOREPLACE, -1, 0));
	R((long)mmap((void *)0x10001000, 4096, RW, PA | MAP_FIXED_NOREPLACE, -1, 0));
	R((long)mmap((void *)0x10000001, 4096, RW, PA | MAP_FIXED, -1, 0));
	R((long)mmap((void *)0x20000123, 4096, RW, PA, -1, 0));
	R((long)mmap((void *)0x7fffffffe000, 8192, RW, PA | MAP_FIXED, -1, 0));
	R((long)mmap((void *)0x800000000000, 4096, RW, PA | MAP_FIXED, -1, 0));
}

CASE(mremap_moves)
{
	setup(); mmap((void *)0x10000000, 4096, RW, PA | MAP_FIXED, -1, 0); mmap((void *)0x10001000, 4096, RW, PA | MAP_FIXED, -1, 0);
	strcpy((char *)0x10000000, "kept");
	R((long)mremap((void *)0x10000000, 8192, 4096, 0)); R(touch((char *)0x10001000, 0));
	R((long)mremap((void *)0x10000000, 4096, 8192, 0)); R(touch((char *)0x10001000, 1)); printf("%s\n", (char *)0x10000000);
	mmap((void *)0x10002000, 4096, RW, PA | MAP_FIXED, -1, 0);
	R((long)mremap((void *)0x10000000, 8192, 16384, 0));
	char *q = mremap((void *)0x10000000, 8192, 16384, MREMAP_MAYMOVE);
	R(q != MAP_FAILED && q != (char *)0x10000000); printf("%s\n", q); R(touch((char *)0x10000000, 0)); R(touch(q + 16383, 1));
	R((long)mremap(q, 16384, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x30000000)); printf("%s\n", (char *)0x30000000);
	R((long)mremap((void *)0x30000000, 0, 4096, 0)); R((long)mremap((void *)0x30000001, 4096, 4096, 0)); R((long)mremap((void *)0x30000000, 4096, 0, 0)); R((long)mremap((void *)0x5000, 4096, 8192, 1)); R((long)mremap((void *)0x30000000, 4096, 4096, 2));
}

CASE(brk_moves)
{
	setup();
	char *b = sbrk(0);
	R(brk(b + 10000)); R(touch(b + 9999, 1)); R(sbrk(0) == b + 10000); R(brk(b)); R(sbrk(0) == b);
	R(syscall(SYS_brk, 0) == (long)b); R(syscall(SYS_brk, 5) == (long)b);
}

CASE(private_copies_shared_does_not)
{
	setup();
	// private copies, shared does not
	int *priv = MAP(4096, RW, PA), *shared = MAP(4096, RW, MAP_SHARED | MAP_ANONYMOUS);
	*priv = 1; *shared = 1;
	if (fork() == 0) { *priv = 2; *shared = 2; _exit(0); }
	wait(NULL);
	printf("%d %d\n", *priv, *shared);
}

CASE(zero_page_then_a_copy)
{
	setup();
	// the zero page, then a copy of it
	int *z = MAP(8192, RW, PA);
	R(z[0] + z[1024]); z[1024] = 7; R(z[0] + z[1024]);
	pid_t pid = fork();
	if (pid == 0) { z[0] = 5; _exit(z[1024]); }
	int st; waitpid(pid, &st, 0); status("zero", st); R(z[0]);
}

CASE(madvise_dontneed_and_dontfork)
{
	setup(); pid_t pid; int st, *z = MAP(8192, RW, PA); z[1024] = 7;
	R(madvise(z, 8192, MADV_DONTNEED)); R(z[1024]); R(madvise(z, 8192, 999)); R(madvise((char *)z + 1, 4096, MADV_DONTNEED)); R(madvise((void *)0x5000, 4096, MADV_DONTNEED)); R(madvise(z, 8192, MADV_WILLNEED)); R(madvise(z, 0, MADV_NORMAL));
	R(madvise(z, 4096, MADV_DONTFORK)); z[0] = 3;
	pid = fork();
	if (pid == 0) _exit(touch((char *)z, 0) ? 1 : 2);
	waitpid(pid, &st, 0); status("dontfork", st);
}

CASE(mincore_tells_of_residence)
{
	setup();
	unsigned char vec[4];
	char *mc = MAP(12288, RW, PA); mc[4096] = 1;
	R(mincore(mc, 12288, vec)); printf("%d %d %d\n", vec[0] & 1, vec[1] & 1, vec[2] & 1);
	R(mincore(mc + 1, 1, vec)); R(mincore((void *)0x5000, 4096, vec)); R(mincore(mc, 4096, (void *)8));
}

CASE(mlock_refuses)
{
	setup(); char *mc = MAP(12288, RW, PA);
	R(mlock(mc, 4096)); R(munlock(mc, 4096)); R(mlock((void *)0x5000, 4096)); R(mlockall(0));
}

CASE(the_stack_grows_to_a_limit)
{
	setup(); pid_t pid; int st;
	// the stack grows, to a limit
	volatile char *sp = (char *)__builtin_frame_address(0); R(touch(sp - 200000, 1)); R(touch(sp - 1000000, 1));
	pid = fork();
	if (pid == 0) { signal(SIGSEGV, SIG_DFL); *(sp - (9 << 20)) = 1; _exit(0); }
	waitpid(pid, &st, 0); status("too far", st);
}

CASE(addresses_that_are_not_ours)
{
	setup();
	R(touch((char *)on, 1)); R(touch(NULL, 0)); R(touch((char *)0xffffffff80000000, 0)); R(touch((char *)0x0000800000000000, 0));
}

CASE(no_execution_without_prot_exec)
{
	setup();
	// no execution without PROT_EXEC
	char *x = MAP(4096, RW, PA); x[0] = (char)0xc3;
	if (!sigsetjmp(env, 1)) { ((void (*)(void))x)(); printf("ran\n"); } else printf("code %d\n", code);
	R(mprotect(x, 4096, PROT_READ | PROT_EXEC));
	if (!sigsetjmp(env, 1)) { ((void (*)(void))x)(); printf("ran\n"); } else printf("code %d\n", code);
}

CASE(map_populate)
{
	setup(); unsigned char vec[4];
	char *gd = mmap(NULL, 65536, RW, PA | MAP_POPULATE, -1, 0); R(mincore(gd, 4096, vec)); printf("%d\n", vec[0] & 1);
}

CASES
