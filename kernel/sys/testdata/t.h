// What the test programs share: printing results without anything that differs between two machines.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// CANNOT is the exit status of a program that this system does not let do what it tests.
#define CANNOT 96
// NOT_HERE is the exit status of a case that this system does not let do what it tests; the others go on.
#define NOT_HERE 97

static const char *errname(int e)
{
	static char buf[16];
#define E(x) case x: return #x
	switch (e) {
	E(EPERM); E(ENOENT); E(ESRCH); E(EINTR); E(EIO); E(ENXIO); E(E2BIG); E(ENOEXEC); E(EBADF); E(ECHILD); E(EAGAIN); E(ENOMEM);
	E(EACCES); E(EFAULT); E(EBUSY); E(EEXIST); E(EXDEV); E(ENODEV); E(ENOTDIR); E(EISDIR); E(EINVAL); E(ENFILE); E(EMFILE);
	E(ENOTTY); E(ETXTBSY); E(EFBIG); E(ENOSPC); E(ESPIPE); E(EROFS); E(EMLINK); E(EPIPE); E(ERANGE); E(ENAMETOOLONG);
	E(ENOSYS); E(ENOTEMPTY); E(ELOOP); E(EOVERFLOW); E(ENOTSOCK); E(EAFNOSUPPORT); E(EOPNOTSUPP); E(ETIMEDOUT);
	}
	snprintf(buf, sizeof buf, "errno %d", e);
	return buf;
}

// R prints a call's text and its result: the number, or the errno's name.
#define R(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1 && errno) printf("%s = -1 %s\n", #call, errname(errno)); \
	else printf("%s = %ld\n", #call, r_); } while (0)
// Z prints only whether it failed: for results that differ between machines.
#define Z(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1 && errno) printf("%s = -1 %s\n", #call, errname(errno)); \
	else printf("%s ok\n", #call); } while (0)

static void nothing_happens(int sig) {}

// own_kernel tells whether the machine is the program's alone: what would disturb others may be done without namespaces.
static inline int own_kernel(void)
{
	struct utsname u;
	return uname(&u) == 0 && strstr(u.release, "vitrine") != NULL;
}

// forget_parents undoes what the tests' own parents may have handed down: ignored signals and a nice value.
static inline void forget_parents(void)
{
	char action[32] = { 0 };
	for (int sig = 1; sig <= 64; sig++)
		syscall(SYS_rt_sigaction, sig, action, NULL, 8); // the C library hides two of them
	setpriority(PRIO_PROCESS, 0, 0);
}

static inline void enter(int argc, char **argv)
{
	forget_parents();
	// The torture tests interrupt calls by a signal whose handler does nothing.
	if (access("/etc/torture", F_OK) == 0)
		sigaction(SIGURG, &(struct sigaction){ .sa_handler = nothing_happens, .sa_flags = SA_RESTART }, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	syscall(SYS_close_range, 3, ~0u, 0);
	umask(022);
	if (argc < 2 || chdir(argv[1]) < 0) {
		perror("chdir");
		exit(99);
	}
}

static inline void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static inline void show(const char *path)
{
	char buf[256];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf - 1);
	if (n < 0) {
		printf("%s: %s\n", path, errname(errno));
	} else {
		buf[n] = 0;
		printf("%s: %zd \"%s\"\n", path, n, buf);
	}
	close(fd);
}

static inline void status(const char *what, int st)
{
	if (WIFEXITED(st))
		printf("%s: exited %d\n", what, WEXITSTATUS(st));
	else if (WIFSIGNALED(st))
		printf("%s: killed by %d\n", what, WTERMSIG(st));
	else if (WIFSTOPPED(st))
		printf("%s: stopped by %d\n", what, WSTOPSIG(st));
	else if (WIFCONTINUED(st))
		printf("%s: continued\n", what);
	else
		printf("%s: status %#x\n", what, st);
}

// A test program is a row of cases:
//
//	CASE(writes_are_atomic) { … }
//	CASES
//
// Each runs in a process and an empty directory of its own, so that one that dies or forgets a file does not disturb the
// next, and its output is compared alone. CASES is the program's main; CASES_UNLESS that of a program that also runs
// itself in another role: its function is asked first, and a negative answer means that this is not such a run.
struct test_case {
	const char *name;
	void (*run)(void);
};
#define CASE(name) \
	static void test_##name(void); \
	static const struct test_case case_##name __attribute__((used, section("cases"), aligned(8))) = { #name, test_##name }; \
	static void test_##name(void)
#define CASES \
	extern const struct test_case __start_cases[], __stop_cases[]; \
	int main(int argc, char **argv) { enter(argc, argv); return run_cases(__start_cases, __stop_cases, argc > 2 ? argv[2] : NULL); }
#define CASES_UNLESS(role) \
	extern const struct test_case __start_cases[], __stop_cases[]; \
	int main(int argc, char **argv) \
	{ \
		int done = role(argc, argv); \
		if (done >= 0) \
			return done; \
		enter(argc, argv); \
		return run_cases(__start_cases, __stop_cases, argc > 2 ? argv[2] : NULL); \
	}

// run_cases runs all of them, or the one that is named.
static inline int run_cases(const struct test_case *from, const struct test_case *to, const char *only)
{
	for (const struct test_case *c = from; c < to; c++) {
		if (only && *only && strcmp(only, c->name))
			continue;
		int st;
		printf("== %s\n", c->name);
		mkdir(c->name, 0777);
		pid_t pid = fork();
		if (pid == 0) {
			setpgid(0, 0);
			if (chdir(c->name) == 0)
				c->run();
			exit(0);
		}
		if (waitpid(pid, &st, 0) != pid) {
			perror("waitpid");
			return 99;
		}
		if (WIFEXITED(st) && WEXITSTATUS(st) == CANNOT)
			return CANNOT;
		if (WIFEXITED(st) && WEXITSTATUS(st) == NOT_HERE) {
			puts("not here");
			continue;
		}
		if (st)
			status(c->name, st);
	}
	return 0;
}
