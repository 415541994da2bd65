// execat: execveat with directory descriptors, empty paths, links and scripts
#include "t.h"
#include <sys/auxv.h>

#define EMPTY 0x1000
#define NOFOLLOW 0x100

static void make(const char *path, const char *text, int mode)
{
	unlink(path);
	put(path, text);
	chmod(path, mode);
}

static int child(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	char comm[32] = "";
	int fd = open("/proc/self/comm", O_RDONLY);
	read(fd, comm, 31);
	printf("  %d:", argc);
	for (int i = 0; i < argc; i++)
		printf(" [%s]", argv[i]);
	char *name = (char *)getauxval(AT_EXECFN);
	if (!strncmp(name, "/dev/fd/", 8) && !strchr(name + 8, '/'))
		strcpy(comm, "\n"); // since Linux 6.14 the file's name, before the number
	printf(" execfn %s comm %s", name[0] == '/' && name[1] != 'd' ? "absolute" : name, comm);
	return argc;
}

static void at(const char *what, int fd, const char *path, int flags)
{
	char *argv[] = { "zero", "one", NULL }, *envp[] = { "CHILD=1", NULL };
	fflush(stdout);
	if (fork() == 0) {
		syscall(SYS_execveat, fd, path, argv, envp, flags);
		printf("%s: %s\n", what, errname(errno));
		exit(77);
	}
	int st;
	wait(&st);
	status(what, st);
}

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (getenv("CHILD"))
		return child(argc, argv);
	return -1;
}

static char self[PATH_MAX], text[PATH_MAX + 10];
static int dir, path, prog, closing, script, sclosing, data, opath, dclosing, writer, lnk, p[2];

static void setup(void)
{
	readlink("/proc/self/exe", self, sizeof self - 1);
	mkdir("d", 0755);
	symlink(self, "d/prog");
	symlink("prog", "d/link");
	sprintf(text, "#!%s -x\n", "d/prog");
	make("d/script", text, 0755);
	make("d/plain", "text", 0755);
	make("d/data", text, 0644);
	dir = open("d", O_RDONLY);
	path = open("d", O_PATH);
	prog = open(self, O_RDONLY);
	closing = open(self, O_RDONLY | O_CLOEXEC);
	script = open("d/script", O_RDONLY);
	sclosing = open("d/script", O_RDONLY | O_CLOEXEC);
	data = open("d/data", O_RDONLY);
	opath = open(self, O_PATH);
	dclosing = open("d", O_RDONLY | O_CLOEXEC);
	writer = open("d/plain", O_RDWR);
	lnk = open("d/link", O_PATH | O_NOFOLLOW);
	pipe(p);
	printf("%d %d\n", dir, lnk);
}

CASE(directories_and_links)
{
	setup();
	at("directory", dir, "prog", 0);
	at("directory, O_PATH", path, "prog", 0);
	at("link", dir, "link", 0);
	at("link, not followed", dir, "link", NOFOLLOW);
}

CASE(empty_paths)
{
	setup();
	at("descriptor", prog, "", EMPTY);
	at("close-on-exec", closing, "", EMPTY);
	at("O_PATH", opath, "", EMPTY);
	at("link by O_PATH", lnk, "", EMPTY);
	at("link by O_PATH, not followed", lnk, "", EMPTY | NOFOLLOW);
	at("empty without the flag", prog, "", 0);
	at("path and the flag", dir, "prog", EMPTY);
	at("directory itself", dir, "", EMPTY);
	at("current directory", AT_FDCWD, "", EMPTY);
	at("relative to it", AT_FDCWD, "d/prog", 0);
}

CASE(absolute_and_bad_descriptors)
{
	setup();
	at("absolute, bad descriptor", 99, self, 0);
	at("bad descriptor", 99, "prog", 0);
	at("bad descriptor, empty", 99, "", EMPTY);
	at("no directory", prog, "prog", 0);
}

CASE(flags)
{
	setup();
	at("unknown flag", dir, "prog", 1);
	at("AT_REMOVEDIR", dir, "prog", 0x200);
	at("nothing", dir, "nothing", 0);
}

CASE(scripts_by_descriptor)
{
	setup();
	at("script", dir, "script", 0);
	at("script by descriptor", script, "", EMPTY);
	at("script by close-on-exec", sclosing, "", EMPTY);
	at("script in close-on-exec", dclosing, "script", 0);
	at("program in close-on-exec", dclosing, "prog", 0);
	at("script by path", AT_FDCWD, "d/script", 0);
}

CASE(what_is_no_program)
{
	setup();
	at("not executable", data, "", EMPTY);
	at("text", dir, "plain", 0);
	at("open for writing", writer, "", EMPTY);
	close(writer);
	at("text", dir, "plain", 0);
	at("pipe", p[0], "", EMPTY);
	at("standard input", 0, "", EMPTY);
}

CASE(a_removed_script)
{
	setup();
	unlink("d/script");
	at("removed script", script, "", EMPTY);
}

CASE(bad_pointers)
{
	setup();
	R(syscall(SYS_execveat, dir, (char *)8, NULL, NULL, 0));
	R(syscall(SYS_execveat, dir, "prog", (char *)8, NULL, 0));
	R(syscall(SYS_execveat, dir, "prog", NULL, (char *)8, 0));
}

CASE(no_arguments_at_all)
{
	setup();
	// No arguments at all.
	fflush(stdout);
	if (fork() == 0) {
		char *none[] = { NULL }, *env[] = { "CHILD=1", NULL };
		syscall(SYS_execveat, prog, "", none, env, EMPTY);
		exit(77);
	}
	int st;
	wait(&st);
	status("no arguments", st);
}

CASES_UNLESS(started)
