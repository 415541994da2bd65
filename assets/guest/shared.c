// shared: two pages, one private and one shared; fork, and the child writes to both. The parent sees one of the two writes.

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char *page(int flags)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
	if (p != MAP_FAILED)
		return strcpy(p, "the parent's");
	perror("mmap");
	_exit(1);
}

int main(void)
{
	char *ours = page(MAP_SHARED), *mine = page(MAP_PRIVATE);
	pid_t pid = fork();
	if (pid == 0) {
		strcpy(ours, "the child's");
		strcpy(mine, "the child's");
		printf("child  %d: shared %s, private %s\n", getpid(), ours, mine);
		return 0;
	}
	waitpid(pid, NULL, 0);
	printf("parent %d: shared %s, private %s\n", getpid(), ours, mine);
	return 0;
}
