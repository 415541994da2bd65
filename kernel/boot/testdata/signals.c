// Signals as signal(7) and sigaction(2) describe them. Prints the same on Linux and in the guest.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int hits, last;
static volatile void *addr;
static sigjmp_buf back;

static void count(int sig) { hits++; last = sig; }

static void set(int sig, void (*f)(int), int flags)
{
	struct sigaction a = { .sa_handler = f, .sa_flags = flags };
	sigaction(sig, &a, 0);
}

static void later(int sig, int ms)
{
	pid_t to = getpid();
	if (fork() == 0) {
		usleep(ms * 1000);
		kill(to, sig);
		_exit(0);
	}
}

// A read that a signal interrupts: EINTR, or restarted until there is something.
static void restart(int flags)
{
	int p[2];
	char c = 0;
	pipe(p);
	set(SIGUSR1, count, flags);
	hits = 0;
	later(SIGUSR1, 20);
	if (fork() == 0) {
		usleep(60000);
		write(p[1], "x", 1);
		_exit(0);
	}
	int n = read(p[0], &c, 1);
	printf("read with flags %#x: %d %s hits %d\n", flags, n, n < 0 ? strerror(errno) : "", hits);
	while (wait(0) > 0 || errno == EINTR)
		;
	close(p[0]);
	close(p[1]);
}

static void fault(int sig, siginfo_t *si, void *uc)
{
	ucontext_t *c = uc;
	last = sig;
	addr = si->si_addr;
	printf("fault: signal %d code %d trapno %d err %d\n", sig, si->si_code, (int)c->uc_mcontext.gregs[REG_TRAPNO],
	       (int)c->uc_mcontext.gregs[REG_ERR] & 7);
	siglongjmp(back, 1);
}

static void faults(void)
{
	struct sigaction a = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };
	int sigs[] = { SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP };
	for (int i = 0; i < 5; i++)
		sigaction(sigs[i], &a, 0);
	if (!sigsetjmp(back, 1))
		*(volatile int *)16 = 1;
	printf("at %p\n", addr);
	char *ro = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!sigsetjmp(back, 1))
		*ro = 1;
	printf("read-only: %d\n", addr == ro);
	volatile int zero = 0;
	if (!sigsetjmp(back, 1))
		zero = 100 / zero;
	if (!sigsetjmp(back, 1))
		__asm__ volatile("ud2");
	if (!sigsetjmp(back, 1))
		__asm__ volatile("int3");
	if (!sigsetjmp(back, 1))
		__asm__ volatile("hlt");
	if (!sigsetjmp(back, 1))
		*(volatile int *)0x8000000000000000UL = 1;
	int fd = open("/tmp/short", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!sigsetjmp(back, 1))
		m[5000] = 1;
	unlink("/tmp/short");
	for (int i = 0; i < 5; i++)
		set(sigs[i], SIG_DFL, 0);
}

static void onstack(int sig)
{
	int here;
	stack_t s;
	sigaltstack(0, &s);
	printf("on the alternate stack: %d, flags %d\n", (char *)&here > (char *)s.ss_sp && (char *)&here < (char *)s.ss_sp + s.ss_size, s.ss_flags);
}

static void altstack(void)
{
	static char stack[65536];
	stack_t s = { .ss_sp = stack, .ss_size = sizeof stack };
	sigaltstack(&s, 0);
	set(SIGUSR2, onstack, SA_ONSTACK);
	raise(SIGUSR2);
	s.ss_flags = SS_DISABLE;
	sigaltstack(&s, 0);
}

static void clobber(int sig)
{
	volatile double x = 3.25;
	for (int i = 0; i < 100; i++)
		x = x * 1.5 - 1;
	__asm__ volatile("pxor %%xmm0,%%xmm0; pxor %%xmm7,%%xmm7; fldz; fstp %%st(0)" ::: "xmm0", "xmm7");
	hits++;
}

static void floats(void)
{
	double want = 0;
	long double lwant = 0;
	for (int i = 1; i < 2000; i++) {
		want += 1.0 / i;
		lwant += 1.0L / i;
	}
	set(SIGALRM, clobber, 0);
	hits = 0;
	struct itimerval t = { { 0, 2000 }, { 0, 2000 } };
	setitimer(ITIMER_REAL, &t, 0);
	double sum = 0;
	long double l = 0;
	int bad = 0;
	while (hits < 5) {
		sum = 0;
		l = 0;
		for (int i = 1; i < 2000; i++) {
			sum += 1.0 / i;
			l += 1.0L / i;
		}
		bad += sum != want || l != lwant;
	}
	memset(&t, 0, sizeof t);
	setitimer(ITIMER_REAL, &t, 0);
	printf("floats survive: %d\n", bad == 0);
}

static void *waiter(void *set_)
{
	siginfo_t si;
	int sig = sigwaitinfo(set_, &si);
	printf("sigwaitinfo %d code %d value %d\n", sig, si.si_code, si.si_value.sival_int);
	return 0;
}

static void queued(void)
{
	sigset_t s, old;
	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN + 3);
	sigaddset(&s, SIGRTMIN + 1);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, &old);
	for (int i = 0; i < 3; i++) {
		sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = i });
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 10 + i });
		kill(getpid(), SIGUSR1);
	}
	sigset_t pend;
	sigpending(&pend);
	printf("pending %d %d %d\n", sigismember(&pend, SIGUSR1), sigismember(&pend, SIGRTMIN + 1), sigismember(&pend, SIGUSR2));
	struct timespec zero = { 0, 0 };
	siginfo_t si;
	int sig;
	while ((sig = sigtimedwait(&s, &si, &zero)) > 0)
		printf("took %d value %d\n", sig == SIGUSR1 ? 0 : sig - SIGRTMIN, sig == SIGUSR1 ? 0 : si.si_value.sival_int);
	printf("then %s\n", strerror(errno));
	pthread_t t;
	pthread_create(&t, 0, waiter, &s);
	usleep(10000);
	sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 77 });
	pthread_join(t, 0);
	sigprocmask(SIG_SETMASK, &old, 0);
}

static void nested(int sig)
{
	sigset_t m;
	sigprocmask(SIG_BLOCK, 0, &m);
	printf("in %d: USR1 %d USR2 %d\n", sig, sigismember(&m, SIGUSR1), sigismember(&m, SIGUSR2));
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	printf("out %d\n", sig);
}

static void masks(void)
{
	struct sigaction a = { .sa_handler = nested };
	sigaction(SIGUSR1, &a, 0);
	sigaction(SIGUSR2, &a, 0);
	raise(SIGUSR1);
	sigaddset(&a.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &a, 0);
	raise(SIGUSR1);
	a.sa_flags = SA_RESETHAND | SA_NODEFER;
	sigaction(SIGUSR1, &a, 0);
	raise(SIGUSR1);
	sigaction(SIGUSR1, 0, &a);
	printf("reset: %d\n", a.sa_handler == SIG_DFL);
}

static void suspend(void)
{
	sigset_t s, none, now;
	sigemptyset(&none);
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, 0);
	set(SIGUSR1, count, SA_RESTART);
	hits = 0;
	later(SIGUSR1, 10);
	int n = sigsuspend(&none);
	sigprocmask(SIG_BLOCK, 0, &now);
	printf("sigsuspend %d %s hits %d blocked again %d\n", n, strerror(errno), hits, sigismember(&now, SIGUSR1));
	while (wait(0) > 0)
		;
	later(SIGUSR1, 10);
	struct timespec ts = { 5, 0 };
	n = ppoll(0, 0, &ts, &none);
	printf("ppoll %d %s hits %d\n", n, strerror(errno), hits);
	while (wait(0) > 0)
		;
	sigprocmask(SIG_UNBLOCK, &s, 0);
	later(SIGUSR1, 10);
	struct timespec rem = { 0, 0 };
	ts.tv_sec = 1;
	n = nanosleep(&ts, &rem);
	printf("nanosleep %d %s left %d\n", n, strerror(errno), rem.tv_nsec > 500000000 && rem.tv_sec == 0);
	while (wait(0) > 0)
		;
	set(SIGUSR1, SIG_IGN, 0);
	later(SIGUSR1, 10);
	ts.tv_sec = 0;
	ts.tv_nsec = 50000000;
	n = nanosleep(&ts, &rem);
	printf("nanosleep, ignored: %d\n", n);
	while (wait(0) > 0)
		;
}

static void children(void)
{
	int st;
	pid_t p = fork();
	if (p == 0)
		for (;;)
			pause();
	kill(p, SIGSTOP);
	printf("stopped: %d", waitpid(p, &st, WUNTRACED) == p);
	printf(" %d by %d\n", WIFSTOPPED(st), WSTOPSIG(st));
	kill(p, SIGCONT);
	printf("continued: %d", waitpid(p, &st, WCONTINUED) == p);
	printf(" %d\n", WIFCONTINUED(st));
	kill(p, SIGTERM);
	printf("killed: %d", waitpid(p, &st, 0) == p);
	printf(" by %d\n", WTERMSIG(st));
	printf("again: %d %s\n", waitpid(p, &st, 0), strerror(errno));
	set(SIGCHLD, SIG_IGN, 0);
	if ((p = fork()) == 0)
		_exit(0);
	printf("ignored SIGCHLD: %d", waitpid(p, &st, 0));
	printf(" %s\n", strerror(errno));
	set(SIGCHLD, SIG_DFL, 0);
	int fd[2];
	pipe(fd);
	close(fd[0]);
	set(SIGPIPE, count, 0);
	hits = 0;
	int n = write(fd[1], "x", 1);
	printf("SIGPIPE %d %s hits %d\n", n, strerror(errno), hits);
}

int main(void)
{
	setvbuf(stdout, 0, _IONBF, 0);
	restart(0);
	restart(SA_RESTART);
	faults();
	altstack();
	floats();
	queued();
	masks();
	suspend();
	children();
	return 0;
}
