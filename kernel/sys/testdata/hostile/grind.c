// grind SEED CHILDREN CALLS: children that make random system calls with random arguments, to be survived by the kernel.
// What arguments a call wants is in calls.h, made from the kernel's own definitions; half of the arguments are of that
// kind, the others anything. Nothing is expected of the calls. In the end everything that the children left is killed.
#include "grind.h"
#include "calls.h"

enum { LAST = 460 };

uint64_t seed, results[8];
int left;
static pid_t grinder; // its calls to kill(2) are the only ones that may reach everything

static long call(long nr, const uint64_t *a)
{
	long ret;
	register uint64_t r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return ret;
}

static long call32(long nr, const uint64_t *a)
{
	long ret;
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
		: "r8", "r9", "r10", "r11", "memory");
	return ret;
}

// tooStrong: what would end the machine or the grinder itself, which is what it should do.
static int tooStrong(long nr, int compat, const uint64_t *a)
{
	int pid = a[0], older = pid < 0 || (pid > 0 && pid <= grinder);
	if (compat && nr == 434)
		return older;
	if (compat && (nr == 55 || nr == 221))
		return (int)a[1] == F_SETOWN;
	if (compat) // reboot, stime, settimeofday, clock_settime, clock_settime64, kill and its like, prlimit64
		return nr == 88 || nr == 25 || nr == 79 || nr == 264 || nr == 404 || nr == 37 || nr == 178 || nr == 238 || nr == 270 || nr == 335 || nr == 340;
	switch (nr) {
	case SYS_reboot: case SYS_vhangup:
	case SYS_settimeofday: case SYS_clock_settime: // e2fsck suspects files that were removed in 1970
		return 1;
	case SYS_kill: case SYS_tkill: case SYS_rt_sigqueueinfo: case SYS_prlimit64:
		return older;
	case SYS_tgkill: case SYS_rt_tgsigqueueinfo:
		return older || (int)a[1] <= grinder;
	case SYS_fcntl: // F_SETOWN names a receiver of signals
		return (int)a[1] == F_SETOWN;
	case SYS_pidfd_open: // and pidfd_send_signal reaches it
		return older;
	case SYS_process_vm_writev: case SYS_ptrace:
		return 1;
	}
	return 0;
}

static void nothing(int sig) { (void)sig; }

static void alarms(void)
{
	struct sigaction sa = { .sa_handler = nothing };
	sigaction(SIGALRM, &sa, 0);
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	setitimer(ITIMER_REAL, &often, 0);
}

static void prepare(void)
{
	mmap(area, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (int i = 0; i < AREA; i += 8)
		*(uint64_t *)(area + i) = below(2) ? anything() : 0;
	mprotect(area + 2 * PAGE, PAGE, PROT_READ);
	mprotect(area + 4 * PAGE, PAGE, PROT_NONE);
	alarms();
}

// arm chooses a call and its arguments, and returns its number.
static long arm(long nr, int compat, uint64_t *a)
{
	const struct call *c = 0;
	if (compat && below(8)) {
		c = &calls32[below(sizeof calls32 / sizeof *calls32)];
		nr = c->nr;
	}
	for (unsigned i = 0; i < sizeof calls / sizeof *calls && !compat; i++)
		if (calls[i].nr == nr)
			c = &calls[i];
	int typed = c && below(8); // now and then a call gets nothing that it expects
	for (int i = 0; i < 6; i++)
		a[i] = typed && i < c->n && below(6) ? wanted(&c->args[i]) : anything();
	if (compat && below(2))
		a[1] = (uint64_t)area + 5 * PAGE + below(9 * PAGE);
	return nr;
}

static void child(int n)
{
	left = n;
	prepare();
	openAll();
	if (below(3) == 0)
		setuid(1000);
	const int known = sizeof calls / sizeof *calls;
	int few[8], narrow = below(2); // half of the children keep to a few calls, which go together more often then
	int first = below(known);
	for (int i = 0; i < 8; i++)
		few[i] = calls[narrow && i < 4 ? (first + i) % known : below(known)].nr;
	while (left-- > 0) {
		uint64_t a[6];
		int compat = below(6) == 0;
		dress();
		long nr = arm(narrow && below(8) ? few[below(8)] : below(4) ? calls[below(known)].nr : (long)below(LAST + 1), compat, a);
		if (tooStrong(nr, compat, a))
			continue;
		if (!compat && (nr == SYS_exit || nr == SYS_exit_group || nr == SYS_munmap || nr == SYS_close_range) && below(8))
			continue;
		if (!compat && (nr == SYS_fork || nr == SYS_vfork || nr == SYS_clone || nr == SYS_clone3))
			left /= 2;
		long ret = compat ? call32(nr, a) : call(nr, a);
		if (ret >= 0 || ret < -4095)
			results[below(8)] = ret;
		if (below(32) == 0)
			alarms();
	}
	_exit(0);
}

static void start(uint64_t first, int i, int n)
{
	setsid();
	if (chdir("/tmp/grind") < 0)
		chdir("/");
	int null = open("/dev/null", O_RDWR), own = open("/proc/self/oom_score_adj", O_WRONLY);
	if (own >= 0 && write(own, "500", 3) < 0)
		_exit(1);
	close(own);
	dup2(null, 0), dup2(null, 1), dup2(null, 2);
	seed = first << 20 | i;
	rnd();
	child(n);
}

static void rest(long us)
{
	struct timespec ts = { 0, us * 1000 };
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static long milliseconds(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], 0, 0) : 1;
	int children = argc > 2 ? atoi(argv[2]) : 10, n = argc > 3 ? atoi(argv[3]) : 100;
	grinder = getpid();
	if (grinder > 4) // started by a child, which tries every program there is
		return 0;
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);
	if (fd >= 0 && write(fd, "-1000", 5) < 0)
		perror("oom_score_adj");
	close(fd);
	struct sched_param best = { 99 };
	syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | 0x40000000, &best); // SCHED_RESET_ON_FORK
	umask(0);
	for (int i = 0; i < children; i += 3) {
		furnish();
		pid_t pid = 0;
		for (int j = 0; j < 3; j++)
			if ((pid = fork()) == 0)
				start(first, i + j, n);
		long end = milliseconds() + 60;
		while (waitpid(pid, 0, WNOHANG) == 0 && milliseconds() < end)
			rest(1000);
		kill(-1, SIGKILL); // children in stopped, traced or endless states, and all that they forked
		while (waitpid(-1, 0, 0) > 0)
			;
	}
	furnish(); // and take away what they mounted
	rest(20000); // init buries the orphans
	printf("ground\n");
	return 0;
}
