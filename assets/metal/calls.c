// calls: the fast system calls, SWAPGS and the bases of FS and GS, addresses that are not canonical, IOPL and the I/O
// permission map: what a kernel and its programs meet each other with (SDM 2 "SYSCALL", "SYSENTER"; SDM 1 "Input/Output").
#include "metal.h"

const char subject[] = "calls" BITS;

enum { STAR = 0xc0000081, LSTAR, CSTAR, SFMASK, FS_BASE = 0xc0000100, GS_BASE, KERNEL_GS_BASE };
enum { SYSENTER_CS = 0x174, SYSENTER_ESP, SYSENTER_EIP, CR4_FSGSBASE = 1 << 16 };

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
	sysenter();
	ports();
#ifdef __x86_64__
	syscall();
	bases();
#endif
}
