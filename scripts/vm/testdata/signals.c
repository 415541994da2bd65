// signals: handlers, masks, alternate stacks, faults and jumps out of handlers.

#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t seen, depth, deepest, alarms;
static char *guarded;

static void set(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };
	sigemptyset(&sa.sa_mask);
	if (sigaction(sig, &sa, NULL))
		perror("sigaction");
}

static void note(int sig, siginfo_t *info, void *ctx)
{
	(void)ctx;
	seen = sig;
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (sig == SIGUSR1 && depth < 3)
		raise(SIGUSR1);
	depth--;
	if (info->si_signo != sig)
		_exit(9);
}

static void fault(int sig, siginfo_t *info, void *ctx)
{
	static volatile double d = 3;
	d = d * 1.5; // the handler's floating point must not disturb the program's
	printf("%s: code %d, address %s\n", strsignal(sig), info->si_code,
		info->si_addr == guarded ? "the guarded page" : info->si_addr == NULL ? "0" : "code");
	(void)ctx;
	siglongjmp(back, sig);
}

static void unprotect(int sig, siginfo_t *info, void *ctx)
{
	(void)sig, (void)info, (void)ctx;
	mprotect(guarded, 4096, PROT_READ | PROT_WRITE);
	seen = -1;
}

static void onstack(int sig, siginfo_t *info, void *ctx)
{
	(void)sig, (void)info;
	stack_t now;
	sigaltstack(NULL, &now);
	char here;
	ucontext_t *uc = ctx;
	printf("alternate stack: flag %d, inside %d, context %d\n", now.ss_flags & SS_ONSTACK,
		&here >= (char *)now.ss_sp && &here < (char *)now.ss_sp + now.ss_size, uc->uc_stack.ss_size == now.ss_size);
	siglongjmp(back, 1);
}

static void tick(int sig, siginfo_t *info, void *ctx) { (void)sig, (void)info, (void)ctx; alarms++; }

static volatile int zero;
static int overflow(int n)
{
	volatile char space[1 << 16];
	space[n % sizeof space] = 1;
	return n < 1000000 ? overflow(n + 1) + space[0] : 0;
}

static void faults(void)
{
	set(SIGSEGV, fault, 0);
	set(SIGFPE, fault, 0);
	set(SIGILL, fault, 0);
	set(SIGBUS, fault, 0);
	set(SIGTRAP, note, 0);
	guarded = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile double before = 0.1;
	if (!sigsetjmp(back, 1))
		*(volatile int *)NULL = 1;
	if (!sigsetjmp(back, 1))
		*guarded = 1;
	if (!sigsetjmp(back, 1))
		printf("%d\n", 1 / zero);
	if (!sigsetjmp(back, 1))
		__asm__ volatile("ud2");
	if (!sigsetjmp(back, 1))
		__asm__ volatile("hlt");
	if (!sigsetjmp(back, 1))
		*(volatile int *)0x8000000000000000 = 1; // not canonical: #GP, so no address
	__asm__ volatile("int3");
	printf("after int3: %s, %d\n", strsignal(seen), before == 0.1);
	set(SIGSEGV, unprotect, 0);
	*guarded = 'x'; // runs again after the handler
	printf("restarted: %d %c\n", seen, *guarded);

	static char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	sigaltstack(&alternate, NULL);
	set(SIGSEGV, onstack, SA_ONSTACK);
	if (!sigsetjmp(back, 1))
		overflow(0);
	signal(SIGSEGV, SIG_DFL);
}

static void masks(void)
{
	sigset_t set1, old, pending;
	set(SIGUSR2, note, SA_RESTART);
	sigemptyset(&set1);
	sigaddset(&set1, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set1, &old);
	seen = 0;
	raise(SIGUSR2);
	sigpending(&pending);
	printf("blocked: seen %d, pending %d\n", seen, sigismember(&pending, SIGUSR2));
	sigset_t none;
	sigemptyset(&none);
	int r = sigsuspend(&none);
	printf("suspended: %d %s, seen %d\n", r, strerror(errno), seen == SIGUSR2);
	kill(getpid(), SIGUSR2);
	siginfo_t info;
	printf("waited: %d, mine %d\n", sigwaitinfo(&set1, &info) == SIGUSR2, info.si_pid == getpid());
	union sigval value = { .sival_int = 77 };
	sigqueue(getpid(), SIGUSR2, value);
	sigwaitinfo(&set1, &info);
	printf("queued: %d code %d\n", info.si_value.sival_int, info.si_code);
	sigprocmask(SIG_SETMASK, &old, NULL);

	set(SIGUSR1, note, SA_NODEFER);
	raise(SIGUSR1);
	printf("nested: %d\n", deepest);
}

static void timers(void)
{
	set(SIGALRM, tick, 0);
	struct itimerval every = { { 0, 10000 }, { 0, 10000 } };
	setitimer(ITIMER_REAL, &every, NULL);
	while (alarms < 5)
		;
	struct itimerval off = { 0 };
	setitimer(ITIMER_REAL, &off, NULL);
	alarms = 0;
	struct itimerval later = { { 0, 0 }, { 0, 20000 } };
	setitimer(ITIMER_REAL, &later, NULL);
	char c;
	int p[2];
	if (pipe(p))
		perror("pipe");
	ssize_t n = read(p[0], &c, 1);
	printf("interrupted read: %zd %s, alarms %d\n", n, strerror(errno), alarms);
	set(SIGALRM, tick, SA_RESTART);
	setitimer(ITIMER_REAL, &later, NULL);
	if (fork() == 0) {
		usleep(60000);
		_exit(write(p[1], "r", 1) != 1);
	}
	n = read(p[0], &c, 1);
	printf("restarted read: %zd %c, alarms %d\n", n, c, alarms);
	wait(NULL);
	signal(SIGPIPE, SIG_IGN);
	close(p[0]);
	n = write(p[1], "x", 1);
	printf("broken pipe: %zd %s\n", n, strerror(errno));
}

static void children(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGUSR1, SIGCHLD, SIGPIPE };
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			for (int s = 1; s < 32; s++)
				signal(s, SIG_DFL);
			raise(signals[i]);
			_exit(5);
		}
		int status;
		waitpid(pid, &status, 0);
		printf("%s: exited %d signal %d\n", strsignal(signals[i]), WIFEXITED(status) ? WEXITSTATUS(status) : -1,
			WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		usleep(100000);
		_exit(3);
	}
	int status;
	waitpid(pid, &status, WUNTRACED);
	printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	printf("continued %d\n", WIFCONTINUED(status) != 0);
	waitpid(pid, &status, 0);
	printf("exited %d\n", WEXITSTATUS(status));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	faults();
	masks();
	timers();
	children();
	abort();
}
