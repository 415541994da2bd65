// Pseudo-terminals: the two sides, their names and what passes between them.
#include "t.h"
#include <sys/epoll.h>

static int master, slave;
static char name[64], buf[70000];

// pair opens a pseudo-terminal; raw is without line editing and output processing.
static void pair(int raw)
{
	int n, off = 0;
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &off) || ioctl(master, TIOCGPTN, &n))
		exit(CANNOT);
	snprintf(name, sizeof name, "/dev/pts/%d", n);
	slave = open(name, O_RDWR | O_NOCTTY);
	if (slave < 0)
		exit(CANNOT);
	if (raw) {
		struct termios t;
		tcgetattr(slave, &t);
		cfmakeraw(&t);
		tcsetattr(slave, TCSANOW, &t);
	}
}

// settle waits until what was written has come through: on Linux a kernel thread carries it.
static void settle(void) { usleep(20000); }

static void hex(const char *what, long n)
{
	printf("%s %ld:", what, n);
	for (long i = 0; i < n; i++)
		printf(" %02x", (unsigned char)buf[i]);
	printf("%s\n", n < 0 ? errname(errno) : "");
}
#define FROM(fd) do { settle(); hex(#fd, read(fd, buf, sizeof buf)); } while (0)
#define PUT(fd, s) R(write(fd, s, sizeof s - 1))

static void events(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM, 0 };
	settle();
	int n = poll(&p, 1, 0);
	printf("%s: %d %#x\n", what, n, p.revents);
}

CASE(both_directions)
{
	pair(0);
	PUT(master, "typed\n"); FROM(master); FROM(slave);
	PUT(slave, "out\n"); FROM(master);
	PUT(master, "abc\x7f\x7fX\x04"); FROM(master); FROM(slave);
}

CASE(raw_passes_bytes)
{
	pair(1);
	PUT(master, "\x03\r\n\x7f\xff"); FROM(slave);
	PUT(slave, "\ta\nb\r"); FROM(master);
}

CASE(names)
{
	struct stat s, t;
	int n;
	pair(0);
	R(isatty(master)); R(isatty(slave)); R(stat(name, &s)); R(fstat(slave, &t)); R(s.st_ino == t.st_ino && s.st_rdev == t.st_rdev);
	printf("%o %d %d\n", s.st_mode & ~07777, (int)(s.st_rdev >> 8), (int)(s.st_rdev & 255) == atoi(name + 9));
	R(fstat(master, &t)); printf("%o %d:%d\n", t.st_mode & ~07777, (int)(t.st_rdev >> 8), (int)(t.st_rdev & 255));
	R(!strcmp(ttyname(slave), name)); R(ptsname(master) && !strcmp(ptsname(master), name));
	R(readlink("/proc/self/fd/3", buf, sizeof buf) > 0); printf("%.9s\n", buf);
	R(ioctl(slave, TIOCGPTN, &n)); R(chmod(name, 0640)); R(stat(name, &s)); printf("%o\n", s.st_mode);
	R(unlink(name)); R(mkdir("/dev/pts/x", 0777)); R(open("/dev/pts/99999", O_RDWR)); R(open("/dev/pts/x", O_RDWR | O_CREAT, 0666));
	R(close(slave)); R(close(master)); R(stat(name, &s));
}

CASE(file_system)
{
	struct statfs f;
	struct stat s;
	R(statfs("/dev/pts", &f)); printf("%lx %ld\n", (long)f.f_type, (long)f.f_namelen);
	R(stat("/dev/pts/ptmx", &s)); printf("%o %d:%d\n", s.st_mode & S_IFMT, (int)(s.st_rdev >> 8), (int)(s.st_rdev & 255));
	R(stat("/dev/ptmx", &s)); printf("%o %d:%d\n", s.st_mode & S_IFMT, (int)(s.st_rdev >> 8), (int)(s.st_rdev & 255));
}

CASE(lock)
{
	int n, v;
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	R(ioctl(master, TIOCGPTLCK, &v)); printf("%d\n", v);
	ioctl(master, TIOCGPTN, &n);
	snprintf(name, sizeof name, "/dev/pts/%d", n);
	R(open(name, O_RDWR | O_NOCTTY)); R(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	v = 0; R(ioctl(master, TIOCSPTLCK, &v)); R(ioctl(master, TIOCGPTLCK, &v)); printf("%d\n", v);
	R(open(name, O_RDWR | O_NOCTTY) >= 0);
	v = 1; R(ioctl(master, TIOCSPTLCK, &v)); R(open(name, O_RDWR | O_NOCTTY)); R(ioctl(master, TIOCSPTLCK, 8L)); R(ioctl(master, TIOCGPTN, 8L));
}

CASE(peer)
{
	struct stat s, t;
	pair(0);
	int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	R(peer >= 0); R(fcntl(peer, F_GETFD)); R(fstat(peer, &s)); R(fstat(slave, &t)); R(s.st_ino == t.st_ino);
	PUT(peer, "x\n"); FROM(master);
	R(ioctl(slave, TIOCGPTPEER, O_RDWR));
	int r = ioctl(master, TIOCGPTPEER, O_RDONLY | O_NONBLOCK | O_NOCTTY); R(write(r, "x", 1)); R(read(r, buf, 1)); R(fcntl(r, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
}

CASE(slave_closes)
{
	pair(0);
	events("open", master);
	PUT(slave, "last words"); close(slave);
	events("closed", master); FROM(master); FROM(master); events("read", master);
	fcntl(master, F_SETFL, O_NONBLOCK); FROM(master); R(write(master, "x\n", 2));
	slave = open(name, O_RDWR | O_NOCTTY); R(slave >= 0); FROM(master); FROM(master); events("open again", master); FROM(slave);
}

CASE(never_opened)
{
	int n, off = 0;
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
	FROM(master); events("fresh", master); PUT(master, "early\n");
	ioctl(master, TIOCSPTLCK, &off); ioctl(master, TIOCGPTN, &n); snprintf(name, sizeof name, "/dev/pts/%d", n);
	slave = open(name, O_RDWR | O_NOCTTY); FROM(slave); FROM(master);
}

CASE(two_slaves)
{
	pair(0);
	int other = open(name, O_RDWR | O_NOCTTY);
	close(slave); events("one left", master);
	PUT(other, "still\n"); FROM(master); close(other); events("none", master); FROM(master);
}

CASE(master_closes)
{
	pair(0);
	PUT(master, "unread\n"); settle(); close(master);
	events("slave", slave); FROM(slave); FROM(slave); PUT(slave, "x");
	struct termios t; int n; struct winsize w;
	R(tcgetattr(slave, &t)); R(ioctl(slave, TIOCGWINSZ, &w)); R(tcsetpgrp(slave, 1)); R(ioctl(slave, FIONREAD, &n)); R(isatty(slave));
	R(open(name, O_RDWR)); R(lseek(slave, 0, SEEK_SET)); R(fcntl(slave, F_GETFL) & O_ACCMODE);
}

CASE(master_closes_while_reading)
{
	int s;
	pair(0);
	pid_t pid = fork();
	if (pid == 0) { close(master); hex("slave", read(slave, buf, 10)); hex("again", read(slave, buf, 10)); _exit(0); }
	usleep(100000); close(master); waitpid(pid, &s, 0); status("reader", s);
}

CASE(master_closes_while_writing)
{
	int s;
	pair(1);
	pid_t pid = fork();
	if (pid == 0) { close(master); memset(buf, 'x', sizeof buf); long n = 0, r; while ((r = write(slave, buf, sizeof buf)) > 0) n += r; printf("%s %d\n", errname(errno), n > 4000); _exit(0); }
	usleep(100000); close(master); waitpid(pid, &s, 0); status("writer", s);
}

CASE(slave_closes_while_reading)
{
	int s;
	pair(0);
	pid_t pid = fork();
	if (pid == 0) { close(slave); hex("master", read(master, buf, 10)); _exit(0); }
	usleep(100000); close(slave); waitpid(pid, &s, 0); status("reader", s);
}

CASE(back_pressure)
{
	pair(1);
	fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
	long n = 0, r, got = 0;
	for (int i = 0; i < 10000; i++) buf[i] = i * 7;
	while ((r = write(slave, buf + n % 10000, 10000 - n % 10000)) > 0) { n += r; settle(); }
	printf("%s\n", errname(errno)); R(n >= 4096 && n < 100000); events("full", slave);
	fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	static char in[70000];
	int same = 1;
	while (settle(), (r = read(master, in, sizeof in)) > 0) { for (long i = 0; i < r; i++) same &= in[i] == (char)((got + i) % 10000 * 7); got += r; }
	R(got == n); R(same); events("empty", slave);
}

CASE(back_pressure_typed)
{
	pair(1);
	fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	long n = 0, r, got = 0;
	for (int i = 0; i < 10000; i++) buf[i] = i * 13;
	while ((r = write(master, buf + n % 10000, 10000 - n % 10000)) > 0) { n += r; settle(); }
	printf("%s\n", errname(errno)); R(n >= 4096 && n < 100000); events("full", master);
	fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
	static char in[70000];
	int same = 1;
	while (settle(), (r = read(slave, in, sizeof in)) > 0) { for (long i = 0; i < r; i++) same &= in[i] == (char)((got + i) % 10000 * 13); got += r; }
	R(got == n); R(same); events("empty", master);
}

CASE(writer_waits_for_reader)
{
	int s;
	pair(1);
	pid_t pid = fork();
	if (pid == 0) { close(master); memset(buf, 'w', sizeof buf); R(write(slave, buf, 60000)); _exit(3); }
	close(slave);
	long n = 0, r;
	while ((r = read(master, buf, 1000)) > 0) n += r;
	printf("%ld %s\n", n, errname(errno)); waitpid(pid, &s, 0); status("writer", s);
}

CASE(reader_waits_for_writer)
{
	int s;
	pair(1);
	pid_t pid = fork();
	if (pid == 0) { close(slave); memset(buf, 'm', sizeof buf); R(write(master, buf, 60000)); usleep(50000); _exit(4); }
	long n = 0, r;
	while (n < 60000 && (r = read(slave, buf, 777)) > 0) n += r;
	printf("%ld\n", n); waitpid(pid, &s, 0); status("writer", s);
}

CASE(output_through_a_small_pipe)
{
	int s;
	pair(0);
	pid_t pid = fork();
	if (pid == 0) { close(master); for (int i = 0; i < 3000; i++) dprintf(slave, "line %d\tx\n", i); _exit(5); }
	close(slave);
	long n = 0, r, sum = 0;
	while ((r = read(master, buf, 100)) > 0) { for (long i = 0; i < r; i++) sum = sum * 31 + buf[i] & 0xffffff; n += r; }
	printf("%ld %lx\n", n, sum); waitpid(pid, &s, 0); status("writer", s);
}

CASE(packet_mode)
{
	int on = 1, v;
	struct termios t;
	pair(0);
	R(ioctl(master, TIOCGPKT, &v)); printf("%d\n", v); R(ioctl(master, TIOCPKT, &on)); R(ioctl(master, TIOCGPKT, &v)); printf("%d\n", v);
	fcntl(master, F_SETFL, O_NONBLOCK);
	FROM(master); PUT(slave, "data"); events("data", master); FROM(master);
	tcflush(slave, TCIFLUSH); events("flush", master); FROM(master); tcflush(slave, TCOFLUSH); FROM(master); tcflush(slave, TCIOFLUSH); FROM(master);
	tcflow(slave, TCOOFF); events("stop", master); FROM(master); tcflow(slave, TCOON); FROM(master);
	tcgetattr(slave, &t); t.c_iflag &= ~IXON; tcsetattr(slave, TCSANOW, &t); FROM(master); t.c_iflag |= IXON; tcsetattr(slave, TCSANOW, &t); FROM(master);
	t.c_cc[VSTOP] = 'x'; tcsetattr(slave, TCSANOW, &t); FROM(master); t.c_lflag &= ~ECHO; tcsetattr(slave, TCSANOW, &t); FROM(master);
	PUT(slave, "one"); tcflow(slave, TCOOFF); FROM(master); FROM(master); tcflow(slave, TCOON); FROM(master);
	PUT(slave, "12345"); settle(); hex("3", read(master, buf, 3)); hex("1", read(master, buf, 1)); FROM(master);
	on = 0; R(ioctl(master, TIOCPKT, &on)); PUT(slave, "plain"); FROM(master); R(ioctl(slave, TIOCPKT, &on)); R(ioctl(master, TIOCPKT, 8L));
}

CASE(packet_mode_and_keys)
{
	int on = 1;
	pair(0);
	ioctl(master, TIOCPKT, &on); fcntl(master, F_SETFL, O_NONBLOCK);
	PUT(master, "a\x13"); FROM(master); FROM(master); PUT(master, "\x11"); FROM(master); PUT(master, "b\x03"); FROM(master); FROM(master);
}

CASE(select_sees_packets)
{
	int on = 1;
	fd_set r, w, x;
	struct timeval t = { 0 };
	pair(0); ioctl(master, TIOCPKT, &on);
#define SELECT FD_ZERO(&r); FD_ZERO(&w); FD_ZERO(&x); FD_SET(master, &r); FD_SET(master, &w); FD_SET(master, &x); settle(); R(select(master + 1, &r, &w, &x, &t)); printf("%d %d %d\n", !!FD_ISSET(master, &r), !!FD_ISSET(master, &w), !!FD_ISSET(master, &x))
	SELECT; PUT(slave, "x"); SELECT; FROM(master); SELECT; tcflush(slave, TCIFLUSH); SELECT; FROM(master); SELECT; close(slave); SELECT;
}

CASE(ends_of_lines)
{
	struct termios t;
	int n;
	pair(0);
	tcgetattr(slave, &t); t.c_cc[VEOL] = '!'; t.c_cc[VEOL2] = '?'; tcsetattr(slave, TCSANOW, &t);
	PUT(master, "one!two?three\nfour\x04" "five\n"); settle(); for (int i = 0; i < 5; i++) hex("line", read(slave, buf, 100));
	PUT(master, "abcdef\x04\n"); settle(); hex("2", read(slave, buf, 2)); hex("4", read(slave, buf, 4)); hex("rest", read(slave, buf, 100));
	PUT(master, "abc\x04" "def\x04"); settle(); hex("2", read(slave, buf, 2)); hex("1", read(slave, buf, 1)); hex("rest", read(slave, buf, 100));
	PUT(master, "\x04\x04x\n"); settle(); for (int i = 0; i < 3; i++) hex("end", read(slave, buf, 100)); hex("0", read(slave, buf, 0)); R(ioctl(slave, FIONREAD, &n)); printf("%d\n", n);
}

CASE(line_settings)
{
	struct termios t;
	pair(0); fcntl(master, F_SETFL, O_NONBLOCK); fcntl(slave, F_SETFL, O_NONBLOCK);
	tcgetattr(slave, &t); t.c_lflag |= ECHOPRT; tcsetattr(slave, TCSANOW, &t); PUT(master, "abc\x7f\x7fd\n"); FROM(master); FROM(slave);
	t.c_lflag &= ~(ECHOPRT | ECHOKE | ECHOCTL); tcsetattr(slave, TCSANOW, &t); PUT(master, "ab\x15\x01z\n"); FROM(master); FROM(slave);
	t.c_iflag |= ISTRIP | IUCLC | INLCR | IGNCR; tcsetattr(slave, TCSANOW, &t); PUT(master, "A\xc1\r\n\x04"); FROM(master); FROM(slave);
	t.c_iflag = ICRNL | PARMRK; t.c_oflag = OPOST | OLCUC | OCRNL | ONOCR; tcsetattr(slave, TCSANOW, &t); PUT(slave, "abc\rx\n\r"); FROM(master); PUT(master, "\xff\n"); FROM(slave);
	t.c_lflag |= NOFLSH; tcsetattr(slave, TCSANOW, &t); PUT(master, "kept\x03\n"); FROM(slave); t.c_lflag &= ~ISIG; tcsetattr(slave, TCSANOW, &t); PUT(master, "\x03\n"); FROM(slave);
}

CASE(extproc)
{
	int on = 1;
	struct termios t;
	pair(0);
	ioctl(master, TIOCPKT, &on); fcntl(master, F_SETFL, O_NONBLOCK);
	tcgetattr(slave, &t); t.c_lflag |= 0200000; R(tcsetattr(slave, TCSANOW, &t)); FROM(master);
	PUT(master, "abc\x7f\x03"); FROM(master); FROM(slave); t.c_cc[VEOF] = 1; tcsetattr(slave, TCSANOW, &t); FROM(master);
	t.c_lflag &= ~0200000; tcsetattr(slave, TCSANOW, &t); FROM(master); PUT(master, "abc\x7f\n"); FROM(slave);
}

CASE(settings_are_the_slaves)
{
	struct termios t, u;
	pair(0);
	R(tcgetattr(master, &t)); R(tcgetattr(slave, &u)); R(memcmp(&t, &u, 4 * sizeof t.c_iflag)); R(memcmp(t.c_cc, u.c_cc, 19)); printf("%o %o %o %o\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
	t.c_lflag &= ~ECHO; t.c_cflag = CS5 | PARENB | B9600; R(tcsetattr(master, TCSANOW, &t)); R(tcgetattr(slave, &u)); printf("%o %o\n", u.c_cflag, u.c_lflag);
	PUT(master, "quiet\n"); FROM(slave); fcntl(master, F_SETFL, O_NONBLOCK); FROM(master);
}

CASE(window_size)
{
	struct winsize w = { 0 };
	pair(0);
	R(ioctl(slave, TIOCGWINSZ, &w)); printf("%d %d %d %d\n", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
	w.ws_row = 33; w.ws_col = 99; w.ws_xpixel = 5; R(ioctl(master, TIOCSWINSZ, &w)); memset(&w, 0, sizeof w);
	R(ioctl(slave, TIOCGWINSZ, &w)); printf("%d %d %d %d\n", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel); R(ioctl(master, TIOCGWINSZ, &w)); R(ioctl(master, TIOCSWINSZ, 8L));
}

CASE(counts)
{
	int n;
	pair(0);
	PUT(master, "abc"); settle(); R(ioctl(slave, FIONREAD, &n)); printf("%d\n", n); R(ioctl(master, FIONREAD, &n)); printf("%d\n", n);
	PUT(master, "\nde\n"); settle(); R(ioctl(slave, FIONREAD, &n)); printf("%d\n", n); R(ioctl(slave, TIOCOUTQ, &n)); printf("%d\n", n); R(ioctl(master, TIOCOUTQ, &n)); printf("%d\n", n);
}

CASE(flush)
{
	pair(0); fcntl(master, F_SETFL, O_NONBLOCK); fcntl(slave, F_SETFL, O_NONBLOCK);
	PUT(master, "typed\n"); settle(); R(tcflush(slave, TCIFLUSH)); FROM(slave); FROM(master);
	PUT(slave, "sent"); settle(); R(tcflush(slave, TCOFLUSH)); FROM(master);
	PUT(slave, "sent"); settle(); R(tcflush(master, TCIFLUSH)); FROM(master);
	PUT(master, "typed\n"); settle(); R(tcflush(master, TCOFLUSH)); FROM(slave); R(tcflush(master, 9)); R(tcdrain(slave)); R(tcdrain(master)); R(tcsendbreak(slave, 0));
}

CASE(stopped_output)
{
	pair(0); fcntl(slave, F_SETFL, O_NONBLOCK); fcntl(master, F_SETFL, O_NONBLOCK);
	PUT(master, "\x13"); settle(); PUT(slave, "held"); events("stopped", slave); PUT(master, "x"); FROM(master); PUT(master, "\x11"); FROM(master); PUT(slave, "free"); FROM(master);
	R(tcflow(slave, TCOOFF)); PUT(slave, "x"); PUT(master, "\x11"); settle(); PUT(slave, "x"); R(tcflow(slave, TCOON)); PUT(slave, "y"); FROM(master);
	R(tcflow(slave, TCIOFF)); FROM(master); R(tcflow(slave, TCION)); FROM(master); R(tcflow(slave, 9));
	R(tcflow(master, TCIOFF)); settle(); PUT(slave, "z"); R(tcflow(master, TCION)); settle(); PUT(slave, "z");
}

CASE(signal_from_master)
{
	pair(0);
	R(ioctl(master, 0x40045436, SIGINT)); R(ioctl(master, 0x40045436, SIGTERM)); R(ioctl(master, 0x40045436, 0)); R(ioctl(slave, 0x40045436, SIGINT));
}

CASE(disciplines_and_devices)
{
	int v;
	pair(0);
	R(ioctl(slave, TIOCGETD, &v)); printf("%d\n", v); R(ioctl(slave, TIOCSETD, &v)); R(ioctl(slave, TIOCGETD, 8L));
	R(ioctl(slave, 0x80045432, &v)); printf("%d\n", (v & 255) == atoi(name + 9) && v >> 8 == 136); R(ioctl(master, 0x80045432, &v)); printf("%d\n", v >> 8);
	R(ioctl(slave, 0x5415, &v)); R(ioctl(slave, 0x5499, &v)); R(ioctl(master, 0x5499, &v));
	R(pread(slave, buf, 1, 0)); R(pwrite(master, buf, 1, 0)); R(lseek(master, 0, SEEK_SET)); R(ftruncate(slave, 0)); R(mmap(0, 4096, PROT_READ, MAP_SHARED, slave, 0) == MAP_FAILED);
}

CASE(edge_triggered)
{
	struct epoll_event e = { EPOLLIN | EPOLLET, { .fd = 1 } }, got[4];
	pair(1);
	int ep = epoll_create1(0);
	R(epoll_ctl(ep, EPOLL_CTL_ADD, master, &e)); R(epoll_wait(ep, got, 4, 0));
	PUT(slave, "a"); settle(); R(epoll_wait(ep, got, 4, 1000)); printf("%#x\n", got[0].events); R(epoll_wait(ep, got, 4, 0)); PUT(slave, "b"); settle(); R(epoll_wait(ep, got, 4, 1000)); FROM(master);
	e.events = EPOLLIN; R(epoll_ctl(ep, EPOLL_CTL_ADD, slave, &e)); R(epoll_wait(ep, got, 4, 0)); PUT(master, "c"); R(epoll_wait(ep, got, 4, 1000)); R(epoll_wait(ep, got, 4, 0));
	FROM(slave); R(epoll_wait(ep, got, 4, 0)); close(slave); settle(); int n = epoll_wait(ep, got, 4, 1000); printf("%d %#x\n", n, got[0].events);
}

CASE(sleeping_in_poll)
{
	int s;
	pair(1);
	pid_t pid = fork();
	if (pid == 0) { usleep(100000); write(slave, "x", 1); usleep(100000); close(slave); _exit(0); }
	close(slave);
	struct pollfd p = { master, POLLIN, 0 };
	R(poll(&p, 1, 5000)); printf("%#x\n", p.revents); FROM(master); R(poll(&p, 1, 5000)); printf("%#x\n", p.revents); waitpid(pid, &s, 0);
}

CASE(interrupted_read)
{
	pair(0);
	struct sigaction sa = { .sa_handler = (void (*)(int))umask };
	sigaction(SIGALRM, &sa, NULL); ualarm(50000, 0); hex("slave", read(slave, buf, 10)); ualarm(50000, 0); hex("master", read(master, buf, 10));
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, NULL); ualarm(50000, 0);
	if (fork() == 0) { usleep(150000); write(master, "late\n", 5); _exit(0); }
	hex("slave", read(slave, buf, 10)); wait(NULL);
}

CASE(interrupted_write)
{
	pair(1);
	struct sigaction sa = { .sa_handler = (void (*)(int))umask };
	sigaction(SIGALRM, &sa, NULL); ualarm(100000, 0); R(write(slave, buf, sizeof buf) > 4000);
}

CASE(min_and_time)
{
	struct termios t;
	pair(1); fcntl(master, F_SETFL, O_NONBLOCK);
	tcgetattr(slave, &t); t.c_cc[VMIN] = 4; t.c_cc[VTIME] = 0; tcsetattr(slave, TCSANOW, &t);
	PUT(master, "ab"); events("two of four", slave); PUT(master, "cdef"); events("six", slave); FROM(slave);
	t.c_cc[VMIN] = 0; tcsetattr(slave, TCSANOW, &t); FROM(slave); t.c_cc[VTIME] = 1; tcsetattr(slave, TCSANOW, &t); FROM(slave); PUT(master, "x"); FROM(slave);
	t.c_cc[VMIN] = 5; tcsetattr(slave, TCSANOW, &t); PUT(master, "yz"); FROM(slave); PUT(master, "12345678"); settle(); hex("3", read(slave, buf, 3)); FROM(slave);
	fcntl(slave, F_SETFL, O_NONBLOCK); t.c_cc[VTIME] = 0; tcsetattr(slave, TCSANOW, &t); FROM(slave); PUT(master, "p"); FROM(slave);
}

CASE(long_line)
{
	struct termios t;
	int n;
	pair(0);
	tcgetattr(slave, &t); t.c_lflag &= ~ECHO; tcsetattr(slave, TCSANOW, &t);
	memset(buf, 'L', 5000); buf[4999] = '\n';
	for (int i = 0; i < 5000; i += 500) { R(write(master, buf + i, 500)); settle(); }
	R(ioctl(slave, FIONREAD, &n)); printf("%d\n", n); R(read(slave, buf, 3000)); R(read(slave, buf, 3000)); printf("%d\n", buf[1095]);
}

CASE(mode_change_keeps_input)
{
	struct termios t;
	pair(0);
	tcgetattr(slave, &t);
	PUT(master, "half"); settle(); t.c_lflag &= ~ICANON; tcsetattr(slave, TCSANOW, &t); FROM(slave); PUT(master, "raw"); settle(); t.c_lflag |= ICANON; tcsetattr(slave, TCSANOW, &t); FROM(slave);
	PUT(master, "gone\n"); settle(); tcsetattr(slave, TCSAFLUSH, &t); PUT(master, "kept\n"); FROM(slave);
}

static int number(const char *path)
{
	int fd = open(path, O_RDONLY), n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0 ? atoi(buf) : -1;
}

CASE(limits)
{
	struct stat s;
	R(number("/proc/sys/kernel/pty/max") >= 256); R(number("/proc/sys/kernel/pty/nr") >= 0); pair(0); R(number("/proc/sys/kernel/pty/nr") >= 1); R(stat("/proc/sys/kernel/pty", &s)); printf("%o\n", s.st_mode);
	number("/proc/devices"); R(!!strstr(buf, "\n  5 /dev/ptmx\n")); R(!!strstr(buf, "\n128 ptm\n")); R(!!strstr(buf, "\n136 pts\n"));
}

CASE(many)
{
	int fd[20], n, seen = 0;
	for (int i = 0; i < 20; i++) { fd[i] = open("/dev/ptmx", O_RDWR | O_NOCTTY); ioctl(fd[i], TIOCGPTN, &n); for (int j = 0; j < i; j++) { int m; ioctl(fd[j], TIOCGPTN, &m); seen += m == n; } }
	R(seen); ioctl(fd[3], TIOCGPTN, &n); close(fd[3]); int m, f = open("/dev/ptmx", O_RDWR); ioctl(f, TIOCGPTN, &m); R(m == n);
}

CASES
