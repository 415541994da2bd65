// Makes a session on a pseudo-terminal, lives in it for a while and cuts its line.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
int main(void)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY), st;
	grantpt(m); unlockpt(m);
	char *name = ptsname(m);
	pid_t leader = fork();
	if (leader == 0) {
		setsid();
		int s = open(name, O_RDWR);
		close(m);
		if (fork() == 0) { setpgid(0, 0); signal(SIGTTOU, SIG_IGN); tcsetpgrp(s, getpid()); write(s, "here\n", 5); for (;;) pause(); }
		for (;;) pause();
	}
	char b[100];
	int n = read(m, b, sizeof b);
	printf("%d %.4s\n", n, b);
	fflush(stdout);
	write(m, "abc", 3);
	sleep(2);
	close(m);
	waitpid(leader, &st, 0);
	printf("%d\n", WTERMSIG(st));
	return 3;
}
