// sendfile, copy_file_range, locks that nobody contests, splice's refusal, old getdents, descriptors shared by clone
#include "t.h"

struct old_dirent { unsigned long ino, off; unsigned short len; char name[]; };

static char big[20000];
static int in, out, p[2];
static void setup(void)
{
	for (int i = 0; i < 20000; i++)
		big[i] = 'a' + i % 26;
	in = open("in", O_RDWR | O_CREAT, 0600);
	out = open("out", O_RDWR | O_CREAT, 0600);
	write(in, big, 20000);
	pipe(p);
}

CASE(sendfile_between_files)
{
	setup();
	lseek(in, 0, SEEK_SET);
	R(syscall(SYS_sendfile, out, in, NULL, 5)); R(lseek(in, 0, SEEK_CUR)); R(lseek(out, 0, SEEK_CUR));
	off_t off = 10; R(syscall(SYS_sendfile, out, in, &off, 5)); R((long)off); R(lseek(in, 0, SEEK_CUR)); R(syscall(SYS_sendfile, out, in, NULL, 1 << 20)); R(syscall(SYS_sendfile, out, in, NULL, 10)); off = -1; R(syscall(SYS_sendfile, out, in, &off, 5)); R(syscall(SYS_sendfile, out, in, 8L, 5)); R(syscall(SYS_sendfile, 99, in, NULL, 5)); R(syscall(SYS_sendfile, out, 99, NULL, 5));
}

CASE(sendfile_pipes_and_rights)
{
	setup(); off_t off;
	off = 0; R(syscall(SYS_sendfile, p[1], in, &off, 100)); R(read(p[0], big, 200)); R(syscall(SYS_sendfile, out, p[0], NULL, 5)); int ro = open("in", O_RDONLY), wo = open("in", O_WRONLY); R(syscall(SYS_sendfile, ro, in, NULL, 5)); R(syscall(SYS_sendfile, out, wo, NULL, 5));
	int ap = open("ap", O_WRONLY | O_CREAT | O_APPEND, 0600); R(syscall(SYS_sendfile, ap, in, &off, 5));
	struct stat st; fstat(out, &st); R((long)st.st_size);
}

CASE(sendfile_into_a_slow_pipe)
{
	setup(); off_t off;
	pid_t pid = fork(); if (pid == 0) { off = 0; long n = syscall(SYS_sendfile, p[1], in, &off, 20000); close(p[0]); _exit(n == 20000); }
	long got = 0, n; close(p[1]); while ((n = read(p[0], big, 3000)) > 0) got += n; R(got); int s; waitpid(pid, &s, 0); status("sendfile to a pipe", s);
}

CASE(copy_file_range_between_files)
{
	setup(); int ro = open("in", O_RDONLY), ap = open("ap", O_WRONLY | O_CREAT | O_APPEND, 0600);
	int c = open("copy", O_RDWR | O_CREAT, 0600); off_t a = 3, b = 7; lseek(in, 0, SEEK_SET);
	R(syscall(SYS_copy_file_range, in, NULL, c, NULL, 10, 0)); R(syscall(SYS_copy_file_range, in, &a, c, &b, 10, 0)); R((long)a); R((long)b); R(syscall(SYS_copy_file_range, in, NULL, c, NULL, 10, 1)); R(syscall(SYS_copy_file_range, ro, NULL, ro, NULL, 10, 0)); R(syscall(SYS_copy_file_range, in, NULL, p[0], NULL, 10, 0)); R(syscall(SYS_copy_file_range, 99, NULL, c, NULL, 10, 0)); int d = open(".", O_RDONLY); R(syscall(SYS_copy_file_range, d, NULL, c, NULL, 10, 0)); R(syscall(SYS_copy_file_range, in, NULL, ap, NULL, 10, 0));
	show("copy");
}

CASE(record_locks_that_nobody_contests)
{
	setup(); int ro = open("in", O_RDONLY), wo = open("in", O_WRONLY);
	struct flock fl = { F_WRLCK, SEEK_SET, 0, 10, 0 }; R(fcntl(in, F_SETLK, &fl)); R(fcntl(in, F_GETLK, &fl)); printf("%d\n", fl.l_type); fl.l_type = F_RDLCK; R(fcntl(wo, F_SETLK, &fl)); fl.l_type = F_WRLCK; R(fcntl(ro, F_SETLK, &fl)); fl.l_type = 9; R(fcntl(in, F_SETLK, &fl)); fl.l_type = F_UNLCK; fl.l_whence = 9; R(fcntl(in, F_SETLK, &fl)); R(fcntl(in, F_SETLK, 8L)); fl.l_whence = 0; R(fcntl(in, F_SETLK, &fl)); fl.l_type = F_WRLCK; R(fcntl(99, F_SETLK, &fl));
}

CASE(old_getdents)
{
	setup(); int d = open(".", O_RDONLY);
	char buf[1000]; R(syscall(SYS_getdents, d, buf, 1000) > 0); int dots = 0; for (struct old_dirent *e = (void *)buf; e->len && (char *)e < buf + 200; e = (void *)((char *)e + e->len)) if (!strcmp(e->name, "..")) dots = ((char *)e)[e->len - 1]; R(dots); lseek(d, 0, SEEK_SET); R(syscall(SYS_getdents, d, buf, 5));
}

CASE(clone_files_and_fs_share)
{
	setup(); char buf[1000]; pid_t pid;
	// CLONE_FILES and CLONE_FS share
	char *stack = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid = syscall(SYS_clone, CLONE_FILES | CLONE_FS | SIGCHLD, 0, 0, 0, 0); if (pid == 0) { dup2(1, 50); umask(077); mkdir("sub", 0755); chdir("sub"); _exit(0); }
	waitpid(pid, NULL, 0); R(fcntl(50, F_GETFD)); R(umask(022)); char *slash = strrchr(getcwd(buf, 1000), '/'); printf("%s\n", slash);
}

CASE(fork_does_not_share_files)
{
	setup(); char buf[1000], *slash; pid_t pid; close(51);
	pid = fork(); if (pid == 0) { dup2(1, 51); chdir("/"); _exit(0); } waitpid(pid, NULL, 0); R(fcntl(51, F_GETFD)); slash = strrchr(getcwd(buf, 1000), '/'); printf("%s\n", slash);
}

CASE(clone_settid)
{
	setup(); int s; pid_t pid;
	pid_t tid = 0, ct = 0; pid = syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &tid, &ct, 0); if (pid == 0) _exit(ct == getpid()); waitpid(pid, &s, 0); status("settid", s); R(tid == pid); R(ct);
}

CASE(clone3_by_hand)
{
	setup(); int s; pid_t pid;
	uint64_t ca[11] = { 0 }; ca[4] = SIGCHLD; pid = syscall(SYS_clone3, ca, 88); if (pid == 0) _exit(44); waitpid(pid, &s, 0); status("clone3", s); ca[4] = 99; R(syscall(SYS_clone3, ca, 88)); ca[4] = 0; ca[5] = 1; R(syscall(SYS_clone3, ca, 88));
}

CASES
