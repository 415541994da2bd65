// Names and their directories: flags of the *at calls, access, times, modes, owners, renames, listings.
#include <dirent.h>
#include "t.h"

#define R2(a, b, c, d, e) R(syscall(SYS_renameat2, a, b, c, d, e))

static void sty(const char *path)
{
	struct stat s;
	if (lstat(path, &s))
		printf("%s: %s\n", path, errname(errno));
	else
		printf("%s %o %d:%d nlink %d size %ld\n", path, s.st_mode, s.st_uid, s.st_gid, (int)s.st_nlink, S_ISDIR(s.st_mode) ? 0 : (long)s.st_size);
}

CASE(faccessat2_flags)
{
	int st;
	put("f", "");
	chmod("f", 0640);
	symlink("none", "l");
	R(syscall(439, AT_FDCWD, "f", R_OK | W_OK, 0));
	R(syscall(439, AT_FDCWD, "f", X_OK, 0));
	R(syscall(439, AT_FDCWD, "l", F_OK, 0));
	R(syscall(439, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
	R(syscall(439, AT_FDCWD, "f", R_OK, 0x4000));
	R(syscall(439, AT_FDCWD, "f", 8, 0));
	int fd = open("f", O_PATH);
	R(syscall(439, fd, "", R_OK, AT_EMPTY_PATH));
	R(syscall(439, fd, "", R_OK, 0));
	R(syscall(439, fd, "x", R_OK, 0));
	R(syscall(439, 99, "f", R_OK, 0));
	if (fork() == 0) {
		setresuid(0, 1000, 0);
		R(syscall(439, AT_FDCWD, "f", R_OK, 0));
		R(syscall(439, AT_FDCWD, "f", R_OK, AT_EACCESS));
		_exit(0);
	}
	wait(&st);
}

CASE(utimensat_special_values)
{
	struct stat a, b;
	put("f", "");
	struct timespec set[2] = { { 1000, 500 }, { 2000, 999999999 } };
	R(utimensat(AT_FDCWD, "f", set, 0));
	stat("f", &a);
	printf("%ld.%ld %ld.%ld\n", (long)a.st_atim.tv_sec, a.st_atim.tv_nsec, (long)a.st_mtim.tv_sec, a.st_mtim.tv_nsec);
	struct timespec omit[2] = { { 0, UTIME_OMIT }, { 3000, 0 } };
	R(utimensat(AT_FDCWD, "f", omit, 0));
	stat("f", &b);
	printf("%ld %ld\n", (long)b.st_atim.tv_sec, (long)b.st_mtim.tv_sec);
	struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	R(utimensat(AT_FDCWD, "f", now, 0));
	stat("f", &b);
	printf("%d %ld\n", b.st_atim.tv_sec > 3000, (long)b.st_mtim.tv_sec);
	struct timespec bad[2] = { { 0, 1000000000 }, { 0, 0 } }, neg[2] = { { 0, -1 }, { 0, 0 } };
	R(utimensat(AT_FDCWD, "f", bad, 0));
	R(utimensat(AT_FDCWD, "f", neg, 0));
	R(utimensat(AT_FDCWD, "none", set, 0));
	R(utimensat(AT_FDCWD, "f", set, 0x8000));
	symlink("f", "l");
	R(utimensat(AT_FDCWD, "l", set, AT_SYMLINK_NOFOLLOW));
	lstat("l", &a);
	stat("f", &b);
	printf("%ld %ld\n", (long)a.st_mtim.tv_sec, (long)b.st_mtim.tv_sec);
	int fd = open("f", O_RDONLY), p = open("f", O_PATH);
	R(futimens(fd, set));
	R(syscall(SYS_utimensat, p, NULL, set, 0));
	R(syscall(SYS_utimensat, fd, NULL, NULL, 0));
	struct timespec both[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
	R(utimensat(AT_FDCWD, "none", both, 0));
}

CASE(whose_times_may_be_set)
{
	int st;
	put("ro", "");
	put("rw", "");
	chmod("rw", 0666);
	struct timespec set[2] = { { 1, 0 }, { 1, 0 } }, half[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	if (fork() == 0) {
		setuid(1000);
		R(utimensat(AT_FDCWD, "ro", NULL, 0));
		R(utimensat(AT_FDCWD, "rw", NULL, 0));
		R(utimensat(AT_FDCWD, "rw", set, 0));
		R(utimensat(AT_FDCWD, "rw", half, 0));
		_exit(0);
	}
	wait(&st);
}

CASE(rename_flags)
{
	put("a", "first");
	put("b", "second");
	mkdir("d", 0755);
	put("d/in", "");
	R2(AT_FDCWD, "a", AT_FDCWD, "b", 1);
	R2(AT_FDCWD, "a", AT_FDCWD, "c", 1);
	R2(AT_FDCWD, "c", AT_FDCWD, "b", 2);
	show("b");
	show("c");
	R2(AT_FDCWD, "c", AT_FDCWD, "none", 2);
	R2(AT_FDCWD, "c", AT_FDCWD, "d", 2);
	sty("c");
	show("d");
	R2(AT_FDCWD, "c", AT_FDCWD, "c/in", 2);
	R2(AT_FDCWD, "c", AT_FDCWD, "c/sub", 0);
	R2(AT_FDCWD, "b", AT_FDCWD, "c", 3);
	R2(AT_FDCWD, "b", AT_FDCWD, "c", 8);
	R2(AT_FDCWD, "b", AT_FDCWD, "c", 6);
	R2(AT_FDCWD, ".", AT_FDCWD, "x", 0);
	R2(AT_FDCWD, "b", AT_FDCWD, "..", 0);
}

CASE(umask_and_modes)
{
	umask(027);
	close(open("f", O_CREAT | O_WRONLY, 0777));
	mkdir("d", 0777);
	mkdir("s", 07777);
	mkfifo("p", 0666);
	symlink("x", "l");
	sty("f");
	sty("d");
	sty("s");
	sty("p");
	sty("l");
	R(umask(07777));
	R(umask(0));
	chmod("f", 06755);
	sty("f");
	chown("f", 1, 2);
	sty("f");
	chmod("f", 02644);
	chown("f", 3, -1);
	sty("f");
	R(chmod("l", 0600));
	R(fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
	R(lchown("l", 7, 8));
	sty("l");
	int p = open("f", O_PATH);
	R(fchmod(p, 0600));
	R(fchown(p, 0, 0));
	R(fchownat(p, "", 9, 9, AT_EMPTY_PATH));
	sty("f");
}

CASE(set_group_id_directories)
{
	int st;
	mkdir("d", 0777);
	chown("d", 0, 55);
	chmod("d", 02777);
	put("d/f", "");
	mkdir("d/sub", 0755);
	sty("d/f");
	sty("d/sub");
	if (fork() == 0) {
		setgid(1000);
		setuid(1000);
		umask(0);
		close(open("d/mine", O_CREAT | O_WRONLY, 02775));
		sty("d/mine");
		chmod("d/mine", 02755);
		sty("d/mine");
		_exit(0);
	}
	wait(&st);
}

CASE(sticky_directories)
{
	int st;
	mkdir("d", 0777);
	chmod("d", 01777);
	put("d/roots", "");
	put("d/users", "");
	chown("d/users", 1000, 1000);
	if (fork() == 0) {
		setgid(1000);
		setuid(1000);
		R(unlink("d/roots"));
		R(rename("d/roots", "d/x"));
		R(rename("d/users", "d/roots"));
		R(rename("d/users", "d/mine"));
		R(unlink("d/mine"));
		_exit(0);
	}
	wait(&st);
}

CASE(listing_with_seeks)
{
	char name[32];
	mkdir("d", 0755);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "d/file%d", i);
		put(name, "");
	}
	DIR *d = opendir("d");
	long at[200];
	int n = 0, same = 0;
	char names[200][32];
	struct dirent *e;
	for (;;) {
		at[n] = telldir(d);
		if (!(e = readdir(d)))
			break;
		strcpy(names[n++], e->d_name);
	}
	printf("%d\n", n);
	for (int i = n - 1; i >= 0; i -= 7) {
		seekdir(d, at[i]);
		e = readdir(d);
		same += e && !strcmp(e->d_name, names[i]);
	}
	printf("%d same\n", same);
	rewinddir(d);
	e = readdir(d);
	printf("%d\n", !strcmp(e->d_name, names[0]));
	closedir(d);
	int fd = open("d", O_RDONLY | O_DIRECTORY);
	char buf[4096];
	R(syscall(SYS_getdents64, fd, buf, 10));
	R(syscall(SYS_getdents64, fd, buf, 4096) > 0);
	R(lseek(fd, 0, SEEK_SET));
	R(syscall(SYS_getdents64, open("d/file1", O_RDONLY), buf, 4096));
	R(syscall(SYS_getdents64, 99, buf, 4096));
	R(read(fd, buf, 10));
	rmdir("d");
}

CASE(listing_while_removing)
{
	char name[300];
	int left = 0;
	mkdir("d", 0755);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "d/%d", i);
		put(name, "");
	}
	DIR *d = opendir("d");
	struct dirent *e;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			snprintf(name, sizeof name, "d/%s", e->d_name);
			left += unlink(name) != 0;
		}
	closedir(d);
	printf("%d\n", left);
	R(rmdir("d"));
}

CASE(removed_working_directory)
{
	char buf[100];
	mkdir("d", 0755);
	chdir("d");
	R(rmdir("../d"));
	R(getcwd(buf, sizeof buf) ? 0 : -1);
	R(open("f", O_CREAT | O_WRONLY, 0644));
	R(mkdir("x", 0755));
	R(access(".", F_OK));
	R(access("..", F_OK));
	int fd = open(".", O_RDONLY);
	R(syscall(SYS_getdents64, fd, buf, 100));
	R(chdir(".."));
}

CASE(chroot_shuts_in)
{
	char buf[100];
	mkdir("jail", 0755);
	mkdir("jail/sub", 0755);
	put("jail/file", "inside");
	put("outside", "");
	int out = open(".", O_RDONLY);
	if (chroot("jail"))
		exit(CANNOT);
	R(access("/file", F_OK));
	R(access("/../file", F_OK));
	R(access("../outside", F_OK));
	chdir("/");
	R(access("../../file", F_OK));
	printf("%s\n", getcwd(buf, sizeof buf));
	chdir("sub");
	printf("%s\n", getcwd(buf, sizeof buf));
	R(fchdir(out));
	R(access("outside", F_OK));
	R(syscall(SYS_getcwd, buf, 100) > 0);
	printf("%.13s\n", buf);
	R(chroot("/none"));
	R(chroot("/file"));
}

CASE(long_names_and_deep_paths)
{
	char name[5000];
	memset(name, 'n', sizeof name);
	name[255] = 0;
	R(open(name, O_CREAT | O_WRONLY, 0644) >= 0);
	name[255] = 'n', name[256] = 0;
	R(open(name, O_CREAT | O_WRONLY, 0644));
	for (int i = 0; i < 4999; i++)
		name[i] = i % 2 ? '/' : '.';
	name[4094] = 0;
	R(access(name, F_OK));
	name[4094] = '.', name[4095] = '/', name[4096] = 0;
	R(access(name, F_OK));
	R(symlink("", "l"));
	name[4096] = 0;
	R(symlink(name, "l"));
	R(mkdir("", 0755));
	R(unlink("none/"));
	put("f", "");
	R(unlink("f/"));
	R(access("f/", F_OK));
	R(access("f/..", F_OK));
	R(rename("f", "g/"));
	R(mkdir("d/", 0755));
	R(rmdir("d/."));
	R(rmdir("d/"));
}

CASE(loops_of_links)
{
	char name[16], to[16];
	symlink("a", "b");
	symlink("b", "a");
	R(open("a", O_RDONLY));
	R(access("a/x", F_OK));
	R(open("a", O_RDONLY | O_NOFOLLOW));
	R(open("a", O_CREAT | O_WRONLY, 0644));
	R(open("a", O_CREAT | O_EXCL | O_WRONLY, 0644));
	put("end", "reached");
	strcpy(to, "end");
	for (int i = 0; i < 41; i++) {
		snprintf(name, sizeof name, "l%d", i);
		symlink(to, name);
		strcpy(to, name);
	}
	R(access("l38", F_OK));
	R(access("l39", F_OK));
	R(access("l40", F_OK));
	symlink("made", "dangling");
	R(open("dangling", O_CREAT | O_WRONLY, 0644) >= 0);
	R(access("made", F_OK));
	R(stat("l0", &(struct stat){ 0 }));
}

CASE(statx_masks)
{
	unsigned char x[256], empty[256] = { 0 };
	put("f", "0123456789");
	R(syscall(332, AT_FDCWD, "f", 0, 0x7ff, x));
	printf("%x\n", *(uint32_t *)x & 0x7ff);
	printf("%d\n", (int)*(uint64_t *)(x + 40));
	R(syscall(332, AT_FDCWD, "f", 0, 0, x));
	R(syscall(332, AT_FDCWD, "f", 0, 0x80000000u, x));
	R(syscall(332, AT_FDCWD, "f", 0x6000, 0x7ff, x));
	R(syscall(332, AT_FDCWD, "f", 0x2000, 0x7ff, x));
	R(syscall(332, AT_FDCWD, "f", 0x10, 0x7ff, x));
	int fd = open("f", O_PATH);
	R(syscall(332, fd, "", AT_EMPTY_PATH, 0x7ff, x));
	R(syscall(332, fd, "", 0, 0x7ff, x));
	R(syscall(332, AT_FDCWD, "f", 0, 0x800, x));
	printf("birth %d\n", (*(uint32_t *)x & 0x800) != 0 && *(int64_t *)(x + 80) > 0);
	R(syscall(332, AT_FDCWD, "f", 0, 0x1000, x));
	printf("mount %d\n", (*(uint32_t *)x & 0x1000) != 0 && memcmp(x + 144, empty, 8));
	R(syscall(332, AT_FDCWD, "none", 0, 0x7ff, x));
	R(syscall(332, AT_FDCWD, "f", 0, 0x7ff, NULL));
}
CASES
