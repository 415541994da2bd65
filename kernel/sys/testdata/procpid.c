// Files of /proc/PID whose values can be compared: memory, page map, descriptors, what was read and written.
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include "t.h"

CASE(mem_reads_and_writes)
{
	static char text[] = "in memory";
	char buf[32] = "";
	int fd = open("/proc/self/mem", O_RDWR);
	R(pread(fd, buf, sizeof text, (off_t)(uintptr_t)text));
	printf("%s\n", buf);
	R(pwrite(fd, "at", 2, (off_t)(uintptr_t)text));
	printf("%s\n", text);
	R(lseek(fd, (off_t)(uintptr_t)text + 3, SEEK_SET) == (off_t)(uintptr_t)text + 3);
	R(read(fd, buf, 6));
	printf("%.6s\n", buf);
	R(pread(fd, buf, 8, 0));
	R(pwrite(fd, buf, 8, 0));
	R(ftruncate(fd, 0));
}

CASE(mem_stops_at_a_hole)
{
	char buf[64];
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p + 4096, 4096);
	strcpy(p + 4090, "12345");
	int fd = open("/proc/self/mem", O_RDONLY);
	R(pread(fd, buf, 64, (off_t)(uintptr_t)p + 4090));
	printf("%s\n", buf);
	R(pread(fd, buf, 64, (off_t)(uintptr_t)p + 4096));
	R(write(fd, buf, 1));
}

CASE(mem_of_a_child)
{
	char path[64];
	int *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), st, v = 0;
	int ready[2], go[2];
	char c;
	pipe(ready);
	pipe(go);
	*p = 1;
	pid_t pid = fork();
	if (!pid) {
		*p = 42;
		write(ready[1], "r", 1);
		read(go[0], &c, 1);
		_exit(*p);
	}
	read(ready[0], &c, 1);
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int fd = open(path, O_RDWR);
	R(pread(fd, &v, 4, (off_t)(uintptr_t)p));
	printf("%d here %d\n", v, *p);
	v = 7;
	R(pwrite(fd, &v, 4, (off_t)(uintptr_t)p));
	write(go[1], "g", 1);
	waitpid(pid, &st, 0);
	status("child", st);
	printf("here %d\n", *p);
	R(pread(fd, &v, 4, (off_t)(uintptr_t)p));
}

CASE(mem_belongs_to_its_owner)
{
	int st;
	if (fork() == 0) {
		setuid(1000);
		Z(open("/proc/1/mem", O_RDONLY));
		Z(open("/proc/1/environ", O_RDONLY));
		Z(open("/proc/1/pagemap", O_RDONLY));
		Z(open("/proc/1/io", O_RDONLY));
		Z(open("/proc/1/fd", O_RDONLY));
		Z(open("/proc/1/status", O_RDONLY));
		Z(open("/proc/1/cmdline", O_RDONLY));
		Z(open("/proc/1/stat", O_RDONLY));
		_exit(0);
	}
	wait(&st);
	status("child", st);
}

CASE(pagemap_tells_what_is_there)
{
	uint64_t e[4];
	char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	madvise(p, 4 * 4096, MADV_NOHUGEPAGE);
	p[0] = 1;
	p[2 * 4096] = 1;
	R(pread(fd, e, sizeof e, (off_t)(uintptr_t)p / 4096 * 8));
	for (int i = 0; i < 4; i++)
		printf("present %d swapped %d file %d\n", (int)(e[i] >> 63), (int)(e[i] >> 62 & 1), (int)(e[i] >> 61 & 1));
	R(pread(fd, e, 7, (off_t)(uintptr_t)p / 4096 * 8));
	R(pread(fd, e, 8, (off_t)(uintptr_t)p / 4096 * 8 + 1));
	printf("same frame %d\n", (e[0] & ((1ull << 55) - 1)) == (e[2] & ((1ull << 55) - 1)));
}

CASE(pagemap_of_a_file)
{
	uint64_t e;
	put("f", "something");
	int f = open("f", O_RDWR), fd = open("/proc/self/pagemap", O_RDONLY);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
	char c = *(volatile char *)p;
	pread(fd, &e, 8, (off_t)(uintptr_t)p / 4096 * 8);
	printf("%c present %d file %d\n", c, (int)(e >> 63), (int)(e >> 61 & 1));
	munmap(p, 4096);
	pread(fd, &e, 8, (off_t)(uintptr_t)p / 4096 * 8);
	printf("present %d\n", (int)(e >> 63));
}

static void fdinfo(int fd, int lines)
{
	char path[64], buf[512];
	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	FILE *f = fopen(path, "r");
	while (f && lines-- > 0 && fgets(buf, sizeof buf, f))
		if (strncmp(buf, "mnt_id", 6) && strncmp(buf, "ino", 3))
			fputs(buf, stdout);
	if (f)
		fclose(f);
	else
		printf("%s: %s\n", "fdinfo", errname(errno));
}

CASE(fdinfo_has_position_and_flags)
{
	int fd = open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	write(fd, "0123456789", 10);
	fdinfo(fd, 9);
	fcntl(fd, F_SETFD, 0);
	fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
	lseek(fd, 3, SEEK_SET);
	fdinfo(fd, 9);
	close(fd);
	fdinfo(fd, 9);
}

CASE(fdinfo_of_an_eventfd)
{
	int fd = eventfd(5, EFD_NONBLOCK);
	fdinfo(fd, 5);
}

CASE(fdinfo_shows_locks)
{
	char buf[512] = "";
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	flock(fd, LOCK_EX);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	int i = open(path, O_RDONLY);
	read(i, buf, sizeof buf - 1);
	char *lock = strstr(buf, "lock:");
	printf("%.32s\n", lock ? lock : "none");
	flock(fd, LOCK_UN);
	buf[0] = 0;
	int n = pread(i, buf, sizeof buf - 1, 0);
	buf[n > 0 ? n : 0] = 0;
	printf("%s\n", strstr(buf, "lock:") ? "still" : "gone");
}

static long counter(const char *name)
{
	char buf[512] = "";
	int fd = open("/proc/self/io", O_RDONLY);
	read(fd, buf, sizeof buf - 1);
	close(fd);
	char *p = strstr(buf, name);
	return p ? atol(p + strlen(name)) : -1;
}

CASE(io_counts_calls_and_bytes)
{
	int p[2];
	char buf[100] = "";
	pipe(p);
	long w = counter("wchar:"), sw = counter("syscw:");
	write(p[1], buf, 100);
	pwrite(p[1], buf, 100, 0);
	printf("written %ld in %ld\n", counter("wchar:") - w, counter("syscw:") - sw);
	long r = counter("rchar:"), r2 = counter("rchar:");
	long once = r2 - r;
	read(p[0], buf, 60);
	printf("read %ld\n", counter("rchar:") - r2 - once);
}

CASE(exe_cwd_and_root)
{
	char buf[256] = "", cwd[256];
	getcwd(cwd, sizeof cwd);
	readlink("/proc/self/cwd", buf, sizeof buf - 1);
	printf("cwd %d\n", strcmp(buf, cwd));
	mkdir("d", 0755);
	chdir("d");
	memset(buf, 0, sizeof buf);
	readlink("/proc/self/cwd", buf, sizeof buf - 1);
	printf("d %d\n", strcmp(buf + strlen(cwd), "/d"));
	rmdir("../d");
	memset(buf, 0, sizeof buf);
	readlink("/proc/self/cwd", buf, sizeof buf - 1);
	printf("%s\n", buf + strlen(cwd));
	memset(buf, 0, sizeof buf);
	readlink("/proc/self/root", buf, sizeof buf - 1);
	printf("%s\n", buf);
	R(open("/proc/self/exe", O_WRONLY));
	R(access("/proc/self/exe", X_OK));
}

CASE(self_and_thread_self)
{
	char buf[64] = "", want[64];
	readlink("/proc/self", buf, sizeof buf - 1);
	printf("self %d\n", atoi(buf) == getpid());
	memset(buf, 0, sizeof buf);
	readlink("/proc/thread-self", buf, sizeof buf - 1);
	snprintf(want, sizeof want, "%d/task/%d", getpid(), getpid());
	printf("thread-self %d\n", strcmp(buf, want));
	R(access("/proc/thread-self/task", F_OK));
	R(access("/proc/self/task/1/comm", F_OK));
	R(readlink("/proc/self", buf, 0));
	R(rmdir("/proc/self"));
	R(mkdir("/proc/new", 0755));
}

CASE(comm_is_cut)
{
	int fd = open("/proc/self/comm", O_RDWR);
	R(write(fd, "a name much too long for it", 27));
	char buf[32] = "";
	prctl(PR_GET_NAME, buf);
	printf("%s\n", buf);
	memset(buf, 0, sizeof buf);
	R(pread(fd, buf, 31, 0));
	printf("%s", buf);
}

CASE(oom_adjustment)
{
	show("/proc/self/oom_score_adj");
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);
	R(write(fd, "500", 3));
	show("/proc/self/oom_score_adj");
	show("/proc/self/oom_adj");
	R(write(fd, "1001", 4));
	R(write(fd, "x", 1));
	put("/proc/self/oom_adj", "15");
	show("/proc/self/oom_score_adj");
}

CASE(coredump_filter_is_kept_by_children)
{
	int st;
	show("/proc/self/coredump_filter");
	put("/proc/self/coredump_filter", "0x7f");
	show("/proc/self/coredump_filter");
	fflush(stdout);
	if (fork() == 0) {
		show("/proc/self/coredump_filter");
		_exit(0);
	}
	wait(&st);
	int fd = open("/proc/self/coredump_filter", O_WRONLY);
	R(write(fd, "zero", 4));
}

CASE(status_tells_signals_and_ids)
{
	char line[256];
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	signal(SIGUSR2, SIG_IGN);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	FILE *f = fopen("/proc/self/status", "r");
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, "Umask", 5) || !strncmp(line, "Uid", 3) || !strncmp(line, "Gid", 3) || !strncmp(line, "SigBlk", 6) ||
		    !strncmp(line, "SigPnd", 6) || !strncmp(line, "ShdPnd", 6) || !strncmp(line, "SigIgn", 6) || !strncmp(line, "Threads", 7) ||
		    !strncmp(line, "TracerPid", 9) || !strncmp(line, "State", 5) || !strncmp(line, "NoNewPrivs", 10))
			fputs(line, stdout);
}

CASE(smaps_counts_what_was_touched)
{
	char line[256], head[64];
	char *p = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(p + 8 * 4096, 8 * 4096, PROT_READ);
	madvise(p, 16 * 4096, MADV_NOHUGEPAGE);
	for (int i = 0; i < 3; i++)
		p[i * 4096] = 1;
	snprintf(head, sizeof head, "%lx-", (long)p);
	FILE *f = fopen("/proc/self/smaps", "r");
	int in = 0;
	while (fgets(line, sizeof line, f)) {
		if (line[0] >= '0' && line[0] <= '9' || line[0] >= 'a' && line[0] <= 'f')
			in = !strncmp(line, head, strlen(head));
		if (in && (!strncmp(line, "Size", 4) || !strncmp(line, "Rss", 3) || !strncmp(line, "Private_Dirty", 13) || !strncmp(line, "Anonymous", 9)))
			fputs(line, stdout);
	}
}

static long status_kb(const char *name)
{
	char buf[4096] = "";
	int fd = open("/proc/self/status", O_RDONLY);
	read(fd, buf, sizeof buf - 1);
	close(fd);
	char *p = strstr(buf, name);
	return p ? atol(p + strlen(name)) : -1;
}

CASE(peaks_are_kept)
{
	long size = status_kb("VmSize:"), rss = status_kb("VmRSS:");
	char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(p, 1, 4 << 20);
	munmap(p, 4 << 20);
	printf("%d %d\n", status_kb("VmPeak:") >= size + 4096, status_kb("VmHWM:") >= rss + 3000);
	printf("%d\n", status_kb("VmSize:") < size + 4096);
	fflush(stdout);
	int st;
	if (fork() == 0) {
		printf("%d\n", status_kb("VmPeak:") < size + 4096);
		_exit(0);
	}
	wait(&st);
}

CASE(positions_in_generated_files)
{
	char a[64] = "", b[64] = "";
	int fd = open("/proc/self/limits", O_RDONLY);
	R(read(fd, a, 10));
	R(lseek(fd, 0, SEEK_CUR));
	R(read(fd, a + 10, 10));
	R(pread(fd, b, 20, 0));
	printf("%d\n", memcmp(a, b, 20));
	R(lseek(fd, 5, SEEK_SET));
	R(read(fd, b, 5));
	printf("%d\n", memcmp(a + 5, b, 5));
	R(lseek(fd, 0, SEEK_END));
	R(write(fd, "x", 1));
}

CASE(fd_directory_lists_and_reopens)
{
	char buf[256] = "", path[64];
	put("f", "contents");
	int fd = open("f", O_RDONLY);
	unlink("f");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int again = open(path, O_RDONLY);
	R(read(again, buf, 63));
	printf("%s\n", buf);
	int n = readlink(path, buf, 255);
	buf[n > 0 ? n : 0] = 0;
	printf("%s\n", strrchr(buf, '/'));
	R(open("/proc/self/fd/99", O_RDONLY));
	R(open("/proc/self/fd/01", O_RDONLY));
	int p[2];
	pipe(p);
	snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
	n = readlink(path, buf, 63);
	printf("%.6s\n", buf);
	int w = open(path, O_WRONLY);
	R(write(w, "by another name", 15));
	R(read(p[0], buf, 63));
}
CASES
