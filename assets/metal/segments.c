// segments: loading segment registers, LDTR and TR, far jumps, LAR, LSL, VERR, VERW for every kind of descriptor; limits and
// types of what is accessed through them (SDM 3A "Protection"; SDM 2 "MOV", "LAR", "LSL", "VERR", "LLDT", "LTR", "JMP").
#include "metal.h"

const char subject[] = "segments" BITS;

enum { LONG = sizeof(word) == 8, SEL = FREE, LDT_SEL = FREE + 32, BEYOND = GDT_SIZE * 8, HANDLER = 0x7000 };

struct outcome {
	word vector, error;
};

#define FINE ((struct outcome){DONE, NONE})
#define WRONG(v, e) ((struct outcome){v, e})

static void compare(struct outcome o, const char *what, word a, word b, word c) {
	test(cpu.vector == o.vector && cpu.error == o.error && (o.vector == DONE || cpu.ip == (word)begin), "%s %x, %x, %x: expected %x, %x; got %x, %x", what, a, b,
	     c, o.vector, o.error, cpu.vector, cpu.error);
}

// load is MOV to a segment register; access is the descriptor's byte of rights, 0x100 stands for none.
static struct outcome load(int ss, int access, int rpl, int cpl, u16 sel) {
	int dpl = access >> 5 & 3, code = access & D_CODE;
	word error = sel & ~3;
	if (error == 0) {
		int fine = !ss || (LONG && cpl < 3 && rpl == cpl);
		return fine ? FINE : WRONG(GP, 0);
	}
	if (sel >= BEYOND)
		return WRONG(GP, error);
	if (ss) {
		if (rpl != cpl || (access & (D_S | D_CODE | D_W)) != (D_S | D_W) || dpl != cpl)
			return WRONG(GP, error);
		return access & D_P ? FINE : WRONG(SS, error);
	}
	if (!(access & D_S) || (code && !(access & D_W)))
		return WRONG(GP, error);
	if (!(code && access & D_CONF) && (rpl > dpl || cpl > dpl))
		return WRONG(GP, error);
	return access & D_P ? FINE : WRONG(NP, error);
}

static void load_one(int reg, int access, int rpl, int cpl, u16 sel) {
	int down = (access & (D_CODE | D_DOWN)) == D_DOWN; // what is above the limit can be used: enough for the stack
	gdt[SEL >> 3] = descriptor(0, down ? 0 : 0xfffff, (access & 0xff) | D_DB | D_G);
	switch (reg) {
	case 0:
		START(cpl, "mov ds, ecx");
		break;
	case 1:
		START(cpl, "mov es, ecx");
		break;
	case 2:
		START(cpl, "mov ss, ecx\n nop");
		break;
	case 3:
		START(cpl, "mov fs, ecx");
		break;
	case 4:
		START(cpl, "mov gs, ecx");
		break;
	}
	cpu.cx = sel | rpl;
	run();
	qemu_differs(LONG && reg == 2 && sel == 0 ? "it does not look at RPL when SS becomes null" : 0);
	struct outcome o = load(reg == 2, access, rpl, cpl, sel | rpl);
	compare(o, "access, RPL, CPL", access, rpl, cpl);
	int set = gdt[SEL >> 3] >> 40 & 1;
	if (sel == SEL)
		test(set == ((access & 1) || o.vector == DONE), "access %x: the accessed bit is %d", (word)access, set);
}

static void loads(void) {
	static const char *const names[] = {"DS", "ES", "SS", "FS", "GS"};
	for (int reg = 0; reg < 5; reg++) {
		group("MOV to %s: descriptors × RPL × CPL", names[reg]);
		for (int cpl = 0; cpl <= 3; cpl += 3)
			for (int rpl = 0; rpl < 4; rpl++) {
				for (int access = 0; access < 256; access++)
					load_one(reg, access, rpl, cpl, SEL);
				load_one(reg, 0, rpl, cpl, 0);
				load_one(reg, 0, rpl, cpl, BEYOND);
			}
		group_end();
	}
	qemu_differs(0);
	gdt[SEL >> 3] = 0;
}

// rights is what LAR, LSL, VERR and VERW say.
static void rights(void) {
	for (int cpl = 0; cpl <= 3; cpl += 3) {
		group("LAR, LSL, VERR, VERW in ring %s", cpl ? "3" : "0");
		for (int rpl = 0; rpl <= 3; rpl += 3)
			for (int access = 0; access < 256; access++)
				for (int gran = 0; gran < 2; gran++) {
					u64 d = descriptor(0x12345678, 0x54321, access | D_DB | (gran ? D_G : 0));
					gdt[SEL >> 3] = d;
					START(cpl, "lar eax, ecx\n setz dl\n lsl ebx, ecx\n setz dh\n verr cx\n pushf\n pop " R(si) "\n verw cx\n pushf\n pop " R(di));
					cpu.cx = SEL | rpl;
					cpu.ax = cpu.bx = 0x11111111;
					run();
					int type = access & 15, dpl = access >> 5 & 3, s = access & D_S, code = access & D_CODE;
					int reach = (dpl >= cpl && dpl >= rpl) || (s && code && access & D_CONF);
					u32 lar_types = LONG ? 0x1a04 : 0x1a3e, lsl_types = LONG ? 0x0a04 : 0x0a0e;
					int lar = reach && (s || lar_types >> type & 1), lsl = reach && (s || lsl_types >> type & 1);
					int verr = s && reach && (!code || access & D_W), verw = s && reach && !code && access & D_W;
					u32 want_lar = lar ? (u32)(d >> 32) & 0xf0ff00 : 0x11111111, want_lsl = lsl ? gran ? 0x54321fff : 0x54321 : 0x11111111;
					u32 mask = lar ? 0xfff0ffff : ~0u; // bits 19:16 are not defined
					test(cpu.vector == DONE, "vector %x", cpu.vector);
					qemu_differs(LONG && !s && (type == 1 || (type >= 3 && type <= 5)) ? "in long mode it knows types of protected mode" : 0);
					test((cpu.dx & 0xff) == (word)lar && ((u32)cpu.ax & mask) == want_lar, "LAR of access %x, RPL %x: ZF %x, %x", access, rpl, cpu.dx & 0xff,
					     cpu.ax);
					test((cpu.dx >> 8 & 0xff) == (word)lsl && (u32)cpu.bx == want_lsl, "LSL of access %x, RPL %x: ZF %x, %x", access, rpl,
					     cpu.dx >> 8 & 0xff, cpu.bx);
					test(!(cpu.si & F_ZF) == !verr && !(cpu.di & F_ZF) == !verw, "VERR, VERW of access %x, RPL %x: flags %x, %x", (word)access, (word)rpl,
					     cpu.si, cpu.di);
				}
		group_end();
	}
	qemu_differs(0);
	gdt[SEL >> 3] = 0;
	START(0, "lar eax, ecx\n setz dl\n lsl ebx, ecx\n setz dh");
	cpu.cx = 0;
	run();
	check("LAR and LSL of null", cpu.vector == DONE && (cpu.dx & 0xffff) == 0, "vector %x, ZF %x", cpu.vector, cpu.dx);
}

static struct {
	u32 offset;
	u16 sel;
} __attribute__((packed)) target;

// far_jumps: to every kind of code.
static void far_jumps(void) {
	((u8 *)HANDLER)[0] = 0xcd;
	((u8 *)HANDLER)[1] = DONE;
	for (int call = 0; call < 2; call++)
		for (int cpl = 0; cpl <= 3; cpl += 3) {
			group("far %s in ring %s: descriptors × RPL", call ? "CALL" : "JMP", cpl ? "3" : "0");
			for (int rpl = 0; rpl < 4; rpl++)
				for (int access = D_S; access < 256; access = (access + 1) | D_S)
					for (int mode = 0; mode < 4; mode++) { // L, D
						gdt[SEL >> 3] = descriptor(0, 0xfffff, access | D_G | (mode & 1 ? D_DB : 0) | (mode & 2 ? D_L : 0));
						if (!LONG && mode != 1)
							continue;
						if (call)
							START(cpl, "call fword ptr [" R(cx) "]");
						else
							START(cpl, "jmp fword ptr [" R(cx) "]");
						target.offset = HANDLER;
						target.sel = SEL | rpl;
						cpu.cx = (word)&target;
						run();
						int dpl = access >> 5 & 3;
						struct outcome o = FINE;
						if (!(access & D_CODE) || (LONG && mode == 3))
							o = WRONG(GP, SEL);
						else if (access & D_CONF ? dpl > cpl : rpl > cpl || dpl != cpl)
							o = WRONG(GP, SEL);
						else if (!(access & D_P))
							o = WRONG(NP, SEL);
						qemu_differs(LONG && mode == 3 ? "it does not look at D when L is set" : 0);
						compare(o, "access, RPL, L and D", access, rpl, mode);
						if (o.vector == DONE && cpu.vector == DONE)
							test(cpu.cs == (word)(SEL | cpl) && cpu.ip == HANDLER + 2, "CS %x, IP %x", cpu.cs, cpu.ip);
					}
			group_end();
		}
	qemu_differs(0);
	gdt[SEL >> 3] = 0;
	START(0, "jmp fword ptr [" R(cx) "]");
	cpu.cx = (word)&target;
	target.sel = 0;
	run();
	want("far JMP to null", GP, 0, begin);
	START(0, "jmp fword ptr [" R(cx) "]");
	cpu.cx = (word)&target;
	target.sel = BEYOND;
	run();
	want("far JMP beyond the GDT", GP, BEYOND, begin);
}

static void system_registers(void) {
	group("LLDT: descriptors");
	for (int access = 0; access < 256; access++) {
		gdt[SEL >> 3] = descriptor((word)ldt, sizeof ldt - 1, access);
		gdt[(SEL >> 3) + 1] = 0;
		START(0, "lldt cx");
		cpu.cx = SEL;
		run();
		compare((access & 0x1f) != 2 ? WRONG(GP, SEL) : access & D_P ? FINE : WRONG(NP, SEL), "access", access, 0, 0);
	}
	START(0, "lldt cx");
	cpu.cx = SEL | 4;
	run();
	compare(WRONG(GP, SEL | 4), "in the LDT", 0, 0, 0);
	START(0, "lldt cx");
	run();
	compare(FINE, "null", 0, 0, 0);
	group_end();
	group("LTR: descriptors");
	for (int access = 0; access < 256; access++) {
		gdt[SEL >> 3] = descriptor((word)&tss, sizeof tss - 1, access);
		gdt[(SEL >> 3) + 1] = 0;
		START(0, "ltr cx");
		cpu.cx = SEL;
		run();
		qemu_differs(LONG && (access & 0x1f) == 1 ? "it knows 16-bit TSSs in long mode" : 0);
		int type = access & 0x1f, fine = type == 9 || (!LONG && type == 1);
		compare(!fine ? WRONG(GP, SEL) : access & D_P ? FINE : WRONG(NP, SEL), "access", access, 0, 0);
		if (fine && access & D_P)
			test((gdt[SEL >> 3] >> 40 & 0xff) == (u64)(access | 2), "busy");
	}
	qemu_differs("it loads null into TR");
	START(0, "ltr cx");
	run();
	compare(WRONG(GP, 0), "null", 0, 0, 0);
	qemu_differs(0);
	group_end();
	reset_tables();
	group("a segment of the LDT");
	gdt[LDT_SEL >> 3] = descriptor((word)ldt, 2 * 8 - 1, 0x82);
	ldt[1] = descriptor(0x1234, 0xfffff, D_DATA | D_DB | D_G | DPL(3));
	asm volatile("lldt %w0" : : "r"(LDT_SEL));
	START(3, "mov fs, ecx\n mov eax, fs\n lar ebx, ecx\n setz dl");
	cpu.cx = 8 | 4 | 3;
	run();
	test(cpu.vector == DONE && cpu.ax == 15 && (cpu.dx & 1), "FS %x, vector %x", cpu.ax, cpu.vector);
	START(3, "mov fs, ecx");
	cpu.cx = 16 | 4 | 3;
	run();
	compare(WRONG(GP, 16 | 4), "beyond the LDT", 0, 0, 0);
	asm volatile("lldt %w0" : : "r"(0));
	START(3, "mov fs, ecx");
	cpu.cx = 8 | 4 | 3;
	run();
	compare(WRONG(GP, 8 | 4), "no LDT", 0, 0, 0);
	group_end();
	reset_tables();
}

#ifndef __x86_64__
static u8 room[0x200];

// limits: expand-up and expand-down, bytes and pages; a violation is #GP(0), or #SS(0) through SS.
static void limits(void) {
	static const struct {
		const char *name;
		u32 attr, limit, low, high; // what may be accessed
	} table[] = {
		{"one byte", D_DATA | D_DB, 0, 0, 0},
		{"bytes", D_DATA | D_DB, 0x7f, 0, 0x7f},
		{"bytes, 16-bit", D_DATA, 0x7f, 0, 0x7f},
		{"pages", D_DATA | D_DB | D_G, 0, 0, 0xfff},
		{"expand-down", D_DATA | D_DB | D_DOWN, 0x7f, 0x80, 0xffffffff},
		{"expand-down, 16-bit", D_DATA | D_DOWN, 0x7f, 0x80, 0xffff},
		{"expand-down of pages", D_DATA | D_DB | D_DOWN | D_G, 0, 0x1000, 0xffffffff},
		{"code", D_TEXT | D_DB, 0x7f, 0, 0x7f},
	};
	for (int i = 0; i < COUNT(table); i++)
		for (int ss = 0; ss < 2; ss++) {
			if (ss && table[i].attr & D_CODE)
				continue;
			qemu_differs("it does not look at limits");
			group("limits of a segment in %s: %s", ss ? "SS" : "ES", table[i].name);
			u32 edges[] = {table[i].low, table[i].high, 0x80, 0xffff, 0x40};
			for (int n = 0; n < COUNT(edges) * 11 * 3; n++) {
				int size = 1 << n % 3;
				u32 at = edges[n / 33] + n / 3 % 11 - 5;
				u64 last = (u64)at + size - 1;
				int fine = at >= table[i].low && last <= table[i].high;
				if (fine && at >= sizeof room)
					continue; // nothing is there
				gdt[SEL >> 3] = descriptor((word)room, table[i].limit, table[i].attr);
				if (ss) {
					switch (size) {
					case 1:
						START(0, "mov ss, edx\n mov al, ss:[ecx]\n mov ss, ebx");
						break;
					case 2:
						START(0, "mov ss, edx\n mov ax, ss:[ecx]\n mov ss, ebx");
						break;
					case 4:
						START(0, "mov ss, edx\n mov eax, ss:[ecx]\n mov ss, ebx");
						break;
					}
				} else {
					switch (size) {
					case 1:
						START(0, "mov es, edx\n mov al, es:[ecx]");
						break;
					case 2:
						START(0, "mov es, edx\n mov ax, es:[ecx]");
						break;
					case 4:
						START(0, "mov es, edx\n mov eax, es:[ecx]");
						break;
					}
				}
				cpu.cx = at;
				cpu.dx = SEL;
				cpu.bx = KDS;
				if (ss) { // the trap needs a stack that works
					cpu.cs = UCS;
					cpu.ss = UDS;
					cpu.ds = cpu.es = UDS;
					cpu.dx = SEL | 3;
					cpu.bx = UDS;
					gdt[SEL >> 3] |= 3ull << 45;
				}
				run();
				word vector = fine ? DONE : ss ? SS : GP;
				test(cpu.vector == vector && (fine || (cpu.error == 0 && cpu.ip == (word)begin + 2)), "%x, size %x: expected %x; got %x, error %x", at, (word)size,
				     vector, cpu.vector, cpu.error);
			}
			group_end();
		}
	qemu_differs(0);
}

// types: what may be done through which type of segment.
static void types(void) {
	qemu_differs("it does not look at types when memory is accessed");
	group("loads and stores through every type");
	for (int type = 0; type < 16; type++)
		for (int store = 0; store < 2; store++) {
			if ((type & D_CODE) && !(type & D_W))
				continue; // cannot be loaded
			gdt[SEL >> 3] = descriptor((word)room, 0xfffff, D_P | D_S | type | D_DB | D_G);
			if (type & D_DOWN && !(type & D_CODE))
				gdt[SEL >> 3] = descriptor((word)room, 0, D_P | D_S | type | D_DB);
			if (store)
				START(0, "mov es, edx\n mov es:[ecx], al");
			else
				START(0, "mov es, edx\n mov al, es:[ecx]");
			cpu.dx = SEL;
			cpu.cx = 8;
			run();
			int fine = !store || (!(type & D_CODE) && type & D_W);
			test(cpu.vector == (fine ? DONE : GP) && (fine || (cpu.error == 0 && cpu.ip == (word)begin + 2)), "type %x, store %x: vector %x, error %x", (word)type,
			     (word)store, cpu.vector, cpu.error);
		}
	START(0, "mov cs:[ecx], al");
	cpu.cx = (word)room;
	run();
	test(cpu.vector == GP && cpu.error == 0, "a store through CS: %x", cpu.vector);
	group_end();
	qemu_differs(0);
	group("null segments");
	static const char *const names[] = {"DS", "ES", "FS", "GS"};
	for (int i = 0; i < 4; i++)
		for (int rpl = 0; rpl < 4; rpl++) {
			switch (i) {
			case 0:
				START(0, "mov ds, edx\n mov al, [ecx]");
				break;
			case 1:
				START(0, "mov es, edx\n mov al, es:[ecx]");
				break;
			case 2:
				START(0, "mov fs, edx\n mov al, fs:[ecx]");
				break;
			case 3:
				START(0, "mov gs, edx\n mov al, gs:[ecx]");
				break;
			}
			cpu.cx = (word)room;
			cpu.dx = rpl;
			run();
			qemu_differs("it does not look at limits");
			test(cpu.vector == GP && cpu.error == 0 && cpu.ip == (word)begin + 2, "%s: vector %x, error %x", names[i], cpu.vector, cpu.error);
		}
	group_end();
	qemu_differs(0);
}

// code_limit: beyond the limit of CS is #GP(0), at the address that was jumped to or of the instruction that crosses it.
static void code_limit(void) {
	qemu_differs("it does not look at limits");
	((u8 *)HANDLER)[0] = 0xcd;
	((u8 *)HANDLER)[1] = DONE;
	group("the limit of a code segment");
	for (int off = -3; off < 3; off++) {
		gdt[SEL >> 3] = descriptor(0, HANDLER + 1 + off, D_TEXT | D_DB);
		START(0, "jmp fword ptr [ecx]");
		cpu.cx = (word)&target;
		target.offset = HANDLER;
		target.sel = SEL;
		run();
		if (off >= 0)
			test(cpu.vector == DONE, "limit %x: vector %x", HANDLER + 1 + (word)off, cpu.vector);
		else if (off == -1) // INT's second byte is outside
			test(cpu.vector == GP && cpu.error == 0 && cpu.ip == HANDLER && cpu.cs == SEL, "limit %x: vector %x, IP %x", HANDLER + 1 + (word)off, cpu.vector, cpu.ip);
		else
			test(cpu.vector == GP && cpu.error == 0 && cpu.ip == (word)begin, "limit %x: vector %x, IP %x", HANDLER + 1 + (word)off, cpu.vector, cpu.ip);
	}
	group_end();
	qemu_differs(0);
}
#endif

void image(void) {
	loads();
	rights();
	far_jumps();
	system_registers();
#ifndef __x86_64__
	limits();
	types();
	code_limit();
#endif
}
