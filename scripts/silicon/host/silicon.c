/* Runs single instructions on this processor; see silicon.go. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#define CODE ((uint8_t *)0x1000000)
#define DATA ((uint8_t *)0x1100000)

struct record {
	uint8_t code[32];
	uint32_t len, signal;
	uint64_t gpr[16];
	uint64_t flags;
	uint64_t rip;
	uint8_t pad[8];
	uint8_t fx[512];
	uint8_t mem[1024];
} __attribute__((packed));

/* What the assembly reads and writes. */
uint64_t vt_gpr[16], vt_flags, vt_rsp;
uint8_t vt_fx[512] __attribute__((aligned(64)));
uint8_t vt_clean[512] __attribute__((aligned(64)));
uint8_t vt_stack[1 << 16] __attribute__((aligned(64))); /* for the case: it may write above its stack pointer, too */

void vt_run(void);
void vt_done(void);
asm(".text\n"
    "vt_run:\n"
    "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "fxsave64 vt_clean(%rip)\n"
    "mov %rsp, vt_rsp(%rip)\n"
    "lea vt_stack+32768(%rip), %rsp\n"
    "fxrstor64 vt_fx(%rip)\n"
    "pushq vt_flags(%rip); popfq\n"
    "lea vt_gpr(%rip), %rax\n"
    "mov 8(%rax), %rcx; mov 16(%rax), %rdx; mov 24(%rax), %rbx\n"
    "mov 40(%rax), %rbp; mov 48(%rax), %rsi; mov 56(%rax), %rdi\n"
    "mov 64(%rax), %r8; mov 72(%rax), %r9; mov 80(%rax), %r10; mov 88(%rax), %r11\n"
    "mov 96(%rax), %r12; mov 104(%rax), %r13; mov 112(%rax), %r14; mov 120(%rax), %r15\n"
    "mov (%rax), %rax\n"
    "push $0x1000000\n"
    "ret\n"
    "vt_done:\n"
    "mov %rax, vt_gpr(%rip)\n"
    "lea vt_gpr(%rip), %rax\n"
    "mov %rcx, 8(%rax); mov %rdx, 16(%rax); mov %rbx, 24(%rax)\n"
    "mov %rbp, 40(%rax); mov %rsi, 48(%rax); mov %rdi, 56(%rax)\n"
    "mov %r8, 64(%rax); mov %r9, 72(%rax); mov %r10, 80(%rax); mov %r11, 88(%rax)\n"
    "mov %r12, 96(%rax); mov %r13, 104(%rax); mov %r14, 112(%rax); mov %r15, 120(%rax)\n"
    "mov vt_rsp(%rip), %rsp\n"
    "pushfq; popq vt_flags(%rip); cld\n"
    "fxsave64 vt_fx(%rip)\n"
    "fxrstor64 vt_clean(%rip)\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "ret\n");

static sigjmp_buf back;
static struct record *now;

static void caught(int sig, siginfo_t *info, void *context)
{
	static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
		REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
	ucontext_t *u = context;
	(void)info;
	now->signal = sig;
	now->rip = u->uc_mcontext.gregs[REG_RIP];
	vt_flags = u->uc_mcontext.gregs[REG_EFL];
	for (int i = 0; i < 16; i++)
		vt_gpr[i] = u->uc_mcontext.gregs[order[i]];
	memcpy(vt_fx, u->uc_mcontext.fpregs, 512);
	siglongjmp(back, 1);
}

static unsigned long serial, seen;

/* Ends a case that has gone on for a whole tick, such as a branch to itself. */
static void tick(int sig, siginfo_t *info, void *context)
{
	if (seen == serial && serial & 1)
		caught(sig, info, context);
	seen = serial;
}

static void run(struct record *r)
{
	static const uint8_t jump[6] = {0xff, 0x25, 0, 0, 0, 0}; /* jmp *0(%rip) */
	void *done = vt_done;
	memcpy(CODE, r->code, r->len);
	memcpy(CODE + r->len, jump, 6);
	memcpy(CODE + r->len + 6, &done, 8);
	memcpy(DATA, r->mem, sizeof r->mem);
	memcpy(vt_gpr, r->gpr, sizeof vt_gpr);
	memcpy(vt_fx, r->fx, 512);
	vt_flags = r->flags | 2;
	r->signal = 0;
	r->rip = 0;
	now = r;
	serial++; /* odd while the case runs */
	if (!sigsetjmp(back, 1))
		vt_run();
	else
		asm volatile("fninit");
	serial++;
	r = now;
	memcpy(r->mem, DATA, sizeof r->mem);
	memcpy(r->gpr, vt_gpr, sizeof vt_gpr);
	memcpy(r->fx, vt_fx, 512);
	r->flags = vt_flags;
}

int main(void)
{
	static struct record r;
	stack_t alt = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
	struct itimerval every = {{0, 20000}, {0, 20000}};
	struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	int all = PROT_READ | PROT_WRITE | PROT_EXEC, how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	if (mmap(CODE, 4096, all, how, -1, 0) != CODE || mmap(DATA, 4096, all, how, -1, 0) != DATA)
		return 1;
	sigaltstack(&alt, 0);
	sigaction(SIGILL, &act, 0);
	sigaction(SIGFPE, &act, 0);
	sigaction(SIGSEGV, &act, 0);
	sigaction(SIGBUS, &act, 0);
	sigaction(SIGTRAP, &act, 0);
	act.sa_sigaction = tick;
	act.sa_flags |= SA_RESTART;
	sigaction(SIGALRM, &act, 0);
	setitimer(ITIMER_REAL, &every, 0);
	while (fread(&r, sizeof r, 1, stdin) == 1) {
		run(&r);
		if (fwrite(&r, sizeof r, 1, stdout) != 1)
			return 1;
	}
	return 0;
}
