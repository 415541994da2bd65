// clocks, sleeping, interval timers, times, rusage
#include "t.h"

static volatile int count;
static void on(int sig) { count++; }
static long ms(struct timespec *a, struct timespec *b) { return (b->tv_sec - a->tv_sec) * 1000 + (b->tv_nsec - a->tv_nsec) / 1000000; }

CASE(clocks)
{
	struct timespec a, b, r;
	for (int c = -1; c < 13; c++) printf("clock %d: %d %s\n", c, clock_gettime(c, &a) == 0, 0 ? "" : "");
	R(syscall(SYS_clock_gettime, 99, &a)); R(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8L));
	R(clock_getres(CLOCK_MONOTONIC, &r)); printf("%ld %ld\n", (long)r.tv_sec, r.tv_nsec); R(clock_getres(CLOCK_REALTIME, NULL)); R(clock_getres(77, &r));
}

CASE(nanosleep_sleeps)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	struct timespec t = { 0, 50000000 };
	R(nanosleep(&t, NULL));
	clock_gettime(CLOCK_MONOTONIC, &b); R(ms(&a, &b) >= 50); R(ms(&a, &b) < 1000);
}

CASE(nanosleep_refuses)
{
	struct timespec t = { 0, 0 };
	t.tv_nsec = 1000000000; R(nanosleep(&t, NULL)); t.tv_nsec = -1; R(nanosleep(&t, NULL)); t.tv_sec = -1; t.tv_nsec = 0; R(nanosleep(&t, NULL)); R(syscall(SYS_nanosleep, 8L, NULL)); R(syscall(SYS_nanosleep, 0L, NULL));
	t.tv_sec = 0; R(nanosleep(&t, NULL));
}

CASE(clock_nanosleep_absolute)
{
	struct timespec a, b, t; clock_gettime(CLOCK_MONOTONIC, &b);
	t = b; t.tv_nsec += 30000000; if (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++; }
	R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)); clock_gettime(CLOCK_MONOTONIC, &a); R(ms(&t, &a) >= 0);
	R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
}

CASE(clock_nanosleep_clocks)
{
	struct timespec t;
	t.tv_sec = 0; t.tv_nsec = 1000;
	R(syscall(SYS_clock_nanosleep, 99, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &t, NULL));
}

CASE(time_of_day)
{
	struct timespec a;
	struct timeval tv; time_t now = time(NULL);
	R(gettimeofday(&tv, NULL)); R(tv.tv_sec - now <= 1); R(now > 1700000000); R(syscall(SYS_time, 8L)); R(syscall(SYS_gettimeofday, 8L, NULL));
	clock_gettime(CLOCK_REALTIME, &a); R(a.tv_sec - now <= 1);
}

CASE(itimer_real)
{
	signal(SIGALRM, on);
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } }, old;
	R(setitimer(ITIMER_REAL, &it, NULL));
	while (count < 5) pause();
	R(getitimer(ITIMER_REAL, &old)); R(old.it_interval.tv_usec); R(old.it_value.tv_usec <= 20000);
	it.it_value.tv_usec = 0; it.it_interval.tv_usec = 0;
	R(setitimer(ITIMER_REAL, &it, &old)); R(old.it_interval.tv_usec); R(getitimer(ITIMER_REAL, &old)); R(old.it_value.tv_usec);
}

CASE(alarm_and_refused_itimers)
{
	struct itimerval it = { 0 }, old;
	it.it_value.tv_usec = 1000000; R(setitimer(ITIMER_REAL, &it, NULL)); R(setitimer(5, &old, NULL)); R(getitimer(5, &old)); R(syscall(SYS_setitimer, ITIMER_REAL, 8L, NULL));
	R(alarm(10)); R(alarm(0));
}

CASE(itimer_virtual_and_prof)
{
	struct itimerval it = { 0 };
	signal(SIGVTALRM, on); count = 0; it.it_value.tv_usec = 20000; it.it_value.tv_sec = 0; it.it_interval.tv_usec = 0;
	R(setitimer(ITIMER_VIRTUAL, &it, NULL)); while (count == 0) ; R(count);
	signal(SIGPROF, on); count = 0; R(setitimer(ITIMER_PROF, &it, NULL)); while (count == 0) getppid(); R(count);
}

CASE(times_and_rusage)
{
	usleep(10); while (clock() < 60000) for (volatile int i = 0; i < 100000; i++) ; memset(malloc(1 << 20), 1, 1 << 20);
	struct tms tm; clock_t c1 = times(&tm); R(tm.tms_utime + tm.tms_stime > 0); R(c1 != -1); R(syscall(SYS_times, 8L));
	struct rusage ru; R(getrusage(RUSAGE_SELF, &ru)); R(ru.ru_utime.tv_sec * 1000000 + ru.ru_utime.tv_usec > 10000); R(ru.ru_maxrss > 0); R(getrusage(RUSAGE_CHILDREN, &ru)); R(getrusage(RUSAGE_THREAD, &ru)); R(getrusage(7, &ru)); R(ru.ru_nvcsw > 0);
}

CASE(cpu_clock_of_the_process)
{
	struct timespec a, b;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a); for (volatile int i = 0; i < 1000000; i++) ; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b); R(b.tv_sec > a.tv_sec || b.tv_nsec > a.tv_nsec);
	R(clock_settime(CLOCK_MONOTONIC, &a));
}

CASES
