// Reads four megabytes with each of its calls while another task counts.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	static char buf[4 << 20];
	int zero = open("/dev/zero", O_RDONLY), n = 0;
	if (fork() == 0)
		for (volatile long i = 0;; i++)
			;
	for (int i = 0; i < 20; i++)
		n += read(zero, buf, sizeof buf) == sizeof buf;
	printf("%d\n", n);
	return n != 20;
}
