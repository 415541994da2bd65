// mappings as /proc/self/maps shows them: joined, cut, replaced, placed
#include "t.h"
#include <sys/personality.h>
#include <sys/prctl.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define BASE ((char *)0x10000000)

// maps prints the mappings in 64 pages from base on, by page.
static void maps(const char *what, char *base)
{
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");
	printf("%s:", what);
	while (fgets(line, sizeof line, f)) {
		unsigned long start, end, off;
		char prot[8];
		sscanf(line, "%lx-%lx %s %lx", &start, &end, prot, &off);
		if (start < (unsigned long)base + 64 * PAGE && end > (unsigned long)base)
			printf(" %ld-%ld %s %lx", (long)(start - (unsigned long)base) / PAGE, (long)(end - (unsigned long)base) / PAGE, prot, off);
	}
	printf("\n");
	fclose(f);
}
static char *at(int page, int pages, int prot, int flags) { return mmap(BASE + page * PAGE, pages * PAGE, prot, flags | MAP_FIXED, -1, 0); }
static int file(int pages) { int fd = open("f", O_RDWR | O_CREAT, 0600); ftruncate(fd, pages * PAGE); return fd; }

CASE(neighbours_join) { at(0, 2, RW, ANON); at(2, 2, RW, ANON); at(6, 2, RW, ANON); maps("two and one", BASE); at(4, 2, RW, ANON); maps("one", BASE); }
CASE(different_do_not_join) { at(0, 2, RW, ANON); at(2, 2, PROT_READ, ANON); at(4, 2, RW, ANON | MAP_NORESERVE); at(6, 2, RW, ANON | MAP_GROWSDOWN); at(8, 2, RW, MAP_SHARED | MAP_ANONYMOUS); at(10, 2, RW, MAP_SHARED | MAP_ANONYMOUS); maps("six", BASE); }
CASE(protect_cuts_and_joins) { at(0, 10, RW, ANON); mprotect(BASE + 3 * PAGE, 2 * PAGE, PROT_READ); maps("three", BASE); mprotect(BASE + 5 * PAGE, 5 * PAGE, PROT_READ); maps("two", BASE); mprotect(BASE, 3 * PAGE, PROT_READ); maps("one", BASE); }
CASE(protect_until_hole) { at(0, 3, RW, ANON); at(5, 3, RW, ANON); R(mprotect(BASE, 8 * PAGE, PROT_READ)); maps("before the hole", BASE); R(mprotect(BASE + 4 * PAGE, 2 * PAGE, PROT_READ)); maps("unchanged", BASE); }
CASE(unmap_middle) { at(0, 10, RW, ANON); R(munmap(BASE + 4 * PAGE, PAGE)); maps("two", BASE); R(munmap(BASE + 2 * PAGE, 5 * PAGE)); maps("still two", BASE); R(munmap(BASE - 4 * PAGE, 100 * PAGE)); maps("none", BASE); }
CASE(fixed_replaces) { at(0, 10, RW, ANON); BASE[0] = 'a'; BASE[5 * PAGE] = 'b'; BASE[9 * PAGE] = 'c'; at(4, 2, PROT_READ, ANON); maps("three", BASE); printf("%d %d %d\n", BASE[0], BASE[5 * PAGE], BASE[9 * PAGE]); }
CASE(noreplace_refuses) { at(4, 2, RW, ANON); R((long)mmap(BASE, 5 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); R((long)mmap(BASE + 5 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); R((long)mmap(BASE, 4 * PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0)); maps("two", BASE); }
CASE(file_offsets_join) { int fd = file(10); for (int i = 0; i < 4; i++) mmap(BASE + i * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, fd, i * PAGE); maps("one", BASE); mmap(BASE + 4 * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 5 * PAGE); maps("a gap in the file", BASE); mmap(BASE + 4 * PAGE, PAGE, RW, MAP_PRIVATE | MAP_FIXED, fd, 4 * PAGE); maps("a private end", BASE); }
CASE(file_cut_keeps_offsets) { int fd = file(10); mmap(BASE, 10 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0); munmap(BASE + 3 * PAGE, PAGE); mprotect(BASE + 6 * PAGE, PAGE, RW); maps("four", BASE); }
CASE(other_descriptors_do_not_join) { int a = file(10), b = open("f", O_RDWR); mmap(BASE, PAGE, RW, MAP_SHARED | MAP_FIXED, a, 0); mmap(BASE + PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, a, PAGE); maps("one", BASE); close(b); }
CASE(advice_cuts) { at(0, 8, RW, ANON); R(madvise(BASE + 2 * PAGE, 2 * PAGE, MADV_DONTFORK)); maps("three", BASE); R(madvise(BASE, 8 * PAGE, MADV_DOFORK)); maps("one", BASE); R(madvise(BASE, 4 * PAGE, MADV_SEQUENTIAL)); maps("two", BASE); R(madvise(BASE, 8 * PAGE, MADV_NORMAL)); maps("one", BASE); }
CASE(lock_cuts) { at(0, 8, RW, ANON); mlock(BASE + 2 * PAGE, PAGE); maps("three", BASE); munlock(BASE, 8 * PAGE); maps("one", BASE); }
CASE(brk_is_one) { char *b = sbrk(0); b += -(long)b & (PAGE - 1); brk(b); brk(b + 3 * PAGE); char *p = b + 3 * PAGE; brk(p + 3 * PAGE); b[0] = 1; p[0] = 2; R(brk(b + PAGE)); R(brk(b + 6 * PAGE)); R(b[0] + p[0]); }
CASE(hint_taken) { R(mmap(BASE + 7, PAGE, RW, ANON, -1, 0) == BASE); R(mmap(BASE, PAGE, RW, ANON, -1, 0) != BASE); R(mmap(BASE + 5 * PAGE - 1, PAGE, RW, ANON, -1, 0) == BASE + 4 * PAGE); R(mmap((void *)5, PAGE, RW, ANON, -1, 0) != MAP_FAILED); }
CASE(downwards) { char *p[8]; for (int i = 0; i < 8; i++) p[i] = mmap(NULL, PAGE, i % 2 ? RW : PROT_READ, ANON, -1, 0); for (int i = 1; i < 8; i++) printf("%d ", p[i] == p[i - 1] - PAGE); printf("\n"); munmap(p[3], PAGE); R(mmap(NULL, PAGE, RW, ANON, -1, 0) == p[3]); R(mmap(NULL, 2 * PAGE, RW, ANON, -1, 0) == p[7] - 2 * PAGE); }
CASE(low_addresses) { char *p = mmap(NULL, PAGE, RW, ANON | MAP_32BIT, -1, 0); R((unsigned long)p >= 0x40000000 && (unsigned long)p < 0x80000000); char *q = mmap(NULL, 1 << 20, RW, ANON | MAP_32BIT, -1, 0); R(q != p && (unsigned long)q < 0x80000000); R((long)mmap(NULL, 1ul << 31, PROT_NONE, ANON | MAP_32BIT | MAP_NORESERVE, -1, 0)); }
CASE(above_47_bits) { char *p = mmap((void *)(1ul << 47), PAGE, RW, ANON, -1, 0); R(p != MAP_FAILED && (unsigned long)p < 1ul << 47); R((long)mmap((void *)(0x7ffffffff000ul), PAGE, RW, ANON | MAP_FIXED, -1, 0)); R(munmap((void *)0x7ffffffff000ul, PAGE)); R((long)mmap(NULL, 1ul << 47, PROT_NONE, ANON | MAP_NORESERVE, -1, 0)); }
CASE(read_implies_exec)
{
	at(8, 2, PROT_READ, ANON);
	personality(READ_IMPLIES_EXEC);
	at(0, 2, PROT_READ, ANON);
	at(4, 2, PROT_NONE, ANON);
	maps("with", BASE);
	mprotect(BASE + 4 * PAGE, PAGE, RW);
	mprotect(BASE + 8 * PAGE, PAGE, PROT_READ);
	maps("protected", BASE);
	personality(0);
	mprotect(BASE, PAGE, PROT_READ);
	maps("without", BASE);
}
CASE(most_mappings)
{
	char *p = mmap(NULL, 70000 * PAGE, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	long n = 0;
	while (n < 70000 && mprotect(p + n * PAGE, PAGE, PROT_READ) == 0)
		n += 2;
	printf("%s %d\n", errname(errno), n > 65400 && n < 65540);
	R(munmap(p + 65600 * PAGE, PAGE));
	int more = 0;
	while (more < 9 && mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		more++;
	printf("%s %d\n", errname(errno), more < 4);
	R(munmap(p, 1000 * PAGE));
	R(munmap(p + 65600 * PAGE, PAGE));
	R(mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	R(munmap(p, 70000 * PAGE));
}
CASES
