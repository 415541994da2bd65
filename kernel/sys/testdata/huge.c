// memory that may have huge pages reads and writes like any other, whatever is done to parts of it
#include "t.h"
#include <sys/prctl.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define HUGE (2l << 20)

// area is so many huge pages at an address that is a multiple of one.
static char *area(int n)
{
	char *p = mmap(NULL, (n + 1) * HUGE, RW, ANON, -1, 0);
	p += -(long)p & (HUGE - 1);
	if (madvise(p, n * HUGE, MADV_HUGEPAGE))
		exit(CANNOT); // a Linux built without them
	return p;
}
static void fill(char *p, long from, long to) { for (long i = from; i < to; i += PAGE) p[i] = 1 + i / PAGE % 100; }
static long wrong(char *p, long from, long to)
{
	long n = 0;
	for (long i = from; i < to; i += PAGE)
		n += p[i] != (char)(1 + i / PAGE % 100);
	return n;
}

CASE(reads_zero) { char *p = area(2); R(p[0] + p[HUGE - 1] + p[HUGE]); p[5] = 1; R(p[5] + p[6]); }
CASE(unmapped_in_the_middle) { char *p = area(2); fill(p, 0, 2 * HUGE); R(munmap(p + HUGE / 2, HUGE)); R(wrong(p, 0, HUGE / 2)); R(wrong(p, HUGE + HUGE / 2, 2 * HUGE)); unsigned char v; R(mincore(p + HUGE / 2, PAGE, &v)); R(mmap(p + HUGE / 2, HUGE, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED); R(p[HUGE / 2] + p[HUGE]); }
CASE(protected_in_the_middle) { char *p = area(1); fill(p, 0, HUGE); R(mprotect(p + 5 * PAGE, 3 * PAGE, PROT_READ)); R(wrong(p, 0, HUGE)); R(pread(open("/dev/zero", O_RDONLY), p + 6 * PAGE, 1, 0)); R(mprotect(p, HUGE, RW)); fill(p, 0, HUGE); R(wrong(p, 0, HUGE)); }
CASE(no_access_and_back) { char *p = area(1); fill(p, 0, HUGE); R(mprotect(p, HUGE, PROT_NONE)); R(write(open("/dev/null", O_WRONLY), p, 1)); R(access(p, 0)); R(mprotect(p, HUGE, RW)); R(wrong(p, 0, HUGE)); }
CASE(forked) { char *p = area(2); fill(p, 0, 2 * HUGE); if (fork() == 0) { p[7 * PAGE] = 99; R(wrong(p, 0, 2 * HUGE)); fflush(stdout); _exit(0); } wait(NULL); R(wrong(p, 0, 2 * HUGE)); p[8 * PAGE] = 98; if (fork() == 0) { R(wrong(p, 0, 2 * HUGE)); fflush(stdout); _exit(0); } wait(NULL); }
CASE(moved_whole_and_askew) { char *p = area(3); fill(p, 0, HUGE); char *q = mremap(p, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 2 * HUGE); R(q == p + 2 * HUGE); R(wrong(q, 0, HUGE)); char *r = mremap(q, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 5 * PAGE); R(r == p + 5 * PAGE); R(wrong(r, 0, HUGE)); }
CASE(forgotten_in_the_middle) { char *p = area(1); fill(p, 0, HUGE); R(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED)); R(wrong(p, 0, HUGE)); R(p[PAGE] + p[2 * PAGE]); R(madvise(p, HUGE, MADV_DONTNEED)); R(p[0]); }
CASE(advice) { char *p = area(1); R(madvise(p, HUGE, MADV_NOHUGEPAGE)); R(madvise(p + PAGE, PAGE, MADV_HUGEPAGE)); R(madvise(p + 1, PAGE, MADV_HUGEPAGE)); int fd = open("f", O_RDWR | O_CREAT, 0600); ftruncate(fd, PAGE); char *f = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0); R(madvise(f, PAGE, MADV_NOHUGEPAGE)); }
CASE(disabled_for_a_process) { R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); R(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)); R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); if (fork() == 0) { R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); fflush(stdout); _exit(0); } wait(NULL); char *p = area(1); fill(p, 0, HUGE); R(wrong(p, 0, HUGE)); R(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)); R(prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0)); R(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 9)); }
CASES
