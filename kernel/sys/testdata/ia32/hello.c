#include "../t.h"
// A 32-bit program with the GNU C library: the first test of all.

CASE(writes) { printf("hello %zu\n", sizeof(long)); }

CASE(forks)
{
	int st;
	pid_t pid = fork();
	if (pid == 0)
		_exit(7);
	R(waitpid(pid, &st, 0) == pid);
	status("child", st);
}

CASE(allocates)
{
	char *p = malloc(1 << 20);
	memset(p, 1, 1 << 20);
	R(p[12345]);
	free(p);
}

CASES
