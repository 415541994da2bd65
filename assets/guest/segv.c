// segv: reads through a null pointer. No page is there, the CPU raises a page fault, the kernel finds no mapping that
// would allow it and sends SIGSEGV. The shell sees status 139: 128 + 11.

#include <stdio.h>

int main(void)
{
	int *volatile nowhere = NULL;
	puts("about to read address 0 ...");
	fflush(stdout);
	printf("it holds %d\n", *nowhere);
	return 0;
}
