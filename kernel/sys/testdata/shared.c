// what mappings share and what they keep: files, shared anonymous memory, forks, advice
#include "t.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static int file(const char *name, long size) { int fd = open(name, O_RDWR | O_CREAT, 0600); ftruncate(fd, size); return fd; }
static char byte(int fd, long off) { char c = '-'; pread(fd, &c, 1, off); return c; }
static int resident(void *p, int pages)
{
	unsigned char vec[256];
	int n = 0;
	if (mincore(p, pages * PAGE, vec))
		return -1;
	for (int i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n;
}

CASE(two_views_of_a_file) { int fd = file("f", 2 * PAGE); char *a = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0), *b = mmap(NULL, PAGE, RW, MAP_SHARED, fd, PAGE); a[PAGE] = 'a'; R(b[0]); b[1] = 'b'; R(a[PAGE + 1]); R(byte(fd, PAGE)); pwrite(fd, "c", 1, PAGE + 2); R(a[PAGE + 2] == 'c' && b[2] == 'c'); }
CASE(private_after_a_write) { int fd = file("f", PAGE); char *p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0); pwrite(fd, "1", 1, 0); R(p[0]); p[1] = 'p'; pwrite(fd, "2", 1, 0); R(p[0]); R(byte(fd, 1)); R(madvise(p, PAGE, MADV_DONTNEED)); R(p[0]); R(p[1]); }
CASE(written_back) { int fd = file("f", 3 * PAGE); char *p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0); p[0] = 'x'; p[2 * PAGE] = 'z'; munmap(p, 3 * PAGE); close(fd); sync(); fd = open("f", O_RDONLY); R(byte(fd, 0)); R(byte(fd, PAGE)); R(byte(fd, 2 * PAGE)); }
CASE(hole_is_filled) { int fd = file("f", 64 * PAGE); struct stat st; fstat(fd, &st); R(st.st_blocks); char *p = mmap(NULL, 64 * PAGE, RW, MAP_SHARED, fd, 0); R(p[5 * PAGE]); p[9 * PAGE] = 1; msync(p, 64 * PAGE, MS_SYNC); fsync(fd); fstat(fd, &st); R(st.st_blocks > 0 && st.st_blocks < 64); R(byte(fd, 9 * PAGE)); }
CASE(tail_of_the_last_page) { int fd = file("f", 100); char *p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0); p[99] = 'a'; R(p[100]); struct stat st; fstat(fd, &st); R(st.st_size); ftruncate(fd, 50); ftruncate(fd, 200); R(p[99]); R(byte(fd, 99)); }
CASE(shared_with_children) { int *p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0); for (int i = 0; i < 4; i++) if (fork() == 0) { __atomic_add_fetch(p, i + 1, __ATOMIC_SEQ_CST); _exit(0); } while (wait(NULL) > 0); R(*p); }
CASE(touched_first_by_a_child) { char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0); if (fork() == 0) { p[3 * PAGE] = 'c'; _exit(0); } wait(NULL); R(p[3 * PAGE]); R(p[0]); }
CASE(private_children) { char *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0); p[0] = 'a'; int fd[2]; pipe(fd); if (fork() == 0) { char c; read(fd[0], &c, 1); R(p[0]); R(p[PAGE]); p[0] = 'c'; fflush(stdout); _exit(0); } p[0] = 'b'; p[PAGE] = 'b'; write(fd[1], "", 1); wait(NULL); R(p[0]); R(p[PAGE]); }
CASE(outlives_its_descriptor) { int fd = file("f", PAGE); char *p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0); close(fd); unlink("f"); p[0] = 'x'; R(p[0]); fd = file("f", PAGE); R(byte(fd, 0)); R(msync(p, PAGE, MS_SYNC)); }
CASE(zero_device) { int fd = open("/dev/zero", O_RDWR); char *s = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), *p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0); if (fork() == 0) { s[0] = 's'; p[0] = 'p'; _exit(0); } wait(NULL); R(s[0]); R(p[0]); }
CASE(dontneed_keeps_what_is_shared) { char *s = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *p = mmap(NULL, PAGE, RW, ANON, -1, 0); s[0] = 's'; p[0] = 'p'; madvise(s, PAGE, MADV_DONTNEED); madvise(p, PAGE, MADV_DONTNEED); R(s[0]); R(p[0]); }
CASE(advice_that_is_refused) { int fd = file("f", PAGE); char *f = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0); R(madvise(f, PAGE, MADV_FREE)); R(madvise(f, PAGE, MADV_WIPEONFORK)); R(madvise(p, PAGE, MADV_FREE)); R(madvise(p + 1, PAGE, MADV_NORMAL)); R(madvise(p, PAGE, 1000)); R(madvise(p, -1, MADV_NORMAL)); munmap(p, PAGE); R(madvise(p, 2 * PAGE, MADV_WILLNEED)); R(madvise(p, 2 * PAGE, MADV_RANDOM)); }
CASE(hole_in_what_is_shared) { char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *priv = mmap(NULL, PAGE, RW, ANON, -1, 0); memset(p, 'x', 4 * PAGE); int fd[2]; pipe(fd); if (fork() == 0) { char c; c = p[PAGE] + p[3 * PAGE]; read(fd[0], &c, 1); R(p[0]); R(p[PAGE]); R(p[2 * PAGE]); fflush(stdout); _exit(0); } R(madvise(p + PAGE, 2 * PAGE, MADV_REMOVE)); write(fd[1], "", 1); wait(NULL); R(p[PAGE] + p[2 * PAGE]); R(p[3 * PAGE]); R(madvise(priv, PAGE, MADV_REMOVE)); R(mprotect(p, PAGE, PROT_READ)); R(madvise(p, PAGE, MADV_REMOVE)); mlock(p + 3 * PAGE, PAGE); R(madvise(p + 3 * PAGE, PAGE, MADV_REMOVE)); }
CASE(forgotten_though_locked) { char *p = mmap(NULL, PAGE, RW, ANON, -1, 0); mlock(p, PAGE); p[0] = 1; R(madvise(p, PAGE, MADV_DONTNEED)); R(p[0]); R(madvise(p, PAGE, 24)); R(p[0]); }
CASE(populate) { char *p = mmap(NULL, 8 * PAGE, RW, ANON | MAP_POPULATE, -1, 0); R(resident(p, 8)); p = mmap(NULL, 8 * PAGE, RW, ANON, -1, 0); R(madvise(p, 4 * PAGE, MADV_POPULATE_WRITE)); R(resident(p, 8)); char *ro = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0); R(madvise(ro, PAGE, MADV_POPULATE_READ)); R(madvise(ro, PAGE, MADV_POPULATE_WRITE)); char *none = mmap(NULL, PAGE, PROT_NONE, ANON, -1, 0); R(madvise(none, PAGE, MADV_POPULATE_READ)); char *f = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, file("f", PAGE), 0); R(madvise(f, PAGE, MADV_POPULATE_WRITE)); R(madvise(f + PAGE, PAGE, MADV_POPULATE_READ)); R(mmap(NULL, PAGE, PROT_NONE, ANON | MAP_POPULATE, -1, 0) != MAP_FAILED); }
CASE(mincore_of_files) { int fd = file("f", 4 * PAGE); char *p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0); p[3 * PAGE] = 1; R(resident(p + 3 * PAGE, 1)); unsigned char vec[4]; R(mincore(p, 0, vec)); R(mincore(p, 1, vec)); R(mincore((void *)0x800000000000, PAGE, vec)); R(mincore(p, 4 * PAGE, NULL)); }
CASE(sync_flags) { char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, file("f", PAGE), 0); R(msync(p, PAGE, 0)); R(msync(p, PAGE, MS_ASYNC)); R(msync(p, PAGE, MS_SYNC | MS_INVALIDATE)); R(msync(p, PAGE, 8)); R(msync(p, PAGE, MS_SYNC | MS_ASYNC)); R(msync(p + 1, PAGE, MS_SYNC)); munmap(p + PAGE, PAGE); R(msync(p, 2 * PAGE, MS_SYNC)); R(msync(p, 0, MS_SYNC)); R(msync(p, -4096, MS_SYNC)); }
CASE(wipe_and_keep) { char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0); memset(p, 'x', 4 * PAGE); R(madvise(p, PAGE, MADV_WIPEONFORK)); R(madvise(p + PAGE, PAGE, MADV_DONTFORK)); if (fork() == 0) { unsigned char v; R(p[0]); R(mincore(p + PAGE, PAGE, &v)); R(p[2 * PAGE]); if (fork() == 0) { R(p[0]); fflush(stdout); _exit(0); } wait(NULL); fflush(stdout); _exit(0); } wait(NULL); R(p[0] + p[PAGE]); R(madvise(p, PAGE, MADV_KEEPONFORK)); }
CASE(write_only_descriptor) { file("f", PAGE); int wo = open("f", O_WRONLY), ro = open("f", O_RDONLY); R((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, wo, 0)); R((long)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, ro, 0)); R((long)mmap(NULL, PAGE, PROT_WRITE, MAP_PRIVATE, ro, 0) != -1); char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ro, 0); R(mprotect(p, PAGE, RW)); p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE, ro, 0); R(mprotect(p, PAGE, RW)); }
CASES
