// flock and record locks between processes
#include "t.h"

static int fd;
static int lk(int cmd, int type, long start, long len)
{
	struct flock l = { type, SEEK_SET, start, len, 0 };
	return fcntl(fd, cmd, &l);
}
static void who(int type, long start, long len)
{
	struct flock l = { type, SEEK_SET, start, len, 0 };
	if (fcntl(fd, F_GETLK, &l) < 0) printf("%s\n", errname(errno));
	else printf("getlk %ld+%ld: type %d start %ld len %ld whence %d parent %d\n", start, len, l.l_type, (long)l.l_start, (long)l.l_len, l.l_whence, l.l_type == F_UNLCK ? 0 : l.l_pid == getppid());
}
#define CHILD(body) do { fflush(stdout); pid_t p_ = fork(); int s_; if (p_ == 0) { body; exit(0); } waitpid(p_, &s_, 0); status("child", s_); } while (0)

static void setup(void) { fd = open("f", O_RDWR | O_CREAT, 0600); }

CASE(record_locks_of_two_processes)
{
	setup(); R(lk(F_SETLK, F_WRLCK, 10, 10)); R(lk(F_SETLK, F_RDLCK, 15, 10));
	CHILD(who(F_WRLCK, 0, 0); who(F_RDLCK, 0, 0); who(F_RDLCK, 16, 2); who(F_WRLCK, 16, 2); who(F_WRLCK, 30, 5); R(lk(F_SETLK, F_RDLCK, 20, 5)); R(lk(F_SETLK, F_WRLCK, 20, 5)); R(lk(F_SETLK, F_RDLCK, 5, 10)); R(lk(F_SETLK, F_WRLCK, 0, 10)); R(lk(F_SETLK, F_WRLCK, 25, 0)));
}

CASE(a_hole_in_a_lock)
{
	setup(); lk(F_SETLK, F_WRLCK, 10, 10); lk(F_SETLK, F_RDLCK, 15, 10);
	R(lk(F_SETLK, F_UNLCK, 12, 1)); CHILD(who(F_RDLCK, 0, 0); who(F_RDLCK, 12, 1); who(F_RDLCK, 13, 9));
}

CASE(locks_to_the_end)
{
	setup();
	R(lk(F_SETLK, F_WRLCK, 0, 0)); R(lk(F_SETLK, F_UNLCK, 100, 0)); CHILD(who(F_RDLCK, 50, 0); who(F_RDLCK, 100, 0); R(lk(F_SETLK, F_RDLCK, 99, 1)); R(lk(F_SETLK, F_RDLCK, 100, 1)));
}

CASE(closing_any_descriptor_unlocks)
{
	setup(); lk(F_SETLK, F_WRLCK, 0, 0);
	int again = open("f", O_RDONLY); close(again); CHILD(who(F_WRLCK, 0, 0));
}

CASE(setlkw_waits)
{
	setup(); int s;
	R(lk(F_SETLK, F_WRLCK, 0, 1));
	pid_t pid = fork(); if (pid == 0) { R(lk(F_SETLKW, F_WRLCK, 0, 1)); _exit(0); }
	usleep(30000); printf("unlocking\n"); int un = lk(F_SETLK, F_UNLCK, 0, 1); waitpid(pid, &s, 0); R(un); status("waited", s);
}

CASE(children_inherit_no_record_locks)
{
	setup();
	CHILD(R(lk(F_SETLK, F_WRLCK, 0, 0))); CHILD(who(F_WRLCK, 0, 0));
}

CASE(ranges_from_the_end)
{
	setup();
	struct flock l = { F_WRLCK, SEEK_END, -5, 3, 0 }; write(fd, "0123456789", 10); R(fcntl(fd, F_SETLK, &l)); CHILD(who(F_RDLCK, 0, 0)); l = (struct flock){ F_WRLCK, SEEK_SET, 3, -2, 0 }; R(fcntl(fd, F_SETLK, &l)); CHILD(who(F_RDLCK, 0, 4)); l = (struct flock){ F_WRLCK, SEEK_SET, -1, 2, 0 }; R(fcntl(fd, F_SETLK, &l)); l = (struct flock){ F_WRLCK, SEEK_SET, 3, -5, 0 }; R(fcntl(fd, F_SETLK, &l)); l = (struct flock){ F_UNLCK, SEEK_SET, 0, 0, 0 }; R(fcntl(fd, F_GETLK, &l)); R(fcntl(fd, F_SETLK, &l));
}

CASE(flock_belongs_to_the_open_file)
{
	setup();
	// flock
	R(flock(fd, LOCK_EX)); int other = open("f", O_RDWR); R(flock(other, LOCK_SH | LOCK_NB)); R(flock(other, LOCK_EX | LOCK_NB)); int same = dup(fd); R(flock(same, LOCK_SH)); R(flock(other, LOCK_SH | LOCK_NB)); R(flock(fd, LOCK_EX | LOCK_NB)); R(flock(other, LOCK_UN)); R(flock(fd, LOCK_EX | LOCK_NB));
	R(lk(F_SETLK, F_WRLCK, 0, 0)); close(same); R(flock(other, LOCK_SH | LOCK_NB));
}

CASE(flock_waits)
{
	setup(); int s, un; pid_t pid; int other = open("f", O_RDWR); flock(fd, LOCK_SH);
	pid = fork(); if (pid == 0) { R(flock(other, LOCK_EX)); _exit(0); } usleep(30000); printf("closing\n"); un = flock(fd, LOCK_UN); waitpid(pid, &s, 0); R(un); status("flocked", s);
	R(flock(fd, LOCK_SH | LOCK_NB)); close(other); R(flock(fd, LOCK_SH | LOCK_NB)); R(flock(fd, 0)); R(flock(fd, LOCK_NB)); R(flock(99, LOCK_SH));
}

CASE(flock_is_interrupted)
{
	setup(); int other;
	struct sigaction sa = { .sa_handler = (void (*)(int))getpid }; sigaction(SIGALRM, &sa, NULL); struct itimerval it = { { 0, 20000 }, { 0, 20000 } };
	other = open("f", O_RDWR); flock(other, LOCK_SH); setitimer(ITIMER_REAL, &it, NULL); R(flock(fd, LOCK_EX));
}

CASES
