// forks [depth]: every process forks two children until the tree is that deep, then each waits for its own.
// Both parent and child return from the same fork() call: the child is told 0, the parent the child's PID.

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void grow(int level, int depth)
{
	printf("%*spid %d, child of %d\n", 2 * level, "", getpid(), getppid());
	fflush(stdout);
	if (level == depth)
		return;
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		if (pid < 0) {
			perror("fork");
			exit(1);
		}
		if (pid == 0) {
			grow(level + 1, depth);
			exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	grow(0, argc > 1 ? atoi(argv[1]) : 2);
	return 0;
}
