// sysenter: children execute SYSENTER from 64-bit and from 32-bit code of a 64-bit program, with all kinds of EBP and of flags.
// None may harm anyone but itself; printed is how many ended by which signal.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long state = 1;

static unsigned rnd(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

static const unsigned long flags[] = { 0x202, 0x302, 0x4202, 0x40202, 0x602, 0x244fd7 };

static void enter(int i)
{
	unsigned long ebp, f = flags[i % 6];
	switch (rnd() % 4) {
	case 0: ebp = (unsigned long)&ebp; break;
	case 1: ebp = 0x400000 + rnd() % 0x8000; break;
	case 2: ebp = rnd(); break;
	default: ebp = ~0UL - rnd() % 8192;
	}
	switch (i / 6 % 4) {
	case 0: __asm__ volatile("mov %0, %%rbp; push %1; popf; sysenter" :: "S"(ebp), "D"(f), "a"(20L)); break;
	case 1: __asm__ volatile("mov %0, %%rbp; push $0x23; lea 1f(%%rip), %%rcx; push %%rcx; push %1; popf; lretq; 1: sysenter" :: "S"(ebp), "D"(f), "a"(20L) : "rcx"); break;
	case 2: __asm__ volatile("mov %%ss, %%ecx; mov %0, %%rbp; push %1; popf; mov %%ecx, %%ss; sysenter" :: "S"(ebp), "D"(f), "a"(20L) : "rcx"); break;
	case 3: __asm__ volatile("mov %0, %%rbp; mov $0x8000000000000000, %%rsp; sysenter" :: "S"(ebp), "a"(20L)); break;
	}
}

int main(void)
{
	int st, ends[64] = { 0 };
	for (int i = 0; i < 96; i++) {
		rnd();
		if (fork() == 0) {
			alarm(5);
			enter(i);
			_exit(0);
		}
		wait(&st);
		ends[WIFSIGNALED(st) ? WTERMSIG(st) : 0]++;
	}
	for (int i = 0; i < 64; i++)
		if (ends[i])
			printf("%d: %d\n", i, ends[i]);
	return 0;
}
