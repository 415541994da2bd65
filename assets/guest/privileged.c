// privileged: tries in ring 3 what only ring 0 may do. The CPU refuses each with a general protection fault, the kernel
// turns that into SIGSEGV, and a child of ours dies of it while we look on.

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void try_cli(void) { __asm__ volatile("at_cli: cli"); }
static void try_hlt(void) { __asm__ volatile("at_hlt: hlt"); }
static void try_in(void)  { __asm__ volatile("at_in: inb $0x60, %%al" ::: "eax"); }
static void try_out(void) { __asm__ volatile("at_out: outb %%al, $0x80" ::: "eax"); }
static void try_cr3(void) { __asm__ volatile("at_cr3: mov %%cr3, %%rax" ::: "rax"); }

static const struct {
	const char *text;
	void (*run)(void);
} tries[] = {
	{ "cli            switch interrupts off", try_cli },
	{ "hlt            stop the CPU", try_hlt },
	{ "in al, 0x60    read the keyboard's port", try_in },
	{ "out 0x80, al   write to a port", try_out },
	{ "mov rax, cr3   find the page tables", try_cr3 },
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
		if (WIFSIGNALED(status)) {
			printf("%-42s refused: %s\n", tries[i].text, strsignal(WTERMSIG(status)));
			refused++;
		} else {
			printf("%-42s allowed!\n", tries[i].text);
		}
	}
	return refused == sizeof tries / sizeof *tries ? 0 : 1;
}
