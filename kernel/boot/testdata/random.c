// random code|calls|calls32 FROM TO: one child for each seed executes random bytes, or makes random system calls with random
// arguments. Whatever happens to the children, the parent and the kernel must not mind.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long state;

static unsigned rnd(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

static unsigned long value(char *buf)
{
	switch (rnd() % 12) {
	case 0: return 0;
	case 1: return rnd() % 24;
	case 2: return -1;
	case 3: return -(long)(rnd() % 100);
	case 4: return (unsigned long)buf + rnd() % 8192;
	case 5: return (unsigned long)buf;
	case 6: return rnd();
	case 7: return (unsigned long)rnd() << 32 | rnd();
	case 8: return 0x7ffffffff000UL - rnd() % 8192;
	case 9: return 0xffff888000000000UL;
	case 10: return 1UL << (rnd() % 64);
	}
	return (unsigned long)buf & ~4095UL;
}

// What would end the run itself: other processes are not to be killed, nor the machine switched off.
static int spared(long nr)
{
	switch (nr) {
	case SYS_reboot: case SYS_vhangup: case SYS_kill: case SYS_tkill: case SYS_tgkill: case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo: case SYS_pidfd_send_signal: case SYS_exit: case SYS_exit_group:
		return 1;
	case SYS_fork: case SYS_vfork: case SYS_clone: case SYS_clone3:
		return rnd() % 4;
	}
	return 0;
}

// The same of the i386 numbers.
static int spared32(long nr)
{
	switch (nr) {
	case 1: case 37: case 88: case 111: case 178: case 238: case 252: case 270: case 335: case 424:
		return 1;
	case 2: case 120: case 190: case 435:
		return rnd() % 4;
	}
	return 0;
}

// A 32-bit system call. EBP keeps what it is: with it six arguments would be random.
static void call32(char *m)
{
	long nr = rnd() % 4 ? rnd() % 460 : 359 + rnd() % 15, r;
	if (!spared32(nr))
		__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(value(m)), "c"(value(m)), "d"(value(m)), "S"(value(m)), "D"(value(m)) : "memory");
}

// Calls on descriptors that are more than bytes, which a random number would seldom meet.
static const short talk[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_accept4, SYS_bind, SYS_listen, SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_recvmsg,
	SYS_sendmmsg, SYS_recvmmsg, SYS_shutdown, SYS_getsockname, SYS_getpeername, SYS_setsockopt, SYS_getsockopt, SYS_epoll_ctl,
	SYS_timerfd_settime, SYS_signalfd4, SYS_inotify_add_watch, SYS_inotify_rm_watch, SYS_fcntl, SYS_ftruncate, SYS_dup2, SYS_close,
	SYS_read, SYS_write, SYS_poll, SYS_rename, SYS_unlink,
};

// open_all opens a descriptor of every kind. Half of the passed ones lie in sockets that are passed in each other.
static void open_all(char *m)
{
	unsigned long mask = 0xffff;
	int fds[2], s[2];
	pipe(fds);
	for (int type = 1; type <= 5; type += type < 2 ? 1 : 3) {
		socketpair(AF_UNIX, type, 0, s);
		struct { struct cmsghdr h; int fd[4]; } c = { { .cmsg_len = sizeof c, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS }, { s[0], s[1], fds[0], 0 } };
		struct iovec v = { m, 100 };
		struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c };
		syscall(SYS_sendmsg, s[0], &msg, MSG_DONTWAIT);
		((struct msghdr *)(m + 8192))[0] = msg; // for a call with a pointer near there
	}
	struct sockaddr_un *a = (void *)m;
	a->sun_family = AF_UNIX; // names: what is random behind it
	bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)a, 20);
	syscall(SYS_timerfd_create, 1, O_NONBLOCK);
	syscall(SYS_signalfd4, -1, &mask, 8, O_NONBLOCK);
	syscall(SYS_inotify_add_watch, syscall(SYS_inotify_init1, O_NONBLOCK), "/tmp", 0xfff);
	syscall(SYS_memfd_create, "x", 2);
	syscall(SYS_pidfd_open, getpid(), 0);
	syscall(SYS_epoll_create1, 0);
}

static void child(int calls, int narrow)
{
	setpgid(0, 0);
	char *m = mmap(0, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | (narrow ? MAP_32BIT : 0), -1, 0);
	for (int i = 0; i < 65536; i++)
		m[i] = rnd();
	if (!calls)
		((void (*)(void))(m + 4096))();
	int fds[2];
	for (int i = 0; i < 2; i++) {
		open("/dev/null", O_RDWR);
		open("/tmp/f", O_RDWR | O_CREAT, 0600);
		pipe(fds);
	}
	open_all(m);
	for (int i = 0; i < 300; i++) {
		if (narrow) {
			call32(m);
			continue;
		}
		long nr = rnd() % 3 ? rnd() % 460 : talk[rnd() % (sizeof talk / sizeof *talk)];
		if (!spared(nr))
			syscall(nr, value(m), value(m), value(m), value(m), value(m), value(m));
	}
	_exit(0);
}

static void tick(int sig) { (void)sig; }

static void every(int us)
{
	struct itimerval t = { { 0, us }, { 0, us } };
	setitimer(ITIMER_REAL, &t, 0);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	signal(SIGALRM, tick);
	siginterrupt(SIGALRM, 1);
	for (int seed = atoi(argv[2]); seed < atoi(argv[3]); seed++) {
		state = seed * 7919 + 13;
		pid_t p = fork(), q;
		if (p == 0)
			child(strcmp(argv[1], "code"), !strcmp(argv[1], "calls32"));
		every(30000);
		while ((q = wait(0)) != p)
			if (q < 0 && errno == EINTR)
				kill(p, SIGKILL);
		every(0);
		kill(-p, SIGKILL);
		while (waitpid(-1, 0, WNOHANG) > 0)
			;
	}
	return 0;
}
