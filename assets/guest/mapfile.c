// mapfile [path]: a file as memory. mmap reads nothing of it; the first touch of a page does, if it is not in the page cache
// already, and then no byte is copied: the program and the cache have one frame.

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { PAGE = 4096, STEP = 16 };

int main(int argc, char **argv)
{
	struct stat st;
	struct rusage before, after;
	int fd = open(argc > 1 ? argv[1] : "/lib/ld-musl-x86_64.so.1", O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		perror("mapfile");
		return 1;
	}
	volatile char *file = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	long sum = 0, pages = 0;
	getrusage(RUSAGE_SELF, &before);
	for (long at = 0; at < st.st_size; at += STEP * PAGE, pages++)
		sum += file[at];
	getrusage(RUSAGE_SELF, &after);
	long disk = after.ru_majflt - before.ru_majflt;
	printf("of %ld bytes %ld were read: %ld page faults, %ld of them waited for the disk (sum %ld)\n", (long)st.st_size, pages,
		after.ru_minflt - before.ru_minflt + disk, disk, sum);
	return 0;
}
