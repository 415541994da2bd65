// huge: 2 MiB of memory in one page. The kernel is advised to use one, and a single fault brings it: the walk ends a level
// earlier, and what would be the last index is part of the offset.

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

enum { HUGE = 2 << 20 };

__attribute__((noinline)) static void touch(volatile char *at) { *at = 1; }

int main(void)
{
	char *small = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *area = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (small == MAP_FAILED || area == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	char *page = (char *)(((uintptr_t)area + HUGE - 1) & -(uintptr_t)HUGE);
	madvise(page, HUGE, MADV_HUGEPAGE);
	touch(small);
	touch(page);
	touch(page + HUGE / 2);
	printf("2 MiB at %p, one page fault\n", (void *)page);
	return 0;
}
