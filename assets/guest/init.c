// init: the first program, PID 1. The kernel starts it and it starts everything else.
//
// Given orders in /etc/init.argv (words separated by NUL bytes) it runs them once on the console and switches the
// machine off with their exit status. Without orders it runs a shell, and another one whenever the last has ended.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ORDERS = 128 * 1024, MAX_WORDS = 1024 };

static char orders[MAX_ORDERS];
static char *words[MAX_WORDS + 1];

// The kernel keeps the 4th argument of reboot(POWER_OFF) as the machine's exit status.
static void power_off(int status)
{
	sync();
	syscall(SYS_reboot, 0xfee1dead, 672274793, RB_POWER_OFF, (long)status);
	_exit(status);
}

static int read_orders(void)
{
	int fd = open("/etc/init.argv", O_RDONLY);
	if (fd < 0)
		return 0;
	ssize_t got, size = 0;
	while ((got = read(fd, orders + size, MAX_ORDERS - 1 - size)) > 0)
		size += got;
	close(fd);
	int n = 0;
	for (char *p = orders; p < orders + size && n < MAX_WORDS; p += strlen(p) + 1)
		words[n++] = p;
	return n;
}

// A session of its own with the console as its terminal, so that Ctrl-C reaches the programs and not init.
static pid_t start(char **argv)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	setsid();
	ioctl(0, TIOCSCTTY, 1);
	execvp(argv[0], argv);
	int why = errno;
	dprintf(2, "init: %s: %s\n", argv[0], strerror(why));
	_exit(why == ENOENT ? 127 : 126);
}

// Children whose parents died first become init's; it must wait for them too, or they stay zombies for ever.
static int wait_for(pid_t pid)
{
	for (;;) {
		int status;
		pid_t ended = wait(&status);
		if (ended == pid)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (ended < 0 && errno == ECHILD)
			return 1;
	}
}

int main(void)
{
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("PS1", "~ # ", 1);

	if (read_orders() > 0)
		power_off(wait_for(start(words)));

	if (chdir("/root") != 0)
		perror("init: /root");
	for (;;) {
		char *shell[] = { "-sh", NULL };
		pid_t pid = fork();
		if (pid == 0) {
			setsid();
			ioctl(0, TIOCSCTTY, 1);
			execv("/bin/sh", shell);
			perror("init: /bin/sh");
			_exit(127);
		}
		wait_for(pid);
	}
}
