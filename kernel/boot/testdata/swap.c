// Touches more memory than a small machine has, and proves every byte: what it prints depends on nothing else.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHARED 500
static int pages = 2600;
static uint64_t seed = 88172645463325252u;
static uint64_t rnd(void) { seed ^= seed << 13; seed ^= seed >> 7; return seed ^= seed << 17; }

static uint64_t sum(const uint64_t *p, int n)
{
	uint64_t h = 14695981039346656037u;
	for (int i = 0; i < n * 512; i += 8) {
		h ^= p[i]; h *= 1099511628211u;
	}
	return h;
}

static void stir(uint64_t *p, int size, int n)
{
	for (int i = 0; i < n; i++) p[rnd() % size * 512 + rnd() % 512] = rnd();
}

static void family(uint64_t *mine, uint64_t *ours, int depth)
{
	for (int child = 0; child < 2; child++) {
		fflush(stdout);
		if (fork() == 0) {
			seed += child + 1;
			stir(mine, pages, 400);
			stir(ours, SHARED, 50);
			printf("%d.%d %016lx %016lx\n", depth, child, sum(mine, pages), sum(ours, SHARED));
			if (depth < 2) family(mine, ours, depth + 1);
			fflush(stdout);
			_exit(child);
		}
		int status;
		wait(&status);
		printf("%d.%d status %d\n", depth, child, WEXITSTATUS(status));
	}
}

int main(int argc, char **argv)
{
	if (argc > 1) pages = atoi(argv[1]);
	uint64_t *mine = mmap(0, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t *ours = mmap(0, SHARED * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < pages * 512; i += 64) mine[i] = rnd();
	for (int i = 0; i < SHARED * 512; i += 64) ours[i] = rnd();
	printf("%016lx %016lx\n", sum(mine, pages), sum(ours, SHARED));
	family(mine, ours, 0);
	printf("%016lx %016lx\n", sum(mine, pages), sum(ours, SHARED));
	return 0;
}
