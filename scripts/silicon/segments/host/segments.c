/* Runs instructions in 16 and 32-bit segments of an LDT on this processor; see segments.go. */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE ((uint8_t *)0x1000000)
#define DATA ((uint8_t *)0x1100000)
#define DONE ((uint8_t *)0x1200000) /* where the code jumps when it is through */
#define FRAME ((uint64_t *)(DONE + 0x800)) /* what IRETQ pops: with a 16-bit stack the rest of RSP stays */
#define DATA_SIZE 0x3000
#define SEGMENTS 8

struct segment {
	uint32_t base, limit;
	uint8_t contents, readonly, absent, big, pages, pad[3];
} __attribute__((packed));

struct record {
	uint8_t code[64];
	uint32_t len, selector; /* of the code segment */
	uint32_t at;            /* where the code lies, in CODE */
	uint32_t start;         /* offset in its segment */
	struct segment ldt[SEGMENTS];
	uint32_t gpr[8], flags;
	uint16_t ds, es, ss, gs;
	uint32_t vector, error, rip;
	uint64_t cr2;
	uint8_t fx[512];
	uint8_t mem[DATA_SIZE];
} __attribute__((packed));

/* What the assembly reads and writes. */
uint64_t vt_gpr[8], vt_rsp;
uint16_t vt_seg[4];
uint8_t vt_fx[512] __attribute__((aligned(64))), vt_clean[512] __attribute__((aligned(64)));
uint64_t vt_flags;

void vt_run(void);
void vt_done(void);
asm(".text\n"
    "vt_run:\n"
    "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "fxsave64 vt_clean(%rip)\n"
    "mov %rsp, vt_rsp(%rip)\n"
    "fxrstor64 vt_fx(%rip)\n"
    "mov vt_seg(%rip), %ds; mov 2+vt_seg(%rip), %es; mov 6+vt_seg(%rip), %gs\n"
    "lea vt_gpr(%rip), %rax\n"
    "mov 8(%rax), %rcx; mov 16(%rax), %rdx; mov 24(%rax), %rbx\n"
    "mov 40(%rax), %rbp; mov 48(%rax), %rsi; mov 56(%rax), %rdi; mov (%rax), %rax\n"
    "mov $0x1200800, %rsp\n"
    "iretq\n"
    "vt_done:\n"
    "mov %rax, vt_gpr(%rip); mov %rsp, 32+vt_gpr(%rip)\n"
    "lea vt_gpr(%rip), %rax\n"
    "mov %rcx, 8(%rax); mov %rdx, 16(%rax); mov %rbx, 24(%rax)\n"
    "mov %rbp, 40(%rax); mov %rsi, 48(%rax); mov %rdi, 56(%rax)\n"
    "mov %ds, vt_seg(%rip); mov %es, 2+vt_seg(%rip); mov %ss, 4+vt_seg(%rip); mov %gs, 6+vt_seg(%rip)\n"
    "mov $0x2b, %eax; mov %eax, %ss; mov vt_rsp(%rip), %rsp\n"
    "pushfq; popq vt_flags(%rip); pushq $2; popfq\n"
    "fxsave64 vt_fx(%rip); fxrstor64 vt_clean(%rip)\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "ret\n");

static sigjmp_buf back;
static struct record *now;

static void caught(int sig, siginfo_t *info, void *context)
{
	static const int order[8] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI};
	ucontext_t *u = context;
	greg_t *g = u->uc_mcontext.gregs;
	(void)info;
	asm volatile("pushfq; andl $~0x40000, (%rsp); popfq"); /* RFLAGS.AC is still what it was */
	now->vector = sig == SIGALRM ? 98 : g[REG_TRAPNO]; /* 98: it runs for ever */
	now->error = g[REG_ERR];
	now->rip = g[REG_RIP];
	now->cr2 = g[REG_CR2];
	vt_flags = g[REG_EFL];
	for (int i = 0; i < 8; i++)
		vt_gpr[i] = g[order[i]];
	asm volatile("mov %%ds, %0; mov %%es, %1; mov %%gs, %2" : "=m"(vt_seg[0]), "=m"(vt_seg[1]), "=m"(vt_seg[3]));
	vt_seg[2] = (uint64_t)g[REG_CSGSFS] >> 48;
	memcpy(vt_fx, u->uc_mcontext.fpregs, 512);
	siglongjmp(back, 1);
}

static void describe(struct record *r)
{
	for (int i = 0; i < SEGMENTS; i++) {
		struct segment *s = &r->ldt[i];
		struct user_desc d;
		memset(&d, 0, sizeof d);
		d.entry_number = i;
		d.base_addr = s->base;
		d.limit = s->limit;
		d.contents = s->contents;
		d.read_exec_only = s->readonly;
		d.seg_not_present = s->absent;
		d.seg_32bit = s->big;
		d.limit_in_pages = s->pages;
		d.useable = 1;
		if (syscall(SYS_modify_ldt, 0x11, &d, sizeof d)) {
			perror("modify_ldt");
			exit(1);
		}
	}
}

static void run(struct record *r)
{
	static const struct itimerval soon = {.it_value = {.tv_usec = 100000}}, never;

	describe(r);
	memset(CODE, 0xcc, 0x4000);
	memcpy(CODE + r->at, r->code, r->len);
	memcpy(DATA, r->mem, sizeof r->mem);
	for (int i = 0; i < 8; i++)
		vt_gpr[i] = r->gpr[i];
	memcpy(vt_fx, r->fx, 512);
	memcpy(vt_seg, &r->ds, sizeof vt_seg);
	FRAME[0] = r->start;
	FRAME[1] = r->selector;
	FRAME[2] = r->flags | 2;
	FRAME[3] = r->gpr[4];
	FRAME[4] = r->ss;
	r->vector = 255;
	r->error = r->rip = r->cr2 = 0;
	now = r;
	setitimer(ITIMER_REAL, &soon, 0);
	if (!sigsetjmp(back, 1))
		vt_run();
	else
		asm volatile("pushq $2; popfq; fninit");
	setitimer(ITIMER_REAL, &never, 0);
	asm volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%gs" : : "r"(0));
	memcpy(r->mem, DATA, sizeof r->mem);
	for (int i = 0; i < 8; i++)
		r->gpr[i] = vt_gpr[i];
	memcpy(r->fx, vt_fx, 512);
	memcpy(&r->ds, vt_seg, sizeof vt_seg);
	r->flags = vt_flags;
}

int main(void)
{
	static struct record r;
	static const uint8_t jump[6] = {0xff, 0x25, 2, 0, 0, 0}; /* jmp *2(%rip): aligned, for RFLAGS.AC */
	void *done = vt_done;
	stack_t alt = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
	struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	int all = PROT_READ | PROT_WRITE | PROT_EXEC, how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	static const int caughts[] = {SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, SIGALRM};

	if (mmap(CODE, 0x4000, all, how, -1, 0) != CODE || mmap(DATA, DATA_SIZE, all, how, -1, 0) != DATA ||
	    mmap(DONE, 4096, all, how, -1, 0) != DONE)
		return 1;
	memcpy(DONE, jump, 6);
	memcpy(DONE + 8, &done, 8);
	sigaltstack(&alt, 0);
	for (unsigned i = 0; i < sizeof caughts / sizeof *caughts; i++)
		sigaction(caughts[i], &act, 0);
	while (fread(&r, sizeof r, 1, stdin) == 1) {
		run(&r);
		if (fwrite(&r, sizeof r, 1, stdout) != 1)
			return 1;
	}
	return 0;
}
