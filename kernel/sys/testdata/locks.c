// Locks on files: of processes, of open files, of flock, of leases; descriptors and their flags.
#include "t.h"
#ifndef F_OFD_SETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#endif

static int lk(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
	return fcntl(fd, cmd, &l);
}

static void who(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
	if (fcntl(fd, cmd, &l))
		printf("%s\n", errname(errno));
	else if (l.l_type == F_UNLCK)
		printf("free\n");
	else
		printf("%s %ld+%ld by %s\n", l.l_type == F_RDLCK ? "read" : "write", (long)l.l_start, (long)l.l_len, l.l_pid == getppid() ? "parent" : l.l_pid == -1 ? "a file" : "another");
}

CASE(process_locks_split_and_merge)
{
	int st, fd = open("f", O_RDWR | O_CREAT, 0644);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 100));
	R(lk(fd, F_SETLK, F_UNLCK, 40, 20));
	R(lk(fd, F_SETLK, F_RDLCK, 80, 40));
	fflush(stdout);
	if (fork() == 0) {
		who(fd, F_GETLK, F_WRLCK, 0, 10);
		who(fd, F_GETLK, F_WRLCK, 40, 20);
		who(fd, F_GETLK, F_WRLCK, 50, 20);
		who(fd, F_GETLK, F_RDLCK, 90, 10);
		who(fd, F_GETLK, F_WRLCK, 90, 100);
		R(lk(fd, F_SETLK, F_WRLCK, 40, 20));
		R(lk(fd, F_SETLK, F_RDLCK, 100, 10));
		R(lk(fd, F_SETLK, F_WRLCK, 100, 10));
		_exit(0);
	}
	wait(&st);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
}

CASE(closing_any_descriptor_drops_them)
{
	int st, fd = open("f", O_RDWR | O_CREAT, 0644), other = open("f", O_RDONLY);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
	close(other);
	if (fork() == 0) {
		R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
		_exit(0);
	}
	wait(&st);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
}

CASE(file_locks_belong_to_the_opening)
{
	int st, a = open("f", O_RDWR | O_CREAT, 0644), b = open("f", O_RDWR);
	R(lk(a, F_OFD_SETLK, F_WRLCK, 0, 10));
	R(lk(b, F_OFD_SETLK, F_WRLCK, 0, 10));
	R(lk(b, F_SETLK, F_WRLCK, 5, 10));
	who(b, F_OFD_GETLK, F_RDLCK, 0, 0);
	int d = dup(a);
	R(lk(d, F_OFD_SETLK, F_RDLCK, 0, 10));
	close(d);
	R(lk(b, F_OFD_SETLK, F_RDLCK, 0, 10));
	fflush(stdout);
	if (fork() == 0) {
		R(lk(a, F_OFD_SETLK, F_UNLCK, 0, 0));
		_exit(0);
	}
	wait(&st);
	R(lk(b, F_OFD_SETLK, F_WRLCK, 0, 10));
	struct flock l = { .l_type = F_WRLCK, .l_pid = 1 };
	R(fcntl(a, F_OFD_SETLK, &l));
}

CASE(waiting_and_signals)
{
	int st, fd = open("f", O_RDWR | O_CREAT, 0644), p[2];
	char c;
	pipe(p);
	if (fork() == 0) {
		lk(fd, F_SETLK, F_WRLCK, 0, 0);
		write(p[1], "x", 1);
		usleep(30000);
		_exit(0);
	}
	read(p[0], &c, 1);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
	R(lk(fd, F_SETLKW, F_WRLCK, 0, 0));
	wait(&st);
}

static void nothing(int sig)
{
}

CASE(interrupted_waiting)
{
	int st, fd = open("f", O_RDWR | O_CREAT, 0644), p[2];
	char c;
	pipe(p);
	pid_t pid = fork();
	if (pid == 0) {
		lk(fd, F_SETLK, F_WRLCK, 0, 0);
		write(p[1], "x", 1);
		pause();
	}
	read(p[0], &c, 1);
	struct sigaction sa = { .sa_handler = nothing };
	sigaction(SIGALRM, &sa, NULL);
	ualarm(20000, 0);
	R(lk(fd, F_SETLKW, F_WRLCK, 0, 0));
	kill(pid, SIGKILL);
	wait(&st);
	R(lk(fd, F_SETLKW, F_WRLCK, 0, 0));
}

CASE(deadlocks_are_refused)
{
	int st, fd = open("f", O_RDWR | O_CREAT, 0644), p[2], q[2];
	char c;
	pipe(p);
	pipe(q);
	lk(fd, F_SETLK, F_WRLCK, 0, 1);
	pid_t pid = fork();
	if (pid == 0) {
		lk(fd, F_SETLK, F_WRLCK, 1, 1);
		write(p[1], "x", 1);
		lk(fd, F_SETLKW, F_WRLCK, 0, 1);
		_exit(0);
	}
	read(p[0], &c, 1);
	usleep(50000);
	int r = lk(fd, F_SETLKW, F_WRLCK, 1, 1);
	printf("%d errno %d\n", r, errno);
	lk(fd, F_SETLK, F_UNLCK, 0, 1);
	wait(&st);
	status("child", st);
}

CASE(flock_and_its_kinds)
{
	int a = open("f", O_RDWR | O_CREAT, 0644), b = open("f", O_RDONLY), d = dup(a);
	R(flock(a, LOCK_SH));
	R(flock(b, LOCK_SH | LOCK_NB));
	R(flock(a, LOCK_EX | LOCK_NB));
	R(flock(b, LOCK_UN));
	R(flock(a, LOCK_EX | LOCK_NB));
	R(flock(b, LOCK_SH | LOCK_NB));
	R(lk(b, F_SETLK, F_RDLCK, 0, 0));
	close(a);
	R(flock(b, LOCK_SH | LOCK_NB));
	R(flock(d, LOCK_UN));
	R(flock(b, LOCK_EX | LOCK_NB));
	R(flock(b, 0));
	R(flock(b, LOCK_SH | LOCK_EX));
	R(flock(99, LOCK_SH));
	R(flock(open("f", O_PATH), LOCK_SH));
	int p[2];
	pipe(p);
	R(flock(p[0], LOCK_EX));
}

CASE(lock_arguments)
{
	int fd = open("f", O_RDWR | O_CREAT, 0644), ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
	R(lk(ro, F_SETLK, F_WRLCK, 0, 0));
	R(lk(wo, F_SETLK, F_RDLCK, 0, 0));
	R(lk(fd, F_SETLK, 7, 0, 0));
	R(lk(fd, F_SETLK, F_RDLCK, -1, 0));
	R(lk(fd, F_SETLK, F_RDLCK, 10, -5));
	R(lk(fd, F_SETLK, F_RDLCK, 10, -11));
	R(lk(fd, F_SETLK, F_RDLCK, 1ll << 62, 1ll << 62));
	R(lk(fd, F_SETLK, F_RDLCK, (1ll << 62) + 1, 1ll << 62));
	R(fcntl(fd, F_SETLK, NULL));
	struct flock l = { .l_type = F_RDLCK, .l_whence = 9 };
	R(fcntl(fd, F_SETLK, &l));
	R(lk(99, F_SETLK, F_RDLCK, 0, 0));
}

CASE(dup3_and_close_range)
{
	int p[2];
	pipe(p);
	R(dup3(p[0], p[0], 0));
	R(dup3(p[0], 20, 0x1000));
	R(dup3(p[0], 20, O_CLOEXEC));
	R(fcntl(20, F_GETFD));
	R(dup2(p[0], 21));
	R(fcntl(21, F_GETFD));
	R(dup2(p[0], -1));
	R(dup2(p[0], 1 << 24));
	R(dup2(99, 22));
	R(dup2(99, 99));
	R(syscall(436, 20, 21, 4));
	R(fcntl(21, F_GETFD));
	R(syscall(436, 20, 21, 0));
	R(fcntl(20, F_GETFD));
	R(syscall(436, 21, 20, 0));
	R(syscall(436, 20, 21, 8));
	R(syscall(436, 500, 600, 0));
	R(fcntl(p[0], F_DUPFD, 30));
	R(fcntl(p[0], F_DUPFD_CLOEXEC, 30));
	R(fcntl(31, F_GETFD));
	R(fcntl(p[0], F_DUPFD, -1));
}

CASE(owners_of_signals)
{
	int p[2];
	pipe(p);
	R(fcntl(p[0], F_GETOWN));
	R(fcntl(p[0], F_SETOWN, getpid()));
	printf("%d\n", fcntl(p[0], F_GETOWN) == getpid());
	R(fcntl(p[0], F_SETOWN, -getpgrp()));
	R(fcntl(p[0], F_GETOWN) == -getpgrp() ? 0 : 1);
	R(fcntl(p[0], F_GETSIG));
	R(fcntl(p[0], F_SETSIG, SIGUSR1));
	R(fcntl(p[0], F_GETSIG));
	R(fcntl(p[0], F_SETSIG, 99));
	R(fcntl(p[0], F_SETOWN, 99999999));
}

static volatile sig_atomic_t got, gotfd;

static void onio(int sig, siginfo_t *si, void *u)
{
	got = sig;
	gotfd = si->si_fd;
}

CASE(sigio_comes)
{
	int p[2];
	struct sigaction sa = { .sa_sigaction = onio, .sa_flags = SA_SIGINFO };
	pipe(p);
	sigaction(SIGIO, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	fcntl(p[0], F_SETOWN, getpid());
	R(fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK));
	printf("%o\n", fcntl(p[0], F_GETFL));
	write(p[1], "x", 1);
	printf("%d\n", got == SIGIO);
	got = 0;
	fcntl(p[0], F_SETSIG, SIGUSR1);
	write(p[1], "x", 1);
	printf("%d %d\n", got == SIGUSR1, gotfd == p[0]);
	got = 0;
	fcntl(p[0], F_SETFL, 0);
	write(p[1], "x", 1);
	printf("%d\n", got);
}

CASE(leases)
{
	put("f", "");
	int fd = open("f", O_RDONLY);
	R(fcntl(fd, 1025, 0));
	R(fcntl(fd, 1024, 77));
	int p[2];
	pipe(p);
	R(fcntl(p[0], 1025, 0));
}
CASES
