// system: which values control registers and MSRs take, the fast system calls, SWAPGS, FS and GS bases, UMIP, the I/O
// permission map, and that CPUID tells the truth about all of it (SDM 3A "System Architecture Overview"; SDM 4).
#include "metal.h"

const char subject[] = "system" BITS;

enum { LONG = sizeof(word) == 8, STAR = 0xc0000081, LSTAR, CSTAR, SFMASK, FS_BASE = 0xc0000100, GS_BASE, KERNEL_GS_BASE, TSC_AUX };
enum { SYSENTER_CS = 0x174, SYSENTER_ESP, SYSENTER_EIP };
enum { CR4_TSD = 4, CR4_PAE = 0x20, CR4_UMIP = 1 << 11, CR4_LA57 = 1 << 12, CR4_FSGSBASE = 1 << 16, CR4_PCIDE = 1 << 17, CR4_OSXSAVE = 1 << 18 };

static u32 feature[8][4]; // CPUID 1, 7, 80000001, 80000008
enum { F1, F7, FX1, FX8 };
enum { EAX, EBX, ECX, EDX };
static int has(int leaf, int reg, int bit) { return feature[leaf][reg] >> bit & 1; }

static void cpuids(void) {
	u32 r[4];
	cpuid(0, 0, r);
	if (r[0] >= 7)
		cpuid(7, 0, feature[F7]);
	cpuid(1, 0, feature[F1]);
	cpuid(0x80000001, 0, feature[FX1]);
	cpuid(0x80000008, 0, feature[FX8]);
}

// PUT executes text with value in AX and wants a vector.
#define PUT(text, value, expected, ...) \
	do { \
		START(0, text); \
		cpu.ax = value; \
		word wanted = expected; \
		run(); \
		test(cpu.vector == wanted && (wanted != GP || cpu.error == 0), __VA_ARGS__); \
	} while (0)

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

static void sysenter(void) {
	if (!has(F1, EDX, 11)) {
		skip("SYSENTER", "CPUID does not report it");
		return;
	}
	// SYSENTER's segments: CS, CS+8 (SS), CS+16, CS+24 of ring 3 (32-bit); CS+32, CS+40 (64-bit).
	enum { BASE = FREE, HANDLER = 0x7000 };
	((u8 *)HANDLER)[0] = 0xcd;
	((u8 *)HANDLER)[1] = DONE;
	group("SYSENTER and SYSEXIT");
	for (int i = 0; i < 6; i++)
		gdt[(BASE >> 3) + i] = descriptor(0, 0xfffff, (i & 1 ? D_DATA : D_TEXT) | D_G | D_DB | (i >= 2 ? DPL(3) : 0));
#ifdef __x86_64__
	gdt[BASE >> 3] = descriptor(0, 0xfffff, D_TEXT | D_G | D_L);
	gdt[(BASE >> 3) + 4] = descriptor(0, 0xfffff, D_TEXT | D_G | D_L | DPL(3));
#endif
	wrmsr(SYSENTER_CS, 0);
	START(3, "sysenter");
	run();
	test(cpu.vector == GP && cpu.error == 0 && cpu.ip == (word)begin, "SYSENTER with CS 0: %x", cpu.vector);
	wrmsr(SYSENTER_CS, BASE);
	wrmsr(SYSENTER_ESP, TOP(other_stack));
	wrmsr(SYSENTER_EIP, HANDLER);
	for (int ring = 0; ring <= 3; ring += 3) {
		START(ring, "sysenter");
		cpu.flags |= F_IF;
		if (ring == 0)
			cpu.flags &= ~(word)F_IF;
		run();
		test(cpu.vector == DONE && cpu.ip == HANDLER + 2 && cpu.cs == BASE && cpu.ss == BASE + 8 && cpu.sp == TOP(other_stack) && !(cpu.flags & F_IF),
		     "SYSENTER in ring %d: vector %x, CS %x, SS %x, SP %x, flags %x", ring, cpu.vector, cpu.cs, cpu.ss, cpu.sp, cpu.flags);
	}
	START(0, ".byte 0x0f, 0x35");
	cpu.dx = HANDLER;
	cpu.cx = TOP(other_stack);
	run();
	test(cpu.vector == DONE && cpu.ip == HANDLER + 2 && cpu.cs == (BASE + 16) + 3 && cpu.ss == (BASE + 24) + 3 && cpu.sp == TOP(other_stack),
	     "SYSEXIT: vector %x, CS %x, SS %x, SP %x", cpu.vector, cpu.cs, cpu.ss, cpu.sp);
#ifdef __x86_64__
	START(0, ".byte 0x48, 0x0f, 0x35");
	cpu.dx = HANDLER;
	cpu.cx = TOP(other_stack);
	run();
	test(cpu.vector == DONE && cpu.ip == HANDLER + 2 && cpu.cs == (BASE + 32) + 3 && cpu.ss == (BASE + 40) + 3 && cpu.sp == TOP(other_stack),
	     "SYSEXIT to 64-bit code: vector %x, CS %x, SS %x, SP %x", cpu.vector, cpu.cs, cpu.ss, cpu.sp);
	qemu_differs("it does not look at the address");
	START(0, ".byte 0x48, 0x0f, 0x35");
	cpu.dx = 1ul << 60;
	run();
	test(cpu.vector == GP && cpu.error == 0 && cpu.ip == (word)begin, "SYSEXIT to an address that is not canonical: %x", cpu.vector);
	qemu_differs(0);
#endif
	START(3, ".byte 0x0f, 0x35");
	run();
	test(cpu.vector == GP && cpu.error == 0, "SYSEXIT in ring 3: %x", cpu.vector);
	wrmsr(SYSENTER_CS, 0);
	START(0, ".byte 0x0f, 0x35");
	run();
	test(cpu.vector == GP && cpu.error == 0, "SYSEXIT with CS 0: %x", cpu.vector);
	group_end();
	reset_tables();
}

#ifdef __x86_64__
static void syscall(void) {
	enum { HANDLER = 0x7000, SCE = 1 };
	((u8 *)HANDLER)[0] = 0xcd;
	((u8 *)HANDLER)[1] = DONE;
	u64 efer = rdmsr(EFER) & ~1ull;
	group("SYSCALL and SYSRET");
	wrmsr(EFER, efer);
	START(3, "syscall");
	run();
	test(cpu.vector == UD, "SYSCALL without SCE: %x", cpu.vector);
	START(0, "sysretq");
	run();
	test(cpu.vector == UD, "SYSRET without SCE: %x", cpu.vector);
	wrmsr(EFER, efer | SCE);
	wrmsr(STAR, (u64)FREE << 32 | (u64)(FREE + 16) << 48);
	gdt[FREE >> 3] = descriptor(0, 0xfffff, D_TEXT | D_G | D_L);
	gdt[(FREE >> 3) + 1] = descriptor(0, 0xfffff, D_DATA | D_G | D_DB);
	gdt[(FREE >> 3) + 2] = descriptor(0, 0xfffff, D_TEXT | D_G | D_DB | DPL(3));
	gdt[(FREE >> 3) + 3] = descriptor(0, 0xfffff, D_DATA | D_G | D_DB | DPL(3));
	gdt[(FREE >> 3) + 4] = descriptor(0, 0xfffff, D_TEXT | D_G | D_L | DPL(3));
	wrmsr(LSTAR, HANDLER);
	wrmsr(SFMASK, F_IF | F_DF | F_CF);
	for (int ring = 0; ring <= 3; ring += 3) {
		START(ring, "syscall");
		cpu.flags |= F_DF | F_CF | F_ZF;
		word sp = cpu.sp;
		run();
		test(cpu.vector == DONE && cpu.ip == HANDLER + 2 && cpu.cs == FREE && cpu.ss == FREE + 8 && cpu.sp == sp, "SYSCALL in ring %d: %x, CS %x, SS %x", ring,
		     cpu.vector, cpu.cs, cpu.ss);
		qemu_differs("it forgets the arithmetic flags");
		test(cpu.cx == (word)begin + 2 && cpu.r11 == (2 | F_DF | F_CF | F_ZF) && cpu.flags == (2 | F_ZF), "RCX %x, R11 %x, flags %x", cpu.cx, cpu.r11,
		     cpu.flags);
		qemu_differs(0);
	}
	static const struct {
		word r11, flags;
	} returned[] = {{0, 2}, {F_CF | F_DF | F_IF, 2 | F_CF | F_DF | F_IF}, {F_RF | F_VM | F_ZF, 2 | F_ZF}, {F_AC | F_ID | F_NT | 0x3000, 2 | F_AC | F_ID | F_NT | 0x3000}};
	for (int i = 0; i < COUNT(returned); i++)
		for (int wide = 0; wide < 2; wide++) {
			if (is_qemu && returned[i].r11 & F_VM)
				continue; // it enters virtual-8086 mode
			if (wide)
				START(0, "sysretq");
			else
				START(0, ".byte 0x0f, 0x07");
			cpu.cx = HANDLER;
			cpu.r11 = returned[i].r11;
			run();
			test(cpu.vector == DONE && cpu.ip == HANDLER + 2 && cpu.cs == (word)(FREE + 16 + (wide ? 16 : 0)) + 3 && cpu.ss == (FREE + 24) + 3,
			     "SYSRET, 64-bit %d: %x, CS %x, SS %x", wide, cpu.vector, cpu.cs, cpu.ss);
			test(cpu.flags == returned[i].flags, "SYSRET with R11 %x: flags %x", returned[i].r11, cpu.flags);
		}
	qemu_differs("it does not look at the address");
	START(0, "sysretq");
	cpu.cx = 1ul << 60;
	run();
	test(cpu.vector == GP && cpu.error == 0 && cpu.cs == KCS && cpu.ip == (word)begin, "SYSRET to an address that is not canonical: %x, CS %x", cpu.vector, cpu.cs);
	qemu_differs(0);
	START(3, "sysretq");
	run();
	test(cpu.vector == GP && cpu.error == 0, "SYSRET in ring 3: %x", cpu.vector);
	group_end();
	wrmsr(EFER, efer);
	reset_tables();
}

static void bases(void) {
	group("SWAPGS, FS and GS bases");
	wrmsr(GS_BASE, 0x1000);
	wrmsr(KERNEL_GS_BASE, 0x2000);
	START(0, "swapgs");
	run();
	test(cpu.vector == DONE && rdmsr(GS_BASE) == 0x2000 && rdmsr(KERNEL_GS_BASE) == 0x1000, "SWAPGS: %x", cpu.vector);
	START(3, "swapgs");
	run();
	test(cpu.vector == GP && cpu.error == 0, "SWAPGS in ring 3: %x", cpu.vector);
	static word there = 0x55aa;
	wrmsr(FS_BASE, (word)&there - 8);
	START(3, "mov rax, fs:[8]");
	run();
	test(cpu.ax == 0x55aa, "through FS: %x", cpu.ax);
	START(3, "mov rax, gs:[8]");
	wrmsr(GS_BASE, (word)&there - 8);
	run();
	test(cpu.ax == 0x55aa, "through GS: %x", cpu.ax);
	if (has(F7, EBX, 0)) {
		for (int on = 0; on < 2; on++) {
			set_cr4(on ? get_cr4() | CR4_FSGSBASE : get_cr4() & ~(word)CR4_FSGSBASE);
			START(3, "rdfsbase rax");
			run();
			test(on ? cpu.vector == DONE && cpu.ax == (word)&there - 8 : cpu.vector == UD, "RDFSBASE: %x, %x", cpu.vector, cpu.ax);
			START(3, "wrgsbase rax");
			cpu.ax = 0xffff900000000000;
			run();
			test(on ? cpu.vector == DONE && rdmsr(GS_BASE) == 0xffff900000000000 : cpu.vector == UD, "WRGSBASE: %x", cpu.vector);
		}
		qemu_differs("it takes addresses that are not canonical");
		START(3, "wrfsbase rax");
		cpu.ax = 1ul << 50;
		run();
		test(cpu.vector == GP && cpu.error == 0, "WRFSBASE of an address that is not canonical: %x", cpu.vector);
		qemu_differs(0);
	}
	group_end();
	wrmsr(FS_BASE, 0);
	wrmsr(GS_BASE, 0);
	group("addresses that are not canonical");
	PUT("mov al, [rax]", 1ul << 47, GP, "a load: %x", cpu.vector);
	PUT("mov [rax], al", 1ul << 63, GP, "a store: %x", cpu.vector);
	PUT("jmp rax", 1ul << 47, GP, "a jump: %x", cpu.vector);
	qemu_differs("it knows #GP only, and looks at the first byte");
	PUT("mov rbp, rax\n mov al, [rbp]", 1ul << 47, SS, "through RBP: %x", cpu.vector);
	PUT("mov rbp, rax\n mov al, ds:[rbp]", 1ul << 47, SS, "through RBP with a prefix that has no effect: %x", cpu.vector);
	PUT("mov rax, [rax]", 0x7ffffffffffc, GP, "across the end: %x", cpu.vector);
	START(3, "mov rsp, rax\n push rax"); // in ring 0 the trap would find no stack either
	cpu.ax = 1ul << 50;
	run();
	test(cpu.vector == SS && cpu.error == 0, "PUSH: %x", cpu.vector);
	qemu_differs(0);
	PUT("prefetcht0 [rax]", 1ul << 47, DONE, "PREFETCH: %x", cpu.vector);
	PUT("nop dword ptr [rax]", 1ul << 47, DONE, "NOP: %x", cpu.vector);
	PUT("lea rax, [rax]", 1ul << 47, DONE, "LEA: %x", cpu.vector);
	PUT("invlpg [rax]", 1ul << 47, DONE, "INVLPG: %x", cpu.vector);
	group_end();
}
#endif

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

// ports: IOPL and the I/O permission map of the TSS (SDM 1 "Input/Output").
static void ports(void) {
	group("the I/O permission map");
	for (int n = 0; n < 400; n++) {
		u32 x = n * 2654435761u;
		int port = x >> 8 & 63, size = 1 << (x >> 16) % 3, iopl = (x >> 20 & 7) == 0 ? 3 : 0;
		for (int i = 0; i < 64; i++)
			tss.bits[i] = 0xff;
		tss.iomap = (u8 *)tss.bits - (u8 *)&tss;
		u32 map = x * 40503u;
		tss.bits[port >> 3] = (u8)map;
		tss.bits[(port >> 3) + 1] = (u8)(map >> 8);
		switch (size) {
		case 1:
			START(3, "in al, dx");
			break;
		case 2:
			START(3, "in ax, dx");
			break;
		case 4:
			START(3, "in eax, dx");
			break;
		}
		cpu.dx = port + 0x40; // the first 64 are the DMA controller's
		tss.iomap -= 8;
		cpu.flags |= iopl << 12;
		int open = 1;
		for (int i = 0; i < size; i++)
			open &= !(tss.bits[(port + i) >> 3] >> ((port + i) & 7) & 1);
		run();
		test(cpu.vector == (open || iopl == 3 ? DONE : GP) && (cpu.vector == DONE || cpu.error == 0), "port %x, size %d, IOPL %d, open %d: %x", (word)cpu.dx, size,
		     iopl, open, cpu.vector);
	}
	// A port whose bit is beyond the limit is closed.
	START(3, "in al, dx");
	tss.iomap = (u8 *)tss.bits - (u8 *)&tss;
	for (int i = 0; i < 64; i++)
		tss.bits[i] = 0;
	cpu.dx = 64 * 8;
	run();
	test(cpu.vector == GP && cpu.error == 0, "beyond the limit: %x", cpu.vector);
	START(3, "in al, dx");
	cpu.dx = 64 * 8 - 1; // its bit is in the last byte, but two bytes are read
	run();
	test(cpu.vector == GP && cpu.error == 0, "in the last byte: %x", cpu.vector);
	START(3, "in al, dx");
	cpu.dx = 63 * 8 - 1;
	run();
	test(cpu.vector == DONE, "in the last but one: %x", cpu.vector);
	group_end();
	reset_tables();
	group("IOPL");
	for (int iopl = 0; iopl < 4; iopl++) {
#define ONE(text) \
	START(3, text); \
	cpu.flags |= iopl << 12; \
	run(); \
	test(cpu.vector == (iopl == 3 ? DONE : GP), text ", IOPL %d: %x", iopl, cpu.vector);
		ONE("cli")
		ONE("sti\n cli")
		ONE("in al, 0x80")
		ONE("out 0x80, al")
	}
	group_end();
}

void image(void) {
	cpuids();
	cr0();
	cr4();
	control_numbers();
	msrs();
	sysenter();
	umip();
	xsave();
	ports();
#ifdef __x86_64__
	syscall();
	bases();
	group("CR3 and CR8");
	for (int bit = feature[FX8][EAX] & 0xff; bit < 64 && !is_qemu; bit++) // QEMU loads them, and is lost
		PUT("mov cr3, rax", get_cr3() | 1ul << bit, GP, "CR3 bit %d: %x", bit, cpu.vector);
	for (int v = 0; v < 32; v++)
		PUT("mov cr8, rax\n mov rbx, cr8", v, v < 16 || is_qemu ? DONE : GP, "CR8 %d: %x", v, cpu.vector);
	asm volatile("mov cr8, %0" : : "r"(0ul));
	group_end();
#endif
}
