// fork, vfork, clone, exit, wait4, waitid, orphans
#include "t.h"

CASE(a_child_has_its_own_memory)
{
	int s, x = 1;
	pid_t pid = fork();
	if (pid == 0) { x = 2; _exit(x + 40); }
	R(waitpid(pid, &s, 0) == pid); status("child", s); printf("x %d\n", x);
}

CASE(wait_without_children)
{
	int s; pid_t pid = 99999;
	R(waitpid(pid, &s, 0));
	R(wait(&s));
	R(waitpid(-1, &s, WNOHANG));
	R(waitpid(-1, &s, 0x1234));
	R(syscall(SYS_wait4, 0x80000000, &s, 0, 0));
}

CASE(wait_for_a_sleeping_child)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { usleep(20000); _exit(3); }
	R(waitpid(pid, &s, WNOHANG));
	R(waitpid(99999, &s, 0));
	R(waitpid(pid, &s, 0) == pid); status("child", s);
}

CASE(killed_by_sigterm)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { pause(); _exit(0); }
	kill(pid, SIGTERM);
	R(waitpid(pid, &s, 0) == pid); status("child", s);
}

CASE(killed_by_sigsegv)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { *(volatile int *)16 = 1; _exit(0); }
	waitpid(pid, &s, 0); status("segv", s);
}

CASE(killed_by_abort)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { abort(); }
	waitpid(pid, &s, 0); status("abort", s);
}

CASE(killed_by_division)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { __asm__ volatile("xor %%ecx,%%ecx; mov $1,%%eax; cdq; idiv %%ecx" ::: "eax", "ecx", "edx"); _exit(0); }
	waitpid(pid, &s, 0); status("fpe", s);
}

CASE(killed_by_ud2_hlt_int3)
{
	int s; pid_t pid;
	pid = fork();
	if (pid == 0) { __asm__("ud2"); }
	waitpid(pid, &s, 0); status("ill", s);
	pid = fork();
	if (pid == 0) { __asm__("hlt"); }
	waitpid(pid, &s, 0); status("hlt", s);
	pid = fork();
	if (pid == 0) { __asm__("int3"); }
	waitpid(pid, &s, 0); status("int3", s);
}

CASE(stopped_and_continued)
{
	int s; pid_t pid;
	// stop and continue
	pid = fork();
	if (pid == 0) { raise(SIGSTOP); usleep(50000); _exit(5); }
	R(waitpid(pid, &s, WUNTRACED) == pid); status("stopped", s);
	R(waitpid(pid, &s, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT);
	R(waitpid(pid, &s, WCONTINUED) == pid);
	if (WIFEXITED(s)) printf("missed\n");
	else { status("continued", s); R(waitpid(pid, &s, 0) == pid); }
	status("end", s);
}

CASE(waitid_leaves_and_takes)
{
	int s; pid_t pid;
	// waitid
	siginfo_t si;
	pid = fork();
	if (pid == 0) _exit(9);
	memset(&si, 0, sizeof si);
	R(waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	printf("%d %d %d %d\n", si.si_signo, si.si_code, si.si_pid == pid, si.si_status);
	R(waitid(P_ALL, 0, &si, WEXITED));
	R(waitid(P_ALL, 0, &si, WEXITED));
	R(waitid(P_ALL, 0, &si, 0));
	R(waitid(7, 0, &si, WEXITED));
	R(waitid(P_PID, -5, &si, WEXITED));
}

CASE(waitid_without_hanging)
{
	pid_t pid; siginfo_t si;
	pid = fork();
	if (pid == 0) { pause(); }
	memset(&si, 1, sizeof si);
	R(waitid(P_PID, pid, &si, WEXITED | WNOHANG)); printf("%d %d\n", si.si_pid, si.si_signo);
	kill(pid, SIGKILL);
	R(waitid(P_PID, pid, &si, WEXITED)); printf("%d %d\n", si.si_code, si.si_status);
}

CASE(vfork_shares_memory)
{
	int s; pid_t pid;
	// vfork shares memory
	volatile int y = 1;
	pid = vfork();
	if (pid == 0) { y = 5; _exit(1); }
	printf("y %d\n", y);
	waitpid(pid, &s, 0); status("vfork", s);
}

CASE(an_orphan_gets_a_new_parent)
{
	int s; pid_t pid;
	// orphan gets a new parent
	int p[2];
	pipe(p);
	pid = fork();
	if (pid == 0) {
		pid_t me = getpid();
		if (fork() == 0) { while (getppid() == me) usleep(1000); write(p[1], "o", 1); _exit(0); }
		_exit(0);
	}
	waitpid(pid, &s, 0);
	close(p[1]);
	char c;
	R(read(p[0], &c, 1)); R(read(p[0], &c, 1));
}

CASE(exit_status_is_one_byte)
{
	int s; pid_t pid;
	// exit status is one byte
	pid = fork();
	if (pid == 0) exit(0x1ff);
	waitpid(pid, &s, 0); status("exit", s);
}

CASE(position_is_shared_with_children)
{
	char c;
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	write(fd, "0123456789", 10); lseek(fd, 0, SEEK_SET);
	if (fork() == 0) { read(fd, &c, 1); lseek(fd, 5, SEEK_SET); _exit(0); }
	wait(NULL);
	R(read(fd, &c, 1)); printf("%c\n", c);
}

CASE(ignored_sigchld_leaves_no_zombies)
{
	int s;
	// SIGCHLD ignored: no zombies
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) _exit(0);
	R(wait(&s));
	signal(SIGCHLD, SIG_DFL);
}

CASE(rusage_of_children)
{
	int s; pid_t pid;
	// rusage of children is not negative
	struct rusage ru;
	pid = fork();
	if (pid == 0) { for (volatile int i = 0; i < 3000000; i++) ; _exit(0); }
	R(wait4(pid, &s, 0, &ru) == pid); R(ru.ru_utime.tv_sec + ru.ru_utime.tv_usec > 0);
}

CASE(wait_for_a_process_group)
{
	int s; pid_t pid;
	// process groups in wait
	pid = fork();
	if (pid == 0) { setpgid(0, 0); _exit(11); }
	setpgid(pid, pid);
	R(waitpid(0, &s, WNOHANG));
	R(waitpid(-pid, &s, 0) == pid); status("group", s);
}

CASE(clone_refuses)
{
	int s;
	R(syscall(SYS_clone, 0x10000, 0, 0, 0, 0));
	R(syscall(SYS_clone, 0x800, 0, 0, 0, 0));
	R(syscall(SYS_clone3, 8L, 64));
	R(syscall(SYS_clone3, &s, 10));
}

CASES
