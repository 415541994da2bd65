// stat and its kin, access, chmod, chown, umask, utimensat, truncate, statfs
#include "t.h"

static void print(const char *what, struct stat *st)
{
	printf("%s: mode %o nlink %d uid %d gid %d size %ld blksize %ld\n", what, st->st_mode, (int)st->st_nlink,
	       st->st_uid, st->st_gid, (long)st->st_size, (long)st->st_blksize);
}

static struct stat st, st2;

CASE(stat_lstat_fstat)
{
	put("f", "12345");
	R(symlink("f", "l"));
	R(stat("f", &st)); print("f", &st);
	R(stat("l", &st2)); print("l", &st2);
	R(st.st_ino == st2.st_ino);
	R(lstat("l", &st)); print("l", &st);
	R(stat("none", &st));
	R(stat("", &st));
	R(stat("f/x", &st));
	R(syscall(SYS_stat, "f", 8L));
	R(fstat(99, &st));
	R(syscall(SYS_newfstatat, AT_FDCWD, "l", &st, AT_SYMLINK_NOFOLLOW)); print("l", &st);
	R(syscall(SYS_newfstatat, AT_FDCWD, "l", &st, 0x10000));
}

CASE(newfstatat_empty_path)
{
	put("f", "12345");
	int fd = open("f", O_RDONLY);
	R(syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH)); print("fd", &st);
	R(syscall(SYS_newfstatat, fd, "", &st, 0));
	R(syscall(SYS_newfstatat, fd, "x", &st, 0));
	R(syscall(SYS_newfstatat, 99, "x", &st, 0));
}

CASE(stat_of_a_device)
{
	R(stat("/dev/null", &st));
	printf("null %o rdev %lx\n", st.st_mode, (long)st.st_rdev);
}

CASE(statx_words)
{
	put("f", "12345");
	uint32_t x[64] = { 0 };
	R(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, x));
	printf("statx mask %x nlink %u mode %o size %u\n", x[0] & 0x7ff, x[4], x[7] & 0xffff, x[10]);
	R(syscall(SYS_statx, AT_FDCWD, "f", 0, 1u << 31, x));
	R(syscall(SYS_statx, AT_FDCWD, "f", 0x6000, 0x7ff, x));
	R(syscall(SYS_statx, AT_FDCWD, "none", 0, 0x7ff, x));
}

CASE(access_and_chmod)
{
	put("f", "12345"); symlink("f", "l"); int fd = open("f", O_RDONLY);
	R(access("f", R_OK | W_OK));
	R(access("f", X_OK));
	R(access("f", 8));
	R(access("none", R_OK));
	R(chmod("f", 04755));
	R(access("f", X_OK));
	R(stat("f", &st)); print("f", &st);
	R(chmod("none", 0));
	R(fchmod(fd, 0600));
	R(fchmodat(AT_FDCWD, "l", 0640, 0));
	R(stat("f", &st)); print("f", &st);
	R(fchmod(99, 0));
}

CASE(chown_and_its_bits)
{
	put("f", "12345"); symlink("f", "l"); chmod("f", 0640); int fd = open("f", O_RDONLY);
	R(chown("f", 12, 34));
	R(stat("f", &st)); print("f", &st);
	R(chown("f", -1, 35));
	R(lchown("l", 1, 1));
	R(lstat("l", &st)); print("l", &st);
	R(fchown(fd, 0, -1));
	R(fchownat(AT_FDCWD, "l", 5, 5, AT_SYMLINK_NOFOLLOW));
	R(lstat("l", &st)); print("l", &st);
	R(stat("f", &st)); print("f", &st);
	R(chmod("f", 06755));
	R(chown("f", 7, 7));
	R(stat("f", &st)); print("f", &st);
}

CASE(umask_of_files_and_directories)
{
	R(umask(027) == 022);
	close(creat("u", 0777));
	R(stat("u", &st)); print("u", &st);
	R(mkdir("ud", 01777));
	R(stat("ud", &st)); printf("ud %o\n", st.st_mode);
	R(umask(01777));
	R(umask(022));
}

CASE(times_of_files)
{
	put("f", "12345"); int fd = open("f", O_RDONLY);
	struct timespec t[2] = { { 1000, 5 }, { 2000, 7 } };
	R(utimensat(AT_FDCWD, "f", t, 0));
	R(stat("f", &st));
	printf("atime %ld mtime %ld\n", (long)st.st_atime, (long)st.st_mtime);
	t[0].tv_nsec = UTIME_OMIT; t[1].tv_sec = 3000;
	R(utimensat(AT_FDCWD, "f", t, 0));
	R(stat("f", &st));
	printf("atime %ld mtime %ld\n", (long)st.st_atime, (long)st.st_mtime);
	t[0].tv_nsec = 1000000000;
	R(utimensat(AT_FDCWD, "f", t, 0));
	R(utimensat(AT_FDCWD, "none", NULL, 0));
	R(futimens(fd, NULL));
	R(stat("f", &st));
	R(st.st_mtime > 3000);
	struct timeval tv[2] = { { 11, 0 }, { 22, 999999 } };
	R(utimes("f", tv));
	R(stat("f", &st));
	printf("atime %ld mtime %ld\n", (long)st.st_atime, (long)st.st_mtime);
	tv[0].tv_usec = 1000000;
	R(syscall(SYS_utimes, "f", tv));
}

CASE(truncate_and_fallocate)
{
	put("f", "12345"); chmod("f", 0755); chown("f", 7, 7); mkdir("ud", 0755); int fd = open("f", O_RDONLY);
	R(truncate("f", 3));
	show("f");
	R(truncate("f", 8));
	R(stat("f", &st)); print("f", &st);
	R(truncate("f", -1));
	R(truncate("ud", 0));
	R(truncate("none", 0));
	R(ftruncate(fd, 0));
	R(ftruncate(99, 0));
	int w = open("f", O_RDWR);
	R(ftruncate(w, 5000));
	R(fallocate(w, 0, 0, 0));
	R(fallocate(w, 0, -1, 10));
	R(fallocate(fd, 0, 0, 10));
	R(fstat(w, &st)); print("f", &st);
}

CASE(statfs_of_files)
{
	put("f", "12345");
	struct statfs sf;
	R(statfs("f", &sf));
	R(sf.f_bsize == 4096 && sf.f_namelen == 255);
	R(statfs("none", &sf));
	R(fstatfs(99, &sf));
}

CASE(mknod_kinds)
{
	R(mknod("fifo", S_IFIFO | 0644, 0));
	R(stat("fifo", &st)); printf("fifo %o\n", st.st_mode);
	R(mknod("reg", 0600, 0));
	R(stat("reg", &st)); printf("reg %o\n", st.st_mode);
	R(mknod("chr", S_IFCHR | 0600, 0x103));
	R(stat("chr", &st)); printf("chr %o %lx\n", st.st_mode, (long)st.st_rdev);
	R(mknod("bad", S_IFDIR | 0600, 0));
	R(mknod("bad", 0170000 | 0600, 0));
}

CASE(fsync_fadvise_flock)
{
	put("f", "12345"); int w = open("f", O_RDWR);
	R(fsync(w)); R(fdatasync(w)); R(fsync(99));
	R(posix_fadvise(w, 0, 0, POSIX_FADV_SEQUENTIAL));
	R(posix_fadvise(w, 0, 0, 77));
	R(flock(w, 2)); R(flock(w, 8)); R(flock(w, 99)); R(flock(w, 64)); R(flock(99, 32)); R(flock(99, 2));
}

CASES
