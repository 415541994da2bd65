// Sessions, process groups and the terminal that controls them, on a pseudo-terminal.
#include "session.h"

CASE(opening_acquires)
{
	LEADER(
		R(tcgetpgrp(slave) == getpid()); R(tcgetsid(slave) == getpid()); int t = open("/dev/tty", O_RDWR); R(t >= 0); R(tcgetpgrp(t) == getpid());
		R(write(t, "hello", 5)); nap(20); R(read(master, buf, 10)); R(!strcmp(ttyname(slave), name)); R(ttyname(t) && !strcmp(ttyname(t), "/dev/tty"))
	);
}

CASE(noctty)
{
	pair();
	if (fork() == 0) { setsid(); R(open("/dev/tty", O_RDWR)); slave = open(name, O_RDWR | O_NOCTTY); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); R(tcgetsid(slave));
		R(open(name, O_WRONLY) >= 0); R(open("/dev/tty", O_RDWR)); R(open(name, O_RDONLY) >= 0); R(open("/dev/tty", O_RDWR) >= 0); exit(0); }
	wait(NULL);
}

CASE(master_never_controls)
{
	if (fork() == 0) { setsid(); master = open("/dev/ptmx", O_RDWR); R(open("/dev/tty", O_RDWR)); R(ioctl(master, TIOCNOTTY)); R(tcgetpgrp(master)); R(tcgetsid(master)); exit(0); }
	wait(NULL);
}

CASE(master_sees_groups)
{
	LEADER( R(tcgetpgrp(master) == getpid()); R(tcgetsid(master) == getpid()); R(tcsetpgrp(master, getpid())) );
}

CASE(only_leaders_acquire)
{
	pair();
	if (fork() == 0) { setsid(); if (fork() == 0) { slave = open(name, O_RDWR); R(open("/dev/tty", O_RDWR)); R(ioctl(slave, TIOCSCTTY, 0)); exit(0); } wait(NULL); R(open("/dev/tty", O_RDWR)); exit(0); }
	wait(NULL);
}

CASE(tiocsctty)
{
	LEADER( R(ioctl(slave, TIOCSCTTY, 0)); R(ioctl(slave, TIOCSCTTY, 1)); char first[64]; strcpy(first, name); pair(); int other = open(name, O_RDWR); R(ioctl(other, TIOCSCTTY, 0)); R(tcgetpgrp(other)); R(ioctl(other, TIOCNOTTY)) );
}

CASE(giving_up)
{
	LEADER( catch(SIGHUP); catch(SIGCONT); R(ioctl(slave, TIOCNOTTY)); caught("leader"); R(open("/dev/tty", O_RDWR)); R(ioctl(slave, TIOCNOTTY)); R(tcgetpgrp(slave)); R(ioctl(slave, TIOCSCTTY, 0)); R(tcgetpgrp(slave) == getpid()) );
}

CASE(giving_up_in_the_background)
{
	LEADER(
		pid_t pid; GROUP(pid, catch(SIGHUP); catch(SIGCONT); nap(150); caught("background"); R(open("/dev/tty", O_RDWR)));
		signal(SIGHUP, SIG_IGN); nap(50); R(ioctl(slave, TIOCNOTTY)); waitpid(pid, &st, 0)
	);
}

CASE(giving_up_by_a_member)
{
	LEADER( if (fork() == 0) { R(ioctl(slave, TIOCNOTTY)); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); exit(0); } wait(NULL); R(open("/dev/tty", O_RDWR) >= 0); R(tcgetpgrp(slave) == getpid()) );
}

CASE(setsid_loses_it)
{
	LEADER( if (fork() == 0) { R(setsid() == getpid()); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); R(setsid()); exit(0); } wait(NULL) );
}

CASE(children_inherit)
{
	LEADER( if (fork() == 0) { if (fork() == 0) { int t = open("/dev/tty", O_RDWR); R(t >= 0); R(tcgetsid(t) == getsid(0)); exit(0); } wait(NULL); exit(0); } wait(NULL) );
}

CASE(keys_reach_the_foreground)
{
	LEADER(
		pid_t fg; signal(SIGTTOU, SIG_IGN); signal(SIGINT, on);
		GROUP(fg, catch(SIGINT); catch(SIGQUIT); catch(SIGTSTP); catch(SIGWINCH); nap(50); pause(); nap(50); caught("foreground"));
		R(tcsetpgrp(slave, fg)); nap(150); write(master, "\x03\x1c\x1a", 3); 
		waitpid(fg, &st, 0); status("foreground", st); caught("leader")
	);
}

CASE(window_size_signals)
{
	LEADER( catch(SIGWINCH); struct winsize w = { .ws_row = 11 }; ioctl(master, TIOCSWINSZ, &w); nap(10); caught("master"); w.ws_col = 7; ioctl(slave, TIOCSWINSZ, &w); nap(10); caught("slave"); ioctl(slave, TIOCSWINSZ, &w); nap(10); caught("same") );
}

CASE(background_read_stops)
{
	LEADER(
		pid_t pid; GROUP(pid, nap(30); hex("background", read(slave, buf, 10)));
		R(waitpid(pid, &st, WUNTRACED) == pid); status("background", st); R(tcsetpgrp(slave, pid)); kill(-pid, SIGCONT); write(master, "in\n", 3); waitpid(pid, &st, 0); status("foreground", st)
	);
}

CASE(background_read_ignored)
{
	LEADER( pid_t pid; GROUP(pid, signal(SIGTTIN, SIG_IGN); nap(30); hex("ignored", read(slave, buf, 10))); waitpid(pid, &st, 0);
		GROUP(pid, sigset_t s; sigemptyset(&s); sigaddset(&s, SIGTTIN); sigprocmask(SIG_BLOCK, &s, NULL); nap(30); hex("blocked", read(slave, buf, 10))); waitpid(pid, &st, 0);
		GROUP(pid, catch(SIGTTIN); nap(30); hex("caught", read(slave, buf, 10)); caught("it")); waitpid(pid, &st, 0) );
}

CASE(orphans_cannot_read)
{
	int p[2]; char c;
	pipe(p);
	LEADER(
		pid_t middle = fork();
		if (middle == 0) { if (fork() == 0) { setpgid(0, 0); nap(150); hex("orphan", read(slave, buf, 10)); R(tcsetpgrp(slave, getpid())); struct termios t; R(tcgetattr(slave, &t)); R(tcsetattr(slave, TCSANOW, &t)); write(p[1], "x", 1); exit(0); } exit(0); }
		waitpid(middle, &st, 0); read(p[0], &c, 1); nap(50)
	);
}

CASE(background_writes)
{
	LEADER( pid_t pid; GROUP(pid, nap(30); R(write(slave, "free", 4))); R(waitpid(pid, &st, WUNTRACED) == pid); status("without TOSTOP", st);
		struct termios t; tcgetattr(slave, &t); t.c_lflag |= TOSTOP; tcsetattr(slave, TCSANOW, &t);
		GROUP(pid, nap(30); R(write(slave, "held", 4))); R(waitpid(pid, &st, WUNTRACED) == pid); status("with TOSTOP", st); kill(pid, SIGKILL); waitpid(pid, &st, 0);
		GROUP(pid, signal(SIGTTOU, SIG_IGN); nap(30); R(write(slave, "ignored", 7))); R(waitpid(pid, &st, WUNTRACED) == pid); status("ignored", st);
		GROUP(pid, catch(SIGTTOU); nap(30); R(write(slave, "caught", 6)); caught("it")); R(waitpid(pid, &st, WUNTRACED) == pid); status("caught", st); nap(20); hex("master", read(master, buf, 100)) );
}

CASE(background_settings)
{
	LEADER( struct termios t; tcgetattr(slave, &t); pid_t pid;
		GROUP(pid, nap(30); R(tcgetattr(slave, &t)); R(tcsetattr(slave, TCSANOW, &t))); R(waitpid(pid, &st, WUNTRACED) == pid); status("tcsetattr", st); kill(pid, SIGKILL); waitpid(pid, &st, 0);
		GROUP(pid, nap(30); R(tcflush(slave, TCIFLUSH))); R(waitpid(pid, &st, WUNTRACED) == pid); status("tcflush", st); kill(pid, SIGKILL); waitpid(pid, &st, 0);
		GROUP(pid, nap(30); R(tcdrain(slave))); R(waitpid(pid, &st, WUNTRACED) == pid); status("tcdrain", st); kill(pid, SIGKILL); waitpid(pid, &st, 0);
		GROUP(pid, nap(30); struct winsize w = { 5 }; R(ioctl(slave, TIOCSWINSZ, &w))); R(waitpid(pid, &st, WUNTRACED) == pid); status("window", st);
		GROUP(pid, signal(SIGTTOU, SIG_IGN); nap(30); R(tcsetattr(slave, TCSANOW, &t)); R(tcsetpgrp(slave, getpid())); R(tcgetpgrp(slave) == getpid())); R(waitpid(pid, &st, WUNTRACED) == pid); status("ignored", st) );
}

CASE(orphans_and_tostop)
{
	int p[2]; char c;
	pipe(p);
	LEADER(
		struct termios t; tcgetattr(slave, &t); t.c_lflag |= TOSTOP; tcsetattr(slave, TCSANOW, &t);
		pid_t middle = fork();
		if (middle == 0) { if (fork() == 0) { setpgid(0, 0); nap(150); R(write(slave, "orphan", 6)); R(tcflush(slave, TCIFLUSH)); signal(SIGTTOU, SIG_IGN); R(write(slave, "ignoring", 8)); write(p[1], "x", 1); exit(0); } exit(0); }
		waitpid(middle, &st, 0); read(p[0], &c, 1); nap(50)
	);
}

CASE(tcsetpgrp_rules)
{
	pair();
	pid_t stranger = fork(); if (stranger == 0) { setsid(); nap(500); exit(0); } nap(50);
	if (fork() == 0) { setsid(); slave = open(name, O_RDWR); R(tcsetpgrp(slave, stranger)); R(tcsetpgrp(slave, 99999)); R(tcsetpgrp(slave, -1)); R(tcsetpgrp(slave, 0)); R(ioctl(slave, TIOCSPGRP, 8L)); R(ioctl(slave, TIOCGPGRP, 8L)); R(ioctl(slave, TIOCGSID, 8L)); R(tcsetpgrp(1, getpid())); exit(0); }
	wait(NULL); kill(stranger, SIGKILL); wait(NULL);
}

CASE(leader_exits)
{
	int p[2]; char c;
	pipe(p);
	LEADER(
		pid_t fg; signal(SIGTTOU, SIG_IGN);
		GROUP(fg, catch(SIGHUP); catch(SIGCONT); write(p[1], "r", 1); nap(200); nap(100); caught("foreground"); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); R(write(slave, "x", 1)); hex("read", (fcntl(slave, F_SETFL, O_NONBLOCK), read(slave, buf, 1))); R(getsid(0) == getppid()); write(p[1], "x", 1));
		read(p[0], &c, 1); tcsetpgrp(slave, fg)
	);
	read(p[0], &c, 1);
}

CASE(leader_exits_background)
{
	int p[2]; char c;
	pipe(p);
	LEADER( pid_t bg; GROUP(bg, catch(SIGHUP); catch(SIGCONT); write(p[1], "r", 1); nap(150); caught("background"); R(open("/dev/tty", O_RDWR)); write(p[1], "x", 1)); read(p[0], &c, 1) );
	read(p[0], &c, 1);
}

CASE(master_closes)
{
	int p[2]; char c;
	pipe(p); pair();
	pid_t leader = fork();
	if (leader == 0) { setsid(); slave = open(name, O_RDWR); close(master); catch(SIGHUP); catch(SIGCONT);
		pid_t fg; signal(SIGTTOU, SIG_IGN); GROUP(fg, catch(SIGHUP); catch(SIGCONT); nap(250); caught("foreground"); R(open("/dev/tty", O_RDWR))); tcsetpgrp(slave, fg);
		write(p[1], "x", 1); pause(); nap(20); caught("leader"); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); R(write(slave, "x", 1)); hex("read", read(slave, buf, 1)); waitpid(fg, &st, 0); exit(0); }
	read(p[0], &c, 1); nap(50); close(master); waitpid(leader, &st, 0); status("leader", st);
}

CASE(master_closes_kills)
{
	int p[2]; char c;
	pipe(p); pair();
	pid_t leader = fork();
	if (leader == 0) { setsid(); slave = open(name, O_RDWR); close(master); signal(SIGTTOU, SIG_IGN);
		pid_t fg; GROUP(fg, catch(SIGHUP); write(p[1], "r", 1); pause(); nap(100); caught("foreground"); write(p[1], "x", 1)); tcsetpgrp(slave, fg); read(p[0], &c, 1); write(p[1], "l", 1); pause(); exit(0); }
	nap(150); close(master); waitpid(leader, &st, 0); status("leader", st); close(p[1]); int n = 0, r; while ((r = read(p[0], buf + n, 10)) > 0) n += r; printf("%.*s\n", n, buf);
}

CASE(hangup_of_a_stopped_leader)
{
	pair();
	pid_t leader = fork();
	if (leader == 0) { setsid(); slave = open(name, O_RDWR); close(master); signal(SIGHUP, SIG_IGN); catch(SIGCONT); raise(SIGSTOP); caught("leader"); exit(0); }
	R(waitpid(leader, &st, WUNTRACED) == leader); status("leader", st); close(master); waitpid(leader, &st, 0); status("leader", st);
}

CASE(stat_shows_it)
{
	LEADER(
		FILE *f = fopen("/proc/self/stat", "r"); int pid; int ppid; int pgrp; int sid; int tty; int tpgid; char comm[32]; char state; fscanf(f, "%d %s %c %d %d %d %d %d", &pid, comm, &state, &ppid, &pgrp, &sid, &tty, &tpgid); fclose(f);
		R(pgrp == getpid()); R(sid == getpid()); R(tty >> 8 == 136); R((tty & 255) == atoi(name + 9)); R(tpgid == getpid());
		R(ioctl(slave, TIOCNOTTY) + (signal(SIGHUP, SIG_IGN), 0)); f = fopen("/proc/self/stat", "r"); fscanf(f, "%d %s %c %d %d %d %d %d", &pid, comm, &state, &ppid, &pgrp, &sid, &tty, &tpgid); printf("%d %d\n", tty, tpgid)
	);
}

CASE(peer_acquires)
{
	pair();
	if (fork() == 0) { setsid(); int t = ioctl(master, TIOCGPTPEER, O_RDWR); R(t >= 0); R(tcgetsid(t) == getpid()); exit(0); }
	wait(NULL);
	if (fork() == 0) { setsid(); int t = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY); R(t >= 0); R(tcgetsid(t)); exit(0); }
	wait(NULL);
}

CASE(suspending_key_and_orphans)
{
	LEADER(
		pid_t fg; signal(SIGTTOU, SIG_IGN); GROUP(fg, nap(60); pause());
		R(tcsetpgrp(slave, fg)); nap(100); write(master, "\x1a", 1); R(waitpid(fg, &st, WUNTRACED) == fg); status("child", st); kill(-fg, SIGCONT); R(waitpid(fg, &st, WCONTINUED) == fg); status("child", st); write(master, "\x1c", 1); waitpid(fg, &st, 0); printf("%d\n", WTERMSIG(st));
		R(tcsetpgrp(slave, getpid())); signal(SIGTSTP, SIG_DFL); nap(20); write(master, "\x1a", 1); nap(50); printf("the leader's group is orphaned\n")
	);
}

CASE(stop_in_an_orphaned_group)
{
	if (fork() == 0) { setsid(); raise(SIGTSTP); printf("TSTP\n"); raise(SIGTTIN); printf("TTIN\n"); raise(SIGTTOU); printf("TTOU\n");
		pid_t pid = fork(); if (pid == 0) { raise(SIGSTOP); exit(0); } R(waitpid(pid, &st, WUNTRACED) == pid); status("SIGSTOP", st); kill(pid, SIGCONT); waitpid(pid, &st, 0); exit(0); }
	wait(NULL);
}

CASE(orphaned_by_exit)
{
	int p[2]; char c;
	pipe(p);
	pid_t parent = fork();
	if (parent == 0) { setsid(); pid_t pid; GROUP(pid, catch(SIGHUP); catch(SIGCONT); close(p[0]); raise(SIGSTOP); nap(20); caught("stopped")); waitpid(pid, &st, WUNTRACED); GROUP(pid, catch(SIGHUP); catch(SIGCONT); nap(100); caught("running")); nap(50); exit(0); }
	close(p[1]); waitpid(parent, &st, 0); read(p[0], &c, 1);
}

CASE(orphaned_by_a_middle)
{
	int p[2]; char c;
	pipe(p);
	if (fork() == 0) { setsid();
		pid_t middle = fork();
		if (middle == 0) { pid_t pid; GROUP(pid, close(p[0]); catch(SIGHUP); catch(SIGCONT); raise(SIGTSTP); nap(20); caught("grandchild")); waitpid(pid, &st, WUNTRACED); status("grandchild", st); exit(0); }
		waitpid(middle, &st, 0); nap(100); exit(0); }
	close(p[1]); read(p[0], &c, 1); wait(NULL);
}

CASE(orphaned_by_a_member)
{
	int p[2]; char c;
	pipe(p);
	if (fork() == 0) { setsid();
		pid_t a; GROUP(a, if (fork() == 0) { close(p[0]); catch(SIGHUP); catch(SIGCONT); raise(SIGSTOP); nap(20); caught("member"); exit(0); } nap(100));
		waitpid(a, &st, 0); nap(100); exit(0); }
	close(p[1]); read(p[0], &c, 1); wait(NULL);
}

CASE(not_orphaned_by_a_member)
{
	if (fork() == 0) { setsid(); pid_t pid;
		pid_t a; GROUP(a, pid = fork(); if (pid == 0) { catch(SIGHUP); catch(SIGCONT); raise(SIGSTOP); exit(0); } nap(100));
		pid_t b; GROUP(b, nap(300)); setpgid(b, a); waitpid(a, &st, 0); status("one of two", st); kill(-a, SIGKILL); waitpid(b, &st, 0); status("other", st); exit(0); }
	wait(NULL);
}

CASE(another_member_is_stopped)
{
	int p[2]; char c;
	pipe(p);
	if (fork() == 0) { setsid();
		pid_t a = fork();
		if (a == 0) {
			pid_t pid; GROUP(pid, if (fork() == 0) { close(p[0]); catch(SIGHUP); catch(SIGCONT); raise(SIGSTOP); nap(20); caught("grandchild"); exit(0); } catch(SIGHUP); catch(SIGCONT); close(p[0]); nap(300); nap(100); caught("child"));
			nap(100); exit(0); }
		waitpid(a, &st, 0); nap(100); exit(0); }
	close(p[1]); read(p[0], &c, 1); wait(NULL);
}

CASE(nested)
{
	LEADER(
		pair(); pid_t inner = fork();
		if (inner == 0) { setsid(); int t = open(name, O_RDWR); R(tcgetsid(t) == getpid()); catch(SIGINT); catch(SIGHUP); close(master); nap(150); caught("inner"); exit(0); }
		catch(SIGINT); nap(50); write(master, "\x03", 1); nap(20); caught("outer"); waitpid(inner, &st, 0)
	);
}

CASES
