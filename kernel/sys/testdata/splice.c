// splice, tee, vmsplice: bytes between pipes and files.
#include "t.h"

CASE(file_to_pipe_to_file)
{
	int p[2];
	pipe(p);
	put("in", "moved without a buffer");
	int in = open("in", O_RDONLY), out = open("out", O_RDWR | O_CREAT, 0644);
	R(splice(in, NULL, p[1], NULL, 100, 0));
	R(lseek(in, 0, SEEK_CUR));
	R(splice(p[0], NULL, out, NULL, 5, 0));
	R(splice(p[0], NULL, out, NULL, 100, 0));
	show("out");
	R(splice(in, NULL, p[1], NULL, 100, 0));
}

CASE(at_offsets)
{
	int p[2];
	off_t in_at = 3, out_at = 10;
	pipe(p);
	put("in", "0123456789");
	int in = open("in", O_RDONLY), out = open("out", O_RDWR | O_CREAT, 0644);
	R(splice(in, &in_at, p[1], NULL, 4, 0));
	printf("%ld %ld\n", (long)in_at, (long)lseek(in, 0, SEEK_CUR));
	R(splice(p[0], NULL, out, &out_at, 4, 0));
	printf("%ld %ld\n", (long)out_at, (long)lseek(out, 0, SEEK_CUR));
	char buf[16] = "";
	R(pread(out, buf, 16, 10));
	printf("%s\n", buf);
	R(splice(in, &in_at, p[1], &out_at, 4, 0));
	R(splice(p[0], &in_at, out, NULL, 4, 0));
}

CASE(pipe_to_pipe)
{
	int a[2], b[2];
	char buf[16] = "";
	pipe(a);
	pipe(b);
	write(a[1], "abcdefgh", 8);
	R(splice(a[0], NULL, b[1], NULL, 3, 0));
	R(read(b[0], buf, 16));
	printf("%s\n", buf);
	R(read(a[0], buf, 16));
	printf("%s\n", buf);
	R(splice(a[0], NULL, a[1], NULL, 3, 0));
}

CASE(tee_leaves_the_bytes)
{
	int a[2], b[2];
	char buf[16] = "";
	pipe(a);
	pipe(b);
	write(a[1], "seen twice", 10);
	R(tee(a[0], b[1], 4, 0));
	R(tee(a[0], b[1], 100, 0));
	R(read(b[0], buf, 16));
	printf("%s\n", buf);
	memset(buf, 0, sizeof buf);
	R(read(a[0], buf, 16));
	printf("%s\n", buf);
	R(tee(a[0], b[1], 100, SPLICE_F_NONBLOCK));
	close(a[1]);
	R(tee(a[0], b[1], 100, 0));
	put("f", "x");
	R(tee(open("f", O_RDONLY), b[1], 10, 0));
}

CASE(vmsplice_both_ways)
{
	int p[2];
	char x[] = "from ", y[] = "memory", buf[32] = "";
	struct iovec iov[2] = { { x, 5 }, { y, 6 } }, in = { buf, 32 };
	pipe(p);
	R(vmsplice(p[1], iov, 2, 0));
	R(vmsplice(p[0], &in, 1, 0));
	printf("%s\n", buf);
	put("f", "x");
	R(vmsplice(open("f", O_RDWR), iov, 2, 0));
	R(vmsplice(p[1], iov, 2000, 0));
	R(vmsplice(p[1], iov, 0, 0));
	R(vmsplice(p[1], iov, 1, 0x100));
}

CASE(empty_and_full)
{
	static char big[1 << 16];
	int p[2], q[2];
	pipe(p);
	pipe(q);
	int out = open("out", O_RDWR | O_CREAT, 0644);
	R(splice(p[0], NULL, out, NULL, 10, SPLICE_F_NONBLOCK));
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	R(splice(p[0], NULL, out, NULL, 10, 0));
	R(write(p[1], big, sizeof big));
	put("in", "more");
	R(splice(open("in", O_RDONLY), NULL, p[1], NULL, 4, SPLICE_F_NONBLOCK));
	close(p[1]);
	R(splice(p[0], NULL, out, NULL, 1 << 20, 0));
	R(splice(p[0], NULL, out, NULL, 1 << 20, 0));
	signal(SIGPIPE, SIG_IGN);
	close(q[0]);
	R(splice(open("in", O_RDONLY), NULL, q[1], NULL, 4, 0));
}

CASE(waits_for_the_writer)
{
	int p[2], st;
	pipe(p);
	int out = open("out", O_RDWR | O_CREAT, 0644);
	if (fork() == 0) {
		usleep(20000);
		write(p[1], "late", 4);
		_exit(0);
	}
	R(splice(p[0], NULL, out, NULL, 10, 0));
	wait(&st);
	show("out");
}

CASE(waits_for_the_reader)
{
	static char big[1 << 16];
	int p[2], st, n = 0;
	pipe(p);
	write(p[1], big, sizeof big);
	if (fork() == 0) {
		usleep(20000);
		n = read(p[0], big, sizeof big);
		_exit(n == sizeof big);
	}
	put("in", "late");
	R(splice(open("in", O_RDONLY), NULL, p[1], NULL, 4, 0));
	wait(&st);
	status("reader", st);
}

CASE(refusals)
{
	int p[2];
	pipe(p);
	put("f", "x");
	int f = open("f", O_RDWR), ro = open("f", O_RDONLY), wo = open("f", O_WRONLY), a = open("f", O_WRONLY | O_APPEND), d = open(".", O_RDONLY);
	write(p[1], "abc", 3);
	R(splice(f, NULL, ro, NULL, 1, 0));
	R(splice(f, NULL, f, NULL, 1, 0));
	R(splice(wo, NULL, p[1], NULL, 1, 0));
	R(splice(p[0], NULL, ro, NULL, 1, 0));
	R(splice(p[0], NULL, a, NULL, 1, 0));
	R(splice(99, NULL, p[1], NULL, 1, 0));
	R(splice(p[1], NULL, f, NULL, 1, 0));
	R(splice(f, NULL, p[0], NULL, 1, 0));
	R(splice(f, NULL, p[1], NULL, 1, 0x100));
	R(splice(f, NULL, p[1], NULL, 0, 0));
	R(splice(d, NULL, p[1], NULL, 1, 0));
}

CASE(to_devices)
{
	int p[2];
	pipe(p);
	write(p[1], "into nothing", 12);
	R(splice(p[0], NULL, open("/dev/null", O_WRONLY), NULL, 100, 0));
	char buf[8] = "x";
	R(splice(open("/dev/zero", O_RDONLY), NULL, p[1], NULL, 8, 0));
	R(read(p[0], buf, 8));
	printf("%d\n", buf[0]);
}
CASES
