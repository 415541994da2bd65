#include "../t.h"
#include <elf.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
// SYSENTER and the vDSO that it comes back to.

static unsigned char *vsyscall, *vdso;

// intel finds the vDSO; with another processor's than Intel's, Linux has another instruction there.
static void intel(void)
{
	vsyscall = (void *)getauxval(AT_SYSINFO); vdso = (void *)getauxval(AT_SYSINFO_EHDR);
	if (!vsyscall || memcmp(vsyscall, "\x51\x52\x55\x89\xe5\x0f\x34", 7)) { puts("no SYSENTER in the vDSO here"); exit(CANNOT); }
}

// function looks a name up in the vDSO as a C library does: dynamic section, symbols, versions.
static void *function(const char *name, const char **version)
{
	Elf32_Ehdr *h = (void *)vdso; Elf32_Phdr *p = (void *)(vdso + h->e_phoff); Elf32_Dyn *d = NULL; Elf32_Sym *sym = NULL; char *str = NULL;
	Elf32_Word *hash = NULL; Elf32_Half *ver = NULL; Elf32_Verdef *def = NULL;
	for (int i = 0; i < h->e_phnum; i++) if (p[i].p_type == PT_DYNAMIC) d = (void *)(vdso + p[i].p_vaddr);
	for (; d->d_tag != DT_NULL; d++) {
		void *at = vdso + d->d_un.d_ptr;
		switch (d->d_tag) {
		case DT_SYMTAB: sym = at; break;
		case DT_STRTAB: str = at; break;
		case DT_HASH: hash = at; break;
		case DT_VERSYM: ver = at; break;
		case DT_VERDEF: def = at; break;
		}
	}
	for (unsigned i = 0; i < hash[1]; i++) {
		if (strcmp(str + sym[i].st_name, name)) continue;
		for (;; def = (void *)((char *)def + def->vd_next)) {
			if (def->vd_ndx == (ver[i] & 0x7fff)) { *version = str + ((Elf32_Verdaux *)((char *)def + def->vd_aux))->vda_name; break; }
			if (!def->vd_next) break;
		}
		return vdso + sym[i].st_value;
	}
	return NULL;
}

CASE(mapping)
{
	intel(); FILE *f = fopen("/proc/self/maps", "r"); char line[300], perms[9]; unsigned a, b, n = 0;
	while (fgets(line, sizeof line, f)) if (strstr(line, "[vdso]")) { sscanf(line, "%x-%x %8s", &a, &b, perms); n = b - a; printf("%d %d %s\n", a == (unsigned)vdso, (unsigned)vsyscall > a && (unsigned)vsyscall < b, perms); }
	R(mprotect(vdso, n, PROT_READ | PROT_WRITE | PROT_EXEC)); vdso[n - 1] = 1; R(mprotect(vdso, n, PROT_READ | PROT_EXEC));
	R(mremap(vdso, n, 1 << 20, MREMAP_MAYMOVE));
}

CASE(library)
{
	intel(); Elf32_Ehdr *h = (void *)vdso; const char *v = "?"; printf("%d class %d type %d machine %d entry %d\n", !memcmp(h->e_ident, ELFMAG, 4), h->e_ident[EI_CLASS], h->e_type, h->e_machine, vdso + h->e_entry == vsyscall);
	R(function("__kernel_vsyscall", &v) == vsyscall); puts(v);
	unsigned char *s = function("__kernel_sigreturn", &v); puts(v); for (int i = 0; i < 8; i++) printf("%02x ", s[i]);
	s = function("__kernel_rt_sigreturn", &v); puts(v); for (int i = 0; i < 7; i++) printf("%02x ", s[i]);
	printf("\n%d\n", function("__kernel_nothing", &v) == NULL);
}

static void *back[3];
static void returns(int s) { back[0] = __builtin_return_address(0); }
CASE(handlers_return_into_it)
{
	intel(); const char *v; struct { void *h; unsigned flags; void *r; unsigned mask[2]; } a = { returns, 0, NULL };
	syscall(SYS_rt_sigaction, SIGUSR1, &a, NULL, 8); raise(SIGUSR1); R(back[0] == function("__kernel_sigreturn", &v));
	a.flags = SA_SIGINFO; syscall(SYS_rt_sigaction, SIGUSR1, &a, NULL, 8); raise(SIGUSR1); R(back[0] == function("__kernel_rt_sigreturn", &v));
}

static unsigned out[8];
// by calls the vDSO with six arguments and notes the registers behind it.
static int by(int nr, int b, int c, int d, int si, int di, int bp)
{
	int in[7] = { b, c, d, si, di, bp, (int)vsyscall }, r = nr;
	__asm__ volatile("pushl %%ebp; pushl %%ebx; movl (%%ecx), %%ebx; movl 8(%%ecx), %%edx; movl 12(%%ecx), %%esi; movl 16(%%ecx), %%edi; movl 20(%%ecx), %%ebp; pushl 24(%%ecx); movl 4(%%ecx), %%ecx;"
		"call *(%%esp); movl %%ebx, out; movl %%ecx, out+4; movl %%edx, out+8; movl %%esi, out+12; movl %%edi, out+16; movl %%ebp, out+20; addl $4, %%esp; popl %%ebx; popl %%ebp"
		: "+a"(r), "+c"((int *){in}) :: "edx", "esi", "edi", "memory", "cc");
	return r;
}

CASE(six_arguments)
{
	intel(); put("f", ""); int fd = open("f", O_RDWR); char page[4096]; memset(page, 'a', 4096); write(fd, page, 4096); memset(page, 'b', 4096); write(fd, page, 4096);
	char *p = (void *)by(SYS_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 1); printf("%c\n", *p);
	for (int i = 0; i < 6; i++) printf("%x ", i == 4 ? out[i] == fd : out[i]);
	printf("\n%d %d %d\n", by(SYS_getpid, 1, 2, 3, 4, 5, 6) == getpid(), by(9999, 1, 2, 3, 4, 5, 6), by(-1, 1, 2, 3, 4, 5, 6));
	for (int i = 0; i < 6; i++) printf("%x ", out[i]);
	printf("\n%d\n", by(SYS_write, 99, (int)"x", 1, 0, 0, 0));
}

static int alarms;
static void alarmed(int s) { alarms++; }
CASE(made_again)
{
	intel(); int p[2], st; char c = 0; pipe(p); struct sigaction a = { .sa_handler = alarmed, .sa_flags = SA_RESTART }; sigaction(SIGUSR1, &a, NULL); pid_t me = getpid();
	if (fork() == 0) { usleep(20000); kill(me, SIGUSR1); usleep(20000); write(p[1], "x", 1); _exit(0); }
	int r = by(SYS_read, p[0], (int)&c, 1, 7, 8, 9); printf("%d %d %c\n", r, alarms, c); for (int i = 2; i < 6; i++) printf("%x ", out[i]); wait(&st);
	a.sa_flags = 0; sigaction(SIGUSR1, &a, NULL); if (fork() == 0) { usleep(20000); kill(me, SIGUSR1); _exit(0); }
	r = by(SYS_read, p[0], (int)&c, 1, 7, 8, 9); printf("\n%d %d\n", r, alarms); for (int i = 2; i < 6; i++) printf("%x ", out[i]); puts(""); wait(&st);
}

static void fault(int s, siginfo_t *i, void *u)
{
	greg_t *g = ((ucontext_t *)u)->uc_mcontext.gregs;
	printf("signal %d: eax %d at %d, esp %x\n", s, g[REG_EAX], g[REG_EIP] - (int)vsyscall, g[REG_ESP]); fflush(stdout); _exit(1);
}

static void tries(unsigned ebp)
{
	int st; fflush(stdout);
	if (fork() == 0) {
		static char stack[16384]; stack_t ss = { .ss_sp = stack, .ss_size = sizeof stack }; sigaltstack(&ss, NULL);
		struct sigaction a = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK }; sigaction(SIGSEGV, &a, NULL); sigaction(SIGBUS, &a, NULL);
		__asm__ volatile("movl %0, %%ebp; sysenter" :: "r"(ebp), "a"(SYS_getppid));
	}
	wait(&st); status("end", st);
}

CASE(stack_that_cannot_be_read) { intel(); unsigned v[] = { 0, 1, 0x1000, 0x7fffffff, 0xc0000000, 0xffffdffe, 0xffffe000, 0xfffffffc, 0xffffffff }; for (int i = 0; i < 9; i++) tries(v[i]); }

static int steps, where[100];
static void step(int s, siginfo_t *i, void *u) { int at = ((ucontext_t *)u)->uc_mcontext.gregs[REG_EIP] - (int)vsyscall; if (at >= 0 && at < 64 && steps < 100) where[steps++] = at; }
static void stepped(int shadow)
{
	struct sigaction a = { .sa_sigaction = step, .sa_flags = SA_SIGINFO }; sigaction(SIGTRAP, &a, NULL); int r = SYS_getpid; steps = 0;
	if (shadow) __asm__ volatile("pushl %%ebp; pushl $1f; pushl %%ecx; pushl %%edx; pushl %%ebp; movl %%esp, %%ebp; pushl %%ss; pushf; orl $0x100, (%%esp); popf; popl %%ss; sysenter; 1: pushf; andl $~0x100, (%%esp); popf; popl %%ebp" : "+a"(r) :: "ecx", "edx", "memory");
	else __asm__ volatile("pushf; orl $0x100, (%%esp); popf; call *%1; pushf; andl $~0x100, (%%esp); popf" : "+a"(r) : "r"(vsyscall) : "memory");
	printf("%d:", r == getpid()); for (int i = 0; i < steps; i++) printf(" %x", where[i]); puts("");
}
CASE(single_steps) { intel(); stepped(0); }
CASE(single_steps_after_pop_ss) { intel(); stepped(1); }

CASE(flags)
{
	intel(); unsigned set[] = { 0x4000, 0x40000, 0x400, 0x200000, 0x8d5, 0x44cd5 | 0x200000 };
	for (int i = 0; i < 6; i++) { unsigned f, r = SYS_getpid; __asm__ volatile("pushf; orl %2, (%%esp); popf; call *%3; pushf; popl %1; pushl $2; popf" : "+a"(r), "=&r"(f) : "r"(set[i]), "r"(vsyscall) : "memory", "cc"); printf("%d %x\n", r == getpid(), f); }
}

CASE(from_64_bit_code)
{
	intel(); int r = SYS_getpid; __asm__ volatile("pushl %%ebp; pushl $2f; pushl %%ecx; pushl %%edx; pushl %%ebp; movl %%esp, %%ebp; ljmp $0x33, $1f; 1: sysenter; 2: popl %%ebp" : "+a"(r) :: "ecx", "edx", "memory");
	unsigned cs; __asm__("mov %%cs, %0" : "=r"(cs)); printf("%d %x\n", r == getpid(), cs);
}

static int gate(int nr, int b, int c, int d, int si, int di) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(b), "c"(c), "d"(d), "S"(si), "D"(di) : "memory"); return r; }
CASE(moved)
{
	intel(); int to = (int)mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), at = (int)vdso, off = vsyscall - vdso, me = getpid(), n = 4096; FILE *f = fopen("/proc/self/maps", "r"); char line[300]; unsigned a, b;
	while (fgets(line, sizeof line, f)) if (strstr(line, "[vdso]")) { sscanf(line, "%x-%x", &a, &b); n = b - a; }
	int r = gate(SYS_mremap, at, n, n, 3, to); vsyscall = (void *)(to + off); int p = by(SYS_getpid, 1, 2, 3, 4, 5, 6);
	int q = by(SYS_mremap, to, n, n, 3, at, 0); vsyscall = (void *)(at + off); printf("%d %d %d %d\n", r == to, p == me, q == at, by(SYS_getpid, 1, 2, 3, 4, 5, 6) == me);
}

CASE(gone)
{
	intel(); int st; if (fork() == 0) { gate(SYS_munmap, (int)vdso, 8192, 0, 0, 0); if (gate(SYS_getpid, 0, 0, 0, 0, 0) <= 0) gate(SYS_exit, 3, 0, 0, 0, 0); __asm__ volatile("movl %%esp, %%ebp; sysenter" :: "a"(SYS_getpid)); }
	wait(&st); status("without", st);
}

CASES
