#include "../t.h"
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/sendfile.h>
#include <dirent.h>
// What a static 32-bit program with the GNU C library does all day.

CASE(where_things_lie)
{
	FILE *f = fopen("/proc/self/maps", "r"); char line[300]; unsigned long long a, b; int high = 0, stack = 0, n = 0;
	while (fgets(line, sizeof line, f)) { sscanf(line, "%llx-%llx", &a, &b); high += b > 0xffffe000; stack += strstr(line, "[stack]") != NULL; n++; }
	int local; printf("%d %d %d %d\n", n > 3, high, stack, (unsigned)&local > 0xf0000000);
	void *p = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); printf("%d\n", (unsigned)p > 0xc0000000);
	R(mmap((void *)0xffffe000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
	R(mmap(NULL, 0xfffff000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED);
}

CASE(what_it_is_told)
{
	printf("%s %lu %lu %lu %lu\n", (char *)getauxval(AT_PLATFORM), getauxval(AT_PAGESZ), getauxval(AT_PHENT), getauxval(AT_CLKTCK), getauxval(AT_SECURE));
	printf("%d %d %d\n", getauxval(AT_RANDOM) != 0, getauxval(AT_UID) == getuid(), getauxval(AT_ENTRY) != 0);
	struct utsname u; uname(&u); puts(u.machine); unsigned cs, ds, es, ss, fs; __asm__("mov %%cs, %0; mov %%ds, %1; mov %%es, %2; mov %%ss, %3; mov %%fs, %4" : "=r"(cs), "=r"(ds), "=r"(es), "=r"(ss), "=r"(fs));
	printf("%x %x %x %x %x\n", cs, ds, es, ss, fs); R(personality(0xffffffff));
}

CASE(stack_may_not_run)
{
	int st; if (fork() == 0) { char code[] = { 0xc3 }; ((void (*)(void))code)(); _exit(0); } wait(&st); status("stack", st);
}

static __thread int tls = 5;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; static int counter;
static void *add(void *p) { tls += (int)p; for (int i = 0; i < 1000; i++) { pthread_mutex_lock(&lock); counter++; pthread_mutex_unlock(&lock); if (i % 100 == 0) sched_yield(); } return (void *)tls; }
CASE(threads)
{
	pthread_t t[4]; void *r; int sum = 0; for (int i = 0; i < 4; i++) R(pthread_create(&t[i], NULL, add, (void *)i));
	for (int i = 0; i < 4; i++) { pthread_join(t[i], &r); sum += (int)r; } printf("%d %d %d\n", counter, sum, tls);
}

CASE(descriptors_passed)
{
	int sv[2], p[2]; R(socketpair(AF_UNIX, SOCK_STREAM, 0, sv)); pipe(p); char b[64], c = 'x', d; struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = b, .msg_controllen = CMSG_SPACE(8) }; struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET; h->cmsg_type = SCM_RIGHTS; h->cmsg_len = CMSG_LEN(8); memcpy(CMSG_DATA(h), p, 8); R(sendmsg(sv[0], &m, 0));
	memset(b, 0, sizeof b); v.iov_base = &d; m.msg_controllen = sizeof b; R(recvmsg(sv[1], &m, 0)); h = CMSG_FIRSTHDR(&m); int got[2]; memcpy(got, CMSG_DATA(h), 8);
	printf("%c %d %d %x\n", d, (int)h->cmsg_len, (int)m.msg_controllen, m.msg_flags); write(got[1], "via", 3); R(read(p[0], b, 9));
	struct timeval tv = { 0, 20000 }, o; socklen_t n = sizeof o; R(setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv)); R(getsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &o, &n)); printf("%ld %ld %d\n", (long)o.tv_sec, (long)o.tv_usec, n); R(recv(sv[0], b, 1, 0));
}

CASE(several_messages)
{
	int sv[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, sv); struct iovec v[2] = { { "one", 3 }, { "three", 5 } }; struct mmsghdr m[2] = { { .msg_hdr = { .msg_iov = v, .msg_iovlen = 1 } }, { .msg_hdr = { .msg_iov = v + 1, .msg_iovlen = 1 } } };
	R(sendmmsg(sv[0], m, 2, 0)); printf("%d %d\n", m[0].msg_len, m[1].msg_len); char a[9], b[9]; v[0].iov_base = a; v[1].iov_base = b; v[0].iov_len = v[1].iov_len = 9; R(recvmmsg(sv[1], m, 2, 0, NULL)); printf("%d %d\n", m[0].msg_len, m[1].msg_len);
}

CASE(waiting_for_files)
{
	int p[2]; pipe(p); fd_set s; FD_ZERO(&s); FD_SET(p[0], &s); struct timeval tv = { 0, 10000 }; R(select(p[0] + 1, &s, NULL, NULL, &tv)); write(p[1], "x", 1); FD_SET(p[0], &s); R(select(p[0] + 1, &s, NULL, NULL, NULL)); R(FD_ISSET(p[0], &s));
	struct timespec t = { 0, 1000000 }; sigset_t m; sigemptyset(&m); R(pselect(p[0] + 1, &s, NULL, NULL, &t, &m)); struct pollfd f = { p[0], POLLIN }; R(ppoll(&f, 1, &t, &m)); R(f.revents);
	int e = epoll_create1(0); struct epoll_event ev = { EPOLLIN, { .u64 = 0x123456789abcdefULL } }, out; epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev); R(epoll_wait(e, &out, 1, 10)); printf("%llx\n", (unsigned long long)out.data.u64);
	int d = timerfd_create(CLOCK_MONOTONIC, 0); struct itimerspec its = { { 0, 0 }, { 0, 1000000 } }; R(timerfd_settime(d, 0, &its, NULL)); uint64_t n; R(read(d, &n, 8)); R(timerfd_gettime(d, &its)); printf("%ld\n", its.it_value.tv_nsec);
}

CASE(large_files)
{
	int fd = open("f", O_RDWR | O_CREAT | O_LARGEFILE, 0644); R(lseek64(fd, 5LL << 32, SEEK_SET) == 5LL << 32); R(write(fd, "end", 3)); struct stat64 s; R(fstat64(fd, &s)); printf("%llx\n", (long long)s.st_size);
	struct stat o; R(fstat(fd, &o)); R(pread64(fd, &o, 3, (5LL << 32))); R(ftruncate64(fd, 1LL << 33)); R(fstat64(fd, &s)); printf("%llx\n", (long long)s.st_size); R(lseek(fd, 0, SEEK_END)); R(ftruncate(fd, 5)); R(fstat(fd, &o)); R(o.st_size);
	struct statfs q; R(statfs(".", &q)); struct statfs64 r; R(statfs64(".", &r)); R(q.f_bsize == r.f_bsize); R(q.f_namelen);
	struct flock64 l = { .l_type = F_WRLCK, .l_start = 1LL << 32, .l_len = 5 }; R(fcntl(fd, F_SETLK64, &l)); off64_t off = 1; int w = open("g", O_RDWR | O_CREAT, 0644); R(sendfile64(w, fd, &off, 2)); R((int)off); off_t small = 1; R(sendfile(w, fd, &small, 2)); R(small); R(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	struct timespec ts[2] = { { 5, 6 }, { 7, UTIME_OMIT } }; R(utimensat(AT_FDCWD, "g", ts, 0)); R(stat64("g", &s)); printf("%d %d\n", (int)s.st_atim.tv_sec, (int)s.st_atim.tv_nsec);
	struct timeval tv[2] = { { 100, 5 }, { 200, 6 } }; R(utimes("g", tv)); stat64("g", &s); printf("%d %d\n", (int)s.st_mtime, (int)s.st_mtim.tv_nsec);
}

CASE(names_in_a_directory)
{
	put("x", ""); mkdir("y", 0755); DIR *d = opendir("."); int n = 0, dirs = 0; struct dirent64 *e; while ((e = readdir64(d))) { n++; dirs += e->d_type == DT_DIR; } printf("%d %d\n", n, dirs); closedir(d); char c[100]; R(getcwd(c, 100) == c);
}

CASE(clocks_and_timers)
{
	struct timespec t, r; R(clock_gettime(CLOCK_MONOTONIC, &t)); R(clock_getres(CLOCK_REALTIME, &r)); printf("%ld\n", r.tv_nsec); t.tv_nsec += 2000000; if (t.tv_nsec >= 1000000000) { t.tv_sec++; t.tv_nsec -= 1000000000; } R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
	signal(SIGALRM, SIG_IGN); timer_t id; struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM }; R(timer_create(CLOCK_MONOTONIC, &e, &id)); struct itimerspec i = { { 0, 0 }, { 50, 7 } }, o; R(timer_settime(id, 0, &i, &o)); R(timer_gettime(id, &o)); R(o.it_value.tv_sec); R(timer_delete(id));
	struct itimerval v = { { 1, 2 }, { 30, 0 } }; R(setitimer(ITIMER_REAL, &v, NULL)); R(getitimer(ITIMER_REAL, &v)); printf("%ld %ld %ld\n", (long)v.it_interval.tv_sec, (long)v.it_interval.tv_usec, (long)v.it_value.tv_sec); struct tms m; Z(times(&m)); struct rusage u; R(getrusage(RUSAGE_SELF, &u)); R(time(NULL) > 1700000000);
}

CASE(other_programs)
{
	int st; char *argv[] = { "/proc/self/exe", ".", "exits", NULL }, *none[] = { NULL }; // a 32-bit program executes itself
	if (fork() == 0) { execve("/proc/self/exe", argv, none); _exit(9); } wait(&st); status("itself", st);
	put("s", "#!/proc/self/exe . exits\n"); chmod("s", 0755); if (fork() == 0) { execl("./s", "s", NULL); _exit(9); } wait(&st); status("script", st);
	put("t", "garbage"); chmod("t", 0755); R(execve("t", argv, none)); R(execve("none", argv, none)); R(execve("s", (void *)8, none));
	if (vfork() == 0) _exit(5); wait(&st); status("vfork", st);
}

CASE(exits) { }

CASE(memory)
{
	char *b = sbrk(0); R(sbrk(100000) == b); b[50000] = 1; R(brk(b)); char *p = malloc(20 << 20); for (int i = 0; i < 20 << 20; i += 4096) p[i] = i >> 12; int s = 0; for (int i = 0; i < 20 << 20; i += 4096) s += p[i]; R(s); p = realloc(p, 30 << 20); R(p[4096]); free(p);
	put("m", "mapped file"); int fd = open("m", O_RDWR); p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); p[0] = 'M'; R(msync(p, 4096, MS_SYNC)); show("m"); R(mremap(p, 4096, 8192, MREMAP_MAYMOVE) != MAP_FAILED);
	struct sysinfo i; R(sysinfo(&i)); R(i.procs > 0); struct rlimit l; R(getrlimit(RLIMIT_STACK, &l)); printf("%lx\n", (long)l.rlim_cur); R(l.rlim_max == RLIM_INFINITY); R(nice(3)); R(nice(-1));
}

CASES
