//go:build linux

package sys_test

import (
	"path/filepath"
	"testing"
)

// What cannot be tried on the host, since it would feel it: signals to everybody, another time of day, and
// real-time hogs. What the manual
// pages say is compared instead.

const guestOnly = `
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define R(call) do { errno = 0; long r = (long)(call); printf("%ld %d\n", r, r == -1 ? errno : 0); } while (0)
static volatile int hits;
static void on(int sig) { hits++; }

static void kill_everybody(void)
{
	int st;
	pid_t a = fork(); if (a == 0) for (;;) pause();
	pid_t b = fork(); if (b == 0) { setpgid(0, 0); for (;;) pause(); }
	pid_t other = fork(); if (other == 0) { setuid(1000); sleep(0); R(kill(-1, SIGTERM)); _exit(3); } // may reach nobody
	waitpid(other, &st, 0); printf("exited %d\n", WEXITSTATUS(st));
	signal(SIGTERM, on);
	R(kill(-1, SIGTERM));
	waitpid(a, &st, 0); printf("killed by %d\n", WTERMSIG(st)); waitpid(b, &st, 0); printf("killed by %d\n", WTERMSIG(st));
	printf("not the caller: %d\n", hits);
	R(kill(-1, SIGTERM)); R(kill(1, SIGKILL)); R(kill(1, 0)); // there is only init, who does not feel it
}

static void set_the_clock(void)
{
	struct timespec t = { 2000000000, 500000000 }, now, mono1, mono2;
	struct itimerspec far = { { 0, 0 }, { 1999999999, 0 } };
	uint64_t n;
	clock_gettime(CLOCK_MONOTONIC, &mono1);
	int cancelled = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK), plain = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
	timerfd_settime(cancelled, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
	timerfd_settime(plain, TFD_TIMER_ABSTIME, &far, NULL);
	struct sigevent sev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	int rel, abs;
	signal(SIGUSR1, on); hits = 0;
	syscall(SYS_timer_create, CLOCK_REALTIME, &sev, &rel); syscall(SYS_timer_create, CLOCK_REALTIME, &sev, &abs);
	struct itimerspec hour = { { 0, 0 }, { 3600, 0 } };
	syscall(SYS_timer_settime, rel, 0, &hour, NULL);
	syscall(SYS_timer_settime, abs, TIMER_ABSTIME, &far, NULL);
	R(read(plain, &n, 8));
	R(clock_settime(CLOCK_REALTIME, &t));
	clock_gettime(CLOCK_REALTIME, &now); printf("%ld.%ld\n", (long)now.tv_sec, now.tv_nsec / 100000000);
	R(read(cancelled, &n, 8)); R(read(plain, &n, 8)); R((long)n);
	usleep(5000); R(hits); // the absolute one
	struct itimerspec left; syscall(SYS_timer_gettime, rel, &left); R(left.it_value.tv_sec >= 3599);
	clock_gettime(CLOCK_MONOTONIC, &mono2); R(mono2.tv_sec - mono1.tv_sec < 2);
	struct timeval tv = { 1700000000, 250000 }; R(settimeofday(&tv, NULL)); gettimeofday(&tv, NULL); printf("%ld.%ld\n", (long)tv.tv_sec, (long)tv.tv_usec / 100000);
}

static void realtime(void)
{
	struct rlimit r = { 30000, 60000 };
	struct sched_param p = { 10 };
	int st;
	if (fork() == 0) {
		signal(SIGXCPU, on); hits = 0;
		setrlimit(RLIMIT_RTTIME, &r);
		syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p);
		for (int i = 0; i < 4; i++) { for (volatile long j = 0; j < 200000; j++) ; usleep(1); } // each turn is short enough
		printf("sleeping helps: %d\n", hits);
		while (!hits) ;
		getrlimit(RLIMIT_RTTIME, &r); printf("%ld\n", (long)r.rlim_cur);
		for (;;) ;
	}
	wait(&st); printf("killed by %d\n", WTERMSIG(st));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	realtime();
	kill_everybody();
	set_the_clock();
	return 0;
}
`

func TestGuestOnly(t *testing.T) {
	program := filepath.Join(t.TempDir(), "only")
	compileText(t, "musl-gcc", guestOnly, program)
	const want = `sleeping helps: 0
1030000
killed by 9
0 0
exited 3
0 0
killed by 15
killed by 15
not the caller: 0
-1 3
0 0
0 0
-1 11
0 0
2000000000.5
-1 125
8 0
1 0
1 0
1 0
1 0
0 0
1700000000.2
`
	if got := runGuest(t, baseDisk(t), program); got != (result{want, 0}) {
		t.Errorf("status %d:\n%s", got.status, firstDifference(want, got.out))
	}
}
