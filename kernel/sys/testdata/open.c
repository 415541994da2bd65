// open and its flags, creat, close, close_range, dup, dup2, dup3, fcntl
#include "t.h"

CASE(open_creates_and_refuses)
{
	struct stat st;
	R(open("none", O_RDONLY));
	R(open("", O_RDONLY));
	R(open((char *)8, O_RDONLY));
	R(open("a", O_WRONLY | O_CREAT | O_EXCL, 0640));
	R(open("a", O_WRONLY | O_CREAT | O_EXCL, 0640));
		stat("a", &st);
	printf("mode %o\n", st.st_mode);
	R(open("a/b", O_RDONLY));
	R(open("a/", O_RDONLY));
	R(open("a", O_RDONLY | O_DIRECTORY));
	R(mkdir("d", 0755));
	R(open("d", O_WRONLY));
	R(open("d", O_RDWR));
	R(open("d", O_RDONLY | O_CREAT, 0644));
	R(open("d", O_RDONLY | O_DIRECTORY));
	R(open("d/x", O_CREAT | O_WRONLY, 0600));
	R(open("e/x", O_CREAT | O_WRONLY, 0600));
}

CASE(links_on_the_way)
{
	put("a", "");
	R(symlink("a", "la"));
	R(symlink("loop", "loop"));
	R(symlink("none", "dang"));
	R(open("la", O_RDONLY));
	R(open("la", O_RDONLY | O_NOFOLLOW));
	R(open("loop", O_RDONLY));
	R(open("dang", O_RDONLY));
	R(open("dang", O_CREAT | O_EXCL | O_WRONLY, 0644));
	R(open("dang", O_CREAT | O_WRONLY, 0644));
	R(access("none", F_OK));
}

CASE(truncate_and_modes_of_new_files)
{
	put("t", "some text");
	R(open("t", O_WRONLY | O_TRUNC));
	show("t");
	R(creat("c", 0444));
}

CASE(openat_with_directories)
{
	mkdir("d", 0755); put("d/x", ""); put("c", ""); open("d", O_RDONLY);
	R(openat(AT_FDCWD, "c", O_RDONLY));
	R(openat(open("c", O_RDONLY), "c", O_RDONLY));
	R(openat(99, "c", O_RDONLY));
	int d = open("d", O_RDONLY | O_DIRECTORY);
	R(openat(d, "x", O_RDONLY));
	R(openat(99, "/dev/null", O_RDONLY));
}

CASE(names_and_paths_too_long)
{
	char name[300];
	memset(name, 'n', 299);
	name[299] = 0;
	R(open(name, O_RDONLY));
	name[255] = 0;
	R(open(name, O_RDONLY | O_CREAT, 0600));
	char path[5000];
	memset(path, '/', 4999);
	path[4999] = 0;
	R(open(path, O_RDONLY));
}

CASE(o_path)
{
	struct stat st; put("c", "");
	int p = open("c", O_PATH);
	char buf[4];
	R(read(p, buf, 4));
	R(fcntl(p, F_GETFL) == (O_PATH));
	R(fstat(p, &st));
	R(fchmod(p, 0600));
}

CASE(dup_dup2_dup3)
{
	R(dup(0) >= 3);
	R(close(3));
	R(close(3));
	R(close(-1));
	R(dup(77));
	R(dup2(1, 10));
	R(dup2(1, 1));
	R(dup2(77, 77));
	R(dup2(77, 5));
	R(dup2(1, -1));
	R(dup2(1, 1 << 22));
	R(dup3(1, 11, O_CLOEXEC));
	R(dup3(1, 1, 0));
	R(dup3(1, 12, O_APPEND));
}

CASE(fcntl_of_descriptors)
{
	dup2(1, 10); dup3(1, 11, O_CLOEXEC);
	R(fcntl(10, F_GETFD));
	R(fcntl(11, F_GETFD));
	R(fcntl(10, F_SETFD, FD_CLOEXEC));
	R(fcntl(10, F_GETFD));
	R(fcntl(1, F_DUPFD, 20));
	R(fcntl(1, F_DUPFD_CLOEXEC, 20));
	R(fcntl(21, F_GETFD));
	R(fcntl(1, F_DUPFD, -1));
	R(fcntl(1, F_DUPFD, 1 << 22));
	R(fcntl(1, 12345));
	R(fcntl(77, F_GETFD));
}

CASE(fcntl_of_open_files)
{
	int f = open("fl", O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, 0600);
	printf("flags %o\n", fcntl(f, F_GETFL));
	R(fcntl(f, F_SETFL, 0));
	printf("flags %o\n", fcntl(f, F_GETFL));
	R(fcntl(f, F_SETFL, O_APPEND | O_WRONLY | O_CREAT));
	printf("flags %o\n", fcntl(f, F_GETFL));
}

CASE(close_range_and_its_flags)
{
	dup2(1, 10); dup3(1, 11, O_CLOEXEC); fcntl(1, F_DUPFD, 20); fcntl(1, F_DUPFD_CLOEXEC, 20);
	R(syscall(SYS_close_range, 20, 21, 0));
	R(fcntl(21, F_GETFD));
	R(syscall(SYS_close_range, 5, 4, 0));
	R(syscall(SYS_close_range, 5, 6, 64));
	R(syscall(SYS_close_range, 11, 11, 4));
	R(fcntl(11, F_GETFD));
}

CASE(as_many_as_rlimit_nofile)
{
	struct rlimit rl = { 16, 16 };
	R(setrlimit(RLIMIT_NOFILE, &rl));
	int n = 0;
	while (dup(0) >= 0)
		n++;
	printf("%s\n", errname(errno));
	R(open("a", O_RDONLY));
	R(pipe((int[2]){ 0 }));
	R(dup2(0, 16));
	R(dup2(0, 15));
}

CASE(a_fifo_for_neither_reading_nor_writing)
{
	int p[2];
	char name[32];
	R(mkfifo("fifo", 0600));
	R(open("fifo", 3));
	R(open("fifo", 3 | O_NONBLOCK));
	int fd = open("fifo", O_RDWR);
	R(open("fifo", 3));
	R(close(fd));
	R(pipe(p));
	snprintf(name, sizeof name, "/proc/self/fd/%d", p[0]);
	R(open(name, 3));
	R(open("/dev/null", 3) >= 0);
	R(open(".", 3));
}

CASES
