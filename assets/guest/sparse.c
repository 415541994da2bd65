// sparse: four single bytes, far apart in the address space. What lies between them has no page tables. The last place needs
// an address of more than 47 bits; without a fifth level of tables the kernel finds another.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const unsigned long places[] = { 0x10000000, 0x4000000000, 0x600000000000, 0x4000000000000 };

static long tables(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "VmPTE:", 6) == 0)
			kib = atol(line + 6);
	if (f)
		fclose(f);
	return kib / 4;
}

__attribute__((noinline)) static void touch(char *page) { *page = 1; }

int main(void)
{
	for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
		char *page = mmap((void *)places[i], 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED) {
			perror("mmap");
			return 1;
		}
		touch(page);
		printf("a byte at %#17lx: %ld frames for tables\n", (unsigned long)page, tables());
	}
	return 0;
}
