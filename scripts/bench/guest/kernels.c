// kernels: the benchmark's kernels as a Linux program. Each says when it begins and, with a checksum, when it ends; the
// checksum must be the one that the same binary prints on the host.

#include <stdio.h>
#include <stdlib.h>

#include "kernels.h"

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 1;
	for (int t = 0; t < times; t++) {
		seed = 1;
		for (unsigned k = 0; k < sizeof kernels / sizeof *kernels; k++) {
			printf("@%s begin\n", kernels[k].name);
			fflush(stdout);
			uint32_t sum = kernels[k].run(kernels[k].rounds);
			printf("@%s end %08x\n", kernels[k].name, sum);
			fflush(stdout);
		}
	}
	return 0;
}
