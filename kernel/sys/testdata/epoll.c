// epoll and eventfd
#include "t.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ep;
static struct epoll_event ev[10];

static void waits(int max, int timeout)
{
	int n = epoll_wait(ep, ev, max, timeout);
	printf("epoll_wait %d:", n);
	for (int i = 0; i < n; i++) printf(" %x/%d", ev[i].events, (int)ev[i].data.u64);
	printf("%s\n", n < 0 ? errname(errno) : "");
}
static int ctl(int op, int fd, unsigned events, int data)
{
	struct epoll_event e = { events, { .u64 = data } };
	return epoll_ctl(ep, op, fd, &e);
}

static int a[2], b[2], f, d;
static void setup(void)
{
	ep = epoll_create1(EPOLL_CLOEXEC);
	pipe(a);
	pipe(b);
	f = open("f", O_RDWR | O_CREAT, 0600);
	d = open(".", O_RDONLY);
}

CASE(eventfd_counts)
{
	uint64_t v;
	int e = eventfd(3, 0); R(e >= 0); R(read(e, &v, 8)); printf("%ld\n", (long)v); v = 5; R(write(e, &v, 8)); v = 6; R(write(e, &v, 8)); R(read(e, &v, 4)); R(write(e, &v, 4)); R(read(e, &v, 8)); printf("%ld\n", (long)v);
	v = -1; R(write(e, &v, 8)); fcntl(e, F_SETFL, O_NONBLOCK); R(read(e, &v, 8)); v = -2; R(write(e, &v, 8)); v = 1; R(write(e, &v, 8)); R(lseek(e, 0, SEEK_SET)); R(pread(e, &v, 8, 0)); R(ftruncate(e, 0)); struct stat st; R(fstat(e, &st)); printf("%o\n", st.st_mode);
	struct pollfd p = { e, POLLIN | POLLOUT, 0 }; R(poll(&p, 1, 0)); printf("%x\n", p.revents); R(read(e, &v, 8)); R(poll(&p, 1, 0)); printf("%x\n", p.revents); close(e);
}

CASE(eventfd_semaphore)
{
	uint64_t v; int e;
	e = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC); R(fcntl(e, F_GETFD)); R(read(e, &v, 8)); R((long)v); R(read(e, &v, 8)); R(read(e, &v, 8)); R(eventfd(0, 77)); close(e);
}

CASE(eventfd_blocks)
{
	uint64_t v; int s, e;
	e = eventfd(0, 0);
	pid_t pid = fork(); if (pid == 0) { usleep(20000); v = 9; write(e, &v, 8); _exit(0); }
	R(read(e, &v, 8)); R((long)v); waitpid(pid, &s, 0);
}

CASE(epoll_create_refuses)
{
	R(epoll_create(0)); R(epoll_create1(77)); ep = epoll_create1(EPOLL_CLOEXEC); R(ep >= 0); R(fcntl(ep, F_GETFD));
}

CASE(epoll_ctl_refuses)
{
	setup();
	waits(10, 0); waits(0, 0); waits(-1, 0); R(epoll_wait(f, ev, 10, 0)); R(epoll_wait(99, ev, 10, 0)); R(syscall(SYS_epoll_wait, ep, -8L, 10, 0));
	R(ctl(EPOLL_CTL_ADD, a[0], EPOLLIN, 1)); R(ctl(EPOLL_CTL_ADD, a[0], EPOLLIN, 1)); R(ctl(EPOLL_CTL_ADD, f, EPOLLIN, 1)); R(ctl(EPOLL_CTL_ADD, d, EPOLLIN, 1)); R(ctl(EPOLL_CTL_ADD, 99, EPOLLIN, 1)); R(ctl(EPOLL_CTL_ADD, ep, EPOLLIN, 1)); R(ctl(EPOLL_CTL_MOD, b[0], EPOLLIN, 1)); R(ctl(EPOLL_CTL_DEL, b[0], EPOLLIN, 1)); R(ctl(9, a[0], EPOLLIN, 1)); R(epoll_ctl(ep, EPOLL_CTL_ADD, b[0], (void *)8)); R(epoll_ctl(f, EPOLL_CTL_ADD, b[0], ev));
}

CASE(level_triggered)
{
	setup(); ctl(EPOLL_CTL_ADD, a[0], EPOLLIN, 1);
	waits(10, 20); write(a[1], "xyz", 3); waits(10, -1); waits(10, 0); char c[10]; read(a[0], c, 3); waits(10, 0);
	R(ctl(EPOLL_CTL_ADD, a[1], EPOLLOUT, 2)); waits(10, 0); R(ctl(EPOLL_CTL_MOD, a[1], 0, 2)); waits(10, 0); R(ctl(EPOLL_CTL_DEL, a[1], 0, 0));
}

CASE(edge_triggered)
{
	setup(); char c[10];
	// edge
	R(ctl(EPOLL_CTL_ADD, b[0], EPOLLIN | EPOLLET, 3)); write(b[1], "12", 2); waits(10, 0); waits(10, 0); read(b[0], c, 1); waits(10, 0); write(b[1], "3", 1); waits(10, 0); waits(10, 0); read(b[0], c, 10); waits(10, 0); write(b[1], "4", 1); waits(10, 0); R(ctl(EPOLL_CTL_MOD, b[0], EPOLLIN | EPOLLET, 4)); waits(10, 0); read(b[0], c, 10);
}

CASE(one_shot)
{
	setup(); char c[10]; ctl(EPOLL_CTL_ADD, b[0], EPOLLIN | EPOLLET, 3);
	// one shot
	R(ctl(EPOLL_CTL_MOD, b[0], EPOLLIN | EPOLLONESHOT, 5)); write(b[1], "5", 1); waits(10, 0); waits(10, 0); R(ctl(EPOLL_CTL_MOD, b[0], EPOLLIN | EPOLLONESHOT, 6)); waits(10, 0); read(b[0], c, 10); R(ctl(EPOLL_CTL_DEL, b[0], 0, 0));
}

CASE(hang_up)
{
	setup();
	// hang up
	R(ctl(EPOLL_CTL_ADD, b[0], EPOLLIN, 7)); close(b[1]); waits(10, 0); close(b[0]); waits(10, 0);
}

CASE(several_in_few_places)
{
	setup(); char c[10];
	// several, fewer places
	int q[4][2]; for (int i = 0; i < 4; i++) { pipe(q[i]); ctl(EPOLL_CTL_ADD, q[i][0], EPOLLIN, 10 + i); write(q[i][1], "x", 1); }
	waits(2, 0); waits(2, 0); waits(10, 0);
	for (int i = 0; i < 4; i++) read(q[i][0], c, 1);
}

CASE(woken_while_waiting)
{
	setup(); int q[4][2], s; pid_t pid; char c[10]; for (int i = 0; i < 4; i++) { pipe(q[i]); ctl(EPOLL_CTL_ADD, q[i][0], EPOLLIN, 10 + i); }
	pid = fork(); if (pid == 0) { usleep(30000); write(q[2][1], "late", 4); _exit(0); }
	waits(10, -1); read(q[2][0], c, 10); waitpid(pid, &s, 0);
}

CASE(eventfd_in_epoll_in_poll)
{
	setup(); uint64_t v; int e = eventfd(0, 0); struct pollfd p;
	R(ctl(EPOLL_CTL_ADD, e, EPOLLIN, 20)); v = 1; write(e, &v, 8); waits(10, -1); p.fd = ep; p.events = POLLIN; R(poll(&p, 1, 0)); printf("%x\n", p.revents); read(e, &v, 8); R(poll(&p, 1, 0));
}

CASE(epoll_pwait_and_pwait2)
{
	setup();
	sigset_t m; sigemptyset(&m); R(epoll_pwait(ep, ev, 10, 10, &m)); struct timespec ts = { 0, 10000000 }; R(syscall(SYS_epoll_pwait2, ep, ev, 10, &ts, NULL, 0));
}

CASE(a_signal_interrupts_epoll)
{
	setup();
	signal(SIGALRM, SIG_IGN); struct sigaction sa = { .sa_handler = (void (*)(int))getpid }; sigaction(SIGALRM, &sa, NULL); struct itimerval it = { { 0, 20000 }, { 0, 20000 } }; setitimer(ITIMER_REAL, &it, NULL); waits(10, -1);
}

CASES
