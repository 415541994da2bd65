// Works a disk hard and leaves it with everything that a file system can have, for e2fsck to look at. What it prints does not
// depend on the parameters of the file system.
#include <dirent.h>
#include <sys/xattr.h>
#include "../t.h"

static char block[65536];

static void pattern(int seed)
{
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = i * 7 + seed;
}

static int verify(const char *path, int seed, long size)
{
	static char got[65536];
	int fd = open(path, O_RDONLY);
	pattern(seed);
	for (long at = 0; at < size; at += sizeof got) {
		long n = size - at < (long)sizeof got ? size - at : (long)sizeof got;
		if (pread(fd, got, n, at) != n || memcmp(got, block, n))
			return close(fd), 0;
	}
	close(fd);
	return 1;
}

static void fill(const char *path, int seed, long size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	pattern(seed);
	for (long at = 0; at < size; at += sizeof block)
		if (write(fd, block, size - at < (long)sizeof block ? size - at : (long)sizeof block) < 0)
			printf("%s: %s\n", path, errname(errno));
	close(fd);
}

static int count(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

// tree makes directories of many names, long and short, and takes half of them away again.
static void tree(void)
{
	char name[300];
	mkdir("many", 0755);
	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof name, "many/%0*d", 1 + i % 200, i);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	printf("%d names\n", count("many"));
	for (int i = 0; i < 400; i += 2) {
		snprintf(name, sizeof name, "many/%0*d", 1 + i % 200, i);
		unlink(name);
	}
	memset(name, 'l', 255);
	name[255] = 0;
	R(mkdir(name, 0755));
	name[255] = 'l', name[256] = 0;
	R(mkdir(name, 0755));
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "d%d", i);
		mkdir(name, 0755);
		chdir(name);
	}
	for (int i = 0; i < 20; i++)
		chdir("..");
	printf("%d left\n", count("many"));
}

// links makes hard and symbolic ones, renames over them and moves directories.
static void links(void)
{
	char target[1000];
	struct stat s;
	fill("one", 1, 100000);
	for (int i = 0; i < 50; i++) {
		snprintf(target, sizeof target, "link%d", i);
		link("one", target);
	}
	stat("one", &s);
	printf("%d links\n", (int)s.st_nlink);
	for (int i = 0; i < 25; i++) {
		snprintf(target, sizeof target, "link%d", i);
		put("over", "new");
		rename("over", target);
	}
	stat("one", &s);
	printf("%d links\n", (int)s.st_nlink);
	symlink("short", "fast");
	memset(target, 't', 900);
	target[900] = 0;
	symlink(target, "slow");
	target[59] = 0;
	symlink(target, "edge59");
	printf("%d %d\n", (int)readlink("slow", target, 1000), (int)readlink("edge59", target, 1000));
	mkdir("from", 0755);
	mkdir("from/sub", 0755);
	mkdir("to", 0755);
	R(rename("from/sub", "to/sub"));
	R(rename("to/sub", "from"));
	stat("from", &s);
	printf("%d\n", (int)s.st_nlink);
	mkfifo("fifo", 0640);
	mknod("device", S_IFCHR | 0600, 0x103);
	mknod("large", S_IFBLK | 0600, 0x12345678);
	stat("large", &s);
	printf("%lx\n", (long)s.st_rdev);
}

// sparse makes files with holes over all levels of indirection.
static void sparse(void)
{
	int fd = open("sparse", O_RDWR | O_CREAT, 0644);
	for (off_t at = 0; at < 8 << 20; at = at * 3 + 5000)
		pwrite(fd, "here", 4, at);
	pwrite(fd, "end", 3, 20 << 20);
	ftruncate(fd, 21 << 20);
	fallocate(fd, 3, 1 << 20, 2 << 20);
	ftruncate(fd, 20 << 20);
	ftruncate(fd, (20 << 20) + 1);
	char c = 1;
	pread(fd, &c, 1, 20 << 20);
	printf("%d\n", c);
	close(fd);
	fill("cut", 2, 600000);
	truncate("cut", 70001);
	printf("%d\n", verify("cut", 2, 65536));
	truncate("cut", 200000);
}

static void attributes(void)
{
	char name[32];
	fill("attr", 3, 5000);
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof name, "user.a%d", i);
		setxattr("attr", name, "a value", i % 8, 0);
	}
	for (int i = 0; i < 12; i += 3) {
		snprintf(name, sizeof name, "user.a%d", i);
		removexattr("attr", name);
	}
	lsetxattr("fast", "trusted.t", "x", 1, 0);
	setxattr("many", "user.dir", "y", 1, 0);
	put("gone", "");
	setxattr("gone", "user.x", "z", 1, 0);
	unlink("gone");
	R(setxattr("attr", "user.big", block, 8000, 0));
}

// full writes until nothing fits, as a user and then as root, and gives it back.
static void full(void)
{
	struct statfs a, b;
	int st;
	chmod(".", 0777);
	sync();
	statfs(".", &a);
	if (fork() == 0) {
		setuid(1000);
		int fd = open("users", O_WRONLY | O_CREAT, 0644);
		while (write(fd, block, sizeof block) > 0)
			;
		printf("user: %s\n", errname(errno));
		struct statfs s;
		statfs(".", &s);
		printf("available %ld, reserve kept %d\n", (long)s.f_bavail, s.f_bfree >= a.f_bfree - a.f_bavail);
		_exit(0);
	}
	wait(&st);
	int fd = open("roots", O_WRONLY | O_CREAT, 0644);
	while (write(fd, block, sizeof block) > 0)
		;
	printf("root: %s\n", errname(errno));
	statfs(".", &b);
	printf("free %d\n", b.f_bfree > 16);
	R(mkdir("nowhere", 0755));
	close(fd);
	unlink("users");
	unlink("roots");
	sync();
	statfs(".", &b);
	printf("all back %d\n", (long)(a.f_bfree - b.f_bfree));
}

int main(int argc, char **argv)
{
	enter(argc, argv);
	mkdir("work", 0755);
	chdir("work");
	tree();
	links();
	sparse();
	attributes();
	for (int i = 0; i < 30; i++) {
		char name[32];
		snprintf(name, sizeof name, "f%d", i);
		fill(name, i, i * 5003);
	}
	for (int i = 0; i < 30; i += 3) {
		char name[32];
		snprintf(name, sizeof name, "f%d", i);
		unlink(name);
	}
	full();
	int ok = 0;
	for (int i = 0; i < 30; i++) {
		char name[32];
		snprintf(name, sizeof name, "f%d", i);
		ok += verify(name, i, i * 5003);
	}
	printf("%d whole\n", ok);
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);
	write(fd, block, sizeof block);
	unlink("one");
	struct timespec t[2] = { { 1234567890, 123456789 }, { -5, 999999999 } };
	utimensat(AT_FDCWD, "cut", t, 0);
	return 0;
}
