// Ends with much memory while another task counts.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	pid_t counts = fork();
	if (counts == 0)
		for (volatile long i = 0;; i++)
			;
	for (int n = 0; n < 4; n++) {
		int st;
		if (fork() == 0) {
			volatile char *p = malloc(24 << 20);
			for (int i = 0; i < 24 << 20; i += 4096)
				p[i] = 1;
			_exit(3);
		}
		wait(&st);
		if (WEXITSTATUS(st) != 3)
			return 1;
	}
	write(1, "20\n", 3);
	return 0;
}
