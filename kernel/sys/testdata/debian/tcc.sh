# tcc: compile, link, run, and run from memory
cd /tmp/work; cp /root/samples/hello.c .; tcc -run hello.c a; echo $?; tcc -o hello hello.c; ./hello; echo $?
cat >t.c <<'E'
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct s { int a; double b; char c[5]; };
union u { float f; unsigned i; };
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
static int sum(int n, ...) { va_list v; int s = 0; va_start(v, n); while (n--) s += va_arg(v, int); va_end(v); return s; }
static struct s by_value(struct s x) { x.a *= 2; x.b /= 3; return x; }
static void *thread(void *p) { return (void *)((long)p * 7); }
static long long fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char **argv)
{
	int v[] = { 5, 3, 9, 1 }, i;
	struct s x = { 21, 10.0, "abcd" }, y = by_value(x);
	union u u = { 1.5f };
	jmp_buf j;
	pthread_t t;
	void *r;

	qsort(v, 4, sizeof *v, compare);
	for (i = 0; i < 4; i++) printf("%d ", v[i]);
	printf("\n%d %.6f %s %08x %d\n", y.a, y.b, y.c, u.i, sum(4, 1, 2, 3, 4));
	printf("%.10f %.10Lf %g %lld\n", sin(1), sqrtl(2), pow(2, 0.5), fib(20));
	if (setjmp(j) == 0) longjmp(j, 1); else printf("jumped\n");
	pthread_create(&t, NULL, thread, (void *)6L); pthread_join(t, &r); printf("thread %ld\n", (long)r);
	fflush(stdout);
	if (fork() == 0) _exit(9);
	wait(&i); printf("child %d\n", WEXITSTATUS(i));
	char *m = malloc(100000); memset(m, 'x', 99999); m[99999] = 0; printf("%zu\n", strlen(m)); free(m);
	FILE *f = fopen("/none", "r"); printf("%s\n", f ? "open" : strerror(errno));
	printf("%lu %lu %lu %d\n", sizeof(long), sizeof(struct s), sizeof(long double), (signed char)200);
	return argc > 1 ? atoi(argv[1]) : 0;
}
E
tcc -Wall -o t t.c -lm -lpthread; ./t 5; echo $?; tcc -lm -lpthread -run t.c; tcc -g -O2 -c t.c && tcc -o t2 t.o -lm -lpthread && ./t2 | md5sum; ./t | md5sum
echo 'int f(int x) { return x * 3; }' >l.c; tcc -shared -o libl.so l.c; echo '#include <stdio.h>
int f(int); int main(void) { printf("%d\n", f(14)); return 0; }' >u.c; tcc -o u u.c -L. -ll -Wl,-rpath=.; ./u; tcc -ar rcs libs.a t.o 2>/dev/null; tcc -E - <<<'#define A(x) x+x
A(1)' | tail -n 1; tcc -c - -o /dev/null <<<'int x = ;'; echo $?; tcc -o z - <<<'int main(){return undefined();}'; echo $?; echo '#!/usr/bin/tcc -run
#include <stdio.h>
int main(int c, char **v) { printf("script %s\n", v[1]); return 0; }' >script; chmod +x script; ./script arg; tcc -run - <<<'int main(){int *p = 0; return *p;}'; echo $?; tcc -bench -c hello.c 2>&1 | grep -c lines; tcc -v | head -c 11; echo; tcc -run -DN=5 - <<<'#include <stdio.h>
int main(void){int s=0;for(int i=0;i<300000;i++)s=s*31+i%N;printf("%d\n",s);return 0;}'
