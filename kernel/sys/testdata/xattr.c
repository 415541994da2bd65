// Extended attributes of the user.
#include <sys/xattr.h>
#include "t.h"

static void list(const char *path)
{
	char buf[4096];
	ssize_t n = listxattr(path, buf, sizeof buf);
	printf("%s:", path);
	if (n < 0)
		printf(" %s", errname(errno));
	// The order is the file system's own affair.
	char *names[64];
	int k = 0;
	for (char *p = buf; p < buf + n && k < 64; p += strlen(p) + 1)
		if (!strncmp(p, "user.", 5) || !strncmp(p, "trusted.", 8))
			names[k++] = p;
	for (int i = 0; i < k; i++)
		for (int j = i + 1; j < k; j++)
			if (strcmp(names[i], names[j]) > 0) {
				char *t = names[i];
				names[i] = names[j];
				names[j] = t;
			}
	for (int i = 0; i < k; i++)
		printf(" %s", names[i]);
	printf("\n");
}

static void get(const char *path, const char *name)
{
	char buf[4096] = "";
	ssize_t n = getxattr(path, name, buf, sizeof buf);
	printf("%s %s: %zd %s\n", path, name, n, n < 0 ? errname(errno) : buf);
}

CASE(set_get_list_remove)
{
	put("f", "");
	list("f");
	R(setxattr("f", "user.one", "1", 1, 0));
	R(setxattr("f", "user.two", "second", 6, 0));
	get("f", "user.one");
	get("f", "user.two");
	list("f");
	R(setxattr("f", "user.one", "another value", 13, 0));
	get("f", "user.one");
	R(removexattr("f", "user.one"));
	R(removexattr("f", "user.one"));
	get("f", "user.one");
	list("f");
	R(removexattr("f", "user.two"));
	list("f");
}

CASE(create_and_replace)
{
	put("f", "");
	R(setxattr("f", "user.a", "x", 1, XATTR_REPLACE));
	R(setxattr("f", "user.a", "x", 1, XATTR_CREATE));
	R(setxattr("f", "user.a", "y", 1, XATTR_CREATE));
	R(setxattr("f", "user.a", "z", 1, XATTR_REPLACE));
	R(setxattr("f", "user.a", "z", 1, 4));
	get("f", "user.a");
}

CASE(sizes)
{
	char buf[16], *big = calloc(1, 70000);
	put("f", "");
	setxattr("f", "user.a", "0123456789", 10, 0);
	R(getxattr("f", "user.a", NULL, 0));
	R(getxattr("f", "user.a", buf, 9));
	R(getxattr("f", "user.a", buf, 10));
	R(listxattr("f", NULL, 0) >= 7);
	R(listxattr("f", buf, 3));
	R(setxattr("f", "user.b", big, 65537, 0));
	R(setxattr("f", "user.empty", "", 0, 0));
	R(getxattr("f", "user.empty", buf, 16));
}

CASE(names)
{
	char name[300];
	put("f", "");
	memset(name, 'n', sizeof name);
	memcpy(name, "user.", 5);
	name[255] = 0;
	R(setxattr("f", name, "x", 1, 0));
	R(getxattr("f", name, NULL, 0));
	name[255] = 'n';
	name[256] = 0;
	R(setxattr("f", name, "x", 1, 0));
	R(setxattr("f", "", "x", 1, 0));
	R(setxattr("f", "user.", "x", 1, 0));
	R(setxattr("f", "noprefix", "x", 1, 0));
	R(setxattr("f", "unknown.x", "x", 1, 0));
	R(getxattr("f", "unknown.x", NULL, 0));
	R(getxattr("f", "user.none", NULL, 0));
	R(setxattr("f", NULL, "x", 1, 0));
	R(setxattr("none", "user.x", "x", 1, 0));
}

CASE(of_a_descriptor)
{
	char buf[16] = "";
	int fd = open("f", O_RDWR | O_CREAT, 0644);
	R(fsetxattr(fd, "user.x", "value", 5, 0));
	R(fgetxattr(fd, "user.x", buf, 16));
	printf("%s\n", buf);
	R(fremovexattr(fd, "user.x"));
	R(fgetxattr(fd, "user.x", buf, 16));
	int ro = open("f", O_RDONLY);
	R(fsetxattr(ro, "user.x", "value", 5, 0));
	R(fsetxattr(99, "user.x", "value", 5, 0));
	int p = open("f", O_PATH);
	R(fgetxattr(p, "user.x", buf, 16));
}

CASE(of_links_and_special_files)
{
	put("f", "");
	symlink("f", "l");
	mkfifo("p", 0644);
	mkdir("d", 0755);
	R(setxattr("l", "user.x", "through", 7, 0));
	get("f", "user.x");
	R(lsetxattr("l", "user.x", "itself", 6, 0));
	R(lgetxattr("l", "user.x", NULL, 0));
	R(lremovexattr("l", "user.x"));
	R(setxattr("p", "user.x", "x", 1, 0));
	R(getxattr("p", "user.x", NULL, 0));
	R(setxattr("d", "user.x", "directory", 9, 0));
	get("d", "user.x");
	int fds[2];
	pipe(fds);
	R(fgetxattr(fds[0], "user.x", NULL, 0));
}

CASE(where_there_are_none)
{
	R(setxattr("/proc/self/status", "user.x", "x", 1, 0));
	R(getxattr("/proc/self/status", "user.x", NULL, 0));
}

CASE(survive_links_and_renames)
{
	put("f", "");
	setxattr("f", "user.x", "kept", 4, 0);
	link("f", "g");
	get("g", "user.x");
	rename("f", "h");
	get("h", "user.x");
	put("h", "new contents");
	get("h", "user.x");
	put("other", "");
	rename("other", "h");
	get("h", "user.x");
	get("g", "user.x");
	unlink("g");
}

CASE(permissions)
{
	int st;
	put("ro", "");
	put("rw", "");
	chmod("ro", 0644);
	chmod("rw", 0666);
	chmod(".", 0777);
	setxattr("ro", "user.x", "x", 1, 0);
	if (fork() == 0) {
		setgid(1000);
		setuid(1000);
		R(setxattr("ro", "user.x", "y", 1, 0));
		R(getxattr("ro", "user.x", NULL, 0));
		R(setxattr("rw", "user.x", "y", 1, 0));
		R(setxattr("rw", "trusted.x", "y", 1, 0));
		R(getxattr("rw", "trusted.x", NULL, 0));
		R(removexattr("ro", "user.x"));
		_exit(0);
	}
	wait(&st);
	status("child", st);
	chmod("ro", 0);
	get("ro", "user.x");
}

CASE(many_in_one_file)
{
	char name[32], value[64];
	put("f", "");
	int n = 0;
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof name, "user.n%02d", (i * 7) % 30);
		snprintf(value, sizeof value, "value of %d", i);
		n += setxattr("f", name, value, strlen(value), 0) == 0;
	}
	printf("%d\n", n);
	list("f");
	get("f", "user.n00");
	get("f", "user.n29");
	for (int i = 0; i < 30; i += 2) {
		snprintf(name, sizeof name, "user.n%02d", i);
		removexattr("f", name);
	}
	list("f");
	get("f", "user.n29");
}

CASE(change_the_ctime)
{
	struct stat a, b;
	put("f", "");
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	utimensat(AT_FDCWD, "f", old, 0);
	stat("f", &a);
	usleep(20000);
	setxattr("f", "user.x", "x", 1, 0);
	stat("f", &b);
	printf("mtime %d ctime %d\n", a.st_mtime == b.st_mtime, b.st_ctim.tv_sec > a.st_ctim.tv_sec || b.st_ctim.tv_nsec > a.st_ctim.tv_nsec);
	printf("size %d\n", a.st_size == b.st_size);
}
CASES
