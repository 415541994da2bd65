// I/O priorities: what is set is there, for whom, and what is refused.
#include "t.h"

enum { PROCESS = 1, PGRP, USER };
#define PRIO(class, level) ((class) << 13 | (level))

static long set(int which, int who, int prio) { return syscall(SYS_ioprio_set, which, who, prio); }
static long get(int which, int who) { return syscall(SYS_ioprio_get, which, who); }

static void tell(const char *what, long r)
{
	if (r < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: %lx\n", what, r);
}

CASE(set_and_get)
{
	tell("at first", get(PROCESS, 0));
	for (int class = 1; class <= 3; class++) {
		tell("set", set(PROCESS, 0, PRIO(class, class == 3 ? 0 : 7 - class)));
		tell("get", get(PROCESS, 0));
		tell("get by pid", get(PROCESS, getpid()));
	}
	tell("none", set(PROCESS, 0, 0));
	tell("get", get(PROCESS, 0));
}

CASE(refused)
{
	tell("no class", set(PROCESS, 0, PRIO(4, 0)));
	tell("none with a level", set(PROCESS, 0, PRIO(0, 3)));
	tell("which 0", set(0, 0, PRIO(2, 0)));
	tell("which 4", set(4, 0, PRIO(2, 0)));
	tell("get which 0", get(0, 0));
	tell("nobody", set(PROCESS, 0x3fffff, PRIO(2, 0)));
	tell("get nobody", get(PROCESS, 0x3fffff));
	tell("no group", get(PGRP, 0x3fffff));
	tell("the class is looked at first", set(9, 0, PRIO(5, 0)));
}

CASE(children_inherit)
{
	set(PROCESS, 0, PRIO(2, 3));
	if (fork() == 0) {
		tell("child", get(PROCESS, 0));
		exit(0);
	}
	wait(NULL);
	setpgid(0, 0);
	pid_t pid = fork();
	if (pid == 0)
		pause();
	tell("better for one", set(PROCESS, pid, PRIO(2, 1)));
	tell("the best of the group", get(PGRP, 0));
	tell("for all", set(PGRP, 0, PRIO(3, 0)));
	tell("child's", get(PROCESS, pid));
	tell("mine", get(PROCESS, 0));
	kill(pid, SIGKILL);
	wait(NULL);
}

CASE(by_the_nice_value)
{
	setpgid(0, 0);
	tell("group", get(PGRP, 0));
	setpriority(PRIO_PROCESS, 0, 10);
	tell("nicer", get(PGRP, 0));
	tell("its own", get(PROCESS, 0));
}

CASE(without_privilege)
{
	pid_t parent = getpid();
	if (fork() == 0) {
		if (setuid(1234))
			exit(1);
		tell("real time", set(PROCESS, 0, PRIO(1, 0)));
		tell("idle", set(PROCESS, 0, PRIO(3, 0)));
		tell("best effort", set(PROCESS, 0, PRIO(2, 0)));
		tell("another's", set(PROCESS, parent, PRIO(2, 0)));
		tell("look at another's", get(PROCESS, parent));
		exit(0);
	}
	wait(NULL);
}

CASES
