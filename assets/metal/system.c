// system: which values control registers and MSRs take, UMIP, the time-stamp counter, XCR0, and that CPUID tells the truth
// about all of it (SDM 3A "System Architecture Overview"; SDM 4).
#include "metal.h"

const char subject[] = "system" BITS;

enum { LONG = sizeof(word) == 8, STAR = 0xc0000081, LSTAR, CSTAR, SFMASK, FS_BASE = 0xc0000100, GS_BASE, KERNEL_GS_BASE, TSC_AUX };
enum { SYSENTER_CS = 0x174, SYSENTER_ESP, SYSENTER_EIP };
enum { CR4_TSD = 4, CR4_PAE = 0x20, CR4_UMIP = 1 << 11, CR4_LA57 = 1 << 12, CR4_PCIDE = 1 << 17, CR4_OSXSAVE = 1 << 18 };

static void cr0(void) {
	enum { PE = 1, NW = 1 << 29, CD = 1 << 30, PG = 1 << 31 };
	group("CR0");
	word old = get_cr0();
	word keep = old & ~(word)(u32)(NW | CD | PG | PE);
	for (int bits = 0; bits < 16; bits++) {
		word v = keep | (bits & 1 ? PE : 0) | (bits & 2 ? NW : 0) | (bits & 4 ? CD : 0) | (bits & 8 ? (u32)PG : 0);
		int bad = (bits & 8 && !(bits & 1)) || (bits & 2 && !(bits & 4));
		if (LONG && !(bits & 8))
			bad = 1; // paging cannot be left in 64-bit mode
		if (!bad && (!(bits & 1) || (!LONG && bits & 8)))
			continue; // it would work, and we would be elsewhere
		qemu_differs(bits & 2 && !(bits & 4) ? "it does not look at NW and CD" : bits & 8 && !(bits & 1) ? "it allows PG without PE" : 0);
		if (is_qemu && bad && (!(bits & 1) || (LONG ? !(bits & 8) : bits & 8)))
			continue; // it does that, and is lost
		PUT("mov cr0, " R(ax), v, bad ? GP : DONE, "PE %d, NW %d, CD %d, PG %d: vector %x", bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3, cpu.vector);
		qemu_differs(0);
		set_cr0(old);
	}
	START(0, "mov cr0, " R(ax));
	cpu.ax = old & ~0x10ul;
	run();
	test(get_cr0() & 0x10, "ET stays set: %x", get_cr0());
	START(0, "mov cr0, " R(ax));
	cpu.ax = old | 0x1ffaffc0;
	run();
	test(cpu.vector == DONE, "bits that do not exist are ignored: %x", cpu.vector);
	set_cr0(old);
	START(0, "lmsw ax");
	cpu.ax = 0x8;
	run();
	test(cpu.vector == DONE && (get_cr0() & 0xf) == 9, "LMSW sets TS, and leaves PE: %x", get_cr0());
	START(0, "clts\n smsw eax");
	run();
	test((u32)cpu.ax == (u32)(get_cr0()) && !(cpu.ax & 8), "CLTS and SMSW: %x", cpu.ax);
	set_cr0(old);
#ifdef __x86_64__
	for (int bit = 32; bit < 64; bit++) {
		qemu_differs("it ignores the upper half");
		PUT("mov cr0, rax", old | 1ul << bit, GP, "bit %d: vector %x", bit, cpu.vector);
		qemu_differs(0);
	}
#endif
	group_end();
}

// cr4_bit tells whether CPUID says that a bit of CR4 exists.
static int cr4_bit(int bit) {
	static const struct {
		u8 leaf, reg, bit;
	} where[] = {{F1, EDX, 1}, {F1, EDX, 1}, {F1, EDX, 4}, {F1, EDX, 2}, {F1, EDX, 3}, {F1, EDX, 6}, {F1, EDX, 7}, {F1, EDX, 13}, {F1, EDX, 0},
		{F1, EDX, 24}, {F1, EDX, 25}, {F7, ECX, 2}, {F7, ECX, 16}, {F1, ECX, 5}, {F1, ECX, 6}, {255}, {F7, EBX, 0}, {F1, ECX, 17}, {F1, ECX, 26}, {255},
		{F7, EBX, 7}, {F7, EBX, 20}, {F7, ECX, 3}, {F7, ECX, 7}, {F7, ECX, 31}};
	return bit < COUNT(where) && where[bit].leaf != 255 && has(where[bit].leaf, where[bit].reg, where[bit].bit);
}

static void cr4(void) {
	enum { SMXE = 14, SMEP = 20, SMAP = 21 };
	group("CR4: a bit can be set when CPUID reports it");
	word old = get_cr4();
	for (int bit = 0; bit < (int)sizeof(word) * 8; bit++) {
		if (bit == SMXE || (is_qemu && (bit == 23 || bit == (LONG ? 5 : 12)))) // QEMU is lost then
			continue;
		if (LONG && (bit == SMEP || bit == SMAP))
			continue; // the image itself lies in pages of ring 3; paging.c looks at these
		int fine = cr4_bit(bit);
		if (LONG && ((1ul << bit) == CR4_PAE || (1ul << bit) == CR4_LA57))
			fine = 0; // not in long mode
		if (!LONG && (1ul << bit) == CR4_PCIDE)
			fine = 0; // only in long mode
		if (is_qemu && !fine)
			continue; // QEMU 7.2 hangs
		PUT("mov cr4, " R(ax), old ^ (word)1 << bit, fine ? DONE : GP, "bit %d: vector %x", bit, cpu.vector);
		if (fine)
			test(get_cr4() == (old ^ (word)1 << bit), "bit %d: reads %x", bit, get_cr4());
		set_cr4(old);
	}
	group_end();
}

static void control_numbers(void) {
	group("control registers that do not exist");
#define NUMBER(n) \
	PUT(".byte 0x0f, 0x20, 0xc0 + 8 * " #n, 0, UD, "MOV from CR%d: vector %x", n, cpu.vector); \
	PUT(".byte 0x0f, 0x22, 0xc0 + 8 * " #n, 0, UD, "MOV to CR%d: vector %x", n, cpu.vector);
	NUMBER(1)
	NUMBER(5)
	NUMBER(6)
	NUMBER(7)
#ifdef __x86_64__
	PUT(".byte 0x44, 0x0f, 0x20, 0xc8", 0, UD, "MOV from CR%d: vector %x", 9, cpu.vector);
	PUT(".byte 0x44, 0x0f, 0x22, 0xf8", 0, UD, "MOV to CR%d: vector %x", 15, cpu.vector);
#endif
	group_end();
}

static void msrs(void) {
	group("MSRs");
	u64 efer = rdmsr(EFER);
	for (int bit = 0; bit < 64; bit++) {
		if (bit >= 12 && bit <= 15)
			continue; // AMD's
		int fine = bit == 0 || bit == 11 || bit == 10 || (bit == 8 && !LONG);
		if (bit == 10)
			continue;
		START(0, "wrmsr");
		cpu.cx = EFER;
		u64 v = efer ^ 1ull << bit;
		cpu.ax = (u32)v;
		cpu.dx = v >> 32;
		qemu_differs("it ignores bits of EFER that do not exist");
		run();
		test(cpu.vector == (fine ? DONE : GP), "EFER bit %d: vector %x", bit, cpu.vector);
		qemu_differs(0);
		wrmsr(EFER, efer);
	}
	START(0, "rdmsr");
	cpu.cx = 0x12345678;
	qemu_differs("MSRs that do not exist read as 0");
	run();
	test(cpu.vector == GP && cpu.error == 0, "RDMSR of one that does not exist: %x", cpu.vector);
	START(0, "wrmsr");
	cpu.cx = 0x12345678;
	run();
	test(cpu.vector == GP && cpu.error == 0, "WRMSR of one that does not exist: %x", cpu.vector);
#ifdef __x86_64__
	static const u32 addresses[] = {LSTAR, CSTAR, FS_BASE, GS_BASE, KERNEL_GS_BASE, SYSENTER_ESP, SYSENTER_EIP};
	for (int i = 0; i < COUNT(addresses); i++) {
		u64 old = rdmsr(addresses[i]);
		for (int k = 0; k < 2; k++) {
			START(0, "wrmsr");
			cpu.cx = addresses[i];
			cpu.dx = k ? 0xffff8000 : has(F7, ECX, 16) ? 1 << 24 : 1 << 15; // 57 bits count where they could be used
			run();
			qemu_differs("it takes addresses that are not canonical");
			test(cpu.vector == (k ? DONE : GP), "MSR %x, canonical %x: vector %x", (word)addresses[i], (word)k, cpu.vector);
			qemu_differs(0);
			if (k)
				test(rdmsr(addresses[i]) == 0xffff800000000000, "MSR %x reads back", (word)addresses[i]);
		}
		wrmsr(addresses[i], old);
	}
#endif
	START(0, "wrmsr");
	cpu.cx = 0x277; // PAT: each byte is a memory type
	cpu.ax = 0x02;
	qemu_differs("it takes any PAT");
	run();
	test(cpu.vector == GP, "PAT with type 2: %x", cpu.vector);
	qemu_differs(0);
	group_end();
	group("time-stamp counter");
	u64 a = rdtsc(), b = rdtsc();
	test(b > a, "it goes on");
	wrmsr(0x10, 0x123456789abcull);
	u64 c = rdtsc();
	qemu_differs("its TSC cannot be set");
	test(c >= 0x123456789abcull && c < 0x12345f789abcull, "it can be set");
	qemu_differs(0);
	set_cr4(get_cr4() | CR4_TSD);
	START(3, "rdtsc");
	run();
	test(cpu.vector == GP && cpu.error == 0, "RDTSC in ring 3 with TSD: %x", cpu.vector);
	START(0, "rdtsc");
	run();
	test(cpu.vector == DONE, "RDTSC in ring 0 with TSD: %x", cpu.vector);
	set_cr4(get_cr4() & ~(word)CR4_TSD);
	START(3, "rdtsc");
	run();
	test(cpu.vector == DONE, "RDTSC in ring 3: %x", cpu.vector);
	if (has(FX1, EDX, 27)) {
		wrmsr(TSC_AUX, 0x1234);
		START(3, "rdtscp");
		run();
		test(cpu.vector == DONE && cpu.cx == 0x1234, "RDTSCP: %x, CX %x", cpu.vector, cpu.cx);
	}
	group_end();
}

static void umip(void) {
	if (!has(F7, ECX, 2)) {
		skip("UMIP", "CPUID does not report it");
		return;
	}
	group("UMIP");
	for (int on = 0; on < 2; on++)
		for (int ring = 0; ring <= 3; ring += 3) {
			set_cr4(on ? get_cr4() | CR4_UMIP : get_cr4() & ~(word)CR4_UMIP);
#define ONE(text) \
	START(ring, text); \
	run(); \
	test(cpu.vector == (on && ring ? GP : DONE) && (!on || !ring || cpu.error == 0), text ", UMIP %d, ring %d: vector %x", on, ring, cpu.vector);
			ONE("sgdt [" R(sp) " - 32]")
			ONE("sidt [" R(sp) " - 32]")
			ONE("sldt ax")
			ONE("str ax")
			ONE("smsw ax")
		}
#undef ONE
	set_cr4(get_cr4() & ~(word)CR4_UMIP);
	group_end();
}

static void xsave(void) {
	if (!has(F1, ECX, 26)) {
		skip("XSAVE", "CPUID does not report it");
		return;
	}
	group("XGETBV and XSETBV");
	set_cr4(get_cr4() & ~(word)CR4_OSXSAVE);
	START(0, "xgetbv");
	run();
	test(cpu.vector == UD, "without OSXSAVE: %x", cpu.vector);
	set_cr4(get_cr4() | CR4_OSXSAVE);
	u32 r[4], d[4];
	cpuid(1, 0, r);
	test(r[ECX] >> 27 & 1, "CPUID says OSXSAVE");
	cpuid(13, 0, d);
	START(3, "xgetbv");
	run();
	test(cpu.vector == DONE && cpu.ax & 1, "in ring 3: %x, %x", cpu.vector, cpu.ax);
	START(3, "xsetbv");
	run();
	test(cpu.vector == GP, "XSETBV in ring 3: %x", cpu.vector);
	for (int bit = 0; bit < 32; bit++) {
		START(0, "xsetbv");
		cpu.ax = (1u << bit) | 1;
		run();
		int fine = d[EAX] >> bit & 1;
		if (bit == 2)
			fine = 0; // AVX needs SSE
		if (is_qemu && bit > 2)
			continue; // what it has above AVX needs its neighbours
		test(cpu.vector == (fine ? DONE : GP), "bit %d: %x", bit, cpu.vector);
	}
	START(0, "xsetbv");
	run();
	test(cpu.vector == GP, "bit 0 must be set: %x", cpu.vector);
	START(0, "xsetbv");
	cpu.cx = 1;
	cpu.ax = 1;
	run();
	test(cpu.vector == GP, "XCR1: %x", cpu.vector);
	group_end();
	START(0, "xsetbv");
	cpu.ax = 3;
	run();
	set_cr4(get_cr4() & ~(word)CR4_OSXSAVE);
}

void image(void) {
	cr0();
	cr4();
	control_numbers();
	msrs();
	umip();
	xsave();
#ifdef __x86_64__
	group("CR3 and CR8");
	for (int bit = feature[FX8][EAX] & 0xff; bit < 64 && !is_qemu; bit++) // QEMU loads them, and is lost
		PUT("mov cr3, rax", get_cr3() | 1ul << bit, GP, "CR3 bit %d: %x", bit, cpu.vector);
	for (int v = 0; v < 32; v++)
		PUT("mov cr8, rax\n mov rbx, cr8", v, v < 16 || is_qemu ? DONE : GP, "CR8 %d: %x", v, cpu.vector);
	asm volatile("mov cr8, %0" : : "r"(0ul));
	group_end();
#endif
}
