// timers, signals, processes and memory as descriptors
#include "t.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#define SYS_pidfd_send_signal 424
#define SYS_pidfd_getfd 438
#endif
#define P_PIDFD_ 3
static char buf[10000];

static void polls(const char *what, int fd, int ms)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	int n = poll(&p, 1, ms);
	printf("%s: poll %d %x\n", what, n, p.revents & (POLLIN | POLLOUT | POLLERR));
}
static void mode(int fd) { struct stat st; fstat(fd, &st); printf("mode %o size %ld links %d flags %x %d\n", st.st_mode, (long)st.st_size, (int)st.st_nlink, fcntl(fd, F_GETFL) & ~0100000, fcntl(fd, F_GETFD)); }
static struct itimerspec in(long ms, long every) { struct itimerspec t = { { every / 1000, every % 1000 * 1000000 }, { ms / 1000, ms % 1000 * 1000000 } }; return t; }
static int set(int fd, int flags, long ms, long every) { struct itimerspec t = in(ms, every), o; int r = timerfd_settime(fd, flags, &t, &o); printf("old %d %d\n", o.it_value.tv_sec || o.it_value.tv_nsec, (int)(o.it_interval.tv_nsec / 1000000)); return r; }

CASE(timerfd_create_and_refusals)
{
	uint64_t v; int f = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC); R(f >= 0); mode(f); R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0)); R(timerfd_create(99, 0)); R(timerfd_create(CLOCK_MONOTONIC, 1)); Z(timerfd_create(CLOCK_BOOTTIME, 0)); Z(timerfd_create(8, 0));
	struct itimerspec t; R(timerfd_gettime(f, &t)); printf("%ld %ld\n", (long)t.it_value.tv_sec, t.it_value.tv_nsec); R(timerfd_gettime(0, &t)); R(timerfd_gettime(99, &t)); R(timerfd_gettime(f, (void *)8)); R(timerfd_settime(f, 8, &t, 0)); R(timerfd_settime(f, 0, (void *)8, 0)); t.it_value.tv_nsec = 1000000000; R(timerfd_settime(f, 0, &t, 0)); t.it_value.tv_nsec = -1; R(timerfd_settime(f, 0, &t, 0)); R(timerfd_settime(0, 0, &t, 0));
}

CASE(timerfd_once)
{
	uint64_t v; int f = timerfd_create(CLOCK_MONOTONIC, 0);
	polls("disarmed", f, 0); R(set(f, 0, 20, 0)); polls("armed", f, 0); R(read(f, &v, 8)); R((long)v); polls("read", f, 0); fcntl(f, F_SETFL, O_NONBLOCK); R(read(f, &v, 8)); R(write(f, &v, 8)); R(read(f, &v, 7)); R(lseek(f, 0, SEEK_SET)); R(pread(f, &v, 8, 0));
}

CASE(timerfd_again_and_again)
{
	uint64_t v; struct itimerspec t; int f = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	R(set(f, 0, 10, 0)); polls("waits", f, -1); R(timerfd_gettime(f, &t)); printf("%ld %ld\n", (long)t.it_value.tv_sec, t.it_value.tv_nsec); R(read(f, buf, 100)); R(set(f, 0, 5, 20)); usleep(50000); R(read(f, &v, 8)); R((long)v); R(read(f, &v, 8)); R(set(f, 0, 0, 0)); R(set(f, 0, 1000, 0)); R(set(f, 0, 0, 7)); polls("off", f, 5);
}

CASE(timerfd_absolute)
{
	uint64_t v; struct itimerspec t; int f = timerfd_create(CLOCK_MONOTONIC, 0);
	struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now); t.it_interval.tv_sec = t.it_interval.tv_nsec = 0; t.it_value = now; R(timerfd_settime(f, TFD_TIMER_ABSTIME, &t, 0)); polls("past", f, 0); R(read(f, &v, 8)); R((long)v); t.it_value.tv_sec++; R(timerfd_settime(f, TFD_TIMER_ABSTIME, &t, 0)); polls("future", f, 0); R(timerfd_gettime(f, &t)); R(t.it_value.tv_sec == 0 && t.it_value.tv_nsec > 0);
	int r = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK); clock_gettime(CLOCK_REALTIME, &now); t.it_value = now; t.it_value.tv_sec += 100; R(timerfd_settime(r, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &t, 0)); R(read(r, &v, 8)); t.it_value.tv_sec -= 200; R(timerfd_settime(r, TFD_TIMER_ABSTIME, &t, 0)); R(read(r, &v, 8)); R((long)v);
}

CASE(timerfd_in_epoll)
{
	uint64_t v; int f = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), r = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
	// several at once
	int ep = epoll_create1(0); struct epoll_event e = { EPOLLIN | EPOLLET, { .u64 = 1 } }, got[4]; epoll_ctl(ep, EPOLL_CTL_ADD, f, &e); e.events = EPOLLIN; e.data.u64 = 2; epoll_ctl(ep, EPOLL_CTL_ADD, r, &e); set(f, 0, 10, 10); set(r, 0, 25, 0);
	for (int i = 0; i < 4; i++) { int n = epoll_wait(ep, got, 4, 100); printf("epoll %d %d\n", n, n > 0 ? (int)got[0].data.u64 : 0); if (n > 0 && got[0].data.u64 == 2) read(r, &v, 8); } set(f, 0, 0, 0);
}

CASE(timerfd_set_while_somebody_sleeps)
{
	uint64_t v; int f = timerfd_create(CLOCK_MONOTONIC, 0);
	fcntl(f, F_SETFL, 0); set(f, 0, 5000, 0); if (fork() == 0) { usleep(20000); set(f, 0, 1, 0); _exit(0); } R(read(f, &v, 8)); R((long)v); wait(0); fd_set s; FD_ZERO(&s); FD_SET(f, &s); set(f, 0, 10, 0); R(select(f + 1, &s, 0, 0, 0)); struct timeval tv = { 0, 5000 }; read(f, &v, 8); set(f, 0, 50, 0); FD_SET(f, &s); R(select(f + 1, &s, 0, 0, &tv)); close(f);
}

static void told(int n) { struct signalfd_siginfo *s = (void *)buf; if (n < 0) { printf("%s\n", errname(errno)); return; } printf("%d:", n); for (int i = 0; i < n / 128; i++, s++) printf(" {%d code %d pid %d uid %d status %d int %d ptr %llx}", s->ssi_signo, s->ssi_code, s->ssi_pid == getpid() ? 1 : s->ssi_pid ? 2 : 0, s->ssi_uid, s->ssi_status, s->ssi_int, (long long)s->ssi_ptr); printf("\n"); }
// five blocks some signals.
static sigset_t five(void)
{
	sigset_t m;
	sigemptyset(&m);
	sigaddset(&m, SIGUSR1);
	sigaddset(&m, SIGUSR2);
	sigaddset(&m, SIGCHLD);
	sigaddset(&m, SIGRTMIN);
	sigaddset(&m, SIGALRM);
	sigprocmask(SIG_BLOCK, &m, 0);
	return m;
}

CASE(signalfd_and_refusals)
{
	sigset_t m = five();
	int f = signalfd(-1, &m, SFD_CLOEXEC | SFD_NONBLOCK); R(f >= 0); mode(f); R(syscall(SYS_signalfd4, -1, &m, 4, 0)); R(syscall(SYS_signalfd4, -1, &m, 8, 1)); R(syscall(SYS_signalfd4, -1, 8L, 8, 0)); R(syscall(SYS_signalfd4, 0, &m, 8, 0)); R(syscall(SYS_signalfd4, 99, &m, 8, 0));
}

CASE(signalfd_tells_what_pends)
{
	sigset_t m = five(); int f = signalfd(-1, &m, SFD_NONBLOCK);
	polls("none", f, 0); told(read(f, buf, 1000)); told(read(f, buf, 100)); R(write(f, buf, 8)); kill(getpid(), SIGUSR1); kill(getpid(), SIGUSR1); raise(SIGUSR2); union sigval v = { .sival_int = 42 }; sigqueue(getpid(), SIGRTMIN, v); v.sival_int = 43; sigqueue(getpid(), SIGRTMIN, v); polls("some", f, 0); told(read(f, buf, 256)); told(read(f, buf, 1000)); told(read(f, buf, 1000));
}

CASE(signalfd_blocks)
{
	sigset_t m = five(); int f = signalfd(-1, &m, 0);
	fcntl(f, F_SETFL, 0); pid_t p = fork(); if (p == 0) { usleep(20000); kill(getppid(), SIGUSR2); usleep(20000); _exit(7); } told(read(f, buf, 128)); struct signalfd_siginfo *s = (void *)buf; R(s->ssi_pid == p); told(read(f, buf, 128)); R(s->ssi_pid == p); waitpid(p, 0, 0);
}

CASE(signalfd_in_poll_and_epoll)
{
	sigset_t m = five(); int f = signalfd(-1, &m, 0);
	struct itimerval it = { { 0, 0 }, { 0, 10000 } }; setitimer(ITIMER_REAL, &it, 0); polls("alarm", f, -1); told(read(f, buf, 128)); int ep = epoll_create1(0); struct epoll_event e = { EPOLLIN, { .u64 = 1 } }; epoll_ctl(ep, EPOLL_CTL_ADD, f, &e); setitimer(ITIMER_REAL, &it, 0); R(epoll_wait(ep, &e, 1, 1000)); told(read(f, buf, 128));
}

CASE(signalfd_with_another_mask)
{
	sigset_t m = five(); int f = signalfd(-1, &m, 0);
	sigset_t o; sigemptyset(&o); sigaddset(&o, SIGUSR1); R(signalfd(f, &o, 0) == f); kill(getpid(), SIGUSR2); polls("other", f, 0); R(signalfd(f, &m, 0) == f); polls("again", f, 0); told(read(f, buf, 128)); sigaddset(&o, SIGKILL); R(signalfd(f, &o, 0) == f);
}

CASE(signalfd_is_for_who_reads)
{
	sigset_t m = five(); int f = signalfd(-1, &m, 0); pid_t p;
	// the other's signals are read by who reads
	p = fork(); if (p == 0) { kill(getpid(), SIGUSR1); told(read(f, buf, 128)); fflush(stdout); _exit(0); } int st; waitpid(p, &st, 0); status("reader", st); sigprocmask(SIG_UNBLOCK, &m, 0);
}

CASE(pidfd_open_wait_and_signal)
{
	int p[2]; pipe(p); pid_t c = fork(); if (c == 0) { write(p[1], "x", 1); usleep(30000); _exit(3); } int f = syscall(SYS_pidfd_open, c, 0); R(f >= 0); R(fcntl(f, F_GETFD)); R(syscall(SYS_pidfd_open, 0, 0)); R(syscall(SYS_pidfd_open, -1, 0)); R(syscall(SYS_pidfd_open, c, 1)); R(syscall(SYS_pidfd_open, 30000, 0)); read(p[0], buf, 1);
	polls("runs", f, 0); R(read(f, buf, 8)); siginfo_t i; memset(&i, 0, sizeof i); R(waitid(P_PIDFD_, f, &i, WEXITED | WNOHANG)); R(i.si_pid); R(waitid(P_PIDFD_, 99, &i, WEXITED)); R(waitid(P_PIDFD_, p[0], &i, WEXITED)); R(waitid(P_PIDFD_, -1, &i, WEXITED)); R(syscall(SYS_pidfd_send_signal, f, 0, 0, 0)); R(syscall(SYS_pidfd_send_signal, p[0], 0, 0, 0)); R(syscall(SYS_pidfd_send_signal, f, 99, 0, 0)); polls("ends", f, -1); R(syscall(SYS_pidfd_send_signal, f, SIGTERM, 0, 0)); R(waitid(P_PIDFD_, f, &i, WEXITED | WNOWAIT)); R(i.si_pid == c); R(i.si_status); R(waitid(P_PIDFD_, f, &i, WEXITED)); R(waitid(P_PIDFD_, f, &i, WEXITED)); R(syscall(SYS_pidfd_send_signal, f, 0, 0, 0)); polls("gone", f, 0); close(f);
}

CASE(pidfd_kills)
{
	pid_t c; int f; siginfo_t i;
	c = fork(); if (c == 0) { pause(); _exit(0); } f = syscall(SYS_pidfd_open, c, O_NONBLOCK); if (f >= 0) { R(waitid(P_PIDFD_, f, &i, WEXITED)); } else f = syscall(SYS_pidfd_open, c, 0); R(syscall(SYS_pidfd_send_signal, f, SIGUSR1, 0, 0)); fcntl(f, F_SETFL, 0); R(waitid(P_PIDFD_, f, &i, WEXITED)); R(i.si_status); close(f);
}

CASE(pidfd_getfd)
{
	pid_t c; int f, p[2]; siginfo_t i;
	pipe(p); c = fork(); if (c == 0) { int q[2]; pipe(q); dup2(q[0], 60); write(q[1], "theirs", 6); write(p[1], "x", 1); pause(); _exit(0); } read(p[0], buf, 1); f = syscall(SYS_pidfd_open, c, 0); int g = syscall(SYS_pidfd_getfd, f, 60, 0); R(g >= 0); R(read(g, buf, 10)); R(fcntl(g, F_GETFD)); R(syscall(SYS_pidfd_getfd, f, 61, 0)); R(syscall(SYS_pidfd_getfd, p[0], 60, 0)); R(syscall(SYS_pidfd_getfd, f, 60, 1)); R(syscall(SYS_pidfd_send_signal, f, SIGKILL, 0, 0)); R(waitid(P_PIDFD_, f, &i, WEXITED)); R(syscall(SYS_pidfd_getfd, f, 60, 0));
}

CASE(clone3_with_a_pidfd)
{
	pid_t c; int f; siginfo_t i;
	struct { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls; } a = { 0x1000, (uintptr_t)&f, 0, 0, SIGCHLD }; f = -1; c = syscall(435, &a, sizeof a); if (c == 0) _exit(9); R(f >= 0); R(fcntl(f, F_GETFD)); polls("clone", f, -1); R(waitid(P_PIDFD_, f, &i, WEXITED)); R(i.si_status); R(i.si_pid == c); syscall(SYS_close_range, 3, ~0u, 0);
}

CASE(memfd_create_and_refusals)
{
	int f = syscall(SYS_memfd_create, "name", 1); R(f >= 0); mode(f); R(syscall(SYS_memfd_create, "x", 0x100)); R(syscall(SYS_memfd_create, (void *)8, 0)); memset(buf, 'n', 250); buf[250] = 0; R(syscall(SYS_memfd_create, buf, 0)); buf[249] = 0; Z(syscall(SYS_memfd_create, buf, 0));
}

CASE(memfd_is_a_file)
{
	int f = syscall(SYS_memfd_create, "name", 1);
	char path[64], link[64]; sprintf(path, "/proc/self/fd/%d", f); int n = readlink(path, link, 63); printf("%.*s\n", n, link); R(write(f, "hello", 5)); R(lseek(f, 0, SEEK_END)); R(pread(f, buf, 9, 1)); mode(f); R(ftruncate(f, 10000)); R(pread(f, buf, 10000, 0)); R(memcmp(buf, "hello\0\0", 7)); char *m = mmap(0, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0); m[9999] = 'z'; R(pread(f, buf, 9, 9998)); R(buf[1]); R(fcntl(f, F_GET_SEALS)); R(fcntl(f, F_ADD_SEALS, 2)); munmap(m, 10000);
	pid_t c = fork(); if (c == 0) { R(pwrite(f, "child", 5, 0)); fflush(stdout); _exit(0); } waitpid(c, 0, 0); R(pread(f, buf, 5, 0)); printf("%.5s\n", buf); int g = open(path, O_RDONLY); R(g >= 0); R(read(g, buf, 3)); R(fcntl(g, F_ADD_SEALS, 2)); put("plain", "x"); g = open("plain", O_RDWR); R(fcntl(g, F_GET_SEALS)); R(fcntl(g, F_ADD_SEALS, 2));
}

CASE(memfd_seals_of_size)
{
	int f;
	f = syscall(SYS_memfd_create, "sealed", 3); R(fcntl(f, F_GET_SEALS)); write(f, "0123456789", 10); R(fcntl(f, F_ADD_SEALS, 0x1000)); R(fcntl(f, F_ADD_SEALS, 2)); R(ftruncate(f, 5)); R(ftruncate(f, 20)); R(fcntl(f, F_ADD_SEALS, 4)); R(ftruncate(f, 30)); R(ftruncate(f, 20)); R(pwrite(f, "x", 1, 20)); R(pwrite(f, "abc", 3, 18)); R(pwrite(f, "ab", 2, 18)); R(fcntl(f, F_GET_SEALS));
}

CASE(memfd_seal_of_writing)
{
	char *m; int f = syscall(SYS_memfd_create, "sealed", 3); write(f, "0123456789", 10);
	m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0); R(fcntl(f, F_ADD_SEALS, 8)); munmap(m, 4096); m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, f, 0); R(fcntl(f, F_ADD_SEALS, 8)); R(pwrite(f, "x", 1, 0)); R(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0) == MAP_FAILED); m[0] = 'p'; R(pread(f, buf, 1, 0)); R(buf[0]); R(fcntl(f, F_ADD_SEALS, 1)); R(fcntl(f, F_ADD_SEALS, 16)); R(fcntl(f, F_GET_SEALS));
}

CASE(memfd_is_executed)
{
	int f;
	char *argv[] = { "x", 0 }; f = syscall(SYS_memfd_create, "prog", 0); write(f, "#!/bin/none\n", 12); R(syscall(SYS_execveat, f, "", argv, argv, 0x1000));
}

CASES
