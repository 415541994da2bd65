// interval timers, POSIX timers, timerfd, clocks of CPU time, sleeping until a moment
#include "t.h"
#include <pthread.h>
#include <sys/timerfd.h>
#include <sys/timex.h>

static volatile int count, code, val, over, who;
static void on(int sig, siginfo_t *si, void *u) { count++; code = si->si_code; val = si->si_value.sival_int; over = si->si_overrun; who = syscall(SYS_gettid); }
static void act(int sig) { struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART }; sigaction(sig, &sa, NULL); }
static long ns(struct timespec *t) { return t->tv_sec * 1000000000l + t->tv_nsec; }
static long now(int clock) { struct timespec t; syscall(SYS_clock_gettime, clock, &t); return ns(&t); }
// spin uses CPU time; for a machine that counts instructions it does so fast.
static void spin(void) { static char space[1 << 16]; void *to = space; unsigned long n = sizeof space; __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory"); }
struct sev { long value; int signo, notify, tid, pad[11]; };
static int create(int clock, int signo, int notify, int tid) { struct sev e = { 77, signo, notify, tid }; int id = -1; return syscall(SYS_timer_create, clock, &e, &id) < 0 ? -errno : id; }
static int set(int id, int flags, long value, long interval) { struct itimerspec t = { { interval / 1000000000, interval % 1000000000 }, { value / 1000000000, value % 1000000000 } }; return syscall(SYS_timer_settime, id, flags, &t, NULL); }
static long left(int id) { struct itimerspec t; return syscall(SYS_timer_gettime, id, &t) < 0 ? -errno : ns(&t.it_value); }
#define MS 1000000l

CASE(virtual_counts_no_sleep)
{
	act(SIGVTALRM);
	struct itimerval it = { { 0, 0 }, { 0, 30000 } }, o;
	R(setitimer(ITIMER_VIRTUAL, &it, NULL));
	usleep(60000); R(count);
	R(getitimer(ITIMER_VIRTUAL, &o)); R(o.it_value.tv_usec > 10000 && o.it_value.tv_usec <= 40000);
	while (!count) spin();
	R(count); R(code);
	R(getitimer(ITIMER_VIRTUAL, &o)); R(o.it_value.tv_usec);
}

CASE(prof_repeats)
{
	act(SIGPROF);
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } }, off = { 0 }, o;
	long from = now(CLOCK_PROCESS_CPUTIME_ID);
	R(setitimer(ITIMER_PROF, &it, NULL));
	while (count < 4) getppid();
	long used = (now(CLOCK_PROCESS_CPUTIME_ID) - from) / MS;
	R(setitimer(ITIMER_PROF, &off, &o)); R(o.it_interval.tv_usec >= 10000 && o.it_interval.tv_usec < 15000); R(used >= 35);
}

CASE(real_is_not_inherited)
{
	signal(SIGALRM, SIG_DFL);
	R(alarm(100));
	int st; if (fork() == 0) _exit(alarm(0)); wait(&st); status("child", st);
	R(alarm(0)); R(alarm(0)); R(alarm(5)); R(alarm(UINT_MAX) == 5); Z(alarm(0));
}

CASE(real_survives_exec)
{
	int st;
	if (fork() == 0) { struct itimerval it = { { 0, 0 }, { 0, 20000 } }; setitimer(ITIMER_REAL, &it, NULL); execl("/proc/self/exe", "x", ".", "sleeps", NULL); }
	wait(&st); status("the new program", st);
}

CASE(sleeps) { usleep(200000); } // killed when the case above runs it

CASE(itimer_arguments)
{
	struct itimerval it = { { 0, 0 }, { 0, 1000000 } }, o;
	R(setitimer(3, &it, NULL)); R(setitimer(-1, &it, NULL)); R(getitimer(3, &o)); R(setitimer(ITIMER_REAL, &it, NULL)); it.it_value.tv_usec = -1; R(setitimer(ITIMER_REAL, &it, NULL)); it.it_value.tv_usec = 0; it.it_value.tv_sec = -1; R(setitimer(ITIMER_REAL, &it, NULL));
	it.it_value.tv_sec = 0; it.it_interval.tv_usec = 1000000; R(setitimer(ITIMER_REAL, &it, NULL)); R(syscall(SYS_setitimer, ITIMER_REAL, NULL, &o)); R(syscall(SYS_setitimer, ITIMER_REAL, 8L, NULL)); R(syscall(SYS_getitimer, ITIMER_REAL, 8L));
}

CASE(timer_create_clocks)
{
	for (int c = -1; c < 13; c++) {
		if (c == 8 || c == 9) continue; // alarms need a real-time clock that wakes the machine
		int r = create(c, SIGUSR1, 0, 0);
		printf("clock %d: %s\n", c, r < 0 ? errname(-r) : "made");
	}
	R(create(CLOCK_MONOTONIC, 0, 0, 0)); R(create(CLOCK_MONOTONIC, 65, 0, 0)); R(create(CLOCK_MONOTONIC, 0, 1, 0) >= 0); R(create(CLOCK_MONOTONIC, SIGUSR1, 3, 0)); R(create(CLOCK_MONOTONIC, SIGUSR1, 4, 1)); R(create(CLOCK_MONOTONIC, SIGUSR1, 4, getpid()) >= 0); R(create(CLOCK_MONOTONIC, SIGUSR1, 2, 0) >= 0);
}

CASE(overruns_are_counted)
{
	sigset_t s;
	siginfo_t si;
	act(SIGUSR1);
	int id = create(CLOCK_MONOTONIC, SIGUSR1, 0, 0);
	sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
	R(syscall(SYS_timer_getoverrun, id));
	set(id, 0, 5 * MS, 5 * MS);
	usleep(52000); // some ten times
	R(sigwaitinfo(&s, &si)); R(si.si_code); R(si.si_value.sival_int); R(si.si_overrun >= 8); R(syscall(SYS_timer_getoverrun, id) == si.si_overrun);
	R(syscall(SYS_timer_getoverrun, 99));
	set(id, 0, 0, 0); struct timespec z = { 0, 0 }; while (sigtimedwait(&s, &si, &z) > 0) ;
}

CASE(each_timer_has_its_signal)
{
	sigset_t s;
	siginfo_t si;
	sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
	int a = create(CLOCK_MONOTONIC, SIGUSR1, 0, 0), b = create(CLOCK_REALTIME, SIGUSR1, 0, 0);
	set(a, 0, 1 * MS, 0); set(b, 0, 2 * MS, 0);
	usleep(20000);
	struct timespec z = { 0, 0 };
	for (int i = 0; i < 3; i++) { int r = sigtimedwait(&s, &si, &z); if (r < 0) puts("none"); else printf("timer %d\n", si.si_timerid == a ? 0 : si.si_timerid == b ? 1 : -1); }
}

CASE(absolute_and_past)
{
	act(SIGUSR1);
	int id = create(CLOCK_REALTIME, SIGUSR1, 0, 0);
	long from = now(CLOCK_REALTIME);
	set(id, TIMER_ABSTIME, from + 30 * MS, 0); while (!count) pause(); R(now(CLOCK_REALTIME) - from >= 30 * MS);
	count = 0; set(id, TIMER_ABSTIME, 1 * MS, 0); while (!count) pause(); R(count);
	count = 0; set(id, TIMER_ABSTIME, now(CLOCK_REALTIME) - 95 * MS, 1000 * MS); while (!count) pause(); R(left(id) > 800 * MS && left(id) <= 1000 * MS);
	R(set(id, 0, 0, 0)); R(left(id)); R(set(id, 0, -1, 0)); R(set(id, 0, 5, 1000000000l * 5)); R(left(id) >= 0); R(set(99, 0, 1, 1)); R(syscall(SYS_timer_gettime, id, 8L)); R(syscall(SYS_timer_delete, id)); R(left(id)); R(syscall(SYS_timer_delete, id));
}

CASE(none_is_only_looked_at)
{
	int id = create(CLOCK_MONOTONIC, 0, 1, 0);
	set(id, 0, 500 * MS, 0); R(left(id) > 400 * MS && left(id) <= 500 * MS);
	set(id, 0, 1, 0); usleep(2000); R(left(id));
	set(id, 0, 10 * MS, 40 * MS); usleep(15000); R(left(id) > 0 && left(id) <= 40 * MS);
}

CASE(timer_of_process_time)
{
	act(SIGUSR2);
	int id = create(CLOCK_PROCESS_CPUTIME_ID, SIGUSR2, 0, 0);
	R(set(id, 0, 30 * MS, 0)); usleep(60000); R(count); R(left(id) > 0 && left(id) <= 30 * MS);
	long from = now(CLOCK_PROCESS_CPUTIME_ID); while (!count) spin();
	R(count); R(code); R(now(CLOCK_PROCESS_CPUTIME_ID) - from < 200 * MS); R(left(id));
	count = 0; R(set(id, TIMER_ABSTIME, now(CLOCK_PROCESS_CPUTIME_ID) + 20 * MS, 0)); while (!count) spin(); R(count);
	count = 0; R(set(id, TIMER_ABSTIME, 1, 0)); while (!count) spin(); R(count);
}

static volatile int stop;
static void *idle(void *a) { *(int *)a = syscall(SYS_gettid); while (!stop) usleep(1000); return NULL; }
static void *busy(void *a) { *(int *)a = syscall(SYS_gettid); while (!stop) spin(); return NULL; }

CASE(timer_of_thread_time)
{
	act(SIGUSR2);
	int id = create(CLOCK_THREAD_CPUTIME_ID, SIGUSR2, 0, 0);
	set(id, 0, 15 * MS, 15 * MS); while (count < 2) spin();
	R(count >= 2); set(id, 0, 0, 0); R(left(id));
}

CASE(signal_to_one_thread)
{
	pthread_t t;
	static int tid;
	act(SIGUSR1);
	pthread_create(&t, NULL, idle, &tid); while (!tid) usleep(1000);
	int id = create(CLOCK_MONOTONIC, SIGUSR1, 4, tid);
	R(id >= 0); set(id, 0, 5 * MS, 0); while (!count) usleep(1000); R(who == tid);
	stop = 1; pthread_join(t, NULL);
	R(create(CLOCK_MONOTONIC, SIGUSR1, 4, tid));
}

CASE(timers_after_fork_and_exec)
{
	int id = create(CLOCK_MONOTONIC, SIGUSR1, 0, 0), st;
	if (fork() == 0) _exit(left(id) == -EINVAL);
	wait(&st); status("not in the child", st);
}

CASE(cpu_clocks_of_others)
{
	clockid_t c, d;
	pthread_t t;
	static int tid;
	pid_t pid = fork();
	if (pid == 0) for (;;) spin();
	usleep(60000);
	R(clock_getcpuclockid(pid, &c)); R(now(c) > 0); R(clock_getcpuclockid(9999999, &d)); R(clock_getcpuclockid(0, &d)); R(now(d) > 0 || 1);
	struct timespec ts; R(syscall(SYS_clock_getres, c, &ts)); R(ts.tv_sec * 1000000000 + ts.tv_nsec > 0); R(syscall(SYS_clock_settime, c, &ts)); R(syscall(SYS_clock_gettime, -7, &ts)); R(syscall(SYS_clock_gettime, 3 | ~3u << 3, &ts));
	kill(pid, SIGKILL); waitpid(pid, NULL, 0); R(syscall(SYS_clock_gettime, c, &ts));
	pthread_create(&t, NULL, busy, &tid); while (!tid) usleep(1000); usleep(50000);
	R(pthread_getcpuclockid(t, &c)); R(now(c) > 0); R(now(CLOCK_PROCESS_CPUTIME_ID) >= now(c));
	stop = 1; pthread_join(t, NULL);
}

CASE(cpu_time_sleep)
{
	struct timespec t = { 0, 20000000 };
	pid_t pid = fork();
	if (pid == 0) for (;;) spin();
	clockid_t c; clock_getcpuclockid(pid, &c);
	long from = now(c); R(syscall(SYS_clock_nanosleep, c, 0, &t, NULL)); R(now(c) - from >= 20 * MS);
	R(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL));
	kill(pid, SIGKILL); waitpid(pid, NULL, 0);
	R(syscall(SYS_clock_nanosleep, c, 0, &t, NULL));
}

CASE(getres)
{
	struct timespec t;
	for (int c = 0; c < 12; c++) {
		if (c == 8 || c == 9 || c == 10) continue;
		int r = syscall(SYS_clock_getres, c, &t);
		printf("%d: %d %d\n", c, r, c == 5 || c == 6 ? t.tv_nsec >= 1000000 && t.tv_nsec <= 10000000 : (int)t.tv_nsec);
	}
	R(syscall(SYS_clock_getres, 12, &t)); R(syscall(SYS_clock_getres, -1, &t)); R(syscall(SYS_clock_getres, 0, NULL)); R(syscall(SYS_clock_getres, 0, 8L));
}

CASE(setting_clocks_is_for_root)
{
	struct timespec t = { 1000000000, 0 }, bad = { 0, -1 };
	if (syscall(SYS_settimeofday, NULL, NULL) < 0) exit(NOT_HERE); // root without CAP_SYS_TIME
	R(syscall(SYS_clock_settime, CLOCK_MONOTONIC, &t)); R(syscall(SYS_clock_settime, CLOCK_BOOTTIME, &t)); R(syscall(SYS_clock_settime, CLOCK_REALTIME, &bad)); R(syscall(SYS_clock_settime, 99, &t)); R(syscall(SYS_clock_settime, CLOCK_REALTIME, 8L)); R(syscall(SYS_clock_settime, CLOCK_PROCESS_CPUTIME_ID, &t));
	struct timeval tv = { 1000000000, 1000000 }; R(syscall(SYS_settimeofday, &tv, NULL)); R(syscall(SYS_settimeofday, NULL, NULL)); R(syscall(SYS_settimeofday, 8L, NULL));
	struct timex x = { 0 }; R(adjtimex(&x) >= 0); R(x.tick); R(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &x) >= 0); R(syscall(SYS_clock_adjtime, CLOCK_MONOTONIC, &x)); R(syscall(SYS_clock_adjtime, 99, &x)); R(syscall(SYS_adjtimex, 8L));
	long off = now(CLOCK_REALTIME) - (x.time.tv_sec * 1000000000l + x.time.tv_usec * (x.status & 0x2000 ? 1 : 1000)); R(off >= 0 && off < 10000 * MS);
	x.modes = ADJ_TICK; x.tick = 1; R(adjtimex(&x));
	setuid(1000);
	R(syscall(SYS_clock_settime, CLOCK_REALTIME, &t)); tv.tv_usec = 0; R(syscall(SYS_settimeofday, &tv, NULL)); x.modes = ADJ_FREQUENCY; x.freq = 0; R(adjtimex(&x)); x.modes = ADJ_OFFSET_SS_READ; R(adjtimex(&x) >= 0); x.modes = 0; R(adjtimex(&x) >= 0);
}

CASE(absolute_sleep)
{
	for (int c = 0; c < 2; c++) {
		long from = now(c); struct timespec t = { (from + 20 * MS) / 1000000000, (from + 20 * MS) % 1000000000 }, rem = { 9, 9 };
		R(syscall(SYS_clock_nanosleep, c, TIMER_ABSTIME, &t, &rem)); R(now(c) - from >= 20 * MS); R(rem.tv_sec);
		R(syscall(SYS_clock_nanosleep, c, TIMER_ABSTIME, &t, NULL));
	}
	struct timespec bad = { 0, 1000000000 }, t = { 0, 1 };
	R(syscall(SYS_clock_nanosleep, 0, 0, &bad, NULL)); R(syscall(SYS_clock_nanosleep, 0, 0, 8L, NULL)); R(syscall(SYS_clock_nanosleep, 12, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_TAI, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, CLOCK_REALTIME_COARSE, 0, &t, NULL)); R(syscall(SYS_clock_nanosleep, 0, 77, &t, NULL));
}

CASE(timerfd)
{
	uint64_t n;
	struct itimerspec t = { { 0, 5 * MS }, { 0, 5 * MS } }, o;
	int f = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	R(read(f, &n, 8)); R(read(f, &n, 4)); R(timerfd_settime(f, 0, &t, NULL)); usleep(23000); R(read(f, &n, 8)); R(n >= 4 && n < 40); R(read(f, &n, 8) == 8 || errno == EAGAIN);
	R(timerfd_gettime(f, &o)); R(ns(&o.it_value) > 0 && ns(&o.it_value) <= 5 * MS); R(ns(&o.it_interval));
	struct itimerspec off = { 0 }; R(timerfd_settime(f, 0, &off, &o)); R(ns(&o.it_interval)); R(timerfd_gettime(f, &o)); R(ns(&o.it_value)); R(read(f, &n, 8));
	t.it_value.tv_nsec = 1000000000; R(timerfd_settime(f, 0, &t, NULL)); R(timerfd_settime(f, 4, &off, NULL)); R(timerfd_settime(1, 0, &off, NULL)); R(timerfd_settime(99, 0, &off, NULL)); R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0)); R(timerfd_create(0, 1)); R(timerfd_settime(f, TFD_TIMER_CANCEL_ON_SET, &off, NULL));
	struct timespec z; clock_gettime(CLOCK_MONOTONIC, &z); t.it_value = z; t.it_interval.tv_nsec = 0; R(timerfd_settime(f, TFD_TIMER_ABSTIME, &t, NULL)); struct pollfd p = { f, POLLIN }; R(poll(&p, 1, 1000)); R(read(f, &n, 8)); R((int)n); R(poll(&p, 1, 0));
}

CASES
