// process_vm_readv and process_vm_writev: another process's memory
#include "t.h"
#include <sys/prctl.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define PAGE 4096L
#define IOV(p, n) (struct iovec[]){ { p, n } }, 1

static char *area;
static int gate[2];
// child is a process with the same area, in which it has written its own.
static pid_t child(void)
{
	int up[2];
	char c;
	area = mmap(NULL, 8 * PAGE, RW, ANON, -1, 0);
	memset(area, 'p', 8 * PAGE);
	pipe(up);
	pipe(gate);
	pid_t pid = fork();
	if (pid == 0) {
		memset(area, 'c', 4 * PAGE);
		munmap(area + 6 * PAGE, PAGE);
		mprotect(area + 5 * PAGE, PAGE, PROT_READ);
		write(up[1], "", 1);
		read(gate[0], &c, 1);
		printf("child has %c%c\n", area[0], area[PAGE]);
		fflush(stdout);
		_exit(0);
	}
	read(up[0], &c, 1);
	return pid;
}
static void end(void) { write(gate[1], "", 1); wait(NULL); }

CASE(reads) { pid_t pid = child(); char b[3 * PAGE]; R(process_vm_readv(pid, IOV(b, sizeof b), IOV(area + 2 * PAGE, sizeof b), 0)); printf("%c %c %c\n", b[0], b[2 * PAGE - 1], b[2 * PAGE]); end(); }
CASE(writes) { pid_t pid = child(); R(process_vm_writev(pid, IOV("wxyz", 4), IOV(area, 4), 0)); R(process_vm_writev(pid, IOV("mmmm", 4), IOV(area + PAGE - 2, 4), 0)); printf("%c\n", area[0]); end(); }
CASE(scattered) { pid_t pid = child(); char a[10] = "", b[10] = ""; struct iovec l[] = { { a, 3 }, { b, 5 } }, r[] = { { area + 4 * PAGE - 2, 4 }, { area, 2 }, { area + 7 * PAGE, 9 } }; R(process_vm_readv(pid, l, 2, r, 3, 0)); printf("%s %s\n", a, b); end(); }
CASE(partly) { pid_t pid = child(); char b[4 * PAGE]; R(process_vm_readv(pid, IOV(b, sizeof b), IOV(area + 5 * PAGE, 2 * PAGE), 0)); R(process_vm_readv(pid, IOV(b, sizeof b), IOV(area + 6 * PAGE, PAGE), 0)); R(process_vm_writev(pid, IOV(b, 2 * PAGE), IOV(area + 4 * PAGE, 2 * PAGE), 0)); R(process_vm_writev(pid, IOV(b, 4), IOV(area + 5 * PAGE, 4), 0)); R(process_vm_readv(pid, IOV(b, 4), IOV((void *)8, 4), 0)); end(); }
CASE(nothing) { pid_t pid = child(); char b[4]; R(process_vm_readv(pid, NULL, 0, IOV(area, 4), 0)); R(process_vm_readv(pid, IOV(b, 4), NULL, 0, 0)); R(process_vm_readv(pid, IOV(b, 0), IOV(area, 4), 0)); end(); }
CASE(wrong) { pid_t pid = child(); char b[4]; R(process_vm_readv(pid, IOV(b, 4), IOV(area, 4), 1)); R(process_vm_readv(pid, IOV((void *)8, 4), IOV(area, 4), 0)); R(process_vm_readv(1 << 21, IOV(b, 4), IOV(area, 4), 0)); R(process_vm_readv(pid, (void *)8, 1, IOV(area, 4), 0)); R(process_vm_readv(pid, IOV(b, 4), (void *)8, 1, 0)); R(process_vm_readv(pid, IOV(b, -1), IOV(area, 4), 0)); R(process_vm_readv(pid, IOV(b, 4), IOV(area, -1), 0)); struct iovec many[1025] = { 0 }; R(process_vm_readv(pid, many, 1025, many, 1, 0)); R(process_vm_readv(pid, many, 1, many, 1025, 0)); end(); }
CASE(itself) { char a[8] = "itself", b[8] = ""; R(process_vm_readv(getpid(), IOV(b, 8), IOV(a, 8), 0)); printf("%s\n", b); }
CASE(somebody_elses) { pid_t pid = child(); char b[4]; if (fork() == 0) { setgid(1000); setuid(1000); R(process_vm_readv(pid, IOV(b, 4), IOV(area, 4), 0)); fflush(stdout); _exit(0); } sleep(0); int st; waitpid(-1, &st, 0); end(); }
CASE(ended) { pid_t pid = fork(); char b[4]; if (pid == 0) _exit(0); siginfo_t si; waitid(P_PID, pid, &si, WEXITED | WNOWAIT); R(process_vm_readv(pid, IOV(b, 4), IOV(b, 4), 0)); }
CASES
