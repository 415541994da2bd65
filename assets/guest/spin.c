// spin [millions]: a hog. It never asks the kernel for anything while it counts; only the timer can stop it.
// Run two of them (spin & spin) and watch them take turns.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long rounds = (argc > 1 ? strtoul(argv[1], NULL, 10) : 20) * 1000000;
	unsigned long sum = 0;
	for (unsigned long i = 0; i < rounds; i++) {
		sum += i;
		__asm__ volatile("" : "+r"(sum));
	}
	printf("spin %d: counted to %lu\n", getpid(), rounds);
	return 0;
}
