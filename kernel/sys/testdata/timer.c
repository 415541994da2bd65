// timer_create and its kin
#include "t.h"

static volatile int count, code, val;
static void on(int sig, siginfo_t *si, void *u) { count++; code = si->si_code; val = si->si_value.sival_int; }
static int mk(int clock, void *sev, int *id) { return syscall(SYS_timer_create, clock, sev, id); }

static void setup(void) { struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO }; sigaction(SIGALRM, &sa, NULL); sigaction(SIGUSR1, &sa, NULL); }

CASE(interval_timer_signals)
{
	setup();
	int a = -1, b = -1; struct itimerspec it = { { 0, 20000000 }, { 0, 20000000 } }, old;
	R(mk(CLOCK_MONOTONIC, NULL, &a)); R(a); struct { long value; int signo, notify, tid, pad[11]; } sev = { 42, SIGUSR1, 0 };
	R(mk(CLOCK_REALTIME, &sev, &b)); R(b); R(syscall(SYS_timer_gettime, b, &old)); printf("%ld %ld\n", (long)old.it_value.tv_nsec, (long)old.it_interval.tv_nsec);
	R(syscall(SYS_timer_settime, b, 0, &it, &old)); while (count < 3) pause(); R(code); R(val); R(syscall(SYS_timer_gettime, b, &old)); R(old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 20000000); R(old.it_interval.tv_nsec); R(syscall(SYS_timer_getoverrun, b) >= 0);
	it.it_value.tv_nsec = 0; R(syscall(SYS_timer_settime, b, 0, &it, &old)); R(old.it_interval.tv_nsec); R(syscall(SYS_timer_gettime, b, &old)); R(old.it_value.tv_nsec);
}

CASE(absolute_one_shot)
{
	int a; struct itimerspec it = { 0 }; setup(); mk(CLOCK_MONOTONIC, NULL, &a);
	it.it_interval.tv_nsec = 0; clock_gettime(CLOCK_MONOTONIC, &it.it_value); it.it_value.tv_nsec += 30000000; if (it.it_value.tv_nsec > 999999999) { it.it_value.tv_sec++; it.it_value.tv_nsec -= 1000000000; }
	count = 0; R(syscall(SYS_timer_settime, a, 1, &it, NULL)); while (!count) pause(); R(code); R(val == a); usleep(50000); R(count);
}

CASE(deleted_and_refused)
{
	int a, b; struct itimerspec it = { { 0, 0 }, { 0, 20000000 } }, old; setup(); mk(CLOCK_MONOTONIC, NULL, &a); mk(CLOCK_REALTIME, NULL, &b);
	R(syscall(SYS_timer_delete, a)); R(syscall(SYS_timer_delete, a)); R(syscall(SYS_timer_settime, a, 0, &it, NULL)); R(syscall(SYS_timer_gettime, a, &old)); R(syscall(SYS_timer_settime, b, 0, NULL, NULL)); it.it_value.tv_nsec = -1; R(syscall(SYS_timer_settime, b, 0, &it, NULL)); R(syscall(SYS_timer_settime, b, 0, 8L, NULL));
}

CASE(timer_create_refuses)
{
	int a; struct { long value; int signo, notify, tid, pad[11]; } sev = { 42, SIGUSR1, 0 };
	R(mk(99, NULL, &a)); R(mk(CLOCK_MONOTONIC_RAW, NULL, &a)); sev.notify = 99; R(mk(0, &sev, &a)); sev.notify = 0; sev.signo = 99; R(mk(0, &sev, &a)); sev.notify = 1; R(mk(0, &sev, &a)); sev.notify = 4; sev.signo = SIGUSR1; sev.tid = 1; R(mk(0, &sev, &a)); R(mk(0, NULL, (void *)8)); R(mk(0, (void *)8, &a));
}

CASES
