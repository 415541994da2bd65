// Process groups: who may move whom, whom signals and waits by group reach, stopping and continuing.
#include "t.h"
#include <pthread.h>

static int st, p[2], q[2];
static char c;
static void on(int sig) { printf("got %d\n", sig); }
static void catch(int sig) { struct sigaction sa = { .sa_handler = on }; sigaction(sig, &sa, NULL); }
static void nap(int ms) { usleep(ms * 1000); }
static pid_t child(void) { fflush(stdout); return fork(); }
static void end(pid_t pid) { kill(pid, SIGKILL); waitpid(pid, &st, 0); }

CASE(children_until_they_exec)
{
	pid_t a = child(); if (a == 0) { pause(); exit(0); }
	R(setpgid(a, a)); R(getpgid(a) == a); R(setpgid(a, getpgrp())); R(getpgid(a) == getpgrp()); R(setpgid(a, 0)); R(getpgid(a) == a); end(a); R(setpgid(a, a)); R(getpgid(a));
	pipe2(p, O_CLOEXEC); a = child(); if (a == 0) { execl("/proc/self/exe", "x", "/", "no-such-case", NULL); exit(1); }
	close(p[1]); read(p[0], &c, 1); errno = 0; int r = setpgid(a, a); printf("%d %s\n", r, errno == EACCES || errno == ESRCH ? "refused" : errname(errno)); waitpid(a, &st, 0);
}

CASE(zombies_have_groups)
{
	pid_t a = child(); if (a == 0) exit(0);
	nap(30); R(getpgid(a) == getpgrp()); R(setpgid(a, a)); R(getpgid(a) == a); R(kill(-a, 0)); R(getsid(a) == getsid(0)); pid_t b = child(); if (b == 0) { R(setpgid(0, a)); exit(0); } waitpid(b, &st, 0); R(waitpid(-a, &st, 0) == a); R(kill(-a, 0));
}

CASE(grandchildren_are_not_mine)
{
	pipe(p); pid_t a = child();
	if (a == 0) { pid_t b = fork(); if (b == 0) { pause(); exit(0); } write(p[1], &b, sizeof b); nap(100); kill(b, SIGKILL); exit(0); }
	pid_t b; read(p[0], &b, sizeof b); R(setpgid(b, b)); R(setpgid(b, 0)); R(getpgid(b) == getpgrp()); R(getsid(b) == getsid(0)); waitpid(a, &st, 0);
}

CASE(another_session)
{
	pipe(p); pid_t a = child();
	if (a == 0) { R(setsid() == getpid()); write(p[1], "x", 1); nap(150); exit(0); }
	read(p[0], &c, 1); R(setpgid(a, a)); R(setpgid(0, a)); R(getpgid(a) == a); R(getsid(a) == a); R(kill(-a, 0)); waitpid(a, &st, 0);
}

CASE(leaders_of_sessions_stay)
{
	pid_t a = child(); if (a == 0) { R(setsid() > 0); R(setpgid(0, 0)); R(setpgid(getpid(), getpid())); R(setpgid(0, getppid())); R(setsid()); pid_t b = child(); if (b == 0) { R(setsid() == getpid()); exit(0); } waitpid(b, &st, 0); exit(0); }
	waitpid(a, &st, 0);
}

CASE(leaders_of_groups_make_no_session)
{
	pid_t a = child(); if (a == 0) { R(setpgid(0, 0)); R(setsid()); pid_t b = child(); if (b == 0) { R(setsid() == getpid()); R(getpgrp() == getpid()); exit(0); } waitpid(b, &st, 0); exit(0); }
	waitpid(a, &st, 0);
}

CASE(a_group_keeps_its_number)
{
	pid_t a = child();
	if (a == 0) { setpgid(0, 0); pid_t b = child(); if (b == 0) { nap(100); R(getpgrp() == getppid() || getpgrp() > 1); R(kill(0, 0)); R(setsid() == getpid()); exit(0); } exit(0); }
	setpgid(a, a); waitpid(a, &st, 0); R(kill(-a, 0)); nap(200); R(kill(-a, 0));
}

CASE(bad_arguments)
{
	R(setpgid(-1, 0)); R(setpgid(0, -1)); R(setpgid(0, -5)); R(setpgid(99999, 99999)); R(setpgid(1, 1)); R(getpgid(-1)); R(getpgid(99999)); R(getsid(-1)); R(getsid(99999)); R(getpgid(0) == getpgrp()); R(syscall(SYS_getpgrp) == getpgrp());
	R(kill(99999, 0)); R(kill(-99999, 0)); R(kill(getpid(), 65)); R(kill(getpid(), -1)); R(kill(getpid(), 0));
}

static void *other(void *x) { *(pid_t *)x = syscall(SYS_gettid); read(p[0], &c, 1); return NULL; }

CASE(threads_have_the_process_group)
{
	pid_t tid = 0; pthread_t t;
	pipe(p); pthread_create(&t, NULL, other, &tid); while (!*(volatile pid_t *)&tid) nap(1);
	R(getpgid(tid) == getpgrp()); R(setpgid(tid, tid)); R(getsid(tid) == getsid(0)); write(p[1], "x", 1); pthread_join(t, NULL);
}

CASE(signals_to_a_group)
{
	pid_t a[3]; int n = 0;
	pipe(p); for (int i = 0; i < 3; i++) { a[i] = child(); if (a[i] == 0) { write(p[1], "x", 1); pause(); exit(0); } setpgid(a[i], a[0]); read(p[0], &c, 1); }
	R(kill(-a[0], SIGUSR1)); for (int i = 0; i < 3; i++) { waitpid(-a[0], &st, 0); n += WTERMSIG(st) == SIGUSR1; } R(n); R(waitpid(-a[0], &st, 0)); R(kill(-a[0], SIGUSR1));
}

CASE(signals_to_my_group)
{
	pid_t a = child(); if (a == 0) { setpgid(0, 0); catch(SIGUSR1); pid_t b = child(); if (b == 0) { nap(100); exit(7); } int r = kill(0, SIGUSR1); waitpid(b, &st, 0); printf("%d\n", r); status("other", st); exit(0); }
	waitpid(a, &st, 0); status("group", st);
}

CASE(waiting_by_group)
{
	pid_t a = child(); if (a == 0) exit(1); setpgid(a, a);
	pid_t b = child(); if (b == 0) exit(2);
	siginfo_t i = { 0 };
	R(waitpid(-b, &st, 0)); R(waitpid(0, &st, 0) == b); status("mine", st); R(waitid(P_PGID, a, &i, WEXITED | WNOWAIT)); R(i.si_pid == a); R(waitid(P_PGID, getpgrp(), &i, WEXITED)); R(waitpid(-a, &st, WNOHANG) == a); status("theirs", st); R(waitid(P_PGID, -1, &i, WEXITED)); R(waitid(P_PGID, 0, &i, WEXITED));
}

CASE(stops_and_continues)
{
	siginfo_t i;
	pid_t a = child(); if (a == 0) { catch(SIGCONT); for (;;) pause(); }
	nap(30); R(kill(a, SIGSTOP)); R(waitid(P_PID, a, &i, WSTOPPED | WNOWAIT)); printf("%d %d\n", i.si_code, i.si_status); R(waitpid(a, &st, WUNTRACED) == a); status("a", st); R(waitpid(a, &st, WUNTRACED | WNOHANG));
	R(kill(a, SIGTSTP)); R(kill(a, SIGUSR1)); nap(30); R(waitpid(a, &st, WUNTRACED | WNOHANG)); R(kill(a, SIGCONT)); R(waitpid(a, &st, 0) == a); status("a", st);
}

CASE(continuing_tells_once)
{
	pid_t a = child(); if (a == 0) for (;;) pause();
	nap(30); kill(a, SIGSTOP); waitpid(a, &st, WUNTRACED); kill(a, SIGCONT); R(waitpid(a, &st, WCONTINUED) == a); status("a", st); R(waitpid(a, &st, WCONTINUED | WNOHANG)); kill(a, SIGCONT); R(waitpid(a, &st, WCONTINUED | WNOHANG));
	kill(a, SIGSTOP); kill(a, SIGCONT); nap(30); R(waitpid(a, &st, WUNTRACED | WNOHANG)); end(a);
}

CASE(killing_the_stopped)
{
	pid_t a = child(); if (a == 0) { signal(SIGTERM, SIG_DFL); for (;;) pause(); }
	nap(30); kill(a, SIGSTOP); waitpid(a, &st, WUNTRACED); kill(a, SIGTERM); nap(30); R(waitpid(a, &st, WNOHANG)); kill(a, SIGKILL); R(waitpid(a, &st, 0) == a); status("a", st);
}

CASE(sigchld_for_stops)
{
	struct sigaction sa = { .sa_handler = on }; sigaction(SIGCHLD, &sa, NULL);
	pid_t a = child(); if (a == 0) for (;;) pause();
	nap(30); kill(a, SIGSTOP); nap(50); waitpid(a, &st, WUNTRACED); kill(a, SIGCONT); nap(50); waitpid(a, &st, WCONTINUED);
	sa.sa_flags = SA_NOCLDSTOP; sigaction(SIGCHLD, &sa, NULL); kill(a, SIGSTOP); nap(50); printf("quiet\n"); kill(a, SIGCONT); nap(20); end(a);
}

CASE(caught_stops)
{
	pid_t a = child(); if (a == 0) { catch(SIGTSTP); catch(SIGTTIN); raise(SIGTSTP); raise(SIGTTIN); signal(SIGTTOU, SIG_IGN); raise(SIGTTOU); printf("goes on\n"); raise(SIGSTOP); printf("after\n"); exit(0); }
	R(waitpid(a, &st, WUNTRACED) == a); status("a", st); kill(a, SIGCONT); waitpid(a, &st, 0); status("a", st);
}

CASE(sleeping_through_a_stop)
{
	struct timespec t = { 0, 200000000 }, left = { 9, 9 };
	pid_t a = child(); if (a == 0) { R(nanosleep(&t, &left)); struct pollfd f = { -1 }; R(poll(&f, 1, 200)); pipe(q); R(read(q[0], &c, 1)); exit(0); }
	nap(50); kill(a, SIGSTOP); nap(20); kill(a, SIGCONT); nap(250); kill(a, SIGSTOP); nap(20); kill(a, SIGCONT); nap(250); end(a); status("a", st);
}

CASES
