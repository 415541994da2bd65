// Files without names: O_TMPFILE, and how they get one.
#include "t.h"

CASE(has_no_name)
{
	struct stat st;
	char buf[300], want[64];
	int fd = open(".", O_TMPFILE | O_RDWR, 0640);
	R(fd >= 0);
	fstat(fd, &st);
	printf("%o nlink %d size %ld\n", st.st_mode, (int)st.st_nlink, (long)st.st_size);
	R(write(fd, "contents", 8));
	R(pread(fd, buf, 8, 0));
	printf("%.8s\n", buf);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int n = readlink(path, buf, sizeof buf - 1);
	buf[n] = 0;
	snprintf(want, sizeof want, "/#%ld (deleted)", (long)st.st_ino);
	printf("%d\n", strcmp(strrchr(buf, '/'), want));
	R(rmdir("../has_no_name"));
}

CASE(gets_a_name_by_proc)
{
	char path[64];
	struct stat st;
	int fd = open(".", O_TMPFILE | O_RDWR, 0644);
	write(fd, "published", 9);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	show("named");
	fstat(fd, &st);
	printf("nlink %d\n", (int)st.st_nlink);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "again", AT_SYMLINK_FOLLOW));
	R(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	unlink("named");
	unlink("again");
	fstat(fd, &st);
	printf("nlink %d\n", (int)st.st_nlink);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "late", AT_SYMLINK_FOLLOW));
}

CASE(gets_a_name_by_descriptor)
{
	int fd = open(".", O_TMPFILE | O_WRONLY, 0644);
	write(fd, "by descriptor", 13);
	R(linkat(fd, "", AT_FDCWD, "named", 0));
	R(linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH));
	show("named");
	R(linkat(fd, "", AT_FDCWD, "x", 0x10000));
}

CASE(exclusive_never_does)
{
	char path[64];
	int fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0644);
	R(fd >= 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	R(linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH));
}

CASE(refusals)
{
	put("f", "");
	mkdir("d", 0555);
	R(open(".", O_TMPFILE | O_RDONLY, 0644));
	R(open("f", O_TMPFILE | O_RDWR, 0644));
	R(open("none", O_TMPFILE | O_RDWR, 0644));
	R(open("/proc", O_TMPFILE | O_RDWR, 0644));
	int st;
	if (fork() == 0) {
		setuid(1000);
		R(open("d", O_TMPFILE | O_RDWR, 0644));
		_exit(0);
	}
	wait(&st);
	int fd = open(".", O_TMPFILE | O_RDWR, 0644);
	printf("%o\n", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
	close(fd);
	umask(077);
	struct stat s;
	fd = open(".", O_TMPFILE | O_RDWR, 0666);
	fstat(fd, &s);
	printf("%o\n", s.st_mode);
}

CASE(in_memory)
{
	int fd = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		exit(CANNOT);
	R(write(fd, "x", 1));
	struct stat s;
	fstat(fd, &s);
	printf("nlink %d\n", (int)s.st_nlink);
	char path[64];
	snprintf(path, sizeof path, "/dev/shm/vitrine-%d", getpid());
	R(linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH));
	R(unlink(path));
	R(linkat(fd, "", AT_FDCWD, "elsewhere", AT_EMPTY_PATH));
}

CASE(links_of_a_descriptor)
{
	put("f", "same file");
	int fd = open("f", O_RDONLY), p = open("f", O_PATH), d = open(".", O_RDONLY);
	R(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	R(linkat(p, "", AT_FDCWD, "h", AT_EMPTY_PATH));
	R(linkat(d, "", AT_FDCWD, "i", AT_EMPTY_PATH));
	show("g");
	show("h");
	int st;
	chmod(".", 0777);
	if (fork() == 0) {
		setuid(1000);
		int mine = open("mine", O_RDWR | O_CREAT, 0644);
		R(mine >= 0);
		unlink("f");
		unlink("g");
		unlink("h");
		_exit(0);
	}
	wait(&st);
	R(linkat(fd, "", AT_FDCWD, "late", AT_EMPTY_PATH));
}
CASES
