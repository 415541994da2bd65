// The benchmark's kernels without an operating system: a multiboot image for 32-bit and for 64-bit processors, the same
// source for both. It prints what the Linux program prints, on the serial port, and runs one more kernel that needs paging.

#include "kernels.h"

enum { COM1 = 0x3f8, LINE_STATUS = COM1 + 5, EMPTY = 0x20, ROUNDS = 5 };

static void outb(uint16_t port, uint8_t v) { __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port)); }
static uint8_t inb(uint16_t port)
{
	uint8_t v;
	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static void print(const char *s)
{
	for (; *s; s++) {
		while (!(inb(LINE_STATUS) & EMPTY))
			;
		outb(COM1, *s);
	}
}

static void print_hex(uint32_t v)
{
	char text[9] = { 0 };
	for (int i = 0; i < 8; i++)
		text[i] = "0123456789abcdef"[v >> (28 - 4 * i) & 15];
	print(text);
}

void *memset(void *to, int c, size_t n)
{
	for (uint8_t *p = to; n--; p++) {
		*p = c;
		__asm__ volatile("" ::: "memory"); // stays a loop
	}
	return to;
}

void paging_on(void);
void paging_off(void);

// Every access is to another page than the last: what counts is how fast a translation is found (this machine remembers
// 4,096, v86 10,000). Which line of its page it takes changes from page to page, so that the host's caches hold all of them.
static uint32_t strides(int rounds)
{
	enum { PAGES = 4096, PAGE = 4096, LINE = 64 };
	static uint32_t area[PAGES * PAGE / 4];
	uint32_t sum = 0;
	paging_on();
	for (int r = 0; r < rounds; r++)
		for (uint32_t page = 0; page < PAGES; page++) {
			uint32_t at = page * PAGE + page * LINE % PAGE;
			sum += area[at / 4] += at ^ r;
		}
	paging_off();
	return sum;
}

static void measure(const char *name, uint32_t (*run)(int), int rounds)
{
	print("@"), print(name), print(" begin\n");
	uint32_t sum = run(rounds);
	print("@"), print(name), print(" end "), print_hex(sum), print("\n");
}

void bare_main(void)
{
	for (int r = 0; r < ROUNDS; r++) {
		seed = 1;
		for (unsigned k = 0; k < sizeof kernels / sizeof *kernels; k++)
			measure(kernels[k].name, kernels[k].run, kernels[k].rounds);
		measure("strides", strides, 250);
	}
	print("@done\n");
	for (;;)
		__asm__ volatile("cli; hlt");
}
