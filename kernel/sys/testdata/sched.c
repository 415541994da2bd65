// classes, priorities and nice values: what is refused, what is inherited, what /proc tells of it
#include "t.h"

struct attr { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; uint32_t lo, hi; uint64_t more; };

static long setscheduler(int pid, int policy, int priority) { return syscall(SYS_sched_setscheduler, pid, policy, &priority); }
static long setparam(int pid, int priority) { return syscall(SYS_sched_setparam, pid, &priority); }
static long getclass(int pid) { return syscall(SYS_sched_getscheduler, pid); }

static void fields(void)
{
	char buf[1024]; int fd = open("/proc/self/stat", O_RDONLY); ssize_t n = read(fd, buf, sizeof buf - 1); close(fd);
	buf[n > 0 ? n : 0] = 0;
	char *p = strrchr(buf, ')');
	for (int field = 2; p && *p; field++, p = strchr(p + 1, ' '))
		if (field == 18 || field == 19 || field == 40 || field == 41) printf("field %d: %d\n", field, atoi(p + 1));
}

static void child(const char *what)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) { printf("%s: a child has class %ld, nice %d\n", what, getclass(0), getpriority(PRIO_PROCESS, 0)); fflush(stdout); _exit(0); }
	int st; waitpid(pid, &st, 0);
}

CASE(policies_set_and_inherited)
{
	fields();
	R(setscheduler(0, SCHED_BATCH, 0)); R(getclass(0)); fields(); child("batch");
	R(setscheduler(0, SCHED_IDLE, 0)); R(getclass(0)); fields();
	R(setscheduler(0, SCHED_OTHER, 0)); R(getclass(0));
}

CASE(setscheduler_refuses)
{
	R(setscheduler(0, SCHED_OTHER, 1)); R(setscheduler(0, SCHED_FIFO, 0)); R(setscheduler(0, SCHED_RR, 100)); R(setscheduler(0, SCHED_BATCH, -1));
	R(setscheduler(0, 4, 0)); R(setscheduler(0, 77, 0)); R(setscheduler(0, -1, 0)); R(setscheduler(0, 6, 0)); R(setscheduler(-1, 0, 0)); R(setscheduler(99999, 0, 0));
	R(syscall(SYS_sched_setscheduler, 0, 0, 0L)); R(syscall(SYS_sched_setscheduler, 0, 0, 8L)); R(setparam(0, 0)); R(setparam(0, 1)); R(setparam(-1, 0)); R(syscall(SYS_sched_setparam, 0, 0L));
}

CASE(getparam_refuses)
{
	int argc;
	R(syscall(SYS_sched_getparam, 0, 0L)); R(syscall(SYS_sched_getparam, 0, 8L)); R(syscall(SYS_sched_getparam, -1, 8L)); R(syscall(SYS_sched_getparam, 99999, &argc));
}

CASE(priorities_of_policies)
{
	R(sched_get_priority_max(SCHED_RR)); R(sched_get_priority_min(SCHED_FIFO)); R(sched_get_priority_max(SCHED_BATCH)); R(sched_get_priority_max(SCHED_IDLE)); R(sched_get_priority_max(6)); R(sched_get_priority_min(4)); R(sched_get_priority_min(-1));
}

CASE(nice_and_reset_on_fork)
{
	R(setpriority(PRIO_PROCESS, 0, 7)); fields(); child("nice 7");
	R(setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, 0)); R(getclass(0)); child("reset on fork"); R(setscheduler(0, SCHED_OTHER, 0)); R(getclass(0));
}

CASE(sched_getattr)
{
	struct attr a; memset(&a, 0xaa, sizeof a);
	R(syscall(SYS_sched_getattr, 0, &a, 48, 0)); printf("%u %u %lu %d %u\n", a.size, a.policy, (long)a.flags, a.nice, a.priority);
	R(syscall(SYS_sched_getattr, 0, &a, 47, 0)); R(syscall(SYS_sched_getattr, 0, &a, 48, 1)); R(syscall(SYS_sched_getattr, 0, 0L, 48, 0)); R(syscall(SYS_sched_getattr, 99999, &a, 48, 0)); R(syscall(SYS_sched_getattr, 0, &a, 5000, 0));
}

CASE(sched_setattr)
{
	struct attr a;
	memset(&a, 0, sizeof a); a.size = 48; a.policy = SCHED_BATCH; a.nice = 9;
	R(syscall(SYS_sched_setattr, 0, &a, 0)); R(getclass(0)); R(getpriority(PRIO_PROCESS, 0));
	a.priority = 3; R(syscall(SYS_sched_setattr, 0, &a, 0)); a.priority = 0; a.flags = 1L << 40; R(syscall(SYS_sched_setattr, 0, &a, 0)); a.flags = 0;
	a.size = 40; R(syscall(SYS_sched_setattr, 0, &a, 0)); R(a.size >= 48); a.size = 64; a.more = 0; R(syscall(SYS_sched_setattr, 0, &a, 0)); a.size = 64; a.more = 1; R(syscall(SYS_sched_setattr, 0, &a, 0));
	a.size = 0; a.more = 0; a.policy = 77; R(syscall(SYS_sched_setattr, 0, &a, 0)); a.policy = -1; R(syscall(SYS_sched_setattr, 0, &a, 0)); R(syscall(SYS_sched_setattr, 0, 0L, 0)); R(syscall(SYS_sched_setattr, 0, &a, 1)); R(syscall(SYS_sched_setattr, 99999, &a, 0));
}

CASE(round_robin_interval)
{
	struct timespec ts = { -1, -1 }; R(syscall(SYS_sched_rr_get_interval, 0, &ts)); R(ts.tv_sec); R(ts.tv_nsec >= 0); R(syscall(SYS_sched_rr_get_interval, -1, &ts)); R(syscall(SYS_sched_rr_get_interval, 99999, &ts)); R(syscall(SYS_sched_rr_get_interval, 0, 8L));
}

CASE(without_privilege)
{
	setpriority(PRIO_PROCESS, 0, 9);
	// without privilege
	R(setgid(12345)); R(setuid(12345));
	R(setpriority(PRIO_PROCESS, 0, 12)); R(setpriority(PRIO_PROCESS, 0, 11)); R(setpriority(PRIO_PROCESS, 1, 12)); R(setscheduler(1, SCHED_BATCH, 0));
	struct rlimit rl = { 0, 0 }; R(setrlimit(RLIMIT_RTPRIO, &rl)); R(setscheduler(0, SCHED_FIFO, 1)); R(setscheduler(0, SCHED_RR, 200));
	rl.rlim_cur = rl.rlim_max = 0; R(setrlimit(RLIMIT_NICE, &rl)); R(setscheduler(0, SCHED_IDLE, 0)); R(setscheduler(0, SCHED_OTHER, 0)); R(getclass(0));
	R(setscheduler(0, SCHED_IDLE | SCHED_RESET_ON_FORK, 0)); R(setscheduler(0, SCHED_IDLE, 0)); R(getclass(0));
	R(open("/proc/sys/kernel/hostname", O_WRONLY));
}

CASES
