// touch-pages [pages]: asking for memory costs nothing; touching it does. Each first touch of a page is a page fault,
// and the kernel finds a frame for it only then.

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { PAGE = 4096 };

static long faults(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

int main(int argc, char **argv)
{
	long pages = argc > 1 ? atol(argv[1]) : 64;
	volatile char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	long before = faults();
	for (long i = 0; i < pages; i++)
		memory[i * PAGE] = 1;
	printf("%ld pages touched, %ld page faults\n", pages, faults() - before);
	return 0;
}
