// processes: fork, exec, wait, pipes, spawn, system, popen, exit handlers, environment.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void bulk(void)
{
	enum { SIZE = 1 << 20 };
	int p[2];
	if (pipe(p))
		perror("pipe");
	if (fork() == 0) {
		close(p[0]);
		static char data[7001];
		unsigned x = 1;
		for (int left = SIZE; left > 0;) {
			for (unsigned i = 0; i < sizeof data; i++)
				data[i] = x = x * 69069 + 5;
			int n = left < (int)sizeof data ? left : (int)sizeof data;
			if (write(p[1], data, n) != n)
				_exit(1);
			left -= n;
		}
		_exit(0);
	}
	close(p[1]);
	char buf[3333];
	unsigned sum = 0;
	long total = 0;
	ssize_t n;
	while ((n = read(p[0], buf, sizeof buf)) > 0)
		for (total += n; n--;)
			sum = sum * 31 + (unsigned char)buf[n];
	close(p[0]);
	int status;
	wait(&status);
	printf("bulk: %ld bytes, status %d\n", total, status);
	(void)sum; // depends on where the reads were cut
}

static void execs(const char *self)
{
	int status;
	char *args[] = { "child", "a b", "", "c", NULL }, *env[] = { "ONE=1", "TWO=zwei", NULL };
	fflush(stdout);
	if (fork() == 0)
		_exit(execve(self, args, env));
	wait(&status);
	printf("child: %d\n", WEXITSTATUS(status));
	pid_t pid;
	int e = posix_spawn(&pid, self, NULL, NULL, args, env);
	waitpid(pid, &status, 0);
	printf("spawn: %d %d\n", e, WEXITSTATUS(status));
	e = posix_spawn(&pid, "/does/not/exist", NULL, NULL, args, env);
	printf("spawn: %s\n", strerror(e));
	pid = vfork();
	if (pid == 0)
		_exit(6);
	waitpid(pid, &status, 0);
	printf("vfork: %d\n", WEXITSTATUS(status));
	e = system("exit 4");
	printf("system: %d\n", WEXITSTATUS(e));
	fflush(stdout);
	FILE *f = popen("echo from a pipe; exit 2", "r");
	char line[100];
	while (f && fgets(line, sizeof line, f))
		printf("popen: %s", line);
	printf("pclose: %d\n", WEXITSTATUS(pclose(f)));
}

static void waits(void)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		usleep(30000);
		_exit(11);
	}
	printf("not yet: %d\n", waitpid(pid, &status, WNOHANG));
	siginfo_t info;
	int r = waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	printf("waitid: %d\n", r);
	printf("info: code %d status %d\n", info.si_code, info.si_status);
	pid_t ended = waitpid(-1, &status, 0);
	printf("wait: %d %d\n", ended == pid, WEXITSTATUS(status));
	ended = waitpid(-1, &status, 0);
	printf("none: %d %s\n", ended, strerror(errno));
	fflush(stdout);
	if ((pid = fork()) == 0) {
		pid_t parent = getpid();
		if (fork() == 0) { // an orphan finds another parent
			while (getppid() == parent)
				usleep(1000);
			_exit(0);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("groups: %d %d\n", getpgrp() == getpgid(0), getsid(0) == getsid(getpid()));
}

static void polls(void)
{
	int p[2], q[2];
	if (pipe(p) || pipe2(q, O_NONBLOCK | O_CLOEXEC))
		perror("pipe");
	char c;
	ssize_t got = read(q[0], &c, 1);
	printf("empty: %zd %s\n", got, strerror(errno));
	struct pollfd fds[] = { { p[0], POLLIN, 0 }, { q[1], POLLOUT, 0 }, { 99, POLLIN, 0 } };
	printf("poll: %d", poll(fds, 3, 0));
	printf(" %x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents);
	struct timespec before, after;
	clock_gettime(CLOCK_MONOTONIC, &before);
	int n = poll(fds, 1, 50);
	clock_gettime(CLOCK_MONOTONIC, &after);
	long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	printf("timeout: %d, early %d\n", n, ms < 49);
	if (fork() == 0) {
		usleep(20000);
		_exit(write(p[1], "!", 1) != 1);
	}
	fd_set set;
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	struct timeval tv = { 5, 0 };
	n = select(p[0] + 1, &set, NULL, NULL, &tv);
	printf("select: %d %d\n", n, FD_ISSET(p[0], &set) != 0);
	wait(NULL);
	close(p[1]);
	n = read(p[0], &c, 1);
	fds[0].revents = 0;
	printf("hangup: %d %c %d", n, c, poll(fds, 1, 0));
	printf(" %x %zd\n", fds[0].revents, read(p[0], &c, 1));
}

static void last(void) { puts("exit handler"); }

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(argv[0], "child")) {
		for (int i = 0; i < argc; i++)
			printf("[%s]", argv[i]);
		for (char **e = environ; *e; e++)
			printf(" %s", *e);
		puts("");
		return 42;
	}
	bulk();
	execs("/proc/self/exe");
	waits();
	polls();
	atexit(last);
	printf("unflushed");
	exit(300);
}
