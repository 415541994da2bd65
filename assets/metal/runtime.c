// The runtime of the bare-metal test images: tables of descriptors, the console, checks.
#include <stdarg.h>
#include "metal.h"

struct cpu cpu;
u8 *begin;
int (*hook[256])(void);
u64 gdt[GDT_SIZE] __attribute__((aligned(16))), ldt[16] __attribute__((aligned(16)));
struct gate idt[256] __attribute__((aligned(16)));
struct tss tss __attribute__((aligned(128)));
u8 kernel_stack[4096] __attribute__((aligned(4096)));
u8 test_stack[4096] __attribute__((aligned(4096)));
u8 other_stack[4096] __attribute__((aligned(4096)));
int failures;
static int checks;
int is_qemu;
static const char *excuse; // QEMU's

extern u8 stubs[];

// The compiler may call these.
void *memset(void *to, int c, unsigned long n) {
	u8 *p = to;
	while (n--)
		*p++ = c;
	return to;
}

void *memcpy(void *to, const void *from, unsigned long n) {
	u8 *p = to;
	const u8 *q = from;
	while (n--)
		*p++ = *q++;
	return to;
}

enum { COM1 = 0x3f8, MCR = 4, LOOP = 0x10, LSR = 5, THRE = 0x20 };

static void putc(char c) {
	u8 mcr = inb(COM1 + MCR);
	if (mcr & LOOP) // the port is being tested; what is to be said must get out
		outb(COM1 + MCR, mcr & ~LOOP);
	while (!(inb(COM1 + LSR) & THRE))
		;
	outb(COM1, c);
	if (mcr & LOOP)
		outb(COM1 + MCR, mcr);
}

static void put_number(word v, unsigned base) {
	char text[24], *p = text + sizeof text;
	*--p = 0;
	do
		*--p = "0123456789abcdef"[v % base];
	while (v /= base);
	while (*p)
		putc(*p++);
}

static void vprint(const char *f, va_list args) {
	for (; *f; f++) {
		if (*f == '\n')
			putc('\r');
		if (*f != '%') {
			putc(*f);
			continue;
		}
		switch (*++f) {
		case 's':
			for (const char *s = va_arg(args, const char *); *s; s++)
				putc(*s);
			break;
		case 'd':
			put_number(va_arg(args, unsigned), 10);
			break;
		case 'x':
			put_number(va_arg(args, word), 16);
			break;
		}
	}
}

void print(const char *format, ...) {
	va_list args;
	va_start(args, format);
	vprint(format, args);
	va_end(args);
}

static void failed(const char *what, const char *format, va_list args) {
	failures++;
	print("FAIL %s: %s | ", subject, what);
	vprint(format, args);
	print("\n");
}

static void passed(const char *what) { print("ok %s: %s\n", subject, what); }

void check(const char *what, int ok, const char *format, ...) {
	checks++;
	if (ok) {
		passed(what);
		return;
	}
	if (excuse) {
		skip(what, excuse);
		return;
	}
	va_list args;
	va_start(args, format);
	failed(what, format, args);
	va_end(args);
}

void equal(const char *what, word got, word want) { check(what, got == want, "expected %x, got %x", want, got); }

void skip(const char *what, const char *why) { print("skip %s: %s (%s)\n", subject, what, why); }

enum { MAX_TOLD = 8 };
static char group_name[128];
static int group_checks, group_failures, group_excused;

void group(const char *format, ...) {
	va_list args;
	va_start(args, format);
	char *to = group_name;
	for (; *format && to < group_name + sizeof group_name - 1; format++) {
		if (*format != '%') {
			*to++ = *format;
			continue;
		}
		format++;
		for (const char *s = va_arg(args, const char *); *s && to < group_name + sizeof group_name - 1; s++)
			*to++ = *s;
	}
	*to = 0;
	va_end(args);
	group_checks = group_failures = group_excused = 0;
}

int test(int ok, const char *format, ...) {
	checks++;
	group_checks++;
	if (ok)
		return 0;
	if (excuse) {
		group_excused++;
		return 0;
	}
	failures++;
	if (++group_failures > MAX_TOLD)
		return 0;
	va_list args;
	va_start(args, format);
	print("FAIL %s: %s | ", subject, group_name);
	vprint(format, args);
	print("\n");
	va_end(args);
	return 1;
}

void group_end(void) {
	if (group_excused)
		print("skip %s: %s: %d of %d, of QEMU's\n", subject, group_name, group_excused, group_checks);
	if (group_failures)
		print("FAIL %s: %s | %d of %d\n", subject, group_name, group_failures, group_checks);
	else
		print("ok %s: %s: %d\n", subject, group_name, group_checks - group_excused);
}

void want(const char *what, word vector, word error, const void *ip) {
	int ok = cpu.vector == vector && cpu.error == error && (!ip || cpu.ip == (word)ip);
	check(what, ok, "expected vector %x, error %x, ip %x; got vector %x, error %x, ip %x, cs %x, cr2 %x", vector, error, (word)ip, cpu.vector,
	      cpu.error, cpu.ip, cpu.cs, cpu.cr2);
}

void qemu_differs(const char *why) { excuse = is_qemu ? why : 0; }

u64 descriptor(u32 base, u32 limit, u32 attr) {
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)(attr & 0xff) << 40 | (u64)(limit >> 16 & 0xf) << 48 |
	       (u64)(attr >> 12 & 0xf) << 52 | (u64)(base >> 24) << 56;
}

void set_gate(int vector, word offset, u16 sel, u32 attr, u32 ist) {
	struct gate *g = &idt[vector];
	g->w[0] = (u32)sel << 16 | (offset & 0xffff);
	g->w[1] = (offset & 0xffff0000) | attr << 8 | ist;
#ifdef __x86_64__
	g->w[2] = offset >> 32;
	g->w[3] = 0;
#endif
}

struct table {
	u16 limit;
	word base;
} __attribute__((packed));

enum { INTERRUPT_GATE = 0x8e };

void reset_tables(void) {
	memset(gdt, 0, sizeof gdt);
	memset(&tss, 0, sizeof tss);
	gdt[KCS >> 3] = descriptor(0, 0xfffff, D_TEXT | D_MODE | D_G | D_A);
	gdt[KDS >> 3] = descriptor(0, 0xfffff, D_DATA | D_DB | D_G | D_A);
	gdt[UCS >> 3] = descriptor(0, 0xfffff, D_TEXT | D_MODE | D_G | D_A | DPL(3));
	gdt[UDS >> 3] = descriptor(0, 0xfffff, D_DATA | D_DB | D_G | D_A | DPL(3));
	gdt[KCS32 >> 3] = descriptor(0, 0xfffff, D_TEXT | D_DB | D_G | D_A);
	gdt[UCS32 >> 3] = descriptor(0, 0xfffff, D_TEXT | D_DB | D_G | D_A | DPL(3));
	gdt[TSS_SEL >> 3] = descriptor((word)&tss, sizeof tss - 1, 0x89);
#ifdef __x86_64__
	tss.rsp[0] = TOP(kernel_stack);
#else
	tss.esp0 = TOP(kernel_stack);
	tss.ss0 = KDS;
#endif
	tss.iomap = sizeof tss;
	for (int i = 0; i < 256; i++)
		set_gate(i, (word)stubs + 16 * i, KCS, INTERRUPT_GATE, 0);
	set_gate(DONE, (word)stubs + 16 * DONE, KCS, INTERRUPT_GATE | DPL(3), 0);
	struct table g = {sizeof gdt - 1, (word)gdt}, i = {sizeof idt - 1, (word)idt};
	asm volatile("lgdt %0\n lidt %1" : : "m"(g), "m"(i) : "memory");
	asm volatile("lldt %w0\n ltr %w1" : : "r"(0), "r"(TSS_SEL));
}

void fresh(const void *code, int ring) {
	memset(&cpu, 0, sizeof cpu);
	cpu.ip = (word)code;
	cpu.cs = ring ? UCS : KCS;
	cpu.ss = cpu.ds = cpu.es = ring ? UDS : KDS;
	cpu.fs = cpu.gs = sizeof(word) == 8 ? 0 : cpu.ds;
	cpu.sp = TOP(test_stack) - 256;
	cpu.flags = 2;
}

void exit_machine(int status) {
	for (;;) {
		outl(0xf4, status);
		asm volatile("hlt");
	}
}

// lost tells of a trap that the image itself ran into.
void lost(void) {
	print("FAIL %s: the image | vector %x, error %x, IP %x, CR2 %x\n", subject, cpu.vector, cpu.error, cpu.ip, cpu.cr2);
	exit_machine(2);
}

enum { PIC1 = 0x21, PIC2 = 0xa1 };

static void find_qemu(void) {
	u32 r[4];
	cpuid(0x40000000, 0, r);
	is_qemu = r[1] == 0x54474354; // "TCGT"
}

u32 feature[4][4];

static void find_features(void) {
	u32 r[4];
	cpuid(0, 0, r);
	if (r[EAX] >= 7)
		cpuid(7, 0, feature[F7]);
	cpuid(1, 0, feature[F1]);
	cpuid(0x80000001, 0, feature[FX1]);
	cpuid(0x80000008, 0, feature[FX8]);
}

void main(void) {
	outb(PIC1, 0xff);
	outb(PIC2, 0xff);
	outb(COM1 + 3, 0x83); // 115200 8N1
	outb(COM1, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 3);
	find_qemu();
	find_features();
	reset_tables();
	image();
	print("end %s: %d checks, %d failed\n", subject, checks, failures);
	exit_machine(failures != 0);
}
