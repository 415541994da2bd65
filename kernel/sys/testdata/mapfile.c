// mappings of files: private and shared, past the end, truncated, msync, after close and unlink
#include "t.h"
#include <setjmp.h>

static sigjmp_buf env;
static volatile int code;
static void on(int sig, siginfo_t *si, void *u) { code = sig * 10 + si->si_code; siglongjmp(env, 1); }
static int touch(volatile char *p, int write)
{
	if (sigsetjmp(env, 1)) return code;
	if (write) *p = 'w'; else (void)*p;
	return 0;
}

static int fd;
static char *p, *s;
static const int RW = PROT_READ | PROT_WRITE;
static void setup(void)
{
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	put("f", "contents of the file");
	fd = open("f", O_RDWR);
	p = mmap(NULL, 8192, RW, MAP_PRIVATE, fd, 0);
	s = mmap(NULL, 4096, RW, MAP_SHARED, fd, 0);
}

CASE(private_and_shared_see_the_file)
{
	setup();
	printf("%s %s\n", p, s);
	R(p[20] + p[4095]); R(touch(p + 4096, 0));
	p[0] = 'P'; printf("%s %s\n", p, s); show("f");
	s[0] = 'S'; printf("%s %s\n", p, s); show("f");
	pwrite(fd, "W", 1, 1); printf("%.5s %.5s\n", p, s);
}

CASE(msync_refuses)
{
	setup();
	R(msync(s, 4096, MS_SYNC)); R(msync(s, 4096, MS_ASYNC | MS_SYNC)); R(msync(s + 1, 4096, MS_SYNC)); R(msync((void *)0x5000, 4096, MS_SYNC));
}

CASE(two_shared_mappings)
{
	setup();
	char *s2 = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	s[2] = '!'; R(s2[2] == '!'); R(touch(s2, 1));
	if (fork() == 0) { s[3] = '?'; p[4] = 'x'; _exit(0); }
	wait(NULL); printf("%c %c\n", s[3], p[4]);
}

CASE(truncated_and_grown)
{
	setup();
	R(ftruncate(fd, 9000)); R(touch(p + 4096, 0)); R(touch(p + 8191, 1));
	char *t = mmap(NULL, 4096, RW, MAP_SHARED, fd, 8192);
	t[0] = 'T'; R(touch(t + 900, 1));
	char c; R(pread(fd, &c, 1, 8192)); printf("%c\n", c);
	R(ftruncate(fd, 4096)); R(touch(t, 0)); R(touch(s, 0));
	R(ftruncate(fd, 0)); R(touch(s, 0)); R(touch(p, 0));
	R(ftruncate(fd, 100)); R(touch(s, 0)); R(s[0]); R(s[50]);
}

CASE(rights_of_the_descriptor)
{
	setup();
	int ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
	R((long)mmap(NULL, 4096, RW, MAP_SHARED, ro, 0)); R((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, wo, 0)); R((long)mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, wo, 0));
	R((long)mmap(NULL, 4096, RW, MAP_PRIVATE, ro, 0) != -1);
	char *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, ro, 0); R(mprotect(m, 4096, RW));
}

CASE(what_cannot_be_mapped)
{
	setup();
	int d = open(".", O_RDONLY), nul = open("/dev/null", O_RDWR), pp[2]; pipe(pp);
	R((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, d, 0)); R((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, nul, 0)); R((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, pp[0], 0));
}

CASE(dev_zero)
{
	setup();
	int zero = open("/dev/zero", O_RDWR);
	char *z = mmap(NULL, 4096, RW, MAP_PRIVATE, zero, 0); R(z != MAP_FAILED && z[0] == 0); R(touch(z, 1));
}

CASE(outlives_descriptor_and_name)
{
	setup();
	// a mapping outlives its descriptor and its name
	put("g", "still here"); int g = open("g", O_RDWR); char *gm = mmap(NULL, 4096, RW, MAP_SHARED, g, 0);
	close(g); unlink("g"); gm[0] = 'S'; printf("%s\n", gm); R(munmap(gm, 4096));
}

CASE(written_through_a_mapping)
{
	setup();
	// write through a mapping, read through another open
	put("h", "0123456789"); int h = open("h", O_RDWR); char *hm = mmap(NULL, 4096, RW, MAP_SHARED, h, 0);
	memcpy(hm, "abcde", 5); munmap(hm, 4096); close(h); show("h");
}

CASE(a_big_file_page_by_page)
{
	setup();
	// a big file page by page
	int big = open("big", O_RDWR | O_CREAT, 0600); ftruncate(big, 1 << 20);
	char *bm = mmap(NULL, 1 << 20, RW, MAP_SHARED, big, 0);
	for (int i = 0; i < 256; i++) bm[i * 4096 + i] = i;
	munmap(bm, 1 << 20);
	int ok = 1; for (int i = 0; i < 256; i++) { unsigned char v; pread(big, &v, 1, i * 4096 + i); ok &= v == i; }
	R(ok);
	struct stat st; fstat(big, &st); R(st.st_blocks >= 2048);
}

CASE(read_into_its_own_mapping)
{
	setup(); int big = open("big", O_RDWR | O_CREAT, 0600); ftruncate(big, 1 << 20);
	// read into a mapping of the same file
	char *sm = mmap(NULL, 4096, RW, MAP_SHARED, big, 0); sm[0] = 'q'; R(pread(big, sm + 100, 50, 0)); printf("%c\n", sm[100]);
}

CASES
