// RLIMIT_AS, RLIMIT_DATA and RLIMIT_STACK, and what may be promised
#include "t.h"
#include <sys/prctl.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define MB (1l << 20)

static void limit(int what, long bytes) { struct rlimit r = { bytes, bytes }; setrlimit(what, &r); }
static int fails(void *p) { return p == MAP_FAILED ? errno : 0; }
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

CASE(address_space) { limit(RLIMIT_AS, 64 * MB); R(fails(mmap(NULL, 63 * MB, PROT_NONE, ANON, -1, 0))); R(fails(mmap(NULL, 2 * MB, PROT_NONE, ANON, -1, 0))); R(fails(mmap(NULL, 64 * MB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0))); }
CASE(address_space_replaced) { char *p = mmap(NULL, 32 * MB, RW, ANON, -1, 0); limit(RLIMIT_AS, 34 * MB); R(fails(mmap(p, 32 * MB, RW, ANON | MAP_FIXED, -1, 0))); R(fails(mmap(p, 40 * MB, RW, ANON | MAP_FIXED, -1, 0))); R(munmap(p, 16 * MB)); R(fails(mmap(NULL, 15 * MB, RW, ANON, -1, 0))); }
CASE(address_space_brk) { char *b = sbrk(0); limit(RLIMIT_AS, 32 * MB); R(brk(b + MB)); R(brk(b + 40 * MB)); R((char *)sbrk(0) == b + MB); }
CASE(address_space_fork) { limit(RLIMIT_AS, 32 * MB); if (fork() == 0) { R(fails(mmap(NULL, 40 * MB, RW, ANON, -1, 0))); fflush(stdout); _exit(0); } wait(NULL); }
CASE(data) { limit(RLIMIT_DATA, 16 * MB); R(fails(mmap(NULL, 17 * MB, RW, ANON, -1, 0))); R(fails(mmap(NULL, 17 * MB, PROT_READ, ANON, -1, 0))); R(fails(mmap(NULL, 17 * MB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0))); R(fails(mmap(NULL, 8 * MB, RW, ANON, -1, 0))); R(fails(mmap(NULL, 8 * MB, RW, ANON, -1, 0))); }
CASE(data_protect) { char *p = mmap(NULL, 32 * MB, PROT_READ, ANON, -1, 0); limit(RLIMIT_DATA, 16 * MB); R(mprotect(p, 32 * MB, RW)); R(mprotect(p, 8 * MB, RW)); R(mprotect(p, 8 * MB, PROT_READ)); }
CASE(data_brk) { char *b = sbrk(0); limit(RLIMIT_DATA, 4 * MB); R(brk(b + 8 * MB)); R(brk(b + MB)); R((char *)sbrk(0) == b + MB); }
static int deep(int n)
{
	volatile char pad[4000];
	pad[0] = n;
	return n ? deep(n - 1) + pad[0] - n : 0;
}
CASE(stack) { limit(RLIMIT_STACK, MB); R(deep(100)); int st; if (fork() == 0) { deep(1000); _exit(0); } wait(&st); status("deep", st); limit(RLIMIT_STACK, 8 * MB); }
CASE(status_sums)
{
	long data = field("VmData:"), stack = field("VmStk:"), all = field("VmSize:"), exe = field("VmExe:"), lib = field("VmLib:");
	char *p = mmap(NULL, MB, RW, ANON, -1, 0);
	printf("%ld %ld %ld\n", field("VmData:") - data, field("VmStk:") - stack, field("VmSize:") - all);
	mprotect(p, MB / 2, PROT_READ | PROT_EXEC);
	printf("%ld %ld %ld %ld\n", field("VmData:") - data, field("VmSize:") - all, field("VmExe:") - exe, field("VmLib:") - lib);
	mmap(p, MB / 4, RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
	printf("%ld %ld %ld %ld\n", field("VmData:") - data, field("VmStk:") - stack, field("VmSize:") - all, field("VmLib:") - lib);
	mmap(p, MB / 4, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("%ld %ld %ld\n", field("VmData:") - data, field("VmStk:") - stack, field("VmSize:") - all);
	munmap(p, MB);
	printf("%ld %ld %ld %ld\n", field("VmData:") - data, field("VmStk:") - stack, field("VmSize:") - all, field("VmLib:") - lib);
}
CASES
