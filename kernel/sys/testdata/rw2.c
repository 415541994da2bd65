// preadv2, pwritev2 with their flags, and the calls that only advise.
#include "t.h"
#ifndef RWF_NOWAIT
#define RWF_HIPRI 1
#define RWF_DSYNC 2
#define RWF_SYNC 4
#define RWF_NOWAIT 8
#define RWF_APPEND 16
#endif

static long pr(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	return syscall(SYS_preadv2, fd, v, n, (long)at, 0L, flags);
}

static long pw(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	return syscall(SYS_pwritev2, fd, v, n, (long)at, 0L, flags);
}

CASE(at_the_position)
{
	char a[4] = "", b[4] = "";
	struct iovec v[2] = { { a, 3 }, { b, 3 } };
	put("f", "0123456789");
	int fd = open("f", O_RDWR);
	R(pr(fd, v, 2, -1, 0));
	printf("%s %s at %ld\n", a, b, (long)lseek(fd, 0, SEEK_CUR));
	R(pr(fd, v, 2, 2, 0));
	printf("%s %s at %ld\n", a, b, (long)lseek(fd, 0, SEEK_CUR));
	R(pw(fd, v, 1, -1, 0));
	R(pr(fd, v, 2, -2, 0));
	show("f");
}

CASE(append_once)
{
	struct iovec v = { "tail", 4 };
	put("f", "0123456789");
	int fd = open("f", O_RDWR);
	R(pw(fd, &v, 1, 0, RWF_APPEND));
	show("f");
	R(pw(fd, &v, 1, 0, 0));
	show("f");
	R(pw(fd, &v, 1, -1, RWF_APPEND));
	R(lseek(fd, 0, SEEK_CUR));
	printf("%d\n", fcntl(fd, F_GETFL) & O_APPEND);
}

CASE(synchronously)
{
	struct iovec v = { "data", 4 };
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	R(pw(fd, &v, 1, 0, RWF_DSYNC));
	R(pw(fd, &v, 1, 4, RWF_SYNC));
	printf("%d\n", fcntl(fd, F_GETFL) & O_SYNC);
	show("f");
}

CASE(without_waiting)
{
	char b[8];
	int p[2];
	struct iovec v = { b, 8 };
	pipe(p);
	R(pr(p[0], &v, 1, -1, RWF_NOWAIT));
	write(p[1], "abc", 3);
	R(pr(p[0], &v, 1, -1, RWF_NOWAIT));
	printf("%d\n", fcntl(p[0], F_GETFL) & O_NONBLOCK);
	put("f", "cached");
	int fd = open("f", O_RDONLY);
	read(fd, b, 6);
	R(pr(fd, &v, 1, 0, RWF_NOWAIT));
}

CASE(refusals)
{
	char b[8];
	int p[2];
	struct iovec v = { b, 8 };
	pipe(p);
	put("f", "x");
	int fd = open("f", O_RDONLY);
	R(pr(fd, &v, 1, 0, 1 << 20));
	R(pr(99, &v, 1, 0, 0));
	R(pw(fd, &v, 1, 0, 0));
	R(pr(p[0], &v, 1, 5, 0));
	R(pr(fd, &v, 2000, 0, 0));
	R(pr(fd, NULL, 1, 0, 0));
	R(pr(fd, &v, 0, 0, 0));
}

CASE(sync_ranges)
{
	int p[2];
	pipe(p);
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	write(fd, "abc", 3);
	R(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	R(sync_file_range(fd, 0, 3, 7));
	R(sync_file_range(fd, 0, 3, 8));
	R(sync_file_range(fd, -1, 3, 2));
	R(sync_file_range(fd, 1, -1, 2));
	R(sync_file_range(p[0], 0, 1, 2));
	R(sync_file_range(99, 0, 1, 2));
	R(fsync(p[0]));
	R(fdatasync(fd));
	R(syncfs(fd));
	R(syncfs(99));
}

CASE(advice)
{
	int p[2];
	pipe(p);
	put("f", "0123456789");
	int fd = open("f", O_RDONLY), w = open("f", O_WRONLY), d = open(".", O_RDONLY);
	for (int i = 0; i < 8; i++)
		printf("%d: %d\n", i, posix_fadvise(fd, 0, 0, i));
	printf("%d\n", posix_fadvise(fd, 0, -1, 0));
	printf("%d\n", posix_fadvise(p[0], 0, 0, 0));
	printf("%d\n", posix_fadvise(99, 0, 0, 0));
	R(readahead(fd, 0, 100));
	R(readahead(w, 0, 100));
	R(readahead(p[0], 0, 100));
	R(readahead(99, 0, 100));
}
CASES
