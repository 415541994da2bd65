// Writes known values at known places: each store has a label, and so has each system call.
#include <sys/wait.h>
#include <unistd.h>

extern volatile unsigned cell;
__asm__(".data\n.balign 4096\n.globl cell\ncell: .long 0x10\n.balign 4096\n.text");

#define STORE(name, value) __asm__ volatile(".globl " name "\n" name ": movl $" #value ", cell" ::: "memory")

static long call_write(const void *p, long n)
{
	long r;
	__asm__ volatile(".globl print_call\nprint_call: syscall" : "=a"(r) : "a"(1), "D"(1), "S"(p), "d"(n) : "rcx", "r11", "memory");
	return r;
}

static char text[] = "one\ntwo\n";

int main(void)
{
	STORE("store_a", 0x11111111);
	STORE("store_b", 0x22222222);
	int fds[2];
	pipe(fds);
	pid_t pid = fork();
	if (pid == 0) {
		STORE("store_child", 0x33333333);
		write(fds[1], "DDDD", 4);
		_exit(0);
	}
	waitpid(pid, 0, 0);
	read(fds[0], (void *)&cell, 4); // the kernel stores
	call_write(text, sizeof text - 1);
	STORE("store_c", 0x55555555);
	for (;;)
		pause();
}
