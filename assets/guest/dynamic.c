// dynamic [seconds]: this file does not contain printf. It names an interpreter, the dynamic linker, which is started first,
// finds the C library and writes the addresses of its functions into our table. Then it jumps to our _start.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int mine = 1; // of each process, its own; printf's code is one for all

int main(int argc, char **argv)
{
	printf("pid %d: main is at %p, printf at %p\n", getpid(), (void *)main, (void *)printf);
	fflush(stdout);
	mine = getpid();
	if (argc > 1)
		sleep(atoi(argv[1]));
	return mine != getpid();
}
