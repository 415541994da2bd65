// hogs KIND…: a task of each kind, for ever. n5 counts with a nice value of 5, f10 and r10 with SCHED_FIFO and SCHED_RR
// of priority 10, i0 with SCHED_IDLE; y0 does nothing but yield; s10 sleeps for 10 ms again and again, l10
// once, and counts then.
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void task(char kind, int n)
{
	struct sched_param p = { .sched_priority = n };
	struct timespec nap = { n / 1000, n % 1000 * 1000000L };
	switch (kind) {
	case 'n': setpriority(PRIO_PROCESS, 0, n); break;
	case 'f': syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p); break;
	case 'r': syscall(SYS_sched_setscheduler, 0, SCHED_RR, &p); break;
	case 'i': syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &p); break;
	case 'y': for (;;) sched_yield();
	case 'l': nanosleep(&nap, NULL); break;
	case 's': for (;;) nanosleep(&nap, NULL);
	}
	static char space[1 << 16];
	for (;;) { // counts as 65,536 instructions, and the timer interrupts it anywhere
		void *to = space;
		unsigned long count = sizeof space;
		__asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory");
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (fork() == 0) task(argv[i][0], atoi(argv[i] + 1));
	for (;;) pause();
}
