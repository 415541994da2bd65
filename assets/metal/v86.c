// v86: virtual-8086 mode: the way in and out, what is sensitive to IOPL there, segments, ports, gates (SDM 3B "8086
// Emulation"). Without the mode's extensions (VME).
#include "metal.h"

const char subject[] = "v86" BITS;

extern u8 launch[], stubs[];

static u8 *stubs_of(int vector) { return stubs + 16 * vector; }

enum { CODE = 0x7000, STACK_SEG = 0x800, SP0 = 0x100, OUTER = FREE, CONFORMING = FREE + 8, CR4_VME = 1, F_IOPL = 0x3000, V86 = F_VM | 2 };

// at prepares to execute the bytes of text, 16-bit code, in virtual-8086 mode with an IOPL. DONE follows it when IOPL is 3.
#define AT(iopl, text) \
	do { \
		u8 *from; \
		u32 length; \
		asm volatile(".pushsection .text.tests, \"ax\"\n .code16\n 777:\n" text "\n int 0x30\n 778:\n .code32\n .popsection\n lea %0, [777b]\n mov %1, offset 778b - 777b" \
			     : "=r"(from), "=r"(length)); \
		prepare(from, length, iopl); \
	} while (0)

static void prepare(const u8 *from, u32 length, int iopl) {
	for (u32 i = 0; i < length; i++)
		((volatile u8 *)CODE)[i] = from[i];
	fresh(0, 0);
	cpu.cs = CODE >> 4;
	cpu.flags = V86 | iopl << 12;
	cpu.ss = STACK_SEG, cpu.sp = SP0;
	cpu.ds = 0x900, cpu.es = 0xa00, cpu.fs = 0xb00, cpu.gs = 0xc01;
}

static void expect(const char *name, word vector, word error, word ip) {
	test(cpu.vector == vector && cpu.error == error && cpu.ip == ip && cpu.cs == CODE >> 4 && cpu.flags & F_VM, "%s: vector %x, error %x, IP %x", name, cpu.vector, cpu.error,
	     cpu.ip);
}

static void in_and_out(void) {
	group("in by IRET, out by INT");
	AT(3, "nop");
	run();
	expect("INT", DONE, NONE, 3);
	test(cpu.ss == STACK_SEG && cpu.sp == SP0 && cpu.ds == 0x900 && cpu.es == 0xa00 && cpu.fs == 0xb00 && cpu.gs == 0xc01, "SS %x, SP %x, DS %x, GS %x", cpu.ss, cpu.sp, cpu.ds,
	     cpu.gs);
	test(cpu.at == TOP(kernel_stack) - 36 && cpu.hss == KDS && (cpu.hcs & 3) == 0 && !(cpu.hflags & F_VM), "the frame is at %x, SS %x, CS %x, flags %x", cpu.at, cpu.hss,
	     cpu.hcs, cpu.hflags);
	group_end();
	group("IRET to an IP beyond 64 KiB");
	AT(3, "nop");
	cpu.ip = 0x10000;
	run();
	qemu_differs("it checks no limits here");
	test(cpu.vector == GP && cpu.error == 0 && cpu.ip == (word)launch && !(cpu.flags & F_VM), "vector %x, error %x, IP %x", cpu.vector, cpu.error, cpu.ip);
	qemu_differs(0);
	group_end();
}

static void sensitive(void) {
	group("sensitive to IOPL");
#define SENSITIVE(text) \
	AT(0, text); \
	run(); \
	expect(text, GP, 0, 0);
	SENSITIVE("cli")
	SENSITIVE("sti")
	SENSITIVE("pushf")
	SENSITIVE("popf")
	SENSITIVE("pushfd")
	SENSITIVE("iret")
	SENSITIVE("int 0x30")
	SENSITIVE("int 0x31")
	group_end();
	group("never allowed");
#define NEVER(text, vector, error) \
	AT(3, text); \
	run(); \
	expect(text, vector, error, 0);
	NEVER("hlt", GP, 0)
	NEVER("lgdt [0]", GP, 0)
	NEVER("lidt [0]", GP, 0)
	NEVER("clts", GP, 0)
	NEVER("mov eax, cr0", GP, 0)
	NEVER("mov dr7, eax", GP, 0)
	NEVER("lmsw ax", GP, 0)
	NEVER("wbinvd", GP, 0)
	NEVER("lldt ax", UD, NONE)
	NEVER("ltr ax", UD, NONE)
	NEVER("sldt ax", UD, NONE)
	NEVER("str ax", UD, NONE)
	NEVER("lar ax, cx", UD, NONE)
	NEVER("lsl ax, cx", UD, NONE)
	NEVER("verr ax", UD, NONE)
	NEVER("arpl ax, cx", UD, NONE)
	group_end();
	group("not sensitive");
	set_gate(BP, (word)stubs_of(BP), KCS, 0x8e | DPL(3), 0);
	set_gate(4, (word)stubs_of(4), KCS, 0x8e | DPL(3), 0);
	AT(0, "int3");
	run();
	expect("INT3", BP, NONE, 1);
	AT(0, "into");
	cpu.flags |= 0x800;
	run();
	expect("INTO", 4, NONE, 1);
	reset_tables();
	AT(0, "int3");
	run();
	expect("INT3 by a gate of ring 0", GP, IDT_ERROR(BP), 0);
	group_end();
}

static void flags(void) {
	group("flags with IOPL 3");
	AT(3, "cli");
	cpu.flags |= F_IF;
	run();
	expect("CLI", DONE, NONE, 3);
	test(!(cpu.flags & F_IF), "CLI: flags %x", cpu.flags);
	AT(3, "sti\n nop");
	run();
	test(cpu.flags & F_IF, "STI: flags %x", cpu.flags);
	AT(3, "pushf\n pop ax");
	run();
	test((cpu.ax & 0xffff) == (F_IOPL | 2), "PUSHF: %x", cpu.ax);
	AT(3, "pushfd\n pop eax");
	run();
	test(cpu.ax == (F_IOPL | 2), "PUSHFD says no VM: %x", cpu.ax);
	AT(3, "push 0x4ed7\n popf");
	run();
	test((cpu.flags & 0x7fff) == (0x4ed7 | F_IOPL), "POPF leaves IOPL: %x", cpu.flags);
	AT(3, "pushd 0x00240202\n popfd");
	run();
	test((cpu.flags & ~(word)F_RF) == (V86 | F_IOPL | F_AC | F_ID | F_IF), "POPFD leaves VM: %x", cpu.flags);
	AT(3, "push 0x0202\n push 0x700\n push 0x40\n iret");
	((u8 *)CODE)[0x40] = 0xcd, ((u8 *)CODE)[0x41] = DONE;
	run();
	expect("IRET", DONE, NONE, 0x42);
	test(cpu.sp == SP0 && (cpu.flags & ~(word)F_RF) == (V86 | F_IOPL | F_IF), "IRET: SP %x, flags %x", cpu.sp, cpu.flags);
	group_end();
}

static void segments(void) {
	group("segments");
	AT(3, "mov ax, 0x980\n mov es, ax\n mov dword ptr es:[0x10], 0x12345678\n mov cx, es");
	*(volatile u32 *)0x9810 = 0;
	run();
	test(cpu.vector == DONE && *(volatile u32 *)0x9810 == 0x12345678 && cpu.es == 0x980 && (cpu.cx & 0xffff) == 0x980, "ES %x, memory %x", cpu.es, *(volatile u32 *)0x9810);
	AT(3, "mov word ptr cs:[0x80], 0x77");
	run();
	test(cpu.vector == DONE && *(volatile u16 *)(CODE + 0x80) == 0x77, "a store through CS: vector %x", cpu.vector);
	qemu_differs("it checks no limits here");
	AT(3, "mov ax, [0xffff]");
	run();
	expect("across the end", GP, 0, 0);
	AT(3, "mov al, [ebx]");
	cpu.bx = 0x10000;
	run();
	expect("beyond the end", GP, 0, 0);
	AT(3, "push ax");
	cpu.sp = 1;
	run();
	expect("PUSH across the end", SS, 0, 0);
	qemu_differs(0);
	AT(3, "ljmp 0x704, 0");
	((u8 *)CODE)[0x40] = 0xcd, ((u8 *)CODE)[0x41] = DONE;
	run();
	test(cpu.vector == DONE && cpu.cs == 0x704 && cpu.ip == 2, "far JMP: vector %x, CS %x, IP %x", cpu.vector, cpu.cs, cpu.ip);
	AT(3, "lcall 0x704, 0");
	((u8 *)CODE)[0x40] = 0xcd, ((u8 *)CODE)[0x41] = DONE;
	run();
	test(cpu.vector == DONE && cpu.cs == 0x704 && *(volatile u32 *)(STACK_SEG * 16 + SP0 - 4) == 0x07000005, "far CALL: vector %x, pushed %x", cpu.vector,
	     *(volatile u32 *)(STACK_SEG * 16 + SP0 - 4));
	group_end();
}

static void ports(void) {
	group("ports");
	AT(3, "in al, 0x80");
	run();
	expect("no map", GP, 0, 0);
	tss.iomap = __builtin_offsetof(struct tss, bits);
	AT(0, "in al, 0x80\n hlt");
	run();
	expect("a clear bit", GP, 0, 2);
	tss.bits[0x80 / 8] = 1;
	AT(3, "in al, 0x80");
	run();
	expect("a set bit, with IOPL 3", GP, 0, 0);
	reset_tables();
	group_end();
}

static void gates(void) {
	group("gates");
	gdt[OUTER >> 3] = descriptor(0, 0xfffff, D_TEXT | D_DB | D_G | DPL(3));
	gdt[CONFORMING >> 3] = descriptor(0, 0xfffff, D_TEXT | D_CONF | D_DB | D_G);
	set_gate(0x31, CODE, OUTER, 0x8e | DPL(3), 0);
	AT(3, "int 0x31");
	run();
	expect("to ring 3", GP, OUTER, 0);
	set_gate(0x31, CODE, CONFORMING, 0x8e | DPL(3), 0);
	AT(3, "int 0x31");
	run();
	expect("to conforming code", GP, CONFORMING, 0);
	set_gate(UD, CODE, OUTER, 0x8e, 0);
	AT(3, "ud2");
	run();
	qemu_differs("neither EXT nor RF");
	expect("an exception to ring 3", GP, OUTER + EXT, 0);
	reset_tables();
	AT(3, "div cl");
	run();
	expect("DIV by 0", DE, NONE, 0);
	test(cpu.flags & F_RF, "RF of a fault: %x", cpu.flags);
	qemu_differs(0);
	AT(3, "mov ax, 1\n nop");
	cpu.flags |= F_TF;
	run();
	expect("single step", DB, NONE, 3);
	group_end();
}

static struct tss next __attribute__((aligned(128)));

static void by_task(void) {
	group("in by a task switch, out by IRET to the old task");
	gdt[OUTER >> 3] = descriptor((word)&next, sizeof next - 1, 0x89);
	((u8 *)CODE)[0] = 0xcd, ((u8 *)CODE)[1] = DONE;
	next.eflags = V86 | F_IOPL;
	next.cs = CODE >> 4, next.ss = STACK_SEG, next.esp = SP0, next.ds = 0x900, next.es = 0xa00, next.fs = 0xb00, next.gs = 0xc01;
	next.esp0 = TOP(kernel_stack), next.ss0 = KDS, next.iomap = sizeof next;
	START(0, "ljmp 0x50, 0");
	run();
	expect("the new task", DONE, NONE, 2);
	test(cpu.ds == 0x900 && cpu.ss == STACK_SEG && cpu.gs == 0xc01 && cpu.flags == (V86 | F_IOPL), "DS %x, SS %x, flags %x", cpu.ds, cpu.ss, cpu.flags);
	asm volatile("clts");
	reset_tables();
	group_end();
}

void image(void) {
	set_cr4(get_cr4() & ~(word)CR4_VME);
	in_and_out();
	sensitive();
	flags();
	segments();
	ports();
	gates();
	by_task();
}
