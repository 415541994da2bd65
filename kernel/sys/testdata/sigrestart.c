// which calls go on after a handler with SA_RESTART and which never do: the table in signal(7)
#include "t.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static volatile int hits;
static void on(int sig) { hits++; }

// with begins to send a signal every 15 ms, so that none is lost where another program delays this one; the handler has
// these flags. seen ends that.
static void with(int flags)
{
	struct sigaction sa = { .sa_handler = on, .sa_flags = flags };
	struct itimerval it = { { 0, 15000 }, { 0, 15000 } };
	sigaction(SIGALRM, &sa, NULL);
	hits = 0;
	setitimer(ITIMER_REAL, &it, NULL);
}
static void seen(void)
{
	struct itimerval off = { 0 };
	setitimer(ITIMER_REAL, &off, NULL);
	printf("interrupted %d\n", hits > 0);
}
// later runs fn in a child after 60 ms, so that a call that was restarted ends.
#define LATER(what) do { if (fork() == 0) { usleep(60000); what; _exit(0); } } while (0)
#define BOTH(call, what) do { with(0); R(call); seen(); LATER(what); with(SA_RESTART); R(call); seen(); while (wait(NULL) < 0 && errno == EINTR) ; } while (0)
#define NEVER(call) do { with(0); R(call); seen(); with(SA_RESTART); R(call); seen(); } while (0)
static char c;

CASE(read_pipe) { int p[2]; pipe(p); BOTH(read(p[0], &c, 1), write(p[1], "x", 1)); }
CASE(readv_pipe) { int p[2]; pipe(p); struct iovec v = { &c, 1 }; BOTH(readv(p[0], &v, 1), write(p[1], "x", 1)); }
CASE(write_pipe) { int p[2]; static char big[65536]; pipe(p); write(p[1], big, sizeof big); BOTH(write(p[1], "x", 1), read(p[0], big, 65536)); }
CASE(write_pipe_partly) { int p[2]; static char big[100000]; pipe(p); with(SA_RESTART); R(write(p[1], big, sizeof big)); seen(); }
CASE(read_eventfd) { int f = eventfd(0, 0); uint64_t v; BOTH(read(f, &v, 8), eventfd_write(f, 1)); }
CASE(read_timerfd) { int f = timerfd_create(CLOCK_MONOTONIC, 0); uint64_t v; struct itimerspec t = { { 0, 0 }, { 0, 1000000 } }; BOTH(read(f, &v, 8), timerfd_settime(f, 0, &t, NULL)); }
CASE(read_inotify) { int f = inotify_init(); char b[256]; inotify_add_watch(f, ".", IN_CREATE); BOTH(read(f, b, sizeof b) > 0, close(creat("new", 0600))); }
CASE(open_fifo) { mkfifo("f", 0600); int fd; BOTH((fd = open("f", O_RDONLY)) >= 0 ? 0 : -1, open("f", O_WRONLY)); }
CASE(wait4_child) { pid_t p = fork(); if (p == 0) for (;;) pause(); BOTH(wait4(p, NULL, 0, NULL) == p, kill(p, SIGKILL)); }
CASE(flock_lock) { int a = open("l", O_CREAT | O_RDWR, 0600), p[2]; pipe(p); pid_t pid = fork(); if (pid == 0) { int b = open("l", O_RDWR); flock(b, LOCK_EX); write(p[1], "x", 1); usleep(60000); _exit(0); } read(p[0], &c, 1); with(0); R(flock(a, LOCK_EX)); with(SA_RESTART); R(flock(a, LOCK_EX)); seen(); }
CASE(fcntl_lock) { int a = open("l", O_CREAT | O_RDWR, 0600), p[2]; struct flock l = { .l_type = F_WRLCK }; pipe(p); pid_t pid = fork(); if (pid == 0) { fcntl(a, F_SETLK, &l); write(p[1], "x", 1); usleep(60000); _exit(0); } read(p[0], &c, 1); with(0); R(fcntl(a, F_SETLKW, &l)); with(SA_RESTART); R(fcntl(a, F_SETLKW, &l)); seen(); }
CASE(accept_socket) { int s = socket(AF_UNIX, SOCK_STREAM, 0); struct sockaddr_un a = { AF_UNIX, "s" }; bind(s, (void *)&a, sizeof a); listen(s, 1); BOTH(accept(s, NULL, NULL) >= 0 ? 0 : -1, connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof a)); }
CASE(recv_socket) { int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); BOTH(recv(s[0], &c, 1, 0), send(s[1], "x", 1, 0)); }
CASE(recv_with_a_timeout) { int s[2]; struct timeval t = { 5, 0 }; socketpair(AF_UNIX, SOCK_STREAM, 0, s); setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t); NEVER(recv(s[0], &c, 1, 0)); }
CASE(futex_wait) { static int *w; w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); BOTH(syscall(SYS_futex, w, 0, 0, NULL, NULL, 0), while (syscall(SYS_futex, w, 1, 1, NULL, NULL, 0) == 0) usleep(1000)); }
CASE(futex_wait_with_a_timeout) { int w = 0; struct timespec t = { 5, 0 }; NEVER(syscall(SYS_futex, &w, 0, 0, &t, NULL, 0)); }
CASE(futex_wait_bitset_until) { int w = 0; struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); t.tv_sec += 5; NEVER(syscall(SYS_futex, &w, 9, 0, &t, NULL, -1)); }
CASE(pause_never) { NEVER(pause()); }
CASE(sigsuspend_never) { sigset_t s; sigemptyset(&s); NEVER(sigsuspend(&s)); }
CASE(sigtimedwait_never) { sigset_t s; struct timespec t = { 5, 0 }; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL); NEVER(syscall(SYS_rt_sigtimedwait, &s, NULL, &t, 8)); }
CASE(poll_never) { NEVER(poll(NULL, 0, 5000)); }
CASE(ppoll_never) { struct timespec t = { 5, 0 }; NEVER(ppoll(NULL, 0, &t, NULL)); R(t.tv_sec); }
CASE(select_never) { struct timeval t = { 5, 0 }; NEVER(select(0, NULL, NULL, NULL, &t)); R(t.tv_sec); }
CASE(pselect_never) { struct timespec t = { 5, 0 }; NEVER(pselect(0, NULL, NULL, NULL, &t, NULL)); }
CASE(epoll_wait_never) { int e = epoll_create1(0); struct epoll_event ev; NEVER(epoll_wait(e, &ev, 1, 5000)); NEVER(epoll_pwait(e, &ev, 1, -1, NULL)); }
CASE(nanosleep_never) { struct timespec t = { 5, 0 }, r = { 0 }; NEVER(nanosleep(&t, &r)); R(r.tv_sec); R(r.tv_nsec > 900000000); }
CASE(clock_nanosleep_never) { struct timespec t = { 5, 0 }, r = { 0 }; NEVER(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &r)); R(r.tv_sec); clock_gettime(CLOCK_MONOTONIC, &t); t.tv_sec += 5; r.tv_sec = 77; NEVER(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &r)); R(r.tv_sec); }
CASE(usleep_of_an_ignored_signal) { struct timespec t = { 0, 40000000 }; signal(SIGALRM, SIG_IGN); struct itimerval it = { { 0, 10000 }, { 0, 10000 } }; setitimer(ITIMER_REAL, &it, NULL); R(nanosleep(&t, NULL)); R(poll(NULL, 0, 40)); }
CASE(vfork_is_not_interrupted) { with(0); pid_t p = vfork(); if (p == 0) { usleep(40000); _exit(hits); } int st; R(p > 0); waitpid(p, &st, 0); status("hits in the child", st); seen(); }

// Stopped and continued, no handler runs: most calls go on, some fail all the same.
static void stop_us(pid_t *helper)
{
	pid_t me = getpid();
	if ((*helper = fork()) == 0) { usleep(15000); kill(me, SIGSTOP); usleep(15000); kill(me, SIGCONT); usleep(30000); _exit(0); }
}
#define STOPPED(call) do { pid_t h; stop_us(&h); R(call); waitpid(h, NULL, 0); } while (0)

CASE(stopped_nanosleep) { struct timespec t = { 0, 60000000 }, a, b; clock_gettime(CLOCK_MONOTONIC, &a); STOPPED(nanosleep(&t, NULL)); clock_gettime(CLOCK_MONOTONIC, &b); R((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 >= 60); }
CASE(stopped_poll) { STOPPED(poll(NULL, 0, 50)); }
CASE(stopped_select) { struct timeval t = { 0, 50000 }; STOPPED(select(0, NULL, NULL, NULL, &t)); }
CASE(stopped_futex) { int w = 0; struct timespec t = { 0, 50000000 }; STOPPED(syscall(SYS_futex, &w, 0, 0, &t, NULL, 0)); }
CASE(stopped_epoll_wait) { int e = epoll_create1(0); struct epoll_event ev; STOPPED(epoll_wait(e, &ev, 1, 50)); }
CASE(stopped_sigtimedwait) { sigset_t s; struct timespec t = { 0, 50000000 }; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL); STOPPED(syscall(SYS_rt_sigtimedwait, &s, NULL, &t, 8)); }
CASE(stopped_read) { int p[2]; pipe(p); LATER(write(p[1], "x", 1)); STOPPED(read(p[0], &c, 1)); wait(NULL); }
CASE(stopped_recv_with_a_timeout) { int s[2]; struct timeval t = { 0, 50000 }; socketpair(AF_UNIX, SOCK_STREAM, 0, s); setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t); STOPPED(recv(s[0], &c, 1, 0)); }
CASE(stopped_clock_nanosleep) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_nsec += 50000000; if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000; STOPPED(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL)); }

CASES
