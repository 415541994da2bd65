// what goes with bytes through sockets: descriptors, credentials, addresses
#include "t.h"
#include <sys/socket.h>
#include <sys/un.h>

static int pair[2];
static union { char b[2048]; struct cmsghdr h; } ctl;
static char buf[100];

// pass sends n descriptors (and credentials when u is given) with a text.
static long pass(int s, const char *text, int *fds, int n, struct ucred *u)
{
	struct iovec v = { (void *)text, strlen(text) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = ctl.b };
	struct cmsghdr *c = &ctl.h;
	memset(&ctl, 0, sizeof ctl);
	if (n) {
		c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(4 * n);
		memcpy(CMSG_DATA(c), fds, 4 * n);
		m.msg_controllen += CMSG_SPACE(4 * n);
		c = (void *)(ctl.b + m.msg_controllen);
	}
	if (u) {
		c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_CREDENTIALS; c->cmsg_len = CMSG_LEN(sizeof *u);
		memcpy(CMSG_DATA(c), u, sizeof *u);
		m.msg_controllen += CMSG_SPACE(sizeof *u);
	}
	if (!m.msg_controllen) m.msg_control = NULL;
	long r = syscall(SYS_sendmsg, s, &m, MSG_NOSIGNAL);
	if (r < 0) printf("pass: %s\n", errno == ETOOMANYREFS ? "ETOOMANYREFS" : errname(errno));
	return r;
}
static int last[256], nlast;
// take receives with so much room for control messages and shows everything.
static long take(int s, size_t size, size_t room, int flags)
{
	struct iovec v = { buf, size };
	struct sockaddr_un from;
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &v, .msg_iovlen = 1, .msg_control = ctl.b, .msg_controllen = room };
	memset(&ctl, 0x55, sizeof ctl);
	long r = syscall(SYS_recvmsg, s, &m, flags);
	nlast = 0;
	if (r < 0) { printf("take: %s\n", errname(errno)); return r; }
	printf("take %ld \"%.*s\" flags %x name %d control %zu", r, (int)r, buf, m.msg_flags, (int)m.msg_namelen, m.msg_controllen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		printf(" {%d %d len %zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		if (c->cmsg_type == SCM_RIGHTS)
			for (int i = 0; CMSG_LEN(4 * i + 4) <= c->cmsg_len && nlast < 256; i++) {
				memcpy(&last[nlast], CMSG_DATA(c) + 4 * i, 4);
				if (i < 4) printf(" %d%s", last[nlast], fcntl(last[nlast], F_GETFD) ? "e" : "");
				nlast++;
			}
		if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
			struct ucred u; memcpy(&u, CMSG_DATA(c), sizeof u);
			printf(" %s %d %d", u.pid == getpid() ? "me" : u.pid ? "other" : "nobody", (int)u.uid, (int)u.gid);
		}
		printf("}");
	}
	printf("\n");
	return r;
}
static void closes(void) { for (int i = 0; i < nlast; i++) close(last[i]); nlast = 0; }

static void rights(int type)
{
	printf("rights %d\n", type);
	socketpair(AF_UNIX, type, 0, pair); int a = pair[0], b = pair[1], p[2]; pipe(p);
	pass(a, "x", p, 2, NULL); take(b, 9, 64, 0); R(write(last[1], "through", 7)); closes(); R(read(p[0], buf, 99));
	pass(a, "one", p, 1, NULL); close(p[0]); take(b, 9, 64, MSG_CMSG_CLOEXEC); write(p[1], "kept", 4); R(read(last[0], buf, 9)); p[0] = last[0];
	int bad[2] = { p[0], 77 }; pass(a, "bad", bad, 2, NULL); bad[1] = -1; pass(a, "bad", bad, 2, NULL); R(recv(b, buf, 9, MSG_DONTWAIT));
	// room for none, for some, for a header
	pass(a, "none", p, 2, NULL); take(b, 9, 0, 0); pass(a, "head", p, 2, NULL); take(b, 9, 16, 0); pass(a, "half", p, 2, NULL); take(b, 9, 20, 0); closes(); pass(a, "odd", p, 2, NULL); take(b, 9, 22, 0); closes(); pass(a, "exact", p, 2, NULL); take(b, 9, 24, 0); closes(); pass(a, "little", p, 2, NULL); take(b, 9, 7, 0);
	// read in the plain way, peeked, in pieces, together
	pass(a, "plain", p, 2, NULL); R(read(b, buf, 99)); pass(a, "peek", p, 2, NULL); take(b, 9, 64, MSG_PEEK); closes(); take(b, 9, 64, MSG_PEEK); closes(); take(b, 9, 64, 0); closes();
	pass(a, "pieces", p, 1, NULL); take(b, 3, 64, 0); closes(); take(b, 9, 64, MSG_DONTWAIT); closes();
	write(a, "before", 6); pass(a, "with", p, 1, NULL); write(a, "after", 5); take(b, 50, 64, 0); closes(); take(b, 50, 64, MSG_DONTWAIT); closes(); take(b, 50, 64, MSG_DONTWAIT); closes();
	// many
	int many[254]; for (int i = 0; i < 254; i++) many[i] = p[0]; pass(a, "254", many, 254, NULL); pass(a, "253", many, 253, NULL); take(b, 9, 2000, 0); R(nlast); closes();
	// no descriptors left
	struct rlimit l, old; getrlimit(RLIMIT_NOFILE, &old); l = old; l.rlim_cur = 8; pass(a, "few", many, 10, NULL); setrlimit(RLIMIT_NOFILE, &l); take(b, 9, 200, 0); R(nlast); closes(); setrlimit(RLIMIT_NOFILE, &old);
	// control messages that are wrong
	struct iovec v = { "x", 1 }; struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = ctl.b, .msg_controllen = 24 };
	memset(&ctl, 0, sizeof ctl); ctl.h.cmsg_len = 8; R(syscall(SYS_sendmsg, a, &m, 0)); ctl.h.cmsg_len = 25; R(syscall(SYS_sendmsg, a, &m, 0)); ctl.h.cmsg_len = 20; ctl.h.cmsg_level = SOL_SOCKET; ctl.h.cmsg_type = 99; R(syscall(SYS_sendmsg, a, &m, 0)); ctl.h.cmsg_level = 6; R(syscall(SYS_sendmsg, a, &m, 0)); ctl.h.cmsg_level = SOL_SOCKET; ctl.h.cmsg_type = SCM_CREDENTIALS; R(syscall(SYS_sendmsg, a, &m, 0)); ctl.h.cmsg_type = SCM_RIGHTS; ctl.h.cmsg_len = 16; R(syscall(SYS_sendmsg, a, &m, 0)); m.msg_controllen = 9; R(syscall(SYS_sendmsg, a, &m, 0)); m.msg_control = (void *)8; m.msg_controllen = 24; R(syscall(SYS_sendmsg, a, &m, 0)); m.msg_controllen = 1 << 20; R(syscall(SYS_sendmsg, a, &m, 0) < 0);
	m.msg_controllen = 0; m.msg_iovlen = 1025; R(syscall(SYS_sendmsg, a, &m, 0) < 0); m.msg_iovlen = 1; R(syscall(SYS_sendmsg, a, 8, 0)); R(syscall(SYS_recvmsg, a, 8, 0)); m.msg_name = buf; m.msg_namelen = -1; R(syscall(SYS_sendmsg, a, &m, 0));
	// in flight when nobody is left
	pipe(p); pass(a, "lost", p + 1, 1, NULL); close(p[1]); close(b); R(read(p[0], buf, 9)); close(p[0]); close(a);
}

static void creds(int type)
{
	printf("creds %d\n", type);
	socketpair(AF_UNIX, type, 0, pair); int a = pair[0], b = pair[1], on = 1, p[2]; pipe(p); struct ucred u = { getpid(), getuid(), getgid() };
	pass(a, "early", NULL, 0, NULL); pass(a, "said", NULL, 0, &u); take(b, 50, 64, 0); if (type != SOCK_STREAM) take(b, 50, 64, 0);
	pass(a, "before", NULL, 0, NULL); R(setsockopt(b, SOL_SOCKET, SO_PASSCRED, &on, 4)); take(b, 50, 64, 0);
	pass(a, "auto", NULL, 0, NULL); take(b, 50, 64, 0); u.uid = 1234, u.gid = 5678; pass(a, "as root", NULL, 0, &u); take(b, 50, 64, 0);
	pass(a, "both", p, 2, &u); take(b, 50, 64, 0); closes(); pass(a, "little", p, 2, &u); take(b, 50, 48, 0); closes(); pass(a, "less", p, 2, &u); take(b, 50, 20, 0); closes();
	pass(a, "me", NULL, 0, NULL); pass(a, "other", NULL, 0, &u); pass(a, "me", NULL, 0, NULL); take(b, 50, 64, 0); take(b, 50, 64, 0); take(b, 50, 64, 0);
	pid_t c = fork(); if (c == 0) { setgid(1000); setuid(1000); u.pid = getpid(); pass(a, "claim", NULL, 0, &u); u.uid = u.gid = 1000; pass(a, "true", NULL, 0, &u); u.pid = 1; pass(a, "pid", NULL, 0, &u); fflush(stdout); _exit(0); } waitpid(c, 0, 0); take(b, 50, 64, 0);
	struct iovec v = { buf, 9 }; struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 }; pass(a, "no room", NULL, 0, NULL); R(recvmsg(b, &m, 0)); printf("%x\n", m.msg_flags); write(a, "plain", 5); R(read(b, buf, 9)); close(a); close(b); close(p[0]); close(p[1]);
}

// A socket that is only in flight through itself: its pipe must come to its end.
CASE(a_socket_inside_itself)
{
	int p[2], q[2]; pipe(p); socketpair(AF_UNIX, SOCK_STREAM, 0, pair); int fds[3] = { pair[0], pair[1], p[1] };
	pass(pair[0], "self", fds, 3, NULL); close(p[1]); close(pair[0]); close(pair[1]); socketpair(AF_UNIX, SOCK_DGRAM, 0, q); close(q[0]); close(q[1]); R(read(p[0], buf, 9)); close(p[0]);
}

CASE(two_sockets_inside_each_other)
{
	int p[2], q[2];
	pipe(p); socketpair(AF_UNIX, SOCK_STREAM, 0, pair); socketpair(AF_UNIX, SOCK_STREAM, 0, q); int x[2] = { q[1], p[1] }, y[1] = { pair[1] }; pass(pair[0], "x", x, 2, NULL); pass(q[0], "y", y, 1, NULL); close(p[1]); close(pair[1]); close(q[1]); close(q[0]); fcntl(p[0], F_SETFL, O_NONBLOCK); close(pair[0]); usleep(20000); socketpair(AF_UNIX, SOCK_DGRAM, 0, q); close(q[0]); close(q[1]); usleep(20000); R(read(p[0], buf, 9)); close(p[0]);
}

// A connection nobody accepted, held by a listener in its own queue.
CASE(a_listener_in_its_own_queue)
{
	int p[2], q[2];
	pipe(p); struct sockaddr_un a = { AF_UNIX, "\0cycle" }; int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0); bind(l, (void *)&a, 8); listen(l, 3); R(connect(c, (void *)&a, 8)); int z[2] = { l, p[1] }; pass(c, "z", z, 2, NULL); close(p[1]); close(l); fcntl(p[0], F_SETFL, O_NONBLOCK); R(read(p[0], buf, 9)); R(write(c, "x", 1)); close(c); usleep(20000); socketpair(AF_UNIX, SOCK_DGRAM, 0, q); close(q[0]); close(q[1]); usleep(20000); R(read(p[0], buf, 9)); close(p[0]);
}

CASE(sendmmsg_and_recvmmsg)
{
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair); struct iovec v[3] = { { "one", 3 }, { "second", 6 }, { "third", 5 } }; struct mmsghdr m[3]; memset(m, 0, sizeof m);
	for (int i = 0; i < 3; i++) m[i].msg_hdr.msg_iov = v + i, m[i].msg_hdr.msg_iovlen = 1;
	R(sendmmsg(pair[0], m, 3, 0)); printf("%d %d %d\n", m[0].msg_len, m[1].msg_len, m[2].msg_len); char r[3][4]; for (int i = 0; i < 3; i++) v[i].iov_base = r[i], v[i].iov_len = 4;
	R(recvmmsg(pair[1], m, 3, MSG_DONTWAIT, NULL)); for (int i = 0; i < 3; i++) printf("%d %x %.*s\n", m[i].msg_len, m[i].msg_hdr.msg_flags, m[i].msg_len, r[i]);
	R(recvmmsg(pair[1], m, 3, MSG_DONTWAIT, NULL)); write(pair[0], "a", 1); R(recvmmsg(pair[1], m, 3, MSG_WAITFORONE, NULL)); v[1].iov_base = (void *)8; R(sendmmsg(pair[0], m, 3, 0)); R(sendmmsg(pair[0], m + 1, 1, 0)); R(sendmmsg(pair[0], m, 0, 0));
}

CASE(descriptors_of_a_stream) { rights(SOCK_STREAM); }
CASE(descriptors_of_a_datagram) { rights(SOCK_DGRAM); }
CASE(descriptors_of_a_seqpacket) { rights(SOCK_SEQPACKET); }
CASE(credentials_of_a_stream) { creds(SOCK_STREAM); }
CASE(credentials_of_a_datagram) { creds(SOCK_DGRAM); }
CASE(credentials_of_a_seqpacket) { creds(SOCK_SEQPACKET); }

CASES
