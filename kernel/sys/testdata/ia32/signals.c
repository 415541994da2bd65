#include "../t.h"
#include <ucontext.h>
#include <sys/personality.h>
// Signals in 32-bit programs: both frames, what they hold, the way back.

static volatile int got, code, inner;
static void *volatile addr;
static void note(int sig) { got = sig; }
static void info(int sig, siginfo_t *i, void *u) { got = sig; code = i->si_code; addr = i->si_addr; }

CASE(plain_handler)
{
	struct sigaction sa = { .sa_handler = note };
	R(sigaction(SIGUSR1, &sa, NULL)); raise(SIGUSR1); R(got); raise(SIGUSR1); R(got);
	R(signal(SIGUSR1, SIG_IGN) == note); R(raise(SIGUSR1));
}

CASE(handler_with_information)
{
	struct sigaction sa = { .sa_sigaction = info, .sa_flags = SA_SIGINFO };
	sigaction(SIGUSR2, &sa, NULL); kill(getpid(), SIGUSR2); R(got); R(code);
	union sigval v = { .sival_int = 77 }; sigqueue(getpid(), SIGUSR2, v); R(code);
}

// old_sigaction and old_signal are the calls of before real-time signals, without the C library's restorer: the way back is
// in the vDSO, or where there is none, code in the frame. The stack must be executable for that.
static void here(int sig) { got = sig; }
CASE(calls_of_before_real_time_signals)
{
	char *esp; __asm__("mov %%esp, %0" : "=r"(esp));
	R(mprotect((void *)((long)esp & ~4095), 4096, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN));
	R(syscall(SYS_signal, SIGUSR1, here)); raise(SIGUSR1); R(got); R(syscall(SYS_signal, SIGUSR1, 0));
	unsigned act[4] = { (unsigned)here, 1 << (SIGTERM - 1), 0, 0 }, old[4];
	got = 0; R(syscall(SYS_sigaction, SIGUSR2, act, NULL)); raise(SIGUSR2); R(got);
	R(syscall(SYS_sigaction, SIGUSR2, NULL, old)); printf("%d %x %x\n", old[0] == (unsigned)here, old[1], old[2]);
	R(syscall(SYS_sigaction, SIGKILL, act, NULL)); R(syscall(SYS_signal, 99, 0));
	unsigned mask = 1 << (SIGUSR1 - 1), was; R(syscall(SYS_sigprocmask, SIG_BLOCK, &mask, &was)); printf("%x\n", was);
	R(syscall(SYS_sgetmask)); R(syscall(SYS_ssetmask, 0x800)); R(syscall(SYS_sgetmask)); R(syscall(SYS_sigprocmask, 9, &mask, NULL));
	kill(getpid(), SIGUSR2); R(syscall(SYS_sigpending, &was)); printf("%x\n", was); got = 0; R(syscall(SYS_sigsuspend, 0, 0, 0)); R(got);
}

static void context(int sig, siginfo_t *i, void *p)
{
	ucontext_t *u = p;
	greg_t *r = u->uc_mcontext.gregs;
	printf("cs %x ss %x ds %x es %x trap %d err %d cr2 %lx\n", r[REG_CS], r[REG_SS], r[REG_DS], r[REG_ES], r[REG_TRAPNO], r[REG_ERR], u->uc_mcontext.cr2);
	printf("ebx %x mask %lx\n", r[REG_EBX], u->uc_sigmask.__val[0]);
	r[REG_EIP] += 2; // movl (%eax), %ecx has two bytes
	r[REG_EDX] = 0x4711;
	sigaddset(&u->uc_sigmask, SIGUSR2);
}
CASE(what_the_frame_says)
{
	struct sigaction sa = { .sa_sigaction = context, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL); int edx;
	__asm__ volatile("push %%ebx; mov $0x12345678, %%ebx; mov $16, %%eax; xor %%edx, %%edx; .byte 0x8b, 0x08; pop %%ebx" : "=d"(edx) : : "eax", "ecx");
	printf("%x\n", edx); sigset_t s; sigprocmask(SIG_BLOCK, NULL, &s); R(sigismember(&s, SIGUSR2));
}

static void faults(int sig, siginfo_t *i, void *p)
{
	printf("signal %d code %d\n", sig, i->si_code);
	_exit(0);
}
static void fault(int which)
{
	int st; pid_t pid = fork();
	if (pid == 0) {
		struct sigaction sa = { .sa_sigaction = faults, .sa_flags = SA_SIGINFO };
		sigaction(SIGSEGV, &sa, NULL); sigaction(SIGILL, &sa, NULL); sigaction(SIGFPE, &sa, NULL); sigaction(SIGTRAP, &sa, NULL); sigaction(SIGBUS, &sa, NULL);
		volatile int zero = 0;
		switch (which) {
		case 0: *(volatile int *)8 = 1; break;
		case 1: __asm__ volatile("ud2"); break;
		case 2: zero = 1 / zero; break;
		case 3: __asm__ volatile("int3"); break;
		case 4: __asm__ volatile("hlt"); break;
		case 5: __asm__ volatile("into" : : : "cc"); __asm__ volatile("mov $0x7f, %%al; add $1, %%al; into" : : : "eax"); break;
		case 6: { int b[2] = { 3, 5 }; __asm__ volatile("bound %0, %1" : : "r"(9), "m"(*b)); break; }
		case 7: __asm__ volatile("mov $0x1234, %%eax; mov %%ax, %%es" : : : "eax"); break;
		case 8: __asm__ volatile("ljmp $0x1230, $0"); break;
		case 9: __asm__ volatile("int $0x81"); break;
		}
		puts("nothing happened");
		_exit(1);
	}
	waitpid(pid, &st, 0);
	status("fault", st);
}
CASE(page_fault) { fault(0); }
CASE(undefined_instruction) { fault(1); }
CASE(divide_error) { fault(2); }
CASE(breakpoint) { fault(3); }
CASE(privileged_instruction) { fault(4); }
CASE(overflow_trap) { fault(5); }
CASE(bounds) { fault(6); }
CASE(bad_selector) { fault(7); }
CASE(far_jump_to_nothing) { fault(8); }
CASE(gate_of_the_kernel) { fault(9); }

static void on_stack(int sig) { char here; got = &here > (char *)addr && &here < (char *)addr + 16384; }
CASE(alternate_stack)
{
	stack_t ss = { .ss_sp = malloc(16384), .ss_size = 16384 }, old;
	addr = ss.ss_sp; R(sigaltstack(&ss, NULL)); struct sigaction sa = { .sa_handler = on_stack, .sa_flags = SA_ONSTACK };
	sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1); R(got); R(sigaltstack(NULL, &old)); printf("%d %d %d\n", old.ss_sp == ss.ss_sp, old.ss_flags, (int)old.ss_size);
	ss.ss_size = 100; R(sigaltstack(&ss, NULL)); ss.ss_flags = SS_DISABLE; R(sigaltstack(&ss, NULL)); R(sigaltstack(NULL, &old)); R(old.ss_flags);
}

static void fpu(int sig) { volatile double d = 1; for (int i = 0; i < 50; i++) d = d / 3 + i; __asm__ volatile("fninit; xorps %xmm3, %xmm3"); }
CASE(floating_point_survives)
{
	signal(SIGUSR1, fpu); long double x = 1.0L / 3, y; float in[4] = { 1, 2, 3, 4 }, out[4];
	pid_t me = getpid();
	__asm__ volatile("movups %2, %%xmm3; fldt %3; int $0x80; fstpt %1; movups %%xmm3, %0" : "=m"(out), "=m"(y) : "m"(in), "m"(x), "a"(37), "b"(me), "c"(SIGUSR1) : "memory");
	printf("%.20Lf %g %g\n", y, out[0], out[3]);
}

static void nested(int sig) { if (sig == SIGUSR1) { inner++; raise(SIGUSR2); inner += 10; } else inner += 100; }
CASE(handlers_within_handlers) { signal(SIGUSR1, nested); signal(SIGUSR2, nested); raise(SIGUSR1); R(inner); }

CASE(calls_interrupted)
{
	struct sigaction sa = { .sa_handler = note }; struct itimerval it = { { 0, 0 }, { 0, 20000 } };
	int p[2]; char c; pipe(p); sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL); R(read(p[0], &c, 1)); R(got);
	struct timespec t = { 5, 0 }, left = { 0, 0 }; setitimer(ITIMER_REAL, &it, NULL); R(nanosleep(&t, &left)); printf("%d\n", left.tv_sec == 4);
	setitimer(ITIMER_REAL, &it, NULL); R(pause());
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, NULL); if (fork() == 0) { usleep(60000); write(p[1], "z", 1); _exit(0); }
	got = 0; setitimer(ITIMER_REAL, &it, NULL); R(read(p[0], &c, 1)); R(got); wait(NULL);
}

CASE(waiting_for_signals)
{
	sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigaddset(&s, SIGRTMIN + 3); sigprocmask(SIG_BLOCK, &s, NULL);
	union sigval v = { .sival_int = 4711 }; R(sigqueue(getpid(), SIGRTMIN + 3, v)); kill(getpid(), SIGUSR1);
	siginfo_t i; struct timespec t = { 0, 1000000 };
	for (int n = 0; n < 3; n++) { memset(&i, 0x55, sizeof i); int r = sigtimedwait(&s, &i, &t); if (r < 0) printf("%s\n", errname(errno)); else printf("%d code %d pid %d value %d\n", r == SIGUSR1, i.si_code, i.si_pid == getpid(), r == SIGUSR1 ? 0 : i.si_value.sival_int); }
	pid_t pid = fork(); if (pid == 0) _exit(3);
	sigaddset(&s, SIGCHLD); sigprocmask(SIG_BLOCK, &s, NULL); memset(&i, 0, sizeof i); R(waitid(P_PID, pid, &i, WEXITED)); printf("%d %d %d %d\n", i.si_signo, i.si_code, i.si_status, i.si_pid == pid);
}

CASE(death_by_signal) { int st; if (fork() == 0) { __asm__ volatile("mov $0, %esp; push %eax"); } wait(&st); printf("%d\n", WTERMSIG(st)); }

CASES
