// chroot, page zero, the working directory, descriptors passed to a program, big reads and writes, unlinked files
#include "t.h"
#include <sys/personality.h>

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (argc > 2) {
		if (argv[2][0] == 'z') { volatile long zero = 0; volatile char *p = (char *)zero; printf("page zero: %d\n", *p); return 8; }
		printf("fd 9: %d fd 10: %d cwd %s\n", fcntl(9, F_GETFD), fcntl(10, F_GETFD), strrchr(getcwd(malloc(4096), 4096), '/'));
		return 9;
	}
	return -1;
}

static char self[300], buf[4096];

CASE(page_zero)
{
	readlink("/proc/self/exe", self, 299);
	int s;
	pid_t pid = fork();
	if (pid == 0) { personality(MMAP_PAGE_ZERO); execl(self, "x", "/", "z", NULL); _exit(1); }
	waitpid(pid, &s, 0); status("with MMAP_PAGE_ZERO", s);
	pid = fork(); if (pid == 0) { execl(self, "x", "/", "z", NULL); _exit(1); }
	waitpid(pid, &s, 0); status("without", s);
}

CASE(descriptors_and_directory_after_exec)
{
	readlink("/proc/self/exe", self, 299); pid_t pid; int s;
	dup2(1, 9); dup2(1, 10); fcntl(10, F_SETFD, FD_CLOEXEC); mkdir("here", 0755);
	pid = fork(); if (pid == 0) { chdir("here"); execl(self, "x", "/", "c", NULL); _exit(1); }
	waitpid(pid, &s, 0); status("exec", s);
}

CASE(jailed_by_chroot)
{
	readlink("/proc/self/exe", self, 299); pid_t pid; int s; struct stat st;
	// chroot
	mkdir("jail", 0755); mkdir("jail/in", 0755); put("jail/f", "inside"); symlink("/f", "jail/abs"); symlink("../../../../f", "jail/rel");
	pid = fork();
	if (pid == 0) {
		int out = open(".", O_RDONLY);
		R(chroot("none")); R(chroot("jail/f")); R(chroot("jail")); R(open("/f", O_RDONLY) >= 0); R(chdir("/")); show("abs"); show("rel"); R(chdir("..")); printf("%s\n", getcwd(buf, 4096)); R(chdir("in")); printf("%s\n", getcwd(buf, 4096)); R(stat("../../..", &st)); R(access("/etc/passwd", F_OK)); R(fchdir(out)); R(access("jail/f", F_OK)); R(syscall(SYS_getcwd, buf, 4096) > 0); printf("%.13s\n", buf); R(openat(out, "jail/abs", O_RDONLY) >= 0); R(access("/jail", F_OK));
		_exit(0);
	}
	waitpid(pid, &s, 0); status("chroot", s);
}

CASE(big_transfers)
{
	readlink("/proc/self/exe", self, 299); struct stat st;
	// big transfers
	size_t n = 3 << 20; char *big = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < n; i++) big[i] = i * 7 + (i >> 12);
	int fd = open("big", O_RDWR | O_CREAT, 0600); R(write(fd, big, n)); R(lseek(fd, 12345, SEEK_SET)); char *back = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	R(read(fd, back, n)); R(memcmp(back, big + 12345, n - 12345)); R(pread(fd, back, n, n - 10)); R(memcmp(back, big + n - 10, 10));
	struct iovec v[3] = { { back, 1 << 20 }, { back + (2 << 20), 1 << 20 }, { back + (1 << 20), 1 << 20 } }; R(preadv(fd, v, 3, 0)); R(memcmp(back + (2 << 20), big + (1 << 20), 1 << 20)); R(pwritev(fd, v, 3, 1)); R(fstat(fd, &st)); R((long)st.st_size);
}

CASE(unlinked_but_open)
{
	readlink("/proc/self/exe", self, 299); struct stat st; int fd = open("big", O_RDWR | O_CREAT, 0600); write(fd, "0123456789012345", 16);
	// unlinked but open
	R(unlink("big")); R(fstat(fd, &st)); R((long)st.st_nlink); R(pread(fd, buf, 10, 5)); R(close(fd)); R(access("big", F_OK));
}

CASE(many_files)
{
	readlink("/proc/self/exe", self, 299);
	// many files
	int ok = 1; for (int i = 0; i < 200; i++) { char name[30]; snprintf(name, 30, "many/%d", i); if (i == 0) mkdir("many", 0755); int f = open(name, O_CREAT | O_WRONLY, 0600); ok &= f >= 0 && write(f, name, strlen(name)) > 0; close(f); }
	R(ok); for (int i = 0; i < 200; i += 2) { char name[30]; snprintf(name, 30, "many/%d", i); ok &= unlink(name) == 0; } R(ok); R(rmdir("many")); for (int i = 1; i < 200; i += 2) { char name[30], to[30]; snprintf(name, 30, "many/%d", i); snprintf(to, 30, "moved%d", i); ok &= rename(name, to) == 0; } R(ok); R(rmdir("many")); R(access("moved199", F_OK));
}

CASE(deep_directories)
{
	readlink("/proc/self/exe", self, 299); int ok = 1; char cwd[PATH_MAX]; getcwd(cwd, sizeof cwd);
	// deep
	for (int i = 0; i < 50; i++) { ok &= mkdir("deep", 0755) == 0 && chdir("deep") == 0; } R(ok); R(strlen(getcwd(buf, 4096)) == strlen(cwd) + 250); for (int i = 0; i < 50; i++) ok &= chdir("..") == 0; R(ok);
	sync();
}

CASES_UNLESS(started)
