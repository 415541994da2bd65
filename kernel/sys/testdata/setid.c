// setid: set-user-ID and set-group-ID programs, and what keeps them from gaining rights
#include "t.h"
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>

static char self[PATH_MAX];

static int child(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	int u[3], g[3], sig = -1;
	syscall(SYS_getresuid, u, u + 1, u + 2);
	syscall(SYS_getresgid, g, g + 1, g + 2);
	prctl(PR_GET_PDEATHSIG, &sig);
	struct rlimit r;
	getrlimit(RLIMIT_STACK, &r);
	struct stat st;
	stat("/proc/self/stat", &st);
	printf("  [%s] uid %d %d %d fs %d gid %d %d %d fs %d secure %lu aux %lu %lu %lu %lu\n", argv[0], u[0], u[1], u[2], (int)syscall(SYS_setfsuid, -1),
		g[0], g[1], g[2], (int)syscall(SYS_setfsgid, -1), getauxval(AT_SECURE), getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID));
	printf("  dumpable %d death %d privileges %d persona %x stack %lld owner %d\n", prctl(PR_GET_DUMPABLE), sig, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		personality(0xffffffff), (long long)r.rlim_cur >> 20, st.st_uid);
	return argc;
}

static void copy(const char *dst, int uid, int gid, int mode)
{
	char buf[4096];
	ssize_t n;
	unlink(dst);
	int in = open(self, O_RDONLY), out = open(dst, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	while ((n = read(in, buf, sizeof buf)) > 0)
		write(out, buf, n);
	fchown(out, uid, gid);
	fchmod(out, mode);
	close(in);
	close(out);
}

static void none(void) {}
static void noprivs(void) { printf("no new privileges: %d\n", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }
static void death(void) { prctl(PR_SET_PDEATHSIG, SIGUSR1); }
static void persona(void) { personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC | STICKY_TIMEOUTS); }
static void effective(void) { syscall(SYS_setresuid, 0, 1000, 0); }
static void stack(void)
{
	struct rlimit r;
	getrlimit(RLIMIT_STACK, &r);
	r.rlim_cur = 64 << 20;
	setrlimit(RLIMIT_STACK, &r);
}

// run starts path as a user, after setting something up.
static void run(const char *path, int uid, int gid, void (*setup)(void))
{
	fflush(stdout);
	if (fork() == 0) {
		char *argv[] = { (char *)path, NULL }, *envp[] = { "CHILD=1", NULL };
		syscall(SYS_setgroups, 0, NULL);
		syscall(SYS_setresgid, gid, gid, gid);
		syscall(SYS_setresuid, uid, uid, uid);
		setup();
		fflush(stdout);
		execve(path, argv, envp);
		printf("%s: %s\n", path, errname(errno));
		exit(77);
	}
	int st;
	wait(&st);
	status(path, st);
}

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (getenv("CHILD"))
		return child(argc, argv);
	return -1;
}

// setup goes where other users may come and programs gain rights.
static char dir[] = "/tmp/setid-XXXXXX";
static void leave(void)
{
	static const char *const files[] = { "plain", "root", "user", "group", "both", "locking", "unreadable", "sticky", "script", "toroot" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(files[i]);
	rmdir("mnt");
	chdir("/");
	rmdir(dir);
}
static void setup(void)
{
	struct statfs fs;
	readlink("/proc/self/exe", self, sizeof self - 1);
	if (getuid() || !mkdtemp(dir) || chmod(dir, 0755) || chdir(dir) || statfs(".", &fs) || fs.f_flags & 2)
		exit(CANNOT);
}

CASE(users_groups_and_scripts)
{
	setup();
	copy("plain", 0, 0, 0755);
	copy("root", 0, 0, 04755);
	copy("user", 2000, 3000, 04755);
	copy("group", 2000, 3000, 02755);
	copy("both", 2000, 3000, 06755);
	copy("locking", 2000, 3000, 02745);
	copy("unreadable", 0, 0, 0711);
	copy("sticky", 0, 0, 01755);
	put("script", "#!./plain\n");
	chown("script", 2000, 3000);
	chmod("script", 06755);
	put("toroot", "#!./root\n");
	chmod("toroot", 0755);
	static const char *const files[] = { "plain", "root", "user", "group", "both", "locking", "unreadable", "sticky", "script", "toroot" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[20] = "./";
		strcat(path, files[i]);
		run(path, 1000, 1000, none);
		run(path, 0, 0, none);
		run(path, 1000, 1000, noprivs);
	}
	leave();
}

CASE(what_is_reset_with_the_rights)
{
	setup(); copy("plain", 0, 0, 0755); copy("user", 2000, 3000, 04755); copy("both", 2000, 3000, 06755);
	run("./user", 2000, 3000, none);
	run("./both", 1000, 1000, death);
	run("./plain", 1000, 1000, death);
	run("./both", 1000, 1000, persona);
	run("./plain", 1000, 1000, persona);
	run("./both", 1000, 1000, stack);
	run("./plain", 1000, 1000, stack);
	run("./plain", 0, 0, effective);
	run("./user", 0, 0, effective);
	leave();
}

CASE(chown_clears_the_bits)
{
	setup(); copy("both", 2000, 3000, 06755);
	// What writing and changing owners leave of the bits.
	struct stat st;
	chown("both", 2001, -1);
	stat("both", &st);
	printf("chown leaves %o\n", st.st_mode);
	leave();
}

CASE(dumpable_and_no_new_privs)
{
	setup();
	R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	R(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
	R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_GET_SECUREBITS));
	R(prctl(PR_SET_DUMPABLE, 2));
	R(prctl(PR_SET_DUMPABLE, 0));
	R(prctl(PR_GET_DUMPABLE));
	fflush(stdout);
	if (fork() == 0) {
		printf("inherited %d\n", prctl(PR_GET_DUMPABLE));
		exit(0);
	}
	wait(NULL);
	R(prctl(PR_SET_DUMPABLE, 1));
	R(syscall(SYS_setresuid, -1, 1000, -1));
	R(prctl(PR_GET_DUMPABLE));
	R(prctl(PR_SET_SECUREBITS, 0));
	R(syscall(SYS_setresuid, -1, 0, -1));
	R(prctl(PR_GET_DUMPABLE));
	leave();
}

CASE(a_mount_without_set_user_id)
{
	setup();
	// A mount that gives no rights.
	syscall(SYS_unshare, 0x00020000); // CLONE_NEWNS; it may be the only one there is
	mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL);
	mkdir("mnt", 0755);
	if (mount("none", "mnt", "tmpfs", MS_NOSUID, NULL) == 0) {
		chmod("mnt", 0755);
		copy("mnt/both", 2000, 3000, 06755);
		run("./mnt/both", 1000, 1000, none);
		umount("mnt");
	}
	leave();
}

CASES_UNLESS(started)
