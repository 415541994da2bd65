// What programs about terminals that control sessions share.
#include "t.h"

static int master, slave = -1, st;
static char name[64], buf[300];
static volatile int got[65];

static void on(int sig) { got[sig]++; }
static void caught(const char *what) { printf("%s:", what); for (int i = 1; i < 65; i++) if (got[i]) printf(" %d", i); printf("\n"); memset((void *)got, 0, sizeof got); }
static void catch(int sig) { struct sigaction sa = { .sa_handler = on }; sigaction(sig, &sa, NULL); }
static void nap(int ms) { usleep(ms * 1000); }
static void hex(const char *what, long n) { printf("%s %ld:", what, n); for (long i = 0; i < n; i++) printf(" %02x", (unsigned char)buf[i]); printf("%s\n", n < 0 ? errname(errno) : ""); }

static void pair(void)
{
	int n, off = 0;
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &off) || ioctl(master, TIOCGPTN, &n))
		exit(CANNOT);
	snprintf(name, sizeof name, "/dev/pts/%d", n);
}

// leader goes on in a new session that the slave controls.
#define LEADER(...) do { pair(); pid_t leader_ = fork(); if (leader_ == 0) { setsid(); slave = open(name, O_RDWR); __VA_ARGS__; exit(0); } \
	waitpid(leader_, &st, 0); status("leader", st); } while (0)
// A child in a process group of its own, in the background.
#define GROUP(pid, ...) do { pid = fork(); if (pid == 0) { setpgid(0, 0); __VA_ARGS__; exit(0); } setpgid(pid, pid); } while (0)
