// Sparse files: where their holes are, how they are made, what lies in them.
#include "t.h"

#ifndef FALLOC_FL_COLLAPSE_RANGE
#define FALLOC_FL_COLLAPSE_RANGE 8
#define FALLOC_FL_ZERO_RANGE 16
#endif

static void map(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	fstat(fd, &st);
	printf("%s, %ld bytes:", path, (long)st.st_size);
	for (off_t at = 0;;) {
		off_t data = lseek(fd, at, SEEK_DATA);
		if (data < 0)
			break;
		off_t hole = lseek(fd, data, SEEK_HOLE);
		printf(" %ld-%ld", (long)data, (long)hole);
		at = hole;
	}
	printf("\n");
	close(fd);
}

CASE(data_and_holes)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	R(lseek(fd, 0, SEEK_DATA));
	R(lseek(fd, 0, SEEK_HOLE));
	pwrite(fd, "x", 1, 0);
	pwrite(fd, "x", 1, 3 * 4096);
	pwrite(fd, "x", 1, 100 * 4096 + 10);
	fsync(fd);
	map("f");
	R(lseek(fd, 5, SEEK_DATA));
	R(lseek(fd, 5, SEEK_HOLE));
	R(lseek(fd, 4096, SEEK_DATA));
	R(lseek(fd, 4097, SEEK_HOLE));
	R(lseek(fd, 100 * 4096 + 10, SEEK_HOLE));
	R(lseek(fd, 100 * 4096 + 11, SEEK_HOLE));
	R(lseek(fd, -1, SEEK_DATA));
	R(lseek(fd, 0, 9));
	ftruncate(fd, 1000 * 4096);
	map("f");
	R(lseek(fd, 200 * 4096, SEEK_DATA));
	R(lseek(fd, 200 * 4096, SEEK_HOLE));
}

CASE(far_apart)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	for (int i = 0; i < 5; i++)
		pwrite(fd, "x", 1, (12 + 1024ll * i * i * 100) * 4096);
	fsync(fd);
	map("f");
	struct stat st;
	fstat(fd, &st);
	printf("%ld\n", (long)st.st_size);
	char c = 1;
	R(pread(fd, &c, 1, 5000000));
	printf("%d\n", c);
	ftruncate(fd, (12 + 1024 * 100) * 4096ll + 1);
	map("f");
	ftruncate(fd, 4096);
	map("f");
}

CASE(punch)
{
	char buf[20000], c;
	int fd = open("f", O_RDWR | O_CREAT, 0644), n = 0;
	memset(buf, 'a', sizeof buf);
	for (int i = 0; i < 5; i++)
		write(fd, buf, sizeof buf);
	fsync(fd);
	map("f");
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 8192));
	map("f");
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 50000, 20000));
	map("f");
	pread(fd, buf, sizeof buf, 48000);
	while (n < 20000 && buf[n] == 'a')
		n++;
	printf("from %d\n", 48000 + n);
	n = 0;
	for (off_t at = 0; at < 100000; at++) {
		pread(fd, &c, 1, at);
		n += c == 'a';
	}
	printf("%d left\n", n);
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 99000, 50000));
	map("f");
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 200));
	pread(fd, buf, 400, 0);
	printf("%c%d%d%c\n", buf[99], buf[100], buf[299], buf[300]);
}

CASE(punch_under_a_mapping)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	ftruncate(fd, 4 * 4096);
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memset(p, 'm', 4 * 4096);
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096 - 2, 4096 + 4));
	printf("%c%d%d%d%c\n", p[4093], p[4094], p[5000], p[8193], p[8194]);
	p[5000] = 'n';
	char c;
	pread(fd, &c, 1, 5000);
	printf("%c\n", c);
}

CASE(fallocate_refusals)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644), ro = open("f", O_RDONLY), d = open(".", O_RDONLY), p[2];
	pipe(p);
	R(fallocate(fd, 0, -1, 10));
	R(fallocate(fd, 0, 0, 0));
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
	R(fallocate(fd, 0x1000, 0, 10));
	R(fallocate(ro, 0, 0, 10));
	R(fallocate(d, 0, 0, 10));
	R(fallocate(p[1], 0, 0, 10));
	R(fallocate(99, 0, 0, 10));
	R(fallocate(open("/dev/null", O_RDWR), 0, 0, 10));
}

static int shm(const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "/dev/shm/vitrine-%s-%d", name, getpid());
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		exit(CANNOT);
	unlink(path);
	return fd;
}

static void blocks(const char *what, int fd)
{
	struct stat st;
	fstat(fd, &st);
	printf("%s: %ld bytes, %ld blocks\n", what, (long)st.st_size, (long)st.st_blocks);
}

CASE(memory_is_reserved)
{
	int fd = shm("a");
	R(fallocate(fd, 0, 0, 10000));
	blocks("whole", fd);
	R(fallocate(fd, FALLOC_FL_KEEP_SIZE, 20000, 8192));
	blocks("beyond", fd);
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192));
	blocks("punched", fd);
	ftruncate(fd, 0);
	blocks("cut", fd);
	R(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 10));
	R(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
}

CASE(memory_has_holes)
{
	int fd = shm("b");
	pwrite(fd, "x", 1, 2 * 4096);
	pwrite(fd, "y", 1, 7 * 4096);
	blocks("two", fd);
	R(lseek(fd, 0, SEEK_DATA));
	R(lseek(fd, 2 * 4096, SEEK_HOLE));
	R(lseek(fd, 3 * 4096 + 1, SEEK_DATA));
	R(lseek(fd, 7 * 4096 + 1, SEEK_HOLE));
	char c = 1;
	pread(fd, &c, 1, 4 * 4096);
	printf("%d\n", c);
	ftruncate(fd, 3 * 4096);
	blocks("cut", fd);
	ftruncate(fd, 2 * 4096 + 1);
	ftruncate(fd, 3 * 4096);
	blocks("cut inside", fd);
}
CASES
