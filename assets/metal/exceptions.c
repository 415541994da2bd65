// exceptions: every exception with its vector, error code, saved RIP and RF, what is found first when several things are
// wrong, and the double fault (SDM 3A "Interrupt and Exception Handling").
#include "metal.h"

const char subject[] = "exceptions" BITS;

enum { CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_NE = 0x20, CR0_AM = 1 << 18, CR4_OSFXSR = 1 << 9, CR4_OSXMMEXCPT = 1 << 10 };

static u8 area[64] __attribute__((aligned(64)));

static void simple(int ring) {
	TRY("DIV by 0", ring, DE, NONE, "div cl");
	TRY("IDIV that overflows", ring, DE, NONE, "idiv ebx"); // 0/0
	qemu_differs("it does not know INT1");
	TRY_AT("INT1", ring, DB, NONE, 1, ".byte 0xf1");
	qemu_differs(0);
	TRY("UD2", ring, UD, NONE, "ud2");
	TRY("UD0", ring, UD, NONE, ".byte 0x0f, 0xff, 0xc0");
	TRY("UD1", ring, UD, NONE, ".byte 0x0f, 0xb9, 0xc0");
	TRY("LOCK of a register", ring, UD, NONE, ".byte 0xf0, 0x01, 0xc0");
	TRY("LOCK of what only reads", ring, UD, NONE, ".byte 0xf0, 0x39, 0x00");
	TRY("LOCK NOP", ring, UD, NONE, ".byte 0xf0, 0x90");
	TRY("MOV CS", ring, UD, NONE, ".byte 0x8e, 0xc8");
	TRY("MOV to segment register 6", ring, UD, NONE, ".byte 0x8e, 0xf0");
	TRY("LEA of a register", ring, UD, NONE, ".byte 0x8d, 0xc0");
	if (ring == 0)
		TRY("MOV CR5", 0, UD, NONE, ".byte 0x0f, 0x20, 0xe8");
	TRY("sixteen bytes", ring, GP, 0, ".byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90");
	PASS("fifteen bytes", ring, ".byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90");
#ifdef __x86_64__
	TRY("INTO in 64-bit mode", ring, UD, NONE, ".byte 0xce");
	TRY("BOUND's byte without the rest of an EVEX prefix", ring, UD, NONE, ".byte 0x62, 0x00, 0x00, 0x00, 0x00, 0x00");
	TRY("PUSH CS in 64-bit mode", ring, UD, NONE, ".byte 0x0e");
	TRY("AAM in 64-bit mode", ring, UD, NONE, ".byte 0xd4, 0x0a");
	TRY("PUSHA in 64-bit mode", ring, UD, NONE, ".byte 0x60");
	TRY("a far CALL with an immediate in 64-bit mode", ring, UD, NONE, ".byte 0x9a, 0, 0, 0, 0, 0, 0");
#else
	if (ring == 0)
		TRY_MARK("INTO", 0, OF, NONE, "mov al, 0x7f\n inc al\n into\n 778:");
	else
		TRY_MARK("INTO, gate of ring 0", 3, GP, IDT_ERROR(OF), "mov al, 0x7f\n inc al\n 778: into");
	PASS("INTO without overflow", ring, "into");
	START(ring, "bound eax, [ebx]");
	cpu.bx = (word)area;
	cpu.ax = 1;
	run();
	want("BOUND", BR, NONE, begin);
	TRY("AAM of 0", ring, DE, NONE, ".byte 0xd4, 0x00");
#endif
}

// privileged instructions in ring 3.
static void privileged(void) {
	TRY("ring 3: HLT", 3, GP, 0, "hlt");
	TRY("ring 3: CLI", 3, GP, 0, "cli");
	TRY("ring 3: STI", 3, GP, 0, "sti");
	TRY("ring 3: IN", 3, GP, 0, "in al, 0x80");
	TRY("ring 3: OUT", 3, GP, 0, "out 0x80, al");
	TRY("ring 3: INSB", 3, GP, 0, "insb");
	TRY("ring 3: MOV from CR0", 3, GP, 0, ".byte 0x0f, 0x20, 0xc0");
	TRY("ring 3: MOV to CR0", 3, GP, 0, ".byte 0x0f, 0x22, 0xc0");
	TRY("ring 3: MOV from DR7", 3, GP, 0, ".byte 0x0f, 0x21, 0xf8");
	TRY("ring 3: CLTS", 3, GP, 0, "clts");
	TRY("ring 3: LMSW", 3, GP, 0, "lmsw ax");
	TRY("ring 3: LGDT", 3, GP, 0, ".byte 0x0f, 0x01, 0x10");
	TRY("ring 3: LIDT", 3, GP, 0, ".byte 0x0f, 0x01, 0x18");
	TRY("ring 3: LLDT", 3, GP, 0, "lldt ax");
	TRY("ring 3: LTR", 3, GP, 0, "ltr ax");
	TRY("ring 3: INVLPG", 3, GP, 0, ".byte 0x0f, 0x01, 0x38");
	TRY("ring 3: INVD", 3, GP, 0, "invd");
	TRY("ring 3: WBINVD", 3, GP, 0, "wbinvd");
	TRY("ring 3: RDMSR", 3, GP, 0, "rdmsr");
	TRY("ring 3: WRMSR", 3, GP, 0, "wrmsr");
	PASS("ring 3: SMSW", 3, "smsw ax");
	PASS("ring 3: SIDT", 3, "sub sp, 16\n sidt [esp]");
}

// software interrupts go by the gate's DPL.
static void software(void) {
	TRY_AT("ring 0: INT3", 0, BP, NONE, 1, "int3");
	TRY_AT("ring 0: INT 3 of two bytes", 0, BP, NONE, 2, ".byte 0xcd, 3");
	TRY_AT("ring 0: INT 0x31", 0, 0x31, NONE, 2, "int 0x31");
	TRY("ring 3: INT3, gate of ring 0", 3, GP, IDT_ERROR(3), "int3");
	TRY("ring 3: INT 0x31, gate of ring 0", 3, GP, IDT_ERROR(0x31), "int 0x31");
	TRY("ring 3: INT 14, gate of ring 0", 3, GP, IDT_ERROR(14), "int 14");
	idt[3].w[1] |= 3 << 13;
	TRY_AT("ring 3: INT3, gate of ring 3", 3, BP, NONE, 1, "int3");
	idt[0x31].w[1] &= ~(1u << 15);
	TRY("ring 0: INT 0x31, gate not present", 0, NP, IDT_ERROR(0x31), "int 0x31");
	TRY("ring 3: INT 0x31, gate of ring 0 and not present", 3, GP, IDT_ERROR(0x31), "int 0x31");
	idt[0x31].w[1] |= 3 << 13;
	TRY("ring 3: INT 0x31, gate of ring 3, not present", 3, NP, IDT_ERROR(0x31), "int 0x31");
	idt[0x31].w[1] = (idt[0x31].w[1] & ~0x1f00u) | 0x8000;
	TRY("ring 0: INT 0x31, no gate", 0, GP, IDT_ERROR(0x31), "int 0x31");
	reset_tables();
}

// saved_flags: faults save RF set, traps do not; the handler begins with TF, NT, RF, VM and (interrupt gate) IF clear.
static void saved_flags(void) {
	qemu_differs("it does not set RF in saved flags");
	group("flags saved and flags in the handler");
	START(0, "ud2");
	cpu.flags |= F_CF | F_ZF | F_DF | F_AC | F_ID;
	run();
	test((cpu.flags & ~0x8d5ul) == (2 | F_DF | F_AC | F_ID | F_RF), "a fault saves %x", cpu.flags);
	test((cpu.flags & (F_CF | F_ZF)) == (F_CF | F_ZF), "a fault saves %x", cpu.flags);
	test((cpu.hflags & (F_RF | F_TF | F_NT | F_VM | F_IF)) == 0, "the handler has %x", cpu.hflags);
	test((cpu.hflags & (F_DF | F_AC | F_ID)) == (F_DF | F_AC | F_ID), "the handler has %x", cpu.hflags);
	START(0, "int3");
	cpu.flags |= F_NT;
	run();
	test((cpu.flags & (F_RF | F_NT)) == F_NT, "a trap saves %x", cpu.flags);
	test((cpu.hflags & F_NT) == 0, "the handler has %x", cpu.hflags);
	START(0, "int 0x31");
	idt[0x31].w[1] |= 0x100; // trap gate
	cpu.flags |= F_IF;
	run();
	test((cpu.flags & F_IF) && (cpu.hflags & F_IF), "a trap gate leaves IF: %x, %x", cpu.flags, cpu.hflags);
	idt[0x31].w[1] &= ~0x100u;
	START(0, "int 0x31");
	cpu.flags |= F_IF;
	run();
	test((cpu.flags & F_IF) && !(cpu.hflags & F_IF), "an interrupt gate clears IF: %x, %x", cpu.flags, cpu.hflags);
	group_end();
	qemu_differs(0);
}

// fpu: #NM, #MF, #XM and #UD by the bits of CR0 and CR4 (SDM 3A table 2-2, "Action Taken By x87 FPU Instructions").
static void fpu(void) {
	static const struct {
		word bits;
		u8 x87, wait, mmx, sse; // vectors; 0: none
	} table[] = {
		{0, 0, 0, 0, 0},
		{CR0_MP, 0, 0, 0, 0},
		{CR0_TS, NM, 0, NM, NM},
		{CR0_TS | CR0_MP, NM, NM, NM, NM},
		{CR0_EM, NM, 0, UD, UD},
		{CR0_EM | CR0_MP, NM, 0, UD, UD},
		{CR0_EM | CR0_TS, NM, 0, UD, UD},
		{CR0_EM | CR0_TS | CR0_MP, NM, NM, UD, UD},
	};
	set_cr4(get_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
	word old = (get_cr0() | CR0_NE) & ~(word)(CR0_MP | CR0_EM | CR0_TS);
	qemu_differs("its MMX does not look at TS and EM");
	group("CR0.MP, EM, TS: x87, WAIT, MMX, SSE");
	for (int i = 0; i < COUNT(table); i++) {
#define ONE(field, text) \
	START(0, text); \
	set_cr0(old | table[i].bits); \
	run(); \
	set_cr0(old); \
	test(cpu.vector == (table[i].field ? table[i].field : DONE), "CR0 bits %x, %s: vector %x", table[i].bits, #field, cpu.vector);
		ONE(x87, "fnop")
		ONE(x87, "fninit")
		ONE(wait, "fwait")
		ONE(mmx, "movd mm0, eax")
		ONE(mmx, "emms")
		ONE(sse, "xorps xmm0, xmm0")
	}
	set_cr4(get_cr4() & ~(word)CR4_OSFXSR);
	group_end();
	qemu_differs(0);
	TRY("SSE without OSFXSR", 0, UD, NONE, "xorps xmm0, xmm0");
	set_cr0(old | CR0_TS);
	TRY("SSE without OSFXSR, with TS: UD first", 0, UD, NONE, "xorps xmm0, xmm0");
	set_cr0(old);
	set_cr4(get_cr4() | CR4_OSFXSR);
	TRY_MARK("#MF at the next x87 instruction", 0, MF, NONE, "fninit\n fldz\n fld1\n push 0x37b\n fldcw [esp]\n .byte 0xd8, 0xf1\n 778: fnop");
	TRY_MARK("#MF at WAIT", 0, MF, NONE, "fninit\n fldz\n fld1\n push 0x37b\n fldcw [esp]\n .byte 0xd8, 0xf1\n 778: fwait");
	PASS("no #MF at what does not wait", 0, "fninit\n fldz\n fld1\n push 0x37b\n fldcw [esp]\n .byte 0xd8, 0xf1\n fnstsw ax\n fnclex\n fnop\n fninit");
	qemu_differs("it never raises #XM");
	TRY_MARK("#XM", 0, XM, NONE, "push 0x1f00\n ldmxcsr [esp]\n xorps xmm0, xmm0\n 778: divss xmm0, xmm0");
	set_cr4(get_cr4() & ~(word)CR4_OSXMMEXCPT);
	TRY_MARK("#UD for #XM without OSXMMEXCPT", 0, UD, NONE, "push 0x1f00\n ldmxcsr [esp]\n xorps xmm0, xmm0\n 778: divss xmm0, xmm0");
	qemu_differs(0);
	asm volatile("fninit");
}

// alignment: #AC needs CR0.AM, EFLAGS.AC and ring 3 (SDM 3A "Interrupt 17").
static void alignment(void) {
	qemu_differs("it checks no alignment");
	set_cr0(get_cr0() | CR0_AM);
	static const struct {
		const char *name;
		int ring, ac, offset, fault;
	} table[] = {
		{"odd", 3, 1, 1, 1}, {"aligned", 3, 1, 4, 0}, {"at 2", 3, 1, 2, 1}, {"AC clear", 3, 0, 1, 0}, {"ring 0", 0, 1, 1, 0},
	};
	for (int i = 0; i < COUNT(table); i++) {
		START(table[i].ring, "mov eax, [ecx]");
		cpu.cx = (word)area + table[i].offset;
		cpu.flags |= table[i].ac ? F_AC : 0;
		run();
		want(table[i].name, table[i].fault ? AC : DONE, table[i].fault ? 0 : NONE, table[i].fault ? begin : 0);
	}
	START(3, "mov ax, [ecx]");
	cpu.cx = (word)area + 2;
	cpu.flags |= F_AC;
	run();
	want("a word at 2", DONE, NONE, 0);
	set_cr0(get_cr0() & ~(word)CR0_AM);
	START(3, "mov eax, [ecx]");
	cpu.cx = (word)area + 1;
	cpu.flags |= F_AC;
	run();
	want("AM clear", DONE, NONE, 0);
	qemu_differs(0);
}

// double: the table of contributory exceptions. The gate of the first exception causes the second.
static void double_fault(void) {
	static const struct {
		const char *name;
		int vector, contributory;
	} first[] = {{"#DE", DE, 1}, {"#DB", DB, 0}, {"#UD", UD, 0}, {"#NM", NM, 0}, {"#NP", NP, 1}, {"#SS", SS, 1}, {"#GP", GP, 1}};
	enum { NOT_PRESENT = FREE, BEYOND = GDT_SIZE * 8 };
	word cr0 = get_cr0();
	qemu_differs("it does not set EXT, and has no INT1");
	for (int second = 0; second < 2; second++) // 0: the gate is not present; 1: its selector is outside of the GDT
		for (int i = 0; i < COUNT(first); i++) {
			int v = first[i].vector;
			gdt[NOT_PRESENT >> 3] = descriptor(0, 0xfffff, (D_DATA & ~D_P) | D_DB | D_G);
			struct gate good = idt[v];
			switch (v) {
			case DE:
				START(0, "div ecx");
				break;
			case DB:
				START(0, ".byte 0xf1");
				break;
			case UD:
				START(0, "ud2");
				break;
			case NM:
				START(0, "fnop");
				set_cr0(cr0 | CR0_TS);
				break;
			case NP:
				START(0, "mov es, ecx");
				break;
			case SS:
				START(0, "mov ss, ecx");
				break;
			case GP:
				START(0, "ltr dx"); // a busy TSS
				break;
			}
			cpu.cx = v == DE ? 0 : NOT_PRESENT;
			cpu.dx = TSS_SEL;
			word code = IDT_ERROR(v) + EXT, vector = NP;
			if (second == 0) {
				idt[v].w[1] &= ~0x8000u;
			} else {
				set_gate(v, 0, BEYOND, 0x8e, 0);
				code = BEYOND + EXT;
				vector = GP;
			}
			if (first[i].contributory) {
				vector = DF;
				code = 0;
			}
			run();
			set_cr0(cr0);
			idt[v] = good;
			group("%s, then %s", first[i].name, second ? "#GP" : "#NP");
			test(cpu.vector == vector && cpu.error == code, "expected vector %x, error %x, got %x, %x", vector, code, cpu.vector, cpu.error);
			group_end();
		}
	qemu_differs(0);
}

#ifdef __x86_64__
extern u64 page_tables[6][512];

// with_page_faults: the rows and the column of the page fault. The stack of ring 0, or the IDT's entry, is what is missing.
static void with_page_faults(void) {
	enum { ABSENT = 0x30000000, BY_STACK = 0, BY_GATE = 1, NOWHERE = 0x3fe00000 };
	static const struct {
		const char *name;
		int vector, second;
		word wanted, error;
	} table[] = {
		{"#UD, then #PF", UD, BY_STACK, PF, 2}, {"#DE, then #PF", DE, BY_STACK, PF, 2}, {"#GP, then #PF", GP, BY_STACK, PF, 2},
		{"#PF, then #PF", PF, BY_STACK, DF, 0}, {"#PF, then #NP", PF, BY_GATE, DF, 0},
	};
	for (int i = 0; i < COUNT(table); i++) {
		reset_tables();
		page_tables[2][ABSENT >> 21] = page_tables[2][NOWHERE >> 21] = 0;
		set_cr3(get_cr3());
		tss.ist[0] = TOP(other_stack);
		if (table[i].vector != PF)
			idt[PF].w[1] |= 1;
		idt[DF].w[1] |= 1;
		if (table[i].second == BY_STACK)
			tss.rsp[0] = ABSENT + 4096;
		else
			idt[PF].w[1] &= ~0x8000u;
		switch (table[i].vector) {
		case UD:
			START(3, "ud2");
			break;
		case DE:
			START(3, "div ecx");
			break;
		case GP:
			START(3, "hlt");
			break;
		case PF:
			START(3, "mov al, [rcx]");
			cpu.cx = NOWHERE;
			break;
		}
		run();
		want(table[i].name, table[i].wanted, table[i].error, begin);
		if (table[i].wanted == PF)
			equal("CR2 is the stack's", cpu.cr2 & ~4095ul, ABSENT);
	}
	page_tables[2][ABSENT >> 21] = ABSENT | 0x87;
	page_tables[2][NOWHERE >> 21] = NOWHERE | 0x87;
	set_cr3(get_cr3());
	reset_tables();
}
#endif

void image(void) {
	set_cr0((get_cr0() | CR0_NE) & ~(word)(CR0_EM | CR0_TS | CR0_MP));
	simple(0);
	simple(3);
	privileged();
	software();
	saved_flags();
	fpu();
	alignment();
	double_fault();
#ifdef __x86_64__
	with_page_faults();
#endif
}
