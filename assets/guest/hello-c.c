// hello-c: the same greeting through the C library. Count how many more system calls it takes.

#include <stdio.h>

int main(int argc, char **argv)
{
	printf("Hello from C, my name is %s and I have %d argument%s.\n", argv[0], argc - 1, argc == 2 ? "" : "s");
	return 0;
}
