// grind SEED CHILDREN CALLS: children that make random system calls with random arguments, to be survived by the kernel.
// Nothing is expected of the calls. In the end everything that the children left running is killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 16, PAGE = 4096, AREA = PAGES * PAGE, LAST = 450 };

static char *const area = (char *)0x10000000; // where INT 0x80 can name it too; the page after it is not there
static uint64_t seed;
static int left;
static pid_t grinder; // its calls to kill(2) are the only ones that may reach everything

static uint64_t rnd(void)
{
	seed += 0x9e3779b97f4a7c15;
	uint64_t z = seed;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return rnd() % n; }

static const char *const paths[] = {
	"a", "b", "d", "d/e", "d/e/f", "l", "pipe", ".", "..", "/", "", "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/urandom",
	"/dev/console", "/dev/sda", "/proc", "/proc/self", "/proc/self/maps", "/proc/self/fd", "/proc/self/fd/3", "/proc/self/exe",
	"/proc/self/stat", "/proc/self/status", "/proc/self/mem", "/proc/self/cwd", "/proc/meminfo", "/proc/stat", "/proc/self/environ",
	"/proc/self/cmdline", "/proc/1/maps", "/proc/mounts", "/bin/grind", "/bin/grind/x", "/tmp", "/nowhere/at/all", "d/../d/./e//", "/dev/ptmx",
	"ext2", "tmpfs", "proc", "devfs",
};

static uint64_t path(void) { return (uint64_t)paths[below(sizeof paths / sizeof *paths)]; }

static uint64_t pointer(void)
{
	switch (below(16)) {
	case 0: return 0;
	case 1: return (uint64_t)area + AREA - below(64);          // runs into nothing
	case 2: return (uint64_t)area + AREA + below(PAGE);        // nothing
	case 3: return (uint64_t)area + 2 * PAGE + below(PAGE);    // read only
	case 4: return (uint64_t)area + 2 * PAGE - below(32);      // runs into read only
	case 5: return (uint64_t)area + 4 * PAGE - below(300);     // runs into no access
	case 6: return 0xffff888000000000 + below(1 << 24);        // the kernel's
	case 7: return 0x7fffffffe000 + below(0x4000);             // the border
	case 8: return rnd();
	case 9: return (uint64_t)&left - below(128);
	default: return (uint64_t)area + 5 * PAGE + (below(10 * PAGE) & ~(below(3) ? 7 : 0));
	}
}

static uint64_t number(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 7, 8, 9, 16, 31, 32, 63, 64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 4097, 8192, 65535, 65536,
		1 << 20, 1 << 24, 0x7ffff000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff, 0x100000000, 0x7fffffffffff, 0x800000000000,
		0x7ffffffffffffff0, 0x7fffffffffffffff, 0x8000000000000000, -4096ul, -512ul, -100ul, -3ul, -2ul, -1ul,
	};
	switch (below(8)) {
	case 0: return rnd();
	case 1: return rnd() & rnd() & rnd();              // some flags
	case 2: return 1ul << below(64);
	case 3: return 1ul << below(32) | 1ul << below(32);
	case 4: case 5: return below(40);
	default: return edges[below(sizeof edges / sizeof *edges)];
	}
}

static uint64_t results[8]; // of earlier calls: descriptors, addresses, processes

static uint64_t argument(void)
{
	switch (below(9)) {
	case 0: case 1: return pointer();
	case 2: return path();
	case 3: return below(12);                          // descriptors
	case 8: return results[below(8)];
	case 4: return (uint64_t)area + PAGE * below(PAGES);
	default: return number();
	}
}

// dress fills a part of the area with things that could be a structure.
static void dress(void)
{
	uint64_t *p = (uint64_t *)(area + 5 * PAGE + (below(10 * PAGE) & ~7));
	for (int i = below(24); i >= 0 && (char *)(p + 1) <= area + 15 * PAGE; i--)
		*p++ = below(2) ? argument() : below(2) ? below(64) << 32 | below(64) : 0;
}

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
	if (compat) // reboot, stime, settimeofday, clock_settime, kill and its like
		return nr == 88 || nr == 25 || nr == 79 || nr == 264 || nr == 37 || nr == 178 || nr == 238 || nr == 270 || nr == 335 || nr == 340;
	switch (nr) {
	case SYS_reboot:
	case SYS_settimeofday: case SYS_clock_settime: // e2fsck suspects files that were removed in 1970
		return 1;
	case SYS_kill: case SYS_tkill: case SYS_rt_sigqueueinfo: case SYS_prlimit64:
		return older;
	case SYS_tgkill: case SYS_rt_tgsigqueueinfo:
		return older || (int)a[1] <= grinder;
	case SYS_fcntl: // F_SETOWN names a receiver of signals
		return a[1] == F_SETOWN;
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
		*(uint64_t *)(area + i) = below(2) ? argument() : 0;
	mprotect(area + 2 * PAGE, PAGE, PROT_READ);
	mprotect(area + 4 * PAGE, PAGE, PROT_NONE);
	alarms();
}

static void child(int calls)
{
	left = calls;
	prepare();
	if (below(3) == 0)
		setuid(1000);
	int few[8], narrow = below(2); // half of the children keep to a few calls, which go together more often then
	for (int i = 0; i < 8; i++)
		few[i] = below(below(3) ? 335 : LAST + 1);
	while (left-- > 0) {
		uint64_t a[6];
		long nr = narrow ? few[below(8)] : (long)below(LAST + 1);
		int compat = below(10) == 0;
		dress();
		for (int i = 0; i < 6; i++)
			a[i] = argument();
		if (compat && below(2))
			a[1] = (uint64_t)area + 5 * PAGE + below(9 * PAGE);
		if (tooStrong(nr, compat, a))
			continue;
		if (!compat && (nr == SYS_exit || nr == SYS_exit_group) && below(4))
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

// furnish puts one of everything where the children work.
static void furnish(void)
{
	mkdir("/tmp/grind", 0777);
	if (chdir("/tmp/grind") < 0)
		_exit(1);
	mkdir("d", 0777), mkdir("d/e", 0777);
	symlink("d/e/f", "l");
	mkfifo("pipe", 0666);
	static const char *const files[] = { "a", "b", "d/e/f" };
	for (int i = 0; i < 3; i++) {
		int fd = open(files[i], O_RDWR | O_CREAT, 0666);
		if (fd >= 0 && write(fd, files, sizeof files) < 0)
			perror(files[i]);
		close(fd);
	}
	chdir("/");
}

static void rest(long us)
{
	struct timespec ts = { 0, us * 1000 };
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], 0, 0) : 1;
	int children = argc > 2 ? atoi(argv[2]) : 10, calls = argc > 3 ? atoi(argv[3]) : 100;
	grinder = getpid();
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);
	if (fd >= 0 && write(fd, "-1000", 5) < 0)
		perror("oom_score_adj");
	close(fd);
	umask(0);
	for (int i = 0; i < children; i++) {
		furnish();
		pid_t pid = fork();
		if (pid == 0) {
			setsid();
			if (chdir("/tmp/grind") < 0)
				_exit(1);
			int null = open("/dev/null", O_RDWR), own = open("/proc/self/oom_score_adj", O_WRONLY);
			if (own >= 0 && write(own, "500", 3) < 0)
				_exit(1);
			close(own);
			dup2(null, 0), dup2(null, 1), dup2(null, 2);
			seed = first << 20 | i;
			rnd();
			child(calls);
		}
		for (int wait = 0; waitpid(pid, 0, WNOHANG) == 0 && wait < 50; wait++)
			rest(1000);
		kill(-1, SIGKILL); // children in stopped, traced or endless states, and all that they forked
		while (waitpid(-1, 0, 0) > 0)
			;
	}
	rest(20000); // init buries the orphans
	printf("ground\n");
	return 0;
}
