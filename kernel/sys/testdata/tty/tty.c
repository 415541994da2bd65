// The terminal from a program's side. "TYPE <hex>" asks the test to type those bytes.
#include "../t.h"

static void type(const char *bytes, int n)
{
	usleep(30000);
	printf("TYPE ");
	for (int i = 0; i < n; i++)
		printf("%02x", (unsigned char)bytes[i]);
	printf("\n");
}
#define T(s) type(s, sizeof s - 1)

static void hex(const char *what, const char *p, long n)
{
	printf("%s %ld:", what, n);
	for (long i = 0; i < n; i++)
		printf(" %02x", (unsigned char)p[i]);
	printf("%s\n", n < 0 ? errname(errno) : "");
}

static volatile int got;
static void on(int sig) { got = sig; }
static struct termios saved;

static void raw(int min, int time)
{
	struct termios t = saved;
	t.c_lflag &= ~(ICANON | ECHO);
	t.c_cc[VMIN] = min;
	t.c_cc[VTIME] = time;
	tcsetattr(0, TCSANOW, &t);
}

static long ms(struct timespec *a)
{
	struct timespec b;
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (b.tv_sec - a->tv_sec) * 1000 + (b.tv_nsec - a->tv_nsec) / 1000000;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	char buf[300];
	int n, s;
	R(isatty(0)); R(isatty(1)); R(tcgetpgrp(0) == getpgrp()); R(tcgetsid(0) == getsid(0)); R(getsid(0) == getpid());
	R(tcgetattr(0, &saved)); printf("%o %o %o\n", saved.c_iflag, saved.c_oflag, saved.c_lflag);
	for (int i = 0; i < 17; i++) printf("%x ", saved.c_cc[i]);
	printf("\n");
	struct winsize w; R(ioctl(0, TIOCGWINSZ, &w)); printf("%d %d\n", w.ws_row, w.ws_col);
	int tty = open("/dev/tty", O_RDWR); R(tty >= 0); R(isatty(tty)); R(lseek(tty, 0, SEEK_SET)); R(pread(0, buf, 1, 0)); R(ftruncate(0, 0));
	T("hello\r"); hex("line", buf, read(0, buf, 300));
	T("erase\x7f\x7f\x7f\x17word two\x17three\x15kill\x16\x03lit\n"); hex("edited", buf, read(0, buf, 300));
	T("partial\x04"); hex("no newline", buf, read(0, buf, 300));
	T("\x04"); hex("end of file", buf, read(0, buf, 300));
	T("abc\ndef\n"); hex("first", buf, read(0, buf, 2)); R(ioctl(0, FIONREAD, &n)); printf("%d\n", n); hex("rest", buf, read(0, buf, 300)); hex("second", buf, read(0, buf, 300));
	struct pollfd p = { 0, POLLIN | POLLOUT, 0 }; R(poll(&p, 1, 0)); printf("%x\n", p.revents);
	p.events = POLLIN; T("no line yet"); R(poll(&p, 1, 200)); T("\n"); R(poll(&p, 1, -1)); printf("%x\n", p.revents); hex("polled", buf, read(0, buf, 300));
	fcntl(0, F_SETFL, O_NONBLOCK | O_RDWR); hex("nonblock", buf, read(0, buf, 300)); fcntl(0, F_SETFL, O_RDWR);
	T("flushed\n"); usleep(200000); R(tcflush(0, TCIFLUSH)); T("kept\n"); hex("after flush", buf, read(0, buf, 300));
	// raw
	raw(1, 0); T("x"); hex("raw", buf, read(0, buf, 300)); T("\x7f\r\n\x04"); usleep(100000); hex("raw", buf, read(0, buf, 300));
	raw(3, 0); T("ab"); p.events = POLLIN; R(poll(&p, 1, 200)); T("cd"); hex("min 3", buf, read(0, buf, 300)); T("wxyz"); hex("min 3, 2 wanted", buf, read(0, buf, 2)); hex("rest", buf, (raw(0, 0), read(0, buf, 300)));
	hex("min 0 time 0", buf, read(0, buf, 300));
	struct timespec a; clock_gettime(CLOCK_MONOTONIC, &a); raw(0, 2); hex("time", buf, read(0, buf, 300)); R(ms(&a) >= 190); R(ms(&a) < 400); T("q"); hex("time", buf, read(0, buf, 300));
	raw(5, 2); T("ab"); clock_gettime(CLOCK_MONOTONIC, &a); hex("between", buf, read(0, buf, 300)); R(ms(&a) >= 190);
	raw(1, 0); T("late\n"); usleep(100000); tcsetattr(0, TCSANOW, &saved); hex("raw to canonical", buf, read(0, buf, 300));
	// signals
	struct sigaction sa = { .sa_handler = on }; sigaction(SIGINT, &sa, NULL); sigaction(SIGQUIT, &sa, NULL); sigaction(SIGTSTP, &sa, NULL); sigaction(SIGWINCH, &sa, NULL);
	T("lost"); usleep(50000); T("\x03"); hex("interrupted", buf, read(0, buf, 300)); printf("got %d\n", got);
	T("\x1c"); hex("interrupted", buf, read(0, buf, 300)); printf("got %d\n", got); T("\x1a"); hex("interrupted", buf, read(0, buf, 300)); printf("got %d\n", got);
	w.ws_row = 30; w.ws_col = 100; got = 0; R(ioctl(0, TIOCSWINSZ, &w)); printf("got %d\n", got); got = 0; R(ioctl(0, TIOCSWINSZ, &w)); printf("got %d\n", got); R(ioctl(1, TIOCGWINSZ, &w)); printf("%d %d\n", w.ws_row, w.ws_col);
	signal(SIGINT, SIG_DFL); signal(SIGTSTP, SIG_DFL);
	pid_t pid = fork(); if (pid == 0) { T("\x03"); for (;;) pause(); }
	signal(SIGINT, SIG_IGN); waitpid(pid, &s, 0); status("child", s);
	// background
	pid = fork(); if (pid == 0) { setpgid(0, 0); read(0, buf, 1); _exit(1); }
	setpgid(pid, pid); R(waitpid(pid, &s, WUNTRACED) == pid); status("background read", s);
	R(tcsetpgrp(0, pid)); kill(-pid, SIGCONT); T("fg\n"); waitpid(pid, &s, 0); status("foreground", s);
	R(tcgetpgrp(0) == pid);
	pid = fork(); if (pid == 0) { R(tcsetpgrp(0, getpgrp())); _exit(0); }
	usleep(100000); R(waitpid(pid, &s, WUNTRACED | WNOHANG) == pid);
	signal(SIGTTOU, SIG_IGN); R(tcsetpgrp(0, getpgrp())); R(tcgetpgrp(0) == getpgrp()); status("tcsetpgrp", s); signal(SIGTTOU, SIG_DFL);
	hex("left over", buf, read(0, buf, 300));
	struct termios t = saved; t.c_lflag |= TOSTOP; tcsetattr(0, TCSANOW, &t);
	pid = fork(); if (pid == 0) { setpgid(0, 0); write(1, "held back\n", 10); _exit(3); }
	setpgid(pid, pid); R(waitpid(pid, &s, WUNTRACED) == pid); status("tostop", s); tcsetattr(0, TCSANOW, &saved); kill(pid, SIGCONT); waitpid(pid, &s, 0); status("wrote", s);
	pid = fork(); if (pid == 0) { setpgid(0, 0); signal(SIGTTIN, SIG_IGN); hex("ignored", buf, read(0, buf, 1)); _exit(0); }
	setpgid(pid, pid); waitpid(pid, &s, 0); status("ttin ignored", s);
	R(tcsetpgrp(0, 99999)); R(tcsetpgrp(0, -5)); R(ioctl(0, TIOCSPGRP, 8L));
	pid = fork(); if (pid == 0) { R(setsid() == getpid()); R(open("/dev/tty", O_RDWR)); R(tcgetpgrp(0)); R(ioctl(0, TIOCSCTTY, 0)); R(ioctl(0, TIOCNOTTY, 0)); hex("without terminal", buf, 0); _exit(0); }
	waitpid(pid, &s, 0); status("other session", s);
	R(ioctl(0, 0x5499, buf)); R(ioctl(0, TCGETS, 8L)); R(ioctl(0, TCSETS, 8L)); R(tcdrain(0)); R(tcflow(0, 77)); R(ioctl(0, TCFLSH, 77)); R(tcsendbreak(0, 0)); R(ioctl(0, TIOCGWINSZ, 8L)); R(ioctl(99, TCGETS, buf));
	// stop and start output
	pid = fork(); if (pid == 0) { usleep(300000); tcflow(0, TCOON); _exit(0); }
	tcflow(0, TCOOFF);
	write(1, "after TCOOFF\n", 13); waitpid(pid, &s, 0); status("started", s);
	printf("\ttab\tand \xc3\xa9\n"); t = saved; t.c_oflag |= XTABS; tcsetattr(0, TCSADRAIN, &t); printf("\ttab\tx\n"); t.c_oflag = 0; tcsetattr(0, TCSANOW, &t); printf("no post\n\r"); tcsetattr(0, TCSAFLUSH, &saved);
	printf("END\n");
	return 0;
}
