// One program for both C libraries, static and dynamic: what they do at start and at exit, threads, signals, stdio, locale.
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static __thread int own = 5;
static int shared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t caught;

static void *count(void *p)
{
	own += (long)p;
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&lock);
		shared++;
		pthread_mutex_unlock(&lock);
	}
	return (void *)(long)own;
}

static void on(int sig) { caught = sig; }
static void bye(void) { puts("at exit"); }
__attribute__((constructor)) static void first(void) { puts("constructor"); }

int main(int argc, char **argv)
{
	atexit(bye);
	printf("%d %s\n", argc, argc > 1 ? argv[1] : "-");
	pthread_t t[3];
	void *r;
	long sum = 0;
	for (long i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, count, (void *)i);
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], &r);
		sum += (long)r;
	}
	printf("threads %d %ld %d\n", shared, sum, own);
	signal(SIGUSR1, on);
	raise(SIGUSR1);
	printf("signal %d\n", caught == SIGUSR1);
	printf("%.17g %.3e %La %a %5.1f|%-6d|%+d|%#x\n", M_PI, 12345.678, 1.5L, 0.1, 2.25, 42, 7, 255);
	printf("%.15g %.15g %.15g\n", sin(1e6), pow(1.1, 10), cbrt(27));
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(6);
	int status;
	waitpid(pid, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	FILE *p = popen("echo from popen; exit 2", "r");
	char line[100] = "";
	fgets(line, sizeof line, p);
	printf("%s%d\n", line, WEXITSTATUS(pclose(p)));
	char *m = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	m[9999] = 1;
	munmap(m, 10000);
	char *big = malloc(3000000);
	memset(big, 1, 3000000);
	big = realloc(big, 9000000);
	printf("%d\n", big[2999999]);
	free(big);
	setlocale(LC_ALL, "C.UTF-8");
	wchar_t w[8];
	printf("wide %zd\n", (ssize_t)mbstowcs(w, "h\xc3\xa9", 8));
	time_t zero = 0;
	char when[40];
	strftime(when, sizeof when, "%F %T", gmtime(&zero));
	printf("%s %s\n", when, strerror(ENOENT));
	DIR *d = opendir("/cases/bin");
	int n = 0;
	while (readdir(d))
		n++;
	closedir(d);
	printf("%d entries\n", n);
	struct timespec ts = { 0, 1000000 }, now;
	nanosleep(&ts, NULL);
	printf("%d %d\n", clock_gettime(CLOCK_MONOTONIC, &now), sscanf("12 abc", "%d %99s", &n, line));
	if (argc == 1 && fgets(line, sizeof line, stdin))
		printf("read %s", line);
	fprintf(stderr, "to stderr\n");
	return argc;
}
