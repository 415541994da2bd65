// doors: does what a letter from the console asks for, and says what came of it. The test stops the machine at the
// instruction and looks at registers and memory.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int shared_page[1024] __attribute__((aligned(4096))) = { 41 };

static sigjmp_buf env;
static void caught(int sig) { siglongjmp(env, sig); }
#define TRY(code) do { int sig = sigsetjmp(env, 1); if (sig == 0) __asm__ volatile(code ::: "rax", "memory"); printf("signal %d\n", sig); } while (0)

int main(void)
{
	char c;
	long r;
	signal(SIGSEGV, caught);
	signal(SIGTRAP, caught);
	setvbuf(stdout, NULL, _IONBF, 0);
	shared_page[0]++;
	printf("pid %d page %p\n", getpid(), (void *)shared_page);
	while (read(0, &c, 1) == 1) {
		switch (c) {
		case 'c': TRY("cli"); break;
		case 'h': TRY("hlt"); break;
		case '3': TRY("mov %%rax, %%cr3"); break;
		case 'i': TRY("inb $0x60, %%al"); break;
		case 'o': TRY("outb %%al, $0x80"); break;
		case 'b': TRY("int3"); break;
		case '8': __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory"); printf("%ld\n", r); break;
		case 's': __asm__ volatile("syscall" : "=a"(r) : "a"(39) : "rcx", "r11", "memory"); printf("%ld\n", r); break;
		case 'w': write(1, "hello", 5); break;
		case 'e': r = write(99, "x", 1); printf("%ld %d\n", r, errno); break;
		case 'l': for (volatile long i = 0; i < 300000; i++) ; break;
		case 'f':
			if (fork() == 0) {
				shared_page[0]++;
				_exit(shared_page[0]);
			}
			wait((int *)&r);
			printf("child %d parent %d\n", WEXITSTATUS((int)r), shared_page[0]);
		}
	}
	return 0;
}
