// Mounts the second disk, works on it, takes it away, and copies it to /root/copy for somebody to look at.
#include <sys/mount.h>
#include <sys/statfs.h>
#include "../t.h"

static void fill(const char *path, int n)
{
	static char buf[4096];
	int fd = open(path, O_WRONLY | O_CREAT, 0644);
	memset(buf, 'b', sizeof buf);
	while (n-- > 0)
		write(fd, buf, sizeof buf);
	close(fd);
}

int main(int argc, char **argv)
{
	struct stat s, root;
	struct statfs fs;
	enter(argc, argv);
	mkdir("m", 0755);
	R(mount("/dev/none", "m", "ext2", 0, ""));
	R(mount("/dev/null", "m", "ext2", 0, ""));
	R(mount("/dev/sda1", "m", "ext2", 0, ""));
	R(mount("/dev/sdb", "m", "ext2", 0, ""));
	R(mount("/dev/sdb", "m", "ext2", 0, ""));
	stat("m", &s);
	stat("/", &root);
	printf("%d %lx\n", s.st_dev != root.st_dev, (long)s.st_dev);
	show("m/hello");
	R(open("/dev/sdb", O_WRONLY));
	R(swapoff("/dev/sdb"));
	fill("m/new", 100);
	R(link("m/new", "outside"));
	R(rename("m/new", "m/renamed"));
	R(mkdir("m/dir", 0755));
	put("m/dir/file", "on the second disk");
	int fd = open("m/dir/file", O_RDONLY);
	R(umount("m"));
	close(fd);
	R(umount("m"));
	R(access("m/hello", F_OK));
	R(mount("/dev/sdb", "m", "ext2", MS_RDONLY | MS_NOATIME, ""));
	show("m/dir/file");
	R(open("m/dir/more", O_WRONLY | O_CREAT, 0644));
	stat("m/renamed", &s);
	printf("%ld\n", (long)s.st_size);
	statfs("m", &fs);
	printf("%lx\n", (long)fs.f_type);
	R(umount("m"));
	int from = open("/dev/sdb", O_RDWR), to = open("/root/copy", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	static char buf[65536];
	ssize_t n;
	long all = 0;
	while ((n = read(from, buf, sizeof buf)) > 0)
		all += write(to, buf, n);
	printf("%ld\n", all);
	memset(buf, 0, sizeof buf);
	R(pwrite(from, buf, 4096, 0));
	R(mount("/dev/sdb", "m", "ext2", 0, ""));
	return 0;
}
