// pipe, pipe2, FIFOs, SIGPIPE, O_NONBLOCK, FIONREAD, PIPE_BUF
#include "t.h"

static int got;
static void on(int sig) { got = sig; }

static char buf[70000];
static int p[2];

CASE(bytes_and_refusals)
{
	R(pipe(p));
	printf("%d %d\n", p[0], p[1]);
	R(write(p[1], "hello", 5));
	int n;
	R(ioctl(p[0], FIONREAD, &n)); printf("%d\n", n);
	R(read(p[0], buf, 3));
	R(read(p[0], buf, 30));
	R(lseek(p[0], 0, SEEK_SET));
	R(pread(p[0], buf, 1, 0));
	R(pwrite(p[1], buf, 1, 0));
	R(write(p[0], "x", 1));
	R(read(p[1], buf, 1));
}

CASE(flags_and_kind)
{
	pipe(p);
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(fcntl(p[0], F_GETFL)); R(fcntl(p[1], F_GETFL));
	struct stat st;
	R(fstat(p[0], &st)); printf("%o\n", st.st_mode);
}

CASE(full_pipe_and_atomic_writes)
{
	pipe(p);
	R(fcntl(p[0], F_SETFL, O_NONBLOCK)); R(fcntl(p[1], F_SETFL, O_NONBLOCK));
	R(read(p[0], buf, 1));
	memset(buf, 'a', sizeof buf);
	R(write(p[1], buf, sizeof buf));
	R(write(p[1], buf, 1));
	R(read(p[0], buf, 4096));
	R(write(p[1], buf, 4097));
	R(write(p[1], buf, 4096));
	R(read(p[0], buf, 4095));
	R(write(p[1], buf, 2));
	R(write(p[1], buf, 4096));
	while (read(p[0], buf, sizeof buf) > 0)
		;
}

CASE(end_of_file_and_hangup)
{
	pipe(p);
	R(close(p[1]));
	R(read(p[0], buf, 10));
	struct pollfd pf = { p[0], POLLIN, 0 };
	R(poll(&pf, 1, 0)); printf("%x\n", pf.revents);
	R(close(p[0]));
}

CASE(pipe2_flags)
{
	R(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	R(fcntl(p[0], F_GETFD)); R(fcntl(p[0], F_GETFL));
	R(pipe2(p, O_APPEND));
	R(syscall(SYS_pipe, 8L));
}

CASE(sigpipe_caught_and_ignored)
{
	struct pollfd pf; pipe(p);
	close(p[0]);
	pf.fd = p[1]; pf.events = POLLOUT;
	R(poll(&pf, 1, 0)); printf("%x\n", pf.revents);
	signal(SIGPIPE, on);
	R(write(p[1], "x", 1)); printf("got %d\n", got);
	signal(SIGPIPE, SIG_IGN);
	R(write(p[1], "x", 1));
	close(p[1]);
}

CASE(slow_reader)
{
	// a reader that is slower than the writer
	R(pipe(p));
	pid_t pid = fork();
	if (pid == 0) {
		close(p[0]);
		for (int i = 0; i < 10; i++)
			if (write(p[1], buf, 30000) != 30000)
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	long total = 0, r;
	while ((r = read(p[0], buf, 7000)) > 0)
		total += r;
	printf("total %ld\n", total);
	int s;
	wait(&s); status("writer", s);
	close(p[0]);
}

CASE(default_action_of_sigpipe)
{
	int s; pid_t pid;
	// the default action of SIGPIPE
	R(pipe(p));
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		close(p[0]);
		write(p[1], "x", 1);
		_exit(0);
	}
	wait(&s); status("sigpipe", s);
}

CASE(fifo_without_waiting)
{
	// FIFO
	R(mkfifo("f", 0644));
	R(open("f", O_WRONLY | O_NONBLOCK));
	int fr = open("f", O_RDONLY | O_NONBLOCK);
	R(fr >= 0);
	R(read(fr, buf, 10));
	int fw = open("f", O_WRONLY | O_NONBLOCK);
	R(fw >= 0);
	R(read(fr, buf, 10));
	R(write(fw, "fifo", 4));
	R(read(fr, buf, 10));
	close(fr); close(fw);
}

CASE(fifo_waits_for_the_other_end)
{
	int s, fr; pid_t pid; mkfifo("f", 0644);
	pid = fork();
	if (pid == 0) {
		int fd = open("f", O_WRONLY);
		write(fd, "from child", 10);
		_exit(fd >= 0 ? 0 : 1);
	}
	fr = open("f", O_RDONLY);
	R(read(fr, buf, 100)); printf("%.10s\n", buf);
	wait(&s); status("fifo writer", s);
	R(read(fr, buf, 100));
	close(fr);
	R(unlink("f"));
}

CASE(many_writers)
{
	// a shared pipe between many
	R(pipe(p));
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			char c = 'A' + i;
			for (int j = 0; j < 5; j++)
				write(p[1], &c, 1);
			_exit(i);
		}
	close(p[1]);
	int count[4] = { 0 };
	char c;
	while (read(p[0], &c, 1) == 1)
		count[c - 'A']++;
	printf("%d %d %d %d\n", count[0], count[1], count[2], count[3]);
	for (int i = 0; i < 4; i++)
		wait(NULL);
}

CASES
