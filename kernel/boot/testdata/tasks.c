// Processes and threads: fork(2), vfork(2), clone(2), execve(2), wait(2), sessions. The same on Linux and in the guest.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static int status(pid_t p)
{
	int st;
	return waitpid(p, &st, 0) == p ? st : -1;
}

static void forks(void)
{
	volatile int x = 1;
	pid_t p = fork();
	if (p == 0) {
		x = 2;
		_exit(x);
	}
	printf("fork: child's %d, mine %d\n", WEXITSTATUS(status(p)), x);
	p = vfork();
	if (p == 0) {
		x = 3;
		_exit(4);
	}
	printf("vfork: shared %d, status %d\n", x, WEXITSTATUS(status(p)));
	int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p = fork();
	if (p == 0) {
		*shared = 5;
		_exit(0);
	}
	status(p);
	printf("shared mapping: %d\n", *shared);
}

static void reparent(void)
{
	int fd[2];
	pid_t pids[2];
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pipe(fd);
	pid_t p = fork();
	if (p == 0) {
		pid_t me = getpid();
		if (fork() == 0) {
			while (getppid() == me)
				usleep(1000);
			pids[0] = getpid();
			pids[1] = getppid();
			write(fd[1], pids, sizeof pids);
			_exit(9);
		}
		_exit(0);
	}
	status(p);
	read(fd[0], pids, sizeof pids);
	printf("orphan's new parent is me: %d", pids[1] == getpid());
	printf(", its status %d\n", WEXITSTATUS(status(pids[0])));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void *thread(void *arg)
{
	printf("thread: same process %d, other thread %d\n", getpid() == *(int *)arg, syscall(SYS_gettid) != getpid());
	return (void *)42;
}

static void *execs(void *arg)
{
	execl(self, self, "child", "from a thread", (char *)0);
	return 0;
}

static void threads(void)
{
	pthread_t t;
	int pid = getpid();
	void *r;
	pthread_create(&t, 0, thread, &pid);
	pthread_join(t, &r);
	printf("joined: %ld\n", (long)r);
	pid_t p = fork();
	if (p == 0) {
		pthread_create(&t, 0, execs, 0);
		for (;;)
			pause();
	}
	printf("exec from a thread: %d\n", WEXITSTATUS(status(p)));
	p = fork();
	if (p == 0) {
		pthread_create(&t, 0, (void *(*)(void *))pause, 0);
		pthread_create(&t, 0, (void *(*)(void *))pause, 0);
		usleep(1000);
		exit(6);
	}
	printf("exit with threads: %d\n", WEXITSTATUS(status(p)));
	p = fork();
	if (p == 0) {
		pthread_create(&t, 0, (void *(*)(void *))pause, 0);
		usleep(1000);
		raise(SIGKILL);
	}
	printf("kill with threads: %d\n", WTERMSIG(status(p)));
}

static void execution(void)
{
	int fd = open("/dev/null", O_RDONLY), keep = open("/dev/null", O_RDONLY);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	char a[16], b[16];
	sprintf(a, "%d", fd);
	sprintf(b, "%d", keep);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, (void (*)(int))exit);
	pid_t p = vfork();
	if (p == 0) {
		execl(self, self, "fds", a, b, (char *)0);
		_exit(1);
	}
	printf("exec: %d\n", WEXITSTATUS(status(p)));
	char *bad[] = { "/none", "/", "/etc/passwd", "/etc/passwd/x", 0 };
	for (int i = 0; bad[i]; i++) {
		execl(bad[i], bad[i], (char *)0);
		printf("exec %s: %s\n", bad[i], strerror(errno));
	}
}

static void sessions(void)
{
	pid_t p = fork();
	if (p == 0) {
		pid_t me = getpid();
		printf("before: leader %d\n", getpgrp() == me);
		setpgid(0, 0);
		printf("setpgid: leader %d, setsid %d", getpgrp() == me, setsid());
		printf(" %s\n", strerror(errno));
		_exit(0);
	}
	status(p);
	p = fork();
	if (p == 0) {
		pid_t me = getpid();
		printf("setsid: %d, group %d, session %d\n", setsid() == me, getpgrp() == me, getsid(0) == me);
		_exit(0);
	}
	status(p);
	p = fork();
	if (p == 0) {
		setpgid(0, 0);
		if (fork() == 0)
			pause();
		kill(0, SIGTERM);
		pause();
	}
	printf("killed with its group: %d\n", WTERMSIG(status(p)));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, 0, _IONBF, 0);
	self = argv[0];
	if (argc > 2 && !strcmp(argv[1], "child")) {
		printf("new program %s, leader %d\n", argv[2], syscall(SYS_gettid) == getpid());
		return 8;
	}
	if (argc > 3 && !strcmp(argv[1], "fds")) {
		struct sigaction one, two;
		sigaction(SIGUSR1, 0, &one);
		sigaction(SIGUSR2, 0, &two);
		printf("close-on-exec %d, kept %d, ignored %d, caught %d\n", fcntl(atoi(argv[2]), F_GETFD), fcntl(atoi(argv[3]), F_GETFD),
		       one.sa_handler == SIG_IGN, two.sa_handler != SIG_DFL);
		return 3;
	}
	forks();
	reparent();
	threads();
	execution();
	sessions();
	return 0;
}
