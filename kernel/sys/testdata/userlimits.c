// resource limits and what exceeding them does, prctl(2), capabilities, membarrier(2)
#include "t.h"
#include <grp.h>
#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

static int st;
static volatile int hits;
static void on(int sig) { hits++; }
// spin uses CPU time; for a machine that counts instructions it does so fast.
static void spin(void) { static char space[1 << 16]; void *to = space; unsigned long n = sizeof space; __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory"); }
static int lim(int what, long cur, long max) { struct rlimit r = { cur, max }; return setrlimit(what, &r); }
static void show_lim(int what) { struct rlimit r; getrlimit(what, &r); printf("%d: %ld %ld\n", what, (long)r.rlim_cur, (long)r.rlim_max); }

CASE(cpu_soft_and_hard)
{
	signal(SIGXCPU, on);
	pid_t pid = fork();
	if (pid == 0) {
		lim(RLIMIT_CPU, 0, 1);
		while (!hits) spin();
		puts("SIGXCPU"); show_lim(RLIMIT_CPU);
		for (;;) spin();
	}
	waitpid(pid, &st, 0); status("hard", st);
	pid = fork();
	if (pid == 0) { signal(SIGXCPU, SIG_DFL); lim(RLIMIT_CPU, 0, 5); for (;;) spin(); }
	waitpid(pid, &st, 0); status("soft", st & 0x7f);
}

CASE(nproc)
{
	setgid(7777); setuid(7777);
	R(lim(RLIMIT_NPROC, 1, 1));
	R(fork());
	pthread_t t; R(pthread_create(&t, NULL, (void *)pause, NULL));
	R(vfork());
}

CASE(nproc_of_root_is_not_looked_at)
{
	R(lim(RLIMIT_NPROC, 0, 0));
	pid_t p = fork(); if (p == 0) _exit(3); waitpid(p, &st, 0); status("root", st);
}

CASE(nproc_after_setuid_stops_execve)
{
	pid_t other = fork();
	if (other == 0) { setuid(7778); for (;;) pause(); }
	usleep(10000);
	pid_t p = fork();
	if (p == 0) { lim(RLIMIT_NPROC, 0, 0); R(setuid(7778)); R(execl("/proc/self/exe", "x", "/", "none", NULL)); exit(0); }
	waitpid(p, &st, 0); status("over the limit", st);
	kill(other, SIGKILL); waitpid(other, NULL, 0);
}

CASE(nofile)
{
	R(lim(RLIMIT_NOFILE, 5, 10)); int a = open("/dev/null", 0), b = open("/dev/null", 0); R(a); R(b); R(open("/dev/null", 0)); R(dup(0)); R(dup2(0, 5)); R(dup2(0, 4)); R(fcntl(0, F_DUPFD, 5)); int p[2]; R(pipe(p));
	close(b); R(pipe(p)); R(lim(RLIMIT_NOFILE, 11, 10)); R(lim(RLIMIT_NOFILE, 10, 10)); R(open("/dev/null", 0));
}

CASE(fsize)
{
	char b[100] = { 0 };
	signal(SIGXFSZ, on);
	int f = open("f", O_RDWR | O_CREAT, 0600);
	R(lim(RLIMIT_FSIZE, 150, 200)); R(write(f, b, 100)); R(write(f, b, 100)); R(hits); R(write(f, b, 100)); R(hits); R(ftruncate(f, 151)); R(hits); R(ftruncate(f, 10)); R(pwrite(f, b, 10, 1000)); R(hits);
	signal(SIGXFSZ, SIG_IGN); R(pwrite(f, b, 10, 150)); R(lim(RLIMIT_FSIZE, 201, 200)); R(lim(RLIMIT_FSIZE, 200, 200)); R(pwrite(f, b, 10, 150));
	signal(SIGXFSZ, SIG_DFL); if (fork() == 0) { pwrite(f, b, 1, 5000); _exit(0); } wait(&st); status("default", st & 0x7f);
}

CASE(lowering_is_for_good)
{
	setuid(1000);
	R(lim(RLIMIT_NOFILE, 20, 30)); R(lim(RLIMIT_NOFILE, 30, 30)); R(lim(RLIMIT_NOFILE, 30, 31)); R(lim(RLIMIT_NOFILE, 31, 30)); R(lim(RLIMIT_NOFILE, 31, 31)); R(lim(16, 1, 1)); R(lim(-1, 1, 1));
	show_lim(RLIMIT_NOFILE); if (fork() == 0) { show_lim(RLIMIT_NOFILE); exit(0); } wait(NULL);
}

CASE(prlimit_of_others)
{
	struct rlimit r = { 100, 200 }, o;
	pid_t p = fork();
	if (p == 0) for (;;) pause();
	R(prlimit(p, RLIMIT_NOFILE, &r, &o)); R(prlimit(p, RLIMIT_NOFILE, NULL, &o)); printf("%ld %ld\n", (long)o.rlim_cur, (long)o.rlim_max);
	R(prlimit(9999999, RLIMIT_NOFILE, NULL, &o)); R(prlimit(p, 16, NULL, &o)); R(syscall(SYS_prlimit64, p, RLIMIT_NOFILE, 8L, NULL)); R(syscall(SYS_prlimit64, p, RLIMIT_NOFILE, NULL, 8L));
	if (fork() == 0) { setuid(1000); R(prlimit(p, RLIMIT_NOFILE, NULL, &o)); R(prlimit(1, RLIMIT_NOFILE, NULL, &o)); R(prlimit(0, RLIMIT_NOFILE, NULL, &o)); exit(0); }
	wait(NULL); kill(p, SIGKILL); wait(NULL);
}

CASE(name)
{
	char b[17] = "";
	R(prctl(PR_SET_NAME, "a name that is too long")); R(prctl(PR_GET_NAME, b)); puts(b);
	R(prctl(PR_SET_NAME, "")); R(prctl(PR_GET_NAME, b)); printf("[%s]\n", b); R(prctl(PR_SET_NAME, 8L)); R(prctl(PR_GET_NAME, 8L));
	prctl(PR_SET_NAME, "x y"); show("/proc/self/comm"); put("/proc/self/comm", "other"); prctl(PR_GET_NAME, b); printf("[%s]\n", b);
}

CASE(prctl_small_ones)
{
	int v = -1;
	R(prctl(PR_GET_DUMPABLE)); R(prctl(PR_SET_DUMPABLE, 2)); R(prctl(PR_SET_DUMPABLE, 0)); R(prctl(PR_GET_DUMPABLE)); R(prctl(PR_SET_DUMPABLE, 1));
	R(prctl(PR_GET_TIMERSLACK)); R(prctl(PR_SET_TIMERSLACK, 1234)); R(prctl(PR_GET_TIMERSLACK)); R(prctl(PR_SET_TIMERSLACK, 0)); R(prctl(PR_GET_TIMERSLACK));
	R(prctl(PR_GET_TSC, &v)); R(v); R(prctl(PR_SET_TSC, 3)); R(prctl(PR_GET_TIMING)); R(prctl(PR_SET_TIMING, 0)); R(prctl(PR_SET_TIMING, 1));
	R(prctl(PR_GET_SECCOMP)); R(prctl(PR_GET_ENDIAN, &v)); R(prctl(PR_GET_FPEMU, &v)); R(prctl(PR_GET_FPEXC, &v)); R(prctl(PR_GET_UNALIGN, &v));
	R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)); R(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0)); R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)); R(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0)); R(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0)); R(prctl(PR_MCE_KILL_GET, 1, 0, 0, 0)); R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); R(prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0)); R(prctl(99)); R(prctl(0)); R(prctl(-1)); R(prctl(PR_GET_PDEATHSIG, 8L));
	int *tid = NULL; syscall(SYS_set_tid_address, &v); R(prctl(PR_GET_TID_ADDRESS, &tid)); R(tid == &v);
}

struct cap_hdr { uint32_t version; int pid; };
struct cap_data { uint32_t eff, perm, inh; };
static void caps(const char *what)
{
	struct cap_hdr h = { 0x20080522, 0 };
	struct cap_data d[2];
	memset(d, 0x55, sizeof d);
	if (syscall(SYS_capget, &h, d) < 0) { printf("%s: %s\n", what, errname(errno)); return; }
	// Compared are those that every root has: chown, dac_override, kill, setuid, setpcap.
	printf("%s: eff %x perm %x inh %x\n", what, d[0].eff & 0x1e3, d[0].perm & 0x1e3, d[0].inh & 0x1e3);
}
static int set_caps(uint32_t eff, uint32_t perm, uint32_t inh) { struct cap_hdr h = { 0x20080522, 0 }; struct cap_data d[2] = { { eff, perm, inh } }; return syscall(SYS_capset, &h, d); }

CASE(capabilities_of_root_and_others)
{
	caps("root");
	int p = fork(); if (p == 0) { setuid(1000); caps("setuid"); R(set_caps(1, 1, 0)); exit(0); } wait(NULL);
	p = fork(); if (p == 0) { setresuid(-1, 1000, -1); caps("effective user"); setresuid(-1, 0, -1); caps("and back"); exit(0); } wait(NULL);
	p = fork(); if (p == 0) { prctl(PR_SET_KEEPCAPS, 1); R(prctl(PR_GET_KEEPCAPS)); setuid(1000); caps("kept"); R(set_caps(0x40, 0x1c0, 0)); caps("taken up"); R(setuid(1001)); exit(0); } wait(NULL);
	p = fork(); if (p == 0) { R(set_caps(0x20, 0x60, 0)); caps("lowered"); R(set_caps(0x20, 0x1e0, 0)); R(set_caps(0x60, 0x60, 0)); caps("raised within"); R(kill(1, 0)); R(setgid(5)); R(chown(".", 1, 1)); exit(0); } wait(NULL);
	p = fork(); if (p == 0) { set_caps(0, 0, 0); R(setuid(5)); R(setgid(5)); R(chown(".", 1, 1)); R(kill(1, 0)); R(sethostname("x", 1)); R(prctl(PR_CAPBSET_DROP, 5)); exit(0); } wait(NULL);
	close(creat("locked", 0)); p = fork(); if (p == 0) { setresuid(0, 1000, 0); R(setgroups(0, NULL)); R(open("locked", O_RDWR)); setfsuid(0); R(open("locked", O_RDWR)); caps("fsuid"); exit(0); } wait(NULL);
}

CASE(capget_arguments)
{
	struct cap_hdr h = { 0, 0 };
	struct cap_data d[2];
	R(syscall(SYS_capget, &h, NULL)); printf("%x\n", h.version); h.version = 7; R(syscall(SYS_capget, &h, d)); printf("%x\n", h.version);
	h.pid = -1; R(syscall(SYS_capget, &h, d)); h.pid = 9999999; R(syscall(SYS_capget, &h, d)); h.pid = 1; R(syscall(SYS_capget, &h, d)); R(syscall(SYS_capset, &h, d)); R(syscall(SYS_capget, 8L, d)); h.pid = 0; R(syscall(SYS_capget, &h, 8L));
	h.version = 0x19980330; R(syscall(SYS_capget, &h, d));
}

CASE(bounding_and_ambient_sets)
{
	R(prctl(PR_CAPBSET_READ, 7)); R(prctl(PR_CAPBSET_READ, 41)); R(prctl(PR_CAPBSET_READ, 999)); R(prctl(PR_CAPBSET_DROP, 7)); R(prctl(PR_CAPBSET_READ, 7)); R(prctl(PR_CAPBSET_DROP, 64));
	R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 5, 0, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 5, 0, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)); R(prctl(PR_CAP_AMBIENT, 9, 0, 0, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 64, 0, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0));
	R(prctl(PR_GET_SECUREBITS)); R(prctl(PR_SET_KEEPCAPS, 2)); R(prctl(PR_SET_KEEPCAPS, 1)); R(prctl(PR_GET_SECUREBITS)); R(prctl(PR_SET_SECUREBITS, 0x2f)); R(prctl(PR_GET_SECUREBITS)); R(prctl(PR_SET_KEEPCAPS, 0)); R(prctl(PR_SET_SECUREBITS, 0));
}

CASE(fsuid)
{
	R(setfsuid(1000)); R(setfsuid(-1)); int f = open("mine", O_CREAT | O_RDWR, 0600); struct stat s; fstat(f, &s); R(s.st_uid); R(setfsuid(0)); R(setfsuid(-1)); R(setfsgid(5)); R(setfsgid(-1));
	setresuid(1000, 1001, 1002); R(setfsuid(-1)); R(setfsuid(1002)); R(setfsuid(7)); R(setfsuid(-1));
}

CASE(groups)
{
	gid_t g[3] = { 3, 1, 2 }, o[4] = { 0 };
	R(setgroups(3, g)); R(getgroups(0, NULL)); R(getgroups(2, o)); R(getgroups(4, o)); printf("%d %d %d\n", o[0], o[1], o[2]); R(setgroups(65537, g)); R(getgroups(-1, o)); R(syscall(SYS_setgroups, 2, 8L)); R(syscall(SYS_getgroups, 4, 8L));
	setuid(1000); R(setgroups(1, g)); R(getgroups(4, o));
}

enum { QUERY = 0, GLOBAL = 1, REGISTER_GLOBAL_EXPEDITED = 4, PRIVATE_EXPEDITED = 8, REGISTER_PRIVATE_EXPEDITED = 16, SYNC_CORE = 32, REGISTER_SYNC_CORE = 64 };

CASE(membarrier)
{
	R(syscall(SYS_membarrier, QUERY, 0, 0) & 0x7f); R(syscall(SYS_membarrier, GLOBAL, 0, 0)); R(syscall(SYS_membarrier, PRIVATE_EXPEDITED, 0, 0)); R(syscall(SYS_membarrier, REGISTER_PRIVATE_EXPEDITED, 0, 0)); R(syscall(SYS_membarrier, PRIVATE_EXPEDITED, 0, 0));
	R(syscall(SYS_membarrier, SYNC_CORE, 0, 0)); R(syscall(SYS_membarrier, REGISTER_SYNC_CORE, 0, 0)); R(syscall(SYS_membarrier, SYNC_CORE, 0, 0)); R(syscall(SYS_membarrier, QUERY, 1, 0)); R(syscall(SYS_membarrier, 1 << 20, 0, 0)); R(syscall(SYS_membarrier, 3, 0, 0)); R(syscall(SYS_membarrier, REGISTER_GLOBAL_EXPEDITED, 0, 0));
	if (fork() == 0) { R(syscall(SYS_membarrier, PRIVATE_EXPEDITED, 0, 0)); exit(0); } wait(NULL);
}

CASE(one_cpu_or_more)
{
	cpu_set_t s; unsigned c = 99, n = 99;
	CPU_ZERO(&s); R(sched_getaffinity(0, sizeof s, &s)); R(CPU_ISSET(0, &s) != 0); R(syscall(SYS_sched_getaffinity, 0, 3, &s)); R(syscall(SYS_sched_getaffinity, 9999999, 8, &s)); R(syscall(SYS_sched_getaffinity, -1, 8, &s)); R(syscall(SYS_sched_getaffinity, 0, 8, 8L) < 0);
	CPU_ZERO(&s); R(sched_setaffinity(0, sizeof s, &s)); CPU_SET(0, &s); R(sched_setaffinity(0, sizeof s, &s)); R(syscall(SYS_getcpu, &c, &n, NULL)); R(c); R(n); R(syscall(SYS_getcpu, NULL, NULL, NULL)); R(syscall(SYS_getcpu, 8L, NULL, NULL));
}

CASES
