// mlock, mlock2, munlock, mlockall, munlockall: what is locked, what is counted, and RLIMIT_MEMLOCK
#include "t.h"
#include <sys/resource.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define MLOCK_ON_FAULT 1

static long field(const char *name)
{
	char buf[8192], *at;
	int fd = open("/proc/self/status", O_RDONLY);
	long n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	at = strstr(buf, name);
	return at ? atol(at + strlen(name)) : -1;
}
#define LOCKED() printf("VmLck %ld kB\n", field("VmLck:"))

static int resident(void *p, int pages)
{
	unsigned char vec[256];
	int n = 0;
	if (mincore(p, pages * PAGE, vec))
		return -1;
	for (int i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n;
}

static char *map(int pages, int prot) { return mmap(NULL, pages * PAGE, prot, ANON, -1, 0); }

// limit makes RLIMIT_MEMLOCK so many pages and gives up root's right to exceed it.
static void limit(long pages)
{
	struct rlimit r = { pages * PAGE, pages * PAGE };
	setrlimit(RLIMIT_MEMLOCK, &r);
	setgid(1000);
	setuid(1000);
}

CASE(lock_brings_pages) { char *p = map(16, RW); R(resident(p, 16)); R(mlock(p + PAGE, 4 * PAGE)); R(resident(p, 16)); LOCKED(); R(munlock(p, 16 * PAGE)); LOCKED(); R(resident(p, 16)); }
CASE(lock_rounds_to_pages) { char *p = map(8, RW); R(mlock(p + 100, PAGE)); LOCKED(); R(mlock(p + 5 * PAGE - 1, 2)); LOCKED(); R(munlock(p + 2 * PAGE - 1, 1)); LOCKED(); }
CASE(lock_twice_counts_once) { char *p = map(8, RW); R(mlock(p, 4 * PAGE)); R(mlock(p + 2 * PAGE, 4 * PAGE)); LOCKED(); R(munlock(p, 8 * PAGE)); LOCKED(); }
CASE(lock_nothing) { char *p = map(1, RW); R(mlock(p, 0)); R(mlock(p + 5, 0)); LOCKED(); R(munlock((void *)0x5000, 0)); }
CASE(lock_hole) { char *p = map(8, RW); munmap(p + 3 * PAGE, PAGE); R(mlock(p, 8 * PAGE)); LOCKED(); R(munlock(p, 8 * PAGE)); R(mlock((void *)0x5000, PAGE)); }
CASE(lock_wraps) { R(mlock((void *)-4096L, 8192)); R(munlock((void *)-4096L, 8192)); R(mlock((void *)4096, -1)); }
CASE(lock_no_access) { char *p = map(4, PROT_NONE); R(mlock(p, PAGE)); LOCKED(); R(munlock(p, PAGE)); }
CASE(lock_read_only) { char *p = map(4, PROT_READ); R(mlock(p, 2 * PAGE)); R(resident(p, 4)); LOCKED(); }
CASE(lock_on_fault) { char *p = map(8, RW); R(syscall(SYS_mlock2, p, 8 * PAGE, MLOCK_ON_FAULT)); R(resident(p, 8)); LOCKED(); p[0] = 1; R(resident(p, 8)); R(syscall(SYS_mlock2, p, 8 * PAGE, 0)); R(resident(p, 8)); R(syscall(SYS_mlock2, p, PAGE, 2)); }
CASE(unmap_unlocks) { char *p = map(8, RW); mlock(p, 8 * PAGE); munmap(p + 2 * PAGE, 3 * PAGE); LOCKED(); munmap(p, 8 * PAGE); LOCKED(); }
CASE(map_locked) { char *p = mmap(NULL, 8 * PAGE, RW, ANON | MAP_LOCKED, -1, 0); R(resident(p, 8)); LOCKED(); }
CASE(future)
{
	R(mlockall(MCL_FUTURE));
	LOCKED();
	char *p = map(8, RW);
	R(resident(p, 8));
	LOCKED();
	char *none = map(2, PROT_NONE);
	R(none != MAP_FAILED);
	LOCKED();
	R(munlockall());
	LOCKED();
	p = map(8, RW);
	R(resident(p, 8));
}
CASE(future_on_fault) { R(mlockall(MCL_FUTURE | 4)); char *p = map(8, RW); R(resident(p, 8)); LOCKED(); munlockall(); R(mlockall(4)); R(mlockall(8)); R(mlockall(0)); }
CASE(future_brk)
{
	char *b = sbrk(0);
	b += -(long)b & (PAGE - 1);
	brk(b);
	long before = field("VmLck:");
	mlockall(MCL_FUTURE);
	R(brk(b + 4 * PAGE));
	R(resident(b, 4));
	printf("%ld\n", field("VmLck:") - before);
}
CASE(everything) { char *p = map(8, RW); R(mlockall(MCL_CURRENT)); R(resident(p, 8)); R(field("VmLck:") > 32); R(munlockall()); LOCKED(); }
CASE(child_is_not_locked)
{
	char *p = map(8, RW);
	mlock(p, 8 * PAGE);
	mlockall(MCL_FUTURE);
	if (fork() == 0) {
		LOCKED();
		map(4, RW);
		LOCKED();
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	LOCKED();
}
CASE(remap_moves_lock) { char *p = map(8, RW); mlock(p, 8 * PAGE); char *q = mremap(p, 8 * PAGE, 12 * PAGE, MREMAP_MAYMOVE); R(q != MAP_FAILED); LOCKED(); R(resident(q, 12)); }
CASE(locked_stays) { char *p = map(8, RW); mlock(p, 4 * PAGE); p[0] = 7; R(madvise(p, PAGE, MADV_DONTNEED)); R(madvise(p + 4 * PAGE, PAGE, MADV_DONTNEED)); R(p[0]); R(madvise(p, PAGE, 21)); }
CASE(locked_is_not_invalidated) { int fd = open("f", O_RDWR | O_CREAT, 0600); ftruncate(fd, PAGE); char *p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0); mlock(p, PAGE); R(msync(p, PAGE, MS_SYNC)); R(msync(p, PAGE, MS_INVALIDATE)); munlock(p, PAGE); R(msync(p, PAGE, MS_INVALIDATE)); }
CASE(limit_none) { char *p = map(4, RW); limit(0); R(mlock(p, PAGE)); R(mlock(p, 0)); R(munlock(p, PAGE)); R(mlockall(MCL_CURRENT)); R((long)mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0)); R(munlockall()); }
CASE(limit_reached) { char *p = map(16, RW); limit(4); R(mlock(p, 5 * PAGE)); R(mlock(p, 4 * PAGE)); R(mlock(p + 1 * PAGE, 3 * PAGE)); R(mlock(p, 5 * PAGE)); R(mlock(p + 8 * PAGE, PAGE)); R(munlock(p, PAGE)); R(mlock(p + 8 * PAGE, PAGE)); LOCKED(); }
CASE(limit_of_mappings) { limit(4); R((long)mmap(NULL, 5 * PAGE, RW, ANON | MAP_LOCKED, -1, 0)); char *p = mmap(NULL, 3 * PAGE, RW, ANON | MAP_LOCKED, -1, 0); R(p != MAP_FAILED); R((long)mremap(p, 3 * PAGE, 8 * PAGE, MREMAP_MAYMOVE)); R(mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED); LOCKED(); }
CASE(root_without_the_capability)
{
	struct { uint32_t v; int pid; } h = { 0x20080522, 0 };
	struct { uint32_t e, p, i; } d[2];
	char *p = map(8, RW);
	struct rlimit r = { 4 * PAGE, 4 * PAGE };
	setrlimit(RLIMIT_MEMLOCK, &r);
	R(mlock(p, 5 * PAGE));
	munlock(p, 8 * PAGE);
	syscall(SYS_capget, &h, d);
	d[0].e &= ~(1u << 14);
	syscall(SYS_capset, &h, d);
	R(mlock(p, 5 * PAGE));
	R(mlock(p, 4 * PAGE));
}
CASE(limit_of_all) { limit(4); R(mlockall(MCL_CURRENT)); R(mlockall(MCL_FUTURE)); R((long)mmap(NULL, 5 * PAGE, RW, ANON, -1, 0)); R(mmap(NULL, 4 * PAGE, RW, ANON, -1, 0) != MAP_FAILED); LOCKED(); }
CASES
