// byhandle: runs a program without naming it. execveat with an empty path and AT_EMPTY_PATH means the file behind the
// descriptor; argv[0] is whatever we like.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	static char *argv[] = { "anything", "at", "all", NULL };
	static char *envp[] = { NULL };
	int fd = open("/bin/args", O_PATH);
	syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
	return 1; // whoever comes here has not become another program
}
