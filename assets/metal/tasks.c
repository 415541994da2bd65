// tasks: task switches by JMP, CALL, task gates and IRET; what is checked, saved and marked (SDM 3A "Task Management").
#include "metal.h"

const char subject[] = "tasks" BITS;

enum { OTHER = FREE, GATE = FREE + 8, LDT_SEL = FREE + 16, THIRD = FREE + 24, VECTOR = 0x31, ADDRESS = 0x7000, CR0_TS = 8, BUSY = 2, BEYOND = GDT_SIZE * 8 };

static struct tss other __attribute__((aligned(128)));
static u8 other_code[32];

static struct {
	u32 offset;
	u16 sel;
} __attribute__((packed)) target = {0, OTHER};

static int busy(u16 sel) { return gdt[sel >> 3] >> 41 & 1; }

// renew makes the other task: it executes DONE, or what other_code then gets.
static void renew(void) {
	reset_tables();
	set_cr0(get_cr0() & ~(word)CR0_TS);
	u8 *p = (u8 *)&other;
	for (int i = 0; i < (int)sizeof other; i++)
		p[i] = 0;
	other_code[0] = 0xcd;
	other_code[1] = DONE;
	other.eip = (u32)other_code;
	other.eflags = 2;
	other.esp = TOP(other_stack);
	other.cs = KCS;
	other.ss = other.ds = other.es = other.fs = other.gs = KDS;
	other.eax = 0x11;
	other.ecx = 0x22;
	other.edi = 0x77;
	other.iomap = sizeof other;
	other.cr3 = get_cr3();
	gdt[OTHER >> 3] = descriptor((u32)&other, sizeof other - 1, 0x89);
	gdt[GATE >> 3] = (u64)OTHER << 16 | 0x85ull << 40;
	target.sel = OTHER;
}

static void jump(int call) {
	if (call)
		START(0, "call fword ptr [ecx]");
	else
		START(0, "jmp fword ptr [ecx]");
	cpu.cx = (u32)&target;
	cpu.ax = 0xa1;
	cpu.bp = 0xb5;
}

static void switches(void) {
	static const char *const names[] = {"JMP to a TSS", "CALL to a TSS", "JMP to a task gate", "CALL to a task gate", "INT n by a task gate"};
	for (int way = 0; way < 5; way++) {
		group("%s", names[way]);
		renew();
		int nested = way & 1 || way == 4;
		if (way == 4) {
			idt[VECTOR].w[0] = OTHER << 16;
			idt[VECTOR].w[1] = 0x8500;
			START(0, "int 0x31");
			cpu.ax = 0xa1;
			cpu.bp = 0xb5;
		} else {
			jump(way & 1);
			target.sel = way < 2 ? OTHER : GATE;
		}
		word sp = cpu.sp;
		cpu.flags |= F_ZF | F_CF;
		run();
		test(cpu.vector == DONE && cpu.ip == (word)other_code + 2, "vector %x, error %x, IP %x", cpu.vector, cpu.error, cpu.ip);
		test(cpu.ax == 0x11 && cpu.cx == 0x22 && cpu.di == 0x77 && cpu.sp == TOP(other_stack), "loaded: AX %x, DI %x, SP %x", cpu.ax, cpu.di, cpu.sp);
		test(tss.eax == 0xa1 && tss.ebp == 0xb5 && tss.esp == sp && tss.eip == (u32)begin + 2 && tss.cs == KCS && tss.ss == KDS, "saved: EAX %x, EIP %x, ESP %x",
		     (word)tss.eax, (word)tss.eip - (word)begin, (word)tss.esp);
		test((tss.eflags & 0xfff) == (2 | F_ZF | F_CF), "saved: EFLAGS %x", (word)tss.eflags);
		test(!(cpu.flags & F_NT) == !nested, "NT: %x", cpu.flags);
		test(other.link == (nested ? TSS_SEL : 0), "the link is %x", (word)other.link);
		test(busy(OTHER) && busy(TSS_SEL) == nested, "busy: %x, %x", (word)busy(OTHER), (word)busy(TSS_SEL));
		test(get_cr0() & CR0_TS, "CR0.TS is set: %x", get_cr0());
		u32 tr;
		asm volatile("str %0" : "=r"(tr));
		test((tr & 0xffff) == OTHER, "TR %x", (word)tr);
		group_end();
	}
	group("there and back by IRET");
	renew();
	other_code[0] = 0xcf;
	START(0, "call fword ptr [ecx]\n mov ebx, 5");
	cpu.cx = (u32)&target;
	cpu.ax = 0xa1;
	run();
	test(cpu.vector == DONE && cpu.bx == 5 && cpu.ax == 0xa1, "vector %x, error %x, IP %x, BX %x", cpu.vector, cpu.error, cpu.ip, cpu.bx);
	test(!busy(OTHER) && busy(TSS_SEL), "busy: %x, %x", (word)busy(OTHER), (word)busy(TSS_SEL));
	test(other.eip == (u32)other_code + 1 && !(other.eflags & F_NT), "the other task is saved behind its IRET, without NT: %x, %x", (word)other.eip - (word)other_code,
	     (word)other.eflags);
	START(0, "call fword ptr [ecx]\n mov ebx, 6");
	cpu.cx = (u32)&target;
	other_code[1] = 0xcd;
	other_code[2] = DONE;
	run();
	test(cpu.vector == DONE && cpu.ip == (word)other_code + 3, "it goes on there: %x", cpu.ip);
	group_end();
	group("an exception by a task gate");
	renew();
	idt[GP].w[0] = OTHER << 16;
	idt[GP].w[1] = 0x8500;
	START(0, "mov ds, ecx");
	cpu.cx = 0x1f8; // a descriptor of nothing
	run();
	test(cpu.vector == DONE && cpu.sp == TOP(other_stack) - 4 && *(u32 *)cpu.sp == 0x1f8, "vector %x, SP %x, error code %x", cpu.vector, cpu.sp, (word) * (u32 *)cpu.sp);
	test(tss.eip == (u32)begin, "EIP %x", (word)tss.eip);
	group_end();
	group("to ring 3, with an LDT");
	renew();
	gdt[LDT_SEL >> 3] = descriptor((u32)ldt, sizeof ldt - 1, 0x82);
	ldt[1] = descriptor(0, 0xfffff, D_DATA | D_DB | D_G | DPL(3));
	other.ldt = LDT_SEL;
	other.cs = UCS;
	other.ss = other.ds = UDS;
	other.es = other.fs = other.gs = 8 | 4 | 3;
	other.esp0 = TOP(kernel_stack);
	other.ss0 = KDS;
	jump(0);
	run();
	test(cpu.vector == DONE && cpu.cs == UCS && cpu.es == 15 && cpu.ss == UDS, "vector %x, error %x, CS %x, ES %x", cpu.vector, cpu.error, cpu.cs, cpu.es);
	group_end();
}

static struct tss third __attribute__((aligned(128)));
static u8 third_code[2] = {0xcd, DONE};

// handler_task lets a third task handle #TS: the stack of the task that cannot be entered may be what is wrong with it.
static void handler_task(void) {
	third = other;
	third.link = 0;
	third.eip = (u32)third_code;
	third.esp = TOP(kernel_stack);
	gdt[THIRD >> 3] = descriptor((u32)&third, sizeof third - 1, 0x89);
	idt[TS].w[0] = THIRD << 16;
	idt[TS].w[1] = 0x8500;
}

// refused: what is wrong with the new task; before the switch it is the old one's fault, with #GP, #NP or #TS; after it, the
// new one's.
static void refused(void) {
	static const struct {
		const char *name;
		u32 attr, limit;
		word vector;
	} before[] = {
		{"busy", 0x8b, sizeof other - 1, GP},
		{"not present", 0x09, sizeof other - 1, NP},
		{"too short", 0x89, 0x66, TS},
		{"long enough", 0x89, 0x67, DONE},
		{"an LDT", 0x82, sizeof other - 1, GP},
	};
	group("a TSS that cannot be entered");
	for (int i = 0; i < COUNT(before); i++) {
		renew();
		gdt[OTHER >> 3] = descriptor((u32)&other, before[i].limit, before[i].attr);
		jump(0);
		run();
		int fine = before[i].vector == DONE;
		test(cpu.vector == before[i].vector && (fine || (cpu.error == OTHER && cpu.ip == (word)begin)), "%s: vector %x, error %x", before[i].name, cpu.vector, cpu.error);
	}
	renew();
	START(3, "jmp fword ptr [ecx]");
	cpu.cx = (u32)&target;
	run();
	test(cpu.vector == GP && cpu.error == OTHER, "DPL 0 from ring 3: %x, %x", cpu.vector, cpu.error);
	renew();
	gdt[GATE >> 3] = (u64)OTHER << 16 | 0x05ull << 40;
	target.sel = GATE;
	jump(0);
	target.sel = GATE;
	run();
	test(cpu.vector == NP && cpu.error == GATE, "a task gate that is not present: %x, %x", cpu.vector, cpu.error);
	START(0, "iret");
	renew();
	cpu.flags |= F_NT;
	tss.link = OTHER;
	qemu_differs("it looks at the type only");
	run();
	test(cpu.vector == TS && cpu.error == OTHER && cpu.ip == (word)begin, "IRET to a task that is not busy: %x, %x", cpu.vector, cpu.error);
	qemu_differs(0);
	group_end();
	static const struct {
		const char *name;
		int field;
		u16 sel;
		u16 error;
	} after[] = {
		{"LDT that is none", 6, KDS, KDS},
		{"CS null", 1, 0, 0},
		{"CS is data", 1, KDS, KDS},
		{"SS null", 2, 0, 0},
		{"SS is code", 2, KCS, KCS},
		{"SS of ring 3", 2, UDS, UDS & ~3},
		{"DS beyond the GDT", 3, BEYOND, BEYOND},
		{"ES is a TSS", 0, TSS_SEL, TSS_SEL},
	};
	group("selectors of the new task");
	for (int i = 0; i < COUNT(after); i++) {
		renew();
		handler_task();
		u32 *field = after[i].field == 6 ? &other.ldt : &other.es + after[i].field;
		*field = after[i].sel;
		jump(0);
		run();
		test(cpu.vector == DONE && cpu.ip == (word)third_code + 2 && *(u32 *)cpu.sp == after[i].error, "%s: vector %x, error code %x", after[i].name, cpu.vector,
		     (word) * (u32 *)cpu.sp);
		qemu_differs("it saves an EIP of its own");
		test(other.eip == (u32)other_code && third.link == OTHER, "%s: EIP %x, link %x", after[i].name, (word)other.eip, (word)third.link);
		qemu_differs(0);
	}
	group_end();
	renew();
}

void image(void) {
	switches();
	refused();
}
