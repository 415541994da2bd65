// the frame of a handler: registers, floating point, stacks, masks, siginfo of faults, what a damaged frame does
#include "t.h"
#include <fenv.h>
#include <setjmp.h>
#include <ucontext.h>

static volatile int hits, last, code;
static volatile long addr;
static sigjmp_buf env;
static void count(int sig) { hits++; last = sig; }
static void act(int sig, void *fn, int flags) { struct sigaction sa = { .sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO }; sigaction(sig, &sa, NULL); }
static void fault(int sig, siginfo_t *si, void *u) { last = sig; code = si->si_code; addr = (long)si->si_addr; siglongjmp(env, 1); }
static void faults(void) { for (int i = 1; i < 32; i++) if (i == SIGSEGV || i == SIGBUS || i == SIGFPE || i == SIGILL || i == SIGTRAP) act(i, fault, 0); }
#define FAULT(what) do { faults(); last = code = 0; if (!sigsetjmp(env, 1)) { what; } printf("%s: signal %d code %d addr %#lx\n", #what, last, code, addr); } while (0)
static int in_child(void (*fn)(void)) { int st; pid_t p = fork(); if (p == 0) { fn(); _exit(0); } waitpid(p, &st, 0); return st; }

static void regs(int sig, siginfo_t *si, void *v)
{
	greg_t *g = ((ucontext_t *)v)->uc_mcontext.gregs;
	printf("rbx %llx r12 %llx r15 %llx cs %llx ss %llx\n", g[REG_RBX], g[REG_R12], g[REG_R15], g[REG_CSGSFS] & 0xffff, g[REG_CSGSFS] >> 48 & 0xffff);
	g[REG_R12] = 0x4321;
	g[REG_RIP] += 2; // behind the ud2
}

CASE(registers_are_seen_and_changed)
{
	long r12;
	act(SIGILL, regs, 0);
	__asm__ volatile("mov $0x111, %%rbx; mov $0x222, %%r12; mov $0x333, %%r15; ud2; mov %%r12, %0" : "=r"(r12) :: "rbx", "r12", "r15", "memory");
	R(r12);
}

static void see_flags(int sig, siginfo_t *si, void *v)
{
	long f;
	__asm__("pushf; pop %0" : "=r"(f));
	greg_t *g = ((ucontext_t *)v)->uc_mcontext.gregs;
	printf("handler DF %ld, frame DF %lld CF %lld\n", f >> 10 & 1, g[REG_EFL] >> 10 & 1, g[REG_EFL] & 1);
	g[REG_EFL] |= 0x3000 | 1 << 17 | 0x40; // IOPL and VM are not for programs; ZF is
	g[REG_RIP] += 2;
}

CASE(flags)
{
	long f;
	act(SIGILL, see_flags, 0);
	__asm__ volatile("xor %%eax, %%eax; std; stc; ud2; pushf; pop %0; cld" : "=r"(f) :: "rax", "cc", "memory"); /* each flag has been set */
	printf("%#lx\n", f & 0x37fd5);
}

static void spoil(int sig) { hits++; fesetround(FE_UPWARD); __asm__ volatile("pcmpeqd %%xmm7, %%xmm7; fldz; fldz; fldz" ::: "xmm7"); }

CASE(floating_point_survives)
{
	double x = 1.25, y;
	long lo, hi;
	signal(SIGUSR1, spoil);
	fesetround(FE_DOWNWARD);
	long me = getpid();
	__asm__ volatile("movq %3, %%xmm7; pinsrw $6, %%ecx, %%xmm7; fldl %4; mov %5, %%rdi; mov $10, %%esi; mov $62, %%eax; syscall; movq %%xmm7, %0; psrldq $8, %%xmm7; movq %%xmm7, %1; fstpl %2"
		: "=r"(lo), "=r"(hi), "=m"(y) : "r"(0x1122334455667788), "m"(x), "r"(me), "c"(0xabcd) : "rax", "rdi", "rsi", "r11", "memory", "xmm7");
	printf("%lx %lx %g round %d hits %d\n", lo, hi, y, fegetround() == FE_DOWNWARD, hits);
}

static void fpstate(int sig, siginfo_t *si, void *v)
{
	ucontext_t *u = v;
	unsigned char *p = (void *)u->uc_mcontext.fpregs;
	uint32_t magic1, extended, size; uint64_t features;
	memcpy(&magic1, p + 464, 4); memcpy(&extended, p + 468, 4); memcpy(&features, p + 472, 8); memcpy(&size, p + 480, 4);
	printf("aligned %d magic %x extended by %d features %llx in the frame %d\n", (long)p % 64 == 0, magic1, extended - size, features & 3, p > (unsigned char *)v);
	printf("xmm6 %llx mxcsr %x\n", *(unsigned long long *)(p + 160 + 6 * 16), *(unsigned *)(p + 24));
	*(unsigned long long *)(p + 160 + 6 * 16) = 0x99;
}

CASE(floating_point_is_seen_and_changed)
{
	long r, me = getpid();
	act(SIGUSR1, fpstate, 0);
	__asm__ volatile("movq %1, %%xmm6; mov %2, %%rdi; mov $10, %%esi; mov $62, %%eax; syscall; movq %%xmm6, %0" : "=r"(r) : "r"(0x77l), "r"(me) : "rax", "rcx", "rdi", "rsi", "r11", "memory", "xmm6");
	printf("%#lx\n", r);
}

static void no_fp(int sig, siginfo_t *si, void *v) { ((ucontext_t *)v)->uc_mcontext.fpregs = NULL; }

CASE(no_floating_point_means_fresh)
{
	long r = 1, me = getpid();
	act(SIGUSR1, no_fp, 0);
	__asm__ volatile("pcmpeqd %%xmm6, %%xmm6; mov %1, %%rdi; mov $10, %%esi; mov $62, %%eax; syscall; movq %%xmm6, %0" : "=r"(r) : "r"(me) : "rax", "rcx", "rdi", "rsi", "r11", "memory", "xmm6");
	R(r);
}

static void bad_fp(int sig, siginfo_t *si, void *v) { ((ucontext_t *)v)->uc_mcontext.fpregs = (void *)8; }
static void bad_mxcsr(int sig, siginfo_t *si, void *v) { *(unsigned *)((char *)((ucontext_t *)v)->uc_mcontext.fpregs + 24) = 0xffffffff; }
static void bad_cs(int sig, siginfo_t *si, void *v) { ((ucontext_t *)v)->uc_mcontext.gregs[REG_CSGSFS] = 0x7; }
static void bad_rip(int sig, siginfo_t *si, void *v) { ((ucontext_t *)v)->uc_mcontext.gregs[REG_RIP] = 0x800000000000; }
static void bad_rsp(int sig, siginfo_t *si, void *v) { ((ucontext_t *)v)->uc_mcontext.gregs[REG_RSP] = 8; }
static void *spoiler;
static void spoiled(void) { act(SIGUSR1, spoiler, 0); kill(getpid(), SIGUSR1); __asm__ volatile("push %rax; pop %rax"); }
static void lone_sigreturn(void) { syscall(SYS_rt_sigreturn); }
static void stackless_sigreturn(void) { __asm__ volatile("mov $64, %esp; mov $15, %eax; syscall"); }
static void no_restorer(void) { long ks[4] = { (long)count, 0, 0, 0 }; syscall(SYS_rt_sigaction, SIGUSR1, ks, NULL, 8); kill(getpid(), SIGUSR1); }
static void no_stack(void) { struct sigaction sa = { .sa_handler = count }; sigaction(SIGUSR1, &sa, NULL); __asm__ volatile("mov %0, %%edi; mov $10, %%esi; mov $62, %%eax; mov $64, %%esp; syscall" :: "r"(getpid()) : "rdi", "rsi", "rax"); }

CASE(damaged_frames_kill)
{
	void *all[] = { bad_fp, bad_mxcsr, bad_cs, bad_rip, bad_rsp };
	for (int i = 0; i < 5; i++) { spoiler = all[i]; int st = in_child(spoiled); printf("%d: ", i); status("frame", st & 0x7f); }
	status("sigreturn", in_child(lone_sigreturn) & 0x7f); status("no stack", in_child(stackless_sigreturn) & 0x7f); status("no restorer", in_child(no_restorer) & 0x7f); status("handler without a stack", in_child(no_stack) & 0x7f);
}

CASE(siginfo_of_faults)
{
	char *ro = mmap((void *)0x10000000, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	volatile char *beyond = mmap((void *)0x20000000, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	FAULT(*(volatile int *)0x30000000);
	FAULT(ro[7] = 1);
	FAULT(beyond[9]);
	FAULT(((void (*)(void))ro)());
	FAULT(*(volatile int *)0x7ffffffff000);
	FAULT(*(volatile int *)0x800000000000);
	FAULT(*(volatile long *)0xffffffff80000000);
	FAULT(__asm__ volatile("hlt"));
	FAULT(__asm__ volatile("int $0x21"));
	FAULT(__asm__ volatile("int3"));
	FAULT(__asm__ volatile(".byte 0xf1"));
	FAULT(__asm__ volatile("mov $0x1234, %%ax; mov %%ax, %%ds" ::: "ax"));
	addr = 0; faults(); if (!sigsetjmp(env, 1)) __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" ::: "eax", "ecx", "edx"); printf("divide: %d %d %d\n", last, code, addr != 0);
	addr = 0; if (!sigsetjmp(env, 1)) __asm__ volatile("ud2"); printf("ud2: %d %d %d\n", last, code, addr != 0);
	addr = 0; if (!sigsetjmp(env, 1)) __asm__ volatile("pushf; orl $0x100, (%rsp); popf; nop; nop"); printf("single step: %d %d %d\n", last, code, addr != 0);
	if (!sigsetjmp(env, 1)) { unsigned m = 0x1f80 & ~0x200; __asm__ volatile("ldmxcsr %0; xorps %%xmm0, %%xmm0; mov $1, %%eax; cvtsi2ss %%eax, %%xmm1; divss %%xmm0, %%xmm1" :: "m"(m) : "xmm0", "xmm1", "eax"); } printf("sse divide: %d %d\n", last, code);
	if (!sigsetjmp(env, 1)) { short cw = 0x37f & ~4; __asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" :: "m"(cw)); } printf("x87 divide: %d %d\n", last, code);
}

static void trapno(int sig, siginfo_t *si, void *v)
{
	greg_t *g = ((ucontext_t *)v)->uc_mcontext.gregs;
	printf("signal %d trap %lld err %llx cr2 %llx\n", sig, g[REG_TRAPNO], g[REG_ERR], sig == SIGSEGV && g[REG_TRAPNO] == 14 ? g[REG_CR2] : 0);
	siglongjmp(env, 1);
}

CASE(trap_numbers)
{
	act(SIGSEGV, trapno, 0); act(SIGILL, trapno, 0); act(SIGFPE, trapno, 0); act(SIGTRAP, trapno, 0);
	static char rodata[1] __attribute__((section(".rodata"))) = { 1 };
	if (!sigsetjmp(env, 1)) *(volatile int *)0x30000000 = 1;
	if (!sigsetjmp(env, 1)) *(volatile int *)0x30000004;
	if (!sigsetjmp(env, 1)) ((void (*)(void))0x30000008)();
	if (!sigsetjmp(env, 1)) __asm__ volatile("ud2");
	if (!sigsetjmp(env, 1)) __asm__ volatile("int3");
	if (!sigsetjmp(env, 1)) __asm__ volatile("hlt");
	if (!sigsetjmp(env, 1)) __asm__ volatile("int $0x30");
	if (!sigsetjmp(env, 1)) __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" ::: "ecx", "eax", "edx");
}

static void ignoring(void) { signal(SIGSEGV, SIG_IGN); *(volatile int *)16 = 1; }
static void blocking(void) { sigset_t s; signal(SIGSEGV, count); sigfillset(&s); sigprocmask(SIG_SETMASK, &s, NULL); *(volatile int *)16 = 1; }
static void in_handler(int sig) { *(volatile int *)16 = 1; }
static void twice(void) { signal(SIGSEGV, in_handler); *(volatile int *)16 = 1; }
static void sent_blocked(void) { sigset_t s; sigfillset(&s); sigprocmask(SIG_SETMASK, &s, NULL); raise(SIGSEGV); _exit(5); }
static void sent_ignored(void) { signal(SIGSEGV, SIG_IGN); raise(SIGSEGV); _exit(6); }

CASE(faults_cannot_be_ignored_or_blocked)
{
	status("ignored", in_child(ignoring) & 0x7f); status("blocked", in_child(blocking) & 0x7f); status("in its own handler", in_child(twice) & 0x7f);
	status("sent while blocked", in_child(sent_blocked)); status("sent while ignored", in_child(sent_ignored));
}

static char alt[32768], alt2[32768];
static volatile int where, flags_seen, err;
static void look(int sig) { char c; stack_t s; where = &c >= alt && &c < alt + sizeof alt ? 1 : &c >= alt2 && &c < alt2 + sizeof alt2 ? 2 : 0; sigaltstack(NULL, &s); flags_seen = s.ss_flags; }
static void change(int sig) { stack_t s = { alt2, 0, sizeof alt2 }; err = sigaltstack(&s, NULL) < 0 ? errno : 0; look(sig); }
static void nest(int sig) { if (hits++ == 0) raise(SIGUSR2); look(sig); }

CASE(alternate_stack)
{
	stack_t s = { alt, 0, sizeof alt }, o;
	sigaltstack(NULL, &o); printf("at first %x %ld\n", o.ss_flags, (long)o.ss_size);
	R(sigaltstack(&s, NULL));
	act(SIGUSR1, look, 0); raise(SIGUSR1); printf("without SA_ONSTACK: %d %x\n", where, flags_seen);
	act(SIGUSR1, look, SA_ONSTACK); raise(SIGUSR1); printf("with: %d %x\n", where, flags_seen);
	act(SIGUSR1, change, SA_ONSTACK); raise(SIGUSR1); printf("changing it from there: %s, %d\n", errname(err), where);
	act(SIGUSR1, nest, SA_ONSTACK); act(SIGUSR2, nest, SA_ONSTACK); raise(SIGUSR1); printf("nested: %d\n", where);
	sigaltstack(NULL, &o); printf("after %x %d %ld\n", o.ss_flags, o.ss_sp == alt, (long)o.ss_size);
	s.ss_flags = SS_ONSTACK; R(sigaltstack(&s, NULL)); s.ss_flags = 3; R(sigaltstack(&s, NULL)); s.ss_flags = 0; s.ss_size = 2047; R(sigaltstack(&s, NULL)); R(syscall(SYS_sigaltstack, 8L, NULL)); R(syscall(SYS_sigaltstack, NULL, 8L));
	s.ss_flags = SS_DISABLE; s.ss_size = 5; R(sigaltstack(&s, NULL)); sigaltstack(NULL, &o); printf("disabled %x %ld\n", o.ss_flags, (long)o.ss_size);
	act(SIGUSR1, look, SA_ONSTACK); raise(SIGUSR1); printf("disabled: %d %x\n", where, flags_seen);
}

CASE(alternate_stack_autodisarm)
{
	stack_t s = { alt, 1u << 31, sizeof alt }, o;
	R(sigaltstack(&s, NULL)); sigaltstack(NULL, &o); printf("%x\n", o.ss_flags);
	act(SIGUSR1, look, SA_ONSTACK); raise(SIGUSR1); printf("in the handler: %d %x\n", where, flags_seen);
	act(SIGUSR1, change, SA_ONSTACK); raise(SIGUSR1); printf("may be changed there: %d, on %d\n", err, where);
	sigaltstack(NULL, &o); printf("back again: %x %d\n", o.ss_flags, o.ss_sp == alt);
	s.ss_flags |= SS_ONSTACK; R(sigaltstack(&s, NULL)); sigaltstack(NULL, &o); printf("%x\n", o.ss_flags);
}

static void deep(int n) { volatile char big[4096]; big[0] = n; if (n) deep(n - 1); big[1] = 1; }
static void overflow(void) { stack_t s = { alt, 0, sizeof alt }; sigaltstack(&s, NULL); act(SIGSEGV, fault, SA_ONSTACK); if (!sigsetjmp(env, 1)) deep(1 << 20); _exit(last == SIGSEGV ? 9 : 1); }
static void small(void) { static char tiny[2048]; stack_t s = { tiny, 0, 2048 }; sigaltstack(&s, NULL); act(SIGUSR1, look, SA_ONSTACK); act(SIGUSR2, look, SA_ONSTACK); __asm__ volatile("mov %0, %%rsp; mov %1, %%edi; mov $10, %%esi; mov $62, %%eax; syscall" :: "r"(tiny + 300), "r"(getpid()) : "rdi", "rsi", "rax"); _exit(7); }

CASE(alternate_stack_saves_from_overflow)
{
	status("overflow", in_child(overflow));
	status("no room on it", in_child(small) & 0x7f);
}

static void mask(int sig) { sigset_t s; sigprocmask(SIG_BLOCK, NULL, &s); printf("%d: usr1 %d usr2 %d term %d\n", sig, sigismember(&s, SIGUSR1), sigismember(&s, SIGUSR2), sigismember(&s, SIGTERM)); }

CASE(masks_in_handlers)
{
	struct sigaction sa = { .sa_handler = mask };
	sigaddset(&sa.sa_mask, SIGTERM); sigaddset(&sa.sa_mask, SIGKILL);
	sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1);
	sa.sa_flags = SA_NODEFER; sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1);
	sigaddset(&sa.sa_mask, SIGUSR1); sigaction(SIGUSR1, &sa, NULL); raise(SIGUSR1);
	mask(0);
}

static int depth;
static void again(int sig) { if (depth++ < 3) raise(sig); hits++; }

CASE(nodefer_nests_and_resethand_does_not)
{
	act(SIGUSR1, again, SA_NODEFER); raise(SIGUSR1); printf("%d\n", hits);
	depth = hits = 0; act(SIGUSR1, again, 0); raise(SIGUSR1); printf("%d\n", hits);
	depth = hits = 0; act(SIGUSR1, again, SA_RESETHAND | SA_NODEFER);
	int st; if (fork() == 0) { raise(SIGUSR1); _exit(0); } wait(&st); status("default in the handler", st);
	struct sigaction o; sigaction(SIGUSR1, NULL, &o); printf("%x\n", o.sa_flags & 0xffffffff & ~0x04000000);
}

static void set_mask(int sig, siginfo_t *si, void *v) { sigaddset(&((ucontext_t *)v)->uc_sigmask, SIGTERM); sigaddset(&((ucontext_t *)v)->uc_sigmask, SIGKILL); }

CASE(mask_of_the_frame_counts)
{
	sigset_t s;
	act(SIGUSR1, set_mask, 0); raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &s); R(sigismember(&s, SIGTERM)); R(sigismember(&s, SIGKILL)); R(sigismember(&s, SIGUSR1));
}

static void order(int sig) { printf("%d\n", sig); }

CASE(several_at_once)
{
	sigset_t s, o;
	signal(SIGUSR1, order); signal(SIGUSR2, order); signal(SIGHUP, order);
	sigfillset(&s); sigprocmask(SIG_BLOCK, &s, &o);
	raise(SIGUSR2); raise(SIGHUP); raise(SIGUSR1);
	sigprocmask(SIG_SETMASK, &o, NULL); // frames stack up: the highest number runs first
}

CASE(sigaction_flags_that_are_kept)
{
	long ks[4] = { (long)count, 0x7fffffff, 0, -1 }, o[4];
	R(syscall(SYS_rt_sigaction, SIGUSR1, ks, NULL, 8)); R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, o, 8));
	printf("%lx %lx\n", o[1], o[3]);
	R(syscall(SYS_rt_sigaction, 64, NULL, o, 8)); R(syscall(SYS_rt_sigaction, 65, NULL, o, 8)); R(syscall(SYS_rt_sigaction, SIGSTOP, NULL, o, 8)); R(syscall(SYS_rt_sigaction, SIGSTOP, ks, NULL, 8));
}

CASE(sleeping_mask_is_borrowed)
{
	sigset_t s, none;
	sigemptyset(&none); sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL);
	signal(SIGUSR1, mask);
	raise(SIGUSR1);
	R(sigsuspend(&none)); mask(0);
	raise(SIGUSR1); struct timespec t = { 1, 0 };
	R(ppoll(NULL, 0, &t, &none)); mask(0);
	raise(SIGUSR1); R(pselect(0, NULL, NULL, NULL, &t, &none)); mask(0);
	struct timespec z = { 0, 0 }; raise(SIGUSR1); R(ppoll(NULL, 0, &z, &none)); sigpending(&s); R(sigismember(&s, SIGUSR1));
	R(syscall(SYS_rt_sigsuspend, &none, 4)); R(syscall(SYS_rt_sigsuspend, 8L, 8));
}

static void core(int sig) { struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY }; r.rlim_cur = 0; setrlimit(RLIMIT_CORE, &r); signal(sig, SIG_DFL); raise(sig); }

CASE(default_actions)
{
	for (int i = 1; i <= 64; i++) {
		int st;
		if (i == 32 || i == 33 || i == 34) continue;
		pid_t p = fork();
		if (p == 0) { setpgid(0, 0); core(i); _exit(0); }
		waitpid(p, &st, WUNTRACED);
		printf("%d: %s %d\n", i, WIFEXITED(st) ? "lives" : WIFSTOPPED(st) ? "stops" : "dies", WIFEXITED(st) ? 0 : WIFSTOPPED(st) ? WSTOPSIG(st) : WTERMSIG(st));
		if (WIFSTOPPED(st)) { kill(p, SIGKILL); waitpid(p, &st, 0); }
	}
}

CASES
