// mkdir, rmdir, unlink, rename, link, symlink, readlink, getdents64, chdir, getcwd
#include "t.h"

static int cmp(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

struct dirent64_ { uint64_t ino; int64_t off; unsigned short len; unsigned char type; char name[]; };

static void list(const char *path)
{
	char buf[4096], *names[100];
	int n = 0, fd = open(path, O_RDONLY | O_DIRECTORY);
	long got;
	while ((got = syscall(SYS_getdents64, fd, buf, sizeof buf)) > 0)
		for (char *p = buf; p < buf + got; p += ((struct dirent64_ *)p)->len) {
			struct dirent64_ *d = (void *)p;
			char line[300];
			snprintf(line, sizeof line, "%s:%d", d->name, d->type);
			names[n++] = strdup(line);
		}
	qsort(names, n, sizeof *names, cmp);
	printf("%s:", path);
	for (int i = 0; i < n; i++)
		printf(" %s", names[i]);
	printf("\n");
	close(fd);
}

static char buf[5000], small[8];

CASE(mkdir_creates_and_refuses)
{
	char buf[1];
	R(mkdir("d", 0777));
	R(mkdir("d", 0777));
	R(mkdir("d/e/f", 0777));
	R(mkdir("d/e/", 0700));
	R(mkdir("", 0700));
	R(mkdir("/", 0700));
	R(mkdir(".", 0700));
	R(mkdir("d/..", 0700));
	put("f", "F");
	R(mkdir("f", 0700));
	R(mkdir("f/x", 0700));
	struct stat st;
	stat("d", &st);
	printf("d %o nlink %d\n", st.st_mode, (int)st.st_nlink);
}

CASE(rmdir_refuses)
{
	mkdir("d", 0777); mkdir("d/e", 0700); put("f", "F");
	R(rmdir("d"));
	R(rmdir("f"));
	R(rmdir("none"));
	R(rmdir("d/e/."));
	R(rmdir("d/e/.."));
	R(rmdir("."));
	R(rmdir("/"));
}

CASE(unlink_and_link)
{
	struct stat st; mkdir("d", 0777); put("f", "F");
	R(unlink("d"));
	R(unlink("none"));
	R(unlink("f/"));
	R(unlink("d/"));
	R(unlink(""));
	R(link("f", "g"));
	R(link("f", "g"));
	R(link("none", "h"));
	R(link("d", "dl"));
	stat("f", &st);
	printf("nlink %d\n", (int)st.st_nlink);
}

CASE(symlink_and_readlink)
{
	put("f", "F");
	R(symlink("f", "s"));
	R(symlink("f", "s"));
	R(symlink("", "empty"));
	R(symlink("x", ""));
	R(readlink("s", buf, sizeof buf));
	R(readlink("s", buf, 0));
	R(readlink("f", buf, 10));
	R(readlink("none", buf, 10));
	R(readlink("", buf, 10));
	R(symlink("a-long-target-name", "long"));
	R(readlink("long", small, 8));
	R(readlinkat(AT_FDCWD, "long", buf, 100));
}

CASE(getdents64_lists)
{
	mkdir("d", 0777); mkdir("d/e", 0700); put("f", "F"); link("f", "g"); symlink("f", "s");
	list(".");
	list("d");
}

CASE(rename_within_and_over)
{
	mkdir("d", 0777); mkdir("d/e", 0700); put("f", "F"); link("f", "g");
	R(rename("f", "ff"));
	R(rename("ff", "ff"));
	R(rename("none", "x"));
	R(rename("ff", "d"));
	R(rename("d", "ff"));
	R(rename("d", "d/e/x"));
	R(rename("d/e", "d/.."));
	R(rename("ff", "none/x"));
	R(rename("ff", "g/x"));
	R(rename("ff", "g"));
	list(".");
}

CASE(rename_directories)
{
	mkdir("d", 0777); mkdir("d/e", 0700);
	R(mkdir("z", 0755));
	put("z/in", "1");
	R(rename("d", "z"));
	R(unlink("z/in"));
	R(rename("d", "z"));
	list(".");
	list("z");
}

CASE(renameat2_flags)
{
	mkdir("z", 0755); mkdir("z/e", 0755); put("ff", "F"); put("g", "G");
	R(rename("z", "z/"));
	R(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "z", 1));
	R(syscall(SYS_renameat2, AT_FDCWD, "ff", AT_FDCWD, "h", 1));
	R(syscall(SYS_renameat2, AT_FDCWD, "h", AT_FDCWD, "z", 2));
	list(".");
	R(syscall(SYS_renameat2, AT_FDCWD, "h", AT_FDCWD, "z", 3));
	R(syscall(SYS_renameat2, AT_FDCWD, "h", AT_FDCWD, "z", 64));
}

CASE(at_calls_with_a_directory)
{
	mkdir("h", 0755); put("z", "");
	int fd = open("h", O_RDONLY | O_DIRECTORY), reg = open("/dev/null", O_RDONLY);
	R(mkdirat(fd, "sub", 0755));
	R(mkdirat(99, "sub", 0755));
	R(unlinkat(fd, "sub", 0));
	R(unlinkat(fd, "sub", AT_REMOVEDIR));
	R(unlinkat(fd, "sub", 99));
	R(symlinkat("t", fd, "link"));
	R(readlinkat(fd, "link", buf, 10));
	R(linkat(fd, "link", AT_FDCWD, "copy", 0));
	R(linkat(AT_FDCWD, "z", AT_FDCWD, "zl", 12345));
	R(syscall(SYS_getdents64, reg, buf, 100));
	R(syscall(SYS_getdents64, fd, buf, 3));
	R(syscall(SYS_getdents64, 99, buf, 100));
	list("h");
}

CASE(chdir_and_getcwd)
{
	mkdir("h", 0755); symlink("t", "h/link"); char cwd[5000]; getcwd(cwd, sizeof cwd); int fd = open("h", O_RDONLY | O_DIRECTORY), reg = open("/dev/null", O_RDONLY);
	R(chdir("h"));
	R(chdir("link"));
	R(chdir("none"));
	R(chdir(""));
	R(fchdir(reg));
	R(fchdir(99));
	getcwd(buf, sizeof buf);
	printf("cwd ends in %s\n", strrchr(buf, '/'));
	R(syscall(SYS_getcwd, buf, 1));
	R(syscall(SYS_getcwd, buf, 0));
	R(chdir(".."));
	R(fchdir(fd));
	R(chdir("../h/./.."));
	getcwd(buf, sizeof buf);
	R(strcmp(buf, cwd));
	R(chdir("/"));
	R(syscall(SYS_getcwd, buf, 100));
	R(chdir(".."));
	printf("%s\n", getcwd(buf, 100));
	R(chdir(cwd));
}

CASE(a_directory_that_is_gone)
{
	struct stat st;
	R(mkdir("gone", 0755));
	R(chdir("gone"));
	R(rmdir("../gone"));
	R(open("x", O_CREAT | O_WRONLY, 0600));
	R(mkdir("y", 0755));
	R(syscall(SYS_getcwd, buf, sizeof buf));
	R(stat(".", &st));
	printf("nlink %d\n", (int)st.st_nlink);
	R(open("..", O_RDONLY) >= 0);
}

CASES
