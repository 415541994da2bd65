// What random system calls once broke the kernel or another program with.
#include "t.h"
#include <sys/mount.h>

// A selector into the local descriptor table, which no program has.
static void ldt(void)
{
	__asm__ volatile("mov %w0, %%ds" : : "r"(0x0f));
}

static void in_child(const char *what, void (*f)(void))
{
	int st;
	pid_t pid = fork();
	if (pid == 0) {
		f();
		_exit(0);
	}
	waitpid(pid, &st, 0);
	status(what, st);
}

CASE(a_selector_of_the_ldt)
{
	in_child("ldt", ldt);
}

CASE(unmounting_files_of_proc)
{
	R(umount2("/proc/self/maps", 0));
	R(umount2("/proc/self", 0));
}

CASE(writing_to_a_running_program)
{
	R(open("/proc/self/exe", O_WRONLY));
	R(open("/proc/self/exe", O_RDONLY | O_TRUNC));
	R(truncate("/proc/self/exe", 0));
}

CASES
