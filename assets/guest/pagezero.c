// pagezero: a null pointer that leads somewhere. Programs for System V Release 4 could expect a page of zeros at address 0;
// whoever asks with personality(MMAP_PAGE_ZERO) gets one at the next exec, to read and to execute, not to write.

#include <stdio.h>
#include <sys/personality.h>
#include <unistd.h>

static int *volatile null = NULL;

int main(int argc, char **argv)
{
	if (argc == 1) {
		personality(MMAP_PAGE_ZERO);
		execl("/bin/pagezero", argv[0], "again", (char *)NULL);
		perror("exec");
		return 1;
	}
	printf("address 0 holds %d\n", *null);
	fflush(stdout);
	*null = 1;
	printf("and now %d\n", *null);
	return 0;
}
