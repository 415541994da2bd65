// files: what programs do with files, in a fresh directory.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long result) { printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }

static void streams(void)
{
	FILE *f = fopen("numbers", "w+");
	for (int i = 0; i < 3000; i++)
		fprintf(f, "%d\n", i * i);
	rewind(f);
	long sum = 0, n, lines = 0;
	while (fscanf(f, "%ld", &n) == 1)
		sum += n, lines++;
	printf("%ld lines, sum %ld, at %ld\n", lines, sum, ftell(f));
	fseek(f, -5, SEEK_END);
	char tail[10] = "";
	printf("%zu %s", fread(tail, 1, 9, f), tail);
	fclose(f);
	f = fopen("numbers", "a");
	fputs("end\n", f);
	fclose(f);
	char *line = NULL;
	size_t room = 0;
	f = fopen("numbers", "r");
	for (lines = 0; getline(&line, &room, f) > 0;)
		lines++;
	printf("%ld lines, last %s", lines, line);
	free(line);
	fclose(f);
	say("fopen", fopen("no/such", "r") ? 0 : -1);
}

static void descriptors(void)
{
	int fd = open("data", O_RDWR | O_CREAT | O_EXCL, 0640);
	say("write", write(fd, "0123456789", 10));
	say("seek", lseek(fd, 100000, SEEK_SET));
	say("write", write(fd, "far", 3));
	struct stat st;
	fstat(fd, &st);
	printf("size %ld, links %ld, mode %o, blocks fewer %d\n", (long)st.st_size, (long)st.st_nlink, st.st_mode, st.st_blocks < 100);
	char buf[16] = "";
	say("pread", pread(fd, buf, 4, 3));
	printf("%s %d\n", buf, buf[4]);
	say("hole", pread(fd, buf, 8, 50000));
	printf("%d%d\n", buf[0], buf[7]);
	say("pwrite", pwrite(fd, "ab", 2, 1));
	struct iovec v[] = { { "one", 3 }, { "", 0 }, { "three", 5 } };
	lseek(fd, 0, SEEK_SET);
	say("writev", writev(fd, v, 3));
	say("tell", lseek(fd, 0, SEEK_CUR));
	say("end", lseek(fd, -1, SEEK_END));
	say("before", lseek(fd, -1, SEEK_SET));
	say("truncate", ftruncate(fd, 5));
	lseek(fd, 0, SEEK_SET);
	say("read", read(fd, buf, 16));
	printf("%.5s\n", buf);
	int dup1 = dup(fd), dup2to = dup2(fd, 50);
	lseek(dup1, 2, SEEK_SET);
	printf("dup %d, shared offset %ld, flags %o\n", dup2to, (long)lseek(50, 0, SEEK_CUR), fcntl(50, F_GETFL) & 3);
	say("exclusive", open("data", O_CREAT | O_EXCL | O_WRONLY, 0600));
	int rd = open("data", O_RDONLY);
	say("write to read-only", write(rd, "x", 1));
	close(rd);
	say("closed", close(rd));
	int ap = open("data", O_WRONLY | O_APPEND);
	lseek(ap, 0, SEEK_SET);
	say("append", write(ap, "++", 2));
	say("size", lseek(ap, 0, SEEK_END));
	close(ap);
	say("cloexec", fcntl(fd, F_SETFD, FD_CLOEXEC));
	say("getfd", fcntl(fd, F_GETFD));
	close(fd), close(dup1), close(dup2to);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void names(void)
{
	say("mkdir", mkdir("dir", 0755));
	say("mkdir", mkdir("dir", 0755));
	say("symlink", symlink("../data", "dir/link"));
	say("link", link("data", "dir/hard"));
	char to[100] = "";
	say("readlink", readlink("dir/link", to, 99));
	puts(to);
	struct stat a, b;
	stat("dir/link", &a), lstat("dir/link", &b);
	printf("same %d, link %d, links %ld\n", a.st_size == 7, S_ISLNK(b.st_mode), (long)a.st_nlink);
	say("rmdir", rmdir("dir"));
	say("rename", rename("dir/hard", "moved"));
	say("rename over", rename("moved", "numbers"));
	say("unlink dir", unlink("dir"));
	say("chmod", chmod("numbers", 0604));
	stat("numbers", &a);
	printf("%o\n", a.st_mode);
	for (int i = 0; i < 100; i++) {
		char name[30];
		sprintf(name, "dir/file-with-number-%03d", i);
		close(open(name, O_CREAT | O_WRONLY, 0644));
	}
	struct dirent **list;
	int n = scandir("dir", &list, NULL, by_name);
	printf("%d entries: %s %s %s .. %s, type %d\n", n, list[0]->d_name, list[1]->d_name, list[2]->d_name, list[n - 1]->d_name, list[n - 1]->d_type);
	for (int i = 0; i < 100; i += 2) {
		char name[30];
		sprintf(name, "dir/file-with-number-%03d", i);
		unlink(name);
	}
	printf("%d entries left\n", scandir("dir", &list, NULL, by_name));
	say("loop", symlink("loop", "loop"));
	say("open loop", open("loop", O_RDONLY));
	say("no directory", open("data/x", O_RDONLY));
	say("write to directory", open("dir", O_WRONLY));
	char longname[300];
	memset(longname, 'n', 299);
	longname[299] = 0;
	say("long", open(longname, O_CREAT | O_WRONLY, 0600));
	say("chdir", chdir("dir"));
	char cwd[200];
	char *last = strrchr(getcwd(cwd, sizeof cwd), '/');
	printf("cwd %s\n", last);
	say("relative", access("../data", F_OK));
	say("chdir", chdir(".."));
	int fd = open("gone", O_RDWR | O_CREAT, 0600);
	unlink("gone");
	say("write after unlink", write(fd, "still here", 10));
	say("gone", access("gone", F_OK));
	close(fd);
	int at = open("dir", O_RDONLY | O_DIRECTORY);
	say("openat", fd = openat(at, "link", O_RDONLY));
	say("fstatat", fstatat(at, "none", &a, 0));
	struct timespec times[2] = { { 1000000000, 0 }, { 1234567890, 0 } };
	say("utimens", utimensat(AT_FDCWD, "data", times, 0));
	stat("data", &a);
	printf("mtime %ld\n", (long)a.st_mtime);
	say("umask", umask(027));
	close(open("masked", O_CREAT | O_WRONLY, 0666));
	stat("masked", &a);
	printf("%o\n", a.st_mode);
}

static void maps(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0600);
	say("truncate", ftruncate(fd, 10000));
	char *shared = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *private = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	strcpy(shared + 5000, "through memory");
	char buf[20] = "";
	pread(fd, buf, 14, 5000);
	printf("%s, %s\n", buf, private + 5000);
	private[5000] = 'T';
	printf("%c %c\n", shared[5000], private[5000]);
	pwrite(fd, "file", 4, 100);
	printf("%.4s, beyond the end %d\n", shared + 100, shared[10001]);
	say("msync", msync(shared, 10000, MS_SYNC));
	say("munmap", munmap(shared, 10000));
	say("bad map", mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	close(fd);
	fd = open("mapped", O_RDONLY);
	pread(fd, buf, 14, 5000);
	printf("%s\n", buf);
	say("no write", mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	umask(022);
	char dir[] = "/tmp/filesXXXXXX";
	if (!mkdtemp(dir) || chdir(dir)) {
		perror(dir);
		return 1;
	}
	streams();
	descriptors();
	names();
	maps();
	char clean[100];
	sprintf(clean, "rm -rf %s", dir);
	return system(clean);
}
