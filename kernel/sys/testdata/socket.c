// sockets of AF_UNIX: names, connections, bytes, what poll says, how they end
#include "t.h"
#include <sys/socket.h>
#include <sys/un.h>

#define S(x) case x: return #x
static const char *err(int e)
{
	switch (e) {
	S(EADDRINUSE); S(ECONNREFUSED); S(ENOTCONN); S(EISCONN); S(EMSGSIZE); S(EPROTOTYPE); S(EPROTONOSUPPORT); S(ESOCKTNOSUPPORT);
	S(ECONNRESET); S(ENOPROTOOPT); S(EDESTADDRREQ); S(EDOM); S(ENOBUFS); S(ETOOMANYREFS);
	}
	return errname(e);
}
#define Q(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1 && errno) printf("%s = -1 %s\n", #call, err(errno)); \
	else printf("%s = %ld\n", #call, r_); } while (0)

static socklen_t name(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (*path == '@') {
		memcpy(a->sun_path + 1, path + 1, strlen(path + 1));
		return offsetof(struct sockaddr_un, sun_path) + strlen(path);
	}
	strcpy(a->sun_path, path);
	return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}
static int binds(int s, const char *path) { struct sockaddr_un a; socklen_t n = name(&a, path); return bind(s, (void *)&a, n); }
static int conns(int s, const char *path) { struct sockaddr_un a; socklen_t n = name(&a, path); return connect(s, (void *)&a, n); }
static long sends(int s, const char *path, const void *b, size_t k) { struct sockaddr_un a; socklen_t n = name(&a, path); return sendto(s, b, k, MSG_DONTWAIT, (void *)&a, n); }
static void showname(const char *what, int r, struct sockaddr_un *a, socklen_t n)
{
	if (r < 0) { printf("%s: %s\n", what, err(errno)); return; }
	printf("%s: len %d", what, (int)n);
	if (n > 2) { printf(" \""); for (int i = 0; i < (int)n - 2 && i < 108; i++) putchar(a->sun_path[i] ? a->sun_path[i] : '@'); printf("\""); }
	printf("\n");
}
static void names(int s)
{
	struct sockaddr_un a; socklen_t n = sizeof a; memset(&a, 0, sizeof a);
	int r = getsockname(s, (void *)&a, &n); showname("name", r, &a, n);
	n = sizeof a; memset(&a, 0, sizeof a);
	r = getpeername(s, (void *)&a, &n); showname("peer", r, &a, n);
}
static void polls(const char *what, int s)
{
	struct pollfd p = { s, POLLIN | POLLOUT | POLLRDHUP | POLLPRI, 0 };
	int n = poll(&p, 1, 0);
	printf("%s: poll %d %x\n", what, n, p.revents);
}
static void opt(const char *what, int s, int o)
{
	int v = -1; socklen_t n = sizeof v;
	int r = getsockopt(s, SOL_SOCKET, o, &v, &n);
	if (r < 0) printf("%s: %s\n", what, err(errno)); else printf("%s: %d (%d)\n", what, v, (int)n);
}
static int pair[2];
static char buf[300000];

CASE(creation)
{
	Q(socket(AF_UNIX, SOCK_STREAM, 0)); Q(socket(AF_UNIX, SOCK_DGRAM, 1)); Q(socket(AF_UNIX, SOCK_SEQPACKET, 2)); Q(socket(AF_UNIX, SOCK_RAW, 0));
	Q(socket(AF_UNIX, SOCK_RDM, 0)); Q(socket(AF_UNIX, 11, 0)); Q(socket(AF_UNIX, 15, 0)); Q(socket(AF_UNIX, SOCK_STREAM | 0x1000, 0)); Q(socket(-1, SOCK_STREAM, 0)); Q(socket(99, SOCK_STREAM, 0)); Q(socket(AF_UNIX, 4, 0));
	opt("raw is", 5, SO_TYPE);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	Q(fcntl(s, F_GETFD)); printf("%x\n", fcntl(s, F_GETFL)); struct stat st; fstat(s, &st); printf("%o %ld %ld\n", st.st_mode, (long)st.st_size, (long)st.st_nlink);
	Q(lseek(s, 0, SEEK_SET)); Q(pread(s, buf, 1, 0)); Q(pread(s, buf, 1, 5)); Q(ftruncate(s, 0)); Q(fsync(s)); Q(mmap(0, 4096, PROT_READ, MAP_PRIVATE, s, 0) == MAP_FAILED); Q(ioctl(s, TCGETS, buf));
	polls("new stream", s); Q(read(s, buf, 1)); Q(write(s, "x", 1)); Q(listen(s, 1)); Q(accept(s, 0, 0)); names(s);
	opt("type", s, SO_TYPE); opt("domain", s, SO_DOMAIN); opt("protocol", s, SO_PROTOCOL); opt("error", s, SO_ERROR); opt("sndbuf", s, SO_SNDBUF); opt("accepts", s, SO_ACCEPTCONN); opt("rcvlowat", s, SO_RCVLOWAT); opt("9999", s, 9999); opt("reuse", s, SO_REUSEADDR);
	int v = 10000; Q(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &v, sizeof v)); opt("sndbuf", s, SO_SNDBUF); v = 1; Q(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &v, 4)); opt("sndbuf", s, SO_SNDBUF); Q(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, 4)); opt("reuse", s, SO_REUSEADDR);
	Q(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &v, 3)); Q(setsockopt(s, 6, 1, &v, 4)); Q(setsockopt(s, SOL_SOCKET, SO_TYPE, &v, 4)); Q(setsockopt(s, SOL_SOCKET, 9999, &v, 4)); Q(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4)); socklen_t n = 4; Q(getsockopt(s, 6, 1, &v, &n));
	n = 2; v = 0x55555555; Q(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &n)); printf("%x %d\n", v, (int)n);
	struct linger l = { 1, 5 }; Q(setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l)); l.l_linger = 0; n = sizeof l; Q(getsockopt(s, SOL_SOCKET, SO_LINGER, &l, &n)); printf("%d %d\n", l.l_onoff, l.l_linger);
	struct timeval tv = { 0, 20000 }; Q(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv)); Q(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, 8)); tv.tv_usec = 1000000; Q(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv)); n = sizeof tv; Q(getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, &n)); printf("%ld %ld\n", (long)tv.tv_sec, (long)tv.tv_usec);
	polls("new dgram", 4); polls("new seqpacket", 5); Q(shutdown(s, 5)); Q(shutdown(s, SHUT_RDWR)); polls("shut", s);
	int p[2]; pipe(p); Q(listen(p[0], 1)); Q(send(p[1], "", 0, 0)); Q(listen(99, 1)); Q(getsockname(p[0], 0, 0));
	syscall(SYS_close_range, 3, ~0u, 0);
}

CASE(naming)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0), t; struct sockaddr_un a; socklen_t n;
	Q(binds(s, "sock")); names(s); Q(binds(s, "other")); Q(access("other", F_OK)); Q(binds(s, "sock")); struct stat st; Q(stat("sock", &st)); printf("%o\n", st.st_mode);
	t = socket(AF_UNIX, SOCK_STREAM, 0); Q(binds(t, "sock")); Q(binds(t, "none/x")); Q(binds(t, "@abstract")); names(t); Q(binds(t, "@again"));
	int d = socket(AF_UNIX, SOCK_DGRAM, 0), e = socket(AF_UNIX, SOCK_DGRAM, 0); Q(binds(d, "@abstract")); Q(binds(e, "@abstract"));
	n = name(&a, "x"); Q(bind(e, (void *)&a, 1)); Q(bind(e, (void *)&a, 200)); a.sun_family = 2; Q(bind(e, (void *)&a, n)); Q(bind(e, (void *)8, n)); Q(bind(e, (void *)&a, 0)); Q(bind(e, (void *)&a, 111));
	a.sun_family = AF_UNIX; Q(bind(e, (void *)&a, 2)); n = sizeof a; Q(getsockname(e, (void *)&a, &n)); Q(a.sun_path[0]); Q(bind(e, (void *)&a, 2));
	int l = socket(AF_UNIX, SOCK_STREAM, 0); memset(a.sun_path, 'y', 108); a.sun_path[0] = 0; Q(bind(l, (void *)&a, sizeof a)); names(l);
	Q(open("sock", O_RDWR)); int c = socket(AF_UNIX, SOCK_STREAM, 0); Q(conns(c, "sock")); Q(conns(c, "missing")); put("file", ""); Q(conns(c, "file")); Q(conns(c, "@nobody")); Q(conns(d, "sock")); Q(conns(c, ".")); Q(listen(s, 2)); polls("listener", s); opt("accepts", s, SO_ACCEPTCONN);
	n = 5; memset(&a, 0, sizeof a); Q(getsockname(s, (void *)&a, &n)); printf("%d %s\n", (int)n, a.sun_path); n = -1; Q(getsockname(s, (void *)&a, &n)); n = sizeof a; Q(getsockname(s, (void *)8, &n)); Q(getsockname(s, (void *)&a, (void *)8));
	Q(conns(c, "sock")); polls("connected", c); polls("listener", s); names(c); Q(conns(c, "sock")); Q(listen(c, 1)); Q(write(c, "early", 5)); Q(rename("sock", "moved")); int c2 = socket(AF_UNIX, SOCK_STREAM, 0); Q(conns(c2, "moved")); Q(unlink("moved")); int c3 = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0); Q(conns(c3, "moved"));
	n = sizeof a; int x = accept4(s, (void *)&a, &n, SOCK_CLOEXEC); Q(x >= 0); printf("%d\n", (int)n); Q(fcntl(x, F_GETFD)); names(x); Q(read(x, buf, 99)); Q(ioctl(s, FIONREAD, buf)); Q(syscall(SYS_accept4, s, 0, 0, 77)); x = accept(s, 0, 0); names(x); fcntl(s, F_SETFL, O_NONBLOCK); Q(accept(s, 0, 0)); Q(accept(d, 0, 0)); Q(listen(d, 1)); Q(write(s, "x", 1)); Q(read(s, buf, 1)); Q(conns(s, "@abstract"));
	struct ucred u; n = sizeof u; Q(getsockopt(x, SOL_SOCKET, SO_PEERCRED, &u, &n)); Q(u.pid == getpid()); Q(getsockopt(d, SOL_SOCKET, SO_PEERCRED, &u, &n)); printf("%d %d %d\n", u.pid, (int)u.uid, (int)u.gid);
	Q(close(s)); polls("accepted", c); syscall(SYS_close_range, 3, ~0u, 0);
}

CASE(a_full_queue)
{
	signal(SIGPIPE, SIG_IGN);
	int s = socket(AF_UNIX, SOCK_STREAM, 0); binds(s, "@full"); listen(s, 1); int q[4]; for (int i = 0; i < 4; i++) { q[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0); Q(conns(q[i], "@full")); }
	pid_t p = fork(); if (p == 0) { usleep(20000); for (int i = 0; i < 3; i++) accept(s, 0, 0); usleep(40000); _exit(0); }
	fcntl(q[3], F_SETFL, 0); Q(conns(q[3], "@full")); waitpid(p, 0, 0);
	write(q[1], "lost", 4); Q(close(s)); polls("never accepted", q[3]); polls("accepted once", q[0]); Q(read(q[3], buf, 1)); Q(read(q[3], buf, 1)); Q(write(q[3], buf, 1)); syscall(SYS_close_range, 3, ~0u, 0);
}

CASE(a_listener_that_goes)
{
	int s, c;
	s = socket(AF_UNIX, SOCK_STREAM, 0); binds(s, "@gone"); listen(s, 5); c = socket(AF_UNIX, SOCK_STREAM, 0); conns(c, "@gone"); close(s); polls("refused late", c); opt("error", c, SO_ERROR); opt("error", c, SO_ERROR); Q(read(c, buf, 1)); names(c); syscall(SYS_close_range, 3, ~0u, 0);
}

CASE(a_listener_that_is_shut)
{
	int s, c;
	s = socket(AF_UNIX, SOCK_STREAM, 0); binds(s, "@shut"); listen(s, 5); Q(shutdown(s, SHUT_RD)); c = socket(AF_UNIX, SOCK_STREAM, 0); Q(conns(c, "@shut")); Q(accept(s, 0, 0)); polls("shut listener", s); syscall(SYS_close_range, 3, ~0u, 0);
}

static void bytes(int type)
{
	printf("type %d\n", type);
	Q(socketpair(AF_UNIX, type, 0, pair)); int a = pair[0], b = pair[1]; polls("a", a); names(a);
	Q(write(a, "hello", 5)); Q(send(a, " world", 6, 0)); polls("b", b); Q(ioctl(b, FIONREAD, buf)); printf("%d\n", *(int *)buf);
	Q(recv(b, buf, 3, MSG_PEEK)); Q(recv(b, buf, 3, MSG_PEEK | MSG_TRUNC)); Q(recv(b, buf, 3, 0)); printf("%.3s\n", buf); Q(recv(b, buf, 100, 0)); printf("%.8s\n", buf); Q(recv(b, buf, 100, MSG_DONTWAIT));
	Q(send(a, "", 0, 0)); polls("after nothing", b); Q(recv(b, buf, 9, MSG_DONTWAIT)); Q(write(a, "", 0)); Q(recv(b, buf, 9, MSG_DONTWAIT));
	struct iovec v[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } }; Q(writev(a, v, 3)); struct iovec w[2] = { { buf, 1 }, { buf + 100, 9 } }; Q(readv(b, w, 2)); printf("%.1s %.4s\n", buf, buf + 100);
	Q(send(a, "x", 1, MSG_OOB | MSG_DONTWAIT) >= 0 && type != SOCK_STREAM); recv(b, buf, 10, MSG_DONTWAIT);
	Q(send(a, (void *)8, 4, 0)); Q(write(a, "zz", 2)); Q(recv(b, (void *)8, 4, 0)); recv(b, buf, 10, MSG_DONTWAIT);
	fcntl(b, F_SETFL, O_NONBLOCK); Q(read(b, buf, 1)); fcntl(b, F_SETFL, 0); Q(read(b, buf, 0));
	struct timeval tv = { 0, 30000 }; setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv); Q(read(b, buf, 1)); tv.tv_usec = 0; setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	// until it is full, and blocked there
	fcntl(a, F_SETFL, O_NONBLOCK); long sum = 0, r; int packets = 0; while ((r = write(a, buf, 1000)) > 0) sum += r, packets++; printf("full: %s %d\n", err(errno), sum > 20000); polls("full", a);
	while (packets > 0 && recv(b, buf, 1000, MSG_DONTWAIT) > 0) packets--; printf("%d left\n", packets); polls("empty", a); fcntl(a, F_SETFL, 0);
	pid_t p = fork(); if (p == 0) { close(a); usleep(20000); long got = 0, n; while ((n = read(b, buf, 7000)) > 0) got += n; printf("got %ld\n", got); fflush(stdout); _exit(0); }
	close(b); if (type == SOCK_STREAM) Q(write(a, buf, 300000)); else for (int i = 0; i < 100; i++) if (write(a, buf, 5000) != 5000) Q(i);
	if (type == SOCK_DGRAM) { usleep(50000); kill(p, SIGKILL); } int st, shut = type == SOCK_DGRAM ? 0 : shutdown(a, SHUT_WR); waitpid(p, &st, 0); if (type != SOCK_DGRAM) { Q(shut); status("reader", st); } polls("reader gone", a);
	signal(SIGPIPE, SIG_IGN); Q(write(a, "x", 1)); Q(send(a, "x", 1, MSG_NOSIGNAL)); Q(recv(a, buf, 1, MSG_DONTWAIT)); opt("error", a, SO_ERROR); names(a); signal(SIGPIPE, SIG_DFL); close(a);
}

static void halves(int type)
{
	int a, b;
	socketpair(AF_UNIX, type, 0, pair); a = pair[0], b = pair[1]; write(a, "last", 4); Q(shutdown(a, SHUT_WR)); polls("a", a); polls("b", b); Q(recv(b, buf, 9, 0)); Q(recv(b, buf, 9, MSG_DONTWAIT)); Q(write(b, "back", 4)); Q(read(a, buf, 9)); Q(send(a, "x", 1, MSG_NOSIGNAL)); Q(shutdown(b, SHUT_WR)); polls("a", a); polls("b", b); close(a); close(b);
	socketpair(AF_UNIX, type, 0, pair); a = pair[0], b = pair[1]; Q(shutdown(a, SHUT_RD)); Q(recv(a, buf, 9, 0)); Q(recv(a, buf, 9, MSG_DONTWAIT)); Q(send(b, "x", 1, MSG_NOSIGNAL)); polls("a", a); polls("b", b); close(a); close(b);
}

static void unread(int type)
{
	int a, b, st; pid_t p;
	// closed with bytes that nobody read
	socketpair(AF_UNIX, type, 0, pair); a = pair[0], b = pair[1]; write(a, "unread", 6); write(b, "mine", 4); close(b); polls("reset", a); Q(recv(a, buf, 9, MSG_DONTWAIT)); Q(recv(a, buf, 9, MSG_DONTWAIT)); Q(recv(a, buf, 9, MSG_DONTWAIT)); close(a);
	socketpair(AF_UNIX, type, 0, pair); a = pair[0], b = pair[1]; write(a, "unread", 6); close(b); opt("error", a, SO_ERROR); Q(recv(a, buf, 9, MSG_DONTWAIT)); close(a);
	if (type == SOCK_STREAM) { p = fork(); if (p == 0) { socketpair(AF_UNIX, type, 0, pair); close(pair[1]); write(pair[0], "x", 1); _exit(0); } waitpid(p, &st, 0); status("writer", st); }
}

CASE(stream_bytes) { bytes(SOCK_STREAM); }
CASE(dgram_bytes) { bytes(SOCK_DGRAM); }
CASE(seqpacket_bytes) { bytes(SOCK_SEQPACKET); }
CASE(stream_halves) { halves(SOCK_STREAM); }
CASE(dgram_halves) { halves(SOCK_DGRAM); }
CASE(seqpacket_halves) { halves(SOCK_SEQPACKET); }
CASE(stream_closed_unread) { unread(SOCK_STREAM); }
CASE(dgram_closed_unread) { unread(SOCK_DGRAM); }
CASE(seqpacket_closed_unread) { unread(SOCK_SEQPACKET); }

CASE(streams_in_pieces)
{
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair); int a = pair[0], b = pair[1]; struct sockaddr_un n;
	pid_t p = fork(); if (p == 0) { for (int i = 0; i < 5; i++) { usleep(5000); write(a, "0123456789", 10); } _exit(0); }
	Q(recv(b, buf, 50, MSG_WAITALL)); waitpid(p, 0, 0); write(a, "abc", 3); Q(recv(b, buf, 50, MSG_WAITALL | MSG_DONTWAIT)); Q(sendto(a, "x", 1, 0, (void *)&n, name(&n, "@x")));
	int v = 5; setsockopt(b, SOL_SOCKET, SO_RCVLOWAT, &v, 4); p = fork(); if (p == 0) { write(a, "12", 2); usleep(20000); write(a, "3456", 4); _exit(0); } Q(recv(b, buf, 50, 0)); waitpid(p, 0, 0);
	p = fork(); if (p == 0) { write(a, "123", 3); usleep(20000); shutdown(a, SHUT_WR); _exit(0); } Q(recv(b, buf, 50, MSG_WAITALL)); Q(recv(b, buf, 50, 0)); waitpid(p, 0, 0);
	put("data", "from a file"); int f = open("data", O_RDONLY); Q(sendfile(b, f, 0, 100)); Q(read(a, buf, 100)); close(a); close(b); close(f);
}
static void handler(int s) { write(1, "signal\n", 7); }

CASE(signals_interrupt_sockets)
{
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair); int a = pair[0], b = pair[1]; struct sigaction sa = { .sa_handler = handler }; struct itimerval it = { { 0, 0 }, { 0, 20000 } }; struct timeval tv = { 5, 0 };
	sigaction(SIGALRM, &sa, 0); setitimer(ITIMER_REAL, &it, 0); Q(read(b, buf, 1));
	sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, 0); pid_t p = fork(); if (p == 0) { usleep(60000); write(a, "x", 1); _exit(0); } setitimer(ITIMER_REAL, &it, 0); Q(read(b, buf, 1)); waitpid(p, 0, 0);
	setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv); setitimer(ITIMER_REAL, &it, 0); Q(read(b, buf, 1));
	write(a, "ab", 2); setitimer(ITIMER_REAL, &it, 0); Q(recv(b, buf, 9, MSG_WAITALL)); close(a); close(b);
	a = socket(AF_UNIX, SOCK_STREAM, 0); binds(a, "@intr"); listen(a, 0); sa.sa_flags = 0; sigaction(SIGALRM, &sa, 0); setitimer(ITIMER_REAL, &it, 0); Q(accept(a, 0, 0)); b = socket(AF_UNIX, SOCK_STREAM, 0); conns(b, "@intr"); int c = socket(AF_UNIX, SOCK_STREAM, 0); setitimer(ITIMER_REAL, &it, 0); Q(conns(c, "@intr")); close(a); close(b); close(c);
}

CASE(datagrams)
{
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), c = socket(AF_UNIX, SOCK_DGRAM, 0), x = socket(AF_UNIX, SOCK_DGRAM, 0); struct sockaddr_un a; socklen_t n = sizeof a;
	binds(s, "dg"); Q(send(c, "x", 1, 0)); Q(sends(c, "nobody", "x", 1)); Q(sends(c, "@nobody", "x", 1)); Q(sends(c, "dg", "one", 3)); memset(&a, 0, sizeof a); Q(recvfrom(s, buf, 99, 0, (void *)&a, &n)); printf("%d\n", (int)n);
	binds(c, "@client"); Q(conns(c, "dg")); names(c); Q(send(c, "two", 3, 0)); n = sizeof a; int r = recvfrom(s, buf, 2, MSG_TRUNC, (void *)&a, &n); Q(r); showname("from", 0, &a, n); Q(sends(s, "@client", "back", 4)); Q(recv(c, buf, 99, 0)); Q(conns(x, "@client")); Q(sends(x, "@client", "no", 2)); Q(sends(x, "dg", "yes", 3)); Q(recv(s, buf, 99, 0));
	int sent = 0; while (sends(x, "dg", "y", 1) == 1 && sent < 2000) sent++; printf("%s %d\n", err(errno), sent > 5 && sent < 2000); conns(x, "dg"); polls("full", x); Q(send(x, "", 0, MSG_DONTWAIT));
	pid_t p = fork(); if (p == 0) { usleep(20000); read(s, buf, 9); _exit(0); } Q(send(x, "waited", 6, 0)); waitpid(p, 0, 0); while (recv(s, buf, 9, MSG_DONTWAIT) > 0) ; polls("empty", x);
	Q(send(x, buf, 300000, 0)); a.sun_family = AF_UNSPEC; Q(connect(x, (void *)&a, sizeof a)); names(x); Q(connect(x, (void *)&a, 1)); conns(x, "dg"); close(s); polls("gone", x); Q(send(x, "x", 1, 0)); Q(send(x, "x", 1, 0)); opt("error", x, SO_ERROR); Q(sends(x, "dg", "x", 1)); close(c); close(x);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair); write(pair[0], "lost", 4); a.sun_family = AF_UNSPEC; Q(connect(pair[1], (void *)&a, 2)); polls("left", pair[0]); Q(send(pair[0], "x", 1, 0)); opt("error", pair[0], SO_ERROR); close(pair[0]); close(pair[1]);
}

CASE(a_socket_that_sends_to_itself)
{
	int s;
	s = socket(AF_UNIX, SOCK_DGRAM, 0); binds(s, "@self"); Q(sends(s, "@self", "me", 2)); Q(recv(s, buf, 9, 0)); close(s);
}

CASE(packets_of_a_connection)
{
	int s, c, x;
	s = socket(AF_UNIX, SOCK_SEQPACKET, 0); binds(s, "@seq"); listen(s, 3); c = socket(AF_UNIX, SOCK_SEQPACKET, 0); Q(send(c, "x", 1, 0)); Q(recv(c, buf, 1, 0)); Q(conns(c, "@seq")); x = accept(s, 0, 0); Q(write(c, "packet", 6)); Q(write(c, "", 0)); Q(write(c, "end", 3)); Q(read(x, buf, 3)); Q(read(x, buf, 3)); Q(read(x, buf, 3)); polls("x", x); close(c); polls("x", x); Q(read(x, buf, 3)); Q(recv(x, buf, 3, MSG_DONTWAIT)); close(x); close(s);
}

CASES
