// gates: privilege × type × DPL × target of interrupt, trap and call gates, the stacks they switch to, and the ways back
// (SDM 2A "INT n", "CALL", "IRET", "RET"; SDM 3A "Protection", "64-Bit Mode Stack Switching").
#include "metal.h"

const char subject[] = "gates" BITS;

enum { LONG = sizeof(word) == 8, VECTOR = 0x31, HANDLER = 0x7000 };

// The selectors that gates and returns name. In descriptor(): base, limit, attributes.
enum {
	CODE0 = FREE, CODE3 = FREE + 8, CONF0 = FREE + 16, CONF3 = FREE + 24, ABSENT = FREE + 32, DATA0 = FREE + 40, DATA3 = FREE + 48,
	OTHER0 = FREE + 56, BAD0 = FREE + 64, RODATA3 = FREE + 72, ABSENT3 = FREE + 80, ABSDATA3 = FREE + 88, GATE = FREE + 96, BEYOND = GDT_SIZE * 8,
};

static const struct target {
	const char *name;
	u16 sel;
	u32 attr;
} targets[] = {
	{"null", 0, 0},
	{"beyond the GDT", BEYOND, 0},
	{"code of ring 0", CODE0, D_TEXT | D_MODE},
	{"code of ring 3", CODE3, D_TEXT | D_MODE | DPL(3)},
	{"conforming code of ring 0", CONF0, D_TEXT | D_CONF | D_MODE},
	{"conforming code of ring 3", CONF3, D_TEXT | D_CONF | D_MODE | DPL(3)},
	{"code that is not present", ABSENT, (D_TEXT | D_MODE) & ~D_P},
	{"data", DATA0, D_DATA | D_DB},
	{"data of ring 3", DATA3, D_DATA | D_DB | DPL(3)},
#ifdef __x86_64__
	{"32-bit code", OTHER0, D_TEXT | D_DB},
	{"code with L and D", BAD0, D_TEXT | D_L | D_DB},
#endif
	{"a TSS", TSS_SEL, 0x89},
};

static void targets_on(void) {
	for (int i = 0; i < COUNT(targets); i++)
		if (targets[i].sel >= FREE && targets[i].sel < BEYOND)
			gdt[targets[i].sel >> 3] = descriptor(0, 0xfffff, targets[i].attr | D_G);
	gdt[RODATA3 >> 3] = descriptor(0, 0xfffff, (D_DATA & ~D_W) | D_DB | D_G | DPL(3));
	gdt[ABSENT3 >> 3] = descriptor(0, 0xfffff, ((D_TEXT | D_MODE) & ~D_P) | D_G | DPL(3));
	gdt[ABSDATA3 >> 3] = descriptor(0, 0xfffff, (D_DATA & ~D_P) | D_DB | D_G | DPL(3));
	((u8 *)HANDLER)[0] = 0xcd; // int 0x30
	((u8 *)HANDLER)[1] = DONE;
}

struct outcome {
	word vector, error;
	int cpl; // afterwards, when nothing is wrong
};

// transfer is what both kinds of gates do with their target; call: of a CALL, else of an interrupt.
static struct outcome transfer(const struct target *t, int cpl, int call) {
	struct outcome o = {GP, t->sel & ~3, cpl};
	int dpl = t->attr >> 5 & 3;
	if (t->sel == 0 || t->sel == BEYOND)
		return o;
	if ((t->attr & (D_S | D_CODE)) != (D_S | D_CODE) || dpl > cpl)
		return o;
	if (LONG && (t->attr & (D_L | D_DB)) != D_L)
		return o;
	if (!(t->attr & D_P)) {
		o.vector = NP;
		return o;
	}
	o.vector = DONE;
	o.error = NONE;
	o.cpl = t->attr & D_CONF ? cpl : dpl;
	return o;
}

// interrupt is INT n's pseudo-code.
static struct outcome interrupt(int type, int present, int dpl, const struct target *t, int cpl) {
	struct outcome wrong = {GP, IDT_ERROR(VECTOR), cpl};
	int is32 = type == 0xe || type == 0xf, is16 = !LONG && (type == 6 || type == 7);
	if (!is32 && !is16)
		return wrong;
	if (dpl < cpl)
		return wrong;
	if (!present) {
		wrong.vector = NP;
		return wrong;
	}
	return transfer(t, cpl, 0);
}

// pushed reads the n-th word from the top of what was pushed for the handler.
static word pushed(int n, int size) {
	u8 *at = (u8 *)cpu.sp + n * size;
	return size == 2 ? *(u16 *)at : *(word *)at;
}

static void handled(int cpl, int cpl_after, int size, const struct target *t, int type, word before) {
	test(cpu.cs == ((t->sel & ~3u) | cpl_after) && cpu.ip == HANDLER + 2, "the handler has CS %x, IP %x", cpu.cs, cpu.ip);
	test(!(cpu.flags & F_IF) == !(type & 1), "IF: flags %x", cpu.flags);
	int inner = cpl != cpl_after, full = inner || LONG;
	word top = inner ? TOP(kernel_stack) : LONG ? before & ~15ul : before;
	test(cpu.sp == top - (full ? 5 : 3) * size, "SP %x, the frame began at %x", cpu.sp, top);
	word mask = size == 2 ? 0xffff : ~0ul;
	test(pushed(0, size) == ((word)(begin + 2) & mask) && pushed(1, size) == (cpl ? UCS : KCS), "pushed IP %x, CS %x", pushed(0, size), pushed(1, size));
	test((pushed(2, size) & 0xfff) == (F_IF | 2), "pushed flags %x", pushed(2, size));
	if (full)
		test(pushed(3, size) == (before & mask) && pushed(4, size) == (cpl ? UDS : KDS), "pushed SP %x, SS %x", pushed(3, size), pushed(4, size));
	if (inner)
		test(LONG ? cpu.ss == 0 : cpu.ss == KDS, "SS %x", cpu.ss);
}

static void interrupt_gates(void) {
	for (int cpl = 0; cpl <= 3; cpl += 3)
		for (int i = 0; i < COUNT(targets); i++) {
			group("INT n in ring %s to %s, gates of every type", cpl ? "3" : "0", targets[i].name);
			for (int type = 0; type < 16; type++) {
				if (!LONG && type == 5)
					continue; // a task gate
				for (int bits = 0; bits < 8; bits++) { // P, DPL
					targets_on();
					int dpl = bits & 3, present = bits >> 2;
					set_gate(VECTOR, HANDLER, targets[i].sel, type | DPL(dpl) | present << 7, 0);
					START(cpl, "int 0x31");
					cpu.flags |= F_IF;
					word before = cpu.sp -= 8; // not a multiple of 16
					run();
					struct outcome o = interrupt(type, present, dpl, &targets[i], cpl);
					test(cpu.vector == o.vector && cpu.error == o.error, "type %x, DPL %d, P %d: expected %x, %x; got %x, %x", (word)type, dpl,
					     present, o.vector, o.error, cpu.vector, cpu.error);
					if (o.vector == DONE && cpu.vector == DONE)
						handled(cpl, o.cpl, type < 8 ? 2 : sizeof(word), &targets[i], type, before);
				}
			}
			group_end();
		}
	reset_tables();
}

// target is a far pointer for CALL and JMP.
static struct {
	u32 offset;
	u16 sel;
} __attribute__((packed)) target;

static void set_call_gate(u16 sel, u32 attr, u32 count) {
	gdt[GATE >> 3] = (u64)HANDLER | (u64)sel << 16 | (u64)count << 32 | (u64)attr << 40;
	gdt[(GATE >> 3) + 1] = 0;
}

// gate_call is CALL's and JMP's pseudo-code for a call gate.
static struct outcome gate_call(int type, int present, int dpl, int rpl, const struct target *t, int cpl, int jump) {
	struct outcome wrong = {GP, GATE, cpl};
	if (type != 0xc && (LONG || type != 4))
		return wrong;
	if (dpl < cpl || dpl < rpl)
		return wrong;
	if (!present) {
		wrong.vector = NP;
		return wrong;
	}
	if (jump && !(t->attr & D_CONF) && (t->attr & (D_S | D_CODE)) == (D_S | D_CODE) && (t->attr >> 5 & 3) != cpl) {
		wrong.error = t->sel & ~3;
		return wrong;
	}
	return transfer(t, cpl, 1);
}

static void call_gates(void) {
	for (int jump = 0; jump < 2; jump++)
		for (int cpl = 0; cpl <= 3; cpl += 3)
			for (int i = 0; i < COUNT(targets); i++) {
				if (jump)
					qemu_differs(targets[i].sel == ABSENT ? "it raises #GP" : 0);
				else
					qemu_differs(targets[i].sel == CONF0 && cpl == 3 ? "CS gets the DPL, not the CPL, in its low bits" : 0);
				group("far %s in ring %s by a call gate to %s", jump ? "JMP" : "CALL", cpl ? "3" : "0", targets[i].name);
				for (int bits = 0; bits < 32; bits++) { // type, P, DPL, RPL
					targets_on();
					int dpl = bits & 3, present = bits >> 2 & 1, rpl = bits & 8 ? 3 : 0, type = bits & 16 ? 4 : 12;
					set_call_gate(targets[i].sel, type | DPL(dpl) | present << 7, 0);
					if (jump)
						START(cpl, "jmp fword ptr [" R(cx) "]");
					else
						START(cpl, "call fword ptr [" R(cx) "]");
					target.sel = GATE | rpl;
					target.offset = 0xdead;
					cpu.cx = (word)&target;
					word before = cpu.sp;
					run();
					struct outcome o = gate_call(type, present, dpl, rpl, &targets[i], cpl, jump);
					test(cpu.vector == o.vector && cpu.error == o.error, "type %x, DPL %d, P %d, RPL %d: expected %x, %x; got %x, %x", (word)type,
					     dpl, present, rpl, o.vector, o.error, cpu.vector, cpu.error);
					if (o.vector != DONE || cpu.vector != DONE)
						continue;
					int inner = o.cpl != cpl, size = type == 4 ? 2 : sizeof(word);
					test(cpu.cs == ((targets[i].sel & ~3u) | o.cpl) && cpu.ip == HANDLER + 2, "CS %x, IP %x", cpu.cs, cpu.ip);
					word top = inner ? TOP(kernel_stack) : before;
					test(cpu.sp == top - (jump ? 0 : inner ? 4 : 2) * size, "SP %x, from %x", cpu.sp, top);
					if (!jump)
						test(pushed(0, size) == ((word)(begin + 2) & (size == 2 ? 0xffff : ~0ul)) && pushed(1, size) == (cpl ? UCS : KCS),
						     "pushed IP %x, CS %x", pushed(0, size), pushed(1, size));
					if (inner)
						test(pushed(2, size) == (before & (size == 2 ? 0xffff : ~0ul)) && pushed(3, size) == UDS, "pushed SP %x, SS %x",
						     pushed(2, size), pushed(3, size));
				}
				group_end();
			}
	qemu_differs(0);
	reset_tables();
}

// returns: IRET and far RET out of ring 0. Rows are in the order of the pseudo-code's checks.
static void returns(void) {
	static const struct {
		const char *name;
		u16 cs, ss;
		word vector, error;
		const char *qemu;
	} table[] = {
		{"to ring 0", KCS, KDS, DONE, NONE},
		{"to ring 3", UCS, UDS, DONE, NONE},
		{"CS null", 0, KDS, GP, 0},
		{"CS null with RPL 3", 3, UDS, GP, 0},
		{"CS beyond the GDT", BEYOND, KDS, GP, BEYOND},
		{"CS is data", DATA0, KDS, GP, DATA0},
		{"CS is a TSS", TSS_SEL, KDS, GP, TSS_SEL},
		{"CS's DPL is not RPL: 0, 3", CODE0 | 3, UDS, GP, CODE0},
		{"CS's DPL is not RPL: 3, 0", CODE3, KDS, GP, CODE3},
		{"conforming CS of ring 0, RPL 0", CONF0, KDS, DONE, NONE},
		{"conforming CS of ring 0, RPL 3", CONF0 | 3, UDS, DONE, NONE},
		{"conforming CS of ring 3, RPL 0", CONF3, KDS, GP, CONF3},
		{"CS not present", ABSENT, KDS, NP, ABSENT},
		{"CS of ring 3 not present", ABSENT3 | 3, UDS, NP, ABSENT3},
		{"to ring 3, SS null", UCS, 0, GP, 0},
		{"to ring 3, SS null with RPL 3", UCS, 3, GP, 0},
		{"to ring 3, SS of ring 0", UCS, KDS, GP, KDS},
		{"to ring 3, SS's RPL 0", UCS, UDS & ~3, GP, UDS & ~3},
		{"to ring 3, SS's DPL 0", UCS, KDS | 3, GP, KDS},
		{"to ring 3, SS is code", UCS, CODE3 | 3, GP, CODE3},
		{"to ring 3, SS read-only", UCS, RODATA3 | 3, GP, RODATA3},
		{"to ring 3, SS not present", UCS, ABSDATA3 | 3, SS, ABSDATA3, "it raises #NP"},
		{"to ring 3, SS beyond the GDT", UCS, BEYOND | 3, GP, BEYOND},
#ifdef __x86_64__
		{"CS with L and D", BAD0, KDS, GP, BAD0, "it does not look at D when L is set"},
#endif
	};
	static word frame[8] __attribute__((aligned(16)));
	for (int far_ret = 0; far_ret < 2; far_ret++)
		for (int i = 0; i < COUNT(table); i++) {
			targets_on();
			int out = (table[i].cs & 3) != 0;
			int n = 0;
			frame[n++] = HANDLER;
			frame[n++] = table[i].cs;
			if (!far_ret)
				frame[n++] = 2;
			frame[n++] = TOP(other_stack);
			frame[n++] = table[i].ss;
#ifdef __x86_64__
			if (far_ret)
				START(0, "retfq");
			else
				START(0, "iretq");
#else
			if (far_ret)
				START(0, "retf");
			else
				START(0, "iret");
#endif
			word stack = (word)other_stack + 0x800; // what a 32-bit IRET to the same ring leaves
			for (int k = 0; k < n; k++)
				((word *)stack)[k] = frame[k];
			cpu.sp = stack;
			run();
			qemu_differs(table[i].qemu);
			group("%s: %s", far_ret ? "far RET" : "IRET", table[i].name);
			test(cpu.vector == table[i].vector && cpu.error == table[i].error, "expected %x, %x; got %x, %x, IP %x", table[i].vector, table[i].error,
			     cpu.vector, cpu.error, cpu.ip);
			if (table[i].vector == DONE && cpu.vector == DONE) {
				int all = out || (LONG && !far_ret);
				test(cpu.cs == table[i].cs && cpu.ip == HANDLER + 2, "CS %x, IP %x", cpu.cs, cpu.ip);
				test(cpu.sp == (all ? TOP(other_stack) : stack + (far_ret ? 2 : 3) * sizeof(word)), "SP %x", cpu.sp);
				test(cpu.ss == (all ? table[i].ss : KDS), "SS %x", cpu.ss);
				if (out) // data segments of an inner ring are taken away
					test(cpu.ds == 0 && cpu.es == 0, "DS %x, ES %x", cpu.ds, cpu.es);
			} else {
				test(cpu.ip == (word)begin && cpu.sp == stack, "a fault changed IP %x or SP %x", cpu.ip, cpu.sp);
			}
			group_end();
			qemu_differs(0);
		}
	reset_tables();
}

// iret_flags: which flags IRET takes in which ring (SDM 2A "IRET").
static void iret_flags(void) {
	group("flags that IRET takes");
	for (int ring = 0; ring <= 3; ring += 3)
		for (int iopl = 0; iopl <= 3; iopl += 3) {
			START(ring, IRET);
			word *stack = (word *)cpu.sp;
			word all = 0x243fd5 & ~(word)(F_TF | 0x3000), was = 2 | iopl << 12;
			*stack++ = (word)HANDLER;
			*stack++ = cpu.cs;
			*stack++ = all | (ring ? 0x3000 : 0x2000);
			*stack++ = cpu.sp;
			*stack++ = cpu.ss;
			((u8 *)HANDLER)[0] = 0xcd;
			((u8 *)HANDLER)[1] = DONE;
			cpu.flags = was;
			run();
			word want_iopl = ring ? was & 0x3000 : 0x2000;
			word want_if = ring == 0 || iopl == 3 ? F_IF : 0;
			test(cpu.vector == DONE, "vector %x, error %x", cpu.vector, cpu.error);
			test((cpu.flags & (0x3000 | F_IF)) == (want_iopl | want_if), "ring %d, IOPL %d: flags %x", ring, iopl, cpu.flags);
			test((cpu.flags & (all & ~(word)F_IF)) == (all & ~(word)F_IF), "ring %d: flags %x", ring, cpu.flags);
		}
	group_end();
	group("flags that POPF takes");
	for (int ring = 0; ring <= 3; ring += 3)
		for (int iopl = 0; iopl <= 3; iopl += 3) {
			START(ring, "popf");
			word *stack = (word *)cpu.sp, was = 2 | iopl << 12, all = 0x244ed5 & ~0x3000;
			*stack = all | (ring ? 0x3000 : 0x2000) | F_RF | F_VM | 0x180000;
			cpu.flags = was;
			run();
			word want_iopl = ring ? was & 0x3000 : 0x2000;
			word want_if = ring == 0 || iopl == 3 ? F_IF : 0;
			test(cpu.vector == DONE, "vector %x, error %x", cpu.vector, cpu.error);
			test(cpu.flags == (((all & ~(word)F_IF) | want_if | want_iopl | 2)), "ring %d, IOPL %d: flags %x", ring, iopl, cpu.flags);
		}
	group_end();
	qemu_differs("in long mode its IRET with NT is no fault");
#ifdef __x86_64__
	START(0, "iretq");
	cpu.flags |= F_NT;
	run();
	want("IRET with NT in long mode", GP, 0, begin);
#endif
	qemu_differs(0);
}

#ifdef __x86_64__
static void ist(void) {
	group("interrupt stack table");
	for (int n = 0; n < 8; n++)
		for (int ring = 0; ring <= 3; ring += 3)
			for (int off = 0; off < 16; off += 8) {
				for (int k = 0; k < 7; k++)
					tss.ist[k] = (word)other_stack + 256 * (k + 2) + off;
				set_gate(VECTOR, (word)HANDLER, KCS, 0x8e | DPL(3), n);
				targets_on();
				START(ring, "int 0x31");
				cpu.sp -= off;
				word top = n ? tss.ist[n - 1] : ring ? TOP(kernel_stack) : cpu.sp;
				run();
				test(cpu.vector == DONE && cpu.sp == (top & ~15ul) - 40, "IST %d, ring %d: SP %x, from %x", n, ring, cpu.sp, top);
			}
	group_end();
	group("stacks that are not canonical");
	static const struct {
		int ist, ring;
	} bad[] = {{1, 0}, {1, 3}, {0, 3}};
	for (int i = 0; i < COUNT(bad); i++) {
		reset_tables();
		set_gate(SS, (word)idt, KCS, 0x8e, 2); // its own stack
		idt[SS] = idt[GP];
		idt[SS].w[1] |= 2;
		idt[SS].w[0] = (idt[SS].w[0] & 0xffff0000) | (idt[SS].w[0] & 0xffff);
		extern u8 stubs[];
		set_gate(SS, (word)stubs + 16 * SS, KCS, 0x8e, 2);
		tss.ist[1] = TOP(other_stack);
		tss.ist[0] = 1ul << 60;
		if (bad[i].ist == 0)
			tss.rsp[0] = 1ul << 60;
		set_gate(VECTOR, HANDLER, KCS, 0x8e | DPL(3), bad[i].ist);
		START(bad[i].ring, "int 0x31");
		run();
		test(cpu.vector == SS && cpu.error == 0 && cpu.ip == (word)begin, "IST %d, ring %d: vector %x, error %x", bad[i].ist, bad[i].ring, cpu.vector,
		     cpu.error);
	}
	group_end();
	reset_tables();
}
#endif

// limit: a vector beyond the IDT's limit.
static void idt_limit(void) {
	struct {
		u16 limit;
		word base;
	} __attribute__((packed)) t = {DONE * 2 * sizeof(word) + 2 * sizeof(word) - 1, (word)idt};
	asm volatile("lidt %0" : : "m"(t));
	TRY("INT n beyond the IDT's limit", 0, GP, IDT_ERROR(VECTOR), "int 0x31");
	TRY("INT n beyond the IDT's limit, ring 3", 3, GP, IDT_ERROR(VECTOR), "int 0x31");
	t.limit -= 1;
	asm volatile("lidt %0" : : "m"(t));
	TRY("INT n half beyond the IDT's limit", 0, GP, IDT_ERROR(DONE), "int 0x30");
	reset_tables();
}

#ifndef __x86_64__
// parameters: a call gate of 32 bits copies 32-bit words, and RET n releases them on both stacks.
static void parameters(void) {
	group("call gate with parameters");
	for (int count = 0; count < 32; count++) {
		targets_on();
		set_call_gate(CODE0, 0x8c | DPL(3), count);
		START(3, "call fword ptr [ecx]");
		target.sel = GATE;
		cpu.cx = (word)&target;
		cpu.sp -= 4 * 32;
		for (int i = 0; i < 32; i++)
			((u32 *)cpu.sp)[i] = 0x1000 + i;
		word before = cpu.sp;
		run();
		u32 *s = (u32 *)cpu.sp;
		int same = s[count + 2] == before && s[count + 3] == UDS && s[1] == UCS;
		for (int i = 0; i < count; i++)
			same &= s[2 + i] == 0x1000u + i;
		test(cpu.vector == DONE && same && cpu.sp == TOP(kernel_stack) - 16 - 4 * count, "%d: vector %x, SP %x", count, cpu.vector, cpu.sp);
		// And back.
		if (count != 3)
			continue;
		u8 *back = (u8 *)HANDLER;
		back[0] = 0xca; // retf 12
		back[1] = 12;
		back[2] = 0;
		START(3, "call fword ptr [ecx]");
		cpu.cx = (word)&target;
		before = cpu.sp -= 12;
		run();
		test(cpu.vector == DONE && cpu.ip == (word)begin + 4 && cpu.cs == UCS && cpu.sp == before + 12, "back: vector %x, CS %x, SP %x", cpu.vector,
		     cpu.cs, cpu.sp);
	}
	group_end();
	reset_tables();
}
#endif

void image(void) {
	interrupt_gates();
	call_gates();
	returns();
	iret_flags();
	idt_limit();
#ifdef __x86_64__
	ist();
#else
	parameters();
#endif
}
