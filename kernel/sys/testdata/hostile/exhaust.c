// exhaust WHAT: takes all there is of something. The program ends well when the kernel said no as it should and
// everything works afterwards.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int bad;

static void want(const char *what, int ok)
{
	if (ok)
		return;
	printf("%s: errno %d (%s)\n", what, errno, strerror(errno));
	bad = 1;
}

// adjust says how soon the kernel may take this process when memory is short: -1000 never.
static void adjust(const char *score)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);
	want("oom_score_adj", fd >= 0 && write(fd, score, strlen(score)) > 0);
	close(fd);
}

// in_child runs f and returns how it ended.
static int in_child(void (*f)(void))
{
	int st = -1;
	pid_t pid = fork();
	if (pid == 0) {
		f();
		_exit(bad);
	}
	want("fork", pid > 0);
	want("wait", waitpid(pid, &st, 0) == pid);
	return st;
}

static void memory_hog(void)
{
	for (;;) {
		char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			_exit(0);
		memset(p, 1, 1 << 20);
	}
}

static void bystander(void)
{
	char *p = malloc(100 << 10);
	for (int i = 0; i < 100; i++) {
		memset(p, i, 100 << 10);
		usleep(1000);
	}
}

// memory: the one that takes it all is killed; one that takes little, and sleeps, is not.
static void memory(void)
{
	pid_t small = fork();
	if (small == 0) {
		bystander();
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		int st = in_child(memory_hog);
		want("hog", WIFSIGNALED(st) && WTERMSIG(st) == SIGKILL);
	}
	int st;
	want("bystander", waitpid(small, &st, 0) == small && st == 0);
}

static void read_hog(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	for (;;) {
		char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED || read(fd, p, 1 << 20) < 0)
			_exit(0);
	}
}

// reads: as above, but the pages are wanted by a system call.
static void reads(void)
{
	int st = in_child(read_hog);
	want("read hog", WIFSIGNALED(st) && WTERMSIG(st) == SIGKILL);
}

static void bomb(void)
{
	signal(SIGTERM, SIG_DFL);
	for (int i = 0; i < 400; i++)
		fork();
	pause();
}

// processes: a fork bomb, and then all of it is killed.
static void processes(void)
{
	adjust("-1000");
	pid_t pid = fork();
	if (pid == 0) {
		adjust("0");
		setpgid(0, 0);
		bomb();
		_exit(0);
	}
	setpgid(pid, pid);
	struct timespec ts = { 0, 300000000 };
	nanosleep(&ts, 0);
	pid_t other = fork();
	if (other == 0)
		_exit(0);
	want("fork beside a bomb", other > 0 || errno == EAGAIN || errno == ENOMEM);
	if (other > 0)
		waitpid(other, 0, 0);
	for (int i = 0; i < 20 && kill(-pid, SIGKILL) == 0; i++)
		usleep(10000);
	while (waitpid(-1, 0, 0) > 0)
		;
	want("fork afterwards", in_child(bystander) == 0);
}

static void *wait_for_end(void *arg)
{
	pause();
	return arg;
}

static void many_threads(void)
{
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	int n = 0;
	pthread_t t;
	while (n < 20000 && pthread_create(&t, &attr, wait_for_end, 0) == 0)
		n++;
	if (n < 50)
		_exit(3);
	exit(0);
}

static void threads(void) { want("threads", in_child(many_threads) == 0); }

// zombies: children that nobody waits for, until there are no more.
static void zombies(void)
{
	int n = 0;
	pid_t pid;
	while (n < 20000 && (pid = fork()) > 0)
		n++;
	if (pid == 0)
		_exit(7);
	want("fork of too many", n == 20000 || errno == EAGAIN || errno == ENOMEM);
	int st, got = 0;
	while (waitpid(-1, &st, 0) > 0)
		got += WEXITSTATUS(st) == 7;
	want("zombies", got == n);
}

static void files(void)
{
	struct rlimit r = { 10000, 10000 };
	want("setrlimit", setrlimit(RLIMIT_NOFILE, &r) == 0);
	int n = 0, fd;
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		n++;
	want("open files", n > 9000 && (errno == EMFILE || errno == ENFILE));
	n = 0;
	for (fd = 3; close(fd) == 0; fd++)
		n++;
	int p[2], pipes = 0;
	while (pipe2(p, O_NONBLOCK) == 0) {
		char page[4096];
		memset(page, 'p', sizeof page);
		while (write(p[1], page, sizeof page) > 0)
			;
		want("full pipe", errno == EAGAIN || errno == ENOMEM);
		pipes++;
	}
	want("pipes", pipes > 100);
	for (fd = 3; close(fd) == 0; fd++)
		;
}

static void disk(void)
{
	static char block[64 << 10];
	memset(block, 'd', sizeof block);
	int fd = open("/root/large", O_RDWR | O_CREAT, 0600);
	want("create", fd >= 0);
	ssize_t n;
	while ((n = write(fd, block, sizeof block)) > 0)
		;
	want("write to a full disk", n < 0 && errno == ENOSPC);
	want("mkdir on a full disk", mkdir("/root/dir", 0700) < 0 && errno == ENOSPC);
	close(fd);
	want("unlink", unlink("/root/large") == 0);
	n = 0;
	char name[64];
	for (;; n++) {
		snprintf(name, sizeof name, "/root/f%zd", n);
		if ((fd = open(name, O_WRONLY | O_CREAT, 0600)) < 0)
			break;
		close(fd);
	}
	want("create without inodes", errno == ENOSPC);
	while (n-- > 0) {
		snprintf(name, sizeof name, "/root/f%zd", n);
		want("unlink", unlink(name) == 0);
	}
	want("mkdir afterwards", mkdir("/root/dir", 0700) == 0 && rmdir("/root/dir") == 0);
	fd = open("/root/sparse", O_RDWR | O_CREAT, 0600);
	off_t ends[] = { 1 << 20, 1l << 31, 1l << 32, 1l << 40, 1l << 42, 0x7fffffffffffffff };
	for (int i = 0; i < 6; i++) {
		ftruncate(fd, ends[i]);
		pwrite(fd, "x", 1, ends[i] - 2);
	}
	close(fd);
	want("unlink", unlink("/root/sparse") == 0);
}

static void depth(void)
{
	int n = 0;
	want("chdir", chdir("/root") == 0);
	while (n < 1500 && mkdir("a-directory", 0700) == 0 && chdir("a-directory") == 0)
		n++;
	want("nesting", n > 300);
	char path[8192];
	errno = 0;
	want("getcwd", getcwd(path, sizeof path) || errno == ENAMETOOLONG || errno == ERANGE);
	while (n-- > 0)
		want("up", chdir("..") == 0 && rmdir("a-directory") == 0);
	memset(path, '/', sizeof path);
	path[4095] = 0;
	want("slashes", access(path, F_OK) == 0);
	path[4095] = '/', path[8191] = 0;
	want("too many slashes", access(path, F_OK) < 0 && errno == ENAMETOOLONG);
	for (int i = 0; i < 100; i++)
		symlink("loop", "/root/loop");
	want("loop", open("/root/loop", O_RDONLY) < 0 && errno == ELOOP);
	unlink("/root/loop");
}

static char *self;

static void long_argv(void)
{
	enum { N = 100000 };
	char **argv = calloc(N + 2, sizeof *argv);
	argv[0] = self;
	argv[1] = "nothing";
	for (int i = 2; i < N; i++)
		argv[i] = "argument";
	execv(self, argv);
	want("100,000 arguments", errno == E2BIG || errno == ENOMEM);
	char *word = malloc(130 << 10);
	memset(word, 'w', 130 << 10);
	word[(130 << 10) - 1] = 0;
	char *few[] = { self, "nothing", word, 0 };
	execv(self, few);
	want("one long argument", errno == E2BIG);
	word[120 << 10] = 0;
	execv(self, few);
	want("an argument that fits", 0);
}

static void arguments(void) { want("argv", in_child(long_argv) == 0); }

static int recurse(int n)
{
	volatile char page[1000];
	page[n % 1000] = n;
	return recurse(n + 1) + page[(n + 1) % 1000];
}

static void overflow(void) { recurse(0); }

static void stack(void)
{
	int st = in_child(overflow);
	want("recursion", WIFSIGNALED(st) && (WTERMSIG(st) == SIGSEGV || WTERMSIG(st) == SIGKILL));
}

// mappings: more than vm.max_map_count.
static void mappings(void)
{
	int n = 0;
	while (n < 100000 && mmap(0, 4096, n % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		n++;
	want("mappings", n > 60000 && n < 70000 && errno == ENOMEM);
}

static void scribble(void)
{
	char block[4096] = { 0 };
	int fd = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < 64; i++)
		write(1, block, read(fd, block, sizeof block));
}

// killing: kill -9 of all but init and the caller.
static void killing(void)
{
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			for (;;)
				if (fork() >= 0)
					pause();
	usleep(50000);
	want("kill -1", kill(-1, SIGKILL) == 0);
	while (waitpid(-1, 0, 0) > 0)
		;
	want("kill init", kill(1, SIGKILL) == 0);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*f)(void); } all[] = {
		{ "memory", memory }, { "reads", reads }, { "processes", processes }, { "threads", threads }, { "zombies", zombies }, { "files", files },
		{ "disk", disk }, { "depth", depth }, { "arguments", arguments }, { "stack", stack }, { "mappings", mappings },
		{ "console", scribble }, { "killing", killing },
	};
	self = argv[0];
	setvbuf(stdout, 0, _IOLBF, 0);
	for (unsigned i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
		if (strcmp(argv[1], all[i].name) == 0)
			all[i].f();
	usleep(20000); // init buries the orphans
	return bad;
}
