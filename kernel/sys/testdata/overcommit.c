// what may be promised in mode 0 of overcommit_memory: anything that could be there, were the machine empty
#include "t.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
static int fails(void *p) { return p == MAP_FAILED ? errno : 0; }

// all is as much memory as there is, with swap.
static unsigned long all(void)
{
	struct sysinfo s;
	char mode = 0;
	int fd = open("/proc/sys/vm/overcommit_memory", O_RDONLY);
	read(fd, &mode, 1);
	close(fd);
	if (mode != '0')
		exit(CANNOT);
	sysinfo(&s);
	return (s.totalram + s.totalswap) * s.mem_unit;
}

CASE(too_much_is_refused) { R(fails(mmap(NULL, all() + 4096, RW, ANON, -1, 0))); R(fails(mmap(NULL, all() + 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0))); }
CASE(all_of_it_twice) { R(fails(mmap(NULL, all(), RW, ANON, -1, 0))); R(fails(mmap(NULL, all(), RW, ANON, -1, 0))); R(fails(mmap(NULL, all(), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0))); }
CASE(nothing_is_promised_read_only) { char *p = mmap(NULL, all() + 4096, PROT_READ, ANON, -1, 0); R(fails(p)); R(mprotect(p, all() + 4096, RW)); R(mprotect(p, all(), RW)); R(mprotect(p, all() + 4096, PROT_READ | PROT_EXEC)); }
CASE(noreserve) { char *p = mmap(NULL, all() * 2, RW, ANON | MAP_NORESERVE, -1, 0); R(fails(p)); p[all()] = 1; R(p[all()]); R(fails(mmap(NULL, all() * 2, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))); R(mprotect(p, all() * 2, PROT_READ)); R(mprotect(p, all() * 2, RW)); }
CASE(grown_too_far) { char *p = mmap(NULL, 4096, RW, ANON, -1, 0); R(fails(mremap(p, 4096, all() + 8192, MREMAP_MAYMOVE))); char *b = sbrk(0); R(brk(b + all() + 8192)); R((char *)sbrk(0) == b); }
CASES
