// openat2: what a walk may not cross.
#include "t.h"

struct open_how {
	uint64_t flags, mode, resolve;
};
#define RESOLVE_NO_XDEV 1
#define RESOLVE_NO_MAGICLINKS 2
#define RESOLVE_NO_SYMLINKS 4
#define RESOLVE_BENEATH 8
#define RESOLVE_IN_ROOT 16
#define SYS_openat2 437

static int o2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { flags, mode, resolve };
	return syscall(SYS_openat2, dir, path, &how, sizeof how);
}

static void try(int dir, const char *path, uint64_t resolve)
{
	int fd = o2(dir, path, O_RDONLY, 0, resolve);
	struct stat st = { 0 };
	if (fd >= 0)
		fstat(fd, &st);
	printf("%s %#lx: %s\n", path, (long)resolve, fd < 0 ? errname(errno) : S_ISDIR(st.st_mode) ? "directory" : "file");
	close(fd);
}

static int tree(void)
{
	mkdir("root", 0755);
	mkdir("root/sub", 0755);
	put("root/file", "in");
	put("outside", "out");
	symlink("file", "root/link");
	symlink("/file", "root/absolute");
	symlink("../outside", "root/up");
	symlink("../file", "root/sub/up");
	symlink("/../outside", "root/both");
	return open("root", O_PATH | O_DIRECTORY);
}

static const char *const names[] = { "file", "link", "absolute", "up", "both", "sub", "sub/up", "sub/..", "sub/../file", "..", "../outside",
	"/file", "/", "/etc", ".", "sub/../..", "sub/../../outside", "none", "file/", NULL };

#define EACH(resolve) int d = tree(); for (int i = 0; names[i]; i++) try(d, names[i], resolve)

CASE(beneath)
{
	EACH(RESOLVE_BENEATH);
}

CASE(in_root)
{
	EACH(RESOLVE_IN_ROOT);
}

CASE(no_symlinks)
{
	EACH(RESOLVE_NO_SYMLINKS);
}

CASE(no_symlinks_may_stand_on_one)
{
	int d = tree();
	R(o2(d, "link", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS) >= 0);
	R(o2(d, "link", O_RDONLY | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
	R(o2(d, "link", O_RDONLY | O_NOFOLLOW, 0, 0));
}

CASE(no_magic_links)
{
	tree();
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", open("root/file", O_RDONLY));
	try(AT_FDCWD, path, 0);
	try(AT_FDCWD, path, RESOLVE_NO_MAGICLINKS);
	try(AT_FDCWD, "/proc/self/cwd/root/link", RESOLVE_NO_MAGICLINKS);
	try(AT_FDCWD, "/proc/self/status", RESOLVE_NO_MAGICLINKS);
	try(AT_FDCWD, "/proc/self/status", RESOLVE_NO_SYMLINKS);
	int proc = open("/proc/self", O_PATH | O_DIRECTORY);
	try(proc, "cwd", RESOLVE_BENEATH);
	try(proc, "cwd", RESOLVE_IN_ROOT);
	try(proc, "status", RESOLVE_BENEATH);
	try(proc, "task/../status", RESOLVE_BENEATH);
}

CASE(no_crossing)
{
	int root = open("/", O_PATH | O_DIRECTORY), proc = open("/proc", O_PATH | O_DIRECTORY);
	try(root, "proc/version", RESOLVE_NO_XDEV);
	try(root, "proc", RESOLVE_NO_XDEV);
	try(proc, "version", RESOLVE_NO_XDEV);
	try(proc, "..", RESOLVE_NO_XDEV);
	try(proc, "sys/kernel/../../version", RESOLVE_NO_XDEV);
	try(proc, "/proc/version", RESOLVE_NO_XDEV);
	try(root, "/", RESOLVE_NO_XDEV);
}

CASE(arguments)
{
	struct open_how how[300] = { { 0 } };
	put("f", "");
	R(syscall(SYS_openat2, AT_FDCWD, "f", how, 23));
	R(syscall(SYS_openat2, AT_FDCWD, "f", how, 24) >= 0);
	R(syscall(SYS_openat2, AT_FDCWD, "f", how, 48) >= 0);
	R(syscall(SYS_openat2, AT_FDCWD, "f", how, 5000));
	how[1].mode = 1;
	R(syscall(SYS_openat2, AT_FDCWD, "f", how, 48));
	R(syscall(SYS_openat2, AT_FDCWD, "f", NULL, 24));
	R(o2(AT_FDCWD, "f", 1ull << 40, 0, 0));
	R(o2(AT_FDCWD, "f", O_RDONLY, 0644, 0));
	R(o2(AT_FDCWD, "f", O_CREAT, 010000, 0));
	R(o2(AT_FDCWD, "f", O_RDONLY, 0, 64));
	R(o2(AT_FDCWD, "f", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	R(o2(AT_FDCWD, "f", O_PATH | O_RDWR, 0, 0));
	R(o2(AT_FDCWD, "f", O_CREAT, 0644, 0x20));
}

CASE(creates_beneath)
{
	int d = tree();
	R(o2(d, "new", O_CREAT | O_WRONLY, 0600, RESOLVE_BENEATH) >= 0);
	R(o2(d, "../new", O_CREAT | O_WRONLY, 0600, RESOLVE_BENEATH));
	R(o2(d, "/rooted", O_CREAT | O_WRONLY, 0600, RESOLVE_IN_ROOT) >= 0);
	R(o2(d, "../../clamped", O_CREAT | O_WRONLY, 0600, RESOLVE_IN_ROOT) >= 0);
	R(access("root/new", F_OK));
	R(access("root/rooted", F_OK));
	R(access("root/clamped", F_OK));
	symlink("/made", "root/dangling");
	R(o2(d, "dangling", O_CREAT | O_WRONLY, 0600, RESOLVE_IN_ROOT) >= 0);
	R(o2(d, "dangling", O_CREAT | O_WRONLY, 0600, RESOLVE_BENEATH));
	R(access("root/made", F_OK));
}
CASES
