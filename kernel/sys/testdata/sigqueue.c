// queued signals: order, limits, siginfo of every source, signalfd, sigtimedwait, permissions
#include "t.h"
#include <stdarg.h>
#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void block(sigset_t *s, int n, ...)
{
	va_list ap;
	va_start(ap, n);
	sigemptyset(s);
	while (n--) sigaddset(s, va_arg(ap, int));
	sigprocmask(SIG_BLOCK, s, NULL);
}
static struct timespec zero;
static void next(sigset_t *s)
{
	siginfo_t si;
	memset(&si, 0x55, sizeof si);
	int r = sigtimedwait(s, &si, &zero);
	if (r < 0) { printf("none %s\n", errname(errno)); return; }
	printf("%s%d code %d errno %d pid %d uid %d", r >= SIGRTMIN ? "RT+" : "", r >= SIGRTMIN ? r - SIGRTMIN : r, si.si_code, si.si_errno, si.si_pid == getpid(), si.si_uid);
	if (si.si_code == SI_QUEUE) printf(" value %d", si.si_value.sival_int);
	puts("");
}
static int queue(int sig, int v) { return sigqueue(getpid(), sig, (union sigval){ .sival_int = v }); }

CASE(lowest_first_then_in_order)
{
	sigset_t s;
	block(&s, 5, SIGRTMIN, SIGRTMIN + 5, SIGRTMIN + 9, SIGUSR1, SIGHUP);
	queue(SIGRTMIN + 9, 1); queue(SIGRTMIN, 2); queue(SIGRTMIN + 5, 3); queue(SIGRTMIN, 4); raise(SIGUSR1); kill(getpid(), SIGHUP); queue(SIGRTMIN + 5, 5);
	for (int i = 0; i < 8; i++) next(&s);
}

CASE(standard_signals_do_not_queue)
{
	sigset_t s;
	block(&s, 1, SIGUSR1);
	queue(SIGUSR1, 1); queue(SIGUSR1, 2); kill(getpid(), SIGUSR1);
	next(&s); next(&s);
}

CASE(thread_and_process_queues)
{
	sigset_t s;
	block(&s, 2, SIGUSR1, SIGRTMIN);
	kill(getpid(), SIGUSR1); syscall(SYS_tkill, getpid(), SIGUSR1); // one in each
	kill(getpid(), SIGRTMIN); syscall(SYS_tgkill, getpid(), getpid(), SIGRTMIN);
	for (int i = 0; i < 5; i++) next(&s);
}

CASE(faults_come_first)
{
	sigset_t s;
	block(&s, 4, SIGHUP, SIGSEGV, SIGBUS, SIGUSR1);
	raise(SIGHUP); raise(SIGUSR1); raise(SIGSEGV); raise(SIGBUS);
	for (int i = 0; i < 5; i++) next(&s);
}

CASE(sigpending_limit)
{
	sigset_t s;
	struct rlimit r = { 4, 4 };
	setuid(54321); // whose signals nobody else's are
	block(&s, 2, SIGRTMIN, SIGUSR2);
	R(setrlimit(RLIMIT_SIGPENDING, &r));
	for (int i = 0; i < 6; i++) R(queue(SIGRTMIN, i));
	R(kill(getpid(), SIGRTMIN)); // kill(2) never fails for want of room
	R(kill(getpid(), SIGUSR2)); R(queue(SIGUSR2, 1));
	for (int i = 0; i < 7; i++) next(&s);
	R(queue(SIGRTMIN, 9)); next(&s);
}

CASE(kill_loses_the_info_of_a_full_queue)
{
	sigset_t s;
	struct rlimit r = { 0, 0 };
	setuid(54322);
	block(&s, 2, SIGRTMIN, SIGUSR1);
	setrlimit(RLIMIT_SIGPENDING, &r);
	R(kill(getpid(), SIGRTMIN)); R(queue(SIGUSR1, 3)); R(queue(SIGRTMIN + 1, 3));
	next(&s); next(&s); next(&s);
}

CASE(sigqueueinfo_what_may_be_pretended)
{
	siginfo_t si = { 0 };
	sigset_t s;
	block(&s, 1, SIGUSR1);
	pid_t pid = fork();
	if (pid == 0) for (;;) pause();
	for (int code = 2; code > -8; code--) {
		si.si_code = code;
		printf("%d: ", code); R(syscall(SYS_rt_sigqueueinfo, pid, SIGCONT, &si));
		R(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGCONT, &si));
	}
	si.si_code = SI_USER;
	R(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &si)); next(&s);
	si.si_code = SI_QUEUE; si.si_errno = 5;
	R(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &si)); next(&s);
	R(syscall(SYS_rt_sigqueueinfo, 0, SIGUSR1, &si)); R(syscall(SYS_rt_sigqueueinfo, -pid, SIGUSR1, &si)); R(syscall(SYS_rt_sigqueueinfo, 9999999, SIGUSR1, &si));
	R(syscall(SYS_rt_sigqueueinfo, pid, 65, &si)); R(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, 8L)); R(syscall(SYS_rt_sigqueueinfo, pid, 0, &si));
	R(syscall(SYS_rt_tgsigqueueinfo, 0, pid, SIGUSR1, &si)); R(syscall(SYS_rt_tgsigqueueinfo, pid, -1, SIGUSR1, &si)); R(syscall(SYS_rt_tgsigqueueinfo, getpid(), pid, SIGUSR1, &si));
	kill(pid, SIGKILL); wait(NULL);
}

CASE(kill_arguments)
{
	pid_t none = 9999999;
	R(kill(none, 0)); R(kill(none, 65)); R(kill(getpid(), 65)); R(kill(getpid(), -1)); R(kill(-none, 1)); R(kill(INT_MIN, 1)); R(kill(INT_MIN, 0));
	R(syscall(SYS_tkill, getpid(), 65)); R(syscall(SYS_tkill, none, 65)); R(syscall(SYS_tkill, none, 1)); R(syscall(SYS_tkill, -1, 1)); R(syscall(SYS_tkill, 0, 1));
	R(syscall(SYS_tgkill, getpid(), getpid(), 0)); R(syscall(SYS_tgkill, 1, getpid(), 1)); R(syscall(SYS_tgkill, getpid(), 0, 1)); R(syscall(SYS_tgkill, 0, getpid(), 1));
	R(kill(0, 0)); R(kill(-getpgrp(), 0));
}

CASE(permission)
{
	pid_t root = fork();
	if (root == 0) for (;;) pause();
	pid_t other = fork();
	if (other == 0) { setuid(1001); for (;;) pause(); }
	pid_t saved = fork();
	if (saved == 0) { setresuid(1001, 1001, 1002); for (;;) pause(); }
	usleep(10000);
	int fd = syscall(SYS_pidfd_open, root, 0);
	pid_t pid = fork();
	if (pid == 0) {
		setresuid(1002, 1002, 1002);
		R(kill(root, SIGTERM)); R(kill(other, SIGTERM)); R(kill(other, 0)); R(kill(root, SIGCONT)); R(kill(root, 65)); R(syscall(SYS_tkill, root, SIGTERM)); R(syscall(SYS_tgkill, root, root, SIGTERM));
		R(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0)); R(syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0));
		R(kill(saved, SIGTERM)); R(sigqueue(root, SIGTERM, (union sigval){ 0 })); R(kill(1, SIGTERM)); R(kill(1, 0));
		exit(0);
	}
	waitpid(pid, NULL, 0);
	int st; waitpid(saved, &st, 0); status("saved user ID", st);
	kill(root, SIGKILL); kill(other, SIGKILL); wait(NULL); wait(NULL);
}

CASE(kill_group_and_zero)
{
	int st;
	pid_t a = fork();
	if (a == 0) for (;;) pause();
	pid_t b = fork();
	if (b == 0) { setpgid(0, 0); for (;;) pause(); }
	usleep(10000);
	signal(SIGUSR1, SIG_IGN);
	R(kill(0, SIGUSR1)); waitpid(a, &st, 0); status("group", st);
	R(waitpid(b, &st, WNOHANG));
	R(kill(-b, SIGUSR2)); waitpid(b, &st, 0); status("other group", st);
	R(kill(-b, SIGUSR2));
}

CASE(signalfd_reads)
{
	sigset_t s;
	struct signalfd_siginfo si[4];
	block(&s, 3, SIGUSR1, SIGRTMIN, SIGCHLD);
	int fd = signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC);
	R(fcntl(fd, F_GETFD)); R(read(fd, si, sizeof si)); R(read(fd, si, 100)); R(write(fd, si, 128)); R(lseek(fd, 0, SEEK_SET));
	queue(SIGRTMIN, 7); raise(SIGUSR1); queue(SIGRTMIN, 8);
	struct pollfd p = { fd, POLLIN }; R(poll(&p, 1, 0)); R(p.revents);
	R(read(fd, si, sizeof si));
	for (int i = 0; i < 3; i++) printf("%d code %d pid %d int %d\n", si[i].ssi_signo == SIGRTMIN ? 0 : si[i].ssi_signo, si[i].ssi_code, si[i].ssi_pid == getpid(), si[i].ssi_int);
	R(poll(&p, 1, 0));
	if (fork() == 0) _exit(3);
	R(poll(&p, 1, -1)); R(read(fd, si, sizeof si)); printf("%d %d %d\n", si[0].ssi_signo, si[0].ssi_code, si[0].ssi_status);
	sigemptyset(&s); sigaddset(&s, SIGUSR2); sigprocmask(SIG_BLOCK, &s, NULL);
	R(signalfd(fd, &s, 0) == fd); raise(SIGUSR1); R(read(fd, si, sizeof si)); raise(SIGUSR2); R(read(fd, si, sizeof si)); printf("%d\n", si[0].ssi_signo);
	R(signalfd(0, &s, 0)); R(signalfd(99, &s, 0)); R(signalfd(-1, &s, 1)); R(syscall(SYS_signalfd4, -1, &s, 4, 0)); R(syscall(SYS_signalfd4, -1, 8L, 8, 0)); R(signalfd(-2, &s, 0));
	sigfillset(&s); Z(signalfd(-1, &s, 0));
}

CASE(signalfd_blocks_until_one_comes)
{
	sigset_t s;
	struct signalfd_siginfo si;
	block(&s, 1, SIGUSR1);
	int fd = signalfd(-1, &s, 0);
	pid_t me = getpid();
	if (fork() == 0) { usleep(20000); kill(me, SIGUSR1); _exit(0); }
	R(read(fd, &si, sizeof si)); R(si.ssi_signo);
	wait(NULL);
}

CASE(timedwait_times_out)
{
	sigset_t s;
	struct timespec t = { 0, 20000000 }, bad = { 0, 1000000000 }, neg = { -1, 0 };
	block(&s, 1, SIGUSR1);
	R(sigtimedwait(&s, NULL, &t)); R(sigtimedwait(&s, NULL, &bad)); R(sigtimedwait(&s, NULL, &neg)); R(sigtimedwait(&s, NULL, &zero));
	R(syscall(SYS_rt_sigtimedwait, &s, NULL, &t, 4)); R(syscall(SYS_rt_sigtimedwait, 8L, NULL, &t, 8)); R(syscall(SYS_rt_sigtimedwait, &s, NULL, 8L, 8));
	raise(SIGUSR1); R(syscall(SYS_rt_sigtimedwait, &s, 8L, &t, 8)); R(sigtimedwait(&s, NULL, &zero));
	sigfillset(&s); sigprocmask(SIG_BLOCK, &s, NULL); R(sigtimedwait(&s, NULL, &zero));
}

static void on(int sig) {}

CASE(timedwait_is_interrupted)
{
	sigset_t s;
	struct sigaction sa = { .sa_handler = on, .sa_flags = SA_RESTART };
	block(&s, 1, SIGUSR1);
	sigaction(SIGALRM, &sa, NULL);
	struct itimerval it = { { 0, 0 }, { 0, 20000 } };
	setitimer(ITIMER_REAL, &it, NULL);
	R(syscall(SYS_rt_sigtimedwait, &s, NULL, NULL, 8)); // not even SA_RESTART; the library would try again
}

CASE(timedwait_is_for_blocked_ones)
{
	sigset_t s;
	sigemptyset(&s); sigaddset(&s, SIGUSR1);
	pid_t me = getpid();
	if (fork() == 0) { usleep(20000); kill(me, SIGUSR1); _exit(0); } // its default action
	R(sigwaitinfo(&s, NULL));
	wait(NULL);
}

CASE(pending_and_ignoring)
{
	sigset_t s, p;
	block(&s, 2, SIGUSR1, SIGRTMIN);
	raise(SIGUSR1); queue(SIGRTMIN, 1); queue(SIGRTMIN, 2);
	sigpending(&p); R(sigismember(&p, SIGUSR1)); R(sigismember(&p, SIGRTMIN));
	signal(SIGUSR1, SIG_IGN); signal(SIGRTMIN, SIG_IGN); // throws away what waits
	sigpending(&p); R(sigismember(&p, SIGUSR1)); R(sigismember(&p, SIGRTMIN));
	raise(SIGUSR1); // blocked: kept though ignored
	sigpending(&p); R(sigismember(&p, SIGUSR1));
	signal(SIGUSR1, SIG_DFL);
	sigpending(&p); R(sigismember(&p, SIGUSR1));
	signal(SIGUSR1, SIG_IGN);
	R(syscall(SYS_rt_sigpending, &p, 4)); R(syscall(SYS_rt_sigpending, &p, 9)); R(syscall(SYS_rt_sigpending, 8L, 8));
}

CASE(pending_is_not_inherited)
{
	sigset_t s, p;
	block(&s, 1, SIGUSR1);
	raise(SIGUSR1);
	int st;
	if (fork() == 0) { sigpending(&p); _exit(sigismember(&p, SIGUSR1)); }
	wait(&st); status("fork", st);
	sigpending(&p); R(sigismember(&p, SIGUSR1));
}

CASE(stop_and_continue_cancel_each_other)
{
	sigset_t s, p;
	block(&s, 4, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT);
	raise(SIGTSTP); raise(SIGTTIN); sigpending(&p); R(sigismember(&p, SIGTSTP)); R(sigismember(&p, SIGTTIN));
	raise(SIGCONT); sigpending(&p); R(sigismember(&p, SIGTSTP)); R(sigismember(&p, SIGTTIN)); R(sigismember(&p, SIGCONT));
	raise(SIGTTOU); sigpending(&p); R(sigismember(&p, SIGCONT)); R(sigismember(&p, SIGTTOU));
	signal(SIGTTOU, SIG_IGN);
}

CASE(sigwait_takes_it)
{
	sigset_t s;
	block(&s, 1, SIGUSR1);
	pid_t me = getpid();
	if (fork() == 0) { usleep(20000); kill(me, SIGUSR1); _exit(0); }
	int sig = 0;
	R(sigwait(&s, &sig)); R(sig);
	wait(NULL);
}

CASES
