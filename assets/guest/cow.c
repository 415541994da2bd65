// cow [writes]: fork shares every page between parent and child; only a page that is written is copied.
// The child writes to so many of the 16 pages that both share (4 unless told), and each write costs exactly one copy.

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 16 };

int main(int argc, char **argv)
{
	int writes = argc > 1 ? atoi(argv[1]) : 4;
	if (writes < 0 || writes > PAGES)
		writes = PAGES;

	volatile char *page = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (int i = 0; i < PAGES; i++)
		page[i * PAGE] = 'A';
	printf("parent %d: %d pages hold A at %p\n", getpid(), PAGES, (void *)page);
	fflush(stdout);

	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		for (int i = 0; i < writes; i++)
			page[i * PAGE] = 'B';
		printf("child  %d: wrote B to %d of them\n", getpid(), writes);
		return page[0] == (writes > 0 ? 'B' : 'A') ? 0 : 1;
	}
	int status;
	waitpid(pid, &status, 0);
	printf("parent %d: still reads %c\n", getpid(), page[0]);
	return WEXITSTATUS(status) != 0 || page[0] != 'A';
}
