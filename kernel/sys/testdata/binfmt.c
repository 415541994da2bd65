// binfmt: formats registered through binfmt_misc, in an instance of its own where the system has such (Linux 6.7)
#include "t.h"
#include <sys/auxv.h>
#include <sys/mount.h>

#define HELLO "\177ELX"

static void make(const char *path, const char *text, int mode)
{
	unlink(path);
	put(path, text);
	chmod(path, mode);
}

// reg writes n bytes to the file register and says what came of it.
static int regn(const char *line, size_t n)
{
	int fd = open("m/register", O_WRONLY);
	errno = 0;
	ssize_t r = write(fd, line, n);
	printf("register %.40s: %s\n", line, r < 0 ? errname(errno) : r == (ssize_t)n ? "ok" : "short");
	close(fd);
	return r < 0 ? -1 : 0;
}

static int reg(const char *line) { return regn(line, strlen(line)); }

static void order(const char *file, const char *what)
{
	int fd = open(file, O_WRONLY | O_TRUNC);
	errno = 0;
	ssize_t r = fd < 0 ? -1 : write(fd, what, strlen(what));
	printf("%s <- %s: %zd %s\n", file, what, r, r < 0 ? errname(errno) : "");
	close(fd);
}

static void runas(const char *path, char *const argv[])
{
	fflush(stdout);
	if (fork() == 0) {
		char *env[] = { "CHILD=1", NULL };
		execve(path, argv, env);
		printf("%s: %s\n", path, errname(errno));
		exit(77);
	}
	int st;
	wait(&st);
	status(path, st);
}

static void run(const char *path)
{
	char *argv[] = { "zero", "one", "two", NULL };
	runas(path, argv);
}

// child is the interpreter.
static int child(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("  interpreter:");
	for (int i = 0; i < argc; i++)
		printf(" [%s]", argv[i]);
	char word[8] = "";
	int fd = getauxval(AT_EXECFD);
	printf(" flags %lu execfd %d execfn %s", getauxval(AT_FLAGS), fd, (char *)getauxval(AT_EXECFN));
	if (fd) {
		pread(fd, word, 4, 0);
		printf(" cloexec %d mode %d begins %02x%02x%02x", fcntl(fd, F_GETFD), fcntl(fd, F_GETFL) & O_ACCMODE,
			(unsigned char)word[0], (unsigned char)word[1], (unsigned char)word[2]);
		char link[64];
		sprintf(link, "/proc/self/fd/%d", fd);
		errno = 0;
		int w = open(argv[1], O_WRONLY);
		printf(" write %s", w < 0 ? errname(errno) : "ok");
	}
	char comm[32] = "";
	fd = open("/proc/self/comm", O_RDONLY);
	read(fd, comm, 31);
	printf(" comm %s", comm);
	return argc;
}

static void setmap(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	write(fd, text, strlen(text));
	close(fd);
}

static void mountit(void)
{
	mkdir("m", 0755);
	if (mount("none", "m", "binfmt_misc", 0, NULL) < 0) {
		printf("cannot mount: %s\n", errname(errno));
		exit(CANNOT);
	}
}

static void malformed(void)
{
	static const char *lines[] = {
		":a:M::b::/i", ":ab:M::b::/i:", ":name:M::b::/i:P\n", ":n1:M::bcd::/i:\n\n", ":n2:M::bcd::/i:X", ":n3:M::bcd::/i",
		":n4:X::bcd::/i:", "::M::bcd::/interp:", ":.:M::bcd::/interp:", ":..:M::bcd::/interp:", ":a/b:M::bcd::/interp:",
		":n5:M::::/interp:", ":n6:M::bcd:ab:/interp:", ":n7:M::bcd::::", ":n8:M:-1:bcd::/interp:", ":n9:M:x:bcd::/interp:",
		":n10:M:253:bcd::/interp:", ":n11:M:254:bcd::/interp:", ":n12:M:99999999999:bcd::/interp:", ":n13:E::a/b::/interp:",
		":n14:E::::/interp:", ":n15:E:ignored:ext:ignored:/interp:", ":n16:M::\\x4:: /interp:", ":n17:M::\\xzz::/interp:",
		":n18:M::\\x00\\x01::/interp:", ":n19:M::a\\x00b:\\xff\\x00\\xff:/interp:", ",n20,M,0,ab:c,,/interp,", ":n21:M::\\\\x41z::/interp:",
		":n22:M:+3:bcd::/interp:", ":n23:M: 3:bcd::/interp:", ":n24:M::b\\x3acd::/interp:OCPF", ":n25:M::bcd::/interp:OCP",
		":n15:M::bcd::/interp:", ":status:M::bcd::/interp:", ":register:M::bcd::/interp:", ":n26:M::bcd::no/such:F", ":n27:MM::bcd::/interp:",
		":n28:E::ext::/interp:POCC", ":n29:M:\n:bcd::/interp:", ":n30:M:3\n:bcd::/interp:", ":n31:M::a\\qb::/interp:", ":n32:M::a\\::/interp:",
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		reg(lines[i]);
	regn(":nul:M::a\0b::/interp:", 21);
	regn(":n\0l:M::abb::/interp:", 21);
	regn(":nul:M::abb:\0:/interp:", 22);
	static char big[3000];
	memset(big, 'x', sizeof big);
	memcpy(big, ":big:M::", 8);
	strcpy(big + 8 + 256, "::/interp:");
	reg(big);
	memcpy(big, ":bag:M::", 8);
	memset(big + 8, 'x', 257);
	strcpy(big + 8 + 257, "::/interp:");
	reg(big);
	memset(big, 'y', 400);
	memcpy(big, ":", 1);
	strcpy(big + 300, ":M::abc::/interp:");
	reg(big);
	memset(big, 'p', 2500);
	memcpy(big, ":long:M::abc::/", 15);
	strcpy(big + 1919, ":");
	reg(big);
	memcpy(big, ":lung:M::abc::/", 15);
	big[1919] = 'p';
	strcpy(big + 1920, ":");
	reg(big);
	static const char *files[] = { "m/n7", "m/n10", "m/n11", "m/n15", "m/n16", "m/n18", "m/n19", "m/n20", "m/n21", "m/n22", "m/n23", "m/n24", "m/n25", "m/n28", "m/n29", "m/n30", "m/n31", "m/n32", "m/nul" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		show(files[i]);
	order("m/status", "-1");
}

// started is what this program does when a case has started it again.
static int started(int argc, char **argv)
{
	if (getenv("CHILD"))
		return child(argc, argv);
	return -1;
}

static char self[PATH_MAX], line[PATH_MAX + 100];

static void setup(void)
{
	if (syscall(SYS_unshare, 0x10000000 | 0x00020000) && !own_kernel()) // CLONE_NEWUSER, CLONE_NEWNS
		exit(CANNOT); // what is registered here would be so for everybody
	setmap("/proc/self/uid_map", "0 0 1\n");
	setmap("/proc/self/setgroups", "deny");
	setmap("/proc/self/gid_map", "0 0 1\n");
	mountit();
	readlink("/proc/self/exe", self, sizeof self - 1);
	symlink(self, "i");
}

CASE(the_file_system)
{
	setup(); struct stat st; struct statfs fs;
	R(stat("m", &st));
	printf("m %o %d\n", st.st_mode, (int)st.st_nlink);
	R(stat("m/register", &st));
	printf("register %o %d size %d\n", st.st_mode, (int)st.st_nlink, (int)st.st_size);
	R(stat("m/status", &st));
	printf("status %o\n", st.st_mode);
	R(statfs("m", &fs));
	printf("type %lx\n", (long)fs.f_type);
	show("m/status");
	show("m/register");
	R(unlink("m/status"));
	R(mkdir("m/dir", 0755));
	R(open("m/new", O_WRONLY | O_CREAT, 0644));
}

CASE(lines_that_are_refused_and_taken)
{
	setup();
	malformed();
}

CASE(enabled_and_disabled)
{
	setup();  struct stat st;
	make("magic", HELLO "rest", 0755);
	run("./magic");
	reg(":t1:M::\\x7fELX::./i:");
	R(stat("m/t1", &st));
	printf("t1 %o\n", st.st_mode);
	run("./magic");
	order("m/t1", "0");
	show("m/t1");
	run("./magic");
	order("m/t1", "1\n");
	run("./magic");
	order("m/status", "0\n");
	show("m/status");
	run("./magic");
	order("m/status", "1");
	order("m/t1", "2");
	order("m/t1", "");
	order("m/t1", "\n");
	order("m/t1", "-1\n\n");
	order("m/status", "on");
	order("m/t1", "-1");
	show("m/t1");
	run("./magic");
}

CASE(flags)
{
	setup(); make("magic", HELLO "rest", 0755);
	static const char *flags[] = { "P", "O", "C", "PO", "F", "POCF" };
	for (int i = 0; i < 6; i++) {
		sprintf(line, ":t2:M::\\x7fELX::./i:%s", flags[i]);
		reg(line);
		show("m/t2");
		if (strchr(flags[i], 'F'))
			rename("i", "gone");
		run("./magic");
		char *none[] = { NULL };
		runas("magic", none);
		rename("gone", "i");
		order("m/t2", "-1");
	}
}

CASE(extensions)
{
	setup();
	reg(":e1:E::abc::./i:");
	make("x.abc", "whatever", 0755);
	make("x.abc.d", "whatever", 0755);
	make("abc", "whatever", 0755);
	mkdir("d.abc", 0755);
	make("d.abc/f", "whatever", 0755);
	make(".abc", "", 0755);
	run("./x.abc");
	run("./x.abc.d");
	run("./abc");
	run("./d.abc/f");
	run("./.abc");
	make("x.abc", "whatever", 0644);
	run("./x.abc");
	order("m/e1", "-1");
}

CASE(masks_and_offsets)
{
	setup();
	reg(":k1:M:2:\\xf0\\x0f:\\xf0\\x0f:./i:");
	make("mask1", "ab\xf3\x4f", 0755);
	make("mask2", "ab\xe3\x4f", 0755);
	run("./mask1");
	run("./mask2");
	reg(":k2:M:255:z::./i:P");
	char page[300];
	memset(page, 'q', 299);
	page[299] = 0;
	page[255] = 'z';
	make("end", page, 0755);
	run("./end");
	order("m/status", "-1");
}

CASE(order_and_recursion)
{
	setup();
	make("script", "#!./i -x\n", 0755);
	reg(":o1:M::#!./i::./i:");
	run("./script");
	reg(":o2:M::#!./::./i:P");
	run("./script");
	order("m/status", "-1");
	reg(":r1:E::r1::./a.r1:");
	make("a.r1", "x", 0755);
	run("./a.r1");
	order("m/r1", "-1");
	reg(":s1:E::s1::./script:");
	reg(":s2:E::s2::./a.s1:O");
	make("a.s1", "x", 0755);
	make("a.s2", "x", 0755);
	run("./a.s1");
	run("./a.s2");
	order("m/status", "-1");
	reg(":s3:E::s3::./i:O");
	reg(":s4:E::s4::./a.s3:O");
	make("a.s3", "x", 0755);
	make("a.s4", "x", 0755);
	run("./a.s4");
	order("m/status", "-1");
}

CASE(interpreters_that_do_not_work)
{
	setup();
	reg(":b1:E::b::./nothing:");
	make("a.b", "x", 0755);
	run("./a.b");
	order("m/b1", "-1");
	reg(":b1:E::b::.:");
	reg(":b2:E::b::/dir//.//:");
	run("./a.b");
	order("m/b2", "-1");
	reg(":b2:E::b::./text:");
	make("text", "text", 0755);
	run("./a.b");
	order("m/status", "-1");
	reg(":f1:E::f::./text:F");
	reg(":f2:E::f::./nothing:F");
	reg(":f3:E::f::./m:F");
	R(open("text", O_WRONLY));
	order("m/f1", "-1");
}

CASE(descriptors)
{
	setup(); int fd; make("magic", HELLO "rest", 0755);
	reg(":t3:M::\\x7fELX::./i:O");
	dup2(1, 3);
	dup3(1, 4, O_CLOEXEC);
	run("./magic");
	close(3);
	struct rlimit two = { 3, 3 };
	fflush(stdout);
	if (fork() == 0) {
		close(4);
		setrlimit(RLIMIT_NOFILE, &two);
		run("./magic");
		exit(0);
	}
	int ws;
	wait(&ws);
	fd = open("magic", O_RDONLY | O_CLOEXEC);
	char *args[] = { "zero", NULL }, *env[] = { "CHILD=1", NULL };
	fflush(stdout);
	errno = 0;
	syscall(SYS_execveat, fd, "", args, env, 0x1000);
	printf("close-on-exec: %s\n", errname(errno));
}

CASES_UNLESS(started)
