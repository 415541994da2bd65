// threads: mutexes, conditions, barriers, thread-local storage, semaphores, cancellation-free joins.

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 20000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t tokens;
static long plain, turn;
static atomic_long counted;
static _Thread_local long mine;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int inits;
static void init(void) { inits++; }

static void *worker(void *arg)
{
	long me = (long)arg;
	pthread_once(&once, init);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		plain++;
		pthread_mutex_unlock(&lock);
		atomic_fetch_add(&counted, 1);
		mine++;
	}
	pthread_barrier_wait(&barrier);
	// Each waits for its turn, so that the order is known.
	pthread_mutex_lock(&lock);
	while (turn != me)
		pthread_cond_wait(&changed, &lock);
	printf("thread %ld: %ld of my own, %ld in all\n", me, mine, plain);
	turn++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	sem_post(&tokens);
	return (void *)(me * me);
}

static void *recursive(void *arg)
{
	volatile char space[4000];
	space[0] = 1;
	long n = (long)arg;
	return n == 0 ? (void *)0 : (void *)((long)recursive((void *)(n - 1)) + space[0]);
}

int main(void)
{
	pthread_t t[THREADS];
	pthread_barrier_init(&barrier, NULL, THREADS);
	sem_init(&tokens, 0, 0);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, worker, (void *)i)) {
			perror("pthread_create");
			return 1;
		}
	long sum = 0;
	for (int i = 0; i < THREADS; i++)
		sem_wait(&tokens);
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(t[i], &result);
		sum += (long)result;
	}
	printf("joined: %ld, counted %ld and %ld, init %d, mine %ld\n", sum, plain, atomic_load(&counted), inits, mine);

	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1 << 20);
	pthread_t deep;
	void *depth;
	pthread_create(&deep, &attr, recursive, (void *)200);
	pthread_join(deep, &depth);
	printf("depth %ld\n", (long)depth);

	struct timespec soon;
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 20000000;
	if (soon.tv_nsec >= 1000000000)
		soon.tv_sec++, soon.tv_nsec -= 1000000000;
	pthread_mutex_lock(&lock);
	printf("timed wait: %d\n", pthread_cond_timedwait(&changed, &lock, &soon));
	return 0;
}
