// futex(2), directly
#include "t.h"

// from linux/futex.h, which musl does not bring
enum { FUTEX_WAIT, FUTEX_WAKE, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET, FUTEX_WAKE_PRIVATE = 129, FUTEX_CLOCK_REALTIME = 256 };
enum { FUTEX_OP_SET, FUTEX_OP_ADD, FUTEX_OP_CMP_EQ = 0, FUTEX_OP_CMP_GT = 4 };
#define FUTEX_OP(op, oparg, cmp, cmparg) (((op & 0xf) << 28) | ((cmp & 0xf) << 24) | ((oparg & 0xfff) << 12) | (cmparg & 0xfff))

static int fut(int *a, int op, int v, void *t, int *b, int v3) { return syscall(SYS_futex, a, op, v, t, b, v3); }

static int *shared(void) { return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); }

CASE(wait_refuses_and_times_out)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5; struct timespec bad = { 0, -1 };
	R(fut(w, FUTEX_WAIT, 4, NULL, NULL, 0)); R(fut(w, FUTEX_WAIT, 5, &t, NULL, 0)); R(fut(w, FUTEX_WAIT, 5, &bad, NULL, 0)); R(fut((int *)((char *)w + 1), FUTEX_WAIT, 5, &t, NULL, 0)); R(fut((int *)8, FUTEX_WAIT, 5, &t, NULL, 0));
}

CASE(wake_and_bitsets_refuse)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5;
	R(fut(w, FUTEX_WAKE, 1, NULL, NULL, 0)); R(fut((int *)8, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0)); R(fut(w, 77, 1, NULL, NULL, 0)); R(fut(w, FUTEX_WAIT_BITSET, 5, &t, NULL, 0)); R(fut(w, FUTEX_WAKE_BITSET, 5, NULL, NULL, 0));
}

CASE(wait_across_processes)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5;
	pid_t pid = fork(); int s;
	if (pid == 0) { int r = fut(w, FUTEX_WAIT, 5, NULL, NULL, 0); _exit(r == 0 ? 1 : errno == EAGAIN ? 2 : 3); }
	usleep(30000); R(fut(w, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0)); R(fut(w, FUTEX_WAKE, 10, NULL, NULL, 0)); waitpid(pid, &s, 0); status("shared wait", s);
}

CASE(wake_by_bitset)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5; int s;
	pid_t p[3];
	for (int i = 0; i < 3; i++) if ((p[i] = fork()) == 0) _exit(fut(w, FUTEX_WAIT_BITSET, 5, NULL, NULL, 1 << i) == 0 ? 10 + i : 0);
	usleep(50000);
	R(fut(w, FUTEX_WAKE_BITSET, 10, NULL, NULL, 2)); R(waitpid(-1, &s, 0) == p[1]); status("bit", s); R(fut(w, FUTEX_WAKE_BITSET, 10, NULL, NULL, 8)); R(fut(w, FUTEX_WAKE, 10, NULL, NULL, 0));
	waitpid(p[0], &s, 0); status("0", s); waitpid(p[2], &s, 0); status("2", s);
}

CASE(requeue)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5; int s; pid_t p[3];
	for (int i = 0; i < 3; i++) if ((p[i] = fork()) == 0) _exit(fut(w, FUTEX_WAIT, 5, NULL, NULL, 0) == 0 ? 20 + i : 0);
	usleep(50000);
	R(fut(w, FUTEX_CMP_REQUEUE, 1, (void *)1, v, 6)); R(fut(w, FUTEX_CMP_REQUEUE, 1, (void *)1, v, 5)); R(fut(v, FUTEX_WAKE, 10, NULL, NULL, 0)); R(fut(w, FUTEX_WAKE, 10, NULL, NULL, 0));
	for (int i = 0; i < 3; i++) { waitpid(p[i], &s, 0); status("requeued", s); }
}

CASE(wake_op)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5; int s; pid_t p[3];
	for (int i = 0; i < 2; i++) if ((p[i] = fork()) == 0) _exit(fut(i ? v : w, FUTEX_WAIT, i ? 0 : 5, NULL, NULL, 0) == 0 ? 30 + i : 0);
	usleep(50000);
	R(fut(w, FUTEX_WAKE_OP, 1, (void *)1, v, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0))); printf("%d\n", *v);
	for (int i = 0; i < 2; i++) { waitpid(p[i], &s, 0); status("op", s); }
	R(fut(w, FUTEX_WAKE_OP, 1, (void *)1, v, FUTEX_OP(FUTEX_OP_SET, 9, FUTEX_OP_CMP_GT, 100))); printf("%d\n", *v);
	R(fut(w, FUTEX_WAKE_OP, 1, (void *)1, v, FUTEX_OP(9, 9, FUTEX_OP_CMP_GT, 100)));
}

CASE(absolute_deadlines)
{
	int *w = shared(), *v = w + 10; struct timespec t = { 0, 20000000 }; *w = 5;
	struct timespec abs; clock_gettime(CLOCK_MONOTONIC, &abs); abs.tv_nsec += 10000000; if (abs.tv_nsec > 999999999) { abs.tv_sec++; abs.tv_nsec -= 1000000000; }
	R(fut(w, FUTEX_WAIT_BITSET, 5, &abs, NULL, -1)); clock_gettime(CLOCK_REALTIME, &abs); R(fut(w, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 5, &abs, NULL, -1));
}

CASES
