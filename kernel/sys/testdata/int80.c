#include "t.h"
#include <sys/personality.h>
// INT 0x80 from 64-bit code: the i386 numbers and structures, and what becomes of the registers.

// call is INT 0x80 with all six arguments. i386 numbers: those of asm/unistd_32.h.
static long call(long nr, long a, long b, long c, long d, long e)
{
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
	return r;
}

// C prints the result of a call as the error's name or the number.
#define C(...) do { long r_ = CALL(__VA_ARGS__, 0, 0, 0, 0, 0); if (r_ < 0 && r_ > -4096) printf("%s = -1 %s\n", #__VA_ARGS__, errname(-r_)); else printf("%s = %ld\n", #__VA_ARGS__, r_); } while (0)
#define CALL(nr, a, b, c, d, e, ...) call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

// low is a page that 32 bits can name; where no 32-bit calls are to be had the whole program says so.
static char *low;
static void need(void)
{
	int st;
	pid_t pid = fork();
	if (pid == 0)
		_exit(call(20, 0, 0, 0, 0, 0) != getpid());
	waitpid(pid, &st, 0);
	if (st) {
		puts("no 32-bit system calls here");
		exit(CANNOT);
	}
	low = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}

CASE(numbers)
{
	need();
	printf("%d %d\n", call(20, 0, 0, 0, 0, 0) == getpid(), call(64, 0, 0, 0, 0, 0) == getppid());
	strcpy(low, "from int 0x80\n");
	C(4, 1, low, 14); C(223); C(500); C(511); C(512); C(100000); C(-1); C(0x40000004);
}

CASE(only_eax_counts)
{
	need(); // the upper half of RAX is no part of the number, nor those of the others of the arguments
	printf("%d\n", call(0xdead00000014, 0, 0, 0, 0, 0) == getpid());
	strcpy(low, "x\n");
	C(4, 0x100000001, 0xffffffff00000000 | (long)low, 0x7700000002);
	C(4, 1, 0x7fff00000000, 1);
}

CASE(registers_after)
{
	need();
	long v[16];
	__asm__ volatile("mov $20, %%eax; mov $0x1111111122222222, %%rbx; mov $0x3333333344444444, %%r8; mov $0x5555555566666666, %%r9;"
		"mov $0x77777777, %%r10; mov $0x88888888, %%r11; mov $0x99999999aaaaaaaa, %%rcx; mov $0xbbbbbbbbcccccccc, %%rdx; int $0x80;"
		"mov %%rbx, 0(%0); mov %%rcx, 8(%0); mov %%rdx, 16(%0); mov %%r8, 24(%0); mov %%r9, 32(%0); mov %%r10, 40(%0); mov %%r11, 48(%0)"
		: : "D"(v) : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
	for (int i = 0; i < 7; i++)
		printf("%lx\n", v[i]);
	int st; // a negative answer fills RAX
	printf("%lx\n", call(6, 99, 0, 0, 0, 0));
	(void)st;
}

CASE(mappings_are_low)
{
	need();
	long a = call(192, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	printf("%d\n", a > 0 && a < 1L << 32);
	*(int *)a = 5;
	C(91, a, 4096);
	a = call(192, 0, 1 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	printf("%d\n", a > 0 && a + (1 << 30) < 1L << 32);
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("%d\n", (unsigned long)p >> 32 != 0);
}

CASE(mmap2_takes_pages)
{
	need();
	put("f", "first page"); int fd = open("f", O_RDWR); ftruncate(fd, 8192); pwrite(fd, "second", 6, 4096);
	long r;
	__asm__ volatile("push %%rbp; mov $1, %%ebp; int $0x80; pop %%rbp" : "=a"(r) : "a"(192), "b"(0), "c"(4096), "d"(PROT_READ), "S"(MAP_PRIVATE), "D"(fd) : "memory");
	printf("%s\n", (char *)r);
	unsigned *old = (void *)low; // the mmap of before: all of it in memory, in bytes
	old[0] = 0; old[1] = 4096; old[2] = PROT_READ; old[3] = MAP_PRIVATE; old[4] = fd; old[5] = 4096;
	r = call(90, (long)old, 0, 0, 0, 0); printf("%s\n", (char *)r);
	old[5] = 100; C(90, old);
}

CASE(time_in_32_bits)
{
	need();
	int *v = (int *)low; memset(v, 0x55, 64);
	C(265, CLOCK_MONOTONIC, v); printf("%d %d %x\n", v[0] >= 0, v[1] >= 0 && v[1] < 1000000000, v[2]);
	memset(v, 0x55, 64);
	C(266, CLOCK_MONOTONIC, v); printf("%d %d %x\n", v[0], v[1], v[2]);
	C(78, v, 0); printf("%d\n", v[0] == time(NULL) || v[0] + 1 == time(NULL));
	printf("%d\n", call(13, 0, 0, 0, 0, 0) - time(NULL) <= 1);
	v[0] = 0; v[1] = 1000000; C(162, v, v + 2); v[1] = 1000000000; C(162, v, 0); v[0] = -1; C(162, v, 0);
	v[0] = 0; v[1] = 1000000; C(267, CLOCK_MONOTONIC, 0, v, 0);
	C(265, 99, v); C(265, CLOCK_REALTIME, 8);
}

CASE(time64)
{
	need();
	long *v = (long *)low;
	memset(v, 0x55, 64);
	C(403, CLOCK_MONOTONIC, v); printf("%d %d %lx\n", v[0] >= 0, v[1] >= 0 && v[1] < 1000000000, v[2]);
	v[0] = 0; v[1] = 0xabcd00000000 | 1000000; // the upper half of tv_nsec is padding
	C(407, CLOCK_MONOTONIC, 0, v, 0); C(406, CLOCK_REALTIME, v); printf("%ld %ld\n", v[0], v[1]);
}

CASE(offsets_in_two_registers)
{
	need();
	int fd = open("f", O_RDWR | O_CREAT, 0644); long *res = (long *)low;
	C(140, fd, 1, 5, res, SEEK_SET); printf("%lx\n", *res);
	C(140, fd, -1, -5, res, SEEK_CUR); printf("%lx\n", *res);
	C(140, fd, 0, 0, res, 99); C(140, fd, 0, 0, 8, SEEK_SET);
	C(19, fd, -5, SEEK_END); C(19, fd, 7, SEEK_SET);
	strcpy(low + 64, "hello");
	C(181, fd, low + 64, 5, 0x1000, 1); struct stat st; fstat(fd, &st); printf("%lx\n", (long)st.st_size);
	C(180, fd, low + 128, 9, 0x1002, 1); printf("%.3s\n", low + 128);
	C(194, fd, 3, 1); fstat(fd, &st); printf("%lx\n", (long)st.st_size);
	C(93, fd, 10); C(93, fd, -1); fstat(fd, &st); printf("%lx\n", (long)st.st_size);
	strcpy(low, "f"); C(193, low, 0, 2); stat("f", &st); printf("%lx\n", (long)st.st_size); C(92, low, 4);
}

CASE(stat_in_three_layouts)
{
	need();
	put("f", "12345"); chmod("f", 0640); link("f", "g"); struct stat st; stat("f", &st);
	strcpy(low, "f"); unsigned *s = (unsigned *)(low + 256);
	memset(s, 0x55, 256); C(195, low, s);
	printf("%d %o %d %d %d %d %d %x\n", s[3] == (unsigned)st.st_ino, s[4], s[5], *(long *)((char *)s + 44) == 5, *(long *)((char *)s + 88) == st.st_ino, s[18] == st.st_mtime, s[0] == st.st_dev, s[24]);
	memset(s, 0x55, 256); C(106, low, s);
	printf("%d %o %d %d %d %x\n", s[1] == (unsigned)st.st_ino, s[2] & 0xffff, s[2] >> 16, s[5], s[12] == st.st_ctime, s[16]);
	int fd = open("f", O_RDONLY); memset(s, 0x55, 256); C(197, fd, s); printf("%o\n", s[4]); C(108, fd, s); printf("%o\n", s[2] & 0xffff);
	C(300, AT_FDCWD, low, s, 0); C(195, low, 8); strcpy(low, "none"); C(195, low, s); C(196, low, s); C(107, low, s);
}

CASE(vectors)
{
	need();
	unsigned *v = (unsigned *)low; strcpy(low + 256, "one two\n");
	v[0] = v[2] = (long)low + 256; v[1] = 4; v[2] += 4; v[3] = 4;
	C(146, 1, v, 2); C(146, 1, v, 1025); v[1] = -1; C(146, 1, v, 2); C(146, 1, 8, 1);
	int p[2]; pipe(p); write(p[1], "abcdef", 6); v[0] = (long)low + 512; v[1] = 2; v[2] = (long)low + 520; v[3] = 9;
	C(145, p[0], v, 2); printf("%.2s %.4s\n", low + 512, low + 520);
}

CASE(locks)
{
	need();
	put("f", "0123456789"); int fd = open("f", O_RDWR); short *h = (short *)low; int *i = (int *)low;
	pid_t pid = fork();
	if (pid == 0) {
		struct flock l = { .l_type = F_WRLCK, .l_start = 3, .l_len = 4 };
		fcntl(fd, F_SETLK, &l); pause();
	}
	usleep(20000);
	memset(low, 0, 64); h[0] = F_RDLCK; C(221, fd, F_GETLK, low); printf("%d %d %d %d %d\n", h[0], h[1], i[1], i[2], i[3] == pid);
	memset(low, 0, 64); h[0] = F_RDLCK; C(221, fd, 12, low); printf("%d %d %ld %ld %d\n", h[0], h[1], *(long *)(low + 4), *(long *)(low + 12), i[5] == pid);
	memset(low, 0, 64); h[0] = F_WRLCK; i[2] = 5; C(55, fd, F_SETLK, low); h[0] = F_RDLCK; i[2] = 2; C(55, fd, F_SETLK, low);
	C(221, fd, 13, low); C(221, fd, F_GETFL); C(221, fd, 99);
	kill(pid, SIGKILL); waitpid(pid, NULL, 0);
}

CASE(waiting)
{
	need();
	int *st = (int *)low; long *ru = (long *)(low + 256);
	if (call(2, 0, 0, 0, 0, 0) == 0)
		call(1, 7, 0, 0, 0, 0);
	printf("%d", call(7, -1, (long)st, 0, 0, 0) > 0); status("", *st);
	if (call(2, 0, 0, 0, 0, 0) == 0)
		call(252, 8, 0, 0, 0, 0);
	memset(ru, 0x55, 256); printf("%d", call(114, -1, (long)st, 0, (long)ru, 0) > 0); status("", *st); printf("%lx\n", ru[9]);
	pid_t pid = call(2, 0, 0, 0, 0, 0);
	if (pid == 0)
		call(1, 9, 0, 0, 0, 0);
	memset(low, 0x55, 512); C(284, P_PID, pid, low, WEXITED, 0); int *i = (int *)low;
	printf("%d %d %d %d %d\n", i[0], i[2], i[3] == pid, i[4], i[5]); C(7, -1, st, 0); C(284, P_ALL, 0, low, WEXITED, 0);
}

CASE(resource_limits)
{
	need();
	unsigned *r = (unsigned *)low;
	struct rlimit l = { 1000, RLIM_INFINITY }; setrlimit(RLIMIT_CORE, &l);
	C(191, RLIMIT_CORE, r); printf("%x %x\n", r[0], r[1]); C(76, RLIMIT_CORE, r); printf("%x %x\n", r[0], r[1]);
	r[0] = 50; r[1] = -1; C(75, RLIMIT_CORE, r); getrlimit(RLIMIT_CORE, &l); printf("%lx %lx\n", (long)l.rlim_cur, (long)l.rlim_max);
	l.rlim_cur = 5L << 32; setrlimit(RLIMIT_CORE, &l); C(191, RLIMIT_CORE, r); printf("%x\n", r[0]); C(191, 99, r);
}

CASE(users_in_16_bits)
{
	need();
	unsigned short *u = (unsigned short *)low; memset(u, 0x55, 64);
	put("f", ""); strcpy(low + 64, "f"); struct stat st;
	C(182, low + 64, 5, -1); stat("f", &st); printf("%d %d\n", st.st_uid, st.st_gid == getgid());
	chown("f", 70000, 6); C(106, low + 64, low + 128); printf("%d %d\n", ((unsigned short *)(low + 128))[6], ((unsigned short *)(low + 128))[7]);
	u[0] = 7; u[1] = 3; C(81, 2, u); int g[4]; printf("%d %d %d\n", getgroups(4, g), g[0], g[1]); u[0] = u[1] = 9; C(80, 2, u); printf("%d %d\n", u[0], u[1]); C(80, 1, u);
	C(164, -1, 1000, -1); C(165, u, u + 1, u + 2); printf("%d %d %d %x\n", u[0], u[1], u[2], u[3]); C(24); C(49); C(23, 5);
}

CASE(select_takes_longs_of_4)
{
	need();
	int p[2], q[2]; pipe(p); pipe(q); write(p[1], "x", 1); unsigned *s = (unsigned *)low; int *tv = (int *)(low + 64);
	dup2(p[0], 33); dup2(q[0], 34);
	memset(low, 0x55, 128); s[0] = 0; s[1] = 6; tv[0] = 0; tv[1] = 0;
	C(142, 35, s, 0, 0, tv); printf("%x %x %x\n", s[0], s[1], s[2]);
	s[1] = 4; tv[1] = 10000; C(142, 35, s, 0, 0, tv); printf("%x %x %d %d\n", s[0], s[1], tv[0], tv[1]);
	s[1] = 2; unsigned *a = (unsigned *)(low + 128); a[0] = 35; a[1] = (long)s; a[2] = a[3] = 0; a[4] = (long)tv; tv[1] = 0; C(82, a); C(142, -1, s, 0, 0, tv);
	struct pollfd f = { 33, POLLIN }; memcpy(low, &f, sizeof f); C(168, low, 1, 0);
}

CASE(directories)
{
	need();
	put("a", ""); put("bcd", ""); mkdir("e", 0755); int fd = open(".", O_RDONLY);
	long n = call(141, fd, (long)low, 4096, 0, 0); int seen = 0;
	for (long at = 0; at < n; at += *(unsigned short *)(low + at + 8)) {
		char *name = low + at + 10; int len = *(unsigned short *)(low + at + 8);
		if (name[0] != '.') seen += (name[0] - 'a' + 1) * 100 + low[at + len - 1] * (len == ((10 + (int)strlen(name) + 2 + 3) & ~3));
	}
	printf("%d\n", seen); C(141, fd, low, 4096); lseek(fd, 0, SEEK_SET); C(141, fd, low, 4); C(141, 1, low, 4096); C(220, fd, low + 1000, 4096); C(141, fd, low, 0);
}

CASE(names_of_the_system)
{
	need();
	struct utsname u; uname(&u); C(122, low); printf("%d %d\n", strcmp(low, u.sysname), strcmp(low + 260, u.machine));
	C(109, low); printf("%d %d\n", strcmp(low, u.sysname), strcmp(low + 130, u.release)); C(59, low); printf("%d %d\n", strncmp(low, u.sysname, 8), (int)strlen(low + 9) == 8);
	personality(PER_LINUX32); C(122, low); puts(low + 260); uname(&u); puts(u.machine); C(136, 0);
}

static volatile int cs, got, code;
static void *gotaddr;
CASE(a_handler_runs_as_32_bit_code)
{
	need(); // sigaction by INT 0x80 gives the frame and the code segment of i386
	unsigned char *h = (unsigned char *)low + 0x800;
	mprotect((void *)((long)low & ~4095), 65536, PROT_READ | PROT_WRITE | PROT_EXEC);
	// mov cs, eax; mov eax, low+0x400; mov 4(esp), eax; mov eax, low+0x404; ret
	unsigned char text[] = { 0x8c, 0xc8, 0xa3, 0, 0, 0, 0, 0x8b, 0x44, 0x24, 0x04, 0xa3, 0, 0, 0, 0, 0xc3 };
	*(unsigned *)(text + 3) = (unsigned)(long)low + 0x400; *(unsigned *)(text + 12) = (unsigned)(long)low + 0x404; memcpy(h, text, sizeof text);
	unsigned *sa = (unsigned *)low; int *res = (int *)(low + 0x400);
	memset(sa, 0, 64); sa[0] = (long)h; C(174, SIGUSR1, sa, 0, 8);
	stack_t ss = { .ss_sp = low + 0x2000, .ss_size = 0x4000 }; sigaltstack(&ss, NULL); // the stack of this program is not low
	sa[1] = SA_ONSTACK; C(174, SIGUSR1, sa, low + 64, 8); printf("%x %x\n", *(unsigned *)(low + 64) == (unsigned)(long)h, ((unsigned *)low)[17]);
	struct sigaction old; sigaction(SIGUSR1, NULL, &old); printf("%x\n", old.sa_flags & SA_ONSTACK);
	memset(sa, 0, 64); sa[0] = (long)h; sa[2] = SA_ONSTACK; C(67, SIGUSR2, sa, 0);
	(void)res;
}

CASE(socketcall)
{
	need();
	unsigned *a = (unsigned *)low; int *sv = (int *)(low + 64);
	a[0] = 1; a[1] = 1; a[2] = 0; a[3] = (long)sv; C(102, 8, a);
	strcpy(low + 128, "words"); a[0] = sv[0]; a[1] = (long)low + 128; a[2] = 5; a[3] = 0; C(102, 9, a);
	a[0] = sv[1]; a[1] = (long)low + 256; a[2] = 9; C(102, 10, a); puts(low + 256);
	a[0] = 2; a[1] = 99; a[2] = 0; C(102, 1, a); C(102, 0, a); C(102, 21, a); C(102, 1, 8); a[0] = 99; C(102, 13, a);
	C(359, 1, 1, 0); C(360, 1, 1, 0, sv); C(369, sv[0], low + 128, 3, 0, 0); C(371, sv[1], low + 256, 9, 0, 0);
}

CASE(thread_areas)
{
	need();
	unsigned *d = (unsigned *)low; d[0] = -1; d[1] = (long)low + 0x100; d[2] = 0xfffff; d[3] = 0x51; *(int *)(low + 0x100) = 4711;
	C(243, d); printf("%d\n", d[0]); unsigned v, sel = d[0] * 8 + 3;
	__asm__ volatile("push %%rbx; mov %%fs, %%ebx; mov %1, %%fs; mov %%fs:0, %0; mov %%ebx, %%fs; pop %%rbx" : "=&r"(v) : "r"(sel) : "rbx", "memory");
	memset(d + 1, 0, 12); C(244, d); printf("%d %x %x\n", d[1] == (unsigned)(long)low + 0x100, d[2], d[3]);
	d[0] = -1; C(243, d); d[0] = -1; C(243, d); d[0] = -1; C(243, d); d[0] = 5; C(243, d); C(244, d); d[0] = 13; d[3] = 0x50; C(243, d); d[3] = 0x55; C(243, d); C(243, 8);
}

CASE(descriptors_and_bits)
{
	need();
	int *p = (int *)low; C(42, p); C(331, p, 99); C(55, p[0], F_GETFD); C(41, 99); C(6, 99);
	strcpy(low, "none"); C(5, low, O_RDONLY); C(295, AT_FDCWD, low, O_RDONLY); C(33, low, 0); C(85, low, low, 9); C(34, 100); C(96, 0, 0); C(97, 0, 0, 5); C(96, 0, 0);
	C(60, 077); C(60, 022); C(158); C(384, 0x1002, 0); C(240, low, 1, 1); C(102, 99, 0);
}

CASES
