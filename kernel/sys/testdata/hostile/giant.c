// giant: system calls with the largest numbers that they take. Nothing is expected of them but that they come to an end,
// each in a child of its own, and that whoever else wants to run can.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 0x7ffff000 };
static const size_t TERA = 1ul << 40;
static char buf[1 << 16];

static void *reserve(size_t n, int prot, int flags)
{
	void *p = mmap(0, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
	return p == MAP_FAILED ? 0 : p;
}

static void read_zero(void) { read(open("/dev/zero", O_RDONLY), reserve(MOST, 3, 0), MOST); }
static void read_random(void) { read(open("/dev/urandom", O_RDONLY), reserve(MOST, 3, 0), MOST); }
static void get_random(void) { syscall(SYS_getrandom, reserve(MOST, 3, 0), MOST, 0); }
static void write_null(void) { write(open("/dev/null", O_WRONLY), reserve(MOST, 1, 0), MOST); }
static void write_file(void) { write(open("/root/large", O_WRONLY | O_CREAT, 0600), reserve(MOST, 1, 0), MOST); }

static void read_vector(void)
{
	static struct iovec v[1024];
	char *p = reserve(1l << 30, 3, 0);
	for (int i = 0; i < 1024; i++)
		v[i] = (struct iovec){ p, 2 << 20 };
	readv(open("/dev/zero", O_RDONLY), v, 1024);
	writev(open("/dev/null", O_WRONLY), v, 1024);
}

static void send_file(void)
{
	int sparse = open("/root/sparse", O_RDWR | O_CREAT, 0600), null = open("/dev/null", O_WRONLY);
	ftruncate(sparse, 1l << 34);
	sendfile(null, sparse, 0, MOST);
	sendfile(null, open("/dev/zero", O_RDONLY), 0, MOST);
}

static void copy_range(void)
{
	int a = open("/root/sparse", O_RDWR | O_CREAT, 0600), b = open("/root/copy", O_RDWR | O_CREAT, 0600);
	ftruncate(a, 1l << 34);
	syscall(SYS_copy_file_range, a, 0, b, 0, 1l << 34, 0);
}

static void splice_zero(void)
{
	int p[2];
	pipe(p);
	if (fork() == 0)
		for (;;)
			if (splice(p[0], 0, open("/dev/null", O_WRONLY), 0, MOST, 0) <= 0)
				_exit(0);
	close(p[0]);
	splice(open("/dev/zero", O_RDONLY), 0, p[1], 0, 1 << 26, 0);
	syscall(SYS_vmsplice, p[1], &(struct iovec){ buf, sizeof buf }, 1, 0);
}

static void populate(void) { reserve(1l << 45, 3, MAP_POPULATE); }
static void populate_read(void) { char *p = reserve(1l << 46, 1, 0); madvise(p, 1l << 46, 22); madvise(p, 1l << 46, 23); }
static void lock(void) { char *p = reserve(1l << 45, 3, 0); mlock(p, 1l << 45); mlockall(3); }

static void spread(void) // a page here and there, far apart
{
	char *p = reserve(1l << 45, 3, 0);
	for (long i = 0; i < 1l << 45; i += 1l << 38)
		p[i] = 1;
	mprotect(p, 1l << 45, 1), madvise(p, 1l << 45, MADV_COLD), msync(p, 1l << 45, MS_SYNC);
	if (fork() == 0)
		_exit(0);
	wait(0);
	mremap(p, 1l << 45, 1l << 45, MREMAP_MAYMOVE | MREMAP_FIXED, p + (1l << 45));
	mremap(p + (1l << 45), 1l << 45, 1l << 46, MREMAP_MAYMOVE);
	munmap(p, 1l << 46);
}

static void in_core(void)
{
	char *p = reserve(1l << 42, 1, 0), *vec = reserve(1l << 30, 3, 0);
	mincore(p, 1l << 42, (unsigned char *)vec);
}

static void page_map(void)
{
	char *p = reserve(1l << 45, 3, 0);
	p[1l << 44] = 1;
	pread(open("/proc/self/pagemap", O_RDONLY), reserve(1l << 30, 3, 0), 1l << 30, (long)p >> 9);
	int fd = open("/proc/self/smaps", O_RDONLY);
	while (read(fd, buf, sizeof buf) > 0)
		;
	pread(open("/proc/self/mem", O_RDWR), reserve(MOST, 3, 0), MOST, (long)p);
}

static void shared(void)
{
	size_t n = TERA;
	char *p = MAP_FAILED;
	for (; n >= 4096 && p == MAP_FAILED; n /= 2)
		p = mmap(0, n, 3, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	p[2 * n - 1] = 1;
	int fd = syscall(SYS_memfd_create, "m", 0);
	ftruncate(fd, TERA * 64);
	pwrite(fd, "x", 1, TERA * 32);
	lseek(fd, 0, SEEK_DATA), lseek(fd, TERA * 32, SEEK_HOLE);
	ftruncate(fd, 1);
	ftruncate(fd, 0x7fffffffffffffff);
}

static void holes(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	ftruncate(fd, TERA);
	pwrite(fd, "x", 1, TERA - 2);
	for (long at = 1; at < 1l << 40; at *= 2)
		pwrite(fd, "x", 1, at);
	lseek(fd, 0, SEEK_DATA), lseek(fd, 1l << 30, SEEK_DATA), lseek(fd, 0, SEEK_HOLE);
	fallocate(fd, 0, 0, TERA / 2);
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, TERA);
	fallocate(fd, FALLOC_FL_KEEP_SIZE, 1l << 30, 0x7fffffffffffffff - (1l << 30));
	fallocate(fd, 0x10, 0, TERA), fallocate(fd, 8, 0, 1l << 39);
	posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED), readahead(fd, 0, TERA);
	syscall(SYS_sync_file_range, fd, 0, 0, 7);
	char *p = mmap(0, TERA, 3, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p != MAP_FAILED)
		p[TERA / 4] = 1, msync(p, TERA, MS_SYNC), madvise(p, TERA, MADV_REMOVE), munmap(p, TERA);
	fsync(fd);
	ftruncate(fd, 5);
	close(fd);
	unlink(file);
}
static void holes_disk(void) { holes("/root/holes"); }
static void holes_memory(void) { holes("/dev/shm/holes"), holes("/dev/holes"); }

static void many_files(void)
{
	struct rlimit r = { 4096, 4096 };
	setrlimit(RLIMIT_NOFILE, &r);
	static struct pollfd set[4096];
	int ep = epoll_create1(0), p[2];
	for (int i = 0; i < 2000 && pipe(p) == 0; i++) {
		struct epoll_event ev = { EPOLLIN | EPOLLOUT, { .fd = i } };
		epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev), epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &ev);
	}
	for (int i = 0; i < 4096; i++)
		set[i] = (struct pollfd){ .fd = i, .events = 0x7fff };
	poll(set, 4096, 0);
	struct timeval tv = { 0, 0 };
	syscall(SYS_select, 0x7fffffff, reserve(1 << 28, 3, 0), 0, 0, &tv);
	syscall(SYS_epoll_wait, ep, reserve(1 << 30, 3, 0), 1 << 26, 0);
	syscall(SYS_close_range, 3, ~0u, 0);
}

static void messages(void)
{
	int s[2];
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s);
	struct mmsghdr *v = reserve(1ul << 32, 3, 0);
	syscall(SYS_sendmmsg, s[0], v, 0x7fffffff, 0);
	syscall(SYS_recvmmsg, s[1], v, 0x7fffffff, 0, 0);
	struct iovec io = { reserve(MOST, 1, 0), MOST };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = reserve(MOST, 1, 0), .msg_controllen = MOST };
	sendmsg(s[0], &m, 0);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s);
	write(s[0], io.iov_base, MOST);
	int big = 0x7fffffff;
	setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &big, 4);
	write(s[0], io.iov_base, MOST);
}

static void lists(void)
{
	setgroups(65536, (gid_t *)reserve(65536 * 4, 1, 0));
	syscall(SYS_sched_setaffinity, 0, 1 << 30, reserve(1 << 30, 3, 0));
	syscall(SYS_sched_getaffinity, 0, 1 << 30, reserve(1 << 30, 3, 0));
	char **v = reserve(1 << 30, 3, 0);
	for (int i = 0; i < 100000; i++)
		v[i] = "x";
	execve("/bin/giant", v, v);
	syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, reserve(MOST, 1, 0));
	syscall(SYS_setxattr, "/root", "user.x", reserve(MOST, 1, 0), 65536, 0);
	syscall(SYS_sethostname, reserve(MOST, 1, 0), MOST);
	syscall(SYS_getdents64, open("/proc", O_RDONLY), reserve(MOST, 3, 0), MOST);
	syscall(SYS_write, open("/proc/sys/fs/binfmt_misc/register", O_WRONLY), reserve(MOST, 1, 0), MOST);
	syscall(SYS_write, open("/proc/self/oom_score_adj", O_WRONLY), reserve(MOST, 1, 0), MOST);
	int p[2];
	pipe(p);
	fcntl(p[0], F_SETPIPE_SZ, 0x7fffffff), fcntl(p[0], F_SETPIPE_SZ, 1 << 20);
	write(p[1], reserve(1 << 20, 1, 0), 1 << 20);
}

static void quick_timers(void)
{
	struct itimerspec often = { { 0, 1 }, { 0, 1 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	timerfd_settime(fd, 0, &often, 0);
	struct timespec ms = { 0, 5000000 };
	nanosleep(&ms, 0);
	uint64_t n;
	read(fd, &n, 8);
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	timer_t t;
	for (int i = 0; i < 200; i++)
		if (timer_create(CLOCK_MONOTONIC, &none, &t) == 0)
			timer_settime(t, 0, &often, 0);
	nanosleep(&ms, 0);
	struct itimerval it = { { 0, 1 }, { 0, 1 } };
	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &it, 0);
	nanosleep(&ms, 0);
}

static void kills(void)
{
	for (int i = 0; i < 100; i++)
		if (fork() == 0)
			pause();
	for (int i = 0; i < 20; i++)
		kill(0, 0), kill(-1, 0);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(0) > 0)
		;
}

static void robust(void) // a list that runs in a circle
{
	static struct { void *next; long offset; void *pending; } head;
	static void *ring[2];
	ring[0] = &ring[1], ring[1] = &ring[0];
	head.next = ring, head.offset = 8;
	syscall(SYS_set_robust_list, &head, 24);
}

#define X(f) { #f, f }
static const struct { const char *name; void (*f)(void); } all[] = {
	X(read_zero), X(read_random), X(get_random), X(write_null), X(write_file), X(read_vector), X(send_file), X(copy_range), X(splice_zero),
	X(populate), X(populate_read), X(lock), X(spread), X(in_core), X(page_map), X(shared), X(holes_disk), X(holes_memory), X(many_files),
	X(messages), X(lists), X(quick_timers), X(kills), X(robust),
};

int main(int argc, char **argv)
{
	if (argc > 3)
		return 0;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		if (argc > 1 && strcmp(argv[1], all[i].name) != 0)
			continue;
		int st = 0;
		pid_t pid = fork();
		if (pid == 0) {
			setpgid(0, 0);
			all[i].f();
			_exit(0);
		}
		waitpid(pid, &st, 0);
		kill(-pid, SIGKILL);
		printf("%s: %d\n", all[i].name, st);
		fflush(stdout);
		unlink("/root/large"), unlink("/root/sparse"), unlink("/root/copy");
	}
	while (waitpid(-1, 0, WNOHANG) > 0)
		;
	struct timespec ms = { 0, 20000000 };
	nanosleep(&ms, 0); // init buries the orphans
	return 0;
}
