// Extended attributes of the system, which need more privileges than a container has.
#include <sys/xattr.h>
#include "t.h"

static void need(void)
{
	put("probe", "");
	if (setxattr("probe", "trusted.probe", "x", 1, 0))
		exit(CANNOT);
}

CASE(trusted)
{
	char buf[64] = "";
	int st;
	need();
	put("f", "");
	chmod("f", 0666);
	R(setxattr("f", "trusted.t", "secret", 6, 0));
	R(setxattr("f", "user.u", "open", 4, 0));
	R(getxattr("f", "trusted.t", buf, 64));
	printf("%s\n", buf);
	R(listxattr("f", NULL, 0));
	if (fork() == 0) {
		setuid(1000);
		R(getxattr("f", "trusted.t", buf, 64));
		R(listxattr("f", NULL, 0));
		R(removexattr("f", "trusted.t"));
		_exit(0);
	}
	wait(&st);
	status("child", st);
	R(removexattr("f", "trusted.t"));
}

CASE(trusted_on_links_and_fifos)
{
	char buf[64] = "";
	need();
	symlink("nowhere", "l");
	mkfifo("p", 0644);
	R(lsetxattr("l", "trusted.t", "of a link", 9, 0));
	R(lgetxattr("l", "trusted.t", buf, 64));
	printf("%s\n", buf);
	memset(buf, 0, sizeof buf);
	R(readlink("l", buf, 64));
	printf("%s\n", buf);
	R(setxattr("p", "trusted.t", "x", 1, 0));
	R(setxattr("l", "trusted.t", "x", 1, 0));
	R(unlink("l"));
	R(unlink("p"));
}
CASES
