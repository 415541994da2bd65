// uname, sysinfo, prctl, personality, rlimits, priorities, affinity, random, and what does not exist
#include "t.h"
#include <sys/prctl.h>
#include <sys/personality.h>

CASE(uname_is_linux)
{
	struct utsname u; R(uname(&u)); printf("%s %s\n", u.sysname, u.machine); R(syscall(SYS_uname, 8L));
}

CASE(sysinfo_adds_up)
{
	struct sysinfo si; R(sysinfo(&si)); R(si.totalram * si.mem_unit > 1000000); R(si.freeram <= si.totalram); R(si.procs > 0); R(si.mem_unit); R(syscall(SYS_sysinfo, 8L));
}

CASE(prctl_names_and_flags)
{
	char name[17] = { 0 };
	R(prctl(PR_SET_NAME, "a-name-that-is-too-long")); R(prctl(PR_GET_NAME, name)); printf("%s\n", name); R(prctl(PR_SET_NAME, 8)); R(prctl(PR_GET_NAME, 8)); R(prctl(12345, 0)); R(prctl(PR_SET_PDEATHSIG, 100)); R(prctl(PR_SET_PDEATHSIG, SIGUSR1)); int sig; R(prctl(PR_GET_PDEATHSIG, &sig)); R(sig); R(prctl(PR_SET_PDEATHSIG, 0)); R(prctl(PR_GET_DUMPABLE)); R(prctl(PR_CAPBSET_READ, 0)); R(prctl(PR_CAPBSET_READ, 1000)); R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)); R(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0)); R(prctl(PR_SET_CHILD_SUBREAPER, 1)); R(prctl(PR_GET_CHILD_SUBREAPER, &sig)); R(sig);
}

CASE(child_subreaper)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int p[2]; pipe(p);
	pid_t pid = fork();
	if (pid == 0) { pid_t mid = getpid(); if (fork() == 0) { while (getppid() == mid) usleep(1000); int ok = getppid() != 1; write(p[1], &ok, 4); _exit(0); } _exit(0); }
	waitpid(pid, NULL, 0); int ok; R(read(p[0], &ok, 4)); R(ok); R(wait(NULL) > 0); R(wait(NULL));
}

CASE(signal_at_the_parents_death)
{
	int p[2], ok; pid_t pid; pipe(p); prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) { prctl(PR_SET_PDEATHSIG, SIGUSR1); pid_t g = fork(); if (g == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); write(p[1], "1234", 4); for (;;) pause(); } read(p[0], &ok, 4); _exit(0); }
	waitpid(pid, NULL, 0); int st; R(wait(&st) > 0); status("parent died", st);
}

CASE(persona)
{
	R(personality(0xffffffff)); R(personality(ADDR_NO_RANDOMIZE)); R(personality(0xffffffff)); R(personality(0));
}

CASE(resource_limits)
{
	struct rlimit r; R(getrlimit(RLIMIT_STACK, &r)); R(r.rlim_cur); R(getrlimit(77, &r)); R(syscall(SYS_getrlimit, RLIMIT_STACK, 8L)); R(getrlimit(RLIMIT_CORE, &r)); r.rlim_cur = 5; r.rlim_max = 3; R(setrlimit(RLIMIT_CORE, &r)); r.rlim_cur = 3; r.rlim_max = 5; R(setrlimit(RLIMIT_CORE, &r)); R(getrlimit(RLIMIT_CORE, &r)); printf("%ld %ld\n", (long)r.rlim_cur, (long)r.rlim_max); R(prlimit(0, RLIMIT_CORE, NULL, &r)); R(prlimit(getpid(), RLIMIT_CORE, NULL, &r)); R(prlimit(99999, RLIMIT_CORE, NULL, &r)); R(prlimit(0, 99, NULL, &r)); r.rlim_cur = 1; R(syscall(SYS_prlimit64, 0, RLIMIT_CORE, &r, &r)); printf("%ld\n", (long)r.rlim_cur); R(syscall(SYS_prlimit64, 0, RLIMIT_CORE, 8L, 0));
}

CASE(nofile_over_the_maximum)
{
	struct rlimit r;
	r.rlim_cur = r.rlim_max = 1 << 21; R(setrlimit(RLIMIT_NOFILE, &r));
}

CASE(file_size_limit)
{
	pid_t pid; int st; struct rlimit r;
	// file size limit
	pid = fork();
	if (pid == 0) { int fd = open("limited", O_WRONLY | O_CREAT, 0600); r.rlim_cur = 100; r.rlim_max = 200; setrlimit(RLIMIT_FSIZE, &r); char b[300] = { 0 }; signal(SIGXFSZ, SIG_IGN); R(write(fd, b, 80)); R(write(fd, b, 80)); R(write(fd, b, 80)); R(ftruncate(fd, 150)); signal(SIGXFSZ, SIG_DFL); write(fd, b, 1); _exit(0); }
	waitpid(pid, &st, 0); status("xfsz", st);
}

CASE(nice_values)
{
	setpriority(PRIO_PROCESS, 0, 0); /* the tests may have been started with nice */
	R(getpriority(PRIO_PROCESS, 0)); R(setpriority(PRIO_PROCESS, 0, 5)); R(getpriority(PRIO_PROCESS, 0)); R(nice(3)); R(getpriority(PRIO_PROCESS, getpid())); R(setpriority(PRIO_PROCESS, 0, 100)); R(getpriority(PRIO_PROCESS, 0)); R(setpriority(PRIO_PROCESS, 0, -100)); R(getpriority(PRIO_PROCESS, 0)); R(getpriority(77, 0)); R(getpriority(PRIO_PROCESS, 99999)); R(getpriority(PRIO_PGRP, 99999)); R(syscall(SYS_getpriority, PRIO_PROCESS, 0));
}

CASE(scheduler_calls)
{
	R(sched_yield()); R(sched_getscheduler(0)); R(sched_getscheduler(-1)); R(sched_getscheduler(99999)); R(syscall(SYS_sched_getscheduler, 0)); struct sched_param sp = { 0 }; R(syscall(SYS_sched_getparam, 0, &sp)); R(sp.sched_priority); R(syscall(SYS_sched_setscheduler, 0, 0, &sp)); R(syscall(SYS_sched_setscheduler, 0, -1, &sp)); sp.sched_priority = 5; R(syscall(SYS_sched_setparam, 0, &sp)); R(sched_get_priority_max(SCHED_FIFO)); R(sched_get_priority_min(SCHED_RR)); R(sched_get_priority_max(SCHED_OTHER)); R(sched_get_priority_max(77));
}

CASE(affinity_and_getcpu)
{
	uint64_t set[16] = { 0 }; R(syscall(SYS_sched_getaffinity, 0, sizeof set, set) > 0); R(set[0] & 1); R(syscall(SYS_sched_getaffinity, 0, 3, set)); R(syscall(SYS_sched_getaffinity, 99999, 128, set)); set[0] = 1; R(syscall(SYS_sched_setaffinity, 0, 8, set)); set[0] = 0; R(syscall(SYS_sched_setaffinity, 0, 8, set)); unsigned cpu, node; R(syscall(SYS_getcpu, &cpu, &node, 0)); R(cpu); R(node);
}

CASE(random_bytes)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 }; R(syscall(SYS_getrandom, a, 32, 0)); R(syscall(SYS_getrandom, b, 32, 1)); R(memcmp(a, b, 32) != 0); R(syscall(SYS_getrandom, a, 32, 99)); R(syscall(SYS_getrandom, 8L, 32, 0)); R(syscall(SYS_getrandom, a, 0, 0)); R(syscall(SYS_getrandom, a, 32, 6));
}

CASE(calls_that_do_not_exist)
{
	R(syscall(999)); R(syscall(-1L)); R(syscall(335 + 30));
}

CASE(hostname)
{
	struct utsname u;
	char host[65]; gethostname(host, 65); R(sethostname("a-new-name", 10)); uname(&u); printf("%s\n", u.nodename); sethostname(host, strlen(host)); R(sethostname("x", -1)); R(sethostname("x", 65));
}

CASE(reboot_refuses)
{
	R(syscall(SYS_reboot, 1, 2, 3, 4)); R(syscall(SYS_reboot, 0xfee1dead, 672274793, 77, 4));
}

CASE(thread_registers)
{
	struct rlimit r;
	R(syscall(SYS_set_tid_address, 0) == getpid()); R(syscall(SYS_set_robust_list, 0, 5)); R(syscall(SYS_arch_prctl, 0x1003, &r)); R(syscall(SYS_arch_prctl, 99, &r)); R(syscall(SYS_arch_prctl, 0x1002, -1L)); R(syscall(SYS_arch_prctl, 0x1001, 0x12345)); long gs; R(syscall(SYS_arch_prctl, 0x1004, &gs)); printf("%lx\n", gs); R(syscall(SYS_arch_prctl, 0x1004, 8L));
}

CASES
