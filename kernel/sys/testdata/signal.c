// sigaction, masks, pending, suspend, altstack, siginfo, restart, queueing, timedwait
#include "t.h"
#include <setjmp.h>

static volatile int count, last, code, val;
static volatile void *addr;
static void on(int sig) { count++; last = sig; }
static void info(int sig, siginfo_t *si, void *u) { last = sig; code = si->si_code; val = si->si_value.sival_int; addr = si->si_addr; }
static sigjmp_buf env;
static void jump(int sig, siginfo_t *si, void *u) { last = sig; code = si->si_code; addr = si->si_addr; siglongjmp(env, 1); }
static volatile int onstack;
static char alt[16384];
static void stack(int sig) { char c; onstack = &c >= alt && &c < alt + sizeof alt; }
static void nested(int sig) { sigset_t s; sigprocmask(SIG_SETMASK, NULL, &s); printf("in handler usr1 %d usr2 %d\n", sigismember(&s, SIGUSR1), sigismember(&s, SIGUSR2)); }

CASE(sigaction_and_kill)
{
	struct sigaction sa = { 0 }, old;
	sa.sa_handler = on;
	R(sigaction(SIGUSR1, &sa, NULL));
	R(raise(SIGUSR1)); printf("%d %d\n", count, last);
	R(kill(getpid(), SIGUSR1)); printf("%d\n", count);
	R(sigaction(SIGKILL, &sa, NULL)); R(sigaction(SIGSTOP, &sa, NULL));
	R(syscall(SYS_rt_sigaction, 0, NULL, &old, 8)); R(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4)); R(syscall(SYS_rt_sigaction, SIGKILL, NULL, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, 8L, NULL, 8));
	unsigned long ks[4];
	R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, ks, 8)); printf("flags %lx mask %lx\n", ks[1], ks[3]);
	R(kill(getpid(), 0)); R(kill(getpid(), 65)); R(kill(getpid(), -1)); R(kill(99999, SIGUSR1)); R(kill(99999, 0));
}

CASE(blocked_signals_pend_once)
{
	struct sigaction sa = { .sa_handler = on }; sigaction(SIGUSR1, &sa, NULL);
	sigset_t s, o;
	sigemptyset(&s); sigaddset(&s, SIGUSR1);
	R(sigprocmask(SIG_BLOCK, &s, NULL));
	count = 0;
	raise(SIGUSR1); raise(SIGUSR1); printf("blocked %d\n", count);
	sigpending(&o); R(sigismember(&o, SIGUSR1)); R(sigismember(&o, SIGUSR2));
	R(sigprocmask(SIG_UNBLOCK, &s, NULL)); printf("once %d\n", count);
	R(sigprocmask(77, &s, NULL)); R(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &s, NULL, 4));
	sigfillset(&s); sigprocmask(SIG_SETMASK, &s, NULL); sigprocmask(SIG_SETMASK, NULL, &o);
	R(sigismember(&o, SIGKILL)); R(sigismember(&o, SIGTERM));
	sigemptyset(&s); sigprocmask(SIG_SETMASK, &s, NULL);
}

CASE(masks_in_handlers)
{
	struct sigaction sa = { 0 }; struct sigaction old;
	sa.sa_handler = nested; sigaddset(&sa.sa_mask, SIGUSR2); sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	sa.sa_flags = SA_NODEFER; sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1);
	sa.sa_flags = SA_RESETHAND; sa.sa_handler = on; sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &old); R(old.sa_handler == SIG_DFL);
}

CASE(siginfo_of_kill_raise_sigqueue)
{
	struct sigaction sa = { 0 };
	// siginfo
	memset(&sa, 0, sizeof sa); sa.sa_sigaction = info; sa.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &sa, NULL); sigaction(SIGRTMIN + 1, &sa, NULL);
	kill(getpid(), SIGUSR1); printf("code %d\n", code);
	raise(SIGUSR1); printf("code %d\n", code);
	R(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 77 })); printf("code %d val %d\n", code, val);
}

CASE(realtime_signals_queue_in_order)
{
	sigset_t s;
	// real-time signals queue, in order
	sigemptyset(&s); sigaddset(&s, SIGRTMIN + 1); sigaddset(&s, SIGRTMIN + 2); sigaddset(&s, SIGUSR2);
	sigprocmask(SIG_BLOCK, &s, NULL);
	for (int i = 0; i < 3; i++) { sigqueue(getpid(), SIGRTMIN + 2, (union sigval){ .sival_int = i }); sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 10 + i }); }
	raise(SIGUSR2);
	siginfo_t si; struct timespec zero = { 0, 0 }, ms = { 0, 20000000 };
	for (int i = 0; i < 8; i++) {
		int r = sigtimedwait(&s, &si, &zero);
		if (r < 0) printf("%s\n", errname(errno)); else printf("sig %d value %d code %d\n", r == SIGUSR2 ? -1 : r - SIGRTMIN, r == SIGUSR2 ? 0 : si.si_value.sival_int, si.si_code);
	}
}

CASE(sigwaitinfo_waits)
{
	sigset_t s; siginfo_t si; struct timespec ms = { 0, 20000000 }; sigemptyset(&s); sigaddset(&s, SIGUSR2); sigprocmask(SIG_BLOCK, &s, NULL);
	R(sigtimedwait(&s, &si, &ms));
	pid_t pid = fork();
	if (pid == 0) { usleep(20000); kill(getppid(), SIGUSR2); _exit(0); }
	R(sigwaitinfo(&s, &si)); R(si.si_pid == pid);
	waitpid(pid, NULL, 0);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
}

CASE(siginfo_of_sigchld)
{
	pid_t pid; struct sigaction sa = { .sa_sigaction = info, .sa_flags = SA_SIGINFO };
	// SIGCHLD info
	sigaction(SIGCHLD, &sa, NULL);
	pid = fork();
	if (pid == 0) _exit(4);
	while (waitpid(pid, NULL, 0) < 0) ;
	printf("last %d code %d\n", last, code);
	signal(SIGCHLD, SIG_DFL);
}

CASE(signals_of_faults)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO };
	// faults
	sa.sa_sigaction = jump; sigaction(SIGSEGV, &sa, NULL); sigaction(SIGBUS, &sa, NULL); sigaction(SIGFPE, &sa, NULL); sigaction(SIGILL, &sa, NULL); sigaction(SIGTRAP, &sa, NULL);
	if (!sigsetjmp(env, 1)) *(volatile int *)0x123 = 1;
	printf("sig %d code %d addr %p\n", last, code, addr);
	char *ro = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!sigsetjmp(env, 1)) ro[5] = 1;
	printf("sig %d code %d off %ld\n", last, code, (long)((char *)addr - ro));
	if (!sigsetjmp(env, 1)) *(volatile int *)0x8000000000000000ul = 1;
	printf("sig %d code %d addr %p\n", last, code, addr);
	if (!sigsetjmp(env, 1)) __asm__ volatile("xor %%ecx,%%ecx; mov $1,%%eax; cdq; idiv %%ecx" ::: "eax", "ecx", "edx");
	printf("sig %d code %d\n", last, code);
	if (!sigsetjmp(env, 1)) __asm__("ud2");
	printf("sig %d code %d\n", last, code);
	if (!sigsetjmp(env, 1)) __asm__("int3");
	printf("sig %d code %d\n", last, code);
	if (!sigsetjmp(env, 1)) __asm__("cli");
	printf("sig %d code %d addr %p\n", last, code, addr);
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	char *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (!sigsetjmp(env, 1)) last = m[0];
	printf("sig %d code %d off %ld\n", last, code, (long)((char *)addr - m));
}

CASE(alternate_stack)
{
	struct sigaction sa = { 0 };
	// alternate stack
	stack_t ss = { alt, 0, sizeof alt }, os;
	R(sigaltstack(&ss, NULL)); R(sigaltstack(NULL, &os)); R(os.ss_sp == alt && os.ss_size == sizeof alt); printf("flags %d\n", os.ss_flags);
	memset(&sa, 0, sizeof sa); sa.sa_handler = stack; sa.sa_flags = SA_ONSTACK; sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1); printf("on stack %d\n", onstack);
	ss.ss_size = 100; R(sigaltstack(&ss, NULL)); ss.ss_size = 16384; ss.ss_flags = 7; R(sigaltstack(&ss, NULL));
	ss.ss_flags = SS_DISABLE; R(sigaltstack(&ss, NULL)); R(sigaltstack(NULL, &os)); printf("flags %d size %ld\n", os.ss_flags, (long)os.ss_size);
	raise(SIGUSR1); printf("on stack %d\n", onstack);
}

CASE(calls_interrupted_and_restarted)
{
	struct sigaction sa = { 0 }; pid_t pid; sigset_t s;
	// interrupted calls
	int p[2]; pipe(p); char c;
	memset(&sa, 0, sizeof sa); sa.sa_handler = on; sigaction(SIGALRM, &sa, NULL);
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };
	setitimer(ITIMER_REAL, &it, NULL); R(read(p[0], &c, 1)); setitimer(ITIMER_REAL, &off, NULL);
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, NULL);
	if ((pid = fork()) == 0) { usleep(60000); write(p[1], "r", 1); _exit(0); }
	count = 0; setitimer(ITIMER_REAL, &it, NULL); R(read(p[0], &c, 1)); printf("%c %d\n", c, count > 0);
	while (waitpid(pid, NULL, 0) < 0) printf("wait %s\n", errname(errno));
	R(pause());
	struct timespec req = { 5, 0 }, rem = { 0, 0 };
	R(nanosleep(&req, &rem)); R(rem.tv_sec == 4);
	sigemptyset(&s);
	R(sigsuspend(&s)); setitimer(ITIMER_REAL, &off, NULL);
}

CASE(alarm_tells_what_was_left)
{
	R(alarm(100)); R(alarm(0)); R(alarm(0));
}

CASE(ignored_signals_do_not_interrupt)
{
	pid_t pid; int p[2]; char c; pipe(p);
	// ignored signals do not interrupt
	signal(SIGUSR2, SIG_IGN);
	if ((pid = fork()) == 0) { usleep(10000); kill(getppid(), SIGUSR2); usleep(20000); write(p[1], "i", 1); _exit(0); }
	R(read(p[0], &c, 1));
	waitpid(pid, NULL, 0);
}

CASE(kill_a_process_group)
{
	pid_t pid;
	// kill with process groups
	pid = fork();
	if (pid == 0) { setpgid(0, 0); if (fork() == 0) pause(); pause(); }
	usleep(20000);
	R(kill(-pid, SIGTERM)); int st; waitpid(pid, &st, 0); status("group", st);
	R(kill(-99999, SIGTERM));
}

CASE(tgkill_refuses)
{
	R(syscall(SYS_tgkill, getpid(), getpid(), 0)); R(syscall(SYS_tgkill, getpid(), 99999, 0)); R(syscall(SYS_tgkill, -1, 1, 0)); R(syscall(SYS_tkill, 0, 1));
}

CASES
