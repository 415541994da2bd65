// interrupts: when they are taken (STI, POPF, IRET, HLT), NMI, and the local APIC: self-IPIs, priorities, its timer
// (SDM 3A "Interrupt and Exception Handling", "Advanced Programmable Interrupt Controller (APIC)").
#include "metal.h"

const char subject[] = "interrupts" BITS;

enum { ID = 0x20, VERSION = 0x30, TPR = 0x80, PPR = 0xa0, EOI = 0xb0, SVR = 0xf0, ISR = 0x100, IRR = 0x200, ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310,
	LVT_TIMER = 0x320, LVT_LINT0 = 0x350, LVT_ERROR = 0x370, INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0 };
enum { LOW = 0x41, HIGH = 0x61, TIMER = 0x51, SPURIOUS = 0xff, SELF = 1 << 18, SEND_NMI = 4 << 8, MASKED = 1 << 16, PERIODIC = 1 << 17 };

static volatile u32 *reg(int at) { return (volatile u32 *)(word)(0xfee00000 + at); }
static void wr(int at, u32 v) { *reg(at) = v; }
static u32 rd(int at) { return *reg(at); }
static int bit(int at, int vector) { return rd(at + (vector >> 5) * 16) >> (vector & 31) & 1; }
static void eoi(void) { wr(EOI, 0); }
static void ipi(int vector) { wr(ICR, SELF | vector); }

static int busy(int set) { return bit(set, LOW) | bit(set, HIGH) | bit(set, TIMER); }

static void quiet(void) { // nothing in service, nothing asked for
	wr(TPR, 0);
	while (busy(IRR) | busy(ISR)) {
		if (busy(ISR)) {
			eoi();
			continue;
		}
		START(0, "sti\n nop");
		run();
	}
}

// AT runs text with an interrupt pending and wants it after so many bytes; -1: not before the end.
#define AT(name, flag, text, offset) \
	do { \
		START(0, text); \
		cpu.flags |= flag; \
		cpu.ax = cpu.ss; \
		cpu.bx = 2 | F_IF; \
		ipi(LOW); \
		run(); \
		if (offset < 0) \
			check(name, cpu.vector == DONE, "vector %x at %x", cpu.vector, cpu.ip - (word)begin); \
		else \
			check(name, cpu.vector == LOW && cpu.ip == (word)begin + offset, "vector %x at %x", cpu.vector, cpu.ip - (word)begin); \
		quiet(); \
	} while (0)

static void windows(void) {
	AT("IRET sets IF: at once", F_IF, "nop", 0);
	AT("IF clear: never", 0, "nop\n nop\n nop", -1);
	AT("STI holds interrupts back for one instruction", 0, "sti\n nop\n nop", 2);
	AT("STI, CLI: never", 0, "sti\n cli\n nop\n nop", -1);
	AT("STI, STI: the second one, with IF set, holds nothing back", 0, "sti\n sti\n nop", 2);
	AT("POPF sets IF: at once", 0, "push " R(bx) "\n popf\n nop\n nop", 2);
	AT("STI, HLT", 0, "sti\n hlt\n nop", 2);
	AT("STI, POPF that clears IF: never", 0, "push 2\n sti\n popf\n nop", -1);
	START(3, "nop\n nop");
	cpu.flags |= F_IF;
	word sp = cpu.sp;
	ipi(LOW);
	run();
	check("in ring 3", cpu.vector == LOW && cpu.error == NONE && cpu.cs == UCS && cpu.ss == UDS && cpu.sp == sp && cpu.at == TOP(kernel_stack) - 5 * sizeof(word),
	      "vector %x, CS %x, SP %x", cpu.vector, cpu.cs, cpu.sp);
	check("the handler of an interrupt gate has IF clear", !(cpu.hflags & F_IF) && cpu.flags & F_IF, "flags %x, %x", cpu.flags, cpu.hflags);
	quiet();
	START(0, "1: dec " R(cx) "\n jnz 1b");
	cpu.flags |= F_IF;
	cpu.cx = 1000;
	wr(DIVIDE, 0xb);
	wr(LVT_TIMER, TIMER);
	wr(INITIAL, 200);
	run();
	check("a timer in a loop", cpu.vector == TIMER || cpu.vector == DONE, "vector %x", cpu.vector);
	wr(LVT_TIMER, MASKED);
	eoi();
	quiet();
}

static void priorities(void) {
	group("local APIC: priorities");
	quiet();
	START(0, "sti\n nop\n nop");
	ipi(LOW);
	ipi(HIGH);
	test(bit(IRR, LOW) && bit(IRR, HIGH) && !bit(ISR, LOW), "both are asked for");
	run();
	test(cpu.vector == HIGH, "the higher first: %x", cpu.vector);
	test(bit(ISR, HIGH) && !bit(IRR, HIGH) && bit(IRR, LOW), "the higher is in service");
	test((rd(PPR) & 0xf0) == (HIGH & 0xf0), "PPR %x", (word)rd(PPR));
	START(0, "sti\n nop\n nop");
	run();
	test(cpu.vector == DONE, "the lower waits: %x", cpu.vector);
	eoi();
	test(!bit(ISR, HIGH), "EOI");
	START(0, "sti\n nop\n nop");
	run();
	test(cpu.vector == LOW, "then the lower: %x", cpu.vector);
	START(0, "sti\n nop\n nop");
	ipi(HIGH);
	run();
	test(cpu.vector == HIGH && bit(ISR, LOW) && bit(ISR, HIGH), "the higher interrupts the lower: %x", cpu.vector);
	eoi();
	test(bit(ISR, LOW) && !bit(ISR, HIGH), "EOI ends the higher");
	eoi();
	test(!bit(ISR, LOW), "EOI ends the lower");
	for (int tpr = 0; tpr < 16; tpr++) {
		quiet();
		wr(TPR, tpr << 4);
		START(0, "sti\n nop\n nop");
		ipi(LOW);
		run();
		test(cpu.vector == (tpr >= LOW >> 4 ? DONE : LOW), "TPR %x: %x", (word)tpr, cpu.vector);
#ifdef __x86_64__
		word cr8;
		asm volatile("mov %0, cr8" : "=r"(cr8));
		test(cr8 == (word)tpr, "CR8 is TPR: %x", cr8);
#endif
	}
	quiet();
#ifdef __x86_64__
	asm volatile("mov cr8, %0" : : "r"(7ul));
	test((rd(TPR) & 0xff) == 0x70, "TPR is CR8: %x", (word)rd(TPR));
	asm volatile("mov cr8, %0" : : "r"(0ul));
#endif
	group_end();
}

static int ticks;
static int on_tick(void) {
	ticks++;
	eoi();
	return 1;
}

static void timer(void) {
	group("local APIC: timer");
	quiet();
	hook[TIMER] = on_tick;
	wr(DIVIDE, 0xb); // by 1
	wr(LVT_TIMER, TIMER);
	ticks = 0;
	wr(INITIAL, 1000000);
	u32 a = rd(CURRENT);
	for (volatile int i = 0; i < 100; i++)
		;
	u32 b = rd(CURRENT);
	test(a <= 1000000 && b < a && b > 0, "it counts down: %x, %x", (word)a, (word)b);
	while (rd(CURRENT))
		;
	for (int i = 0; i < 1000000 && !bit(IRR, TIMER); i++)
		;
	START(0, "sti\n nop\n nop\n nop");
	run();
	test(cpu.vector == DONE && ticks == 1, "one shot: %d, vector %x", ticks, cpu.vector);
	START(0, "sti\n nop\n nop\n nop");
	run();
	test(ticks == 1, "no second one: %d", ticks);
	ticks = 0;
	wr(LVT_TIMER, TIMER | PERIODIC);
	wr(INITIAL, 100000);
	START(0, "sti\n 1: hlt\n dec " R(cx) "\n jnz 1b\n cli");
	cpu.cx = 5;
	run();
	test(cpu.vector == DONE && ticks == 5, "periodic: %d", ticks);
	wr(LVT_TIMER, TIMER | PERIODIC | MASKED);
	ticks = 0;
	for (volatile int i = 0; i < 100000; i++)
		;
	START(0, "sti\n nop\n nop\n cli");
	run();
	test(ticks <= 1, "masked: %d", ticks); // one may have been asked for before
	wr(INITIAL, 0);
	test(rd(CURRENT) == 0, "stopped: %x", (word)rd(CURRENT));
	hook[TIMER] = 0;
	group_end();
}

static void send_nmi(void) {
	START(0, "mov [" R(bx) "], eax\n nop");
	cpu.bx = (word)reg(ICR);
	cpu.ax = SELF | SEND_NMI;
	run();
}

static void nmi(void) {
	group("NMI");
	quiet();
	send_nmi();
	qemu_differs("it delivers a little later");
	test(cpu.vector == NMI && cpu.error == NONE && cpu.ip == (word)begin + 2, "with IF clear: %x at %x", cpu.vector, cpu.ip - (word)begin);
	qemu_differs(0);
	// The runtime has not executed IRET since: a second NMI waits for the one that run begins with.
	ipi(SEND_NMI);
	for (volatile int i = 0; i < 100; i++)
		;
	START(0, "nop\n nop");
	run();
	test(cpu.vector == NMI && cpu.ip == (word)begin, "blocked until IRET: %x at %x", cpu.vector, cpu.ip - (word)begin);
	START(0, "nop\n nop");
	run();
	test(cpu.vector == DONE, "it came once: %x", cpu.vector);
	// Of several that come while they are blocked, one is remembered.
	send_nmi();
	ipi(SEND_NMI);
	ipi(SEND_NMI);
	START(0, "nop");
	run();
	test(cpu.vector == NMI, "one is remembered: %x", cpu.vector);
	START(0, "nop");
	run();
	test(cpu.vector == DONE, "and only one: %x", cpu.vector);
	group_end();
}

static void registers(void) {
	group("local APIC: registers");
	test((rd(VERSION) & 0xff) >= 0x10 && (rd(VERSION) & 0xff) < 0x20, "version %x", (word)rd(VERSION));
	u64 base = rdmsr(0x1b);
	test((base & 0xfffff000) == 0xfee00000 && base & 1 << 11 && base & 1 << 8, "IA32_APIC_BASE %x", (word)base);
	wr(SVR, 0x100 | SPURIOUS);
	test((rd(SVR) & 0x1ff) == (0x100 | SPURIOUS), "SVR %x", (word)rd(SVR));
	wr(LVT_TIMER, MASKED | TIMER);
	test((rd(LVT_TIMER) & 0x100ff) == (MASKED | TIMER), "LVT %x", (word)rd(LVT_TIMER));
	wr(DIVIDE, 3);
	test(rd(DIVIDE) == 3, "divide %x", (word)rd(DIVIDE));
	if (!is_qemu) { // QEMU delivers it
		ipi(3); // vectors below 16 are errors
		wr(ESR, 0);
		test(rd(ESR) & 0x20, "ESR after an illegal vector: %x", (word)rd(ESR));
		wr(ESR, 0);
	}
	group_end();
}

void image(void) {
	u32 r[4];
	cpuid(1, 0, r);
	if (!(r[3] >> 9 & 1)) {
		skip("local APIC", "CPUID does not report it");
		return;
	}
	registers();
	windows();
	priorities();
	timer();
	nmi();
}
