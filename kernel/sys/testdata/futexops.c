// futex(2): every operation, keys, clocks, what is refused; robust lists
#include "t.h"
#include <pthread.h>

enum { WAIT, WAKE, FD, REQUEUE, CMP_REQUEUE, WAKE_OP, LOCK_PI, UNLOCK_PI, TRYLOCK_PI, WAIT_BITSET, WAKE_BITSET, WAIT_REQUEUE_PI, CMP_REQUEUE_PI, LOCK_PI2, PRIVATE = 128, REALTIME = 256 };
static long fut(int *a, int op, int v, void *t, int *b, int v3) { return syscall(SYS_futex, a, op, v, t, b, v3); }
static int *shared(void) { return mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); }
// A waiter that has begun to wait: its state is looked at from outside.
static void asleep(pid_t pid)
{
	char path[64], buf[256] = "";
	snprintf(path, sizeof path, "/proc/%d/wchan", pid);
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	for (int i = 0; i < 2000; i++) {
		int fd = open(path, O_RDONLY), n = read(fd, buf, 255);
		close(fd);
		char *p = strrchr(buf, ')');
		if (n > 0 && p && p[2] == 'S')
			return;
		usleep(1000);
	}
	printf("%d does not sleep\n", pid);
}
static pid_t waiter(int *w, int op, int v, int v3, int code)
{
	pid_t pid = fork();
	if (pid == 0) _exit(fut(w, op, v, NULL, NULL, v3) == 0 ? code : errno);
	asleep(pid);
	return pid;
}
static void ended(pid_t pid, const char *what) { int st; waitpid(pid, &st, 0); status(what, st); }

CASE(wake_counts)
{
	int *w = shared();
	pid_t p[4];
	for (int i = 0; i < 4; i++) p[i] = waiter(w, WAIT, 0, 0, 100 + i);
	R(fut(w, WAKE, 1, NULL, NULL, 0)); ended(p[0], "first in, first out");
	R(fut(w, WAKE, 2, NULL, NULL, 0)); ended(p[1], "second"); ended(p[2], "third");
	R(fut(w, WAKE, 0, NULL, NULL, 0)); ended(p[3], "0 wakes one");
	R(fut(w, WAKE, INT_MAX, NULL, NULL, 0)); R(fut(w, WAKE, -1, NULL, NULL, 0));
}

CASE(bitsets)
{
	int *w = shared();
	pid_t a = waiter(w, WAIT_BITSET, 0, 1, 101), b = waiter(w, WAIT_BITSET, 0, 6, 102), c = waiter(w, WAIT, 0, 0, 103);
	R(fut(w, WAKE_BITSET, 9, NULL, NULL, 8)); ended(c, "plain waiters match any");
	R(fut(w, WAKE_BITSET, 9, NULL, NULL, 4)); ended(b, "4");
	R(fut(w, WAKE_BITSET, 9, NULL, NULL, 4)); R(fut(w, WAKE, 9, NULL, NULL, 0)); ended(a, "all");
	R(fut(w, WAKE_BITSET, 1, NULL, NULL, 0)); R(fut(w, WAIT_BITSET, 0, NULL, NULL, 0));
}

CASE(requeue)
{
	int *w = shared(), *v = w + 1;
	pid_t p[4];
	for (int i = 0; i < 4; i++) p[i] = waiter(w, WAIT, 0, 0, 100 + i);
	R(fut(w, CMP_REQUEUE, 1, (void *)2, v, 5)); R(fut(w, CMP_REQUEUE, 1, (void *)2, v, 0)); ended(p[0], "woken");
	R(fut(v, WAKE, 1, NULL, NULL, 0)); ended(p[1], "moved");
	R(fut(w, REQUEUE, 0, (void *)9, v, 0)); R(fut(w, WAKE, 9, NULL, NULL, 0)); R(fut(v, WAKE, 9, NULL, NULL, 0)); ended(p[2], "moved"); ended(p[3], "moved");
	R(fut(w, REQUEUE, -1, (void *)1, v, 0)); R(fut(w, REQUEUE, 1, (void *)-1l, v, 0)); R(fut(w, CMP_REQUEUE, 1, (void *)1, (int *)8, 0)); R(fut(w, REQUEUE, 1, (void *)1, (int *)((char *)v + 2), 0));
	pid_t a = waiter(w, WAIT, 0, 0, 105);
	R(fut(w, REQUEUE, 0, (void *)5, w, 0)); R(fut(w, WAKE, 9, NULL, NULL, 0)); ended(a, "to itself");
}

#define OP(op, arg, cmp, cmparg) ((int)((unsigned)(op) << 28 | ((cmp) & 15) << 24 | ((arg) & 0xfff) << 12 | ((cmparg) & 0xfff)))

CASE(wake_op)
{
	int *w = shared(), *v = w + 1;
	for (int op = 0; op < 6; op++) { *v = 0x55; R(fut(w, WAKE_OP, 1, (void *)1, v, OP(op, 0x0f, 0, 0))); printf("%d: %#x\n", op, *v); }
	*v = 1; R(fut(w, WAKE_OP, 1, (void *)1, v, OP(8 | 2, 5, 0, 0))); printf("shift %#x\n", *v);
	*v = 10; R(fut(w, WAKE_OP, 1, (void *)1, v, OP(1, -3, 0, 0))); printf("negative %d\n", *v);
	for (int cmp = 0; cmp < 7; cmp++) {
		*v = 7;
		pid_t a = waiter(w, WAIT, 0, 0, 101), b = waiter(v, WAIT, 7, 0, 102);
		R(fut(w, WAKE_OP, 5, (void *)5, v, OP(1, 0, cmp, 7))); R(fut(w, WAKE, 5, NULL, NULL, 0)); R(fut(v, WAKE, 5, NULL, NULL, 0)); ended(a, "a"); ended(b, "b");
	}
	R(fut(w, WAKE_OP, 1, (void *)1, (int *)8, OP(1, 0, 0, 0))); R(fut(w, WAKE_OP, 1, (void *)1, (int *)((char *)v + 1), OP(1, 0, 0, 0)));
	char *ro = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	R(fut(w, WAKE_OP, 1, (void *)1, (int *)ro, OP(1, 0, 0, 0)));
}

CASE(timeouts)
{
	int w = 0;
	struct timespec t = { 0, 20000000 }, bad = { 0, 1000000000 }, neg = { -1, 0 }, zero = { 0, 0 }, abs, past = { 1, 0 };
	R(fut(&w, WAIT | PRIVATE, 0, &t, NULL, 0)); R(fut(&w, WAIT | PRIVATE, 0, &zero, NULL, 0)); R(fut(&w, WAIT, 0, &bad, NULL, 0)); R(fut(&w, WAIT, 0, &neg, NULL, 0)); R(fut(&w, WAIT, 0, (void *)8, NULL, 0));
	R(fut(&w, WAIT, 1, &t, NULL, 0)); R(fut(&w, WAIT, 1, &bad, NULL, 0));
	R(fut(&w, WAIT_BITSET | PRIVATE, 0, &past, NULL, -1)); R(fut(&w, WAIT_BITSET | REALTIME, 0, &past, NULL, -1)); R(fut(&w, WAIT_BITSET, 1, &past, NULL, -1));
	clock_gettime(CLOCK_MONOTONIC, &abs); abs.tv_nsec += 20000000; if (abs.tv_nsec >= 1000000000) abs.tv_sec++, abs.tv_nsec -= 1000000000;
	R(fut(&w, WAIT_BITSET | PRIVATE, 0, &abs, NULL, -1)); clock_gettime(CLOCK_MONOTONIC, &t); R(t.tv_sec > abs.tv_sec || t.tv_sec == abs.tv_sec && t.tv_nsec >= abs.tv_nsec);
	clock_gettime(CLOCK_REALTIME, &abs); abs.tv_nsec += 20000000; if (abs.tv_nsec >= 1000000000) abs.tv_sec++, abs.tv_nsec -= 1000000000;
	R(fut(&w, WAIT_BITSET | PRIVATE | REALTIME, 0, &abs, NULL, -1)); clock_gettime(CLOCK_REALTIME, &t); R(t.tv_sec > abs.tv_sec || t.tv_sec == abs.tv_sec && t.tv_nsec >= abs.tv_nsec);
	R(fut(&w, WAIT | REALTIME, 0, &zero, NULL, 0)); R(fut(&w, WAKE | REALTIME, 1, NULL, NULL, 0)); R(fut(&w, REQUEUE | REALTIME, 1, NULL, &w, 0));
}

CASE(refused)
{
	int w = 0;
	R(fut(&w, FD, 0, NULL, NULL, 0)); R(fut(&w, 14, 0, NULL, NULL, 0)); R(fut(&w, 99, 0, NULL, NULL, 0)); R(fut(&w, 1 << 20, 0, NULL, NULL, 0));
	R(fut((int *)((char *)&w + 1), WAIT, 0, NULL, NULL, 0)); R(fut((int *)((char *)&w + 2), WAKE, 1, NULL, NULL, 0)); R(fut(NULL, WAIT, 0, NULL, NULL, 0)); R(fut(NULL, WAKE, 1, NULL, NULL, 0));
	R(fut(NULL, WAKE | PRIVATE, 1, NULL, NULL, 0)); R(fut((int *)0x800000000000, WAKE | PRIVATE, 1, NULL, NULL, 0)); R(fut((int *)-4, WAKE, 1, NULL, NULL, 0));
}

CASE(private_and_shared_do_not_meet)
{
	int *w = shared();
	pid_t a = waiter(w, WAIT | PRIVATE, 0, 0, 101), b = waiter(w, WAIT, 0, 0, 102);
	R(fut(w, WAKE | PRIVATE, 5, NULL, NULL, 0)); // another address space: nobody
	R(fut(w, WAKE, 5, NULL, NULL, 0)); ended(b, "shared");
	kill(a, SIGKILL); ended(a, "private");
}

CASE(key_of_a_file)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	ftruncate(fd, 8192);
	int *a = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096), *b = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pid_t pid = waiter(a + 3, WAIT, 0, 0, 101);
	R(fut(b + 3, WAKE, 1, NULL, NULL, 0)); R(fut(b + 1024 + 4, WAKE, 1, NULL, NULL, 0)); R(fut(b + 1024 + 3, WAKE, 1, NULL, NULL, 0)); ended(pid, "file");
	int *ro = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	pid = waiter(ro + 3, WAIT, 0, 0, 102);
	R(fut(a + 3, WAKE, 1, NULL, NULL, 0)); ended(pid, "read-only");
	munmap(a, 4096); pid = waiter(b + 5, WAIT, 0, 0, 103);
	unlink("f"); R(fut(b + 5, WAKE, 1, NULL, NULL, 0)); ended(pid, "unlinked");
}

CASE(private_memory_after_fork)
{
	int *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid = waiter(w, WAIT, 0, 0, 101);
	R(fut(w, WAKE, 1, NULL, NULL, 0)); // its copy is another word
	kill(pid, SIGKILL); ended(pid, "private");
}

struct robust_list { struct robust_list *next; };
struct head { struct robust_list list; long offset; struct robust_list *pending; };
struct lock { struct robust_list node; int word; };
enum { WAITERS = 1u << 31, DIED = 1 << 30 };

CASE(robust_list_calls)
{
	struct head *h; size_t n;
	R(syscall(SYS_set_robust_list, &h, 12)); R(syscall(SYS_set_robust_list, 0x1234l, 24)); R(syscall(SYS_get_robust_list, 0, &h, &n)); printf("%lx %ld\n", (long)h, (long)n);
	R(syscall(SYS_get_robust_list, getpid(), &h, &n)); R(syscall(SYS_get_robust_list, 9999999, &h, &n)); R(syscall(SYS_get_robust_list, 0, 8L, &n)); R(syscall(SYS_get_robust_list, 0, &h, 8L));
	int st; if (fork() == 0) { syscall(SYS_get_robust_list, 0, &h, &n); _exit(h != NULL); } wait(&st); status("not inherited", st);
	syscall(SYS_set_robust_list, 0l, 24);
	pid_t pid = fork(); if (pid == 0) { setuid(1000); R(syscall(SYS_get_robust_list, getppid(), &h, &n)); R(syscall(SYS_get_robust_list, 1, &h, &n)); exit(0); } wait(NULL);
}

// dies builds a list in a child that then ends, and shows what became of the words.
static void dies(struct lock *l, int n, void (*build)(struct head *, struct lock *), int how)
{
	int st;
	pid_t pid = fork();
	if (pid == 0) {
		struct head *h = (void *)(l + 16);
		h->offset = offsetof(struct lock, word);
		h->pending = NULL;
		h->list.next = &h->list;
		build(h, l);
		syscall(SYS_set_robust_list, h, sizeof *h);
		if (how == 1) raise(SIGKILL);
		if (how == 2) execl("/proc/self/exe", "x", "/", "none", NULL);
		_exit(0);
	}
	waitpid(pid, &st, 0);
	for (int i = 0; i < n; i++) {
		unsigned v = l[i].word;
		printf("%d:%s%s %s\n", i, v & WAITERS ? " waiters" : "", v & DIED ? " died" : "", (v & 0x3fffffff) == pid ? "owned" : v & 0x3fffffff ? "other" : "free");
	}
}
static void three(struct head *h, struct lock *l) { h->list.next = &l[0].node; l[0].node.next = &l[1].node; l[1].node.next = &l[2].node; l[2].node.next = &h->list; l[0].word = getpid(); l[1].word = getpid() | WAITERS; l[2].word = 1; }
static void pending(struct head *h, struct lock *l) { h->pending = &l[1].node; l[1].word = getpid(); l[0].word = getpid(); }
static void pending_in_list(struct head *h, struct lock *l) { three(h, l); h->pending = &l[1].node; }
static void broken(struct head *h, struct lock *l) { three(h, l); l[1].node.next = (void *)8; }
static void endless(struct head *h, struct lock *l) { three(h, l); l[2].node.next = &l[0].node; }
static void misaligned(struct head *h, struct lock *l) { three(h, l); h->offset += 2; }
static void nothing(struct head *h, struct lock *l) { l[0].word = getpid(); }
static void flagged(struct head *h, struct lock *l) { three(h, l); h->list.next = (void *)((long)&l[0].node | 1); }

CASE(robust_list_at_the_end)
{
	void (*all[])(struct head *, struct lock *) = { three, pending, pending_in_list, broken, endless, misaligned, nothing, flagged };
	for (int i = 0; i < 8; i++) {
		struct lock *l = (void *)shared();
		printf("list %d\n", i);
		dies(l, 3, all[i], 0);
	}
	struct lock *l = (void *)shared(); puts("killed"); dies(l, 3, three, 1);
	l = (void *)shared(); puts("execve"); dies(l, 3, three, 2);
}

CASE(robust_wakes_a_waiter)
{
	struct lock *l = (void *)shared();
	pid_t pid = fork();
	if (pid == 0) {
		struct head *h = (void *)(l + 16);
		h->offset = offsetof(struct lock, word); h->list.next = &l[0].node; l[0].node.next = &h->list;
		l[0].word = getpid() | WAITERS;
		syscall(SYS_set_robust_list, h, sizeof *h);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	pid_t w = fork();
	if (w == 0) _exit(fut(&l[0].word, WAIT, l[0].word, NULL, NULL, 0) == 0 && l[0].word == (WAITERS | DIED) ? 7 : 1);
	asleep(w);
	kill(pid, SIGCONT); waitpid(pid, NULL, 0);
	ended(w, "waiter");
}

static pthread_mutex_t *mutex(int robust, int kind)
{
	pthread_mutexattr_t a;
	pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&a); pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED); pthread_mutexattr_settype(&a, kind);
	if (robust) pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &a);
	return m;
}

CASE(robust_mutex_of_libc)
{
	pthread_mutex_t *m = mutex(1, PTHREAD_MUTEX_NORMAL);
	pid_t pid = fork();
	if (pid == 0) { pthread_mutex_lock(m); _exit(0); }
	waitpid(pid, NULL, 0);
	R(pthread_mutex_lock(m) == EOWNERDEAD); R(pthread_mutex_consistent(m)); R(pthread_mutex_unlock(m)); R(pthread_mutex_lock(m)); R(pthread_mutex_unlock(m));
	pid = fork(); if (pid == 0) { pthread_mutex_lock(m); raise(SIGKILL); } waitpid(pid, NULL, 0);
	R(pthread_mutex_trylock(m) == EOWNERDEAD); R(pthread_mutex_unlock(m)); R(pthread_mutex_lock(m) == ENOTRECOVERABLE);
}

CASE(shared_mutex_and_condition)
{
	pthread_mutex_t *m = mutex(0, PTHREAD_MUTEX_ERRORCHECK);
	struct both { pthread_cond_t c; int turn; long sum; } *b = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_condattr_t ca; pthread_condattr_init(&ca); pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED); pthread_cond_init(&b->c, &ca);
	pid_t pid = fork();
	int me = pid == 0;
	for (int i = 0; i < 50; i++) { pthread_mutex_lock(m); while (b->turn != me) pthread_cond_wait(&b->c, m); b->turn = !me; b->sum += i + me; pthread_cond_broadcast(&b->c); pthread_mutex_unlock(m); }
	if (me) _exit(0);
	waitpid(pid, NULL, 0);
	R(b->sum); R(pthread_mutex_lock(m)); R(pthread_mutex_lock(m)); R(pthread_mutex_unlock(m)); R(pthread_mutex_unlock(m));
}

CASES
