// Processes that wait for each other in sockets, timers, signals and pidfds: wherever they are interrupted, moved or
// woken for nothing, they say the same.
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned sum(const char *b, long n, unsigned s)
{
	while (n-- > 0) s = s * 31 + (unsigned char)*b++;
	return s;
}

// A long write and short reads: both ends sleep again and again.
static void stream(void)
{
	static char b[400000];
	int p[2], st;
	socketpair(AF_UNIX, SOCK_STREAM, 0, p);
	if (fork() == 0) {
		close(p[0]);
		for (unsigned i = 0; i < sizeof b; i++) b[i] = i * 7 + i / 251;
		_exit(write(p[1], b, sizeof b) != sizeof b);
	}
	close(p[1]);
	unsigned s = 0; long all = 0, n;
	while ((n = recv(p[0], b, 9000, MSG_WAITALL)) > 0) all += n, s = sum(b, n, s);
	wait(&st);
	printf("stream %ld %u %d\n", all, s, st);
	close(p[0]);
}

// A server with a short queue and more clients than fit; each sends a pipe's end along.
static void server(void)
{
	struct sockaddr_un a = { AF_UNIX, "\0talk" };
	int l = socket(AF_UNIX, SOCK_SEQPACKET, 0), total = 0;
	bind(l, (void *)&a, 7); listen(l, 1);
	for (int i = 0; i < 6; i++)
		if (fork() == 0) {
			int s = socket(AF_UNIX, SOCK_SEQPACKET, 0), p[2]; char c = 0; pipe(p);
			union { struct cmsghdr h; char b[CMSG_SPACE(4)]; } u = { { .cmsg_len = CMSG_LEN(4), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
			memcpy(CMSG_DATA(&u.h), p + 1, 4);
			struct iovec v = { &i, 4 }; struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u };
			if (connect(s, (void *)&a, 7) || sendmsg(s, &m, 0) != 4) _exit(99);
			close(p[1]); close(s);
			_exit(read(p[0], &c, 1) == 1 ? c : 98);
		}
	for (int i = 0; i < 6; i++) {
		int s = accept(l, 0, 0), who = -1, fd = -1;
		union { struct cmsghdr h; char b[CMSG_SPACE(4)]; } u;
		struct iovec v = { &who, 4 }; struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u };
		recvmsg(s, &m, 0); memcpy(&fd, CMSG_DATA(&u.h), 4);
		char c = who + 1; write(fd, &c, 1); close(fd); close(s);
	}
	for (int i = 0; i < 6; i++) { int st; wait(&st); total += WEXITSTATUS(st); }
	printf("server %d\n", total);
	close(l);
}

// One loop for a timer, a signal, a datagram and the end of a process.
static void loop(void)
{
	sigset_t m; sigemptyset(&m); sigaddset(&m, SIGUSR1); sigprocmask(SIG_BLOCK, &m, 0);
	int fd[4], p[2], ep = epoll_create1(0), seen = 0; char b[200];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, p);
	fd[0] = timerfd_create(CLOCK_MONOTONIC, 0); fd[1] = signalfd(-1, &m, 0); fd[2] = p[0];
	struct itimerspec t = { { 0, 0 }, { 0, 15000000 } }; timerfd_settime(fd[0], 0, &t, 0);
	pid_t c = fork();
	if (c == 0) { usleep(4000); kill(getppid(), SIGUSR1); usleep(4000); write(p[1], "datagram", 8); usleep(20000); _exit(0); }
	fd[3] = syscall(434, c, 0);
	for (int i = 0; i < 4; i++) { struct epoll_event e = { EPOLLIN, { .u32 = i } }; epoll_ctl(ep, EPOLL_CTL_ADD, fd[i], &e); }
	while (seen != 15) {
		struct epoll_event e; epoll_wait(ep, &e, 1, -1);
		if (e.data.u32 == 3) waitpid(c, 0, 0); else read(fd[e.data.u32], b, sizeof b);
		seen |= 1 << e.data.u32; epoll_ctl(ep, EPOLL_CTL_DEL, fd[e.data.u32], 0);
	}
	printf("loop %d\n", seen);
}

int main(void)
{
	stream(); server(); loop();
	return 0;
}
