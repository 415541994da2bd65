// What a terminal does for root only, with more privileges than a container has.
#include <sys/mount.h>
#include "session.h"

static void need(void)
{
	mkdir("probe", 0755);
	if (mount("devpts", "probe", "devpts", 0, "") || umount("probe"))
		exit(CANNOT);
}

CASE(stealing)
{
	need();
	int p[2]; char c;
	pipe(p);
	LEADER(
		pid_t pid = fork();
		if (pid == 0) { setsid(); R(ioctl(slave, TIOCSCTTY, 0)); R(ioctl(slave, TIOCSCTTY, 1)); R(tcgetsid(slave) == getpid()); write(p[1], "x", 1); nap(100); exit(0); }
		read(p[0], &c, 1); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(slave)); R(ioctl(slave, TIOCNOTTY)); waitpid(pid, &st, 0); R(tcgetsid(slave)); R(ioctl(slave, TIOCSCTTY, 0)); R(tcgetsid(slave) == getpid())
	);
}

CASE(vhangup_call)
{
	need();
	LEADER(
		catch(SIGHUP); catch(SIGCONT); struct termios t; tcgetattr(slave, &t); t.c_lflag &= ~ECHO; tcsetattr(slave, TCSANOW, &t); write(master, "typed\n", 6); nap(20);
		R(syscall(SYS_vhangup)); caught("leader"); hex("read", read(slave, buf, 10)); R(write(slave, "x", 1)); R(tcgetattr(slave, &t)); R(open("/dev/tty", O_RDWR)); R(syscall(SYS_vhangup));
		int again = open(name, O_RDWR); R(again >= 0); R(tcgetpgrp(again) == getpid()); R(tcgetattr(again, &t)); printf("%o\n", t.c_lflag & ECHO); R(write(again, "y", 1)); nap(20); R(read(master, buf, 10))
	);
	if (fork() == 0) { setuid(1000); R(syscall(SYS_vhangup)); exit(0); }
	wait(NULL);
}

CASE(hanging_up_by_ioctl)
{
	need();
	LEADER( catch(SIGHUP); R(ioctl(slave, 0x5437)); caught("leader"); R(write(slave, "x", 1)); R(tcsetpgrp(slave, getpid())); struct pollfd p = { slave, POLLIN | POLLOUT, 0 }; R(poll(&p, 1, 0)); printf("%#x\n", p.revents) );
}

CASE(sti)
{
	need();
	LEADER( R(ioctl(slave, TIOCSTI, "a")); R(ioctl(slave, TIOCSTI, "\n")); hex("read", read(slave, buf, 10)); R(ioctl(slave, TIOCSTI, 8L)); catch(SIGINT); R(ioctl(slave, TIOCSTI, "\x03")); nap(10); caught("leader") );
}

CASE(mount_options)
{
	need();
	struct stat s;
	int m, n, off = 0;
	char path[32];
	mkdir("d", 0755);
	if (mount("devpts", "d", "devpts", 0, "newinstance,mode=640,uid=12,gid=34,ptmxmode=0666"))
		exit(CANNOT);
	R(stat("d/ptmx", &s)); printf("%o\n", s.st_mode);
	R((m = open("d/ptmx", O_RDWR | O_NOCTTY)) >= 0); R(ioctl(m, TIOCGPTN, &n)); R(ioctl(m, TIOCSPTLCK, &off));
	snprintf(path, sizeof path, "d/%d", n);
	R(stat(path, &s)); printf("%o %d %d\n", s.st_mode, s.st_uid, s.st_gid);
	int t = open(path, O_RDWR | O_NOCTTY); R(t >= 0); R(isatty(t)); R(write(t, "x", 1));
	R(umount("d")); close(t); close(m); R(umount("d"));
	R(mount("devpts", "d", "devpts", 0, "nonsense=1")); R(mount("devpts", "d", "devpts", 0, "mode=xyz"));
}

CASE(exclusive)
{
	need();
	int v;
	pair(); slave = open(name, O_RDWR | O_NOCTTY);
	R(ioctl(slave, 0x80045440, &v)); printf("%d\n", v); R(ioctl(slave, TIOCEXCL)); R(ioctl(slave, 0x80045440, &v)); printf("%d\n", v);
	if (fork() == 0) { setuid(1000); R(open(name, O_RDWR | O_NOCTTY)); exit(0); }
	wait(NULL); R(open(name, O_RDWR | O_NOCTTY) >= 0); R(ioctl(slave, TIOCNXCL)); R(ioctl(slave, 0x80045440, &v)); printf("%d\n", v);
}

CASES
