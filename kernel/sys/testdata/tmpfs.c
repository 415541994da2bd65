// tmpfs with limits, and mount(2)'s flags. Needs the right to mount.
#include <sys/mount.h>
#include <sys/statvfs.h>
#include "t.h"

static void need(const char *data)
{
	mkdir("m", 0755);
	if (mount("tmpfs", "m", "tmpfs", 0, data)) {
		if (errno == EPERM || errno == EACCES)
			exit(CANNOT);
		printf("mount %s: %s\n", data, errname(errno));
		exit(0);
	}
}

static void df(void)
{
	struct statfs s;
	statfs("m", &s);
	printf("type %lx bsize %ld blocks %ld used %ld avail %ld files %ld used %ld\n", (long)s.f_type, (long)s.f_bsize, (long)s.f_blocks,
	       (long)(s.f_blocks - s.f_bfree), (long)s.f_bavail, (long)s.f_files, (long)(s.f_files - s.f_ffree));
}

static long fill(const char *path, long n)
{
	static char page[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	long done = 0;
	memset(page, 'f', sizeof page);
	while (n-- > 0) {
		ssize_t w = write(fd, page, sizeof page);
		if (w < 0) {
			printf("%s after %ld pages\n", errname(errno), done);
			break;
		}
		done++;
	}
	close(fd);
	return done;
}

CASE(size_is_a_limit)
{
	need("size=64k,nr_inodes=100");
	df();
	R(fill("m/f", 10));
	df();
	R(fill("m/g", 10));
	df();
	R(unlink("m/f"));
	df();
	R(fill("m/h", 3));
	df();
	R(truncate("m/h", 4096));
	df();
	R(umount("m"));
}

CASE(inodes_are_limited)
{
	need("nr_inodes=4,size=1m");
	df();
	put("m/a", "");
	R(mkdir("m/b", 0755));
	R(symlink("x", "m/c"));
	R(open("m/d", O_CREAT | O_WRONLY, 0644));
	df();
	R(unlink("m/a"));
	R(unlink("m/c"));
	R(mkdir("m/d", 0755));
	df();
	R(umount2("m", MNT_FORCE));
}

CASE(mode_and_owner_of_the_root)
{
	struct stat s;
	need("mode=750,uid=12,gid=34");
	stat("m", &s);
	printf("%o %d %d %d\n", s.st_mode, s.st_uid, s.st_gid, (int)s.st_nlink);
	R(umount("m"));
	stat("m", &s);
	printf("%o\n", s.st_mode);
	need("");
	stat("m", &s);
	printf("%o\n", s.st_mode);
	R(umount("m"));
}

CASE(options_are_checked)
{
	need("size=64k");
	R(umount("m"));
	R(mount("tmpfs", "m", "tmpfs", 0, "size=x"));
	R(mount("tmpfs", "m", "tmpfs", 0, "mode=999"));
	R(mount("tmpfs", "m", "tmpfs", 0, "unknown=1"));
	R(mount("tmpfs", "none", "tmpfs", 0, ""));
	R(mount("tmpfs", "m", "nosuchfs", 0, ""));
	put("f", "");
	R(mount("tmpfs", "f", "tmpfs", 0, ""));
	R(umount("m"));
	R(umount2("m", 0x100));
	R(umount("none"));
}

CASE(remount_changes_the_size)
{
	need("size=64k,nr_inodes=100");
	fill("m/f", 8);
	R(mount("tmpfs", "m", "tmpfs", MS_REMOUNT, "size=128k"));
	df();
	R(mount("tmpfs", "m", "tmpfs", MS_REMOUNT, "size=16k"));
	df();
	R(mount("tmpfs", "m", "tmpfs", MS_REMOUNT | MS_RDONLY, "size=128k"));
	R(open("m/g", O_CREAT | O_WRONLY, 0644));
	R(open("m/f", O_WRONLY));
	R(mount("tmpfs", "m", "tmpfs", MS_REMOUNT, "size=128k"));
	put("m/g", "");
	R(mount("tmpfs", ".", "tmpfs", MS_REMOUNT, ""));
	R(umount2("m", MNT_FORCE));
}

CASE(flags_hold)
{
	need("");
	R(umount("m"));
	R(mount("tmpfs", "m", "tmpfs", MS_NODEV | MS_NOEXEC | MS_NOSUID, ""));
	R(mknod("m/null", S_IFCHR | 0666, 0x103));
	R(open("m/null", O_RDONLY));
	put("m/script", "#!/bin/true\n");
	chmod("m/script", 0755);
	R(access("m/script", X_OK));
	R(execl("m/script", "script", NULL));
	R(umount("m"));
}

CASE(in_use_is_busy)
{
	need("");
	int fd = open("m/f", O_CREAT | O_WRONLY, 0644);
	R(umount("m"));
	R(rmdir("m"));
	R(rename("m", "n"));
	close(fd);
	chdir("m");
	R(umount("../m"));
	chdir("..");
	R(umount("m"));
	R(rmdir("m"));
}

CASE(shown_in_mounts)
{
	char line[512], cwd[256];
	need("size=64k,mode=700,nr_inodes=100");
	getcwd(cwd, sizeof cwd);
	FILE *f = fopen("/proc/self/mounts", "r");
	while (fgets(line, sizeof line, f)) {
		char *at = strstr(line, "/shown_in_mounts/m ");
		if (at)
			printf("%s", at);
	}
	R(umount("m"));
}

CASE(names_and_links)
{
	struct stat s;
	need("");
	put("m/f", "text");
	R(link("m/f", "m/g"));
	stat("m/g", &s);
	printf("nlink %d\n", (int)s.st_nlink);
	R(link("m/f", "outside"));
	R(rename("m/f", "outside"));
	R(syscall(SYS_renameat2, AT_FDCWD, "m/f", AT_FDCWD, "m/g", 1));
	put("m/h", "other");
	R(syscall(SYS_renameat2, AT_FDCWD, "m/f", AT_FDCWD, "m/h", 2));
	show("m/f");
	show("m/h");
	R(mkdir("m/d", 01777));
	R(mkdir("m/d/e", 0755));
	stat("m/d", &s);
	printf("%o nlink %d\n", s.st_mode, (int)s.st_nlink);
	R(rmdir("m/d"));
	R(rename("m/d/e", "m/e"));
	R(rmdir("m/d"));
	stat("m", &s);
	printf("nlink %d\n", (int)s.st_nlink);
	R(umount("m"));
}

CASE(mapped_files_count)
{
	need("size=64k,nr_inodes=100");
	int fd = open("m/f", O_RDWR | O_CREAT, 0644);
	ftruncate(fd, 8 * 4096);
	df();
	char *p = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	p[0] = p[4096] = p[5 * 4096] = 1;
	df();
	char c;
	pread(fd, &c, 1, 2 * 4096);
	df();
	munmap(p, 8 * 4096);
	close(fd);
	unlink("m/f");
	df();
	R(umount("m"));
}
CASES
