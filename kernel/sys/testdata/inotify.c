// inotify: what is told of files and directories, in which order
#include "t.h"
#include <dirent.h>
#include <sys/inotify.h>

static int in;
static char buf[4096];

static const char *bits(unsigned m)
{
	static const char *names[] = { "ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE_NOWRITE", "OPEN", "MOVED_FROM", "MOVED_TO", "CREATE", "DELETE", "DELETE_SELF", "MOVE_SELF", 0, "UNMOUNT", "OVERFLOW", "IGNORED" };
	static char s[200]; *s = 0;
	for (int i = 0; i < 16; i++) if (m >> i & 1) sprintf(s + strlen(s), "%s%s", *s ? "|" : "", names[i] ? names[i] : "?");
	if (m & 0x40000000) strcat(s, "|ISDIR");
	return s;
}
static unsigned cookies[8]; static int ncookies;
static int cookie(unsigned c) { if (!c) return 0; for (int i = 0; i < ncookies; i++) if (cookies[i] == c) return i + 1; if (ncookies < 8) cookies[ncookies++] = c; return ncookies; }
static void told(const char *what)
{
	printf("%s:", what);
	for (int n; (n = read(in, buf, sizeof buf)) > 0;)
		for (int i = 0; i < n;) { struct inotify_event *e = (void *)(buf + i); printf(" %d %s", e->wd, bits(e->mask)); if (e->cookie) printf(" #%d", cookie(e->cookie)); if (e->len) printf(" \"%s\"%d", e->name, e->len); printf(";"); i += sizeof *e + e->len; }
	printf("\n"); ncookies = 0;
}

static void setup(void)
{
	in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	mkdir("d", 0755);
	put("d/f", "abc");
	put("g", "");
	symlink("d", "l");
}
static void watch(void)
{
	inotify_add_watch(in, "d", IN_ALL_EVENTS);
	inotify_add_watch(in, "d/f", IN_ALL_EVENTS);
}

CASE(inotify_refuses)
{
	R(inotify_init1(1)); in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC); R(in >= 0); printf("%x %d\n", fcntl(in, F_GETFL), fcntl(in, F_GETFD)); R(read(in, buf, 100)); R(write(in, buf, 1)); close(in); setup();
	R(inotify_add_watch(in, "none", IN_OPEN)); R(inotify_add_watch(in, "d", 0)); R(inotify_add_watch(0, "d", IN_OPEN)); R(inotify_add_watch(99, "d", IN_OPEN)); R(inotify_add_watch(in, "g", IN_OPEN | IN_ONLYDIR)); R(inotify_add_watch(in, "d", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE)); R(inotify_add_watch(in, (void *)8, IN_OPEN));
	R(inotify_add_watch(in, "d", IN_ALL_EVENTS)); R(inotify_add_watch(in, "d/f", IN_ALL_EVENTS)); R(inotify_add_watch(in, "l", IN_ALL_EVENTS)); R(inotify_add_watch(in, "d", IN_ALL_EVENTS | IN_MASK_CREATE)); R(inotify_add_watch(in, "l", IN_ALL_EVENTS | IN_DONT_FOLLOW)); told("nothing");
}

CASE(events_of_a_file)
{
	setup(); watch();
	int f = open("d/f", O_RDWR); told("open"); read(f, buf, 2); told("read"); read(f, buf, 2); read(f, buf, 2); told("read"); write(f, "x", 1); write(f, "y", 1); told("write"); ftruncate(f, 1); told("ftruncate"); fchmod(f, 0600); told("fchmod"); fchown(f, 0, 0); told("fchown"); lseek(f, 0, 0); int h = dup(f); close(f); told("dup"); close(h); told("close");
	f = open("d/f", O_RDONLY); close(f); told("read only"); truncate("d/f", 9); told("truncate"); close(open("d/f", O_WRONLY | O_TRUNC)); while (read(in, buf, sizeof buf) > 0) ; /* newer kernels tell of OPEN first */ chmod("d/f", 0644); told("chmod"); struct timespec ts[2] = { { 1, 0 }, { 2, 0 } }; utimensat(AT_FDCWD, "d/f", ts, 0); told("utimes"); ts[0].tv_nsec = UTIME_OMIT; utimensat(AT_FDCWD, "d/f", ts, 0); told("mtime"); ts[0].tv_nsec = 0; ts[1].tv_nsec = UTIME_OMIT; utimensat(AT_FDCWD, "d/f", ts, 0); told("atime");
}

CASE(events_of_names)
{
	setup(); watch();
	close(open("d/new", O_CREAT | O_WRONLY, 0600)); told("create"); mkdir("d/sub", 0700); told("mkdir"); symlink("x", "d/link"); told("symlink"); mknod("d/fifo", S_IFIFO | 0600, 0); told("mknod"); link("d/f", "d/hard"); told("link"); DIR *dir = opendir("d"); while (readdir(dir)) ; closedir(dir); told("readdir"); chmod("d", 0700); told("chmod dir"); chmod("d/sub", 0755); told("chmod sub"); struct stat st; stat("d/f", &st); access("d/f", R_OK); told("stat");
}

CASE(events_of_renames)
{
	setup(); put("d/new", "x"); mkdir("d/sub", 0700); watch();
	rename("d/new", "d/newer"); told("rename"); rename("d/newer", "outside"); told("out"); rename("outside", "d/in a longer name"); told("in"); rename("d/in a longer name", "d/f"); told("over"); rename("d/sub", "d/bus"); told("dir"); syscall(SYS_renameat2, AT_FDCWD, "d/f", AT_FDCWD, "d/bus", 2); told("exchange"); syscall(SYS_renameat2, AT_FDCWD, "d/f", AT_FDCWD, "d/bus", 2); told("back");
}

CASE(events_of_deletion)
{
	setup(); link("d/f", "d/hard"); mkdir("d/bus", 0700); watch(); int f;
	unlink("d/hard"); told("unlink a name"); rmdir("d/bus"); told("rmdir"); R(inotify_add_watch(in, "d/f", IN_ALL_EVENTS)); f = open("d/f", O_RDWR); told("again"); unlink("d/f"); told("unlink open"); write(f, "z", 1); told("write gone"); close(f); told("close gone"); put("d/short", "x"); told("put"); R(inotify_add_watch(in, "d/short", IN_DELETE_SELF)); unlink("d/short"); told("unlink watched");
}

CASE(watches_that_change)
{
	setup(); watch(); int f;
	R(inotify_rm_watch(in, 99)); R(inotify_rm_watch(in, 1)); R(inotify_rm_watch(in, 1)); R(inotify_rm_watch(0, 1)); told("removed"); put("d/quiet", ""); told("quiet"); R(inotify_add_watch(in, "d", IN_CREATE | IN_ONESHOT)); put("d/once", ""); put("d/twice", ""); told("once"); R(inotify_add_watch(in, "d", IN_OPEN)); R(inotify_add_watch(in, "d", IN_CREATE | IN_MASK_ADD)); put("d/both", ""); told("both"); R(inotify_add_watch(in, "d", IN_MODIFY | IN_EXCL_UNLINK)); f = open("d/both", O_WRONLY); write(f, "1", 1); unlink("d/both"); write(f, "2", 1); close(f); told("excluded");
}

CASE(read_poll_and_fionread)
{
	setup();
	put("d/one", "1"); put("d/two", "2"); unlink("d/one"); R(inotify_add_watch(in, "d", IN_CREATE)); put("d/a", ""); put("d/bb", ""); int n; R(ioctl(in, FIONREAD, &n)); printf("%d\n", n); struct pollfd p = { in, POLLIN | POLLOUT, 0 }; R(poll(&p, 1, 0)); printf("%x\n", p.revents & 7); R(read(in, buf, 16)); R(read(in, buf, 40)); R(read(in, buf, 40)); told("rest"); R(poll(&p, 1, 0));
}

CASE(read_waits_for_an_event)
{
	setup(); inotify_add_watch(in, "d", IN_CREATE);
	fcntl(in, F_SETFL, 0); if (fork() == 0) { usleep(20000); put("d/late", ""); _exit(0); } R(read(in, buf, 100)); wait(0); fcntl(in, F_SETFL, O_NONBLOCK);
}

CASE(the_directory_itself_goes)
{
	setup(); unlink("d/f");
	R(inotify_add_watch(in, "d", IN_ALL_EVENTS)); told("before"); R(rename("d", "e")); told("moved"); R(rmdir("e")); told("gone"); close(in);
}

CASES
