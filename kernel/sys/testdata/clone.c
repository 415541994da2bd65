// clone(2), clone3(2), unshare(2), setns(2): each flag, and what is refused
#include "t.h"
#include <sys/prctl.h>

struct args { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; };
static long clone3(struct args *a, size_t n) { return syscall(SYS_clone3, a, n); }
static void need_clone3(void) { if (clone3(NULL, 0) < 0 && errno == ENOSYS) exit(NOT_HERE); } // some sandboxes hide it
static void need_unshare(void) { if (unshare(0) < 0) exit(NOT_HERE); }
static char stack[64 << 10] __attribute__((aligned(16)));
static char *const top = stack + sizeof stack;
static volatile int seen;
static int end(pid_t pid) { int st = -1; waitpid(pid, &st, __WALL); return st; }
static int quiet(void *a) { syscall(SYS_exit, (long)a); return 0; }
static int set(void *a) { seen = 7; syscall(SYS_exit, 3); return 0; }

CASE(clone_vm_shares_memory)
{
	pid_t pid = clone(set, top, CLONE_VM | SIGCHLD, NULL);
	status("child", end(pid));
	R(seen);
	seen = 0;
	pid = clone(set, top, SIGCHLD, NULL);
	status("child", end(pid));
	R(seen);
}

static int in_tmp(void *a) { syscall(SYS_chdir, "/tmp"); syscall(SYS_umask, 077); syscall(SYS_exit, 0); return 0; }

CASE(clone_fs_shares_cwd_and_umask)
{
	char buf[PATH_MAX] = "";
	end(clone(in_tmp, top, SIGCHLD, NULL));
	R(strcmp(getcwd(buf, sizeof buf), "/tmp") == 0);
	R(umask(022));
	end(clone(in_tmp, top, CLONE_FS | SIGCHLD, NULL));
	R(strcmp(getcwd(buf, sizeof buf), "/tmp") == 0);
	R(umask(022));
}

static int opens(void *a) { syscall(SYS_dup2, 1, 77); syscall(SYS_exit, 0); return 0; }

CASE(clone_files_shares_descriptors)
{
	end(clone(opens, top, SIGCHLD, NULL));
	R(fcntl(77, F_GETFD));
	end(clone(opens, top, CLONE_FILES | SIGCHLD, NULL));
	R(fcntl(77, F_GETFD));
}

static void on(int sig) {}
static int handles(void *a) { struct sigaction sa = { .sa_handler = on }; sigaction(SIGUSR2, &sa, NULL); syscall(SYS_exit, 0); return 0; }

CASE(clone_sighand_shares_handlers)
{
	struct sigaction old;
	end(clone(handles, top, CLONE_VM | SIGCHLD, NULL));
	sigaction(SIGUSR2, NULL, &old);
	R(old.sa_handler == SIG_DFL);
	end(clone(handles, top, CLONE_VM | CLONE_SIGHAND | SIGCHLD, NULL));
	sigaction(SIGUSR2, NULL, &old);
	R(old.sa_handler == on);
}

CASE(clone3_clear_sighand_keeps_ignored)
{
	need_clone3();
	struct args a = { .flags = 1ull << 32, .exit_signal = SIGCHLD };
	struct sigaction old;
	signal(SIGUSR1, on);
	signal(SIGUSR2, SIG_IGN);
	pid_t pid = clone3(&a, 64);
	if (pid == 0) {
		sigaction(SIGUSR1, NULL, &old);
		int n = old.sa_handler == SIG_DFL;
		sigaction(SIGUSR2, NULL, &old);
		_exit(n | (old.sa_handler == SIG_IGN) << 1);
	}
	status("default, still ignored", end(pid));
	a.flags |= CLONE_SIGHAND | CLONE_VM;
	R(clone3(&a, 64));
}

CASE(clone_parent_is_a_sibling)
{
	int p[2];
	pipe(p);
	pid_t me = getpid(), pid = fork();
	if (pid == 0) {
		pid_t sib = syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0);
		if (sib == 0)
			_exit(getppid() == me ? 4 : 5);
		write(p[1], &sib, sizeof sib);
		_exit(waitpid(sib, NULL, __WALL) < 0 && errno == ECHILD ? 2 : 3);
	}
	status("child cannot wait for it", end(pid));
	pid_t sib;
	read(p[0], &sib, sizeof sib);
	status("we can", end(sib));
}

CASE(settid_and_cleartid)
{
	int ptid = 0;
	static int *ctid;
	ctid = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &ptid, ctid, 0);
	if (pid == 0)
		_exit(*ctid == getpid() ? 1 : 2);
	status("child knows its number", end(pid));
	R(ptid == pid);
	R(*ctid == pid);
	ctid[1] = 99;
	pid = clone(quiet, top, CLONE_VM | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, (void *)6, &ptid, NULL, ctid + 1);
	status("child", end(pid));
	R(ctid[1]);
	ctid[2] = 99; // nobody else has the memory: nothing is written
	pid = syscall(SYS_clone, CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0, ctid + 2, 0);
	if (pid == 0)
		_exit(0);
	end(pid);
	R(ctid[2]);
	R(syscall(SYS_set_tid_address, ctid) == getpid());
}

CASE(cleartid_wakes_a_futex)
{
	static int tid = 1;
	pid_t pid = clone(quiet, top, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, (void *)0, NULL, NULL, &tid);
	while (tid)
		syscall(SYS_futex, &tid, 0, 1, NULL, NULL, 0);
	R(tid);
	status("child", end(pid));
}

static __thread long tls = 5;
static long read_fs(void) { long v; __asm__("mov %%fs:0, %0" : "=r"(v)); return v; }
static long self[8];
static int tls_child(void *a) { seen = read_fs() == 0x1234; syscall(SYS_exit, 0); return 0; }

CASE(settls)
{
	self[0] = 0x1234;
	pid_t pid = clone(tls_child, top, CLONE_VM | CLONE_SETTLS | SIGCHLD, NULL, NULL, self, NULL);
	end(pid);
	R(seen);
	R(syscall(SYS_clone, CLONE_SETTLS | SIGCHLD, 0, 0, 0, 1l << 62));
}

CASE(pidfd_of_clone)
{
	int fd = -1;
	siginfo_t si = { 0 };
	pid_t pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);
	if (pid == 0) { pause(); _exit(0); }
	R(fcntl(fd, F_GETFD));
	struct pollfd pf = { fd, POLLIN };
	R(poll(&pf, 1, 0));
	R(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	R(poll(&pf, 1, 1000)); R(pf.revents);
	R(waitid(3, fd, &si, WEXITED));
	printf("%d %d %d\n", si.si_code, si.si_status, si.si_pid == pid);
	R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	R(waitid(3, fd, &si, WEXITED));
	R(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &fd, 0, 0));
	R(syscall(SYS_clone, CLONE_PIDFD | 0x00400000 | SIGCHLD, 0, &fd, 0, 0));
	R(syscall(SYS_pidfd_open, 0, 0)); R(syscall(SYS_pidfd_open, -1, 0)); R(syscall(SYS_pidfd_open, 999999, 0)); R(syscall(SYS_pidfd_open, 1, 1));
}

CASE(flags_that_need_each_other)
{
	R(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_THREAD | CLONE_VM, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_FS | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_FS | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWPID, 0, 0, 0, 0));
}

CASE(clone3_refuses)
{
	need_clone3();
	struct args a = { .exit_signal = SIGCHLD };
	char big[128] = { 0 };
	R(clone3(&a, 63)); R(clone3(&a, 5000)); R(clone3((void *)8, 64)); R(clone3(NULL, 0));
	memcpy(big, &a, sizeof a); big[100] = 1;
	R(clone3((void *)big, sizeof big));
	a.exit_signal = 65; R(clone3(&a, 64));
	a.exit_signal = 0x100; R(clone3(&a, 64));
	a.exit_signal = SIGCHLD; a.flags = 1; R(clone3(&a, 64));
	a.flags = 0x00400000; R(clone3(&a, 64)); // CLONE_DETACHED
	a.flags = 1ull << 40; R(clone3(&a, 64));
	a.flags = 0; a.stack = (long)stack; R(clone3(&a, 64));
	a.stack = 0; a.stack_size = 4096; R(clone3(&a, 64));
	a.stack_size = 0; a.flags = CLONE_PARENT; R(clone3(&a, 64));
	a.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM; R(clone3(&a, 64));
	a.flags = 1ull << 33; a.cgroup = -1; R(clone3(&a, 88)); // CLONE_INTO_CGROUP
	a.flags = 0; a.set_tid = 8; R(clone3(&a, 88));
	a.set_tid = 0; a.set_tid_size = 1; R(clone3(&a, 88));
	a.set_tid = 8; a.set_tid_size = 33; R(clone3(&a, 88));
	a.set_tid_size = 1; R(clone3(&a, 88));
}

CASE(clone3_works)
{
	need_clone3();
	struct args a = { .exit_signal = SIGUSR1, .flags = CLONE_PARENT_SETTID };
	int tid = 0, st;
	signal(SIGUSR1, on);
	a.parent_tid = (long)&tid;
	pid_t pid = clone3(&a, sizeof a);
	if (pid == 0) _exit(8);
	R(waitpid(pid, &st, 0));
	R(waitpid(pid, &st, __WCLONE) == pid);
	status("child", st);
	R(tid == pid);
}

CASE(clone3_set_tid)
{
	need_clone3();
	pid_t want = 31000;
	struct args a = { .exit_signal = SIGCHLD, .set_tid = (long)&want, .set_tid_size = 1 };
	pid_t pid = clone3(&a, sizeof a);
	if (pid == 0) _exit(getpid() == want ? 1 : 2);
	if (pid < 0 && errno == EPERM) exit(NOT_HERE); // root without CAP_SYS_ADMIN
	R(pid);
	status("child", end(pid));
	want = getpid(); R(clone3(&a, sizeof a));
	want = 0; R(clone3(&a, sizeof a));
	want = -5; R(clone3(&a, sizeof a));
	want = 1 << 30; R(clone3(&a, sizeof a));
	want = 31000;
	setuid(65534);
	R(clone3(&a, sizeof a));
}

CASE(namespaces_as_nobody)
{
	need_unshare();
	setuid(65534);
	R(syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
	R(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0));
	R(unshare(CLONE_NEWNS)); R(unshare(CLONE_NEWUTS)); R(unshare(CLONE_NEWIPC)); R(unshare(CLONE_NEWPID));
	R(syscall(SYS_setns, -1, 0)); R(syscall(SYS_setns, 0, 0));
}

CASE(unshare_what_one_thread_may)
{
	need_unshare();
	R(unshare(0)); R(unshare(CLONE_FS)); R(unshare(CLONE_FILES)); R(unshare(CLONE_SYSVSEM));
	R(unshare(CLONE_THREAD)); R(unshare(CLONE_SIGHAND)); R(unshare(CLONE_VM));
	R(unshare(CLONE_SETTLS)); R(unshare(CLONE_VFORK)); R(unshare(1));
}

static int unshares(void *a)
{
	syscall(SYS_unshare, CLONE_FILES | CLONE_FS);
	syscall(SYS_dup2, 1, 78);
	syscall(SYS_chdir, "/");
	syscall(SYS_exit, 0);
	return 0;
}

CASE(unshare_gives_copies)
{
	need_unshare();
	char buf[PATH_MAX];
	end(clone(unshares, top, CLONE_FILES | CLONE_FS | SIGCHLD, NULL));
	R(fcntl(78, F_GETFD));
	R(strcmp(getcwd(buf, sizeof buf), "/") == 0);
}

static int unshares_vm(void *a) { seen = syscall(SYS_unshare, CLONE_VM) < 0 ? 1 : 2; syscall(SYS_exit, 0); return 0; }

CASE(unshare_vm_of_two)
{
	need_unshare();
	end(clone(unshares_vm, top, CLONE_VM | SIGCHLD, NULL));
	R(seen);
}

CASE(exit_signal_of_choice)
{
	sigset_t s;
	siginfo_t si;
	sigfillset(&s);
	sigprocmask(SIG_BLOCK, &s, NULL);
	pid_t pid = syscall(SYS_clone, SIGRTMIN + 3, 0, 0, 0, 0);
	if (pid == 0) _exit(9);
	R(sigwaitinfo(&s, &si) == SIGRTMIN + 3);
	printf("%d %d %d\n", si.si_code, si.si_status, si.si_pid == pid);
	R(waitpid(pid, NULL, __WALL) == pid);
	pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (pid == 0) _exit(9);
	R(waitpid(pid, NULL, __WCLONE) == pid);
	sigpending(&s);
	R(sigismember(&s, SIGCHLD));
}

CASE(vfork_waits_for_the_end)
{
	static volatile int x;
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid_t pid = vfork();
	if (pid == 0) { struct timespec t = { 0, 30000000 }; nanosleep(&t, NULL); x = 1; _exit(2); }
	clock_gettime(CLOCK_MONOTONIC, &b);
	R(x); R((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 >= 30);
	status("vfork", end(pid));
}

CASE(vfork_signals_come_afterwards)
{
	static volatile int x;
	pid_t me = getpid();
	struct sigaction sa = { .sa_handler = on };
	sigaction(SIGUSR1, &sa, NULL);
	pid_t pid = vfork();
	if (pid == 0) { kill(me, SIGUSR1); x = 1; _exit(x + 1); }
	R(pid > 0); R(x);
	status("vfork", end(pid));
}

CASE(vfork_parent_may_be_killed)
{
	int p[2], st;
	pipe(p);
	pid_t pid = fork();
	if (pid == 0) {
		if (vfork() == 0) { char c = getppid() != 0; struct timespec t = { 0, 40000000 }; nanosleep(&t, NULL); write(p[1], &c, 1); _exit(0); }
		_exit(0);
	}
	close(p[1]);
	usleep(15000);
	R(kill(pid, SIGSEGV)); // would dump core: waits until the child is through
	usleep(5000);
	R(waitpid(pid, &st, WNOHANG));
	R(kill(pid, SIGTERM)); // does not
	status("parent", end(pid));
	char c;
	R(read(p[0], &c, 1)); R(read(p[0], &c, 1)); // the child goes on
}

CASE(stack_of_the_child)
{
	need_clone3();
	static struct args a = { .flags = CLONE_VM, .exit_signal = SIGCHLD, .stack = 1, .stack_size = sizeof stack };
	a.stack = (long)stack;
	long r = SYS_clone3;
	__asm__ volatile("syscall; test %%rax, %%rax; jnz 1f; mov %%rsp, (%%rdi); mov $60, %%eax; xor %%edi, %%edi; syscall; 1:"
		: "+a"(r) : "D"(&a), "S"(sizeof a) : "rcx", "r11", "memory");
	status("child", end(r));
	R(a.flags == (long)top);
}

CASES
