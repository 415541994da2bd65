// What else is done with files: requests of ioctl, transfers at their limits, pipes and their sizes, positions, polling.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include "t.h"

CASE(ioctls_of_files)
{
	put("f", "0123456789");
	int fd = open("f", O_RDWR), d = open(".", O_RDONLY), n = 0;
	R(ioctl(fd, FIONREAD, &n));
	printf("%d\n", n);
	lseek(fd, 4, SEEK_SET);
	R(ioctl(fd, FIONREAD, &n));
	printf("%d\n", n);
	R(ioctl(fd, 2, &n));
	printf("%d\n", n >= 512);
	R(ioctl(fd, 0x40049409, 99));
	R(ioctl(fd, TCGETS, NULL));
	R(ioctl(fd, 0x5413, NULL));
	R(ioctl(fd, FIOCLEX));
	R(fcntl(fd, F_GETFD));
	R(ioctl(fd, FIONCLEX));
	R(fcntl(fd, F_GETFD));
	n = 1;
	R(ioctl(fd, FIONBIO, &n));
	R(fcntl(fd, F_GETFL) & O_NONBLOCK);
	R(ioctl(99, FIONREAD, &n));
	R(ioctl(open("f", O_PATH), FIONREAD, &n));
	R(ioctl(d, 2, &n));
}

CASE(pipe_sizes)
{
	int p[2];
	pipe(p);
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(fcntl(p[1], F_SETPIPE_SZ, 4096));
	R(fcntl(p[1], F_SETPIPE_SZ, 5000));
	R(fcntl(p[1], F_SETPIPE_SZ, 1 << 20));
	R(fcntl(p[1], F_SETPIPE_SZ, 0));
	static char buf[100000];
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	R(write(p[1], buf, 5000));
	R(write(p[1], buf, 4096));
	R(write(p[1], buf, 1));
	R(fcntl(p[1], F_SETPIPE_SZ, 65536));
	R(write(p[1], buf, sizeof buf));
	R(fcntl(p[1], F_SETPIPE_SZ, 4096));
	put("f", "");
	R(fcntl(open("f", O_RDONLY), F_GETPIPE_SZ));
}

CASE(small_writes_are_whole)
{
	static char buf[70000];
	int p[2], n = 0, r;
	pipe(p);
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	while ((r = write(p[1], buf, 4096)) == 4096)
		n++;
	printf("%d then %s\n", n, errname(errno));
	R(read(p[0], buf, 100));
	R(write(p[1], buf, 100));
	R(read(p[0], buf, 4096));
	R(write(p[1], buf, 4096));
	R(write(p[1], buf, 200));
	R(read(p[0], buf, 8192));
	R(write(p[1], buf, 70000));
}

CASE(sendfile_to_everything)
{
	int p[2], s[2];
	off_t at = 2;
	char buf[32] = "";
	put("f", "0123456789");
	int fd = open("f", O_RDONLY), out = open("out", O_RDWR | O_CREAT, 0644), app = open("out", O_WRONLY | O_APPEND);
	pipe(p);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	R(sendfile(p[1], fd, NULL, 4));
	R(sendfile(p[1], fd, &at, 100));
	printf("%ld %ld\n", (long)at, (long)lseek(fd, 0, SEEK_CUR));
	R(read(p[0], buf, 32));
	printf("%s\n", buf);
	R(sendfile(s[0], fd, NULL, 3));
	R(sendfile(out, fd, NULL, 100));
	R(sendfile(out, fd, NULL, 100));
	R(sendfile(app, fd, NULL, 1));
	R(sendfile(fd, out, NULL, 1));
	R(sendfile(out, p[0], NULL, 1));
	R(sendfile(out, 99, NULL, 1));
	at = -1;
	R(sendfile(out, fd, &at, 1));
	R(sendfile(out, fd, NULL, 0));
	show("out");
}

CASE(copies_within_a_file)
{
	put("f", "0123456789");
	int fd = open("f", O_RDWR), ro = open("f", O_RDONLY), g = open("g", O_RDWR | O_CREAT, 0644);
	loff_t a = 0, b = 20;
	R(syscall(SYS_copy_file_range, fd, &a, fd, &b, 5L, 0));
	printf("%ld %ld\n", (long)a, (long)b);
	a = 0, b = 3;
	R(syscall(SYS_copy_file_range, fd, &a, fd, &b, 5L, 0));
	a = 2;
	R(syscall(SYS_copy_file_range, fd, &a, g, NULL, 100L, 0));
	R(lseek(g, 0, SEEK_CUR));
	R(syscall(SYS_copy_file_range, fd, NULL, ro, NULL, 1L, 0));
	R(syscall(SYS_copy_file_range, fd, NULL, g, NULL, 1L, 1));
	R(syscall(SYS_copy_file_range, fd, NULL, g, NULL, 0L, 0));
	int d = open(".", O_RDONLY);
	R(syscall(SYS_copy_file_range, d, NULL, g, NULL, 1L, 0));
	a = 1000;
	R(syscall(SYS_copy_file_range, fd, &a, g, NULL, 1L, 0));
}

CASE(epoll_in_epoll)
{
	int p[2], inner = epoll_create1(0), outer = epoll_create1(0);
	struct epoll_event e = { EPOLLIN, { .u32 = 1 } }, got[4];
	pipe(p);
	R(epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &e));
	e.data.u32 = 2;
	R(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &e));
	R(epoll_wait(outer, got, 4, 0));
	write(p[1], "x", 1);
	R(epoll_wait(outer, got, 4, 0));
	printf("%d\n", got[0].data.u32);
	R(epoll_wait(inner, got, 4, 0));
	printf("%d\n", got[0].data.u32);
	struct pollfd pf = { outer, POLLIN };
	R(poll(&pf, 1, 0));
	R(epoll_ctl(inner, EPOLL_CTL_ADD, outer, &e));
	R(epoll_ctl(inner, EPOLL_CTL_ADD, inner, &e));
	put("f", "");
	R(epoll_ctl(inner, EPOLL_CTL_ADD, open("f", O_RDONLY), &e));
	R(epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &e));
	R(epoll_ctl(inner, EPOLL_CTL_DEL, 99, &e));
	R(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &e));
}

CASE(out_of_band_data)
{
	int s[2];
	char c = 0;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	R(send(s[0], "x", 1, MSG_OOB));
	R(recv(s[1], &c, 1, MSG_OOB | MSG_DONTWAIT));
}

CASE(large_offsets)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	char c;
	R(lseek(fd, 1ll << 40, SEEK_SET) == 1ll << 40);
	R(read(fd, &c, 1));
	R(pread(fd, &c, 1, 1ll << 62));
	R(pread(fd, &c, 1, -1));
	R(lseek(fd, -1, SEEK_SET));
	R(lseek(fd, -1, SEEK_END));
	R(pwrite(fd, "x", 1, 3ll << 30));
	R(lseek(fd, 0, SEEK_END) == (3ll << 30) + 1);
	R(ftruncate(fd, -1));
	R(ftruncate(fd, 0));
	R(truncate(".", 0));
	R(truncate("none", 0));
	R(ftruncate(open("f", O_RDONLY), 0));
	int p[2];
	pipe(p);
	R(lseek(p[0], 0, SEEK_SET));
	R(ftruncate(p[1], 0));
}
CASES
