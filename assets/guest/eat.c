// eat [MiB [rounds]]: uses so much memory, all of it, again and again. With more than there is, and with a swap device, each
// round throws out what the next one needs.

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { PAGE = 4096 };

static long waits(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_majflt;
}

int main(int argc, char **argv)
{
	long pages = (argc > 1 ? atol(argv[1]) : 16) * 256, rounds = argc > 2 ? atol(argv[2]) : 2, wrong = 0;
	long (*memory)[PAGE / sizeof(long)] = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (long round = 0; round <= rounds; round++) {
		long before = waits();
		for (long i = 0; i < pages; i++) {
			wrong += memory[i][0] != round * i;
			memory[i][0] = (round + 1) * i;
		}
		printf("round %ld: %ld pages, %ld came back from swap\n", round, pages, waits() - before);
		fflush(stdout);
	}
	return wrong != 0;
}
