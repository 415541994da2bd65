// polite [rounds]: counts a little and offers the CPU to the others, again and again. With cooperative scheduling that is the
// only way that they get it.

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int rounds = argc > 1 ? atoi(argv[1]) : 3; rounds > 0; rounds--) {
		for (volatile int i = 0; i < 100000; i++)
			;
		write(1, "polite: after you\n", 18);
		sched_yield();
	}
	return 0;
}
