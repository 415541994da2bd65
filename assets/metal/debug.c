// debug: single stepping, the debug registers, RF, and what MOV SS holds back (SDM 3B "Debug, Branch Profile, TSC").
#include "metal.h"

const char subject[] = "debug" BITS;

enum { DR6_FIXED = 0xffff0ff0, BS = 1 << 14, BD = 1 << 13, GD = 1 << 13, CR4_DE = 8, VECTOR = 0x31 };
enum { EXECUTE, WRITE, IO, ACCESS }; // DR7's R/W field

// seen are the #DBs that the hook has passed by.
static struct {
	word ip, dr6, flags;
} seen[64];
static int count, stop_after;

static int on_debug(void) {
	if (count < COUNT(seen)) {
		seen[count].ip = cpu.ip;
		seen[count].dr6 = get_dr6();
		seen[count].flags = cpu.flags;
	}
	count++;
	set_dr6(DR6_FIXED);
	return count < stop_after;
}

static void watch(int stop) {
	count = 0;
	stop_after = stop;
	hook[DB] = on_debug;
	set_dr6(DR6_FIXED);
}

// steps executes text with TF set and wants traps at these distances from its begin.
#define STEPS(name, text, ...) \
	do { \
		static const int at[] = {__VA_ARGS__}; \
		START(0, text); \
		cpu.flags |= F_TF; \
		prepare(); \
		watch(COUNT(seen)); \
		run(); \
		group("TF: " name); \
		test(count == COUNT(at), "%d traps, not %d", count, COUNT(at)); \
		for (int i = 0; i < count && i < COUNT(at); i++) \
			test(seen[i].ip == (word)begin + at[i] && seen[i].dr6 == (DR6_FIXED | BS), "trap %d at %x, DR6 %x", i, seen[i].ip - (word)begin, \
			     seen[i].dr6); \
		group_end(); \
	} while (0)

static u8 from[32], to[32];

static void prepare(void) {
	cpu.si = (word)from;
	cpu.di = (word)to;
	cpu.cx = 3;
	cpu.ax = cpu.ss;
	cpu.dx = 0x80;
}

static void single_step(void) {
	// The DONE at the end clears TF before it could trap: INT n does not trap behind itself.
	STEPS("three instructions", "nop\n nop\n nop", 1, 2, 3);
	STEPS("a jump", "jmp 1f\n nop\n nop\n 1: nop", 4, 5);
	STEPS("each iteration of REP traps", "rep movsb\n nop", 0, 0, 2, 3);
	STEPS("REP with CX 0", "xor ecx, ecx\n rep stosb", 2, 4);
	STEPS("MOV SS holds the trap back", "mov ss, eax\n nop\n nop", 3, 4);
	STEPS("POPF that clears TF still traps", "push 2\n popf\n nop\n nop", 2, 3);
	STEPS("a fault is no step", "nop\n ud2", 1);
	want("the fault that was no step", UD, NONE, begin + 1);
	test(cpu.flags & F_TF, "TF is saved");
	STEPS("port input", "in al, dx\n nop", 1, 2);
	START(0, "push 0x102\n popf\n nop\n nop");
	watch(1);
	run();
	group("TF: POPF that sets TF traps behind the next instruction");
	test(cpu.vector == DB && cpu.ip == (word)begin + 5 + 1 + 1 && seen[0].dr6 == (DR6_FIXED | BS), "vector %x at %x", cpu.vector, cpu.ip - (word)begin);
	test(!(cpu.hflags & F_TF) && cpu.flags & F_TF && !(cpu.flags & F_RF), "flags %x, in the handler %x", cpu.flags, cpu.hflags);
	group_end();
	// INT n with TF: the handler does not trap, the instruction behind INT does.
	set_gate(VECTOR, 0x7000, KCS, 0x8e, 0);
	((u8 *)0x7000)[0] = 0x90;
#ifdef __x86_64__
	((u8 *)0x7000)[1] = 0x48;
	((u8 *)0x7000)[2] = 0xcf;
#else
	((u8 *)0x7000)[1] = 0xcf;
#endif
	STEPS("INT n and its handler do not trap, nor its IRET", "nop\n int 0x31\n nop\n nop", 1, 4, 5);
	reset_tables();
	START(3, "nop\n nop");
	cpu.flags |= F_TF;
	watch(1);
	run();
	check("TF in ring 3", cpu.vector == DB && cpu.ip == (word)begin + 1 && cpu.cs == UCS && seen[0].dr6 == (DR6_FIXED | BS), "vector %x", cpu.vector);
}

static u8 area[64] __attribute__((aligned(64)));

static void enable(int n, int kind, int length, word address) {
	static const u8 code[] = {0, 0, 1, 0, 3, 0, 0, 0, 2};
	switch (n) {
	case 0:
		set_dr0(address);
		break;
	case 1:
		set_dr1(address);
		break;
	case 2:
		set_dr2(address);
		break;
	case 3:
		set_dr3(address);
		break;
	}
	set_dr7((u32)(0x400 | 1 << (2 * n)) | (u32)kind << (16 + 4 * n) | (u32)code[length] << (18 + 4 * n));
}

static void data(void) {
	static const struct {
		const char *name;
		int write, size;
	} accesses[] = {{"load of 1", 0, 1}, {"load of 2", 0, 2}, {"load of 4", 0, 4}, {"store of 1", 1, 1}, {"store of 2", 1, 2}, {"store of 4", 1, 4}};
	static const u8 lengths[] = {1, 2, 4, 8};
	for (int k = 0; k < COUNT(accesses); k++)
		for (int kind = WRITE; kind <= ACCESS; kind += ACCESS - WRITE) {
			group("breakpoint on %s, %s", kind == WRITE ? "stores" : "loads and stores", accesses[k].name);
			for (int l = 0; l < (sizeof(word) == 8 ? 4 : 3); l++)
				for (int at = 0; at < 32; at++) {
					int n = at & 3, length = lengths[l], size = accesses[k].size;
					if (is_qemu && at % size)
						continue; // it splits such accesses, and looks at too much
					switch (k) {
					case 0:
						START(0, "mov al, [" R(cx) "]");
						break;
					case 1:
						START(0, "mov ax, [" R(cx) "]");
						break;
					case 2:
						START(0, "mov eax, [" R(cx) "]");
						break;
					case 3:
						START(0, "mov [" R(cx) "], al");
						break;
					case 4:
						START(0, "mov [" R(cx) "], ax");
						break;
					case 5:
						START(0, "mov [" R(cx) "], eax");
						break;
					}
					cpu.cx = (word)area + at;
					watch(1);
					enable(n, kind, length, (word)area + 16);
					run();
					set_dr7(0x400);
					int hit = at < 16 + length && at + size > 16 && (kind == ACCESS || accesses[k].write);
					test(cpu.vector == (hit ? DB : DONE), "DR%d, length %d, access at %d: vector %x", n, length, at - 16, cpu.vector);
					if (hit && cpu.vector == DB)
						test((seen[0].dr6 & 0xf00f) == 1u << n && cpu.ip > (word)begin && cpu.ip <= (word)begin + 3, "DR6 %x, IP %x", seen[0].dr6,
						     cpu.ip - (word)begin);
				}
			group_end();
		}
	group("breakpoints on other accesses");
	static word sink; // the stack's are in ring 3: the frame of a trap in ring 0 would be a hit as well
#define HIT(name, ring, text, kind, address, expected) \
	do { \
		START(ring, text); \
		prepare(); \
		cpu.bx = (word)&sink; \
		watch(1); \
		enable(0, kind, 4, (word)(address)); \
		run(); \
		set_dr7(0x400); \
		test((cpu.vector == DB) == expected, "%s: vector %x", name, cpu.vector); \
	} while (0);
	HIT("PUSH", 3, "push " R(ax), WRITE, cpu.sp - sizeof(word), 1)
	HIT("POP", 3, "pop " R(ax), ACCESS, cpu.sp, 1)
	HIT("POP is no store", 3, "pop " R(ax), WRITE, cpu.sp, 0)
	HIT("CALL", 3, "call 1f\n 1:", WRITE, cpu.sp - sizeof(word), 1)
	HIT("ADD to memory", 0, "add dword ptr [" R(bx) "], 1", WRITE, &sink, 1)
	HIT("XCHG", 0, "xchg [" R(bx) "], eax", ACCESS, &sink, 1)
	HIT("MOVSB reads", 0, "movsb", ACCESS, from, 1)
	HIT("MOVSB writes", 0, "movsb", WRITE, to, 1)
	HIT("STOSD", 0, "stosd", WRITE, to, 1)
	HIT("a disabled one", 0, "mov eax, [" R(bx) "]\n nop", WRITE, &sink, 0)
	HIT("LEA", 0, "lea eax, [" R(bx) "]", ACCESS, &sink, 0)
	HIT("execution is no access", 0, "nop\n nop\n nop\n nop", ACCESS, (word)begin & ~3ul, 0)
	group_end();
	// The iteration of REP that hits is the last before the trap.
	START(0, "rep movsb");
	prepare();
	cpu.cx = 16;
	watch(1);
	enable(1, WRITE, 1, (word)to + 5);
	run();
	set_dr7(0x400);
	check("REP MOVSB stops behind the iteration that hits", cpu.vector == DB && cpu.cx == 10 && cpu.di == (word)to + 6 && cpu.ip == (word)begin,
	      "vector %x, CX %x", cpu.vector, cpu.cx);
}

static void execution(void) {
	group("instruction breakpoints");
	for (int n = 0; n < 4; n++) {
		START(0, "nop\n nop\n nop\n nop");
		watch(1);
		enable(n, EXECUTE, 1, (word)begin + n);
		run();
		test(cpu.vector == DB && cpu.ip == (word)begin + n && (seen[0].dr6 & 0xf00f) == 1u << n && !(cpu.flags & F_RF), "DR%d: vector %x, IP %x, flags %x",
		     n, cpu.vector, cpu.ip - (word)begin, cpu.flags);
		// Again with RF: it goes on.
		cpu.flags |= F_RF;
		run();
		test(cpu.vector == DONE, "with RF: vector %x", cpu.vector);
		qemu_differs("it keeps RF");
		test(!(cpu.flags & F_RF), "RF is cleared by the instruction: %x", cpu.flags);
		qemu_differs(0);
		set_dr7(0x400);
	}
	START(0, "nop\n mov eax, 1\n nop");
	watch(1);
	enable(0, EXECUTE, 1, (word)begin + 2);
	run();
	test(cpu.vector == DONE, "not at an instruction's first byte: vector %x", cpu.vector);
	START(0, "1: dec ecx\n jnz 1b");
	watch(8);
	cpu.cx = 5;
	enable(0, EXECUTE, 1, (word)begin);
	run();
	set_dr7(0x400);
	test(count == 8, "without RF it comes again and again: %d", count);
	START(0, "ud2");
	watch(1);
	enable(0, EXECUTE, 1, (word)begin);
	run();
	set_dr7(0x400);
	test(cpu.vector == DB, "a breakpoint before #UD: %x", cpu.vector);
	group_end();
	qemu_differs("it breaks behind MOV SS");
	START(0, "mov ss, eax\n nop\n nop");
	prepare();
	watch(1);
	enable(0, EXECUTE, 1, (word)begin + 2);
	run();
	set_dr7(0x400);
	want("no instruction breakpoint behind MOV SS", DONE, NONE, 0);
	qemu_differs(0);
}

static void ports(void) {
	if (is_qemu) {
		skip("breakpoints on ports", "QEMU 7.2 dies of them");
		return;
	}
	set_cr4(get_cr4() | CR4_DE);
	group("breakpoints on ports");
	for (int size = 1; size <= 4; size *= 2)
		for (int off = -4; off < 5; off++) {
			START(0, "in al, dx");
			cpu.dx = 0x84 + off;
			watch(1);
			enable(2, IO, size, 0x84);
			run();
			set_dr7(0x400);
			int hit = off >= 0 && off < size;
			test(cpu.vector == (hit ? DB : DONE), "length %d, port %x: vector %x", size, cpu.dx, cpu.vector);
			if (hit)
				test(cpu.ip == (word)begin + 1 && (seen[0].dr6 & 0xf00f) == 4, "IP %x, DR6 %x", cpu.ip - (word)begin, seen[0].dr6);
		}
	group_end();
	set_cr4(get_cr4() & ~(word)CR4_DE);
}

static void registers(void) {
	group("debug registers");
	set_dr6(0);
	test((get_dr6() & 0xffff0ff0) == DR6_FIXED, "DR6 reads %x", get_dr6());
	set_dr6(0xffffffff);
	qemu_differs("it keeps bit 12 of DR6");
	test((get_dr6() & 0x1000) == 0, "DR6 bit 12 is 0: %x", get_dr6());
	qemu_differs(0);
	set_dr6(DR6_FIXED);
	set_dr7(0);
	test(get_dr7() == 0x400, "DR7 reads %x", get_dr7());
	START(0, ".byte 0x0f, 0x21, 0xe0"); // mov eax, dr4
	run();
	test(cpu.vector == DONE && (u32)cpu.ax == DR6_FIXED, "DR4 is DR6: %x", cpu.ax);
	set_cr4(get_cr4() | CR4_DE);
	START(0, ".byte 0x0f, 0x21, 0xe0");
	run();
	test(cpu.vector == UD, "DR4 with CR4.DE: %x", cpu.vector);
	set_cr4(get_cr4() & ~(word)CR4_DE);
	group_end();
	group("DR7.GD");
	qemu_differs("it has no GD");
	START(0, "nop\n mov " R(ax) ", dr0");
	watch(1);
	set_dr7(0x400 | GD);
	run();
	test(cpu.vector == DB && cpu.ip == (word)begin + 1 && (seen[0].dr6 & 0xf00f) == BD, "vector %x, IP %x, DR6 %x", cpu.vector, cpu.ip - (word)begin,
	     seen[0].dr6);
	test(!(get_dr7() & GD), "GD is cleared for the handler: %x", get_dr7());
	set_dr7(0x400);
	qemu_differs(0);
	group_end();
#ifdef __x86_64__
	group("upper halves of DR6 and DR7");
	START(0, "mov dr6, rax");
	cpu.ax = 1ul << 32;
	run();
	test(cpu.vector == GP && cpu.error == 0, "DR6: %x", cpu.vector);
	START(0, "mov dr7, rax");
	cpu.ax = 1ul << 32;
	run();
	test(cpu.vector == GP && cpu.error == 0, "DR7: %x", cpu.vector);
	START(0, "mov dr0, rax\n mov rbx, dr0");
	cpu.ax = 0x123456789abcdef0;
	run();
	test(cpu.vector == DONE && cpu.bx == cpu.ax, "DR0: %x", cpu.bx);
	set_dr0(0);
	group_end();
#endif
}

void image(void) {
	registers();
	single_step();
	data();
	execution();
	ports();
}
