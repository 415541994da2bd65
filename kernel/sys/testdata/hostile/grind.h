// grind.h: random arguments for system calls, of the kind that they want and of any other.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 16, PAGE = 4096, AREA = PAGES * PAGE };

static char *const area = (char *)0x10000000; // where INT 0x80 can name it too; the page after it is not there
extern uint64_t seed, results[8];             // results are of earlier calls: descriptors, addresses, processes
extern int left;

// struct arg is what a call wants: a letter for the kind, the name of the structure or set, and the set's values.
struct arg {
	char kind, one;
	const char *set;
	const uint64_t *values;
	int n;
};
struct call {
	int nr, n;
	struct arg args[6];
};

static uint64_t rnd(void)
{
	seed += 0x9e3779b97f4a7c15;
	uint64_t z = seed;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return rnd() % n; }

static const char *const paths[] = {
	"a", "b", "c", "d", "d/e", "d/e/f", "l", "pipe", "sock", "big", "script", "broken", ".", "..", "/", "", "/dev/null", "/dev/zero", "/dev/full",
	"/dev/tty", "/dev/urandom", "/dev/console", "/dev/sda", "/proc", "/proc/self", "/proc/self/maps", "/proc/self/smaps", "/proc/self/fd",
	"/proc/self/fd/3", "/proc/self/fd/7", "/proc/self/exe", "/proc/self/stat", "/proc/self/status", "/proc/self/mem", "/proc/self/cwd",
	"/proc/self/pagemap", "/proc/self/task", "/proc/self/fdinfo/5", "/proc/meminfo", "/proc/stat", "/proc/self/environ", "/proc/self/cmdline",
	"/proc/1/maps", "/proc/mounts", "/proc/swaps", "/proc/locks", "/proc/sys/kernel", "/proc/sys/fs/binfmt_misc", "/proc/sys/fs/binfmt_misc/register",
	"/proc/self/oom_score_adj", "/proc/self/comm", "/proc/sys/kernel/hostname", "/sys", "/bin/grind", "/bin/grind/x", "/tmp", "/nowhere/at/all",
	"d/../d/./e//", "/dev/ptmx", "/dev/pts", "/dev/pts/0", "/dev/shm/x", "user.a", "ext2", "tmpfs", "proc", "devfs", "devpts", "sysfs",
};

static uint64_t path(void) { return (uint64_t)paths[below(sizeof paths / sizeof *paths)]; }

static uint64_t good(void) { return (uint64_t)area + 5 * PAGE + (below(10 * PAGE) & ~7); }

static uint64_t pointer(void)
{
	switch (below(24)) {
	case 0: return 0;
	case 1: return (uint64_t)area + AREA - below(64);          // runs into nothing
	case 2: return (uint64_t)area + AREA + below(PAGE);        // nothing
	case 3: return (uint64_t)area + 2 * PAGE + below(PAGE);    // read only
	case 4: return (uint64_t)area + 2 * PAGE - below(32);      // runs into read only
	case 5: return (uint64_t)area + 4 * PAGE - below(300);     // runs into no access
	case 6: return 0xffff888000000000 + below(1 << 24);        // the kernel's
	case 7: return 0x7fffffffe000 + below(0x4000);             // the border
	case 8: return rnd();
	case 9: return (uint64_t)&left - below(128);
	default: return below(3) ? good() : good() + below(8);
	}
}

static uint64_t number(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 7, 8, 9, 16, 31, 32, 63, 64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 4097, 8192, 65535, 65536,
		1 << 20, 1 << 24, 0x7ffff000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, 0x7fffffffffff, 0x800000000000,
		0x7ffffffffffffff0, 0x7fffffffffffffff, 0x8000000000000000, -4096ul, -512ul, -100ul, -3ul, -2ul, -1ul,
	};
	switch (below(8)) {
	case 0: return rnd();
	case 1: return rnd() & rnd() & rnd();              // some flags
	case 2: return 1ul << below(64);
	case 3: return 1ul << below(32) | 1ul << below(32);
	case 4: case 5: return below(40);
	default: return edges[below(sizeof edges / sizeof *edges)];
	}
}

// anything is an argument for whatever.
static uint64_t anything(void)
{
	switch (below(9)) {
	case 0: case 1: return pointer();
	case 2: return path();
	case 3: return below(12);                          // descriptors
	case 8: return results[below(8)];
	case 4: return (uint64_t)area + PAGE * below(PAGES);
	default: return number();
	}
}

// dress fills a part of the area with things that could be a structure.
static void dress(void)
{
	uint64_t *p = (uint64_t *)(area + 5 * PAGE + (below(10 * PAGE) & ~7));
	for (int i = below(24); i >= 0 && (char *)(p + 1) <= area + 15 * PAGE; i--)
		*p++ = below(2) ? anything() : below(2) ? below(64) << 32 | below(64) : 0;
}

static uint64_t descriptor(void)
{
	switch (below(12)) {
	case 0: return results[below(8)];
	case 1: return number();
	case 2: return below(3);
	default: return 3 + below(32);
	}
}

static uint64_t size(void)
{
	switch (below(6)) {
	case 0: return number();
	case 1: return below(PAGE * 10);
	case 2: return PAGE * below(20);
	default: return below(200);
	}
}

static uint64_t flags(const struct arg *a)
{
	if (a->n == 0 || below(12) == 0)
		return number();
	if (a->one)
		return a->values[below(a->n)];
	uint64_t v = 0;
	for (int i = below(4); i > 0; i--)
		v |= a->values[below(a->n)];
	return v;
}

static void iovec(struct iovec *v, int n)
{
	for (int i = 0; i < n; i++)
		v[i] = (struct iovec){ (void *)pointer(), size() };
}

static uint64_t nanoseconds(void) { return below(4) ? below(3000000) : number(); }

static void message(char *p)
{
	struct msghdr *m = (struct msghdr *)p;
	struct iovec *v = (struct iovec *)(p + 128);
	struct cmsghdr *c = (struct cmsghdr *)(p + 256);
	iovec(v, 8);
	*c = (struct cmsghdr){ .cmsg_len = below(4) ? CMSG_LEN(8) : number(), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	((int *)CMSG_DATA(c))[0] = descriptor(), ((int *)CMSG_DATA(c))[1] = descriptor();
	*m = (struct msghdr){ .msg_iov = v, .msg_iovlen = below(8), .msg_control = below(3) ? c : 0, .msg_controllen = below(3) ? CMSG_SPACE(8) : number() };
}

// structure makes the structure called name, or leaves what is there.
static uint64_t structure(const char *name)
{
	char *p = (char *)area + 5 * PAGE + (below(9 * PAGE) & ~7);
	uint64_t *w = (uint64_t *)p;
	const char *what = strchr(name, ':') ? strchr(name, ':') + 1 : name;
	if (!strcmp(what, "timespec") || !strcmp(what, "times"))
		w[0] = below(4) ? 0 : number(), w[1] = nanoseconds(), w[2] = number(), w[3] = nanoseconds();
	else if (!strcmp(what, "itimerspec") || !strcmp(what, "itimer"))
		w[0] = 0, w[1] = nanoseconds(), w[2] = below(4) ? 0 : number(), w[3] = nanoseconds();
	else if (!strcmp(what, "sigset"))
		w[0] = rnd() & rnd();
	else if (!strcmp(what, "iov"))
		iovec((struct iovec *)p, 8);
	else if (!strcmp(what, "msghdr"))
		message(p);
	else if (!strcmp(what, "pollfds"))
		for (int i = 0; i < 16; i++)
			w[i] = (uint32_t)descriptor() | below(0x4000) << 32;
	else if (!strcmp(what, "epoll_event"))
		w[0] = 1ul << below(32) | below(64), w[1] = rnd();
	else if (!strcmp(what, "sigaction"))
		w[0] = below(2), w[1] = number(), w[2] = 0, w[3] = rnd() & rnd();
	else if (!strcmp(what, "sockaddr"))
		w[0] = AF_UNIX | (below(2) ? 'k' << 24 | 's' << 16 : number() << 16), w[1] = 0;
	else if (!strcmp(what, "rlimit"))
		w[0] = number(), w[1] = below(2) ? -1ul : number();
	return (uint64_t)p;
}

static uint64_t wordList(void)
{
	char **v = (char **)good();
	if ((char *)(v + 8) > area + 15 * PAGE)
		return pointer();
	for (int i = 0; i < 7; i++)
		v[i] = (char *)path();
	v[below(8)] = 0;
	return (uint64_t)v;
}

// wanted is an argument of the kind that the call expects.
static uint64_t wanted(const struct arg *a)
{
	switch (a->kind) {
	case 'f': return descriptor();
	case 'd': return below(2) ? (uint64_t)AT_FDCWD : descriptor();
	case 'p': case 's': return path();
	case 'o': return rnd() & 07777;
	case 'b': return below(2) ? good() : pointer();
	case '*': return below(4) ? structure(a->set) : pointer();
	case 'F': return flags(a);
	case 'S': return below(70);
	case 'P': return below(3) ? (uint64_t)(getpid() + below(4)) : below(2) ? results[below(8)] : 0;
	case 'A': return wordList();
	case 'u': return size();
	default: return below(2) ? below(20) : number();
	}
}

// openAll gives a child a descriptor of every sort.
static void openAll(void)
{
	int p[2];
	open("a", O_RDWR), open("d", O_RDONLY), open("big", O_RDWR), open("/dev/zero", O_RDWR), open("/proc/self/mem", O_RDWR);
	open("pipe", O_RDWR | O_NONBLOCK), open("/dev/ptmx", O_RDWR | O_NOCTTY), open("/proc", O_RDONLY), open("/dev/null", O_PATH);
	pipe(p), pipe2(p, O_NONBLOCK);
	socketpair(AF_UNIX, SOCK_STREAM, 0, p), socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p), socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_un sun = { AF_UNIX, "sk" };
	unlink("sk"), bind(s, (void *)&sun, sizeof sun), listen(s, 4);
	struct epoll_event ev = { EPOLLIN, { .fd = s } };
	int ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev);
	eventfd(3, EFD_NONBLOCK), timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	sigset_t set;
	sigfillset(&set);
	signalfd(-1, &set, SFD_NONBLOCK);
	inotify_add_watch(inotify_init1(IN_NONBLOCK), ".", IN_ALL_EVENTS);
	ftruncate(memfd_create("m", MFD_ALLOW_SEALING), 3 * PAGE + 100);
	open("/dev/tty", O_RDWR | O_NOCTTY), open("/tmp", O_RDWR | O_TMPFILE, 0600);
}

static void put(const char *name, const void *data, size_t n)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_NONBLOCK, 0777); // it may be a pipe by now
	if (fd >= 0 && write(fd, data, n) < 0)
		perror(name);
	close(fd);
}

// furnish puts one of everything where the children work.
static void furnish(void)
{
	static char big[200000];
	mkdir("/tmp", 0777), mkdir("/tmp/grind", 0777);
	while (umount2("/tmp/grind/d", MNT_DETACH) == 0 || umount2("/tmp/grind", MNT_DETACH) == 0 || umount2("/tmp", MNT_DETACH) == 0)
		;
	if (chdir("/tmp/grind") < 0)
		chdir("/");
	mkdir("d", 0777), mkdir("d/e", 0777);
	symlink("d/e/f", "l");
	mkfifo("pipe", 0666);
	put("a", paths, sizeof paths), put("b", paths, sizeof paths), put("d/e/f", paths, sizeof paths);
	put("big", big, sizeof big);
	put("script", "#!/bin/grind 1 0\n", 17);
	put("broken", "\x7f" "ELF\2\1\1", 16);
	chdir("/");
}
