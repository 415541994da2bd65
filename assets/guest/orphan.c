// orphan: a child forks a grandchild and ends first; init becomes the grandchild's parent. Then the grandchild sends init
// SIGKILL, which does nothing. Started as init itself (init=/bin/orphan on the kernel's command line) it shows what happens
// to a machine whose init ends.

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void grandchild(pid_t parent)
{
	while (getppid() == parent)
		usleep(10000);
	printf("pid %d: pid %d was my parent, now it is pid %d\n", getpid(), parent, getppid());
	printf("pid %d: kill(1, SIGKILL) returns %d\n", getpid(), kill(1, SIGKILL));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	printf("pid %d begins\n", getpid());
	if (fork() == 0) {
		pid_t me = getpid();
		if (fork() == 0)
			grandchild(me);
		return 0;
	}
	pid_t ended;
	while ((ended = wait(NULL)) > 0)
		printf("pid %d: pid %d has ended, and I was told\n", getpid(), ended);
	printf("pid %d ends\n", getpid());
	return 0;
}
