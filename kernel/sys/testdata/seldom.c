// calls that C libraries have replaced by newer ones, or hardly use
#include "t.h"
#include <sys/swap.h>
#include <sys/xattr.h>
#include <utime.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

CASE(utime_and_futimesat)
{
	struct stat st;
	put("f", "x");
	struct utimbuf u = { 100, 200 };
	R(syscall(SYS_utime, "f", &u)); stat("f", &st); printf("%ld %ld\n", (long)st.st_atime, (long)st.st_mtime);
	R(syscall(SYS_utime, "none", &u)); R(syscall(SYS_utime, "f", 8L)); R(syscall(SYS_utime, 8L, &u));
	R(syscall(SYS_utime, "f", NULL)); stat("f", &st); R(st.st_mtime > 1000000000);
	struct timeval tv[2] = { { 300, 5 }, { 400, 999999 } };
	int d = open(".", O_RDONLY);
	R(syscall(SYS_futimesat, d, "f", tv)); stat("f", &st); printf("%ld %ld.%09ld\n", (long)st.st_atime, (long)st.st_mtime, st.st_mtim.tv_nsec);
	tv[1].tv_usec = 1000000; R(syscall(SYS_futimesat, d, "f", tv)); tv[1].tv_usec = 1;
	R(syscall(SYS_futimesat, 99, "f", tv)); R(syscall(SYS_futimesat, AT_FDCWD, "f", NULL)); R(syscall(SYS_futimesat, open("f", O_RDONLY), "f", tv));
	int f = open("f", O_RDONLY); R(syscall(SYS_futimesat, f, NULL, tv)); fstat(f, &st); printf("%ld %ld\n", (long)st.st_atime, (long)st.st_mtime);
}

CASE(mknodat_and_renameat)
{
	mkdir("a", 0755); mkdir("b", 0755);
	int a = open("a", O_RDONLY), b = open("b", O_PATH);
	struct stat st;
	R(mknodat(a, "fifo", S_IFIFO | 0640, 0)); R(mknodat(a, "fifo", S_IFIFO | 0640, 0)); stat("a/fifo", &st); printf("%o\n", st.st_mode);
	R(mknodat(a, "file", 0600, 0)); stat("a/file", &st); printf("%o\n", st.st_mode);
	R(mknodat(99, "x", S_IFIFO, 0)); R(mknodat(a, "dir", S_IFDIR | 0700, 0)); R(mknodat(a, "", S_IFIFO, 0));
	R(syscall(SYS_renameat, a, "fifo", b, "moved")); R(access("b/moved", F_OK)); R(access("a/fifo", F_OK));
	R(syscall(SYS_renameat, a, "none", b, "x")); R(syscall(SYS_renameat, 99, "file", b, "x")); R(syscall(SYS_renameat, a, "file", 99, "x"));
	R(syscall(SYS_renameat, a, "file", AT_FDCWD, "here")); R(access("here", F_OK)); R(syscall(SYS_renameat, open("here", O_RDONLY), "x", b, "y"));
}

CASE(faccessat2_and_fchmodat2)
{
	put("f", "x"); symlink("f", "l"); symlink("none", "dang");
	int d = open(".", O_RDONLY), f = open("f", O_RDONLY);
	struct stat st;
	R(syscall(SYS_faccessat2, d, "f", R_OK, 0)); R(syscall(SYS_faccessat2, d, "dang", F_OK, 0)); R(syscall(SYS_faccessat2, d, "dang", F_OK, AT_SYMLINK_NOFOLLOW));
	R(syscall(SYS_faccessat2, f, "", R_OK, AT_EMPTY_PATH)); R(syscall(SYS_faccessat2, f, "", R_OK, 0)); R(syscall(SYS_faccessat2, d, "f", 8, 0)); R(syscall(SYS_faccessat2, d, "f", R_OK, 1)); R(syscall(SYS_faccessat2, d, "f", X_OK, AT_EACCESS));
	pid_t pid = fork();
	if (pid == 0) { chmod("f", 0600); chmod(".", 0755); setegid(1000); seteuid(1000); R(syscall(SYS_faccessat2, f, "", R_OK, AT_EMPTY_PATH)); R(syscall(SYS_faccessat2, f, "", R_OK, AT_EMPTY_PATH | AT_EACCESS)); exit(0); }
	waitpid(pid, NULL, 0);
	if (syscall(SYS_fchmodat2, d, "f", 0640, 0) == 0) { // fchmodat2: since Linux 6.6
		stat("f", &st); printf("%o\n", st.st_mode);
		R(syscall(SYS_fchmodat2, d, "none", 0640, 0)); R(syscall(SYS_fchmodat2, d, "f", 0640, 1)); R(syscall(SYS_fchmodat2, f, "", 0604, AT_EMPTY_PATH)); stat("f", &st); printf("%o\n", st.st_mode); R(syscall(SYS_fchmodat2, f, "", 0604, 0));
	}
}

CASE(getresuid_and_getresgid)
{
	int a = -1, b = -1, c = -1;
	R(syscall(SYS_getresuid, &a, &b, &c)); printf("%d %d %d\n", a, b, c); R(syscall(SYS_getresuid, 8L, &b, &c)); R(syscall(SYS_getresuid, &a, &b, 8L));
	R(syscall(SYS_getresgid, &a, &b, &c)); printf("%d %d %d\n", a, b, c); R(syscall(SYS_getresgid, &a, 8L, &c));
	syscall(SYS_setresgid, 1, 2, 3); R(syscall(SYS_getresgid, &a, &b, &c)); printf("%d %d %d\n", a, b, c);
	syscall(SYS_setresuid, 4, 5, 6); R(syscall(SYS_getresuid, &a, &b, &c)); printf("%d %d %d\n", a, b, c);
}

CASE(capset_keeps_rights)
{
	struct { uint32_t v; int pid; } h = { 0x20080522, 0 };
	uint32_t d[6] = { 0 }, now[6];
	R(syscall(SYS_capget, &h, d));
	R(syscall(SYS_capset, &h, d));
	h.v = 1; R(syscall(SYS_capset, &h, d)); printf("%x\n", h.v);
	h.pid = 1; R(syscall(SYS_capset, &h, d)); h.pid = 0; R(syscall(SYS_capset, 8L, d)); R(syscall(SYS_capset, &h, 8L));
	uint32_t none[6] = { 0 };
	setuid(1000);
	R(syscall(SYS_capget, &h, now)); printf("%x %x\n", now[0], now[1]); R(syscall(SYS_capset, &h, none)); R(syscall(SYS_capset, &h, d));
}

CASE(preadv2_and_pwritev2)
{
	char x[4] = "", y[5] = "";
	struct iovec v[2] = { { "abc", 3 }, { "defg", 4 } }, w[2] = { { x, 3 }, { y, 4 } };
	int f = open("f", O_RDWR | O_CREAT, 0600);
	R(syscall(SYS_pwritev2, f, v, 2, 2L, 0L, 0)); R(lseek(f, 0, SEEK_CUR)); R(syscall(SYS_pwritev2, f, v, 1, -1L, -1L, 0)); R(lseek(f, 0, SEEK_CUR));
	R(syscall(SYS_preadv2, f, w, 2, 0L, 0L, 0)); printf("%s %s\n", x, y); R(syscall(SYS_preadv2, f, w, 1, -1L, -1L, 0)); printf("%s\n", x); R(lseek(f, 0, SEEK_CUR));
	R(syscall(SYS_preadv2, f, w, 2, 0L, 0L, 1 << 20)); R(syscall(SYS_preadv2, f, w, 2, -2L, -1L, 0)); R(syscall(SYS_preadv2, 99, w, 2, 0L, 0L, 0)); R(syscall(SYS_pwritev2, f, v, -1, 0L, 0L, 0));
	R(syscall(SYS_pwritev2, f, v, 1, 0L, 0L, 0x10)); struct stat st; fstat(f, &st); R((long)st.st_size); // RWF_APPEND
}

CASE(lists_of_extended_attributes)
{
	char b[200];
	put("f", "x"); symlink("f", "l");
	if (setxattr("f", "user.one", "1", 1, 0) < 0) { printf("no attributes here\n"); return; }
	R(listxattr("f", b, 200)); printf("%s\n", b); R(llistxattr("f", b, 200)); R(llistxattr("l", b, 200)); R(listxattr("f", b, 3)); R(listxattr("f", NULL, 0));
	int f = open("f", O_RDONLY); R(flistxattr(f, b, 200)); R(flistxattr(99, b, 200)); R(flistxattr(open("f", O_PATH), b, 200)); R(listxattr("none", b, 200));
}

CASE(swapon_and_swapoff_refuse)
{
	put("f", "no swap area");
	R(swapon("none", 0)); R(swapon("f", 0)); R(swapon((char *)8, 0)); R(swapon("f", 1 << 30)); R(swapoff("none")); R(swapoff("f")); R(swapoff((char *)8));
	R(setuid(1000)); R(swapon("f", 0)); R(swapoff("f"));
}

CASE(calls_that_make_no_sense_here)
{
	R(syscall(SYS_restart_syscall)); R(syscall(SYS_syslog, 99, 0, 0));
	R(syscall(SYS_sched_yield));
}

CASE(sockets_seen_from_both_ends)
{
	int p[2], n = 16;
	char b[16] = "";
	R(syscall(SYS_socketpair, 1, 1, 0, p));
	R(syscall(SYS_getpeername, p[0], b, &n)); printf("%d %d\n", n, b[0]); R(syscall(SYS_getpeername, 0, b, &n)); R(syscall(SYS_getpeername, 99, b, &n)); R(syscall(SYS_getpeername, p[0], b, 8L));
	struct iovec v = { "through", 7 }, w = { b, 16 };
	struct { void *name; uint64_t namelen; struct iovec *iov; uint64_t len; void *control; uint64_t controllen; uint64_t flags; } m = { 0, 0, &v, 1 }, r = { 0, 0, &w, 1 };
	R(syscall(SYS_sendmsg, p[0], &m, 0)); R(syscall(SYS_recvmsg, p[1], &r, 0)); printf("%s\n", b); R(syscall(SYS_recvmsg, p[1], &r, 0x40)); R(syscall(SYS_sendmsg, 99, &m, 0)); R(syscall(SYS_recvmsg, 1, &r, 0));
}

CASES
