// Who inherits the children of a process that ends, and reboot(2) for those who may not.
#include "t.h"
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <pthread.h>

static int p[2], st;
static char c;
static void say(const char *who, int same) { printf("%s: parent %s\n", who, same ? "is the reaper" : "is somebody else"); }

CASE(to_the_subreaper)
{
	pid_t me = getpid();
	pipe(p); R(prctl(PR_SET_CHILD_SUBREAPER, 1)); int v = 7; R(prctl(PR_GET_CHILD_SUBREAPER, &v)); printf("%d\n", v);
	pid_t a = fork();
	if (a == 0) { pid_t was = getpid(); if (fork() == 0) { while (getppid() == was) usleep(1000); usleep(50000); say("orphan", getppid() == me); exit(5); } exit(4); }
	R(waitpid(a, &st, 0) == a); status("child", st); R(waitpid(-1, &st, 0) > 0); status("orphan", st); R(waitpid(-1, &st, 0));
}

CASE(to_the_nearest)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t a = fork();
	if (a == 0) { prctl(PR_SET_CHILD_SUBREAPER, 1); pid_t me = getpid(), b = fork();
		if (b == 0) { pid_t was = getpid(); if (fork() == 0) { while (getppid() == was) usleep(1000); say("orphan", getppid() == me); exit(5); } exit(0); }
		waitpid(b, &st, 0); R(waitpid(-1, &st, 0) > 0); status("orphan", st); exit(0); }
	waitpid(a, &st, 0); status("subreaper", st);
}

CASE(the_flag_is_not_inherited)
{
	int v = 7;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (fork() == 0) { R(prctl(PR_GET_CHILD_SUBREAPER, &v)); printf("%d\n", v); exit(0); }
	wait(NULL); R(prctl(PR_SET_CHILD_SUBREAPER, 5)); R(prctl(PR_GET_CHILD_SUBREAPER, &v)); printf("%d\n", v); R(prctl(PR_SET_CHILD_SUBREAPER, 0)); R(prctl(PR_GET_CHILD_SUBREAPER, &v)); printf("%d\n", v); R(prctl(PR_GET_CHILD_SUBREAPER, 8L));
}

CASE(zombies_go_too)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t a = fork();
	if (a == 0) { if (fork() == 0) exit(6); usleep(50000); exit(0); }
	R(waitpid(a, &st, 0) == a); R(waitpid(-1, &st, 0) > 0); status("zombie", st);
}

static volatile int chld;
static void count(int sig) { chld++; }

CASE(the_reaper_is_told)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1); struct sigaction sa = { .sa_handler = count }; sigaction(SIGCHLD, &sa, NULL);
	pid_t a = fork();
	if (a == 0) { if (fork() == 0) { usleep(50000); exit(0); } _exit(0); }
	while (chld < 2) usleep(1000); printf("%d\n", chld); R(wait(NULL) > 0); R(wait(NULL) > 0); R(wait(NULL));
}

CASE(ignoring_children)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1); signal(SIGCHLD, SIG_IGN); pipe(p);
	if (fork() == 0) { if (fork() == 0) { usleep(50000); exit(0); } exit(0); }
	close(p[1]); R(read(p[0], &c, 1)); R(wait(NULL));
}

CASE(death_signal)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t a = fork();
	if (a == 0) { if (fork() == 0) { R(prctl(PR_SET_PDEATHSIG, SIGUSR1)); pause(); } usleep(50000); exit(0); }
	waitpid(a, &st, 0); R(wait(&st) > 0); status("orphan", st);
}

CASE(a_stopped_orphan)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t a = fork();
	if (a == 0) { setpgid(0, 0); pid_t b = fork(); if (b == 0) { raise(SIGSTOP); exit(7); } waitpid(b, &st, WUNTRACED); printf("%d\n", WSTOPSIG(st)); exit(0); }
	waitpid(a, &st, 0); usleep(50000); R(waitpid(-1, &st, WNOHANG)); printf("its new parent keeps the group from being orphaned\n"); kill(-a, SIGCONT); R(wait(&st) > 0); status("orphan", st);
}

static void *spawn(void *x) { if (fork() == 0) { usleep(50000); printf("the thread's child\n"); exit(3); } return NULL; }

CASE(threads_children_stay)
{
	pthread_t t;
	pthread_create(&t, NULL, spawn, NULL); pthread_join(t, NULL); R(wait(&st) > 0); status("child", st);
}

CASE(reboot_is_for_root)
{
	if (fork() == 0) {
		R(setuid(1000));
		R(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_POWER_OFF, 0)); R(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_AUTOBOOT, 0)); R(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_HALT_SYSTEM, 0));
		R(syscall(SYS_reboot, 0xfee1dead, 85072278, RB_ENABLE_CAD, 0)); R(syscall(SYS_reboot, 0xfee1dead, 369367448, RB_DISABLE_CAD, 0)); R(syscall(SYS_reboot, 0, 0, 0, 0)); R(syscall(SYS_reboot, 0xfee1dead, 537993216, 0xa1b2c3d4, 8L)); R(reboot(RB_POWER_OFF));
		exit(0);
	}
	wait(NULL);
}

CASES
