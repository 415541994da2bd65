// wait4(2) and waitid(2): every option; zombies, SIGCHLD, reparenting
#include "t.h"
#include <sys/prctl.h>

static pid_t child(int code) { pid_t pid = fork(); if (pid == 0) _exit(code); return pid; }
static pid_t clone_child(int code) { pid_t pid = syscall(SYS_clone, 0, 0, 0, 0, 0); if (pid == 0) _exit(code); return pid; }
static pid_t sleeper(void) { pid_t pid = fork(); if (pid == 0) for (;;) pause(); return pid; }
static void info(siginfo_t *si, pid_t pid) { printf("signo %d code %d status %d pid %d uid %d\n", si->si_signo, si->si_code, si->si_status, si->si_pid == pid, si->si_uid); }
static void stopped(pid_t pid) { siginfo_t si; waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT); }
static void ended(pid_t pid) { siginfo_t si; waitid(P_PID, pid, &si, WEXITED | WNOWAIT | __WALL); }
static int st;

CASE(wclone_and_wall)
{
	pid_t a = child(1), b = clone_child(2);
	ended(a); ended(b);
	R(waitpid(b, &st, WNOHANG));
	R(waitpid(a, &st, WNOHANG | __WCLONE));
	R(waitpid(-1, &st, __WCLONE) == b); status("clone", st);
	R(waitpid(-1, &st, __WCLONE));
	R(waitpid(-1, &st, 0) == a); status("fork", st);
	a = child(3), b = clone_child(4);
	R(waitpid(b, &st, __WALL) == b); status("clone", st);
	R(waitpid(a, &st, __WALL) == a); status("fork", st);
	R(waitpid(-1, &st, __WALL));
}

CASE(wait4_options_refused)
{
	R(wait4(-1, &st, WEXITED, NULL)); R(wait4(-1, &st, WNOWAIT, NULL)); R(wait4(-1, &st, 0x10, NULL)); R(wait4(-1, &st, 64, NULL));
	R(syscall(SYS_wait4, INT_MIN, &st, 0, NULL)); R(wait4(-1, &st, WNOHANG, NULL)); R(wait4(0, &st, 0, NULL)); R(wait4(-getpgrp(), &st, 0, NULL));
	pid_t pid = child(1); ended(pid);
	R(syscall(SYS_wait4, pid, 8L, 0, NULL)); // the child is gone all the same
	R(waitpid(pid, &st, 0));
}

CASE(waitid_options_refused)
{
	siginfo_t si;
	R(waitid(P_ALL, 0, &si, WNOHANG)); R(waitid(P_ALL, 0, &si, WEXITED | 0x10)); R(waitid(P_PID, 0, &si, WEXITED)); R(waitid(P_PGID, -1, &si, WEXITED));
	R(waitid(4, 0, &si, WEXITED)); R(waitid(3, -1, &si, WEXITED)); R(waitid(3, 0, &si, WEXITED)); R(waitid(3, 500, &si, WEXITED)); R(waitid(P_ALL, 0, &si, WEXITED));
	pid_t pid = child(1); ended(pid);
	R(waitid(P_ALL, 0, NULL, WEXITED)); R(waitpid(pid, &st, 0));
	pid = child(1); ended(pid);
	R(syscall(SYS_waitid, P_PID, pid, 8L, WEXITED, NULL)); R(waitpid(pid, &st, 0));
}

CASE(waitid_of_each_end)
{
	siginfo_t si;
	pid_t pid = child(200);
	R(waitid(P_PID, pid, &si, WEXITED)); info(&si, pid);
	pid = sleeper(); kill(pid, SIGKILL);
	R(waitid(P_PID, pid, &si, WEXITED)); info(&si, pid);
	pid = sleeper(); kill(pid, SIGSTOP);
	R(waitid(P_PID, pid, &si, WSTOPPED)); info(&si, pid);
	kill(pid, SIGCONT);
	R(waitid(P_PID, pid, &si, WCONTINUED)); info(&si, pid);
	kill(pid, SIGRTMIN);
	R(waitid(P_PID, pid, &si, WEXITED)); printf("%d %d\n", si.si_code, si.si_status == SIGRTMIN);
	memset(&si, 7, sizeof si);
	pid = sleeper();
	R(waitid(P_PID, pid, &si, WEXITED | WNOHANG)); printf("%d %d %d\n", si.si_signo, si.si_pid, si.si_code);
	kill(pid, SIGKILL); waitpid(pid, NULL, 0);
}

CASE(nowait_leaves_it)
{
	siginfo_t si;
	pid_t pid = child(3);
	for (int i = 0; i < 3; i++) { R(waitid(P_PID, pid, &si, WEXITED | WNOWAIT)); info(&si, pid); }
	R(kill(pid, 0)); R(kill(pid, SIGKILL));
	R(waitpid(pid, &st, 0) == pid); status("zombie", st);
	R(kill(pid, 0));
	pid = sleeper(); kill(pid, SIGSTOP);
	R(waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT)); R(waitid(P_PID, pid, &si, WSTOPPED)); info(&si, pid); R(waitid(P_PID, pid, &si, WSTOPPED | WNOHANG)); R(si.si_pid);
	kill(pid, SIGCONT);
	R(waitid(P_PID, pid, &si, WCONTINUED | WNOWAIT)); R(waitid(P_PID, pid, &si, WCONTINUED)); info(&si, pid);
	kill(pid, SIGKILL); waitpid(pid, NULL, 0);
}

CASE(stop_is_told_once)
{
	pid_t pid = sleeper();
	kill(pid, SIGTSTP); stopped(pid);
	R(waitpid(pid, &st, WNOHANG));
	R(waitpid(pid, &st, WUNTRACED) == pid); status("stopped", st);
	R(waitpid(pid, &st, WUNTRACED | WNOHANG));
	kill(pid, SIGSTOP); usleep(5000); // already stopped
	R(waitpid(pid, &st, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT); kill(pid, SIGCONT);
	R(waitpid(pid, &st, WCONTINUED) == pid); status("continued", st); R(WIFSTOPPED(st)); R(WIFSIGNALED(st)); R(WIFEXITED(st));
	R(waitpid(pid, &st, WCONTINUED | WNOHANG));
	kill(pid, SIGSTOP); stopped(pid);
	kill(pid, SIGKILL);
	R(waitpid(pid, &st, WUNTRACED) == pid); status("killed while stopped", st);
}

CASE(continue_without_stop_is_not_told)
{
	pid_t pid = sleeper();
	kill(pid, SIGCONT); usleep(5000);
	R(waitpid(pid, &st, WCONTINUED | WNOHANG));
	kill(pid, SIGKILL); waitpid(pid, NULL, 0);
}

static volatile int told, codes[8];
static void chld(int sig, siginfo_t *si, void *u) { if (told < 8) codes[told++] = si->si_code; }

CASE(sigchld_of_stops)
{
	struct sigaction sa = { .sa_sigaction = chld, .sa_flags = SA_SIGINFO };
	sigaction(SIGCHLD, &sa, NULL);
	pid_t pid = sleeper();
	kill(pid, SIGSTOP); while (told < 1) usleep(1000);
	kill(pid, SIGCONT); while (told < 2) usleep(1000);
	kill(pid, SIGKILL); while (told < 3) usleep(1000);
	for (int i = 0; i < told; i++) printf("%d\n", codes[i]);
	waitpid(pid, NULL, 0);
}

CASE(nocldstop)
{
	struct sigaction sa = { .sa_sigaction = chld, .sa_flags = SA_SIGINFO | SA_NOCLDSTOP };
	sigaction(SIGCHLD, &sa, NULL);
	pid_t pid = sleeper();
	kill(pid, SIGSTOP); R(waitpid(pid, &st, WUNTRACED) == pid);
	kill(pid, SIGCONT); R(waitpid(pid, &st, WCONTINUED) == pid);
	R(told);
	kill(pid, SIGKILL); while (told < 1) usleep(1000);
	printf("%d\n", codes[0]);
	waitpid(pid, NULL, 0);
}

CASE(nocldwait)
{
	struct sigaction sa = { .sa_sigaction = chld, .sa_flags = SA_SIGINFO | SA_NOCLDWAIT };
	sigaction(SIGCHLD, &sa, NULL);
	pid_t pid = child(1);
	while (!told) usleep(1000);
	printf("told %d\n", codes[0]);
	R(waitpid(pid, &st, 0));
	pid = sleeper();
	R(waitpid(-1, &st, WNOHANG));
	kill(pid, SIGKILL);
	while (waitpid(-1, &st, 0) < 0 && errno == EINTR) ;
	R(waitpid(-1, &st, 0));
}

CASE(sigchld_ignored)
{
	sigset_t s;
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&s); sigaddset(&s, SIGCHLD); sigprocmask(SIG_BLOCK, &s, NULL);
	pid_t pid = child(1);
	R(waitpid(pid, &st, 0));
	sigpending(&s); R(sigismember(&s, SIGCHLD));
	int p[2]; pipe(p); // two of them: wait returns when the last has ended
	for (int i = 0; i < 2; i++) if (fork() == 0) { usleep(10000 * (i + 1)); write(p[1], "x", 1); _exit(0); }
	R(wait(&st)); char b[3]; R(read(p[0], b, 3));
}

CASE(sigchld_ignored_by_default_leaves_zombies)
{
	pid_t pid = child(6);
	ended(pid);
	R(waitpid(pid, &st, 0) == pid); status("zombie", st);
}

CASE(pidfd_nonblock)
{
	siginfo_t si;
	pid_t pid = sleeper();
	int fd = syscall(SYS_pidfd_open, pid, O_NONBLOCK);
	R(waitid(3, fd, &si, WEXITED));
	R(waitid(3, fd, &si, WEXITED | WNOHANG));
	kill(pid, SIGKILL); ended(pid);
	R(waitid(3, fd, &si, WEXITED)); info(&si, pid);
	R(waitid(3, fd, &si, WEXITED));
	R(waitid(3, 1, &si, WEXITED));
}

CASE(subreaper)
{
	R(prctl(PR_SET_CHILD_SUBREAPER, 1));
	int on = 0; R(prctl(PR_GET_CHILD_SUBREAPER, &on)); R(on);
	int p[2]; pipe(p);
	pid_t me = getpid(), pid = fork();
	if (pid == 0) {
		int none = 9; prctl(PR_GET_CHILD_SUBREAPER, &none);
		pid_t parent = getpid();
		if (fork() == 0) { while (getppid() == parent) usleep(500); _exit(getppid() == me ? 5 : 6); }
		_exit(none);
	}
	R(waitpid(pid, &st, 0) == pid); status("child is none", st);
	R(wait(&st) > 0); status("grandchild is ours", st);
	R(prctl(PR_SET_CHILD_SUBREAPER, 0)); prctl(PR_GET_CHILD_SUBREAPER, &on); R(on);
}

CASE(pdeathsig)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int s; R(prctl(PR_SET_PDEATHSIG, 65)); R(prctl(PR_SET_PDEATHSIG, -1));
	pid_t pid = fork();
	if (pid == 0) {
		int p[2]; pipe(p);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM); prctl(PR_GET_PDEATHSIG, &s);
			pid_t gc = fork(); // not inherited
			if (gc == 0) { prctl(PR_GET_PDEATHSIG, &s); _exit(s); }
			waitpid(gc, &st, 0);
			write(p[1], &st, sizeof st);
			for (;;) pause();
		}
		read(p[0], &st, sizeof st);
		_exit(WEXITSTATUS(st) + 1);
	}
	R(waitpid(pid, &st, 0) == pid); status("parent", st);
	R(wait(&st) > 0); status("child", st);
}

CASE(orphans_child_is_told_to_its_new_parent)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t pid = fork();
	if (pid == 0) { pid_t c = syscall(SYS_clone, 0, 0, 0, 0, 0); if (c == 0) { usleep(20000); _exit(4); } _exit(0); }
	waitpid(pid, &st, 0);
	R(waitpid(-1, &st, 0) > 0); status("its exit signal is SIGCHLD now", st);
}

CASE(wait_for_groups)
{
	pid_t a = sleeper(), b = sleeper();
	setpgid(b, b);
	kill(b, SIGTERM); ended(b);
	R(waitpid(0, &st, WNOHANG)); R(waitpid(-a, &st, WNOHANG)); R(waitpid(-b, &st, WNOHANG) == b);
	kill(a, SIGTERM);
	R(waitpid(0, &st, 0) == a);
	siginfo_t si; R(waitid(P_PGID, 0, &si, WEXITED));
}

static void usr1(int sig) { }

CASE(wait_is_interrupted_or_restarted)
{
	struct sigaction sa = { .sa_handler = usr1 };
	sigaction(SIGALRM, &sa, NULL);
	pid_t pid = sleeper();
	struct itimerval it = { { 0, 0 }, { 0, 20000 } };
	setitimer(ITIMER_REAL, &it, NULL); R(waitpid(pid, &st, 0));
	siginfo_t si; setitimer(ITIMER_REAL, &it, NULL); R(waitid(P_PID, pid, &si, WEXITED));
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, NULL);
	if (fork() == 0) { usleep(50000); kill(pid, SIGTERM); _exit(0); }
	setitimer(ITIMER_REAL, &it, NULL); R(waitpid(pid, &st, 0) == pid); status("restarted", st);
	wait(NULL);
}

CASE(rusage_of_a_child)
{
	struct rusage ru = { 0 }, kids;
	pid_t pid = fork();
	if (pid == 0) {
		char *m = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (int i = 0; i < 1 << 20; i += 4096) m[i] = 1;
		for (volatile int i = 0; i < 300000; i++) ;
		for (int i = 0; i < 5; i++) usleep(1000);
		_exit(0);
	}
	R(wait4(pid, &st, 0, &ru) == pid);
	R(ru.ru_minflt >= 256); R(ru.ru_nvcsw >= 5); R(ru.ru_maxrss >= 1024);
	R(getrusage(RUSAGE_CHILDREN, &kids));
	R(kids.ru_minflt >= ru.ru_minflt); R(kids.ru_nvcsw >= ru.ru_nvcsw); R(kids.ru_maxrss >= ru.ru_maxrss); R(kids.ru_utime.tv_sec * 1000000 + kids.ru_utime.tv_usec >= ru.ru_utime.tv_usec);
	R(syscall(SYS_wait4, -1, NULL, 0, 8L));
	memset(&ru, 7, sizeof ru); pid = sleeper();
	R(wait4(pid, NULL, WNOHANG, &ru)); kill(pid, SIGKILL); waitpid(pid, NULL, 0);
	pid = child(0); R(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED, &ru)); R(ru.ru_minflt > 0);
}

CASE(exit_status_is_one_byte)
{
	for (int i = -1; i < 3; i++) { pid_t pid = child(i * 256 + 3); waitpid(pid, &st, 0); status("exit", st); }
	pid_t pid = fork();
	if (pid == 0) syscall(SYS_exit, 0x1234);
	waitpid(pid, &st, 0); printf("%#x\n", st);
}

CASE(parent_of_the_parent_is_not)
{
	pid_t pid = fork();
	if (pid == 0) { R(waitpid(getppid(), &st, 0)); R(waitpid(getpid(), &st, 0)); R(waitpid(1, &st, 0)); exit(0); }
	waitpid(pid, &st, 0);
}

CASES
