// mremap: in place, moved, where asked, twice at once; and what limits it
#include "t.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define BASE ((char *)0x10000000)

static char *at(int page, int pages, int prot, int flags) { return mmap(BASE + page * PAGE, pages * PAGE, prot, flags | MAP_FIXED, -1, 0); }
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

CASE(shrink) { char *p = at(0, 8, RW, ANON); memset(p, 'x', 8 * PAGE); R((long)mremap(p, 8 * PAGE, 3 * PAGE, 0)); R(resident(p, 3)); R(resident(p, 4)); R(p[3 * PAGE - 1]); }
CASE(grow_in_place) { char *p = at(0, 2, RW, ANON); p[0] = 1; R((long)mremap(p, 2 * PAGE, 8 * PAGE, 0)); R(p[0] + p[8 * PAGE - 1]); R(resident(p, 8)); }
CASE(grow_blocked) { char *p = at(0, 2, RW, ANON); at(3, 1, PROT_READ, ANON); R((long)mremap(p, 2 * PAGE, 3 * PAGE, 0)); R((long)mremap(p, 3 * PAGE, 4 * PAGE, 0)); }
CASE(grow_moves) { char *p = at(0, 2, RW, ANON); p[0] = 'a'; p[PAGE] = 'b'; at(2, 1, PROT_READ, ANON); char *q = mremap(p, 2 * PAGE, 6 * PAGE, MREMAP_MAYMOVE); R(q != p && q != MAP_FAILED); R(q[0]); R(q[PAGE]); R(q[5 * PAGE]); R(resident(p, 1)); }
CASE(part_moves) { char *p = at(0, 6, RW, ANON); for (int i = 0; i < 6; i++) p[i * PAGE] = 'a' + i; char *q = mremap(p + 2 * PAGE, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE); R(q[0]); R(q[PAGE]); R(q[2 * PAGE]); R(p[PAGE]); R(p[4 * PAGE]); R(resident(p + 2 * PAGE, 1)); }
CASE(to_an_address) { char *p = at(0, 2, RW, ANON); p[PAGE] = 'p'; char *old = at(20, 4, RW, ANON); memset(old, 'o', 4 * PAGE); R((long)mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 21 * PAGE)); R(old[0]); R(old[PAGE]); R(old[2 * PAGE]); R(old[3 * PAGE]); }
CASE(to_an_address_smaller) { char *p = at(0, 4, RW, ANON); p[0] = 'p'; R((long)mremap(p, 4 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 20 * PAGE)); R(BASE[20 * PAGE]); R(resident(p, 1)); R(resident(p + 3 * PAGE, 1)); }
CASE(overlap_is_refused) { char *p = at(0, 8, RW, ANON); R((long)mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 2 * PAGE)); R((long)mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p)); R((long)mremap(p + 4 * PAGE, 2 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p)); }
CASE(wrong_arguments) { char *p = at(0, 4, RW, ANON); R((long)mremap(p, PAGE, PAGE, 8)); R((long)mremap(p, PAGE, PAGE, MREMAP_FIXED, BASE + 20 * PAGE)); R((long)mremap(p + 1, PAGE, PAGE, MREMAP_MAYMOVE)); R((long)mremap(p, PAGE, 0, MREMAP_MAYMOVE)); R((long)mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 5)); R((long)mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, 0x7ffffffff000)); R((long)mremap(p, PAGE, 1ul << 60, MREMAP_MAYMOVE)); R((long)mremap((void *)0x5000, PAGE, PAGE, MREMAP_MAYMOVE)); }
CASE(beyond_the_mapping) { char *p = at(0, 2, RW, ANON); at(2, 2, PROT_READ, ANON); R((long)mremap(p, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE)); R((long)mremap(p, 4 * PAGE, PAGE, 0)); R(resident(p + PAGE, 1)); }
CASE(leaves_it_mapped) { char *p = at(0, 2, RW, ANON); p[0] = 'a'; char *q = mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | 4, NULL); R(q != MAP_FAILED && q != p); R(q[0]); R(p[0]); p[0] = 'b'; R(q[0]); R((long)mremap(p, 2 * PAGE, PAGE, MREMAP_MAYMOVE | 4, NULL)); R((long)mremap(p, 2 * PAGE, 2 * PAGE, 4, NULL)); }
CASE(second_view) { char *p = mmap(BASE, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0); p[0] = 'a'; char *q = mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE); R(q != MAP_FAILED && q != p); R(q[0]); q[PAGE] = 'b'; R(p[PAGE]); munmap(p, 2 * PAGE); R(q[0]); char *priv = at(20, 2, RW, ANON); R((long)mremap(priv, 0, PAGE, MREMAP_MAYMOVE)); }
CASE(file_keeps_its_offset) { int fd = open("f", O_RDWR | O_CREAT, 0600); ftruncate(fd, 8 * PAGE); for (int i = 0; i < 8; i++) pwrite(fd, &"abcdefgh"[i], 1, i * PAGE); char *p = mmap(BASE, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE); char *q = mremap(p + PAGE, PAGE, 4 * PAGE, MREMAP_MAYMOVE); R(q[0]); R(q[3 * PAGE]); q[PAGE] = 'E'; char c; pread(fd, &c, 1, 4 * PAGE); R(c); R(p[0]); }
CASE(limited_address_space) { char *p = at(0, 2, RW, ANON); struct rlimit r = { 64 << 20, 64 << 20 }; setrlimit(RLIMIT_AS, &r); R((long)mremap(p, 2 * PAGE, 64 << 20, MREMAP_MAYMOVE)); R((long)mremap(p, 2 * PAGE, 3 * PAGE, 0)); }
CASE(child_sees_its_own) { char *p = at(0, 2, RW, ANON); p[0] = 'a'; if (fork() == 0) { char *q = mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 30 * PAGE); q[0]++; R(q[0]); fflush(stdout); _exit(0); } wait(NULL); R(p[0]); R(resident(BASE + 30 * PAGE, 1)); }
CASES
