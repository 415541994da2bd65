// SIGSEGV and SIGBUS of refused accesses: the signal, si_code and si_addr
#include "t.h"
#include <setjmp.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L

static sigjmp_buf back;
static volatile int signo, code;
static char *volatile where;
static void on(int sig, siginfo_t *si, void *u) { signo = sig; code = si->si_code; where = si->si_addr; siglongjmp(back, 1); }
static void catch(void)
{
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}
// how it is touched: r, w, x; a word across a border with W
static void touch(const char *what, volatile char *p, char how)
{
	if (sigsetjmp(back, 1)) {
		printf("%s: signal %d code %d at %+ld\n", what, signo, code, where ? (long)(where - p) : 9999);
		return;
	}
	switch (how) {
	case 'r': (void)*p; break;
	case 'w': *p = 1; break;
	case 'W': *(volatile long *)p = 1; break;
	case 'R': (void)*(volatile long *)p; break;
	case 'x': ((void (*)(void))p)(); break;
	}
	printf("%s: fine\n", what);
}
static int file(const char *name, long size) { int fd = open(name, O_RDWR | O_CREAT, 0600); ftruncate(fd, size); return fd; }

CASE(behind_the_end) { catch(); char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, file("f", PAGE + 10), 0); touch("last page", p + 2 * PAGE - 1, 'w'); touch("behind", p + 2 * PAGE, 'r'); touch("behind, write", p + 2 * PAGE + 77, 'w'); touch("across", p + 2 * PAGE - 4, 'R'); }
CASE(behind_the_end_private) { catch(); char *p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, file("f", 10), 0); touch("last page", p + PAGE - 1, 'w'); touch("behind", p + PAGE, 'r'); touch("behind, write", p + 2 * PAGE + 77, 'w'); }
CASE(empty_file) { catch(); char *p = mmap(NULL, PAGE, RW, MAP_SHARED, file("f", 0), 0); touch("first byte", p, 'r'); touch("some byte", p + 123, 'w'); }
CASE(cut_while_mapped) { catch(); int fd = file("f", 4 * PAGE); char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0); memset(p, 'x', 4 * PAGE); ftruncate(fd, PAGE + 5); touch("kept", p + PAGE, 'r'); R(p[PAGE + 4]); R(p[PAGE + 5]); touch("cut", p + 2 * PAGE, 'r'); ftruncate(fd, 4 * PAGE); touch("grown again", p + 2 * PAGE, 'r'); R(p[2 * PAGE]); }
CASE(cut_private_copy) { catch(); int fd = file("f", 4 * PAGE); char *p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0); p[2 * PAGE] = 1; ftruncate(fd, PAGE); touch("the copy goes too", p + 2 * PAGE, 'r'); }
CASE(system_call_at_the_end) { catch(); int fd = file("f", 10), out = file("g", 0); char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0); R(write(out, p + PAGE, 1)); R(pread(fd, p + PAGE, 1, 0)); R(write(out, p + PAGE - 2, 4)); R(access(p + PAGE, F_OK)); }
CASE(read_only) { catch(); char *p = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0); touch("before it is there", p + 5, 'w'); touch("read", p + 5, 'r'); touch("write", p + 6, 'w'); char *s = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file("f", PAGE), 0); touch("shared", s + 9, 'w'); }
CASE(no_access) { catch(); char *p = mmap(NULL, PAGE, PROT_NONE, ANON, -1, 0); touch("read", p + 1, 'r'); touch("write", p + 2, 'w'); touch("run", p + 3, 'x'); }
CASE(not_executable) { catch(); char *p = mmap(NULL, PAGE, RW, ANON, -1, 0); touch("untouched", p + 16, 'x'); p[0] = (char)0xc3; touch("run", p, 'x'); mprotect(p, PAGE, PROT_READ | PROT_EXEC); touch("allowed", p, 'x'); mprotect(p, PAGE, PROT_EXEC); touch("execute only", p, 'x'); touch("read it", p, 'r'); }
CASE(nothing_there) { catch(); char *p = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0); munmap(p + PAGE, PAGE); touch("hole", p + PAGE + 44, 'r'); touch("hole, write", p + PAGE, 'w'); touch("into the hole", p + PAGE - 3, 'W'); touch("run the hole", p + PAGE, 'x'); }
CASE(null) { catch(); touch("read", (char *)8, 'r'); touch("write", (char *)16, 'w'); touch("run", (char *)24, 'x'); touch("last page", (char *)0x7ffffffff000, 'r'); }
CASE(not_canonical) { catch(); touch("read", (char *)0x0000800000000000, 'r'); touch("write", (char *)0x7fff000000000000, 'w'); touch("kernel", (char *)0xffff800000000000, 'r'); touch("kernel text", (char *)0xffffffff81000000, 'w'); }
CASE(protected_later) { catch(); char *p = mmap(NULL, PAGE, RW, ANON, -1, 0); p[0] = 7; mprotect(p, PAGE, PROT_READ); touch("write", p, 'w'); mprotect(p, PAGE, PROT_NONE); touch("read", p, 'r'); mprotect(p, PAGE, RW); touch("again", p + 1, 'w'); R(p[0]); }
CASE(default_action) { int st; if (fork() == 0) *(volatile char *)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file("f", 0), 0); wait(&st); R(WTERMSIG(st)); if (fork() == 0) { signal(SIGSEGV, SIG_IGN); *(volatile char *)8 = 1; } wait(&st); R(WTERMSIG(st)); }
CASES
