// The memory devices, and what lies in /dev and /sys.
#include <sys/sysmacros.h>
#include "t.h"

CASE(null_takes_everything)
{
	char buf[8];
	int fd = open("/dev/null", O_RDWR);
	R(read(fd, buf, 8));
	R(write(fd, buf, 8));
	R(write(fd, (void *)1, 100));
	R(lseek(fd, 100, SEEK_SET));
	R(pwrite(fd, buf, 8, 1000));
	R(ftruncate(fd, 0));
	R(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	struct pollfd p = { fd, POLLIN | POLLOUT };
	R(poll(&p, 1, 0));
	printf("%x\n", p.revents);
}

CASE(zero_has_no_end)
{
	char buf[5000];
	memset(buf, 1, sizeof buf);
	int fd = open("/dev/zero", O_RDWR), n = 0;
	R(read(fd, buf, sizeof buf));
	for (int i = 0; i < 5000; i++)
		n += buf[i];
	printf("%d\n", n);
	R(write(fd, buf, 100));
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p[5000] = 1;
	printf("%d %d\n", p[0], p[5000]);
	R(read(fd, (void *)1, 10));
}

CASE(full_is_full)
{
	char buf[8] = "x";
	int fd = open("/dev/full", O_RDWR);
	R(write(fd, buf, 8));
	R(write(fd, buf, 0));
	R(read(fd, buf, 8));
	printf("%d\n", buf[0]);
}

CASE(random_differs)
{
	char a[32], b[32];
	int r = open("/dev/random", O_RDONLY), u = open("/dev/urandom", O_RDWR);
	R(read(r, a, 32));
	R(read(u, b, 32));
	printf("%d\n", memcmp(a, b, 32) != 0);
	R(write(u, a, 32));
	R(read(u, a, 0));
	int bits = 0;
	R(ioctl(u, 0x80045200, &bits));
	printf("%d\n", bits > 0);
}

CASE(numbers)
{
	static const char *const names[] = { "null", "zero", "full", "random", "urandom", "tty", "console", "kmsg", "ptmx" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[32];
		struct stat s;
		snprintf(path, sizeof path, "/dev/%s", names[i]);
		if (stat(path, &s))
			printf("%s: %s\n", path, errname(errno));
		else if (!S_ISCHR(s.st_mode))
			printf("%s is none here\n", path);
		else
			printf("%s %d:%d\n", path, (int)major(s.st_rdev), (int)minor(s.st_rdev));
	}
}

CASE(made_nodes_work)
{
	char buf[4] = "x";
	if (mknod("zero", S_IFCHR | 0600, makedev(1, 5)))
		exit(CANNOT);
	int fd = open("zero", O_RDONLY);
	R(read(fd, buf, 4));
	printf("%d\n", buf[0]);
	R(mknod("nothing", S_IFCHR | 0600, makedev(1, 200)));
	R(open("nothing", O_RDONLY));
	R(mknod("nobody", S_IFBLK | 0600, makedev(200, 1)));
	R(open("nobody", O_RDONLY));
	R(mknod("zero", S_IFCHR | 0600, makedev(1, 5)));
	R(mknod("plain", S_IFREG | 0640, makedev(1, 5)));
	R(mknod("sock", S_IFSOCK | 0640, 0));
	R(open("sock", O_RDONLY));
	R(mknod("dir", S_IFDIR | 0755, 0));
	R(mknod("link", S_IFLNK | 0777, 0));
	R(mknod("odd", 0170000, 0));
	struct stat s;
	stat("plain", &s);
	printf("%o %d\n", s.st_mode, (int)s.st_rdev);
}

CASE(standard_streams)
{
	char buf[64] = "";
	R(readlink("/dev/fd", buf, 63));
	printf("%s\n", buf);
	memset(buf, 0, sizeof buf);
	R(readlink("/dev/stdin", buf, 63));
	printf("%s\n", buf);
	put("f", "from a file");
	int fd = open("f", O_RDONLY);
	dup2(fd, 0);
	show("/dev/stdin");
	show("/dev/fd/0");
}

CASE(processors)
{
	R(access("/sys/devices/system/cpu/online", R_OK));
	R(access("/sys/devices/system/cpu/possible", R_OK));
	R(access("/sys/devices/system/cpu/present", R_OK));
	R(access("/sys/devices/system/cpu/cpu0/topology/core_id", R_OK));
	R(access("/sys/devices/system/cpu/none", R_OK));
	printf("%d\n", (int)sysconf(_SC_NPROCESSORS_CONF) > 0);
	struct statfs s;
	statfs("/sys", &s);
	printf("%lx\n", (long)s.f_type);
	Z(open("/sys/new", O_CREAT | O_WRONLY, 0644));
	R(mkdir("/sys/new", 0755));
	R(unlink("/sys/devices/system/cpu/online"));
}
CASES
