// segments: one thing of each kind, and where it lies. The zeros are not in the file: the program header asks for more memory
// than the file has bytes, and the kernel maps what is missing as zero.

#include <stdio.h>

enum { PAGE = 4096 };

static const char constant[] = "written by the compiler"; // .rodata: may be read
static int number = 42;                                   // .data: its first value is in the file
static char zeros[5 * PAGE];                              // .bss: its size is in the file, nothing else

int main(void)
{
	printf("code      %p\n", (void *)main);
	printf("constant  %p  %s\n", (void *)constant, constant);
	printf("number    %p  %d\n", (void *)&number, number);
	number++;
	int sum = 0;
	for (unsigned i = 0; i < sizeof zeros; i++)
		sum |= zeros[i];
	printf("zeros     %p  %zu bytes, all of them %d\n", (void *)zeros, sizeof zeros, sum);
	zeros[2 * PAGE] = 1;
	return 0;
}
