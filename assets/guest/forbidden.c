// forbidden: four accesses that the page tables or the processor refuse, each by a child of ours, which dies of it.

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char data[] = { (char)0xc3 }; // the instruction ret, but in memory for data

static void read_kernel(void)  { (void)*(volatile char *)0xffff888000100000; }
static void write_code(void)   { *(volatile char *)write_code = 0; }
static void execute_data(void) { ((void (*)(void))data)(); }
static void no_address(void)   { (void)*(volatile char *)0x0000800000000000; }

static const struct {
	const char *text;
	void (*run)(void);
} tries[] = {
	{ "read the kernel's half", read_kernel },
	{ "write to code", write_code },
	{ "execute data", execute_data },
	{ "read where no address is", no_address },
};

int main(void)
{
	int refused = 0;
	for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			tries[i].run();
			_exit(0);
		}
		int status;
		waitpid(pid, &status, 0);
		refused += WIFSIGNALED(status);
		printf("%-26s %s\n", tries[i].text, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "allowed!");
		fflush(stdout);
	}
	return refused == sizeof tries / sizeof *tries ? 0 : 1;
}
