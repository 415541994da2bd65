// threads and the process around them: execve from any thread, exit and exit_group, signals to threads, stops, parents' threads
#include "t.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/prctl.h>

static int st;
static pid_t tid(void) { return syscall(SYS_gettid); }
static void *sleeper(void *a) { for (;;) pause(); }
static void spawn(void *(*fn)(void *), void *a) { pthread_t t; pthread_create(&t, NULL, fn, a); pthread_detach(t); }
static void ended(pid_t pid, const char *what) { waitpid(pid, &st, 0); status(what, st); }

static void *execs(void *a) { execl("/proc/self/exe", "x", ".", "after_exec", a, NULL); return NULL; }

CASE(execve_from_another_thread)
{
	char me[16];
	pid_t pid = fork();
	if (pid == 0) { snprintf(me, sizeof me, "%d", getpid()); setenv("PID", me, 1); spawn(sleeper, NULL); spawn(execs, NULL); for (;;) pause(); }
	ended(pid, "the same child");
}

CASE(after_exec) // the case before makes its child run this one, in a child of that child
{
	char *want = getenv("PID"), path[64], b[4096] = "";
	if (!want) return;
	printf("same number %d\n", getppid() == atoi(want));
	snprintf(path, sizeof path, "/proc/%d/status", getppid());
	read(open(path, O_RDONLY), b, sizeof b - 1);
	char *p = strstr(b, "Threads:"); printf("%.10s\n", p ? p : "");
}

static int pidfd;
CASE(pidfd_survives_such_an_execve)
{
	pid_t pid = fork();
	if (pid == 0) { usleep(20000); spawn(execs, NULL); for (;;) pause(); }
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	waitpid(pid, &st, 0); R(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0)); R(WIFEXITED(st));
}

static void *leaves(void *a) { usleep(20000); syscall(SYS_exit, 5); return NULL; }
static void *group_leaves(void *a) { usleep(20000); syscall(SYS_exit_group, 6); return NULL; }
static void *dies(void *a) { usleep(20000); kill(getpid(), SIGTERM); return NULL; }

CASE(the_leader_may_leave_first)
{
	siginfo_t si;
	pid_t pid = fork();
	if (pid == 0) { spawn(leaves, NULL); syscall(SYS_exit, 3); }
	R(waitid(P_PID, pid, &si, WEXITED | WNOHANG) || si.si_pid); // not ended yet
	ended(pid, "the last one's code counts");
	pid = fork(); if (pid == 0) { spawn(group_leaves, NULL); syscall(SYS_exit, 3); } ended(pid, "but exit_group's more");
	pid = fork(); if (pid == 0) { spawn(dies, NULL); syscall(SYS_exit, 3); } ended(pid, "and a signal's");
	pid = fork(); if (pid == 0) { spawn(sleeper, NULL); syscall(SYS_exit, 3); } usleep(10000); R(kill(pid, 0)); R(kill(pid, SIGKILL)); ended(pid, "killed without a leader");
}

CASE(zombie_leader_in_proc)
{
	char b[512] = "", path[64];
	pid_t pid = fork();
	if (pid == 0) { spawn(sleeper, NULL); syscall(SYS_exit, 3); }
	usleep(20000); snprintf(path, sizeof path, "/proc/%d/stat", pid); int fd = open(path, O_RDONLY); read(fd, b, 511); char *p = strrchr(b, ')'); printf("state %c\n", p ? p[2] : '?');
	R(waitpid(pid, &st, WNOHANG)); kill(pid, SIGTERM); ended(pid, "group");
}

static volatile int who, hits;
static void on(int sig) { who = tid(); hits++; }
static void *blocked(void *a) { sigset_t s; sigfillset(&s); pthread_sigmask(SIG_BLOCK, &s, NULL); *(pid_t *)a = tid(); for (;;) pause(); }
static void *open_to_all(void *a) { *(pid_t *)a = tid(); for (;;) pause(); }

CASE(process_signals_find_a_thread_that_takes_them)
{
	static pid_t a, b;
	sigset_t s;
	signal(SIGUSR1, on);
	spawn(blocked, &a); while (!a) usleep(500);
	spawn(open_to_all, &b); while (!b) usleep(500);
	kill(getpid(), SIGUSR1); while (!hits) ; R(who == getpid());
	sigfillset(&s); sigprocmask(SIG_BLOCK, &s, NULL); hits = 0;
	kill(getpid(), SIGUSR1); while (!hits) usleep(500); R(who == b);
	hits = 0; syscall(SYS_tgkill, getpid(), a, SIGUSR1); usleep(20000); R(hits);
	syscall(SYS_tgkill, getpid(), b, SIGUSR1); while (!hits) usleep(500); R(who == b);
	R(syscall(SYS_tgkill, getpid(), 9999999, SIGUSR1)); R(syscall(SYS_tgkill, a, b, SIGUSR1)); R(syscall(SYS_tkill, a, 0));
}

CASE(a_signal_for_one_kills_all)
{
	static pid_t a;
	pid_t pid = fork();
	if (pid == 0) { spawn(open_to_all, &a); while (!a) usleep(500); syscall(SYS_tkill, a, SIGTERM); for (;;) pause(); }
	ended(pid, "by a thread");
}

static volatile int counter;
static void *counts(void *a) { for (;;) { counter++; usleep(500); } }

CASE(a_stop_stops_all)
{
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	if (pid == 0) { spawn(counts, NULL); for (;;) { *shared = counter; usleep(500); } }
	while (*shared < 5) usleep(500);
	kill(pid, SIGSTOP); waitpid(pid, &st, WUNTRACED); status("stopped", st);
	int before = *shared; usleep(20000); R(*shared - before);
	kill(pid, SIGCONT); waitpid(pid, &st, WCONTINUED); status("continued", st);
	while (*shared == before) usleep(500);
	kill(pid, SIGKILL); ended(pid, "end");
}

static int fds[2];
static void *forks(void *a)
{
	pid_t pid = fork();
	if (pid == 0) { prctl(PR_SET_PDEATHSIG, SIGUSR2); write(fds[1], "x", 1); for (;;) pause(); }
	*(pid_t *)a = pid;
	char c; read(fds[0], &c, 1);
	R(waitpid(pid, &st, WNOHANG | __WNOTHREAD));
	return NULL; // its child is told, though the process goes on
}

CASE(pdeathsig_is_about_the_thread)
{
	static pid_t child;
	pthread_t t;
	pipe(fds);
	pthread_create(&t, NULL, forks, &child); pthread_join(t, NULL);
	ended(child, "the child");
}

static void *forks_only(void *a) { pid_t pid = fork(); if (pid == 0) _exit(4); *(pid_t *)a = pid; siginfo_t si; waitid(P_PID, pid, &si, WEXITED | WNOWAIT); *(volatile int *)&hits = 1; for (;;) pause(); }

CASE(wnothread)
{
	static pid_t child;
	spawn(forks_only, &child); while (!hits) usleep(500);
	R(waitpid(child, &st, WNOHANG | __WNOTHREAD)); R(waitpid(-1, &st, __WNOTHREAD)); R(waitpid(child, &st, 0) == child); status("without it", st);
}

static __thread int mine = 7;
static __thread char zeros[3000];
static void *tls(void *a) { long sum = mine; for (int i = 0; i < 3000; i++) sum += zeros[i]; mine += (long)a; zeros[0] = 1; usleep(2000); return (void *)(sum * 100 + mine); }

CASE(thread_local_storage)
{
	pthread_t t[6]; void *r; long sum = 0;
	for (long i = 0; i < 6; i++) pthread_create(&t[i], NULL, tls, (void *)i);
	for (int i = 0; i < 6; i++) { pthread_join(t[i], &r); sum += (long)r; }
	R(sum); R(mine);
}

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile int destroyed, inits;
static void destroy(void *v) { destroyed += (long)v; }
static void init(void) { inits++; }
static void *keyed(void *a) { pthread_once(&once, init); pthread_setspecific(key, a); return NULL; }

CASE(keys_once_and_barriers)
{
	pthread_t t[5];
	pthread_key_create(&key, destroy);
	for (long i = 0; i < 5; i++) pthread_create(&t[i], NULL, keyed, (void *)(i + 1));
	for (int i = 0; i < 5; i++) pthread_join(t[i], NULL);
	R(destroyed); R(inits);
}

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static long value, woken;
static void *writer(void *a) { for (int i = 0; i < 300; i++) { pthread_rwlock_wrlock(&rw); value++; pthread_rwlock_unlock(&rw); if (i % 50 == 0) sched_yield(); } return NULL; }
static void *reader(void *a) { long last = 0; for (int i = 0; i < 300; i++) { pthread_rwlock_rdlock(&rw); if (value < last) return (void *)1; last = value; pthread_rwlock_unlock(&rw); } return NULL; }
static void *waits(void *a) { pthread_mutex_lock(&m); while (!value) pthread_cond_wait(&cond, &m); woken++; pthread_mutex_unlock(&m); sem_post(&sem); return NULL; }

CASE(locks_conditions_semaphores)
{
	pthread_t t[8]; void *r; long bad = 0;
	for (int i = 0; i < 8; i++) pthread_create(&t[i], NULL, i % 2 ? reader : writer, NULL);
	for (int i = 0; i < 8; i++) { pthread_join(t[i], &r); bad += (long)r; }
	R(value); R(bad);
	value = 0; sem_init(&sem, 0, 0);
	for (int i = 0; i < 8; i++) pthread_create(&t[i], NULL, waits, NULL);
	usleep(10000); pthread_mutex_lock(&m); value = 1; pthread_cond_broadcast(&cond); pthread_mutex_unlock(&m);
	for (int i = 0; i < 8; i++) sem_wait(&sem);
	R(woken); R(sem_trywait(&sem));
	struct timespec ts; clock_gettime(CLOCK_REALTIME, &ts); ts.tv_nsec += 10000000; if (ts.tv_nsec >= 1000000000) ts.tv_sec++, ts.tv_nsec -= 1000000000;
	R(sem_timedwait(&sem, &ts)); pthread_mutex_lock(&m); R(pthread_mutex_timedlock(&m, &ts) == ETIMEDOUT); R(pthread_cond_timedwait(&cond, &m, &ts) == ETIMEDOUT);
	for (int i = 0; i < 8; i++) pthread_join(t[i], NULL);
}

static void cleanup(void *a) { *(volatile int *)a += 10; }
static void *cancelled(void *a) { pthread_cleanup_push(cleanup, a); sem_post(&sem); for (;;) pause(); pthread_cleanup_pop(0); return NULL; }
static void *uncancelled(void *a) { int o; pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &o); sem_post(&sem); usleep(20000); return (void *)5; }

CASE(cancellation)
{
	pthread_t t; void *r; static volatile int cleaned;
	sem_init(&sem, 0, 0);
	pthread_create(&t, NULL, cancelled, (void *)&cleaned); sem_wait(&sem); R(pthread_cancel(t)); pthread_join(t, &r); R(r == PTHREAD_CANCELED); R(cleaned);
	pthread_create(&t, NULL, uncancelled, NULL); sem_wait(&sem); R(pthread_cancel(t)); pthread_join(t, &r); R((long)r);
}

static void *allocates(void *a) { long sum = 0; for (int i = 0; i < 200; i++) { char *p = malloc(100 + i * 37 % 5000); p[0] = i; sum += p[0] == (char)i; free(p); } return (void *)sum; }

CASE(many_threads)
{
	pthread_t t[40]; void *r; long sum = 0;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 40; i++) if (pthread_create(&t[i], NULL, allocates, NULL)) return;
		for (int i = 0; i < 40; i++) { pthread_join(t[i], &r); sum += (long)r; }
	}
	R(sum);
}

static void *forked(void *a) { pid_t pid = fork(); if (pid == 0) { int n = 0; pthread_t t; pthread_create(&t, NULL, allocates, NULL); void *r; pthread_join(t, &r); _exit((long)r == 200); } int s; waitpid(pid, &s, 0); return (void *)(long)WEXITSTATUS(s); }

CASE(fork_in_a_thread)
{
	pthread_t t; void *r;
	pthread_create(&t, NULL, forked, NULL); pthread_join(t, &r); R((long)r);
}

CASES
