// process groups and sessions
#include "t.h"

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (argc > 3) { // the program that was exec'd says that it runs
		write(atoi(argv[3]), "x", 1);
		pause();
	}
	return -1;
}

CASE(groups_of_a_session)
{
	int s, p[2], ready[2]; char c, fd[8];
	pipe(p);
	pipe(ready);
	snprintf(fd, sizeof fd, "%d", ready[1]);
	pid_t lead = fork();
	if (lead == 0) {
		R(setsid() == getpid()); R(getsid(0) == getpid()); R(getpgrp() == getpid()); R(setsid()); R(setpgid(0, 0)); R(setpgid(0, getppid()));
		R(ioctl(0, TIOCGPGRP, &s) < 0);
		pid_t a = fork();
		if (a == 0) { R(getpgrp() == getppid()); R(getsid(0) == getppid()); write(ready[1], "x", 1); read(p[0], &c, 1); _exit(7); }
		read(ready[0], &c, 1);
		R(setpgid(a, a)); R(getpgid(a) == a); R(setpgid(a, 0)); R(setpgid(a, getpid())); R(getpgid(a) == getpid()); R(setpgid(a, 99999)); R(setpgid(a, -1)); R(setpgid(99999, 0)); R(setpgid(a, a));
		R(kill(-a, 0)); R(kill(0, 0));
		pid_t b = fork();
		if (b == 0) { R(setpgid(0, a)); R(getpgrp() == a); R(setsid() == getpid()); R(setpgid(a, 0)); _exit(0); }
		waitpid(b, &s, 0); status("b", s);
		write(p[1], "x", 1);
		waitpid(-a, &s, 0); status("a", s);
		pid_t e = fork();
		if (e == 0) { execl("/proc/self/exe", "x", "/", "sleep", fd, NULL); _exit(1); }
		read(ready[0], &c, 1);
		R(setpgid(e, e)); kill(e, SIGKILL); waitpid(e, &s, 0); status("e", s);
		R(setpgid(e, e));
		_exit(0);
	}
	waitpid(lead, &s, 0); status("leader", s);
}

CASE(groups_of_others)
{
	pid_t me = getpid();
	R(getpgid(0) == getpgrp()); R(getpgid(99999)); R(getsid(99999)); R(getsid(me) == getsid(0)); R(setpgid(1, 1));
}

CASE(an_orphaned_group_is_hung_up)
{
	int s; char c;
	// an orphaned group with a stopped member gets SIGHUP and SIGCONT
	int q[2]; pipe(q);
	pid_t parent = fork();
	if (parent == 0) {
		pid_t ch = fork();
		if (ch == 0) { setpgid(0, 0); signal(SIGHUP, SIG_IGN); raise(SIGSTOP); write(q[1], "c", 1); _exit(0); }
		waitpid(ch, &s, WUNTRACED); status("stopped", s);
		_exit(0);
	}
	waitpid(parent, &s, 0);
	close(q[1]);
	R(read(q[0], &c, 1));
}

CASES_UNLESS(started)
