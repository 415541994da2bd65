// real: real mode, "unreal" mode, and virtual-8086 mode: 16-bit code, segments of 64 KiB, the interrupt table, and what is
// not there (SDM 3B "8086 Emulation").
#include "metal.h"

const char subject[] = "real" BITS;

// Code of real mode is copied to segment LOW; its state is at STATE, in the order of struct real.
enum { LOW = 0x800, STATE = 0x7c00, STACK = 0x6000, TEXT = 0x1000 }; // TEXT is an offset in LOW

struct real {
	u32 ip, cs, flags, sp, ss, ax, cx, dx, bx, bp, si, di, ds, es, vector;
	u32 unreal; // the limit of DS stays 4 GiB
};
static volatile struct real *const real = (struct real *)STATE;

void real_run(void);
extern u8 low_begin[], low_end[], low_stubs[];

enum { CODE16 = FREE, DATA16 = FREE + 8 };

asm(".pushsection .text\n"
    "real_run: pusha\n"
    " mov [real_sp], esp\n"
    " sidt [own_idtr]\n"
    " lidt [real_idtr]\n"
    " ljmp 0x50, offset low_enter - low_begin\n" // CODE16, whose base is LOW's
    "back:\n"
    " mov eax, 0x10\n mov ds, eax\n mov es, eax\n mov fs, eax\n mov gs, eax\n mov ss, eax\n"
    " mov esp, [real_sp]\n"
    " lidt [own_idtr]\n"
    " popa\n ret\n"
    "real_idtr: .word 0x3ff\n .long 0\n"
    ".balign 4\n real_sp: .long 0\n own_idtr: .skip 8\n"
    // What follows runs in LOW.
    ".code16\n"
    "low_begin:\n"
    "low_enter:\n"
    " mov ax, 0x58\n mov es, ax\n mov fs, ax\n mov gs, ax\n mov ss, ax\n"
    " cmp dword ptr [0x7c00 + 15 * 4], 0\n jne 1f\n mov ds, ax\n" // unreal: DS keeps its limit
    "1: mov eax, cr0\n and al, 0xfe\n mov cr0, eax\n"
    " ljmp 0x800, low_real - low_begin\n"
    "low_real:\n"
    " xor ax, ax\n mov ds, ax\n"
    " mov ss, ds:[0x7c00 + 4 * 4]\n mov sp, ds:[0x7c00 + 3 * 4]\n"
    " push word ptr ds:[0x7c00 + 2 * 4]\n push word ptr ds:[0x7c00 + 1 * 4]\n push word ptr ds:[0x7c00]\n"
    " mov es, ds:[0x7c00 + 13 * 4]\n"
    " mov eax, ds:[0x7c00 + 5 * 4]\n mov ecx, ds:[0x7c00 + 6 * 4]\n mov edx, ds:[0x7c00 + 7 * 4]\n mov ebx, ds:[0x7c00 + 8 * 4]\n"
    " mov ebp, ds:[0x7c00 + 9 * 4]\n mov esi, ds:[0x7c00 + 10 * 4]\n mov edi, ds:[0x7c00 + 11 * 4]\n"
    " mov ds, ds:[0x7c00 + 12 * 4]\n"
    " iret\n"
    ".balign 8\n"
    "low_stubs:\n"
    ".set v, 0\n"
    ".rept 64\n .balign 8\n push v\n .byte 0xe9\n .word low_trap - . - 2\n .set v, v + 1\n .endr\n"
    "low_trap:\n"
    " push ds\n push eax\n xor ax, ax\n mov ds, ax\n"
    " pop dword ptr ds:[0x7c00 + 5 * 4]\n"
    " pop word ptr ds:[0x7c00 + 12 * 4]\n pop word ptr ds:[0x7c00 + 14 * 4]\n"
    " pop word ptr ds:[0x7c00]\n pop word ptr ds:[0x7c00 + 4]\n pop word ptr ds:[0x7c00 + 8]\n"
    " mov word ptr ds:[0x7c00 + 12], sp\n mov word ptr ds:[0x7c00 + 16], ss\n mov word ptr ds:[0x7c00 + 13 * 4], es\n"
    " mov ds:[0x7c00 + 6 * 4], ecx\n mov ds:[0x7c00 + 7 * 4], edx\n mov ds:[0x7c00 + 8 * 4], ebx\n"
    " mov ds:[0x7c00 + 9 * 4], ebp\n mov ds:[0x7c00 + 10 * 4], esi\n mov ds:[0x7c00 + 11 * 4], edi\n"
    " cli\n mov eax, cr0\n or al, 1\n mov cr0, eax\n"
    " .byte 0x66, 0xea\n .long back\n .word 8\n" // ljmp KCS
    "low_end:\n"
    ".code32\n .popsection");

static void prepare(void) {
	for (u8 *from = low_begin, *to = (u8 *)(LOW * 16); from < low_end;)
		*to++ = *from++;
	for (int v = 0; v < 64; v++)
		((u32 *)0)[v] = LOW << 16 | (low_stubs - low_begin + 8 * v);
	gdt[CODE16 >> 3] = descriptor(LOW * 16, 0xffff, D_TEXT);
	gdt[DATA16 >> 3] = descriptor(0, 0xffff, D_DATA);
}

// START16 copies 16-bit text to LOW:TEXT and prepares a machine that executes it.
#define START16(text) \
	do { \
		u8 *end; \
		asm volatile(".pushsection .text.tests, \"ax\"\n .code16\n 777:\n" text "\n int 0x30\n 779:\n .code32\n .popsection\n lea %0, [777b]\n lea %1, [779b]" \
		             : "=r"(begin), "=r"(end)); \
		for (u8 *from = begin, *to = (u8 *)(LOW * 16 + TEXT); from < end;) \
			*to++ = *from++; \
		for (u32 *r = (u32 *)STATE; r < (u32 *)(STATE + sizeof *real); r++) \
			*r = 0; \
		real->cs = LOW; \
		real->ip = TEXT; \
		real->flags = 2; \
		real->sp = STACK; \
	} while (0)

static void told(const char *what, u32 vector, int offset) {
	check(what, real->vector == vector && (offset < 0 || real->ip == TEXT + (u32)offset) && real->cs == LOW, "expected vector %x at %x; got %x at %x:%x", vector,
	      (word)offset, real->vector, real->cs, real->ip - TEXT);
}

#define REAL(name, vector, offset, text) \
	do { \
		START16(text); \
		real_run(); \
		told("real mode: " name, vector, offset); \
	} while (0)

static void exceptions(void) {
	REAL("to the end", DONE, -1, "nop");
	REAL("DIV by 0", DE, 0, "div cl");
	REAL("INT3", BP, 1, "int3");
	REAL("INTO", OF, 5, "mov al, 0x7f\n inc al\n into");
	REAL("BOUND", BR, 2, "dec ax\n nop\n bound ax, [bx]");
	REAL("UD2", UD, 0, "ud2");
	REAL("INT 0x31", 0x31, 2, "int 0x31");
	REAL("LAR is not there", UD, 0, "lar ax, cx");
	REAL("LLDT is not there", UD, 0, "lldt ax");
	REAL("STR is not there", UD, 0, "str ax");
	REAL("VERR is not there", UD, 0, "verr ax");
	REAL("ARPL is not there", UD, 0, "arpl ax, cx");
	REAL("SYSENTER is not there", GP, 0, "sysenter");
	REAL("MOV CS", UD, 0, ".byte 0x8e, 0xc8");
	REAL("HLT and CLI are allowed", DONE, -1, "cli\n smsw ax\n clts");
	qemu_differs("it does not look at limits");
	REAL("a word at 0xffff", GP, 0, "mov ax, [0xffff]");
	REAL("a dword at 0xfffd", GP, 1, "nop\n mov eax, [0xfffd]");
	REAL("a store of a word at 0xffff", GP, 0, "mov [0xffff], ax");
	REAL("32-bit address beyond 64 KiB", GP, 6, "mov ebx, 0x10000\n mov al, [ebx]");
	qemu_differs(0);
	REAL("a byte at 0xffff", DONE, -1, "mov al, [0xffff]");
	REAL("32-bit address within 64 KiB", DONE, -1, "mov ebx, 0xfff0\n mov al, [ebx]");
	START16("nop");
	real->flags = 2;
	real_run();
	check("an interrupt pushes three words", real->sp == STACK && (real->flags & 0xffff) == 2, "SP %x, flags %x", real->sp, real->flags);
}

static void addresses(void) {
	group("real mode: addresses");
	*(u8 *)0x12345 = 0x5a;
	START16("mov ax, 0x1234\n mov ds, ax\n mov al, [5]");
	real_run();
	test(real->vector == DONE && (real->ax & 0xff) == 0x5a && real->ds == 0x1234, "DS is a paragraph: %x", real->ax);
	START16("mov bx, 0xfff0\n mov si, 0x20\n mov al, [bx+si]");
	*(u8 *)0x10 = ((u8 *)0x10)[0]; // a vector
	real_run();
	test((real->ax & 0xff) == *(u8 *)0x10, "16-bit addresses wrap at 64 KiB: %x", real->ax);
	*(u8 *)0x100010 = *(u8 *)0x100010; // the image's own first bytes
	START16("mov ax, 0xffff\n mov ds, ax\n mov al, [0x20]");
	real_run();
	test((real->ax & 0xff) == *(u8 *)0x100010, "beyond 1 MiB with A20: %x", real->ax);
	*(u8 *)0x20010 = 0x77;
	START16("mov di, 0xffff\n mov si, 0xfffe\n mov cx, 4\n cld\n mov al, 0x99\n rep stosb");
	real->es = 0x2000;
	real_run();
	test(*(u8 *)0x2ffff == 0x99 && *(u8 *)0x20000 == 0x99 && *(u8 *)0x20002 == 0x99 && (real->di & 0xffff) == 3, "DI wraps: %x", real->di);
	START16("push 0x1122\n pop cx\n push ecx\n pop edx");
	real->cx = 0x55667788;
	real->sp = 0x0;
	real_run();
	test(real->vector == DONE && (real->cx & 0xffff) == 0x1122, "SP wraps: %x", real->cx);
	START16("mov eax, 0x12345678\n push eax\n pop bx\n pop cx");
	real_run();
	test((real->bx & 0xffff) == 0x5678 && (real->cx & 0xffff) == 0x1234, "PUSH of 32 bits");
	START16("call far ptr ds:[0x7b00]\n nop");
	((u16 *)0x7b00)[0] = TEXT + 0x100;
	((u16 *)0x7b00)[1] = LOW;
	((u8 *)(LOW * 16 + TEXT + 0x100))[0] = 0xcb; // retf
	real_run();
	test(real->vector == DONE && real->sp == STACK, "far CALL and RET: vector %x, SP %x", real->vector, real->sp);
	START16("enter 8, 2\n leave\n loop 1f\n 1: jcxz 2f\n inc bx\n 2:");
	real->cx = 0x10001;
	real_run();
	test(real->vector == DONE && real->cx == 0x10000 && real->bx == 0, "LOOP uses CX: %x", real->cx);
	START16("pushf\n pop ax\n mov bx, 0xfeff\n push bx\n popf\n pushf\n pop bx\n push 2\n popf");
	real_run();
	test((real->ax & 0xf02a) == 2 && (real->bx & 0x8000) == 0 && (real->bx & 0x7000) == 0x7000, "flags: %x, %x", real->ax, real->bx);
	START16("sgdt [0x7b00]\n lidt [0x7b10]\n sidt [0x7b20]");
	((u16 *)0x7b10)[0] = 0x3ff;
	((u32 *)0x7b12)[0] = 0xff000000; // the upper byte counts with a 32-bit operand only
	real_run();
	test(real->vector == DONE && ((u16 *)0x7b00)[0] == GDT_SIZE * 8 - 1 && *(u32 *)0x7b02 == (u32)gdt, "SGDT stores %x", *(u32 *)0x7b02);
	test((*(u32 *)0x7b22 & 0xffffff) == 0, "LIDT of 24 bits: %x", *(u32 *)0x7b22);
	group_end();
	group("unreal mode");
	static u32 above = 0xcafe;
	START16("mov eax, [ebx]");
	real->bx = (u32)&above;
	real->unreal = 1;
	real_run();
	test(real->vector == DONE && real->ax == 0xcafe, "DS keeps its limit: vector %x, AX %x", real->vector, real->ax);
	group_end();
}

// v86 runs 16-bit text in virtual-8086 mode.
#define V86(iopl, text) \
	do { \
		START16(text); \
		fresh((void *)TEXT, 3); \
		cpu.cs = LOW; \
		cpu.ss = cpu.ds = cpu.es = cpu.fs = cpu.gs = 0x2000; \
		cpu.sp = 0x8000; \
		cpu.flags = 2 | F_VM | (iopl) << 12; \
		run(); \
	} while (0)

static void virtual(void) {
	group("virtual-8086 mode: what IOPL guards");
	idt[DONE].w[1] |= 3 << 13;
	for (int iopl = 0; iopl < 4; iopl++) {
#define GUARDED(text, after) \
	V86(iopl, text); \
	if (iopl < 3) \
		test(cpu.vector == GP && cpu.error == 0 && cpu.ip == TEXT, text ", IOPL %d: %x", iopl, cpu.vector); \
	else \
		test(cpu.vector == after, text ", IOPL %d: %x, error %x", iopl, cpu.vector, cpu.error);
		GUARDED("cli", DONE)
		GUARDED("pushf", DONE)
		GUARDED("popf", DONE)
		GUARDED("int 0x30", DONE)
	}
	group_end();
	reset_tables();
	group("virtual-8086 mode");
	V86(3, "mov ax, 0x1234\n mov ds, ax\n mov al, [5]");
	test(cpu.vector == DONE && (cpu.ax & 0xff) == 0x5a, "segments are paragraphs: %x, %x", cpu.vector, cpu.ax);
	test(cpu.ds == 0x1234 && cpu.es == 0x2000 && cpu.fs == 0x2000 && cpu.cs == LOW && cpu.ss == 0x2000 && cpu.flags & F_VM, "what the frame has: DS %x, flags %x", cpu.ds,
	     cpu.flags);
	test(cpu.at == TOP(kernel_stack) - 9 * 4, "nine words on the stack of ring 0: %x", cpu.at);
	test(!(cpu.hflags & F_VM) && cpu.hcs == KCS, "the handler is not in virtual-8086 mode: %x", cpu.hflags);
	V86(0, "hlt");
	test(cpu.vector == GP && cpu.error == 0, "HLT: %x", cpu.vector);
	V86(3, "hlt");
	test(cpu.vector == GP && cpu.error == 0, "HLT with IOPL 3: %x", cpu.vector);
	V86(3, "mov eax, cr0");
	test(cpu.vector == GP && cpu.error == 0, "MOV CR0: %x", cpu.vector);
	V86(3, "lar ax, cx");
	test(cpu.vector == UD, "LAR: %x", cpu.vector);
	V86(3, "sldt ax");
	test(cpu.vector == UD, "SLDT: %x", cpu.vector);
	V86(3, "in al, 0x80");
	test(cpu.vector == GP && cpu.error == 0, "IN, whatever IOPL is: %x", cpu.vector);
	V86(0, "int3");
	test(cpu.vector == GP && cpu.error == IDT_ERROR(3), "INT3 by a gate of ring 0: %x, error %x", cpu.vector, cpu.error);
	idt[3].w[1] |= 3 << 13;
	V86(0, "int3");
	test(cpu.vector == BP && cpu.ip == TEXT + 1, "INT3, whatever IOPL is: %x", cpu.vector);
	gdt[FREE >> 3] = descriptor(0, 0xfffff, D_TEXT | D_DB | D_G | D_CONF);
	set_gate(0x31, 0x7000, FREE, 0x8e | DPL(3), 0);
	V86(3, "int 0x31");
	qemu_differs("it enters conforming code");
	test(cpu.vector == GP && cpu.error == FREE, "a gate to conforming code: %x, error %x", cpu.vector, cpu.error);
	qemu_differs(0);
	reset_tables();
	qemu_differs("it does not look at limits");
	V86(3, "mov ax, [0xffff]");
	test(cpu.vector == GP && cpu.error == 0, "a word at 0xffff: %x", cpu.vector);
	qemu_differs(0);
	V86(3, "ud2");
	test(cpu.vector == UD && cpu.ip == TEXT, "UD2: %x", cpu.vector);
	V86(3, "mov ax, 0x1800\n mov ss, ax\n push ax\n pop bx");
	test(cpu.vector == DONE && cpu.ss == 0x1800 && (cpu.bx & 0xffff) == 0x1800, "the stack: %x", cpu.vector);
	group_end();
}

void image(void) {
	prepare();
	exceptions();
	addresses();
	virtual();
}
