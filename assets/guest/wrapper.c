// wrapper: calls write() twice. The C library's function puts the arguments where the kernel wants them and executes SYSCALL;
// when RAX comes back negative it stores the number in errno and returns -1.

#include <errno.h>
#include <string.h>
#include <unistd.h>

static long say(int fd, const char *text)
{
	return write(fd, text, strlen(text));
}

int main(void)
{
	say(1, "file 1 is the console\n");
	if (say(99, "nobody reads this\n") < 0)
		say(1, errno == EBADF ? "file 99 is not open: errno is 9, EBADF\n" : "errno is something else\n");
	return errno != EBADF;
}
