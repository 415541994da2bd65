// read, write, pread, pwrite, readv, writev, lseek
#include "t.h"

static char buf[100];

CASE(read_write_lseek)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	R(write(fd, "hello world", 11));
	R(lseek(fd, 0, SEEK_SET));
	R(read(fd, buf, 5));
	R(read(fd, buf + 5, 50));
	R(read(fd, buf, 50));
	printf("%s\n", buf);
	R(lseek(fd, -5, SEEK_END));
	R(lseek(fd, -50, SEEK_CUR));
	R(lseek(fd, 0, 7));
	R(lseek(fd, 0, SEEK_CUR));
}

CASE(pread_and_pwrite)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); fd = open("f", O_RDWR); write(fd, "hello world", 11);
	R(pread(fd, buf, 5, 6));
	R(pread(fd, buf, 5, -1));
	R(pread(fd, buf, 5, 100));
	R(pwrite(fd, "W", 1, 6));
	R(lseek(fd, 0, SEEK_CUR));
}

CASE(writev_and_readv)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); fd = open("f", O_RDWR); write(fd, "hello World", 11);
	struct iovec v[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	R(writev(fd, v, 3));
	R(writev(fd, v, -1));
	R(writev(fd, v, 2000));
	v[2].iov_len = (size_t)-1;
	R(writev(fd, v, 3));
	v[2].iov_len = 3;
	v[1].iov_base = (void *)8;
	v[1].iov_len = 4;
	R(writev(fd, v, 3));
	show("f");
	char x[3], y[4];
	struct iovec w[2] = { { x, 3 }, { y, 4 } };
	R(lseek(fd, 1, SEEK_SET));
	R(readv(fd, w, 2));
	printf("%.3s %.4s\n", x, y);
	R(preadv(fd, w, 2, 4));
	R(pwritev(fd, w, 2, 20));
	show("f");
}

CASE(bad_buffers_and_descriptors)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); fd = open("f", O_RDWR); write(fd, "hello world", 11); lseek(fd, 5, SEEK_SET);
	R(read(fd, (void *)8, 4));
	R(lseek(fd, 0, SEEK_END));
	R(read(fd, (void *)8, 4));
	R(write(fd, (void *)8, 4));
	R(read(fd, NULL, 0));
	R(read(fd, buf, -1));
	R(read(99, buf, 1));
	R(write(-1, buf, 1));
	R(read(99, (void *)8, 1));
}

CASE(rights_of_descriptors)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	int ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
	R(write(ro, buf, 1));
	R(read(wo, buf, 1));
	R(write(ro, (void *)8, 1));
}

CASE(append)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); write(fd, "hello world", 11);
	int ap = open("f", O_WRONLY | O_APPEND);
	R(write(ap, "END", 3));
	R(lseek(ap, 0, SEEK_CUR));
	R(pwrite(ap, "P", 1, 0));
	show("f");
}

CASE(a_hole_behind_the_end)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); int wo = open("f", O_WRONLY);
	R(lseek(wo, 100, SEEK_SET));
	R(write(wo, "far", 3));
	struct stat st;
	fstat(wo, &st);
	printf("size %ld\n", (long)st.st_size);
}

CASE(directories)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	int d = open(".", O_RDONLY);
	R(read(d, buf, 10));
	R(write(d, buf, 10));
	R(read(d, buf, 0));
}

CASE(buffers_across_a_hole)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644); write(fd, "hello world", 11);
	char *m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(m + 4096, 4096);
	memset(m, 'm', 4096);
	R(pwrite(fd, m + 4090, 10, 0));
	R(pread(fd, m + 4090, 10, 0));
	R(pwrite(fd, m + 4096, 10, 0));
	exit(7);
}

CASES
