// poll, ppoll, select, pselect6
#include "t.h"

static volatile int got;
static void on(int sig) { got = sig; }

static int p[2], q[2];
static void setup(void)
{
	pipe(p);
	pipe(q);
}

CASE(poll_what_is_there)
{
	setup();
	struct pollfd f[4] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 }, { -1, POLLIN, 7 }, { 99, POLLIN, 0 } };
	R(poll(f, 4, 0));
	for (int i = 0; i < 4; i++) printf("%x ", f[i].revents);
	printf("\n");
	R(poll(f, 1, 0)); R(poll(f, 1, 20)); R(poll(NULL, 0, 10)); R(poll(f, 3, -1));
}

CASE(poll_refuses)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } };
	R(poll((void *)8, 1, 0));
	R(syscall(SYS_poll, f, 1u << 30, 0));
}

CASE(poll_files_and_devices)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } };
	write(p[1], "x", 1);
	R(poll(f, 1, -1)); printf("%x\n", f[0].revents);
	int reg = open("r", O_RDWR | O_CREAT, 0600);
	f[0].fd = reg; f[0].events = POLLIN | POLLOUT | POLLPRI;
	R(poll(f, 1, -1)); printf("%x\n", f[0].revents);
	int null = open("/dev/null", O_RDWR);
	f[0].fd = null;
	R(poll(f, 1, -1)); printf("%x\n", f[0].revents);
}

CASE(poll_waits)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } };
	pid_t pid = fork();
	if (pid == 0) { usleep(30000); write(q[1], "late", 4); _exit(0); }
	f[0].fd = q[0]; f[0].events = POLLIN;
	R(poll(f, 1, 5000)); printf("%x\n", f[0].revents);
	waitpid(pid, NULL, 0);
	char buf[10];
	read(q[0], buf, 10);
	pid = fork();
	if (pid == 0) { usleep(30000); _exit(0); }
	close(q[1]);
	R(poll(f, 1, 5000)); printf("%x\n", f[0].revents);
	waitpid(pid, NULL, 0);
}

CASE(ppoll_tells_what_is_left)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } };
	struct timespec ts = { 0, 10000000 }, bad = { 0, -1 };
		R(syscall(SYS_ppoll, f, 1, &ts, NULL, 8)); printf("left %ld %ld\n", ts.tv_sec, ts.tv_nsec);
	R(syscall(SYS_ppoll, f, 1, &bad, NULL, 8));
}

CASE(ppoll_with_a_mask)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } };
	struct sigaction sa = { .sa_handler = on };
	sigaction(SIGALRM, &sa, NULL);
	sigset_t none, alarmset;
	sigemptyset(&none); sigemptyset(&alarmset); sigaddset(&alarmset, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarmset, NULL);
	struct itimerval it = { { 0, 30000 }, { 0, 30000 } }, off = { 0 };
	setitimer(ITIMER_REAL, &it, NULL);
	R(ppoll(f, 1, NULL, &none)); printf("got %d\n", got); setitimer(ITIMER_REAL, &off, NULL);
	sigset_t now; sigprocmask(SIG_SETMASK, NULL, &now); R(sigismember(&now, SIGALRM));
	R(syscall(SYS_ppoll, f, 1, NULL, &none, 4));
}

CASE(poll_with_sa_restart)
{
	setup(); struct pollfd f[4] = { { p[0], POLLIN, 0 } }; struct sigaction sa = { .sa_handler = on }; sigset_t alarmset; sigemptyset(&alarmset); sigaddset(&alarmset, SIGALRM); struct itimerval it = { { 0, 30000 }, { 0, 30000 } }, off = { 0 };
	got = 0;
	setitimer(ITIMER_REAL, &it, NULL);
	sigprocmask(SIG_UNBLOCK, &alarmset, NULL);
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, NULL);
	R(poll(f, 1, -1)); printf("got %d\n", got); setitimer(ITIMER_REAL, &off, NULL);
}

CASE(select_three_sets)
{
	setup();
	fd_set r, w, e;
	struct timeval tv = { 0, 10000 };
	FD_ZERO(&r); FD_ZERO(&w); FD_ZERO(&e);
	FD_SET(p[0], &r); FD_SET(p[1], &w); FD_SET(p[0], &e);
	R(select(p[1] + 1, &r, &w, &e, &tv));
	printf("%d %d %d\n", FD_ISSET(p[0], &r), FD_ISSET(p[1], &w), FD_ISSET(p[0], &e));
	FD_ZERO(&w); FD_SET(p[0], &r);
	tv.tv_usec = 10000;
	R(syscall(SYS_select, p[1] + 1, &r, NULL, NULL, &tv)); printf("left %ld %ld\n", tv.tv_sec, tv.tv_usec);
	printf("%d\n", FD_ISSET(p[0], &r));
}

CASE(select_refuses)
{
	setup(); fd_set r; struct timeval tv = { 0, 10000 };
	FD_ZERO(&r); FD_SET(60, &r);
	R(select(61, &r, NULL, NULL, &tv));
	R(select(-1, NULL, NULL, NULL, &tv));
	tv.tv_sec = -1;
	R(syscall(SYS_select, 0, NULL, NULL, NULL, &tv));
	tv.tv_sec = 0; tv.tv_usec = 1000;
	R(select(0, NULL, NULL, NULL, &tv));
	R(syscall(SYS_select, 5, 8L, NULL, NULL, &tv));
}

CASE(pselect_with_a_mask)
{
	setup(); fd_set r; char buf[10]; sigset_t none, alarmset; sigemptyset(&none); sigemptyset(&alarmset); sigaddset(&alarmset, SIGALRM); struct sigaction sa = { .sa_handler = on, .sa_flags = SA_RESTART }; sigaction(SIGALRM, &sa, NULL);
	FD_ZERO(&r); FD_SET(p[0], &r);
	write(p[1], "y", 1);
	R(pselect(p[0] + 1, &r, NULL, NULL, NULL, &none)); printf("%d\n", FD_ISSET(p[0], &r));
	got = 0;
	read(p[0], buf, 1);
	sigprocmask(SIG_BLOCK, &alarmset, NULL);
	kill(getpid(), SIGALRM);
	printf("got %d\n", got);
	FD_SET(p[0], &r);
	R(pselect(p[0] + 1, &r, NULL, NULL, NULL, &none)); printf("got %d\n", got);
}

CASES
