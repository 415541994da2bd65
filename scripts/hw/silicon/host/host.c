/*
 * silicon: executes instructions on the host's processor.
 *
 * Reads cases from stdin, writes an outcome for each to stdout (layouts: case.go). Each case runs in user mode, in a
 * 64 KiB world of its own at WORLD, in 64-bit, 32-bit or 16-bit code as its CS says. Every case ends in a signal, at the
 * latest by the HLT with which the code page is filled; the handler notes the outcome, puts the next case into the signal
 * frame and returns into it. No libc: FS and GS belong to the cases. System calls from outside this program's own text are
 * refused by seccomp, whatever a random case does.
 */
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/time.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#define WORLD 0x10000000ul
#define PAGE 4096ul
#define PAGES 16

struct poke {
	u32 addr, len;
	u8 bytes[64];
};

struct input {
	u8 code[32];
	u8 len, pokes, pad[2];
	u32 mxcsr;
	u64 rip, at; /* instruction pointer; linear address of the code */
	u64 gpr[16];
	u64 flags, fsbase, gsbase;
	u16 seg[6];
	u16 fcw, fsw;
	u8 ftw, pad2[7];
	u64 st[8][2], xmm[16][2];
	struct poke poke[4];
};

struct output {
	u64 gpr[16];
	u64 rip, flags, cr2, fsbase, gsbase;
	u32 trap, err;
	u16 seg[6];
	u16 fcw, fsw, fop;
	u8 ftw, pad[5];
	u32 mxcsr, words;
	u64 fip, fdp, st[8][2], xmm[16][2];
	struct { u64 addr, value; } word[];
};

enum { TIMEOUT = 0xff, ESCAPED = 0xfe };

/* What each page of the world is: 0 not mapped, else the protection of the case's mapping. */
static const u8 kind[PAGES] = {
	[1] = PROT_READ | PROT_WRITE, [2] = PROT_READ | PROT_WRITE, [3] = PROT_READ,
	[5] = PROT_READ | PROT_WRITE, [8] = PROT_READ | PROT_WRITE,
	[10] = PROT_READ | PROT_EXEC, [11] = PROT_READ | PROT_EXEC,
};
#define CODE_PAGE 10

static u8 pristine[PAGES * PAGE]; /* what the world contains between cases */
static u8 before[PAGES * PAGE];   /* the same with the operands of the running case */
static u8 *live;                  /* the memory that the case sees, all writable */
static u8 in[256 * sizeof(struct input)], out[1 << 20], altstack[1 << 18] __attribute__((aligned(64)));
static u64 in_at, in_end, out_end, count, ticked;
static struct input *now;

static long sys(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
	asm volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return n;
}

void *memcpy(void *to, const void *from, size_t n)
{
	void *r = to;
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	return r;
}

void *memset(void *to, int v, size_t n)
{
	void *r = to;
	asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(v) : "memory");
	return r;
}

static void quit(int status)
{
	for (;;)
		sys(__NR_exit_group, status, 0, 0, 0, 0, 0);
}

static void flush(void)
{
	for (u64 at = 0; at < out_end;) {
		long n = sys(__NR_write, 1, (long)out + at, out_end - at, 0, 0, 0);
		if (n <= 0)
			quit(3);
		at += n;
	}
	out_end = 0;
}

/* next takes a case from the input, or ends the program where the input does. */
static struct input *next(void)
{
	while (in_end - in_at < sizeof(struct input)) {
		flush();
		memcpy(in, in + in_at, in_end - in_at);
		in_end -= in_at;
		in_at = 0;
		long n = sys(__NR_read, 0, (long)in + in_end, sizeof in - in_end, 0, 0, 0);
		if (n <= 0)
			quit(n < 0);
		in_end += n;
	}
	in_at += sizeof(struct input);
	return (struct input *)(in + in_at - sizeof(struct input));
}

/* pokes writes the case's operands into memory, or takes them back. */
static void pokes(struct input *c, int undo)
{
	for (u32 i = 0; i < c->pokes && i < 4; i++) {
		struct poke *p = &c->poke[i];
		u64 at = p->addr - WORLD;
		if (at > PAGES * PAGE || p->len > sizeof p->bytes || at + p->len > PAGES * PAGE)
			continue;
		memcpy(live + at, undo ? pristine + at : p->bytes, p->len);
		memcpy(before + at, live + at, p->len);
	}
}

/* changes reports which words of the writable pages the case changed, and puts them back. */
static u32 changes(struct output *o)
{
	u32 n = 0;
	for (u64 p = 0; p < PAGES; p++) {
		if (!(kind[p] & PROT_WRITE))
			continue;
		u64 *a = (u64 *)(live + p * PAGE), *b = (u64 *)(before + p * PAGE);
		for (u64 i = 0; i < PAGE / 8; i++) {
			if (a[i] == b[i])
				continue;
			o->word[n].addr = WORLD + p * PAGE + 8 * i;
			o->word[n++].value = a[i];
			a[i] = b[i];
		}
	}
	return n;
}

#define GPRS(X) X(0, rax) X(1, rcx) X(2, rdx) X(3, rbx) X(4, rsp) X(5, rbp) X(6, rsi) X(7, rdi) \
	X(8, r8) X(9, r9) X(10, r10) X(11, r11) X(12, r12) X(13, r13) X(14, r14) X(15, r15)

static void note(struct sigcontext *m, u32 trap, u16 *seg, u64 fsbase, u64 gsbase)
{
	if (out_end + sizeof(struct output) + 16 * PAGES * PAGE / 8 > sizeof out)
		flush();
	struct output *o = (struct output *)(out + out_end);
	u8 *fx = (u8 *)m->fpstate;
#define X(i, name) o->gpr[i] = m->name;
	GPRS(X)
#undef X
	o->rip = m->rip;
	o->flags = m->eflags;
	o->cr2 = m->cr2;
	o->fsbase = fsbase;
	o->gsbase = gsbase;
	o->trap = trap;
	o->err = m->err;
	memcpy(o->seg, seg, sizeof o->seg);
	o->seg[1] = m->cs;
	o->seg[2] = m->ss;
	memcpy(&o->fcw, fx, 4);
	o->ftw = fx[4];
	memcpy(&o->fop, fx + 6, 2);
	memcpy(&o->fip, fx + 8, 16);
	memcpy(&o->mxcsr, fx + 24, 4);
	memcpy(o->st, fx + 32, 128 + 256);
	o->words = changes(o);
	out_end += sizeof *o + 16 * o->words;
}

/* enter puts a case into the signal frame. */
static void enter(struct sigcontext *m, struct input *c)
{
	u8 *fx = (u8 *)m->fpstate;
#define X(i, name) m->name = c->gpr[i];
	GPRS(X)
#undef X
	m->rip = c->rip;
	m->eflags = c->flags;
	m->cs = c->seg[1];
	m->ss = c->seg[2];
	memcpy(fx, &c->fcw, 4);
	fx[4] = c->ftw;
	memset(fx + 5, 0, 19);
	memcpy(fx + 24, &c->mxcsr, 4);
	memcpy(fx + 32, c->st, 128 + 256);
	if (*(u32 *)(fx + 464) == FP_XSTATE_MAGIC1)
		*(u64 *)(fx + 512) |= 3; /* XSTATE_BV: x87 and SSE */
	if (c->at - WORLD + c->len <= PAGES * PAGE && c->len <= sizeof c->code)
		memcpy(live + (c->at - WORLD), c->code, c->len);
	pokes(c, 0);
}

/* The handler begins with AC, NT and ID as the case left them; sigreturn would leave them to the next one. */
asm(".globl entry\nentry: pushfq\nandl $~0x244000, (%rsp)\npopfq\njmp caught\n");
void entry(void) __attribute__((visibility("hidden")));

void caught(int sig, struct siginfo *info, void *context)
{
	struct sigcontext *m = (struct sigcontext *)&((struct ucontext *)context)->uc_mcontext;
	u64 fsbase, gsbase;
	u16 seg[6] = {0};
	u32 trap = m->trapno;
	(void)info;
	if (sig == SIGVTALRM || sig == SIGALRM) {
		if (count != ticked || !now) {
			ticked = count;
			return;
		}
		trap = TIMEOUT;
	} else if (sig == SIGSYS) {
		trap = ESCAPED;
	}
	asm volatile("rdfsbase %0; rdgsbase %1" : "=r"(fsbase), "=r"(gsbase));
	asm volatile("mov %%es, %0; mov %%ds, %1; mov %%fs, %2; mov %%gs, %3"
		     : "=r"(seg[0]), "=r"(seg[3]), "=r"(seg[4]), "=r"(seg[5]));
	if (now) {
		note(m, trap, seg, fsbase, gsbase);
		pokes(now, 1);
		memset(live + (now->at - WORLD), 0xf4, now->len);
	}
	now = next();
	count++;
	enter(m, now);
	asm volatile("mov %0, %%es; mov %1, %%ds; mov %2, %%fs; mov %3, %%gs"
		     : : "r"(now->seg[0]), "r"(now->seg[3]), "r"(now->seg[4]), "r"(now->seg[5]));
	if (now->seg[4] == 0)
		asm volatile("wrfsbase %0" : : "r"(now->fsbase));
	if (now->seg[5] == 0)
		asm volatile("wrgsbase %0" : : "r"(now->gsbase));
}

asm(".globl restorer\nrestorer: mov $15, %eax\nsyscall\n"
    ".globl _start\n_start: xor %ebp, %ebp\nand $-16, %rsp\ncall begin\n");
void restorer(void) __attribute__((visibility("hidden")));
extern u8 __executable_start[] __attribute__((visibility("hidden"))), etext[] __attribute__((visibility("hidden")));

static long map(u64 at, u64 n, int prot, int how, int fd, u64 offset)
{
	long r = sys(__NR_mmap, at, n, prot, how, fd, offset);
	if (r < 0 && r > -4096)
		quit(10);
	return r;
}

/* world makes the memory: one file, seen by the cases page by page, and by us as a whole. */
static void world(void)
{
	int fd = sys(__NR_memfd_create, (long)"world", 0, 0, 0, 0, 0);
	if (fd < 0 || sys(__NR_ftruncate, fd, PAGES * PAGE, 0, 0, 0, 0) < 0)
		quit(11);
	live = (u8 *)map(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	for (u64 p = 0; p < PAGES; p++)
		if (kind[p])
			map(WORLD + p * PAGE, PAGE, kind[p], MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, p * PAGE);
	u64 x = 1;
	for (u64 i = 0; i < PAGES * PAGE; i++) {
		x = x * 6364136223846793005ul + 1442695040888963407ul;
		pristine[i] = i / PAGE >= CODE_PAGE ? 0xf4 : x >> 56;
	}
	memcpy(live, pristine, PAGES * PAGE);
	memcpy(before, pristine, PAGES * PAGE);
}

/* segments fills the LDT; pc.go has the same descriptors. */
static void segments(void)
{
	static const struct user_desc ldt[] = {
		/* 07 */ {.entry_number = 0, .base_addr = WORLD, .limit = 0xffff, .contents = 2, .useable = 1},
		/* 0f */ {.entry_number = 1, .base_addr = WORLD, .limit = 0xffff, .contents = 0, .useable = 1},
		/* 17 */ {.entry_number = 2, .base_addr = WORLD, .limit = 0x2fff, .seg_32bit = 1, .useable = 1},
		/* 1f */ {.entry_number = 3, .base_addr = WORLD, .limit = 0xffff, .seg_32bit = 1, .contents = 2},
		/* 27 */ {.entry_number = 4, .base_addr = WORLD, .limit = 0x1fff, .seg_32bit = 1, .contents = 1},
		/* 2f */ {.entry_number = 5, .base_addr = WORLD, .limit = 0xffff, .contents = 2, .read_exec_only = 1, .seg_32bit = 1},
		/* 37 */ {.entry_number = 6, .base_addr = WORLD, .limit = 0xffff, .seg_32bit = 1, .read_exec_only = 1},
		/* 3f */ {.entry_number = 7, .base_addr = WORLD, .limit = 0xffff, .seg_32bit = 1, .seg_not_present = 1},
	};
	for (u32 i = 0; i < sizeof ldt / sizeof *ldt; i++)
		if (sys(__NR_modify_ldt, 0x11, (long)&ldt[i], sizeof *ldt, 0, 0, 0) != 0)
			quit(12);
}

/* confine lets only this program's text make system calls. */
static void confine(void)
{
	u64 from = (u64)__executable_start, to = (u64)etext;
#define FIELD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, f))
	struct sock_filter filter[] = {
		FIELD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, from >> 32, 0, 4),
		FIELD(instruction_pointer),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (u32)from, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (u32)to, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	struct sock_fprog prog = {sizeof filter / sizeof *filter, filter};
	sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
	if (sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&prog, 0, 0, 0) != 0)
		quit(13);
}

/* hello tells what CPUID says: leaves 1, 7, 0x80000001, 0xd.1 and 0, four registers each. */
static void hello(void)
{
	static const u32 leaf[5][2] = {{1, 0}, {7, 0}, {0x80000001, 0}, {0xd, 1}, {0, 0}};
	for (int i = 0; i < 5; i++) {
		u32 *r = (u32 *)(out + out_end);
		asm volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf[i][0]), "c"(leaf[i][1]));
		out_end += 16;
	}
	flush();
}

void begin(void)
{
	static const int signals[] = {SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, SIGSYS, SIGVTALRM, SIGALRM};
	static const struct { long v[4]; } every = {{0, 10000, 0, 10000}}, second = {{1, 0, 1, 0}};
	stack_t alt = {.ss_sp = altstack, .ss_size = sizeof altstack};
	struct sigaction act = {.sa_handler = (void *)entry, .sa_restorer = restorer,
				.sa_flags = SA_SIGINFO | SA_ONSTACK | 0x04000000 /* SA_RESTORER */ | SA_RESTART};
	act.sa_mask = ~0ul;

	world();
	segments();
	hello();
	sys(__NR_sigaltstack, (long)&alt, 0, 0, 0, 0, 0);
	for (u32 i = 0; i < sizeof signals / sizeof *signals; i++)
		sys(__NR_rt_sigaction, signals[i], (long)&act, 0, 8, 0, 0);
	confine();
	sys(__NR_setitimer, 1 /* ITIMER_VIRTUAL */, (long)&every, 0, 0, 0, 0);
	sys(__NR_setitimer, 0 /* ITIMER_REAL */, (long)&second, 0, 0, 0, 0); /* for what sleeps in the kernel */
	asm volatile("ud2");
}
