// page faults: demand paging, copy on write, what mappings share, and the signals of refused accesses
#include "t.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile int armed;
static volatile int signo, code;
static char *volatile where;

static void caught(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if (!armed)
		_exit(97);
	armed = 0;
	signo = sig;
	code = si->si_code;
	where = si->si_addr;
	siglongjmp(back, 1);
}

#define RD 0
#define WR 1
#define EX 2

// try touches a byte and says which signal that earned.
static void try(const char *what, volatile char *p, int how)
{
	if (sigsetjmp(back, 1)) {
		printf("%s: signal %d code %d at %s\n", what, signo, code, where == (char *)p ? "the address" : "another address");
		return;
	}
	armed = 1;
	if (how == RD)
		(void)*p;
	else if (how == WR)
		*p = 1;
	else
		((void (*)(void))(uintptr_t)p)();
	armed = 0;
	printf("%s: fine\n", what);
}

static int deep(int n)
{
	volatile char pad[4000];
	pad[0] = n;
	return n ? deep(n - 1) + pad[0] - n : 0;
}

static void wait_child(const char *what)
{
	int st;
	wait(&st);
	status(what, st);
}

static void setup(void)
{
	static char alt[32768];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt };
	sigaltstack(&ss, 0);
	struct sigaction sa = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	sigaction(SIGSEGV, &sa, 0);
	sigaction(SIGBUS, &sa, 0);
}

CASE(accesses_that_are_refused)
{
	setup();
	char *ro = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *none = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *rw = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	try("null read", 0, RD);
	try("null write", (char *)8, WR);
	try("null call", (char *)16, EX);
	try("read-only read", ro, RD);
	try("read-only write", ro, WR);
	try("no access", none, RD);
	try("no access write", none, WR);
	try("written", rw, WR);
	try("not executable", rw, EX);
	try("text write", (char *)(uintptr_t)try, WR);
	try("kernel read", (char *)0xffff888000000000, RD);
	try("non-canonical", (char *)0x8000000000000000, RD);
	munmap(rw + 4096, 4096);
	try("unmapped", rw + 4096, RD);
	try("last byte", rw + 4095, RD);
	R(mprotect(rw, 4096, PROT_READ));
	try("made read-only", rw, WR);
	R(mprotect(rw, 4096, PROT_NONE));
	try("made inaccessible", rw, RD);
	R(mprotect(rw, 4096, PROT_READ | PROT_WRITE));
	printf("kept %d\n", rw[0]);
	try("made writable", rw, WR);
}

CASE(mappings_of_a_file)
{
	setup();
	int fd = open("file", O_RDWR | O_CREAT, 0644);
	for (int i = 0; i < 600; i++)
		if (write(fd, "0123456789", 10) != 10)
			exit(98);
	char *p = mmap(0, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *s = mmap(0, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *second = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	printf("%.4s %.4s %.4s\n", p, s, second);
	p[1] = 'P';
	s[2] = 'S';
	s[4096] = 'T';
	printf("private %.4s shared %.4s second %.4s\n", p, s, second);
	char buf[8] = { 0 };
	R(pread(fd, buf, 4, 0));
	printf("read %s\n", buf);
	R(pwrite(fd, "W", 1, 3));
	printf("private %.4s shared %.4s\n", p, s);
	printf("after the end: %d %d\n", s[6000], p[8191]);
	try("past the file's last page", s + 8192, RD);
	try("past the file's last page, private", p + 8192, WR);
	R(ftruncate(fd, 10000));
	try("the file has grown", s + 8192, WR);
	R(ftruncate(fd, 100));
	try("the file has shrunk", s + 4096, RD);
	R(msync(s, 4096, MS_SYNC));
	R(munmap(s, 12288));
	R(pread(fd, buf, 6, 0));
	printf("file %s\n", buf);
	close(fd);
	fd = open("file", O_RDONLY);
	R(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	char *q = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
	R(mprotect(q, 4096, PROT_READ | PROT_WRITE));
	close(fd);
	printf("still %.4s\n", q);
}

static int data = 5;

CASE(what_children_share)
{
	setup();
	int *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int *wiped = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int *gone = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*s = *p = *wiped = *gone = 1;
	R(madvise(wiped, 4096, MADV_WIPEONFORK));
	R(madvise(gone, 4096, MADV_DONTFORK));
	if (fork() == 0) {
		data = 6;
		*s = 2;
		*p = 3;
		printf("child: %d %d %d %d\n", data, *s, *p, *wiped);
		try("not inherited", (char *)gone, RD);
		if (fork() == 0) {
			*p = 4;
			*s += 10;
			printf("grandchild: %d %d\n", *p, *s);
			exit(1);
		}
		wait_child("grandchild");
		printf("child: %d %d\n", *p, *s);
		exit(2);
	}
	wait_child("child");
	printf("parent: %d %d %d %d %d\n", data, *s, *p, *wiped, *gone);
	if (fork() == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)0 = 1;
	}
	wait_child("writes to null");
}

CASE(mremap_and_brk)
{
	setup();
	char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p[0] = 'a';
	p[4096] = 'b';
	char *big = mremap(p, 8192, 1 << 20, MREMAP_MAYMOVE);
	printf("%c %c %d\n", big[0], big[4096], big[8192]);
	big[(1 << 20) - 1] = 'z';
	R(mremap(big, 1 << 20, 4096, 0) == big);
	try("cut off", big + 4096, RD);
	R(madvise(big, 4096, MADV_DONTNEED));
	printf("%d\n", big[0]);
	char *brk0 = (char *)syscall(SYS_brk, 0);
	R(syscall(SYS_brk, brk0 + 10000) - (long)brk0);
	memset(brk0, 'x', 10000);
	R(syscall(SYS_brk, brk0) - (long)brk0);
	R(syscall(SYS_brk, brk0 + 10000) - (long)brk0);
	printf("%d\n", brk0[9000]);
	R(syscall(SYS_brk, brk0 - 1000000) - (long)brk0);
	R(syscall(SYS_brk, 0x7ffffffff000) - (long)brk0);
}

CASE(stack_until_it_ends)
{
	setup();
	printf("1 MB of stack: %d\n", deep(250));
	if (sigsetjmp(back, 1))
		printf("stack overflow: signal %d code %d\n", signo, code);
	else {
		armed = 1;
		printf("%d\n", deep(4000));
	}
}

CASE(buffers_that_cannot_be)
{
	put("file", "text");
	R(read(open("file", O_RDONLY), (char *)8, 4));
	R(write(1, (char *)0xffff800000000000, 4));
}

CASES
