// pthreads: creation, joining, mutexes, condition variables, thread-local storage, exit of threads and of the process
#include "t.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static __thread int tls = 7;

static void *add(void *a)
{
	for (int i = 0; i < 20000; i++) { pthread_mutex_lock(&m); counter++; pthread_mutex_unlock(&m); }
	tls += (long)a;
	return (void *)(long)tls;
}
static void *pong(void *a)
{
	for (int i = 0; i < 50; i++) { pthread_mutex_lock(&m); while (turn != 1) pthread_cond_wait(&c, &m); turn = 0; pthread_cond_broadcast(&c); pthread_mutex_unlock(&m); }
	return NULL;
}
static void *ids(void *a) { return (void *)(long)(getpid() == *(pid_t *)a && (pid_t)syscall(SYS_gettid) != getpid()); }
static void *sleeper(void *a) { for (;;) pause(); }
static sem_t sem;
static volatile int handled;
static void on(int sig) { handled = syscall(SYS_gettid) == getpid() ? 1 : 2; }
static void *waiter(void *a) { sem_wait(&sem); return (void *)1; }

CASE(create_join_mutex_tls)
{
	pthread_t t[4]; void *r; long sum = 0;
	for (long i = 0; i < 4; i++) R(pthread_create(&t[i], NULL, add, (void *)i));
	for (int i = 0; i < 4; i++) { pthread_join(t[i], &r); sum += (long)r; }
	printf("counter %ld sum %ld tls %d\n", counter, sum, tls);
}

CASE(condition_variable_ping_pong)
{
	pthread_t t[1];
	pthread_create(&t[0], NULL, pong, NULL);
	for (int i = 0; i < 50; i++) { pthread_mutex_lock(&m); while (turn != 0) pthread_cond_wait(&c, &m); turn = 1; pthread_cond_broadcast(&c); pthread_mutex_unlock(&m); }
	pthread_join(t[0], NULL);
}

CASE(threads_share_the_pid)
{
	pthread_t t[1]; void *r;
	pid_t me = getpid();
	pthread_create(&t[0], NULL, ids, &me); pthread_join(t[0], &r); R((long)r);
}

CASE(timed_wait)
{
	struct timespec ts; clock_gettime(CLOCK_REALTIME, &ts); ts.tv_nsec += 20000000; if (ts.tv_nsec > 999999999) { ts.tv_sec++; ts.tv_nsec -= 1000000000; }
	pthread_mutex_lock(&m); R(pthread_cond_timedwait(&c, &m, &ts)); pthread_mutex_unlock(&m);
}

CASE(semaphore_wakes)
{
	pthread_t t[1]; void *r;
	sem_init(&sem, 0, 0); pthread_create(&t[0], NULL, waiter, NULL); usleep(10000); sem_post(&sem); pthread_join(t[0], &r); R((long)r);
}

CASE(pthread_kill_hits_one)
{
	pthread_t t[1]; void *r;
	signal(SIGUSR1, on); pthread_create(&t[0], NULL, sleeper, NULL); usleep(10000); pthread_kill(t[0], SIGUSR1); while (!handled) usleep(1000); R(handled);
	pthread_cancel(t[0]); pthread_join(t[0], &r); R(r == PTHREAD_CANCELED);
}

CASE(detached_thread)
{
	pthread_t t[1];
	pthread_attr_t at; pthread_attr_init(&at); pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED); R(pthread_create(&t[0], &at, add, NULL)); usleep(50000);
}

CASE(exit_ends_all_threads)
{
	pthread_t t[4];
	int s; pid_t pid = fork();
	if (pid == 0) { pthread_create(&t[0], NULL, sleeper, NULL); usleep(5000); exit(12); }
	waitpid(pid, &s, 0); status("exit with threads", s);
}

CASE(abort_ends_all_threads)
{
	pthread_t t[4]; int s; pid_t pid;
	pid = fork();
	if (pid == 0) { pthread_create(&t[0], NULL, sleeper, NULL); pthread_create(&t[1], NULL, sleeper, NULL); usleep(5000); abort(); }
	waitpid(pid, &s, 0); status("abort with threads", s);
}

CASE(exec_ends_the_other_threads)
{
	pthread_t t[4]; int s; pid_t pid;
	pid = fork();
	if (pid == 0) { pthread_create(&t[0], NULL, sleeper, NULL); usleep(5000); execl("/proc/self/exe", "x", NULL); _exit(1); }
	waitpid(pid, &s, 0); status("exec with threads", s);
}

CASE(sigkill_to_one_thread_kills_all)
{
	pthread_t t[4]; int s; pid_t pid;
	pid = fork();
	if (pid == 0) { pthread_create(&t[0], NULL, sleeper, NULL); usleep(5000); pthread_kill(t[0], SIGKILL); for (;;) pause(); }
	waitpid(pid, &s, 0); status("kill one", s);
}

CASE(the_first_thread_leaves_first)
{
	execl("/proc/self/exe", "leave", NULL);
}

// leave is not done in a forked process, where musl 1.2.3 forgets what its pthread_exit needs.
static int leave(int argc, char **argv)
{
	if (strcmp(argv[0], "leave"))
		return -1;
	pthread_t t;
	pthread_create(&t, NULL, add, NULL);
	pthread_exit(NULL);
}

CASES_UNLESS(leave)
