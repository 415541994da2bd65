// user and group IDs, permissions, capabilities
#include "t.h"
#include <grp.h>

static void ids(const char *what)
{
	uid_t r, e, s; gid_t a, b, c;
	getresuid(&r, &e, &s); getresgid(&a, &b, &c);
	printf("%s: uid %d %d %d gid %d %d %d\n", what, r, e, s, a, b, c);
}
#define CHILD(name, body) do { fflush(stdout); pid_t pid_ = fork(); int st_; if (pid_ == 0) { body; ids(name); exit(0); } waitpid(pid_, &st_, 0); status(name, st_); } while (0)

CASE(getuid_and_kin)
{
	chmod(".", 0777);
	ids("start");
	R(getuid()); R(geteuid()); R(getgid()); R(getegid());
}

CASE(setuid_drops_everything)
{
	CHILD("setuid root", R(syscall(SYS_setuid, 1000)); R(syscall(SYS_setuid, 0)); R(syscall(SYS_setuid, 1000)); R(syscall(SYS_setuid, -1)));
}

CASE(setresuid_effective)
{
	CHILD("seteuid", R(syscall(SYS_setresuid, -1, 1000, -1)); ids("mid"); R(syscall(SYS_setuid, 0)); R(syscall(SYS_setuid, 77)));
}

CASE(setreuid)
{
	CHILD("setreuid", R(syscall(SYS_setreuid, 1000, 2000)); ids("mid"); R(syscall(SYS_setreuid, 2000, 1000)); R(syscall(SYS_setreuid, 5, -1)); R(syscall(SYS_setreuid, -1, -1)));
}

CASE(setresuid)
{
	CHILD("setresuid", R(syscall(SYS_setresuid, 1, 2, 3)); R(syscall(SYS_setresuid, 3, 1, 2)); R(syscall(SYS_setresuid, 4, -1, -1)));
}

CASE(setgid_and_kin)
{
	CHILD("setgid", R(syscall(SYS_setgid, 50)); R(syscall(SYS_setregid, 60, 70)); R(syscall(SYS_setresgid, 1, 2, 3)); R(syscall(SYS_setresuid, 9, 9, 9)); R(syscall(SYS_setgid, 2)); R(syscall(SYS_setgid, 99)));
}

CASE(setgroups_and_getgroups)
{
	gid_t g[10] = { 5, 6, 7 };
	R(syscall(SYS_setgroups, 3, g)); memset(g, 0, sizeof g); R(getgroups(0, NULL)); R(getgroups(2, g)); R(getgroups(10, g)); printf("%d %d %d\n", g[0], g[1], g[2]); R(getgroups(-1, g)); R(syscall(SYS_setgroups, 70000, g)); R(syscall(SYS_setgroups, 0, NULL));
}

CASE(permissions_of_others)
{
	chmod(".", 0777);
	put("owner", "secret"); chmod("owner", 0600); put("group", "g"); chown("group", 0, 44); chmod("group", 0040); put("other", "o"); chmod("other", 0004);
	mkdir("closed", 0700); put("closed/x", "x"); mkdir("sticky", 01777); put("sticky/root", "r"); mkdir("ro", 0755); put("mine", "m"); chown("mine", 1000, 1000);
	CHILD("permissions",
	      syscall(SYS_setgroups, 0, NULL); syscall(SYS_setresgid, 1000, 1000, 1000); syscall(SYS_setresuid, 1000, 1000, 1000);
	      R(open("owner", O_RDONLY)); R(open("owner", O_WRONLY)); R(open("group", O_RDONLY)); R(open("other", O_RDONLY) >= 0); R(open("other", O_WRONLY));
	      R(open("closed/x", O_RDONLY)); R(open("closed", O_RDONLY)); R(chdir("closed")); R(mkdir("ro/x", 0700)); R(unlink("ro/x")); R(creat("ro/f", 0600)); R(unlink("sticky/root")); R(rename("sticky/root", "sticky/x"));
	      R(creat("sticky/mine", 0600) >= 0); R(unlink("sticky/mine")); R(access("owner", R_OK)); R(access("other", R_OK)); R(access("closed/x", F_OK)); R(chmod("owner", 0777)); R(chown("owner", 1000, 1000)); R(chmod("mine", 0640)); R(chown("mine", 0, -1)); R(chown("mine", -1, 1000)); R(chown("mine", -1, 0));
	      R(truncate("owner", 0)); R(utimensat(AT_FDCWD, "owner", NULL, 0)); R(utimensat(AT_FDCWD, "mine", NULL, 0)); R(symlink("owner", "sl")); R(mknod("dev", S_IFCHR | 0600, 0x103)); R(mknod("ff", S_IFIFO | 0600, 0)); R(execl("owner", "owner", NULL)); R(chroot(".")); R(sethostname("x", 1)); R(setpriority(PRIO_PROCESS, 0, -5)); R(kill(1, 0)); R(kill(getppid(), 0)); R(syscall(SYS_setgroups, 1, (int[]){ 0 })); struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_max++; R(setrlimit(RLIMIT_NOFILE, &rl)); R(open("/etc/passwd", O_WRONLY)); R(syscall(SYS_mount, "x", "/", "y", 0, 0)); R(syscall(SYS_umount2, "/", 0)); R(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0)));
}

CASE(group_permission)
{
	put("group", "g"); chown("group", 0, 44); chmod("group", 0040);
	CHILD("group read", syscall(SYS_setgroups, 1, (int[]){ 44 }); syscall(SYS_setresuid, 1000, 1000, 1000); R(open("group", O_RDONLY) >= 0); R(open("group", O_WRONLY)));
}

CASE(setfsuid)
{
	put("owner", "secret"); chmod("owner", 0600);
	R(syscall(SYS_setfsuid, 1000)); R(open("owner", O_RDONLY)); R(syscall(SYS_setfsuid, 0)); R(syscall(SYS_setfsuid, -1)); R(syscall(SYS_setfsgid, -1)); R(open("owner", O_RDONLY) >= 0);
}

CASE(capget)
{
	struct { uint32_t v; int pid; } h = { 0x20080522, 0 }; uint32_t d[6] = { 0 };
	R(syscall(SYS_capget, &h, d)); R(d[0] != 0); h.v = 1; R(syscall(SYS_capget, &h, d)); printf("%x\n", h.v); h.v = 1; R(syscall(SYS_capget, &h, NULL)); h.pid = 99999; R(syscall(SYS_capget, &h, d)); h.pid = -1; R(syscall(SYS_capget, &h, d));
}

CASES
